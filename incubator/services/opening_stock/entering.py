"""How a row of the opening stock is written: with the paper it cites, as something that no case of the service decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert

from incubator.canonical import canonical, public_id, sha256
from incubator.engine.numbers import lock_series, set_last
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.models.base import table
from incubator.models.organizations import OpeningStockRow
from incubator.models.streets import IssuedNumber
from incubator.services.opening_stock.account import Reason, StockRow
from incubator.services.opening_stock.layout import Kind
from incubator.services.opening_stock.street import Body
from incubator.text import Text


@dataclass(frozen=True, slots=True)
class Entering:
    """What all rows of a file are entered with."""

    connection: Connection
    street_id: int
    filename: str
    policy: Policy
    actor: Actor
    now: datetime

    def record(self, body: Body, event: str, row: StockRow, change: Mapping[str, Any], *, effective_on: date) -> None:
        """Append an event of the opening stock to the organization's stream, with the paper and the row's place."""
        entry = Entry(
            "organization", body.id, self.street_id, event, self.actor, {**change, **self.source(row)},
            effective_on=effective_on, comment=self.comment(row),
        )  # fmt: skip
        append(self.connection, entry, now=self.now)

    def source(self, row: StockRow) -> dict[str, Any]:
        """Where an event says that its values come from."""
        return {
            "historical": True, "paper": row.values["paper"], "file": self.filename, "sheet": row.sheet, "row": row.row,
        }  # fmt: skip

    def comment(self, row: StockRow) -> str:
        """The same in words."""
        return f"期初录入（{self.filename}“{row.sheet}”第 {row.row} 行）。依据：{row.values['paper']}"

    def keep(self, kind: Kind, verdict: Verdict, row: StockRow, made: str) -> None:
        """Keep what the row made under its key, so that it is never entered again."""
        self.connection.execute(
            insert(table(OpeningStockRow)),
            {
                "public_id": public_id(), "street_id": self.street_id, "kind": kind.value, "row_key": verdict.key,
                "row_hash": verdict.hash, "organization_id": verdict.body.id if verdict.body else 0, "made": made,
                "paper": row.values["paper"], "filename": self.filename, "recorded_by": self.actor.person_id,
                "recorded_at": self.now,
            },
        )  # fmt: skip

    def issue(self, number: str, series: str, day: date) -> None:
        """Take a number of the paper times as issued; the series goes on behind it where it has the service's form."""
        found = re.fullmatch(rf"{series}-(\d{{4}})-(\d{{4,7}})", number)
        year = int(found[1]) if found else day.year
        if found:
            last = lock_series(self.connection, self.street_id, series, year)
            set_last(self.connection, self.street_id, series, year, max(last, int(found[2])))
        self.connection.execute(
            insert(table(IssuedNumber)),
            {
                "street_id": self.street_id, "series": series, "year": year, "number": number, "case_id": 0,
                "issued_at": self.now, "void_reason": "",
            },
        )  # fmt: skip


@dataclass(slots=True)
class Verdict:
    """A row judged: the key it is known by, what speaks against it, and how it is entered.

    `write` makes what the row says and tells the table and key of it; None where there is nothing to write. What it
    builds on must have been entered by then.
    """

    key: str
    said: Mapping[str, Any]
    body: Body | None = None
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    write: Callable[[Entering], str] | None = None
    builds_on: tuple[Body, ...] = ()  # besides the body itself

    @property
    def hash(self) -> str:
        """What the row says, as a hash that is the same however it was written."""
        return sha256(canonical({name: value for name, value in self.said.items() if value is not None}))


def proper_number(number: str) -> str:
    """A number as it is kept: without spaces, and in capitals where it has the service's own form."""
    plain = "".join(number.split())
    return plain.upper() if re.fullmatch(r"[A-Za-z]+-\d{4}-\d+", plain) else plain


def earlier_than(row: StockRow, first: str, last: str, zh: str, en: str) -> list[Reason]:
    """The reason where the day in column `last` lies before the one in `first`."""
    since, until = row.values.get(first), row.values.get(last)
    if since and until and until < since:
        return [row.refusal("dates_reversed", last, zh, en)]
    return []


def in_the_future(row: StockRow, column: str, day: date, zh: str, en: str) -> list[Reason]:
    """The reason where something that has happened is dated after today."""
    said = row.values.get(column)
    return [row.refusal("in_the_future", column, zh, en)] if said and said > day else []
