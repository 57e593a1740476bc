"""Cases: opened, read whole, moved by their actions: `/cases`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.refs import OrganizationRef, PersonRef
from api.json.shapes import Body, IdempotencyKey, blockers_out, due_out, refusals
from api.problems import BlockerOut
from incubator.clock import SHANGHAI
from incubator.engine import forms
from incubator.engine.advance import Advanced, Request, advance
from incubator.engine.choices import Choice
from incubator.engine.definition import StepKind
from incubator.models.base import NO_DATE
from incubator.queries.case_file import CaseFile, read_case
from incubator.queries.panels import Round
from incubator.services.opening import open_for_organization

router = APIRouter(tags=["cases"])

Period = Annotated[
    str,
    Field(
        max_length=60,
        pattern=r"^[^\s]*$",
        description="The year of a yearly review, the quarter of a hub's report, the number of a call or a project",
    ),
]


class NewCase(Body):
    """Which procedure is opened for which organization."""

    organization_id: str = Field(max_length=64)
    procedure: str = Field(max_length=60)
    period: Period = ""
    effective_on: date | None = None


class ActionIn(Body):
    """An action: the version that the caller saw, the day it took effect (today unless told), the form, the reason."""

    expected_version: int = Field(ge=1)
    effective_on: date | None = None
    data: dict[str, Any] = Field(default_factory=dict, max_length=100)
    comment: str = Field(default="", max_length=2000)


class MovedOut(BaseModel):
    """Where a case stands after an action; the same keyed request is answered the same."""

    id: str
    version: int
    step: str
    open: bool
    outcome: str
    due: date | None


class ActionOut(BaseModel):
    """An action of the present step: whether the caller may attempt it, why not, and the form to send with it."""

    name: str
    title: str
    allowed: bool
    blockers: list[BlockerOut]
    form: dict[str, Any] | None


class DocumentOut(BaseModel):
    """A document that lies in a case."""

    id: str
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    made_by: str | None
    recorded_at: datetime


class MemberOut(BaseModel):
    """A panel member; `total`, `scores` and `grounds` are null where the caller is blind to them."""

    person_id: str
    name: str
    alternate: bool
    state: str
    grounds: str | None
    total: Decimal | None
    scores: dict[str, int] | None
    outlier: bool = Field(description="Further from the panel's median than the sheet's `far_percent` of all points")
    dropped: bool = Field(description="Left out of the mean as the highest or the lowest")
    on_paper: bool = Field(description="Entered by an officer from the signed sheet, as far as the caller may know")


class PanelOut(BaseModel):
    """The panel of one visit of a step; `waits` is why it cannot conclude, in the caller's language."""

    step: str
    concluded: bool
    members: list[MemberOut]
    waits: list[BlockerOut]
    lowest: Decimal | None
    highest: Decimal | None
    median: Decimal | None


class CaseOut(BaseModel):
    """A case whole. `deadline_proof` is the arithmetic behind `due`; personal values are not among `data`."""

    id: str
    number: str
    procedure: str
    procedure_title: str
    organization: OrganizationRef
    community: str
    period: str
    step: str
    step_title: str
    step_kind: StepKind
    assignee: PersonRef | None = Field(
        description="Who claimed the step or was given it; null while it awaits the role"
    )
    version: int
    open: bool
    outcome: str
    opened_on: date
    due: date | None
    deadline_proof: dict[str, Any] | None
    actions: list[ActionOut]
    documents: list[DocumentOut]
    panels: list[PanelOut]
    names: dict[str, str] = Field(description="What the public ids picked in forms stand for")
    data: dict[str, dict[str, Any]]
    milestones: dict[str, date]
    definition: str
    policy: str
    calendar: str


class EventOut(BaseModel):
    """Something that happened in a case, as it was recorded."""

    seq: int
    type: str
    effective_on: date
    recorded_at: datetime
    actor: str | None
    on_behalf_of: str
    comment: str
    change: dict[str, Any]
    rules: list[dict[str, Any]]


@router.post("/cases", status_code=201, responses=refusals(403, 404, 409, 422))
def open_case(caller: Working, body: NewCase, idempotency_key: IdempotencyKey = "") -> CaseOut:
    """Open a case of a procedure for an organization."""
    opened = caller.write(
        lambda connection: open_for_organization(
            connection,
            organization=body.organization_id,
            procedure=body.procedure,
            period=body.period,
            effective_on=body.effective_on,
            actor=caller.actor,
            key=idempotency_key,
            now=caller.now,
        )
    )
    return get_case(caller, opened.case_id)


@router.get("/cases/{case_id}", responses=refusals(403, 404, 422))
def get_case(caller: Reading, case_id: PublicId) -> CaseOut:
    """A case with what may be done in it by the caller, and why the rest may not."""
    file = caller.read(lambda connection: read_case(connection, caller.actor, case_id, caller.now))
    return _out(file, caller)


