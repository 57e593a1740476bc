"""What an organization's page shows of hubs and sub-teams: who carries it, whether it is a hub, its teams and their forms."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from api.pages.activities_view import Typed
from incubator.engine import forms
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE
from incubator.models.organizations import Standing
from incubator.queries.hubs import Ties, sub_teams, ties_of
from incubator.queries.visibility import Permission, may
from incubator.services.sub_teams import LENGTHS, MOST_MEMBERS
from incubator.text import Text

ADD, END = "add-sub-team", "end-sub-team"
ADDING = forms.form(
    forms.text("name", Text("小队名称", "Name"), longest=LENGTHS["name"],
               hint=Text("例如：三号楼助老小队", "For example: Helpers of Building 3")),
    forms.text("leader", Text("负责人", "Leader"), longest=LENGTHS["leader"], required=False),
    forms.whole_number("members", Text("人数", "Members"), most=MOST_MEMBERS, required=False),
    forms.text("place", Text("所在楼栋、院落", "Building or courtyard"), longest=LENGTHS["place"], required=False),
    forms.day("since", Text("成立日期", "Since")),
    forms.text("remark", Text("备注", "Remark"), longest=LENGTHS["remark"], lines=True, required=False),
)  # fmt: skip
ENDING = forms.form(
    forms.day("on", Text("撤销日期", "Ended on")),
    forms.text("reason", Text("撤销理由", "Why"), longest=2000, lines=True),
)


def sub_teams_part(
    connection: Connection, actor: Actor, organization: Row[Any], this_day: date, typed: Typed
) -> dict[str, Any] | None:
    """The variable `teams` of `organization.html`; None where there is neither hub nor team and none can be added."""
    area = {"street_id": organization.street_id, "community_id": organization.community_id}
    may_write = may(actor, Permission.ADD_ORGANIZATION, **area)
    may_add = may_write and organization.standing == Standing.FILED
    rows = sub_teams(connection, actor, organization.id)
    ties = ties_of(connection, organization.id, this_day)
    if not (rows or may_add or ties.hub or ties.recognised_until):
        return None
    own = f"/organizations/{organization.public_id}/sub-teams"

    def small(form: str, title: Text, schema: forms.Schema, address: str, day: str) -> dict[str, Any]:
        is_back = typed.form == form
        return {
            "form": form,
            "title": title,
            "schema": schema,
            "address": address,
            "values": dict(typed.values) if is_back else {day: this_day.isoformat()},
            "errors": dict(typed.errors) if is_back else {},
            "open": is_back,
            "key": secrets.token_urlsafe(16),
        }

    def ending(row: Row[Any]) -> dict[str, Any] | None:
        if not may_write or row.ended_on != NO_DATE:
            return None
        title = Text("撤销小队", "End it")
        return small(f"{END}-{row.public_id}", title, ENDING, f"{own}/{row.public_id}/end", "on")

    return {
        "hub": _hub(ties),
        "recognised": _recognised(ties, organization.public_id),
        "adding": small(ADD, Text("登记下设小队", "Add a sub-team"), ADDING, own, "since") if may_add else None,
        "lines": [
            {
                "name": row.name,
                "told": _told(row),
                "remark": row.remark,
                "ended": None if row.ended_on == NO_DATE else in_words(row.ended_on),
                "ending": ending(row),
            }
            for row in rows
        ],
    }


def _hub(ties: Ties) -> dict[str, Any] | None:
    if ties.hub is None:
        return None
    since, until = in_words(ties.hub.since), in_words(ties.hub.until)
    number = ties.hub.agreement_number
    return {
        "href": f"/hubs/{ties.hub.public_id}",
        "name": ties.hub.name,
        "note": Text(f"协议{number}，{since.zh}至{until.zh}", f"agreement {number}, {since.en} to {until.en}"),
    }


def _recognised(ties: Ties, organization: str) -> dict[str, Any] | None:
    if ties.recognised_until is None:
        return None
    until = in_words(ties.recognised_until)
    words = Text("长期有效", "without an end")
    if ties.recognised_until != NO_DATE:
        words = Text(f"有效期至{until.zh}", f"until {until.en}")
    return {"href": f"/hubs/{organization}", "until": words}


def _told(row: Row[Any]) -> list[Text]:
    since = in_words(row.since)
    told = [Text(f"{since.zh}成立", f"since {since.en}")]
    if row.leader:
        told.append(Text(f"负责人{row.leader}", f"led by {row.leader}"))
    if row.members:
        told.append(Text(f"{row.members} 人", f"{row.members} members"))
    if row.place:
        told.append(Text(row.place, row.place))
    return told
