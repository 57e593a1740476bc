"""The managers' figures: `/status`."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from api.callers import Reading
from api.json.shapes import refusals
from incubator.clock import today
from incubator.models.organizations import Standing
from incubator.queries.status import status

router = APIRouter(tags=["status"])


class StepFiguresOut(BaseModel):
    """The cases that stand at a step."""

    step: str
    title: str
    open: int
    overdue: int


class ProcedureFiguresOut(BaseModel):
    """The cases in hand of a procedure, step by step."""

    procedure: str
    title: str
    stage: str
    open: int
    overdue: int
    steps: list[StepFiguresOut]


class CommunityFiguresOut(BaseModel):
    """The cases in hand of a community."""

    id: str
    name: str
    open: int
    overdue: int


class EndedOut(BaseModel):
    """How many cases of a procedure ended with a result in the day's year."""

    procedure: str
    outcome: str
    title: str
    number: int


class StatusOut(BaseModel):
    """The figures of the caller's area; each is the length of a list that `/worklist` or `/organizations` gives."""

    day: date
    due_soon_until: date
    open: int
    overdue: int
    due_soon: int
    organizations: dict[Standing, int]
    procedures: list[ProcedureFiguresOut]
    communities: list[CommunityFiguresOut]
    ended: list[EndedOut]


@router.get("/status", responses=refusals(403))
def get_status(caller: Reading) -> StatusOut:
    """Cases in hand by procedure, step and community, what is overdue, organizations by standing, results of the year."""
    found = caller.read(lambda connection: status(connection, caller.actor, day=today(caller.now)))
    language = caller.language
    return StatusOut(
        day=found.day,
        due_soon_until=found.soon,
        open=found.open,
        overdue=found.overdue,
        due_soon=found.due_soon,
        organizations=dict(found.organizations),
        procedures=[
            ProcedureFiguresOut(
                procedure=each.key,
                title=each.title.read(language),
                stage=each.stage,
                open=each.open,
                overdue=each.overdue,
                steps=[
                    StepFiguresOut(step=step.key, title=step.title.read(language), open=step.open, overdue=step.overdue)
                    for step in each.steps
                ],
            )
            for each in found.procedures
        ],
        communities=[
            CommunityFiguresOut(id=each.public_id, name=each.name, open=each.open, overdue=each.overdue)
            for each in found.communities
        ],
        ended=[
            EndedOut(
                procedure=each.procedure, outcome=each.outcome, title=each.title.read(language), number=each.number
            )
            for each in found.ended
        ],
    )
