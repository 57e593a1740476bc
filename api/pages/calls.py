"""Calls: the list, the form of a draft, and one call with its applications and what may be done about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages import call_form, call_view
from api.pages.rendering import go, page
from api.pages.submitted import answers, one, unreadable, whole, with_more_rows
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms, library
from incubator.engine.policy import Policy
from incubator.errors import Invalid, Refused
from incubator.models.funding import CallStatus
from incubator.queries.calls import CallLine, calls, find_call, read_call
from incubator.queries.visibility import Permission, may, require
from incubator.services.calls import (
    Written,
    cancel_call,
    change_call,
    close_call,
    draft_call,
    may_publish,
    policy_of_call,
    publish_call,
)
from incubator.text import Text

router = APIRouter()

ADDRESS = "/calls"


@router.get(ADDRESS)
def list_page(
    request: Request, visiting: Visiting, cursor: Annotated[str, Query(max_length=2000)] = ""
) -> Response:  # fmt: skip
    """The street's calls, newest first."""
    require_staff(visiting.actor)
    found = visiting.caller.read(lambda connection: calls(connection, visiting.actor, cursor=cursor))
    return page(
        request, visiting.reader, "calls.html", here="calls", may_add=may(visiting.actor, Permission.MANAGE_CALL),
        columns=call_view.COLUMNS, rows=[call_view.row(line, visiting.today) for line in found.items],
        next_page=f"{ADDRESS}?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page=ADDRESS if cursor else None,
    )  # fmt: skip


@router.get(f"{ADDRESS}/new")
def new_page(request: Request, visiting: Visiting) -> Response:
    """The form of a further call."""
    require(visiting.actor, Permission.MANAGE_CALL)
    return _form_page(request, visiting, {"opens_on": visiting.today.isoformat()})


@router.post(ADDRESS)
def create(request: Request, sending: Sending) -> Response:
    """Draft it, or show the form again with what was typed."""
    visitor = sending.visitor
    require(visitor.actor, Permission.MANAGE_CALL)
    key = one(sending.form, "idempotency_key")[:200]

    def draft(connection: Connection, typed: Mapping[str, Any], policy: Policy) -> Written:
        values = call_form.values_of(typed, policy, {})
        return draft_call(connection, values, actor=visitor.actor, now=visitor.now, key=key)

    return _saved(request, sending, draft, Text("批次草稿已保存", "The draft is saved"))


