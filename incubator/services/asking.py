"""Requests to an organization: what a case asks of it by a day. Nothing here moves the case or stops a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import library
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.deadlines import Proof, Term, Unit, due_date
from incubator.engine.definition import Definition, Step
from incubator.engine.loading import case_view
from incubator.engine.policy import DocumentNeed, Policy
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import Actor
from incubator.engine.soundness import goes_back
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid
from incubator.models.asking import AskedState, InformationRequest, RequestLink
from incubator.models.base import table
from incubator.queries.asking import Point, RequestLine, find_request
from incubator.queries.visibility import Permission, require, sees_case
from incubator.services.case_documents import SUPPLEMENT, wanted
from incubator.text import Text

CORRECTION, INFORMATION = "correction", "information"
MOST_POINTS, LONGEST_POINT, LONGEST_WORDS = 20, 500, 500
MOST_DAYS = 60  # working days that an organization may be given at once
_FURTHEST = timedelta(days=366)
_CORRECTION_NOTICE = "notice.correction"
_REQUESTS, _LINKS = table(InformationRequest), table(RequestLink)


def askable(definition: Definition, step: Step, policy: Policy) -> dict[str, DocumentNeed]:
    """The kinds of document that may be asked for while the case is at a step: what it takes, what the application took,
    and a supplement of any sort; none of them has to be handed in again."""
    needs = {**wanted(definition, definition.step(definition.start), policy), **wanted(definition, step, policy)}
    found = {kind: need.model_copy(update={"required": False}) for kind, need in needs.items()}
    return {**found, SUPPLEMENT.kind: SUPPLEMENT}


def correction_points(definition: Definition, case: CaseView) -> list[str]:
    """The points that the case was returned with, one a line; none where it is not out for correction."""
    step = definition.step(case.step)
    before = definition.by_key.get(case.came_from)
    if not goes_back(step) or before is None:
        return []
    said = case.data.get(before.key, {})
    lines = [
        line.strip()
        for decision in before.decisions
        if decision.to == step.key and _CORRECTION_NOTICE in decision.notices
        for name, field in (decision.form or {}).get("properties", {}).items()
        if field.get("x-widget") == "textarea"
        for line in str(said.get(name, "")).splitlines()
    ]
    return [line[:LONGEST_POINT] for line in dict.fromkeys(lines) if line][:MOST_POINTS]


def due_after(calendar: WorkCalendar, working_days: int, now: datetime) -> Proof:
    """The day so many working days after today, with its arithmetic."""
    return due_date(today(now), Term(working_days, Unit.WORKING_DAYS), calendar, start_kind="asked")


def proof_of(calendar: WorkCalendar, asked_on: date, due_on: date) -> Proof | None:
    """The arithmetic of a request's day, counted again; None where it was not set in working days, or days have changed."""
    days, day = 0, asked_on
    while day < due_on and days <= MOST_DAYS:
        day += timedelta(days=1)
        days += calendar.is_working(day)
    if not 1 <= days <= MOST_DAYS:
        return None
    proof = due_date(asked_on, Term(days, Unit.WORKING_DAYS), calendar, start_kind="asked")
    return proof if proof.due_on == due_on else None


def ask(
    connection: Connection, *, case: str, kind: str, points: Sequence[Point], due_on: date, actor: Actor, now: datetime
) -> str:
    """Ask the organization of a case (by its public id) for something by a day; returns the request's public id.

    `kind` says whose points these are: `correction` those that the case was returned with, `information` the actor's
    own. Raises NotFound, NotAllowed, Conflict where the case has ended, Invalid with the fields points, due_on, kind.
    """
    view = case_view(connection, case, lock=True)
    if view is None or not sees_case(connection, actor, case):
        raise case_not_found()
    require(actor, Permission.ASK_ORGANIZATION, street_id=view.street_id, community_id=view.community_id)
    if not view.open:
        raise Conflict(Text("本案已办结，不能再要求补充材料。", "The case has ended: nothing more can be asked for."))
    definition = library.definition_of(connection, view)
    policy = library.policy(connection, view.policy_hash)
    kinds = askable(definition, definition.step(view.step), policy)
    if kind not in (CORRECTION, INFORMATION) or (kind == CORRECTION and not correction_points(definition, view)):
        raise _invalid(
            "kind",
            Text("本案不在补正环节，请选择“要求补充信息”", "The case is not out for correction: ask for information"),
        )
    asked = [{"words": point.words.strip(), "kind": point.kind} for point in points]
    _check(asked, kinds, due_on, today(now))
    fresh = public_id()
    connection.execute(
        insert(_REQUESTS).values(
            public_id=fresh, street_id=view.street_id, community_id=view.community_id,
            organization_id=view.organization_id, case_id=view.id, kind=kind, step=view.step, visit=view.visit, points=asked,
            due_on=due_on, asked_by=actor.person_id, asked_at=now,
        )
    )  # fmt: skip
    told = {"request": fresh, "points": asked, "until": due_on.isoformat()}
    _record(connection, view, "case.information_requested", actor, told, "", now)
    return fresh


