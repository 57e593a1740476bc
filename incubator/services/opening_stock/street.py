"""What the street knows when its opening stock comes in, kept in mind while the rows are judged one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from incubator.clock import today
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating, RatingStatus
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Filing, OpeningStockRow, Organization, OrganizationRevision, Standing
from incubator.models.streets import IssuedNumber
from incubator.services.opening_stock.account import Reason, StockRow
from incubator.services.opening_stock.layout import Kind
from incubator.services.streets import communities_of
from incubator.services.survey.communities import community_in_cell, name_key
from incubator.text import Text

if TYPE_CHECKING:
    from incubator.services.opening_stock.entering import Verdict


@dataclass(slots=True)
class Body:
    """An organization as it stands after the rows judged so far; `id` is 0 until it is entered."""

    name: str
    community: str
    community_id: int
    id: int = 0
    public_id: str = ""
    standing: str = Standing.INFORMAL
    filed_on: date = NO_DATE
    filing: Certificate | None = None
    is_hub: bool = False
    affiliation: Term | None = None
    ratings: dict[str, Held] = field(default_factory=dict)  # by kind


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that holds: `case_id` is 0 where no case of the service issued it."""

    number: str
    valid_from: date
    valid_until: date
    case_id: int


@dataclass(frozen=True, slots=True)
class Held:
    """A rating that holds, until when, and the case that gave it: 0 where it was brought in."""

    until: date
    case_id: int


@dataclass(frozen=True, slots=True)
class Term:
    """An affiliation in force."""

    hub: Body | None
    since: date
    until: date