@router.get("/cases/{case_id}/events", responses=refusals(403, 404, 422))
def case_events(caller: Reading, case_id: PublicId) -> list[EventOut]:
    """What happened in a case, oldest first."""
    file = caller.read(lambda connection: read_case(connection, caller.actor, case_id, caller.now))
    return [
        EventOut(
            seq=event.body["seq"],
            type=event.type,
            effective_on=event.effective_on,
            recorded_at=event.recorded_at.astimezone(SHANGHAI),
            actor=event.actor or None,
            on_behalf_of=event.body["on_behalf_of"],
            comment=event.body["comment"],
            change=event.body["change"],
            rules=event.body["rules"],
        )
        for event in reversed(file.events)
    ]


@router.post("/cases/{case_id}/actions/{action}", response_model=MovedOut, responses=refusals(403, 404, 409, 422))
async def take_action(
    caller: Working, case_id: PublicId, action: str, body: ActionIn, idempotency_key: IdempotencyKey = ""
) -> Response:
    """The one way to move a case."""
    request = Request(
        case_id,
        action,
        caller.actor,
        body.expected_version,
        body.effective_on,
        body.data,
        body.comment,
        idempotency_key,
    )
    moved = _moved(await caller.act(lambda connection: advance(connection, request, now=caller.now)))
    # Ready as it is: FastAPI would check a model against itself.
    return Response(moved.model_dump_json(), media_type="application/json")


def _moved(advanced: Advanced) -> MovedOut:
    return MovedOut(
        id=advanced.case_id,
        version=advanced.version,
        step=advanced.step,
        open=advanced.open,
        outcome=advanced.outcome,
        due=due_out(date.fromisoformat(advanced.due_on)),
    )


def _out(file: CaseFile, caller: Caller) -> CaseOut:
    case, step, held, language = file.case, file.step, file.holding, caller.language
    return CaseOut(
        id=case.public_id,
        number=case.number,
        procedure=case.procedure,
        procedure_title=file.definition.title.read(language),
        organization=OrganizationRef(
            id=file.organization.organization_public_id, name=file.organization.organization_name
        ),
        community=file.organization.community_name,
        period=case.period,
        step=step.key,
        step_title=step.title.read(language),
        step_kind=step.kind,
        assignee=PersonRef(id=held.public_id, name=held.name) if held and held.public_id else None,
        version=case.version,
        open=case.open,
        outcome=case.outcome,
        opened_on=case.opened_on,
        due=due_out(case.due_on),
        deadline_proof=_proof(file),
        actions=[_action(choice, language) for choice in file.choices],
        documents=[
            DocumentOut(
                id=row.public_id,
                kind=row.kind,
                filename=row.filename,
                media_type=row.media_type,
                size=row.size,
                sha256=row.sha256,
                made_by=row.made_by_name,
                recorded_at=row.recorded_at.astimezone(SHANGHAI),
            )
            for row in file.documents
        ],
        panels=[_panel(each, language) for each in file.panels],
        names=dict(file.names),
        data={key: dict(values) for key, values in case.data.items()},
        milestones={name: date.fromisoformat(day) for name, day in case.milestones.items()},
        definition=case.definition_hash,
        policy=case.policy_hash,
        calendar=case.calendar_hash,
    )


def _action(choice: Choice, language: str) -> ActionOut:
    return ActionOut(
        name=choice.decision.name,
        title=choice.decision.title.read(language),
        allowed=choice.allowed,
        blockers=blockers_out(choice.blockers, language),
        form=choice.form,
    )


def _panel(panel: Round, language: str) -> PanelOut:
    lowest, highest = panel.spread or (None, None)
    members = [
        MemberOut(
            person_id=each.public_id,
            name=each.name,
            alternate=each.alternate,
            state=each.state,
            grounds=each.grounds or None,
            total=each.total,
            scores=None if each.review is None else dict(each.review[forms.SCORES]),
            outlier=each.outlier,
            dropped=each.dropped,
            on_paper=bool(each.scan),
        )
        for each in panel.members
    ]
    return PanelOut(
        step=panel.step.key,
        concluded=panel.concluded,
        members=members,
        waits=blockers_out(panel.waits, language),
        lowest=lowest,
        highest=highest,
        median=panel.median,
    )


def _proof(file: CaseFile) -> dict[str, Any] | None:
    """The proof of the limit that the case carries now."""
    if file.case.due_on == NO_DATE:
        return None
    current = (row for row in file.deadlines if row.step == file.case.step and row.state in ("running", "paused"))
    row = next(current, None)
    return dict(row.proof) if row is not None else None