@router.get(f"{ADDRESS}/{{call_id}}")
def call_page(
    request: Request, visiting: Visiting, call_id: PublicId, show: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """One call; `show` narrows its applications to those behind a figure."""
    require_staff(visiting.actor)
    return _call_page(request, visiting, call_id, show)


@router.get(f"{ADDRESS}/{{call_id}}/edit")
def edit_page(request: Request, visiting: Visiting, call_id: PublicId) -> Response:
    """The form of a draft as it stands."""
    require(visiting.actor, Permission.MANAGE_CALL)
    row = visiting.caller.read(lambda connection: find_call(connection, visiting.actor, call_id))
    if row.status != CallStatus.DRAFT:
        return go(request, f"{ADDRESS}/{call_id}", Text("只有草稿可以修改", "Only a draft can be changed"), kind="info")
    return _form_page(request, visiting, call_form.typed_of(row), call=row)


@router.post(f"{ADDRESS}/{{call_id}}/edit")
def change(request: Request, sending: Sending, call_id: PublicId) -> Response:
    """Change a draft, or show the form again with what was typed."""
    visitor = sending.visitor
    require(visitor.actor, Permission.MANAGE_CALL)
    row = visitor.caller.read(lambda connection: find_call(connection, visitor.actor, call_id))

    def save(connection: Connection, typed: Mapping[str, Any], policy: Policy) -> Written:
        return change_call(
            connection, call_id, call_form.values_of(typed, policy, row.terms),
            expected_version=whole(sending.form, "expected_version"), actor=visitor.actor, now=visitor.now,
        )  # fmt: skip

    return _saved(request, sending, save, Text("修改已保存", "The changes are saved"), call=row)


@router.post(f"{ADDRESS}/{{call_id}}/{{act}}")
def act_on(request: Request, sending: Sending, call_id: PublicId, act: str) -> Response:
    """Publish, close or cancel it; what is refused is said on its page."""
    visitor, version = sending.visitor, whole(sending.form, "expected_version")
    acts: dict[str, tuple[Callable[..., Written], Text, dict[str, Any]]] = {
        "publish": (publish_call, Text("批次已发布，总预算已划出", "It is published and its budget set aside"), {}),
        "close": (close_call, Text("批次已结束，余额已退回", "It is closed and the rest went back"), {}),
        "cancel": (cancel_call, Text("批次已取消", "It is cancelled"), {"reason": one(sending.form, "reason")[:2000]}),
    }
    if act not in acts:
        return go(request, f"{ADDRESS}/{call_id}")
    do, said, more = acts[act]
    try:
        visitor.caller.write(
            lambda connection: do(
                connection, call_id, expected_version=version, actor=visitor.actor, now=visitor.now, **more
            )
        )
    except Refused as refusal:
        words = [words for texts in getattr(refusal, "fields", {}).values() for words in texts] or [refusal.detail]
        return _call_page(request, visitor, call_id, "", refused=words, status=refusal.status)
    return go(request, f"{ADDRESS}/{call_id}", said)


def _saved(
    request: Request, sending: Sending, save: Callable[[Connection, Mapping[str, Any], Policy], Written], said: Text,
    *, call: Any = None,
) -> Response:  # fmt: skip
    visitor = sending.visitor
    policy = _policy(visitor)
    schema = call_form.whole_schema(policy)
    typed = answers(schema, sending.form)
    more = with_more_rows(schema, typed, sending.form)
    if more is not None:
        return _form_page(request, visitor, more, call=call)
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    if faults := {**forms.faults(schema, typed), **wrong}:
        return _form_page(request, visitor, typed, faults, 422, call=call)
    try:
        written = visitor.caller.write(lambda connection: save(connection, typed, policy))
    except Invalid as refusal:
        return _form_page(
            request, visitor, typed, call_form.typed_errors(refusal.fields), refusal.status, call=call
        )  # fmt: skip
    except Refused as refusal:
        return _form_page(request, visitor, typed, {"": [refusal.detail]}, refusal.status, call=call)
    return go(request, f"{ADDRESS}/{written.public_id}", said)


def _form_page(
    request: Request, visitor: Visitor, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200, *, call: Any = None,
) -> Response:  # fmt: skip
    policy = _policy(visitor)
    main, terms = call_form.main_schema(policy), call_form.terms_schema(policy)
    return page(
        request, visitor.reader, "call_form.html", here="calls", status=status, main=main, terms=terms,
        whole=call_form.whole_schema(policy), values=dict(values), errors=dict(errors or {}), call=call,
        said_for_itself=any(values.get(name) for name in terms["properties"])
        or any(name.split(".")[0] in terms["properties"] for name in errors or {}),
        key=secrets.token_urlsafe(16),
    )  # fmt: skip


def _call_page(
    request: Request, visitor: Visitor, call_id: str, show: str, *, refused: Sequence[Text] = (), status: int = 200
) -> Response:
    def look(connection: Connection) -> tuple[CallLine, Policy, bool]:
        line = read_call(connection, visitor.actor, call_id)
        return (
            line,
            policy_of_call(connection, line.row, visitor.today),
            may_publish(connection, line.row, visitor.actor, visitor.now),
        )

    line, policy, publishes = visitor.caller.read(look)
    return page(
        request, visitor.reader, "call.html", here="calls", status=status, refused=list(refused),
        call=call_view.whole(line, policy, visitor.today), figures=call_view.figures(line, show),
        columns=call_view.APPLICATION_COLUMNS, applications=call_view.applications(line, show),
        narrowed=call_view.NARROWED.get(show), acts=call_view.acts(line, visitor.actor, visitor.today, publishes),
        version=line.row.head_seq,
    )  # fmt: skip


def _policy(visitor: Visitor) -> Policy:
    return visitor.caller.read(
        lambda connection: library.policy_in_force(connection, visitor.actor.street_id, visitor.today)
    )
