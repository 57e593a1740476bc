"""Panels as each may see them: who sits and in what state, points only where nobody is blind any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, select

from incubator.engine import panel
from incubator.engine.case import CaseView, Seat
from incubator.engine.definition import Definition, PanelAct, Step
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role
from incubator.engine.rules import Blocker
from incubator.models.base import table
from incubator.models.cases import Case, PanelSeat
from incubator.models.streets import Person

if TYPE_CHECKING:
    from incubator.queries.case_file import Recorded

_CASES, _SEATS, _PEOPLE = table(Case), table(PanelSeat), table(Person)
# They answer for the panel: they see why somebody stands aside and, once it has concluded, every member's points.
_OVERSEE = frozenset({Role.OFFICER, Role.DIRECTOR})
# The seats of a `case`, the latest panel's first, with whose they are.
SEATS_OF = (
    select(_SEATS, _PEOPLE.c.public_id, _PEOPLE.c.name)
    .join_from(_SEATS, _PEOPLE, _PEOPLE.c.id == _SEATS.c.person_id)
    .where(_SEATS.c.case_id == bindparam("case"))
    .order_by(_SEATS.c.visit.desc(), _SEATS.c.id)
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the reader may see them; `review` and `total` are None where the reader is blind."""

    person_id: int
    public_id: str
    name: str
    alternate: bool
    state: str  # alternate, seated, declared, conflicted, given
    grounds: str  # why the member stands aside, for those who oversee the panel
    review: Mapping[str, Any] | None
    total: Decimal | None
    outlier: bool  # further from the panel's median than the sheet's `far_percent` of all points
    dropped: bool  # the highest or the lowest, which the sheet leaves out of the mean
    scan: str  # the public id of the signed sheet from which it was entered, for those who may open it


