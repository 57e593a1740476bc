"""Substitutes: who stands in for a role where four eyes leave nobody, naming one and ending it."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.callers import Reading, Working
from api.json.refs import PersonRef
from api.json.shapes import Body, IdempotencyKey, Listed, refusals
from incubator.clock import today
from incubator.engine.roles import Role
from incubator.queries.people import PersonName, find_person
from incubator.queries.substitutes import Substitution, substitutes, substitution
from incubator.services.substitutes import name_substitute, withdraw_substitute

router = APIRouter(tags=["substitutes"])


class NewSubstitute(Body):
    """For which role, who, and the last day."""

    role: Role
    person_id: str = Field(max_length=64)
    until: date


class EndOfSubstitute(Body):
    """Who stands in for which role no more, at once, and why."""

    role: Role
    person_id: str = Field(max_length=64)
    comment: str = Field(default="", max_length=2000)


class SubstituteOut(BaseModel):
    """Who stands in for a role, up to and including `until`."""

    role: Role
    person: PersonRef
    named_by: PersonRef
    named_at: datetime
    until: date


@router.get("/substitutes", responses=refusals(403))
def list_substitutes(caller: Reading) -> Listed[SubstituteOut]:
    """Who stands in for which role today, whole: a street has a handful."""
    found = caller.read(lambda connection: substitutes(connection, caller.actor, today(caller.now)))
    return Listed(items=[_out(each) for each in found], next_cursor="")


@router.post("/substitutes", status_code=201, responses=refusals(403, 404, 422))
def post_substitute(caller: Working, body: NewSubstitute, idempotency_key: IdempotencyKey = "") -> SubstituteOut:
    """Name who stands in for a role; named again, the new last day replaces the old. Nobody names oneself."""

    def work(connection: Connection) -> Substitution:
        person = find_person(connection, caller.actor, body.person_id)
        name_substitute(
            connection, street_id=caller.actor.street_id, role=body.role, person_id=person.id, until=body.until,
            actor=caller.actor, now=caller.now, key=idempotency_key,
        )  # fmt: skip
        return substitution(connection, caller.actor, role=body.role, person_id=person.id)

    return _out(caller.write(work))


@router.post("/substitutes/end", status_code=204, responses=refusals(403, 404, 422))
def post_substitute_end(caller: Working, body: EndOfSubstitute) -> None:
    """Let a person stand in for a role no more."""

    def work(connection: Connection) -> None:
        person = find_person(connection, caller.actor, body.person_id)
        withdraw_substitute(
            connection, street_id=caller.actor.street_id, role=body.role, person_id=person.id, actor=caller.actor,
            now=caller.now, comment=body.comment,
        )  # fmt: skip

    caller.write(work)


def _out(found: Substitution) -> SubstituteOut:
    return SubstituteOut(
        role=found.role, person=_ref(found.person), named_by=_ref(found.named_by), named_at=found.named_at,
        until=found.until,
    )  # fmt: skip


def _ref(person: PersonName) -> PersonRef:
    return PersonRef(id=person.public_id, name=person.name)
