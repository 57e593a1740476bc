"""Absences: who is away, until when, and who looks after the work; recording one, and ending it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.rendering import go, page
from api.pages.submitted import answers, one
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.deadline_words import in_words
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.engine.roles import Role, names_of
from incubator.errors import Invalid, NotFound
from incubator.queries.absences import (
    AbsenceLine,
    AbsenceState,
    Colleague,
    absence,
    absences,
    could_stand_for,
    may_arrange,
    staff,
)
from incubator.services.absences import LONGEST_REASON, end_absence, record_absence
from incubator.text import Text

router = APIRouter()

ADDRESS = "/absences"
_COLUMNS = [
    {"key": "person", "title": Text("离岗人", "Away"), "main": True},
    {"key": "days", "title": Text("离岗日期", "Days")},
    {"key": "deputy", "title": Text("代办人", "Deputy")},
    {"key": "reason", "title": Text("事由", "Reason")},
    {"key": "state", "title": Text("状态", "State")},
]
_STATES = {
    AbsenceState.RUNNING: (Text("离岗中", "away now"), "warn"),
    AbsenceState.AHEAD: (Text("未开始", "ahead"), "info"),
    AbsenceState.OVER: (Text("已结束", "over"), "done"),
    AbsenceState.WITHDRAWN: (Text("已取消", "withdrawn"), "done"),
}


@router.get(ADDRESS)
def list_page(request: Request, visiting: Visiting) -> Response:
    """Who is away today or will be, with the form that records an absence for those who work in an area."""
    require_staff(visiting.actor)
    return _response(request, visiting, {"person": visiting.actor.public_id})


@router.post(ADDRESS)
def create(request: Request, sending: Sending) -> Response:
    """Record one, or show the form again with what was typed."""
    visitor = sending.visitor
    schema = visitor.caller.read(lambda connection: _form(connection, visitor))
    if schema is None:
        raise NotFound(Text("您没有可登记离岗的岗位", "You hold no role whose absence could be recorded"))
    typed = answers(schema, sending.form)
    if faults := forms.faults(schema, typed):
        return _response(request, visitor, typed, faults, 422)

    def work(connection: Connection) -> tuple[str, frozenset[Role]]:
        made = record_absence(
            connection, person=typed["person"], deputy=typed["deputy"], since=date.fromisoformat(typed["since"]),
            until=date.fromisoformat(typed["until"]), reason=typed.get("reason", ""), actor=visitor.actor,
            now=visitor.now, key=one(sending.form, "idempotency_key")[:200],
        )  # fmt: skip
        found = absence(connection, visitor.actor, made)
        return found.deputy.name, _left_alone(connection, visitor, found)

    try:
        deputy, alone = visitor.caller.write(work)
    except Invalid as refusal:
        return _response(request, visitor, typed, refusal.fields, refusal.status)
    except IdempotencyKeyReused as refusal:
        words = Text(
            "这份表单已经提交过，之后内容又有改动。如要再登记一次离岗，请核对后再次提交。",
            "This form was sent before with other contents. To record a further absence, check it and send it again.",
        )
        return _response(request, visitor, typed, {"": [words]}, refusal.status)
    told = Text("离岗已登记，并已通知代办人。", "The absence is recorded, and the deputy is told.")
    if not alone:
        return go(request, ADDRESS, told)
    roles = names_of(alone)
    more = Text(
        f"{deputy}不能代办{roles.zh}的事项，请在离岗前移交或请中心主任另行指派。",
        f"{deputy} cannot act as {roles.en}: hand that work over before, or ask the director to assign it.",
    )
    return go(request, ADDRESS, Text(told.zh + more.zh, f"{told.en} {more.en}"), kind="warning")


@router.post(f"{ADDRESS}/{{absence_id}}/end")
def post_end(request: Request, sending: Sending, absence_id: PublicId) -> Response:
    """End an absence early, or withdraw one that lies ahead."""
    visitor = sending.visitor
    ended = visitor.caller.write(
        lambda connection: end_absence(connection, absence_id=absence_id, actor=visitor.actor, now=visitor.now)
    )
    if ended.state(visitor.today) is AbsenceState.WITHDRAWN:
        return go(request, ADDRESS, Text("离岗已取消。", "The absence is withdrawn."))
    return go(
        request, ADDRESS, Text("离岗已结束，事项回到本人办理。", "The absence has ended; the work is the person's own.")
    )


def days_words(since: date, until: date) -> Text:
    """The days of an absence."""
    first, last = in_words(since), in_words(until)
    return first if since == until else Text(f"{first.zh}至{last.zh}", f"{first.en} to {last.en}")


def _response(
    request: Request, visitor: Visitor, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    def look(connection: Connection) -> dict[str, Any]:
        found = absences(connection, visitor.actor, until_at_least=visitor.today)
        return {"rows": [_row(each, visitor.today) for each in found], "schema": _form(connection, visitor)}

    return page(
        request, visitor.reader, "absences.html", here="absences", status=status, columns=_COLUMNS,
        values=dict(values), errors=dict(errors or {}), key=secrets.token_urlsafe(16), **visitor.caller.read(look),
    )  # fmt: skip


def _form(connection: Connection, visitor: Visitor) -> forms.Schema | None:
    """The form: whose absence the visitor may record, and who could look after the work; None for whoever has no part."""
    actor, day = visitor.actor, visitor.today
    colleagues = staff(connection, actor, day, day)
    theirs = [each for each in colleagues if may_arrange(actor, each.person.id)]
    if not theirs:
        return None
    able = [each for each in colleagues if any(could_stand_for(each, away) for away in theirs)]
    fields = [
        forms.day("since", Text("离岗第一天", "First day away")),
        forms.day("until", Text("离岗最后一天", "Last day away"), hint=Text("含当日", "That day included")),
        forms.choice(
            "deputy", Text("代办人", "Deputy"), [(each.person.public_id, _known_as(each)) for each in able],
            hint=Text(
                "须在同一辖区任同一角色，且这些日期不离岗",
                "Holds the same role over the same area, and is not away on these days",
            ),
        ),
        forms.text(
            "reason", Text("事由", "Reason"), longest=LONGEST_REASON, required=False,
            hint=Text(
                "如公出、培训、年休假；请勿填写病情。仅本人、代办人和中心主任可见",
                "Such as duty elsewhere, training, leave; nothing of an illness. Seen by the person, the deputy and the director",
            ),
        ),
    ]  # fmt: skip
    people = [(each.person.public_id, _known_as(each)) for each in theirs]
    return forms.form(forms.choice("person", Text("离岗人", "Who is away"), people), *fields)


def _left_alone(connection: Connection, visitor: Visitor, found: AbsenceLine) -> frozenset[Role]:
    """The roles of the one who is away in which the deputy cannot act."""
    on_first = {each.person.id: each for each in staff(connection, visitor.actor, found.since, found.since)}
    through = {each.person.id: each for each in staff(connection, visitor.actor, found.since, found.until)}
    away, deputy = on_first.get(found.person.id), through.get(found.deputy.id)
    if away is None or deputy is None:
        return frozenset()
    return frozenset(grant.role for grant in away.grants) - could_stand_for(deputy, away)


def _known_as(colleague: Colleague) -> Text:
    roles = names_of(frozenset(grant.role for grant in colleague.grants))
    return Text(f"{colleague.person.name}（{roles.zh}）", f"{colleague.person.name} ({roles.en})")


def _row(found: AbsenceLine, day: date) -> dict[str, Any]:
    state = found.state(day)
    words, tone = _STATES[state]
    name = found.person.name
    if state is AbsenceState.AHEAD:
        asked = Text(
            f"{name}的这次离岗尚未开始，取消后不再由{found.deputy.name}代办。",
            f"It has not begun: {name} is not away then.",
        )
    else:
        asked = Text(
            f"从今天起{name}不再离岗，{found.deputy.name}不再代办。",
            f"From today on {name} is back, and {found.deputy.name} looks after the work no more.",
        )
    return {
        "id": found.public_id,
        "person": name,
        "days": days_words(found.since, found.until),
        "deputy": found.deputy.name,
        "reason": found.reason,
        "state": {"text": words, "tone": tone},
        "act": Text("取消", "Withdraw") if state is AbsenceState.AHEAD else Text("提前结束", "End early"),
        "asked": asked,
        "own": found.own,
    }