@dataclass(frozen=True, slots=True)
class Round:
    """The panel of one visit of a step; `waits` is why it cannot conclude yet."""

    step: Step
    concluded: bool
    members: tuple[Member, ...]
    waits: tuple[Blocker, ...]
    most: int  # all points of the sheet
    far: int | None  # the percentage of them beyond which a total is called far from the median

    @property
    def spread(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest total of a concluded panel whose points the reader sees."""
        totals = [member.total for member in self.members if member.total is not None]
        return (min(totals), max(totals)) if self.concluded and len(totals) > 1 else None

    @property
    def median(self) -> Decimal | None:
        """The middle of the totals that `spread` tells of."""
        return median(each.total for each in self.members if each.total is not None) if self.spread else None


def oversees(actor: Actor, street_id: int, community_id: int) -> bool:
    """Whether the actor answers for the panels of that community."""
    return bool(actor.roles_at(street_id, community_id) & _OVERSEE)


def rounds_of(
    rows: Sequence[Row[Any]], actor: Actor, case: CaseView, definition: Definition, policy: Policy,
    events: Sequence[Recorded],
) -> tuple[Round, ...]:  # fmt: skip
    """The panels of a case, the latest first; `rows` are what `SEATS_OF` brings."""
    steps = [step for step in definition.steps if step.panel is not None]
    if not steps:
        return ()
    sees = oversees(actor, case.street_id, case.community_id)
    grounds = _grounds(definition, events) if sees else {}
    found = []
    for visit in dict.fromkeys(row.visit for row in rows):
        running = visit == case.visit and definition.step(case.step).panel is not None
        seats = [row for row in rows if row.visit == visit]
        step = definition.step(case.step) if running else _step_of(steps, seats, policy)
        members = tuple(
            Member(
                row.person_id, row.public_id, row.name, row.alternate, row.state,
                grounds.get(row.person_id, "") if row.state == "conflicted" else "",
                *_seen(row, sees=row.person_id == actor.person_id or (sees and not running)), False, False,
                row.review.get(panel.SCAN, "") if sees or row.person_id == actor.person_id else "",
            )
            for row in seats
        )  # fmt: skip
        waits: list[Blocker] = []
        if running and step.panel is not None:
            waits = panel.incomplete(
                step.panel, tuple(Seat(row.person_id, row.alternate, row.state) for row in seats), policy
            )
        assert step.panel is not None
        sheet = policy.get(step.panel.sheet.policy)
        most, far = sum(each["most"] for each in sheet["criteria"]), sheet.get("far_percent")
        shown = members if running or not sees else _compared(members, most, far, drops=sheet["drop_extremes"])
        found.append(Round(step, not running, shown, tuple(waits), most, far))
    return tuple(found)


def sheets_shown(
    documents: Sequence[Row[Any]], seats: Sequence[Row[Any]], actor: Actor, *, sees: bool
) -> Sequence[Row[Any]]:
    """A case's documents without the signed score sheets of others; `seats` are what `SEATS_OF` brings, `sees` of `oversees`.

    Whoever oversees the panel has the sheets in hand. Any other sees the sheet of the own seat alone.
    """
    own = {row.review.get(panel.SCAN) for row in seats if row.person_id == actor.person_id}
    return [row for row in documents if row.kind != panel.SCORE_SHEET or sees or row.public_id in own]


def may_open_sheet(connection: Connection, actor: Actor, document: Row[Any]) -> bool:
    """Whether this document is no member's signed score sheet, or one that the actor may see as `sheets_shown` has it."""
    if document.kind != panel.SCORE_SHEET or not document.case_id:
        return True
    community = connection.scalar(select(_CASES.c.community_id).where(_CASES.c.id == document.case_id))
    seats = connection.execute(SEATS_OF, {"case": document.case_id}).all()
    sees = oversees(actor, document.street_id, int(community or 0))
    return bool(sheets_shown([document], seats, actor, sees=sees))


def as_shown(
    events: Sequence[Recorded], definitions: Mapping[int, Definition], actor: Actor, *, sees: bool
) -> list[Recorded]:
    """Events, newest first, without what the reader is blind to; `definitions` by the case's key, `sees` of `oversees`.

    A member's points are shown to the member, and to those who oversee the panel once the case has left it. Why a member
    stands aside is for the member and for them.
    """
    shown, left = [], set()
    for event in events:
        change = event.body.get("change") or {}
        definition = definitions.get(event.subject_id) if event.stream == "case" else None
        act = _act(definition, change)
        about = (change.get("data") or {}).get(panel.MEMBER)  # of scores on paper, whose they are
        own = is_about(event, actor)
        place = (event.subject_id, change.get("step"))
        if act in (PanelAct.GIVE, PanelAct.GIVE_ON_PAPER) and not own and not (sees and place in left):
            event = _without(event, {panel.MEMBER: about} if about else {})
        elif act is PanelAct.STRIKE and not own and not sees:
            event = _without(event, change["data"])
        elif act is PanelAct.DECLARE and not own and not sees:
            event = _without(event, {"conflict": change["data"]["conflict"]})
        if "to" in change and change["to"] != change.get("step"):  # a claim tells of a step and leaves none
            left.add(place)
        shown.append(event)
    return shown


def is_about(event: Recorded, actor: Actor) -> bool:
    """Whether an event is the actor's own deed, or of scores that somebody entered for the actor."""
    about = ((event.body.get("change") or {}).get("data") or {}).get(panel.MEMBER)
    return event.body.get("actor") == actor.person_id or bool(about and about == actor.public_id)


def _without(event: Recorded, data: Mapping[str, Any]) -> Recorded:
    return replace(event, body={**event.body, "comment": "", "change": {**event.body["change"], "data": dict(data)}})


def _act(definition: Definition | None, change: Mapping[str, Any]) -> PanelAct | None:
    step = definition.by_key.get(str(change.get("step"))) if definition else None
    decision = step.by_name.get(str(change.get("decision"))) if step else None
    return decision.panel if decision else None


def _grounds(definition: Definition, events: Sequence[Recorded]) -> dict[int, str]:
    """What each member said when standing aside, the latest first said."""
    said: dict[int, str] = {}
    for event in events:
        change = event.body.get("change") or {}
        if _act(definition, change) is PanelAct.DECLARE:
            words = [str(value) for name, value in change["data"].items() if name != "conflict" and value]
            said.setdefault(event.body["actor"], "；".join([*words, *filter(None, [event.body.get("comment")])]))
    return said


def _seen(row: Any, *, sees: bool) -> tuple[Mapping[str, Any] | None, Decimal | None]:
    if row.state != "given" or not sees:
        return None, None
    return row.review, panel.total(row.review)


def _step_of(steps: Sequence[Step], seats: Sequence[Any], policy: Policy) -> Step:
    """The step whose sheet the reviews answer: a seat knows its visit and not its step."""
    answered = next((set(row.review["scores"]) for row in seats if row.review.get("scores")), set())
    for step in steps:
        assert step.panel is not None
        if answered <= {each["code"] for each in policy.get(step.panel.sheet.policy)["criteria"]}:
            return step
    return steps[0]


def _compared(members: tuple[Member, ...], most: int, far_percent: int | None, *, drops: bool) -> tuple[Member, ...]:
    """The members of a concluded panel, with who is far from the median and whose total was left out of the mean."""
    totals = sorted((member.total, place) for place, member in enumerate(members) if member.total is not None)
    if not totals:
        return members
    middle = median(total for total, _ in totals)
    left_out = {totals[0][1], totals[-1][1]} if drops and len(totals) > 2 else set()
    reach = Decimal(most * far_percent) / 100 if far_percent else None
    return tuple(
        replace(
            each,
            outlier=each.total is not None and reach is not None and abs(each.total - middle) > reach,
            dropped=place in left_out,
        )
        for place, each in enumerate(members)
    )
