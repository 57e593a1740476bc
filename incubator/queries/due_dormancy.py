"""Which groups look dormant, as one query; the same as the procedure's opening rules say one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, text

from incubator.clock import months_before, start_of
from incubator.engine import library
from incubator.models.activities import Activity, ActivityKind
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Organization, Standing
from incubator.procedures.shared.jurisdiction import standings_for
from incubator.text import Text

PROCEDURE = "dormancy"

# Why an organization is not looked at; the first that applies is the one told.
NOT_FILED, NOT_OURS, RUNNING = "no_filing", "dormancy_not_ours", "dormancy_running"
LATELY, LIVELY = "dormancy_lately", "shows_life"
REASONS: dict[str, Text] = {
    NOT_FILED: Text("未备案，不作僵尸组织核查", "not filed: not looked at"),
    NOT_OURS: Text("按现行政策不由街道处置", "not the street's to strike off, by the policy"),
    RUNNING: Text("已有处置案件在办", "a dormancy case runs already"),
    LATELY: Text("近期已核查处置", "looked at a short while ago"),
    LIVELY: Text("没有僵尸组织的迹象", "no sign of dormancy"),
}

_ORGANIZATIONS, _FILES = table(Organization), table(Case)
# The partial index is used where its predicate stands literally.
_PERIODIC = text("case_file.period <> ''")


def due_dormancy(connection: Connection, street_id: int, period: str, as_of: date) -> Select[Any]:
    """The ids of a street's organizations whose dormancy case of the month (such as 2027-03) is to be opened.

    They are of those whom the street may strike off and show a sign, by the policy in force on `as_of`; no case of theirs runs, ended a short while ago or
    is of the month. Raises NoPolicyInForce.
    """
    ours, signs, lately = _conditions(connection, street_id, as_of)
    return select(_ORGANIZATIONS.c.id).where(
        _ORGANIZATIONS.c.street_id == street_id,
        ours,
        signs,
        ~_has_one_running(),
        ~lately,
        ~select(_FILES.c.id).where(*_case_of(street_id, period)).exists(),
    )


def skipped(connection: Connection, street_id: int, period: str, as_of: date) -> dict[str, int]:
    """How many organizations of a street are not looked at in the month, by reason; a reason that nobody has is left out.

    Each organization of the street is either due, or has its case of the month, or is skipped for one reason.
    """
    ours, signs, lately = _conditions(connection, street_id, as_of)
    reason: ColumnElement[str] = case(
        (_FILES.c.id.is_not(None), ""),
        (and_(~ours, _ORGANIZATIONS.c.standing == Standing.FILED.value), NOT_OURS),
        (~ours, NOT_FILED),
        (_has_one_running(), RUNNING),
        (lately, LATELY),
        (~signs, LIVELY),
        else_="",
    )
    told = (
        select(reason.label("reason"))
        .join_from(_ORGANIZATIONS, _FILES, and_(*_case_of(street_id, period)), isouter=True)
        .where(_ORGANIZATIONS.c.street_id == street_id)
        .subquery()
    )
    rows = connection.execute(
        select(told.c.reason, func.count()).where(told.c.reason != "").group_by(told.c.reason).order_by(told.c.reason)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _conditions(
    connection: Connection, street_id: int, as_of: date
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """Whether the street may strike an organization off, whether it shows a sign, and whether its last case ended lately."""
    policy = library.policy_in_force(connection, street_id, as_of)
    quiet_before = months_before(as_of, policy.whole("dormancy.signs.quiet_months"))
    apart = policy.whole("dormancy.signs.failed_contacts_apart")
    since = start_of(as_of - timedelta(days=policy.whole("dormancy.signs.not_again_within")))
    signs = or_(_is_quiet(quiet_before), _is_out_of_reach(connection, apart))
    ours = _ORGANIZATIONS.c.standing.in_(standings_for(policy, PROCEDURE))
    return ours, signs, _had_one_since(since)


def _is_quiet(before: date) -> ColumnElement[bool]:
    activities = table(Activity).alias("lively")
    active = (
        select(activities.c.id)
        .where(
            activities.c.organization_id == _ORGANIZATIONS.c.id,
            activities.c.kind == ActivityKind.ACTIVITY.value,
            activities.c.held_on >= before,
            activities.c.voided_at.is_(None),
        )
        .exists()
    )
    return and_(
        or_(_ORGANIZATIONS.c.filed_on < before, _ORGANIZATIONS.c.filed_on == NO_DATE),
        _ORGANIZATIONS.c.registered_at < start_of(before),
        ~active,
    )


def _is_out_of_reach(connection: Connection, apart: int) -> ColumnElement[bool]:
    """Failed contacts since the last sign of life, the first and the last so many days apart."""
    failed, signs = table(Activity).alias("failed"), table(Activity).alias("signs")
    attempt = (ActivityKind.VISIT.value, ActivityKind.CONTACT.value)
    met_since = (
        select(signs.c.id)
        .where(
            signs.c.organization_id == failed.c.organization_id,
            signs.c.voided_at.is_(None),
            or_(
                signs.c.kind == ActivityKind.ACTIVITY.value, and_(signs.c.kind.in_(attempt), signs.c.reached.is_(True))
            ),
            signs.c.held_on >= failed.c.held_on,
        )
        .exists()
    )
    first, last = func.min(failed.c.held_on), func.max(failed.c.held_on)
    days: Any = last - first
    if connection.dialect.name == "sqlite":  # days are kept as text there
        days = func.julianday(last) - func.julianday(first)
    return (
        select(failed.c.organization_id)
        .where(
            failed.c.organization_id == _ORGANIZATIONS.c.id,
            failed.c.kind.in_(attempt),
            failed.c.reached.is_(False),
            failed.c.voided_at.is_(None),
            ~met_since,
        )
        .group_by(failed.c.organization_id)
        .having(days >= apart)
        .exists()
    )


def _has_one_running() -> ColumnElement[bool]:
    files = table(Case).alias("running")
    return select(files.c.id).where(*_own(files), files.c.open.is_(True)).exists()


def _had_one_since(moment: datetime) -> ColumnElement[bool]:
    files = table(Case).alias("ended")
    return select(files.c.id).where(*_own(files), files.c.ended_at >= moment).exists()


def _own(files: Any) -> tuple[ColumnElement[bool], ...]:
    return files.c.organization_id == _ORGANIZATIONS.c.id, files.c.procedure == PROCEDURE


def _case_of(street_id: int, period: str) -> tuple[Any, ...]:
    """The organization's case of the month, of which there is one at most."""
    return (
        _FILES.c.street_id == street_id,
        _FILES.c.organization_id == _ORGANIZATIONS.c.id,
        _FILES.c.procedure == PROCEDURE,
        _FILES.c.period == period,
        _PERIODIC,
    )
