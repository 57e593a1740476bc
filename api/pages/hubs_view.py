"""What the pages of hubs show, from the hubs as they were read, and the small forms of one hub's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from api.pages import due
from api.pages.activities_view import Typed
from api.pages.visitors import Visitor
from incubator.engine import forms, library
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.models.base import NO_DATE
from incubator.procedures.affiliation.duties import DutyState, Owed
from incubator.queries import periods
from incubator.queries.hub_duties import duties_of
from incubator.queries.hubs import HubFile, Member, Report, read_hub
from incubator.queries.organizations import find_organization
from incubator.queries.people import holders_of
from incubator.queries.visibility import Permission, may
from incubator.text import Text

DUTY, NAME, ALL = "duty", "representative", "all"
# What the services call a field, and what it is called in the forms of the page.
FIELDS = {"member_id": "member", "person_id": "person"}
COLUMNS = [
    {"key": "name", "title": Text("枢纽型组织", "Hub"), "main": True},
    {"key": "community", "title": Text("社区", "Community")},
    {"key": "members", "title": Text("联系组织数", "Members"), "kind": "number"},
    {"key": "until", "title": Text("认定有效期至", "Recognised until")},
    {"key": "report", "title": Text("最近季度报告", "Last quarterly report")},
    {"key": "duties", "title": Text("职责履行", "Duties")},
]
MEMBER_COLUMNS = [
    {"key": "name", "title": Text("联系组织", "Member"), "main": True},
    {"key": "community", "title": Text("社区", "Community")},
    {"key": "agreement", "title": Text("协议", "Agreement")},
    {"key": "open", "title": Text("待履行职责", "Duties to do"), "kind": "lines"},
]
DUTY_COLUMNS = [
    {"key": "name", "title": Text("职责", "Duty"), "main": True},
    {"key": "for", "title": Text("对象", "For")},
    {"key": "time", "title": Text("履行时段", "Time")},
    {"key": "due", "title": Text("应完成日期", "Due")},
    {"key": "state", "title": Text("状态", "State")},
]
REPORT_COLUMNS = [
    {"key": "period", "title": Text("季度", "Quarter"), "main": True},
    {"key": "state", "title": Text("环节或结果", "Step or result")},
    {"key": "due", "title": Text("期限", "Due")},
]
_STATES = {
    DutyState.DONE: (Text("已履行", "done"), "good"),
    DutyState.OPEN: (Text("待履行", "to do"), "info"),
    DutyState.OVERDUE: (Text("逾期未履行", "overdue"), "bad"),
}
_FOR_ALL = Text("全部联系组织", "all members")


def line(file: HubFile) -> dict[str, Any]:
    """A hub's row in the list."""
    duties: dict[str, Any] = {"text": Text("无逾期", "nothing overdue"), "tone": "good"}
    if file.overdue:
        duties = {"text": Text(f"逾期 {file.overdue} 项", f"{file.overdue} overdue"), "tone": "bad"}
    report = file.reports[0] if file.reports else None
    return {
        "name": {"text": file.name, "href": f"/hubs/{file.public_id}"},
        "community": file.community_name,
        "members": len(file.members),
        "until": _day(file.until),
        "report": None if report is None else _told(report),
        "duties": duties,
    }  # fmt: skip


def hub(
    connection: Connection, visitor: Visitor, file: HubFile, typed: Typed, fresh_key: Callable[[int], str]
) -> dict[str, Any]:
    """The variables of `hub.html`."""
    row = find_organization(connection, visitor.actor, file.public_id)
    area = {"street_id": row.street_id, "community_id": row.community_id}

    def small(form: str, title: Text, schema: forms.Schema, address: str, values: dict[str, Any]) -> dict[str, Any]:
        is_back = typed.form == form
        return {
            "form": form,
            "title": title,
            "schema": schema,
            "address": f"/hubs/{file.public_id}/{address}",
            "values": dict(typed.values) if is_back else values,
            "errors": dict(typed.errors) if is_back else {},
            "open": is_back,
            "key": fresh_key(16),
        }

    may_record = may(visitor.actor, Permission.RECORD_ACTIVITY, **area)
    may_name = may(visitor.actor, Permission.NAME_HUB_REPRESENTATIVE, **area)
    today = {"held_on": visitor.today.isoformat(), "member": ALL}
    return {
        "hub": {"id": file.public_id, "name": file.name},
        "facts": _facts(file),
        "member_columns": MEMBER_COLUMNS,
        "members": [_member(each) for each in file.members],
        "duty_columns": DUTY_COLUMNS,
        "duties": _duties(file, visitor.today),
        "report_columns": REPORT_COLUMNS,
        "reports": [_report(each, visitor.today) for each in file.reports],
        "recording": small(DUTY, Text("登记履责情况", "Record a duty done"), _recording(connection, visitor, file), "duties", today)
        if may_record
        else None,
        "naming": small(NAME, Text("指定代表", "Name a representative"), naming(connection, visitor), "representatives", {})
        if may_name
        else None,
        "representatives": [
            {"id": person, "name": name, "since": since, "may_end": may_name}
            for person, name, since in file.representatives
        ],
    }  # fmt: skip


