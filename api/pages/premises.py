"""Service centres: the list with who runs each, entering one, handing it over and taking it back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.communities import communities_of
from api.pages.rendering import go, page
from api.pages.submitted import answers, one, unreadable
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.deadline_words import in_words
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.errors import Invalid, Refused
from incubator.models.base import NO_DATE
from incubator.models.organizations import Standing
from incubator.queries.organizations import Filters, OrganizationLine, organizations
from incubator.queries.paging import MOST
from incubator.queries.premises import CentreLine, read_centre, service_centres
from incubator.queries.visibility import Permission, may, require
from incubator.services.premises import LARGEST_AREA, LENGTHS, enter_centre, hand_over, take_back
from incubator.text import Text

router = APIRouter()

ADDRESS = "/service-centres"
_COMMUNITY, _ORGANIZATION = "community_id", "organization_id"
_COLUMNS = [
    {"key": "name", "title": Text("服务中心", "Service centre"), "main": True},
    {"key": "community", "title": Text("社区", "Community")},
    {"key": "area", "title": Text("面积（平方米）", "Area (m²)"), "kind": "number"},
    {"key": "provider", "title": Text("提供单位", "Provided by")},
    {"key": "operator", "title": Text("使用运营组织", "Run by")},
    {"key": "until", "title": Text("约定期限", "Term")},
]
_PARTICULARS = (
    forms.text("name", Text("名称", "Name"), longest=LENGTHS["name"],
               hint=Text("例如：桂花社区长者服务中心", "For example: Guihua Elders' Service Centre")),
    forms.text("address", Text("地址", "Address"), longest=LENGTHS["address"], required=False),
    forms.whole_number("area", Text("面积（平方米）", "Area (m²)"), most=LARGEST_AREA, required=False),
    forms.text("provider", Text("提供单位", "Provided by"), longest=LENGTHS["provider"], required=False,
               hint=Text("街道、社区、共建单位或辖区单位", "The street, a community, a partner or local unit")),
    forms.yes_no("rent_free", Text("无偿使用", "Free of rent"), required=False),
    forms.text("purpose", Text("用途", "What it is for"), longest=LENGTHS["purpose"], lines=True, required=False),
)  # fmt: skip
_TAKING_BACK = forms.form(
    forms.day("on", Text("收回日期", "Taken back on")),
    forms.text("reason", Text("收回理由", "Why"), longest=2000, lines=True),
)


@router.get(ADDRESS)
def list_page(
    request: Request, visiting: Visiting, cursor: Annotated[str, Query(max_length=2000)] = ""
) -> Response:  # fmt: skip
    """The area's service centres by name."""
    require_staff(visiting.actor)
    found = visiting.caller.read(lambda connection: service_centres(connection, visiting.actor, cursor=cursor))
    may_add = may(visiting.actor, Permission.MANAGE_PREMISES)
    return page(
        request, visiting.reader, "premises.html", here="premises", may_add=may_add, columns=_COLUMNS,
        rows=[_row(line) for line in found.items],
        next_page=f"{ADDRESS}?cursor={found.next_cursor}" if found.next_cursor else None,
        first_page=ADDRESS if cursor else None,
        nothing=_nothing(may_add),
    )  # fmt: skip


@router.get(f"{ADDRESS}/new")
def new_page(request: Request, visiting: Visiting) -> Response:
    """The form of a service centre that is not on record."""
    require(visiting.actor, Permission.MANAGE_PREMISES)
    return _new_page(request, visiting, {"rent_free": True})


