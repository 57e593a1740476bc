"""Brings the opening stock into the street's records: every row cites its paper and is told its fate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.errors import Refused
from incubator.models.base import NO_DATE, table
from incubator.models.streets import Community
from incubator.queries.visibility import Permission, require
from incubator.services.opening_stock.account import Fate, OpeningStock, Reason, RowAccount, StockRow
from incubator.services.opening_stock.entering import Entering, Verdict, proper_number
from incubator.services.opening_stock.filings import judge_filing
from incubator.services.opening_stock.hubs import judge_affiliation, judge_hub
from incubator.services.opening_stock.layout import Kind
from incubator.services.opening_stock.organizations import judge_organization
from incubator.services.opening_stock.projects import Parts, judge_project, parts_of
from incubator.services.opening_stock.ratings import judge_rating, judge_restriction
from incubator.services.opening_stock.rows import Options, ReadStock, read_rows
from incubator.services.opening_stock.street import KnownStreet
from incubator.services.opening_stock.vocabulary import options_of

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST_FILENAME = 200
# Those of one kind that replace each other come in the order of their ends.
_IN_ORDER = {Kind.FILING: "valid_until", Kind.AFFILIATION: "until", Kind.RATING: "valid_until"}


@dataclass(frozen=True, slots=True)
class StockFile:
    """A file of the opening stock, read with the words of its street."""

    street_id: int
    filename: str
    stock: ReadStock
    options: Options
    policy: Policy


def read_file(
    connection: Connection, *, street_id: int, content: bytes, filename: str, actor: Actor, now: datetime
) -> StockFile:  # fmt: skip
    """Read a workbook, writing nothing. It may take seconds, so it is done before a transaction begins.

    Raises NotAllowed, Invalid for a file that is no opening stock, NoPolicyInForce.
    """
    require(actor, Permission.IMPORT_OPENING_STOCK, street_id=street_id)
    filename = _CONTROL.sub("", filename)[-_LONGEST_FILENAME:] or "opening.xlsx"
    policy = library.policy_in_force(connection, street_id, today(now))
    options = options_of(policy)
    return StockFile(street_id, filename, read_rows(content, filename, options), options, policy)


def import_opening_stock(
    connection: Connection, file: StockFile, *, actor: Actor, now: datetime, dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, rows: None,
) -> OpeningStock:  # fmt: skip
    """Enter what can be entered of a file, each row by itself, and tell the fate of every row; a dry run writes nothing.

    A project is one with its budget lines and tranches. A row that was entered before is unchanged; where it says
    something else under the same key it is refused. `progress` is told how many of the rows are done. Raises NotAllowed.
    """
    require(actor, Permission.IMPORT_OPENING_STOCK, street_id=file.street_id)
    if not dry_run:
        # Locked as for every new organization: two may import at once, and the second is to find what the first entered.
        areas = table(Community)
        connection.execute(
            select(areas.c.id).where(areas.c.street_id == file.street_id).order_by(areas.c.id).with_for_update()
        ).all()
    run = _Run(
        file, KnownStreet(connection, file.street_id, now),
        Entering(connection, file.street_id, file.filename, file.policy, actor, now), dry_run=dry_run,
    )  # fmt: skip
    for done, account in enumerate(run.settled(), start=1):
        run.accounts[account.row.sheet, account.row.row] = account
        progress(done, len(file.stock.rows))
    told = tuple(run.accounts[row.sheet, row.row] for row in file.stock.rows)
    return OpeningStock(file.filename, told, file.stock.notes, dry_run=dry_run)


class _Run:
    """One pass over a file's rows, in the order in which they build on each other."""

    def __init__(self, file: StockFile, street: KnownStreet, entering: Entering, *, dry_run: bool) -> None:
        self.file, self.street, self.entering, self.dry_run = file, street, entering, dry_run
        self.accounts: dict[tuple[str, int], RowAccount] = {}

    def settled(self) -> Iterator[RowAccount]:
        """What becomes of each row; a row is judged when those before it are settled."""
        judges: tuple[tuple[Kind, Callable[[StockRow], Verdict]], ...] = (
            (Kind.ORGANIZATION, lambda row: judge_organization(row, self.street)),
            (Kind.FILING, lambda row: judge_filing(row, self.street)),
            (Kind.HUB, lambda row: judge_hub(row, self.street)),
            (Kind.AFFILIATION, lambda row: judge_affiliation(row, self.street)),
            (Kind.PROJECT, lambda row: judge_project(row, self._parts(row), self.street)),
            (Kind.RATING, lambda row: judge_rating(row, self.street, self.file.options)),
            (Kind.RESTRICTION, lambda row: judge_restriction(row, self.street)),
        )
        projects: dict[str, RowAccount] = {}
        for kind, judge in judges:
            for row in self._rows(kind):
                account = self._settle(row, judge(row))
                if kind is Kind.PROJECT:
                    projects.setdefault(_number(row), account)
                yield account
        for kind in (Kind.BUDGET_LINE, Kind.TRANCHE):
            for row in self._rows(kind):
                yield _part_account(row, projects.get(_number(row)))

    def _parts(self, row: StockRow) -> Parts:
        return parts_of(_number(row), self.file.stock.rows)

    def _settle(self, row: StockRow, verdict: Verdict) -> RowAccount:
        """Enter a row, or say why not."""
        body = verdict.body
        reasons = (*row.reasons, *verdict.reasons)
        fate = Fate.REFUSED if reasons else Fate.ENTERED if verdict.write else Fate.UNCHANGED
        if fate is Fate.ENTERED and not self.dry_run and (reason := self._enter(row, verdict)):
            fate, reasons = Fate.REFUSED, (reason,)
        notes = () if fate is Fate.REFUSED else tuple(verdict.notes)
        return RowAccount(row, fate, reasons, notes, body.public_id if body else "")

    def _enter(self, row: StockRow, verdict: Verdict) -> Reason | None:
        """Write a row whole or not at all; the reason where what it builds on was refused, or the service refuses it."""
        assert verdict.write is not None
        entering = self.entering
        own = () if row.kind is Kind.ORGANIZATION or verdict.body is None else (verdict.body,)
        missing = next((body for body in (*own, *verdict.builds_on) if not body.id), None)
        if missing is not None:
            zh, en = f"“{missing.name}”未能录入，见“组织”表", f"“{missing.name}” was not entered: see the sheet 组织"
            return row.refusal("organization_refused", "organization", zh, en)
        try:
            with entering.connection.begin_nested():
                made = verdict.write(entering)
                entering.keep(row.kind, verdict, row, made)
        except Refused as refusal:
            return Reason(refusal.code, refusal.detail, f"A{row.row}")
        return None

    def _rows(self, kind: Kind) -> Sequence[StockRow]:
        rows = [row for row in self.file.stock.rows if row.kind is kind]
        column = _IN_ORDER.get(kind)
        return sorted(rows, key=lambda row: row.values.get(column) or NO_DATE) if column else rows


def _number(row: StockRow) -> str:
    return proper_number(str(row.values.get("number") or ""))


def _part_account(row: StockRow, project: RowAccount | None) -> RowAccount:
    """A budget line or tranche has its project's fate."""
    if project is None:
        zh, en = "“项目”表中没有这个编号的项目", "The sheet 项目 has no project of this number"
        return RowAccount(row, Fate.REFUSED, (*row.reasons, row.refusal("project_unknown", "number", zh, en)))
    if project.fate is not Fate.REFUSED:
        return RowAccount(row, project.fate, organization=project.organization)
    zh, en = f"所属项目（第 {project.row.row} 行）没有录入", f"Its project (row {project.row.row}) was not entered"
    reasons = row.reasons or (row.refusal("project_refused", "number", zh, en),)
    return RowAccount(row, Fate.REFUSED, reasons, organization=project.organization)