def recording(connection: Connection, visitor: Visitor, hub_id: str) -> forms.Schema:
    """The form of a duty done, for a hub by its public id."""
    return _recording(connection, visitor, read_hub(connection, visitor.actor, hub_id, visitor.today))


def naming(connection: Connection, visitor: Visitor) -> forms.Schema:
    """The form that names who speaks for a hub, of those who hold the role."""
    holders = holders_of(connection, street_id=visitor.actor.street_id, role=Role.HUB_REPRESENTATIVE, day=visitor.today)
    return forms.form(
        forms.choice("person", Text("人员", "Person"), [(each.public_id, Text(each.name, each.name)) for each in holders],
                     hint=Text("限具有“枢纽组织代表”角色的人员", "Who holds the role of a hub representative")),
    )  # fmt: skip


def _recording(connection: Connection, visitor: Visitor, file: HubFile) -> forms.Schema:
    policy = library.policy_in_force(connection, visitor.actor.street_id, visitor.today)
    members = [(each.public_id, Text(each.name, each.name)) for each in file.members]
    duties = [(each.code, each.name) for each in duties_of(policy) if not each.reported]
    return forms.form(
        forms.choice("duty", Text("职责", "Duty"), duties),
        forms.choice("member", Text("对象", "For"), [(ALL, _FOR_ALL), *members]),
        forms.day("held_on", Text("履行日期", "Done on")),
        forms.text("note", Text("情况说明", "What was done"), longest=2000, lines=True, required=False),
    )


def _facts(file: HubFile) -> list[tuple[Text, Any]]:
    since, until = in_words(file.since), _day(file.until)
    return [
        (Text("所在社区", "Community"), file.community_name),
        (Text("认定日期", "Recognised on"), since),
        (Text("认定有效期至", "Recognised until"), until or Text("长期", "without an end")),
        (Text("联系组织数", "Members"), str(len(file.members))),
        (Text("逾期未履行的职责", "Duties overdue"), str(file.overdue)),
    ]


def _member(member: Member) -> dict[str, Any]:
    waiting = [each for each in member.duties if each.state is not DutyState.DONE]
    waiting.sort(key=lambda each: each.due_on)
    lines = [
        Text(
            f"{each.name.zh}（{in_words(each.due_on).zh}前{'，已逾期' if each.state is DutyState.OVERDUE else ''}）",
            f"{each.name.en} (by {in_words(each.due_on).en}{', overdue' if each.state is DutyState.OVERDUE else ''})",
        )
        for each in waiting
    ]
    since, until = in_words(member.since), in_words(member.until)
    return {
        "name": {"text": member.name, "href": f"/organizations/{member.public_id}"},
        "community": member.community_name,
        "agreement": {
            "text": member.agreement_number or Text("（无编号）", "(no number)"),
            "note": Text(f"{since.zh}至{until.zh}", f"{since.en} to {until.en}"),
        },
        "open": Text("\n".join(each.zh for each in lines), "\n".join(each.en for each in lines)) if lines else "",
    }


def _duties(file: HubFile, this_day: date) -> list[dict[str, Any]]:
    """Every duty: what waits, the longest due first, then what was done, the latest first."""
    owed: list[tuple[Owed, Any]] = [(each, _FOR_ALL) for each in file.duties]
    owed += [(each, member.name) for member in file.members for each in member.duties]
    done = [each for each in owed if each[0].state is DutyState.DONE]
    waiting = [each for each in owed if each[0].state is not DutyState.DONE]  # what is overdue was due before the rest
    waiting.sort(key=lambda each: each[0].due_on)
    done.sort(key=lambda each: each[0].due_on, reverse=True)
    return [_duty(each, whom, this_day) for each, whom in (*waiting, *done)]


def _duty(each: Owed, whom: Any, this_day: date) -> dict[str, Any]:
    words, tone = _STATES[each.state]
    since, until = in_words(each.since), in_words(each.until)
    note = None
    if each.done_on is not None:
        note = in_words(each.done_on)
    elif each.state is DutyState.OPEN:
        note = due.badge(each.due_on, this_day)[0]
    return {
        "name": each.name,
        "for": whom,
        "time": Text(f"{since.zh}至{until.zh}", f"{since.en} to {until.en}"),
        "due": in_words(each.due_on),
        "state": {"text": words, "tone": tone, "note": note},
    }


def _told(report: Report) -> Text:
    quarter = periods.spelled(report.period)
    return Text(f"{quarter.zh}：{report.words.zh}", f"{quarter.en}: {report.words.en}")


def _report(report: Report, this_day: date) -> dict[str, Any]:
    row: dict[str, Any] = {"period": {"text": periods.spelled(report.period), "href": f"/cases/{report.public_id}"}}
    if not report.open:
        return {**row, "state": {"text": report.words, "tone": "done"}, "due": ""}
    words, tone = due.badge(report.due_on, this_day)
    note = None if report.due_on == NO_DATE else in_words(report.due_on)
    return {**row, "state": report.words, "due": {"text": words, "tone": tone, "note": note}}


def _day(day: date) -> Text | None:
    return None if day == NO_DATE else in_words(day)
