"""Hubs: the list with what is overdue, and one with its members, duties, reports and those who speak for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages import hubs_view
from api.pages.activities_view import Typed
from api.pages.rendering import go, page
from api.pages.submitted import answers, one, unreadable
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.errors import Conflict, Invalid
from incubator.queries.hubs import hubs, read_hub
from incubator.services.hub_duties import record_duty
from incubator.services.hub_representatives import end_representative, name_representative
from incubator.text import Text

router = APIRouter()

ADDRESS = "/hubs"
Work = Callable[[Connection, Mapping[str, Any]], object]


@router.get(ADDRESS)
def list_page(request: Request, visiting: Visiting) -> Response:
    """The area's hubs by name."""
    require_staff(visiting.actor)
    found = visiting.caller.read(lambda connection: hubs(connection, visiting.actor, visiting.today))
    return page(
        request, visiting.reader, "hubs.html", here="hubs", columns=hubs_view.COLUMNS,
        rows=[hubs_view.line(each) for each in found],
    )  # fmt: skip


@router.get(f"{ADDRESS}/{{hub_id}}")
def hub_page(request: Request, visiting: Visiting, hub_id: PublicId) -> Response:
    """One hub whole."""
    require_staff(visiting.actor)
    return _response(request, visiting, hub_id)


@router.post(f"{ADDRESS}/{{hub_id}}/duties")
def post_duty(request: Request, sending: Sending, hub_id: PublicId) -> Response:
    """Record a duty done."""
    visitor = sending.visitor

    def work(connection: Connection, typed: Mapping[str, Any]) -> None:
        member = typed["member"]
        record_duty(
            connection, hub=hub_id, duty=typed["duty"], held_on=date.fromisoformat(typed["held_on"]),
            member="" if member == hubs_view.ALL else member, note=typed.get("note", ""), actor=visitor.actor,
            now=visitor.now, key=one(sending.form, "idempotency_key")[:200],
        )  # fmt: skip

    schema = visitor.caller.read(lambda connection: hubs_view.recording(connection, visitor, hub_id))
    return _done(request, sending, hub_id, hubs_view.DUTY, schema, work, Text("履责情况已登记", "Recorded"))


@router.post(f"{ADDRESS}/{{hub_id}}/representatives")
def post_representative(request: Request, sending: Sending, hub_id: PublicId) -> Response:
    """Let a person speak for the hub."""
    visitor = sending.visitor

    def work(connection: Connection, typed: Mapping[str, Any]) -> None:
        name_representative(
            connection, organization=hub_id, person=typed["person"], actor=visitor.actor, now=visitor.now
        )

    schema = visitor.caller.read(lambda connection: hubs_view.naming(connection, visitor))
    return _done(request, sending, hub_id, hubs_view.NAME, schema, work, Text("代表已指定", "Named"))


@router.post(f"{ADDRESS}/{{hub_id}}/representatives/{{person_id}}/end")
def post_representative_end(request: Request, sending: Sending, hub_id: PublicId, person_id: PublicId) -> Response:
    """Let a person speak for the hub no more."""
    visitor = sending.visitor
    visitor.caller.write(
        lambda connection: end_representative(
            connection, organization=hub_id, person=person_id, actor=visitor.actor, now=visitor.now
        )
    )
    return go(request, f"{ADDRESS}/{hub_id}", Text("已不再担任代表", "This person speaks for the hub no more"))


def _done(
    request: Request, sending: Sending, hub_id: str, form: str, schema: forms.Schema, work: Work, said: Text
) -> Response:
    visitor, typed = sending.visitor, answers(schema, sending.form)
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    faults: Mapping[str, Sequence[Text]] = {**forms.faults(schema, typed), **wrong}
    status = 422
    if not faults:
        try:
            visitor.caller.write(lambda connection: work(connection, typed))
        except Invalid as refusal:
            faults = {hubs_view.FIELDS.get(name, name): words for name, words in refusal.fields.items()}
        except Conflict as refusal:
            faults, status = {"": [refusal.detail]}, refusal.status
        else:
            return go(request, f"{ADDRESS}/{hub_id}", said)
    return _response(request, visitor, hub_id, Typed(form, typed, faults), status)


def _response(
    request: Request, visitor: Visitor, hub_id: str, typed: Typed = Typed(), status: int = 200  # noqa: B008 - it does not change
) -> Response:  # fmt: skip
    def look(connection: Connection) -> dict[str, Any]:
        file = read_hub(connection, visitor.actor, hub_id, visitor.today)
        return hubs_view.hub(connection, visitor, file, typed, secrets.token_urlsafe)

    return page(request, visitor.reader, "hub.html", here="hubs", status=status, **visitor.caller.read(look))
