"""One organization as a page: its path, what may be opened, its cases, papers and past; personal values for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.activities_view import Typed, life_of
from api.pages.case_view import blocker_cards
from api.pages.organization_form import correcting, known, may_be_corrected, split, typed_in
from api.pages.organization_ties import ties_part
from api.pages.organization_view import organization_page
from api.pages.organizations import ADDRESS, policy_of
from api.pages.project_view import projects_part
from api.pages.ratings_view import ratings_part
from api.pages.rendering import go, page
from api.pages.sub_teams_view import sub_teams_part
from api.pages.submitted import one, unreadable, whole
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.refusals import ActionNotAllowed
from incubator.errors import Conflict, Invalid
from incubator.queries.organizations import find_organization, read_organization
from incubator.queries.path import openings, path
from incubator.queries.visibility import Permission, require
from incubator.services.entry import correct_organization
from incubator.services.opening import open_for_organization
from incubator.services.organizations import NameTaken
from incubator.services.personal import Subject, reveal
from incubator.text import Text

router = APIRouter()


@router.get(f"{ADDRESS}/{{organization_id}}")
def organization(request: Request, visiting: Visiting, organization_id: PublicId) -> Response:
    """An organization whole."""
    require_staff(visiting.actor)
    return organization_response(request, visiting, organization_id)


@router.post(f"{ADDRESS}/{{organization_id}}/cases")
def open_case(request: Request, sending: Sending, organization_id: PublicId) -> Response:
    """Open a case, or say on the page why not."""
    visitor = sending.visitor
    try:
        opened = visitor.caller.write(
            lambda connection: open_for_organization(
                connection,
                organization=organization_id,
                procedure=one(sending.form, "procedure")[:60],
                period=one(sending.form, "period")[:60],
                actor=visitor.actor,
                now=visitor.now,
                key=one(sending.form, "idempotency_key")[:200],
            )
        )
    except ActionNotAllowed as refusal:
        return organization_response(request, visitor, organization_id, refused=refusal, status=refusal.status)
    return go(request, f"/cases/{opened.case_id}", Text("已发起，请继续办理", "It is open: go on here"))


@router.post(f"{ADDRESS}/{{organization_id}}/reveal")
def reveal_value(request: Request, sending: Sending, organization_id: PublicId) -> Response:
    """Show a personal value in full, this once, after recording who saw it and why."""
    visitor = sending.visitor
    field, reason = one(sending.form, "field")[:40], one(sending.form, "reason")[:200]

    def show(connection: Connection) -> str:
        row = find_organization(connection, visitor.actor, organization_id)
        subject = Subject("organization", row.id)
        return reveal(connection, subject=subject, field=field, reason=reason, actor=visitor.actor, now=visitor.now)

    shown = visitor.caller.write(show)
    return organization_response(request, visitor, organization_id, shown={field: shown})


@router.get(f"{ADDRESS}/{{organization_id}}/edit")
def edit_page(request: Request, visiting: Visiting, organization_id: PublicId) -> Response:
    """The form that mends what was entered wrongly."""
    row = visiting.caller.read(lambda connection: find_organization(connection, visiting.actor, organization_id))
    area = {"street_id": row.street_id, "community_id": row.community_id}
    require(visiting.actor, Permission.ADD_ORGANIZATION, **area)
    if not may_be_corrected(row.standing):
        words = Text(
            "该组织已备案，信息以备案证为准；有变化的，请在成长路径中发起变更备案。",
            "It is filed: what changes needs a change of the filing, which you can open here.",
        )
        return go(request, f"{ADDRESS}/{organization_id}", words, kind="info")
    return _edit(request, visiting, row, known(row))


@router.post(f"{ADDRESS}/{{organization_id}}/edit")
def edit(request: Request, sending: Sending, organization_id: PublicId) -> Response:
    """Mend it, or show the form again with what was typed."""
    visitor = sending.visitor
    row = visitor.caller.read(lambda connection: find_organization(connection, visitor.actor, organization_id))
    schema = correcting(policy_of(visitor))
    typed = typed_in(schema, sending.form)
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    if faults := {**forms.faults(schema, typed), **wrong}:
        return _edit(request, visitor, row, typed, errors=faults, status=422)
    values, personal = split(typed)
    try:
        visitor.caller.write(
            lambda connection: correct_organization(
                connection,
                organization=organization_id,
                values=values,
                personal=personal,
                reason=str(typed.get("comment", "")),
                expected_version=whole(sending.form, "expected_version") or 0,
                actor=visitor.actor,
                now=visitor.now,
            )
        )
    except NameTaken as refusal:
        return _edit(request, visitor, row, typed, errors={"name": [refusal.detail]}, status=refusal.status)
    except Invalid as refusal:
        return _edit(request, visitor, row, typed, errors=refusal.fields, status=refusal.status)
    except Conflict as refusal:
        return _edit(request, visitor, row, typed, refused=refusal.detail, status=refusal.status)
    return go(
        request, f"{ADDRESS}/{organization_id}", Text("已更正，原内容留存", "Corrected; what stood before is kept")
    )


def organization_response(
    request: Request,
    visitor: Visitor,
    organization_id: str,
    *,
    refused: ActionNotAllowed | None = None,
    shown: Mapping[str, str] | None = None,
    typed: Typed = Typed(),  # noqa: B008 - it does not change
    status: int = 200,
) -> Response:
    """The organization's page; `typed` is what came back from one of its small forms and did not fit."""
    policy = policy_of(visitor)

    def look(connection: Connection) -> dict[str, Any]:
        file = read_organization(connection, visitor.actor, organization_id)
        stages = path(connection, visitor.actor, file.organization, visitor.now)
        shows = organization_page(
            file,
            stages,
            openings(connection, visitor.actor, file.organization, visitor.now),
            actor=visitor.actor,
            policy=policy,
            this_day=visitor.today,
            shown=shown or {},
        )
        return {
            **shows,
            **ties_part(connection, visitor.actor, file, stages, visitor.today),
            **life_of(connection, visitor.actor, file.organization, visitor.today, typed),
            "teams": sub_teams_part(connection, visitor.actor, file.organization, visitor.today, typed),
            "projects": projects_part(connection, visitor.actor, file.organization.id, visitor.today),
            "ratings": ratings_part(connection, visitor.actor, file.organization.id, visitor.today),
        }

    return page(
        request,
        visitor.reader,
        "organization.html",
        here="organizations",
        status=status,
        refused=_refused(refused),
        **visitor.caller.read(look),
    )


def _refused(refusal: ActionNotAllowed | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    return {"title": refusal.title, "detail": refusal.detail, "blockers": blocker_cards(refusal.blockers)}


def _edit(
    request: Request,
    visitor: Visitor,
    row: Any,
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, Sequence[Text]] | None = None,
    refused: Text | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        visitor.reader,
        "organization_edit.html",
        here="organizations",
        status=status,
        organization={"id": row.public_id, "name": row.name, "version": row.version},
        schema=correcting(policy_of(visitor)),
        values=dict(values),
        errors=dict(errors or {}),
        refused=refused,
    )
