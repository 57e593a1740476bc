"""Which organizations an evaluation is due for, as one query; the same as the procedure's opening rules say one by one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, case, func, or_, select, text, true

from incubator.clock import months_before
from incubator.engine import library
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.evaluations import Rating, RatingKind
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Organization, Standing
from incubator.procedures.shared.jurisdiction import standings_for
from incubator.procedures.shared.path import AFFILIATION
from incubator.text import Text

PROCEDURE = "evaluation"

# Why an organization is not evaluated; the first that applies is the one told.
REGISTERED = "registered"
NOT_FILED = "evaluation_not_filed"
NOT_OURS = "evaluation_not_ours"
EXPIRED = "evaluation_expired"
RUNNING = "evaluation_running"
NO_HUB = "evaluation_no_hub"
RATING_RUNS_ON = "rating_runs_on"
FILED_LATELY = "filed_lately"
REASONS: dict[str, Text] = {
    REGISTERED: Text("已登记，由登记机关评定等级", "registered: graded by the registrar"),
    NOT_FILED: Text("未备案，不参加星级评估", "not filed: gets no stars"),
    NOT_OURS: Text("按现行政策街道不评星级", "the street gives it no stars, by the policy"),
    EXPIRED: Text("备案证已到期，暂不评估", "the filing certificate has ended: not evaluated"),
    RUNNING: Text("以前年度的评估尚未办结", "an earlier year's evaluation still runs"),
    NO_HUB: Text("尚未挂靠枢纽", "no hub carries it yet"),
    RATING_RUNS_ON: Text("现有星级尚未临近到期", "its stars do not end soon"),
    FILED_LATELY: Text("备案时间不足，暂不评估", "filed too lately to be evaluated"),
}

# The partial index is used where its predicate stands literally.
_PERIODIC = text("case_file.period <> ''")
_ORGANIZATIONS, _FILES, _RATINGS = table(Organization), table(Case), table(Rating)


def due_evaluations(connection: Connection, street_id: int, period: str, as_of: date) -> Select[Any]:
    """The ids of a street's organizations whose evaluation of the period (a year, such as 2027) is to be opened.

    They are of those to whom the street gives stars by the policy in force on `as_of`, and a filed one's certificate holds
    then; the stars in force end within the policy's days, or none are in force and a filed one was filed the policy's
    months ago; no evaluation of that period exists, and none runs. Raises NoPolicyInForce, and ValueError for a period
    that is no year.
    """
    limits = _limits(connection, street_id, as_of)
    return select(_ORGANIZATIONS.c.id).where(
        _ORGANIZATIONS.c.street_id == street_id,
        _ORGANIZATIONS.c.standing.in_(_rated(connection, street_id, as_of)),
        or_(_is_not_filed(), _holds(as_of)),
        _stands_on_the_path(connection, street_id, as_of),
        _is_due(as_of, *limits),
        ~select(_FILES.c.id).where(*_of_period(street_id, period)).exists(),
        ~_runs(street_id),
    )


def skipped(connection: Connection, street_id: int, period: str, as_of: date) -> dict[str, int]:
    """How many organizations of a street are not evaluated in the period, by reason; a reason that nobody has is left out.

    Each organization of the street is either due, or has its evaluation (`already_open`), or is skipped for one reason.
    """
    limits = _limits(connection, street_id, as_of)
    standing = _ORGANIZATIONS.c.standing
    ours = standing.in_(_rated(connection, street_id, as_of))
    reason: ColumnElement[str] = case(
        (_FILES.c.id.is_not(None), ""),
        (and_(~ours, standing == Standing.REGISTERED.value), REGISTERED),
        (and_(~ours, standing == Standing.FILED.value), NOT_OURS),
        (~ours, NOT_FILED),
        (and_(~_is_not_filed(), ~_holds(as_of)), EXPIRED),
        (_runs(street_id), RUNNING),
        (~_stands_on_the_path(connection, street_id, as_of), NO_HUB),
        (_is_due(as_of, *limits), ""),
        (_star_until(as_of).is_not(None), RATING_RUNS_ON),
        else_=FILED_LATELY,
    )
    told = (
        select(reason.label("reason"))
        .join_from(_ORGANIZATIONS, _FILES, and_(*_of_period(street_id, period)), isouter=True)
        .where(_ORGANIZATIONS.c.street_id == street_id)
        .subquery()
    )
    rows = connection.execute(
        select(told.c.reason, func.count()).where(told.c.reason != "").group_by(told.c.reason).order_by(told.c.reason)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _limits(connection: Connection, street_id: int, as_of: date) -> tuple[date, date]:
    """The last day on which stars that end soon may end, and the last on which an unrated one may have been filed."""
    policy = library.policy_in_force(connection, street_id, as_of)
    return (
        as_of + timedelta(days=policy.whole("evaluation.opening.days_before_end")),
        months_before(as_of, policy.whole("evaluation.opening.months_filed")),
    )


def _rated(connection: Connection, street_id: int, as_of: date) -> tuple[str, ...]:
    """The standings of those to whom the street gives stars."""
    return standings_for(library.policy_in_force(connection, street_id, as_of), "star_rating")


def _is_not_filed() -> ColumnElement[bool]:
    return _ORGANIZATIONS.c.standing != Standing.FILED.value


def _holds(as_of: date) -> ColumnElement[bool]:
    until = _ORGANIZATIONS.c.filing_valid_until
    return and_(until >= as_of, until < NO_DATE)


def _stands_on_the_path(connection: Connection, street_id: int, as_of: date) -> ColumnElement[bool]:
    """Whether an organization has the hub that policy asks for before an evaluation, or needs none; true without it."""
    if AFFILIATION not in library.policy_in_force(connection, street_id, as_of).get("path.prerequisites.evaluation"):
        return true()
    hubs, agreements = table(Hub), table(Affiliation)
    is_hub = select(hubs.c.id).where(
        hubs.c.organization_id == _ORGANIZATIONS.c.id, hubs.c.status == HubStatus.VALID.value, hubs.c.until >= as_of
    )
    has_hub = select(agreements.c.id).where(
        agreements.c.organization_id == _ORGANIZATIONS.c.id,
        agreements.c.status == AffiliationStatus.VALID.value,
        agreements.c.until >= as_of,
    )
    return or_(_ORGANIZATIONS.c.standing == Standing.REGISTERED.value, is_hub.exists(), has_hub.exists())


def _is_due(as_of: date, ends_by: date, filed_by: date) -> ColumnElement[bool]:
    until = _star_until(as_of)
    return or_(until <= ends_by, and_(until.is_(None), or_(_is_not_filed(), _ORGANIZATIONS.c.filed_on <= filed_by)))


def _star_until(as_of: date) -> ScalarSelect[date]:
    """The last day of the stars in force, the latest of them where there should be several; NULL without any."""
    return (
        select(_RATINGS.c.valid_until)
        .where(
            _RATINGS.c.organization_id == _ORGANIZATIONS.c.id,
            _RATINGS.c.kind == RatingKind.STAR.value,
            _RATINGS.c.valid_from <= as_of,
            _RATINGS.c.valid_until >= as_of,
            _RATINGS.c.ended_on > as_of,
        )
        .order_by(_RATINGS.c.valid_from.desc(), _RATINGS.c.id.desc())
        .limit(1)
        .correlate(_ORGANIZATIONS)
        .scalar_subquery()
    )


def _runs(street_id: int) -> ColumnElement[bool]:
    """Whether an evaluation of the organization runs, of whatever period."""
    running = _FILES.alias("running")
    return (
        select(running.c.id)
        .where(
            running.c.street_id == street_id,
            running.c.organization_id == _ORGANIZATIONS.c.id,
            running.c.procedure == PROCEDURE,
            running.c.open.is_(True),
        )
        .correlate(_ORGANIZATIONS)
        .exists()
    )


def _of_period(street_id: int, period: str) -> tuple[Any, ...]:
    """The organization's evaluation of the period, of which there is one at most."""
    if not re.fullmatch("[1-9][0-9]{3}", period):
        raise ValueError(f"the period of an evaluation is a year, not {period!r}")
    return (
        _FILES.c.street_id == street_id,
        _FILES.c.organization_id == _ORGANIZATIONS.c.id,
        _FILES.c.procedure == PROCEDURE,
        _FILES.c.period == period,
        _PERIODIC,
    )
