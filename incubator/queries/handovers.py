"""Reading handovers: what a person has in hand and whether it can go to a colleague, and the lists of what went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.desk import Handover, HandoverState
from incubator.models.streets import Person
from incubator.queries.absences import may_arrange
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.people import PersonName
from incubator.queries.visibility import visible_to
from incubator.text import Text

_HANDOVERS, _PEOPLE = table(Handover), table(Person)
_GIVERS, _TAKERS, _MAKERS = _PEOPLE.alias("giver"), _PEOPLE.alias("taker"), _PEOPLE.alias("maker")


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """One thing that a person had in hand, as the list shows it. A step of a case goes over; what else there is stays."""

    kind: str  # step, named, seat, substitute, absence
    case_id: str  # a public id, empty for what is of no case, as is the number
    number: str
    organization: str
    matter: Text  # the procedure, or what it is
    step: Text | None
    due_on: date  # NO_DATE without a limit
    goes: bool
    remark: Text | None  # why it cannot go; of what goes what the taker should know

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": self.kind,
            "case": self.case_id,
            "number": self.number,
            "organization": self.organization,
            "matter": self.matter.as_pair(),
            "step": self.step.as_pair() if self.step else None,
            "due_on": self.due_on.isoformat(),
            "goes": self.goes,
            "remark": self.remark.as_pair() if self.remark else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> HandoverItem:
        """The item of a stored form."""
        return cls(
            stored["kind"],
            stored["case"],
            stored["number"],
            stored["organization"],
            Text.from_pair(stored["matter"]),
            Text.from_pair(stored["step"]) if stored["step"] else None,
            date.fromisoformat(stored["due_on"]),
            bool(stored["goes"]),
            Text.from_pair(stored["remark"]) if stored["remark"] else None,
        )


@dataclass(frozen=True, slots=True)
class SignedList:
    """The scan of the list that both signed; `sha256` finds its content in the document store."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HandoverFile:
    """A handover whole."""

    id: int
    public_id: str
    street_id: int
    number: str  # 移交〔2026〕12号
    giver: PersonName
    taker: PersonName
    made_by: PersonName
    made_at: datetime
    reason: str
    state: HandoverState
    countersigned_at: datetime | None
    signed_list: SignedList | None
    items: tuple[HandoverItem, ...]

    @property
    def gone(self) -> tuple[HandoverItem, ...]:
        """What went over, in the list's order."""
        return tuple(item for item in self.items if item.goes)

    @property
    def left(self) -> tuple[HandoverItem, ...]:
        """What could not go over; the remark says why."""
        return tuple(item for item in self.items if not item.goes)

    def may_sign(self, actor: Actor) -> bool:
        """Whether the actor is to countersign the list."""
        return actor.person_id == self.taker.id and self.state is HandoverState.MADE

    def may_attach(self, actor: Actor) -> bool:
        """Whether the actor may hand in the scan of the signed list."""
        return actor.person_id in (self.taker.id, self.made_by.id) or may_arrange(actor, self.giver.id)


def handover_of(connection: Connection, actor: Actor, public_id: str) -> HandoverFile:
    """A handover with its list, as it was made. Raises NotFound for what is not the actor's to see."""
    row = connection.execute(_read(actor).where(_HANDOVERS.c.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(
            Text("没有这份移交清单，或不在您的可见范围内", "There is no such handover, or it is not yours to see")
        )
    return _file(row)


def handovers(connection: Connection, actor: Actor, *, cursor: str = "", limit: int = USUAL) -> Page[HandoverFile]:
    """A page of the handovers that the actor may see, the newest first; one statement."""
    query = window(_read(actor), (_HANDOVERS.c.id,), cursor, limit, newest_first=True)
    found, next_cursor = page_of(connection.execute(query).all(), limit, lambda row: (row.id,))
    return Page(tuple(_file(row) for row in found), next_cursor)


def _read(actor: Actor) -> Any:
    people = {"giver": _GIVERS, "taker": _TAKERS, "maker": _MAKERS}
    names = [
        rows.c[column].label(f"{who}_{column}") for who, rows in people.items() for column in ("public_id", "name")
    ]
    return (
        select(_HANDOVERS, *names)
        .join_from(_HANDOVERS, _GIVERS, _GIVERS.c.id == _HANDOVERS.c.from_person_id)
        .join(_TAKERS, _TAKERS.c.id == _HANDOVERS.c.to_person_id)
        .join(_MAKERS, _MAKERS.c.id == _HANDOVERS.c.made_by)
        .where(visible_to(actor, _HANDOVERS))
    )


def _file(row: Row[Any]) -> HandoverFile:
    scan = None
    if row.document_sha256:
        scan = SignedList(row.document_name, row.document_type, row.document_size, row.document_sha256)
    return HandoverFile(
        row.id,
        row.public_id,
        row.street_id,
        row.number,
        PersonName(row.from_person_id, row.giver_public_id, row.giver_name),
        PersonName(row.to_person_id, row.taker_public_id, row.taker_name),
        PersonName(row.made_by, row.maker_public_id, row.maker_name),
        row.made_at,
        row.reason,
        HandoverState(row.state),
        row.countersigned_at,
        scan,
        tuple(HandoverItem.from_json(each) for each in row.items),
    )
