"""The small forms of an organization's page: activities, visits, contacts, closer supervision; recorded and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.activities_view import LIFT, LIFTING, RECORDING, SUPERVISING, SUPERVISION, Typed
from api.pages.organization import organization_response
from api.pages.organizations import ADDRESS
from api.pages.rendering import go
from api.pages.submitted import answers, one, unreadable
from api.pages.visitors import Sending
from incubator.engine import forms
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.activities import ActivityKind
from incubator.queries.activities import organization_of_restriction
from incubator.services.following import end_supervision, record, supervise, void
from incubator.text import Text

router = APIRouter()


@router.post(f"{ADDRESS}/{{organization_id}}/activities")
def record_on_page(request: Request, sending: Sending, organization_id: PublicId) -> Response:
    """Record what happened, or show the form again with what was typed."""
    kind = one(sending.form, "kind")
    if kind not in RECORDING:
        raise NotFound(Text("没有这种记录", "There is no such kind of record"))
    _, schema = RECORDING[kind]

    def work(connection: Connection, said: dict[str, Any]) -> None:
        reached = said.pop("reached", "yes") == "yes"
        values = {"title": "", "note": "", "participants": 0, **said, "held_on": date.fromisoformat(said["held_on"])}
        record(
            connection, organization=organization_id, kind=ActivityKind(kind), values={**values, "reached": reached},
            actor=sending.visitor.actor, now=sending.visitor.now, key=one(sending.form, "idempotency_key")[:200],
        )  # fmt: skip

    return _done(request, sending, organization_id, kind, schema, work, Text("已记录", "Recorded"))


@router.post("/activities/{activity_id}/void")
def void_on_page(request: Request, sending: Sending, activity_id: PublicId) -> Response:
    """Void a record with a reason."""
    visitor = sending.visitor
    organization = visitor.caller.write(
        lambda connection: void(
            connection, activity=activity_id, reason=one(sending.form, "reason"), actor=visitor.actor, now=visitor.now
        )
    )
    return go(request, f"{ADDRESS}/{organization}#records", Text("已作废，原记录留存", "Void; the record is kept"))


@router.post(f"{ADDRESS}/{{organization_id}}/closer-supervision")
def supervise_on_page(request: Request, sending: Sending, organization_id: PublicId) -> Response:
    """Put the organization under closer supervision."""

    def work(connection: Connection, said: dict[str, Any]) -> None:
        until = said.get("until")
        supervise(
            connection, organization=organization_id, since=date.fromisoformat(said["since"]),
            until=date.fromisoformat(until) if until else None, reason=said["reason"], actor=sending.visitor.actor,
            now=sending.visitor.now, key=one(sending.form, "idempotency_key")[:200],
        )  # fmt: skip

    done = Text("已列入重点监管", "It is under closer supervision")
    return _done(request, sending, organization_id, SUPERVISION, SUPERVISING, work, done)


@router.post("/restrictions/{restriction_id}/lift")
def lift_on_page(request: Request, sending: Sending, restriction_id: PublicId) -> Response:
    """Lift closer supervision before its term is over."""
    visitor = sending.visitor
    organization_id = visitor.caller.read(
        lambda connection: organization_of_restriction(connection, visitor.actor, restriction_id)
    )

    def work(connection: Connection, said: dict[str, Any]) -> None:
        end_supervision(
            connection, restriction=restriction_id, on=date.fromisoformat(said["on"]), reason=said["reason"],
            actor=visitor.actor, now=visitor.now,
        )  # fmt: skip

    form, done = f"{LIFT}-{restriction_id}", Text("已解除重点监管", "Closer supervision is lifted")
    return _done(request, sending, organization_id, form, LIFTING, work, done)


def _done(
    request: Request, sending: Sending, organization_id: str, form: str, schema: forms.Schema,
    work: Callable[[Connection, dict[str, Any]], None], done: Text,
) -> Response:  # fmt: skip
    """Do it and go back to the organization, or show its page with what was typed and what is wrong."""
    visitor, typed = sending.visitor, answers(schema, sending.form)
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    faults: Mapping[str, Sequence[Text]] = {**forms.faults(schema, typed), **wrong}
    status = 422
    if not faults:
        try:
            visitor.caller.write(lambda connection: work(connection, dict(typed)))
        except Invalid as refusal:
            faults = refusal.fields
        except Conflict as refusal:
            faults, status = {"": [refusal.detail]}, refusal.status
        else:
            return go(request, f"{ADDRESS}/{organization_id}#records", done)
    return organization_response(request, visitor, organization_id, typed=Typed(form, typed, faults), status=status)