def withdraw(connection: Connection, *, case: str, request: str, actor: Actor, now: datetime, words: str = "") -> None:
    """Ask no more; the request's links show nothing from now on. Raises NotFound, NotAllowed, Conflict, Invalid."""
    view, asked = locked_request(connection, case, request, actor)
    close(connection, view, asked, AskedState.WITHDRAWN, "case.request_withdrawn", actor, words, now)
    connection.execute(
        update(_LINKS)
        .where(_LINKS.c.request_id == asked.id, _LINKS.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor.person_id)
    )


def answer_otherwise(
    connection: Connection, *, case: str, request: str, words: str, actor: Actor, now: datetime
) -> None:
    """Say how a request was answered without its link, such as on paper. Raises NotFound, NotAllowed, Conflict, Invalid."""
    if not words.strip():
        raise _invalid("words", Text("请说明是怎样答复的", "Say how it was answered"))
    view, asked = locked_request(connection, case, request, actor)
    close(connection, view, asked, AskedState.ANSWERED, "case.request_answered", actor, words, now)


def locked_request(connection: Connection, case: str, request: str, actor: Actor) -> tuple[CaseView, RequestLine]:
    """A request that the actor may deal with, its case locked. Raises NotFound, NotAllowed."""
    view = case_view(connection, case, lock=True)
    asked = find_request(connection, actor, case, request)
    if view is None:
        raise case_not_found()
    require(actor, Permission.ASK_ORGANIZATION, street_id=view.street_id, community_id=view.community_id)
    return view, asked


def close(
    connection: Connection, view: CaseView, asked: RequestLine, state: AskedState, event: str, actor: Actor, words: str,
    now: datetime,
) -> None:  # fmt: skip
    """Close an open request of a locked case with an event. Raises Conflict where it is closed already."""
    said = words.strip()
    if len(said) > LONGEST_WORDS:
        raise _invalid("words", Text(f"最多 {LONGEST_WORDS} 个字", f"At most {LONGEST_WORDS} characters"))
    closed = connection.execute(
        update(_REQUESTS)
        .where(_REQUESTS.c.id == asked.id, _REQUESTS.c.state == AskedState.OPEN)
        .values(state=state, closed_by=actor.person_id, closed_at=now, closing_words=said)
    )
    if not closed.rowcount:
        raise Conflict(Text("这项请求已经结束，请刷新页面。", "This request is closed already: reload the page."))
    _record(connection, view, event, actor, {"request": asked.public_id}, said, now)


def _record(
    connection: Connection,
    case: CaseView,
    kind: str,
    actor: Actor,
    change: Mapping[str, Any],
    words: str,
    now: datetime,
) -> None:
    entry = Entry("case", case.id, case.street_id, kind, actor, change, subject=case.public_id, comment=words)
    append(connection, entry, now=now)


def _check(points: Sequence[Mapping[str, str]], kinds: Mapping[str, DocumentNeed], due_on: date, day: date) -> None:
    if not points or not all(point["words"] for point in points):
        raise _invalid("points", Text("请写明需要补充什么，每项一行", "Say what is asked for, a point a line"))
    if len(points) > MOST_POINTS or any(len(point["words"]) > LONGEST_POINT for point in points):
        words = Text(
            f"最多 {MOST_POINTS} 项，每项不超过 {LONGEST_POINT} 个字",
            f"At most {MOST_POINTS} points of {LONGEST_POINT} characters each",
        )
        raise _invalid("points", words)
    if any(point["kind"] and point["kind"] not in kinds for point in points):
        titles = [need.title for need in kinds.values()]
        zh, en = "、".join(title.zh for title in titles), ", ".join(title.en for title in titles)
        raise _invalid("points", Text(f"可要求的材料：{zh}", f"Documents that may be asked for: {en}"))
    if not day <= due_on <= day + _FURTHEST:
        raise _invalid("due_on", Text("期限应为今天以后一年以内", "The day must lie ahead, within a year"))


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("填写有误，请改正后重新提交", "It does not fit: correct what is marked"), fields={field: [words]}
    )
