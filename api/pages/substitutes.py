"""Substitutes: who stands in for a role where four eyes leave nobody; naming one, and ending it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.pages.rendering import go, page
from api.pages.submitted import answers, one
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.deadline_words import in_words
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.engine.roles import ROLE_NAMES, Role, names_of
from incubator.errors import Invalid
from incubator.queries.people import UserLine, find_person, users
from incubator.queries.substitutes import Substitution, roles_stood_in_for, substitutes
from incubator.queries.visibility import Permission, may, require
from incubator.services.substitutes import name_substitute, withdraw_substitute
from incubator.text import Text

router = APIRouter()

ADDRESS = "/substitutes"
_COLUMNS = [
    {"key": "role", "title": Text("代理角色", "Role"), "main": True},
    {"key": "person", "title": Text("代理人", "Substitute")},
    {"key": "named_by", "title": Text("指定人", "Named by")},
    {"key": "until", "title": Text("代理至", "Until")},
]


@router.get(ADDRESS)
def list_page(request: Request, visiting: Visiting) -> Response:
    """Who stands in for which role today, with the form that names one for those who may."""
    require_staff(visiting.actor)
    return _response(request, visiting, {})


@router.post(ADDRESS)
def create(request: Request, sending: Sending) -> Response:
    """Name one, or show the form again with what was typed."""
    visitor = sending.visitor
    require(visitor.actor, Permission.NAME_SUBSTITUTE, street_id=visitor.actor.street_id)
    schema = visitor.caller.read(lambda connection: _naming(connection, visitor))
    typed = answers(schema, sending.form)
    if faults := forms.faults(schema, typed):
        return _response(request, visitor, typed, faults, 422)

    def work(connection: Connection) -> None:
        person = find_person(connection, visitor.actor, typed["person"])
        name_substitute(
            connection, street_id=visitor.actor.street_id, role=Role(typed["role"]), person_id=person.id,
            until=date.fromisoformat(typed["until"]), actor=visitor.actor, now=visitor.now,
            key=one(sending.form, "idempotency_key")[:200],
        )  # fmt: skip

    try:
        visitor.caller.write(work)
    except Invalid as refusal:
        return _response(request, visitor, typed, refusal.fields, refusal.status)
    except IdempotencyKeyReused as refusal:
        words = Text(
            "这份表单已经提交过，之后内容又有改动。如要再指定一名代理人，请核对后再次提交。",
            "This form was sent before with other contents. To name a further substitute, check it and send it again.",
        )
        return _response(request, visitor, typed, {"": [words]}, refusal.status)
    return go(request, ADDRESS, Text("代理人已指定", "The substitute is named"))


@router.post(f"{ADDRESS}/end")
def post_end(request: Request, sending: Sending) -> Response:
    """Let a person stand in for a role no more."""
    visitor = sending.visitor
    role = next((role for role in Role if role.value == one(sending.form, "role")), None)
    if role is None:
        raise Invalid(
            Text("代理的角色有误，请返回代理人页面重新办理", "There is no such role: begin again on the page")
        )

    def work(connection: Connection) -> None:
        person = find_person(connection, visitor.actor, one(sending.form, "person"))
        withdraw_substitute(
            connection, street_id=visitor.actor.street_id, role=role, person_id=person.id, actor=visitor.actor,
            now=visitor.now,
        )  # fmt: skip

    visitor.caller.write(work)
    return go(request, ADDRESS, Text("代理人已撤销", "The substitution has ended"))


def _response(
    request: Request, visitor: Visitor, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    may_name = may(visitor.actor, Permission.NAME_SUBSTITUTE, street_id=visitor.actor.street_id)

    def look(connection: Connection) -> dict[str, Any]:
        found = substitutes(connection, visitor.actor, visitor.today)
        return {"rows": [_row(each) for each in found], "schema": _naming(connection, visitor) if may_name else None}

    return page(
        request, visitor.reader, "substitutes.html", here="substitutes", status=status, columns=_COLUMNS,
        values=dict(values), errors=dict(errors or {}), key=secrets.token_urlsafe(16), **visitor.caller.read(look),
    )  # fmt: skip


def _naming(connection: Connection, visitor: Visitor) -> forms.Schema:
    """The form that names one: of the street's people who can sign in, oneself left out."""
    people = [
        line
        for line in users(connection, visitor.actor, visitor.today)
        if line.person.id != visitor.actor.person_id and any(not account.disabled for account in line.accounts)
    ]
    return forms.form(
        forms.choice("role", Text("代理角色", "Role"), [(role.value, ROLE_NAMES[role]) for role in roles_stood_in_for()],
                     hint=Text("这些角色的决定须由未经办该案的人作出", "What these decide is for somebody who did not handle the case")),
        forms.choice("person", Text("代理人", "Substitute"), [(line.person.public_id, _known_as(line)) for line in people],
                     hint=Text("限本街道有可用账号的人员，不得指定本人", "People of the street with an account, never oneself")),
        forms.day("until", Text("代理至", "Until"),
                  hint=Text("含当日。再次指定同一人的，以新的日期为准", "That day included. Named again, the new day counts")),
    )  # fmt: skip


def _known_as(line: UserLine) -> Text:
    roles = names_of(frozenset(grant.role for grant in line.grants))
    if not line.grants:
        roles = Text("无其他角色", "no other role")
    return Text(f"{line.person.name}（{roles.zh}）", f"{line.person.name} ({roles.en})")


def _row(found: Substitution) -> dict[str, Any]:
    name, role = found.person.name, ROLE_NAMES[found.role]
    return {
        "id": f"{found.role.value}-{found.person.public_id}",
        "role": role,
        "person": name,
        "named_by": found.named_by.name,
        "until": in_words(found.until),
        "sent": {"role": found.role.value, "person": found.person.public_id},
        "asked": Text(
            f"撤销后即时生效，{name}不再代行“{role.zh}”的决定，有关案件不再向其显示。",
            f"This takes effect at once: {name} decides no more in place of the {role.en}, nor sees the cases.",
        ),
    }