@router.post(ADDRESS)
def create(request: Request, sending: Sending) -> Response:
    """Enter it, or show the form again with what was typed."""
    visitor = sending.visitor
    require(visitor.actor, Permission.MANAGE_PREMISES)
    schema = _entering(visitor)
    typed = answers(schema, sending.form)
    if faults := _faults(schema, typed):
        return _new_page(request, visitor, typed, faults, 422)
    values = {name: value for name, value in typed.items() if name != _COMMUNITY}
    try:
        written = visitor.caller.write(
            lambda connection: enter_centre(
                connection, community=str(typed[_COMMUNITY]), values=values, actor=visitor.actor, now=visitor.now,
                key=one(sending.form, "idempotency_key")[:200],
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _new_page(request, visitor, typed, refusal.fields, refusal.status)
    except IdempotencyKeyReused as refusal:
        words = Text(
            "这份表单已经提交过，之后内容又有改动。如要再录入一个服务中心，请核对后再次保存。",
            "This form was sent before with other contents. To enter a further centre, check it and save again.",
        )
        return _new_page(request, visitor, typed, {"": [words]}, refusal.status)
    except Refused as refusal:
        return _new_page(request, visitor, typed, {"name": [refusal.detail]}, refusal.status)
    return go(request, f"{ADDRESS}/{written.public_id}", Text("服务中心已录入", "The service centre is on record now"))


@router.get(f"{ADDRESS}/{{centre_id}}")
def centre_page(request: Request, visiting: Visiting, centre_id: PublicId) -> Response:
    """One service centre with what may be done about it."""
    require_staff(visiting.actor)
    line = visiting.caller.read(lambda connection: read_centre(connection, visiting.actor, centre_id))
    return _centre_page(request, visiting, line)


@router.post(f"{ADDRESS}/{{centre_id}}/hand-over")
def post_hand_over(request: Request, sending: Sending, centre_id: PublicId) -> Response:
    """Hand it over, or show the form again."""
    schema = _handing_over(sending.visitor)

    def work(connection: Connection, typed: Mapping[str, Any]) -> Any:
        return hand_over(
            connection, centre_id, organization=typed[_ORGANIZATION], on=date.fromisoformat(typed["on"]),
            until=date.fromisoformat(typed["until"]) if typed.get("until") else NO_DATE,
            actor=sending.visitor.actor, now=sending.visitor.now,
        )  # fmt: skip

    return _done(request, sending, centre_id, schema, work, Text("已交由该组织使用运营", "It is handed over"))


@router.post(f"{ADDRESS}/{{centre_id}}/take-back")
def post_take_back(request: Request, sending: Sending, centre_id: PublicId) -> Response:
    """Take it back, or show the form again."""

    def work(connection: Connection, typed: Mapping[str, Any]) -> Any:
        return take_back(
            connection, centre_id, on=date.fromisoformat(typed["on"]), reason=typed["reason"],
            actor=sending.visitor.actor, now=sending.visitor.now,
        )  # fmt: skip

    return _done(request, sending, centre_id, _TAKING_BACK, work, Text("服务中心已收回", "It is taken back"))


def _done(
    request: Request, sending: Sending, centre_id: str, schema: forms.Schema,
    work: Callable[[Connection, Mapping[str, Any]], Any], said: Text,
) -> Response:  # fmt: skip
    visitor = sending.visitor
    require(visitor.actor, Permission.MANAGE_PREMISES)
    typed = answers(schema, sending.form)
    line = visitor.caller.read(lambda connection: read_centre(connection, visitor.actor, centre_id))
    if faults := _faults(schema, typed):
        return _centre_page(request, visitor, line, typed, faults, 422)
    try:
        visitor.caller.write(lambda connection: work(connection, typed))
    except Invalid as refusal:
        return _centre_page(request, visitor, line, typed, refusal.fields, refusal.status)
    except Refused as refusal:
        return _centre_page(request, visitor, line, typed, {"": [refusal.detail]}, refusal.status)
    return go(request, f"{ADDRESS}/{centre_id}", said)


def _faults(schema: forms.Schema, typed: Mapping[str, Any]) -> dict[str, Sequence[Text]]:
    wrong: dict[str, Sequence[Text]] = {name: [words] for name, words in unreadable(schema, typed).items()}
    return {**forms.faults(schema, typed), **wrong}


def _entering(visitor: Visitor) -> forms.Schema:
    where = forms.choice(
        _COMMUNITY, Text("所在社区", "Community"),
        [(each.id, Text(each.name, each.name)) for each in communities_of(visitor)],
    )  # fmt: skip
    return forms.form(where, *_PARTICULARS)


def _handing_over(visitor: Visitor) -> forms.Schema:
    """The form with the filed and registered organizations of the area, the first of each by name."""

    def look(connection: Connection) -> list[OrganizationLine]:
        pages = (
            organizations(connection, visitor.actor, Filters(standing=standing.value), limit=MOST)
            for standing in (Standing.FILED, Standing.REGISTERED)
        )
        return [line for page in pages for line in page.items]

    options = [(line.public_id, Text(line.name, line.name)) for line in visitor.caller.read(look)]
    return forms.form(
        forms.choice(_ORGANIZATION, Text("交由哪个组织使用", "To which organization"), options,
                     hint=Text("限已备案或已登记的组织", "Filed or registered organizations only")),
        forms.day("on", Text("交付日期", "Handed over on")),
        forms.day("until", Text("约定使用至", "Agreed until"), required=False),
    )  # fmt: skip


def _new_page(
    request: Request, visitor: Visitor, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    return page(
        request, visitor.reader, "premises_new.html", here="premises", status=status, schema=_entering(visitor),
        values=dict(values), errors=dict(errors or {}), key=secrets.token_urlsafe(16),
    )  # fmt: skip


def _centre_page(
    request: Request, visitor: Visitor, line: CentreLine, typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    acts = None
    if may(visitor.actor, Permission.MANAGE_PREMISES):
        if line.operator_public_id:
            title, button = Text("收回服务中心", "Take it back"), Text("收回", "Take back")
            acts = {"address": f"{ADDRESS}/{line.public_id}/take-back", "schema": _TAKING_BACK, "title": title,
                    "button": button, "style": "danger"}  # fmt: skip
        else:
            title, button = Text("交由组织使用", "Hand it over"), Text("登记交付", "Hand over")
            acts = {"address": f"{ADDRESS}/{line.public_id}/hand-over", "schema": _handing_over(visitor),
                    "title": title, "button": button, "style": "primary"}  # fmt: skip
    return page(
        request, visitor.reader, "premises_one.html", here="premises", status=status, centre=line, acts=acts,
        facts=_facts(line), values=dict(typed or {"on": visitor.today.isoformat()}), errors=dict(errors or {}),
    )  # fmt: skip


def _facts(line: CentreLine) -> list[tuple[Text, Any]]:
    rent = Text("无偿使用", "free of rent") if line.rent_free else Text("有偿使用", "for rent")
    told = [
        (Text("所在社区", "Community"), line.community_name),
        (Text("地址", "Address"), line.address),
        (Text("面积", "Area"), Text(f"{line.area} 平方米", f"{line.area} m²") if line.area else None),
        (Text("提供单位", "Provided by"), line.provider),
        (Text("使用方式", "On which terms"), rent),
        (Text("用途", "What it is for"), line.purpose),
        (Text("交付日期", "Handed over on"), None if line.handed_over_on == NO_DATE else in_words(line.handed_over_on)),
        (Text("约定使用至", "Agreed until"), None if line.agreed_until == NO_DATE else in_words(line.agreed_until)),
    ]
    return [(title, value) for title, value in told if value]


def _row(line: CentreLine) -> dict[str, Any]:
    operator: Any = {"text": Text("待交付", "not handed over"), "tone": "warn"}
    if line.operator_public_id:
        operator = {"text": line.operator_name, "href": f"/organizations/{line.operator_public_id}"}
    return {
        "name": {"text": line.name, "href": f"{ADDRESS}/{line.public_id}"},
        "community": line.community_name,
        "area": line.area or None,
        "provider": line.provider,
        "operator": operator,
        "until": None if line.agreed_until == NO_DATE else in_words(line.agreed_until),
    }


def _nothing(may_add: bool) -> dict[str, Any]:
    link = {"href": f"{ADDRESS}/new", "text": Text("录入服务中心", "Enter one")} if may_add else None
    return {
        "title": Text("还没有录入服务中心", "No service centre is on record yet"),
        "hint": Text(
            "街道、社区建好的活动场地录入后，可交由社会组织使用和运营。",
            "Premises that the street or a community made ready are entered here and handed to an organization to run.",
        ),
        "link": link,
    }