class KnownStreet:
    """The street's bodies by name, the numbers in use, and the rows of earlier openings."""

    def __init__(self, connection: Connection, street_id: int, now: datetime) -> None:
        self.street_id, self.now, self.day = street_id, now, today(now)
        self.communities = communities_of(connection, street_id)
        self.numbers = _numbers(connection, street_id)
        self.agreements = set(_column(connection, Affiliation, "agreement_number", street_id))
        self.registered: dict[str, Body] = {}  # by registration number
        self.earlier: dict[tuple[str, str], Row[Any]] = {}
        rows = table(OpeningStockRow)
        for row in connection.execute(select(rows).where(rows.c.street_id == street_id)):
            self.earlier[row.kind, row.row_key] = row
        self._seen: dict[tuple[Kind, str], StockRow] = {}
        self._by_id: dict[int, Body] = {}
        self._by_name: dict[tuple[str, str], Body] = {}
        self._in_any: defaultdict[str, list[Body]] = defaultdict(list)
        self._load(connection)

    def settles(self, row: StockRow, verdict: Verdict) -> bool:
        """Whether nothing more is to be judged: the row was entered before, or its key stands on an earlier row.

        A row that says something else than it said when it was entered is refused: what was entered is not changed.
        """
        if row.reasons:
            return False
        first = self._seen.setdefault((row.kind, verdict.key), row)
        earlier = self.earlier.get((row.kind.value, verdict.key))
        if first is not row:
            zh = f"与工作表“{first.sheet}”第 {first.row} 行重复，请删去一行"
            en = f"It repeats row {first.row} on sheet “{first.sheet}”: delete one of them"
            verdict.reasons.append(Reason("repeated", Text(zh, en), f"A{row.row}"))
        elif earlier is None:
            return False
        elif earlier.row_hash != verdict.hash:
            day = today(earlier.recorded_at)
            zh = (
                f"这一行已于 {day} 从“{earlier.filename}”录入，现在的内容与当时不同。已录入的内容不会因再次导入而改变："
                "请恢复为当时的内容；确有错误或变化的，请在系统中办理"
            )
            en = (
                f"It was entered on {day} from “{earlier.filename}” and says something else now. What was entered is not "
                "changed by importing again: put the row back as it was, and mend in the service what is wrong"
            )
            verdict.reasons.append(Reason("changed", Text(zh, en), f"A{row.row}"))
        return True

    def community(self, said: str | None) -> str | None:
        """The street's community that a cell speaks of."""
        found = community_in_cell(said or "", tuple(self.communities))
        return found if found in self.communities else None

    def add(self, body: Body) -> None:
        """Know one more body."""
        self._name(body, body.name)

    def named(self, name: str, community: str) -> Body | None:
        """The body of a community that bears a name, or bore it once."""
        return self._by_name.get((community, name_key(name, community)))

    def body(self, row: StockRow, column: str = "organization") -> tuple[Body | None, Reason | None]:
        """Whom a cell speaks of, in the row's community where it says one, else wherever there is only one of the name.

        A hub and a payee may lie in another community than the row's own.
        """
        name, said = str(row.values.get(column) or ""), row.values.get("community")
        if not name:
            return None, None  # the reading has refused it
        community = self.community(said)
        own = column == "organization"
        if said and community is None:
            zh, en = f"“{said}”不是本街道的社区", f"“{said}” is no community of the street"
            return None, row.refusal("community_unknown", "community", zh, en)
        if community and (found := self.named(name, community)):
            return found, None
        others = list({id(each): each for each in self._in_any[name_key(name, None)]}.values())
        if len(others) == 1 and not (own and community):
            return others[0], None
        if len(others) > 1 and not (own and community):
            places = "、".join(each.community for each in others)
            zh = f"“{name}”在{places}都有，请填写所在社区" if own else f"“{name}”在{places}都有，请写社区全称加名称"
            return None, row.refusal("organization_ambiguous", column, zh, f"“{name}” is in {places}: say which")
        where_zh, where_en = (
            (f"{community}没有", f"{community} has no") if own and community else ("没有", "There is no")
        )
        zh = f"{where_zh}“{name}”，请核对名称，或先在“组织”表中增加一行"
        en = f"{where_en} “{name}”: check the name, or add it to the sheet 组织"
        return None, row.refusal("organization_unknown", column, zh, en)

    def _name(self, body: Body, name: str, *, now: bool = True) -> None:
        key = (body.community, name_key(name, body.community))
        if now:
            self._by_name[key] = body
        else:
            self._by_name.setdefault(key, body)
        for each in {name_key(name, None), key[1]}:
            self._in_any[each].append(body)

    def _load(self, connection: Connection) -> None:
        organizations, revisions = table(Organization), table(OrganizationRevision)
        names = {key: name for name, key in self.communities.items()}
        for row in connection.execute(select(organizations).where(organizations.c.street_id == self.street_id)):
            body = self._by_id[row.id] = Body(
                row.name, names[row.community_id], row.community_id, row.id, row.public_id, row.standing, row.filed_on
            )
            if row.standing == Standing.REGISTERED and (number := row.details.get("registration_number")):
                self.registered[number] = body
        for row in connection.execute(
            select(revisions.c.organization_id, revisions.c.state).where(revisions.c.street_id == self.street_id)
        ):
            self._name(self._by_id[row.organization_id], row.state["name"], now=False)
        for body in self._by_id.values():
            self._name(body, body.name)
        for row in _rows(connection, Filing, self.street_id, "valid"):
            self._by_id[row.organization_id].filing = Certificate(
                row.number, row.valid_from, row.valid_until, row.case_id
            )
        for row in _rows(connection, Hub, self.street_id, HubStatus.VALID):
            self._by_id[row.organization_id].is_hub = row.until >= self.day
        for row in _rows(connection, Affiliation, self.street_id, AffiliationStatus.VALID):
            self._by_id[row.organization_id].affiliation = Term(self._by_id.get(row.hub_id), row.since, row.until)
        for row in _rows(connection, Rating, self.street_id, RatingStatus.VALID):
            self._by_id[row.organization_id].ratings[row.kind] = Held(row.valid_until, row.case_id)


def _rows(connection: Connection, model: Any, street_id: int, status: str) -> Iterable[Row[Any]]:
    rows = table(model)
    return connection.execute(select(rows).where(rows.c.street_id == street_id, rows.c.status == status))


def _column(connection: Connection, model: Any, name: str, street_id: int) -> Iterable[str]:
    rows = table(model)
    return connection.scalars(select(rows.c[name]).where(rows.c.street_id == street_id, rows.c[name] != ""))


def _numbers(connection: Connection, street_id: int) -> dict[str, int]:
    """Every number that was issued, with its case: 0 for one that was brought in."""
    issued = table(IssuedNumber)
    return {
        row.number: row.case_id
        for row in connection.execute(select(issued.c.number, issued.c.case_id).where(issued.c.street_id == street_id))
    }
