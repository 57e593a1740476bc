"""The organizations of the reader's area: the list, and entering one by hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.pages.communities import communities_of
from api.pages.organization_form import COMMUNITY, entering, split, typed_in
from api.pages.rendering import go, page
from api.pages.submitted import one, unreadable
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms, library
from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.errors import Invalid
from incubator.models.base import NO_DATE
from incubator.models.organizations import Standing
from incubator.queries.organizations import STANDING_NAMES, Filters, OrganizationLine, organizations
from incubator.queries.visibility import Permission, may, require
from incubator.services.entry import enter_organization
from incubator.services.organizations import NameTaken
from incubator.text import Text

router = APIRouter()

ADDRESS = "/organizations"
STANDING_TONES = {Standing.FILED: "good", Standing.REGISTERED: "good", Standing.EXITED: "done"}
_COLUMNS = [
    {"key": "name", "title": Text("组织名称", "Name"), "main": True},
    {"key": "standing", "title": Text("状态", "Status")},
    {"key": "community", "title": Text("社区", "Community")},
    {"key": "category", "title": Text("类别", "Category")},
    {"key": "leader", "title": Text("负责人", "Leader")},
    {"key": "members", "title": Text("成员", "Members"), "kind": "number"},
]


@router.get(ADDRESS)
def list_page(
    request: Request,
    visiting: Visiting,
    q: str = "",
    community: Annotated[str, Query(max_length=64)] = "",
    standing: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """A page of the list by name, narrowed by what stands in the address."""
    require_staff(visiting.actor)
    filters = Filters(query=q, community=community, standing=standing)
    found = visiting.caller.read(lambda connection: organizations(connection, visiting.actor, filters, cursor=cursor))
    categories = category_names(policy_of(visiting))
    narrowed = bool(q or community or standing)
    may_add = may(visiting.actor, Permission.ADD_ORGANIZATION)
    return page(
        request,
        visiting.reader,
        "organizations.html",
        here="organizations",
        query=q,
        community=community,
        communities=communities_of(visiting),
        standing=standing,
        standings=[(each.value, STANDING_NAMES[each]) for each in Standing],
        may_add=may_add,
        may_import=may(visiting.actor, Permission.IMPORT_SURVEY),
        columns=_COLUMNS,
        rows=[_row(line, categories) for line in found.items],
        next_page=_address(filters, found.next_cursor) if found.next_cursor else None,
        first_page=_address(filters) if cursor else None,
        nothing=_nothing(visiting, narrowed, may_add=may_add),
    )


@router.get(f"{ADDRESS}/new")
def new_page(request: Request, visiting: Visiting) -> Response:
    """The form of a group that is new to the street."""
    require(visiting.actor, Permission.ADD_ORGANIZATION)
    communities = communities_of(visiting)
    values = {COMMUNITY: communities[0].id} if len(communities) == 1 else {}
    return _form_page(request, visiting, entering(communities, policy_of(visiting)), values)


@router.post(ADDRESS)
def create(request: Request, sending: Sending) -> Response:
    """Enter it, or show the form again with what was typed."""
    visitor = sending.visitor
    require(visitor.actor, Permission.ADD_ORGANIZATION)
    schema = entering(communities_of(visitor), policy_of(visitor))
    typed = typed_in(schema, sending.form)
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    if faults := {**forms.faults(schema, typed), **wrong}:
        return _form_page(request, visitor, schema, typed, errors=faults, status=422)
    values, personal = split(typed)
    try:
        written = visitor.caller.write(
            lambda connection: enter_organization(
                connection,
                community=str(typed[COMMUNITY]),
                values=values,
                personal=personal,
                actor=visitor.actor,
                now=visitor.now,
                key=one(sending.form, "idempotency_key")[:200],
            )
        )
    except IdempotencyKeyReused as refusal:
        words = Text(
            "这份表单已经提交过，之后内容又有改动。如要再录入一个组织，请核对后再次保存。",
            "This form was sent before with other contents. To enter a further organization, check it and save again.",
        )
        return _form_page(request, visitor, schema, typed, errors={"": [words]}, status=refusal.status)
    except Invalid as refusal:
        return _form_page(request, visitor, schema, typed, errors=refusal.fields, status=refusal.status)
    except NameTaken as refusal:
        return _form_page(request, visitor, schema, typed, errors={"name": [refusal.detail]}, status=refusal.status)
    return go(request, f"{ADDRESS}/{written.public_id}", Text("已记入台账", "It is on record now"))


def policy_of(visitor: Visitor) -> Policy:
    """The policy in force in the visitor's street today."""
    return visitor.caller.read(
        lambda connection: library.policy_in_force(connection, visitor.actor.street_id, visitor.today)
    )


def category_names(policy: Policy) -> dict[str, Text]:
    """The categories of a policy by code."""
    return {each["code"]: Text.from_pair(each["name"]) for each in policy.get("filing.conditions.categories")}


def _form_page(
    request: Request,
    visitor: Visitor,
    schema: forms.Schema,
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, Sequence[Text]] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        visitor.reader,
        "organization_new.html",
        here="organizations",
        status=status,
        schema=schema,
        values=dict(values),
        errors=dict(errors or {}),
        key=secrets.token_urlsafe(16),
    )


def _address(filters: Filters, cursor: str = "") -> str:
    said = {"q": filters.query, "community": filters.community, "standing": filters.standing, "cursor": cursor}
    return f"{ADDRESS}?{urlencode({name: value for name, value in said.items() if value})}"


def _row(line: OrganizationLine, categories: Mapping[str, Text]) -> dict[str, Any]:
    note = None
    if line.filing_number:
        until = line.filing_valid_until
        words = (
            Text("", "") if until == NO_DATE else Text(f"，至 {in_words(until).zh}", f", until {in_words(until).en}")
        )
        note = Text(f"{line.filing_number}{words.zh}", f"{line.filing_number}{words.en}")
    return {
        "name": {"text": line.name, "href": f"{ADDRESS}/{line.public_id}", "note": note},
        "standing": {"text": STANDING_NAMES[line.standing], "tone": STANDING_TONES.get(line.standing, "neutral")},
        "community": line.community_name,
        "category": categories.get(line.category, Text(line.category, line.category)),
        "leader": line.leader,
        "members": line.members or None,
    }


def _nothing(visitor: Visitor, narrowed: bool, *, may_add: bool) -> dict[str, Any]:
    if narrowed:
        return {
            "title": Text("没有符合条件的组织", "No organization is like this"),
            "hint": Text("请放宽或清除查找条件。", "Look for less, or show the whole list."),
            "link": {"href": ADDRESS, "text": Text("查看全部", "Show all")},
        }
    title = Text("台账中还没有组织", "No organization is on record yet")
    if may(visitor.actor, Permission.IMPORT_SURVEY):
        hint = Text("可导入社区报来的摸底表，也可逐个录入。", "Import a community's survey, or enter them one by one.")
        link = {"href": "/survey", "text": Text("导入摸底表", "Import a survey")}
    elif may_add:
        hint = Text(
            "可在此逐个录入；成批的摸底表请交经办人导入。",
            "Enter them one by one; a whole survey is for the officer to import.",
        )
        link = {"href": f"{ADDRESS}/new", "text": Text("新增组织", "Add an organization")}
    else:
        hint = Text(
            "由经办人导入摸底表或逐个录入后，在此查看。",
            "They stand here once an officer has entered or imported them.",
        )
        link = None
    return {"title": title, "hint": hint, "link": link}
