"""What came of chasing somebody: told in every case it was about, and a contact of the organization where it was called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from incubator.clock import today
from incubator.engine import idempotency
from incubator.engine.case import CaseView
from incubator.engine.loading import case_view
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Invalid
from incubator.models.activities import ActivityKind
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.queries.chase_matters import CHASED, MOST
from incubator.queries.chasing import Kind
from incubator.queries.people import find_person
from incubator.queries.visibility import Permission, require, sees_case
from incubator.services.activities import record_activity
from incubator.text import Text

LONGEST_NOTE = 500
FURTHEST_PROMISE = timedelta(days=366)
_ORGANIZATIONS = table(Organization)


class Means(StrEnum):
    """How somebody was chased."""

    PHONE = "phone"
    WECHAT = "wechat"
    IN_PERSON = "in_person"


class Result(StrEnum):
    """What came of it."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    MESSAGE_LEFT = "message_left"
    PROMISED = "promised"  # reached, and named a day


MEANS: dict[Means, Text] = {
    Means.PHONE: Text("电话", "by telephone"),
    Means.WECHAT: Text("微信", "by WeChat"),
    Means.IN_PERSON: Text("当面", "in person"),
}
RESULTS: dict[Result, Text] = {
    Result.REACHED: Text("已联系上", "reached"),
    Result.NOT_REACHED: Text("未联系上", "not reached"),
    Result.MESSAGE_LEFT: Text("已留言", "message left"),
    Result.PROMISED: Text("承诺办理", "promised"),
}


@dataclass(frozen=True, slots=True)
class Logged:
    """What was written: the cases by public id, and the organization's contact, empty where it is none."""

    cases: tuple[str, ...]
    activity: str


def log_chase(
    connection: Connection, *, cases: Collection[str], persons: Collection[str] = (), means: Means, result: Result,
    promised_by: date | None = None, note: str = "", actor: Actor, now: datetime, key: str = "",
) -> Logged:  # fmt: skip
    """Write down that the leader of the cases' organization was chased, or these colleagues (public ids).

    A leader who was reached or not is a contact of the organization, as dormancy counts them; a message left is neither a
    sign of life nor a failed contact, and stands in the cases alone. Under the same key it is written once. Raises
    NotFound, NotAllowed, Invalid.
    """
    means, result = Means(means), Result(result)
    wanted = sorted(set(cases))
    day = today(now)
    _check(wanted, result, promised_by, note, day)

    def act() -> dict[str, Any]:
        views = [_locked(connection, case, actor) for case in wanted]
        whom, kind = _whom(connection, views, persons, actor)
        change: dict[str, Any] = {"whom": whom, "kind": kind.value, "means": means.value, "result": result.value}
        if result is Result.PROMISED and promised_by is not None:
            change["promised_by"] = promised_by.isoformat()
        activity = ""
        if kind is Kind.LEADER and result is not Result.MESSAGE_LEFT:
            activity = record_activity(
                connection, organization_id=views[0].organization_id, kind=ActivityKind.CONTACT, held_on=day, title="",
                note=note, reached=result is not Result.NOT_REACHED, actor=actor, now=now,
                details={"cases": wanted, "means": means.value, "result": result.value},
            )  # fmt: skip
            change["contact"] = activity
        for view in views:
            told = {"step": view.step, **change}
            append(
                connection,
                Entry(
                    "case", view.id, view.street_id, CHASED, actor, told, subject=view.public_id, comment=note.strip()
                ),
                now=now,
            )
        return {"cases": wanted, "activity": activity}

    asked = ["chase", wanted, sorted(set(persons)), means.value, result.value, promised_by, note.strip()]
    answer = idempotency.once(connection, actor, key, asked, act, now=now)
    return Logged(tuple(answer["cases"]), str(answer["activity"]))


def _locked(connection: Connection, case: str, actor: Actor) -> CaseView:
    """The case, locked before its organization as advance does it."""
    view = case_view(connection, case, lock=True)
    if view is None or not sees_case(connection, actor, case):
        raise case_not_found()
    require(actor, Permission.RECORD_ACTIVITY, street_id=view.street_id, community_id=view.community_id)
    return view


def _whom(connection: Connection, views: list[CaseView], persons: Collection[str], actor: Actor) -> tuple[str, Kind]:
    """Who was chased, by name."""
    if persons:
        names = [find_person(connection, actor, person).name for person in dict.fromkeys(persons)]
        return "、".join(names), Kind.COLLEAGUE
    if len({view.organization_id for view in views}) > 1:
        raise _invalid(
            "case", Text("一次联系只登记一个组织的事项", "One contact is about the matters of one organization")
        )
    leader = connection.scalar(select(_ORGANIZATIONS.c.leader).where(_ORGANIZATIONS.c.id == views[0].organization_id))
    return leader or "", Kind.LEADER


def _check(cases: list[str], result: Result, promised_by: date | None, note: str, day: date) -> None:
    if not cases or len(cases) > MOST:
        raise _invalid("case", Text(f"请选择 1 至 {MOST} 件事项", f"Choose between 1 and {MOST} matters"))
    if len(note.strip()) > LONGEST_NOTE:
        raise _invalid("note", Text(f"最多 {LONGEST_NOTE} 个字", f"At most {LONGEST_NOTE} characters"))
    if result is not Result.PROMISED:
        return
    if promised_by is None:
        raise _invalid("promised_by", Text("请填写承诺办理的日期", "Say by which day it was promised"))
    if not day <= promised_by <= day + FURTHEST_PROMISE:
        raise _invalid(
            "promised_by", Text("承诺日期应在今天起一年以内", "A promise is for a day from today on, within a year")
        )


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("登记内容有误，请改正后重新提交", "It does not fit: correct what is marked"), fields={field: [words]}
    )
