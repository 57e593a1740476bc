"""Sub-teams on their parent's page: the list, and the small forms that add one and end one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.activities_view import Typed
from api.pages.organization import organization_response
from api.pages.organizations import ADDRESS
from api.pages.rendering import go
from api.pages.sub_teams_view import ADD, ADDING, END, ENDING
from api.pages.submitted import answers, one, unreadable
from api.pages.visitors import Sending
from incubator.engine import forms
from incubator.errors import Conflict, Invalid
from incubator.services.sub_teams import add_sub_team, end_sub_team
from incubator.text import Text

router = APIRouter()


@router.post(f"{ADDRESS}/{{organization_id}}/sub-teams")
def add_on_page(request: Request, sending: Sending, organization_id: PublicId) -> Response:
    """Add a sub-team, or show the form again with what was typed."""

    def work(connection: Connection, typed: Mapping[str, Any]) -> None:
        add_sub_team(
            connection, organization=organization_id,
            values={name: value for name, value in typed.items() if name != "since"},
            since=date.fromisoformat(typed["since"]), actor=sending.visitor.actor, now=sending.visitor.now,
            key=one(sending.form, "idempotency_key")[:200],
        )  # fmt: skip

    return _done(request, sending, organization_id, ADD, ADDING, work, Text("小队已登记", "The sub-team is on record"))


@router.post(f"{ADDRESS}/{{organization_id}}/sub-teams/{{sub_id}}/end")
def end_on_page(request: Request, sending: Sending, organization_id: PublicId, sub_id: PublicId) -> Response:
    """End a sub-team."""

    def work(connection: Connection, typed: Mapping[str, Any]) -> None:
        end_sub_team(
            connection, organization=organization_id, team=sub_id, reason=typed["reason"],
            on=date.fromisoformat(typed["on"]), actor=sending.visitor.actor, now=sending.visitor.now,
        )  # fmt: skip

    form = f"{END}-{sub_id}"
    return _done(request, sending, organization_id, form, ENDING, work, Text("小队已撤销", "The sub-team has ended"))


def _done(
    request: Request, sending: Sending, organization_id: str, form: str, schema: forms.Schema, work: Any, done: Text
) -> Response:
    visitor, typed = sending.visitor, answers(schema, sending.form)
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    faults: Mapping[str, Sequence[Text]] = {**forms.faults(schema, typed), **wrong}
    status = 422
    if not faults:
        try:
            visitor.caller.write(lambda connection: work(connection, typed))
        except Invalid as refusal:
            faults = refusal.fields
        except Conflict as refusal:
            faults, status = {"": [refusal.detail]}, refusal.status
        else:
            return go(request, f"{ADDRESS}/{organization_id}#sub-teams", done)
    return organization_response(request, visitor, organization_id, typed=Typed(form, typed, faults), status=status)
