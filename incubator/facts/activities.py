"""Facts about an organization's life: what it did, when it was reached, since when it has been quiet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, bindparam, case, func, or_, select

from incubator.clock import months_before, today
from incubator.facts.bulk import among
from incubator.facts.organizations import what_is_known
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.together import Question
from incubator.models.activities import Activity, ActivityKind
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_ROWS, _ORGANIZATIONS, _FILES = table(Activity), table(Organization), table(Case)
_VALID = or_(_ROWS.c.voided_at.is_(None), _ROWS.c.voided_at > bindparam("moment"))
_KNOWN = (among(_ROWS.c.organization_id, "organizations"), _ROWS.c.recorded_at <= bindparam("moment"), _VALID)
IS_ACTIVITY = _ROWS.c.kind == ActivityKind.ACTIVITY.value
IS_ATTEMPT = _ROWS.c.kind.in_((ActivityKind.VISIT.value, ActivityKind.CONTACT.value))
# What shows that the organization lives: it did something, or somebody of it was met.
IS_LIFE = or_(IS_ACTIVITY, and_(IS_ATTEMPT, _ROWS.c.reached.is_(True)))
IS_FAILURE = and_(IS_ATTEMPT, _ROWS.c.reached.is_(False))
_LIVES = (
    select(
        _ROWS.c.organization_id,
        func.max(case((IS_ACTIVITY, _ROWS.c.held_on))).label("last_activity_on"),
        func.max(case((IS_LIFE, _ROWS.c.held_on))).label("last_sign_on"),
        func.count(case((and_(IS_ACTIVITY, _ROWS.c.held_on >= bindparam("a_year_before")), 1))).label("in_a_year"),
    )
    .where(*_KNOWN)
    .group_by(_ROWS.c.organization_id)
)
_FAILURES = (
    select(_ROWS.c.organization_id, _ROWS.c.held_on).where(*_KNOWN, IS_FAILURE).order_by(_ROWS.c.held_on, _ROWS.c.id)
)
_SIGNS = select(_ROWS.c.organization_id, _ROWS.c.held_on).where(*_KNOWN, IS_LIFE).order_by(_ROWS.c.held_on, _ROWS.c.id)
_OF_A_YEAR = (
    select(_ROWS.c.organization_id, func.count().label("number"))
    .where(*_KNOWN, IS_ACTIVITY, _ROWS.c.held_on.between(bindparam("first"), bindparam("last")))
    .group_by(_ROWS.c.organization_id)
)
_DORMANCIES = (
    select(_FILES.c.organization_id, func.max(_FILES.c.ended_at).label("ended_at"))
    .where(
        among(_FILES.c.organization_id, "organizations"),
        _FILES.c.procedure == "dormancy",
        _FILES.c.ended_at <= bindparam("moment"),
    )
    .group_by(_FILES.c.organization_id)
)
_ENTERED = select(_ORGANIZATIONS.c.id, _ORGANIZATIONS.c.registered_at).where(
    among(_ORGANIZATIONS.c.id, "organizations")
)


@provides(
    Fact("organization.last_activity_on", date, guard="organization"),  # None where none is on record
    Fact("organization.last_sign_on", date, guard="organization"),  # of life: an activity, or somebody was met; or None
    Fact("organization.activities_in_a_year", int, guard="organization"),  # in the twelve months before the day
    Fact("organization.failed_contacts", tuple, guard="organization"),  # days, oldest first, since the last sign
)
def lives(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """What is on record of the organization's life, voided records left out."""
    day = today(as_of.moment)
    asked = {"organizations": {each.organization_id for each in cases}, "moment": as_of.moment}
    lived, failed = yield [
        Question(_LIVES, {**asked, "a_year_before": months_before(day, 12)}),
        Question(_FAILURES, asked),
    ]
    found = {row.organization_id: row for row in lived}
    failures: dict[int, list[date]] = {}
    for row in failed:
        last = found[row.organization_id].last_sign_on
        if last is None or row.held_on > last:
            failures.setdefault(row.organization_id, []).append(row.held_on)
    answers = []
    for each in cases:
        life = found.get(each.organization_id)
        answers.append(
            {
                "organization.last_activity_on": life.last_activity_on if life else None,
                "organization.last_sign_on": life.last_sign_on if life else None,
                "organization.activities_in_a_year": life.in_a_year if life else 0,
                "organization.failed_contacts": tuple(failures.get(each.organization_id, ())),
            }
        )
    return answers


@provides(Fact("case.activities_of_the_year", int, guard="organization"))
def activities_of_the_year(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """How many activities are on record of the year that a case of this year's period looks back on; else 0."""
    years = {each.period: int(each.period) - 1 for each in cases if each.period.isdigit()}
    asked = {"organizations": {each.organization_id for each in cases}, "moment": as_of.moment}
    found: dict[tuple[int, int], int] = {}
    for year in sorted(set(years.values())):
        rows = yield Question(_OF_A_YEAR, {**asked, "first": date(year, 1, 1), "last": date(year, 12, 31)})
        found |= {(row.organization_id, year): row.number for row in rows}
    return [
        {"case.activities_of_the_year": found.get((each.organization_id, years.get(each.period, 0)), 0)}
        for each in cases
    ]


@provides(Fact("organization.quiet_since", date, guard="organization"), after=(lives, what_is_known))
def quiet_since(cases: Sequence[CaseRef], as_of: AsOf, lived: Facts, known: Facts) -> Asking:
    """Since when nothing is on record that it did: the last activity, or the filing, or the day it was entered here.

    What an organization did before it was known here is nowhere on record, and no sign against it.
    """
    rows = yield Question(_ENTERED, {"organizations": {each.organization_id for each in cases}})
    entered = {row.id: today(row.registered_at) for row in rows}
    answers = []
    for each, life, own in zip(cases, lived, known, strict=True):
        days = (life["organization.last_activity_on"], own["organization.filed_on"], entered.get(each.organization_id))
        answers.append({"organization.quiet_since": max((day for day in days if day), default=today(as_of.moment))})
    return answers


@provides(Fact("organization.dormancy_ended_on", date, guard="organization"))
def dormancy_ended_on(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The day on which its last dormancy case ended; None where it had none."""
    asked = {"organizations": {each.organization_id for each in cases}, "moment": as_of.moment}
    rows = yield Question(_DORMANCIES, asked)
    ended = {row.organization_id: today(row.ended_at) for row in rows}
    return [{"organization.dormancy_ended_on": ended.get(each.organization_id)} for each in cases]


@provides(Fact("case.signs_in_time", tuple, guard="organization"))
def signs_in_time(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The days on which the organization showed life between the service of the case's notice and the step's last day."""
    served = {each.id: each.milestones.get("served", "") for each in cases}
    asked = {"organizations": {each.organization_id for each in cases if served[each.id]}, "moment": as_of.moment}
    signs: dict[int, list[date]] = {}
    rows = (yield Question(_SIGNS, asked)) if asked["organizations"] else ()
    for row in rows:
        signs.setdefault(row.organization_id, []).append(row.held_on)
    return [
        {
            "case.signs_in_time": tuple(
                day
                for day in signs.get(each.organization_id, ())
                if served[each.id] and served[each.id] <= day.isoformat() <= each.due_on.isoformat()
            )
        }
        for each in cases
    ]
