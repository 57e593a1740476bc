"""The end of a filing and its return: one way for exit, dormancy and upgrade, with all that hangs on the filing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, select, update

from incubator.engine.effects import EffectContext
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating, RatingKind, RatingStatus
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Filing, Organization, Standing
from incubator.procedures.shared.effects import change_of
from incubator.services import hubs
from incubator.services.hubs import Deed

_RATINGS, _AFFILIATIONS, _HUBS = table(Rating), table(Affiliation), table(Hub)
_REASON = "备案终止"


def end_filing(
    context: EffectContext, kind: str, *, status: str, standing: Standing, changes: Mapping[str, Any] | None = None,
    **also: Any,
) -> Mapping[str, Any]:  # fmt: skip
    """The organization's certificate comes to this status and the organization to this standing.

    The street's star ends with the filing. One that leaves ends its affiliation and ceases to be a hub as well; one
    that registers keeps both. `changes` are further particulars of it, `also` of the event.
    """
    filings, left = table(Filing), standing is Standing.EXITED
    connection, organization_id = context.connection, context.case.organization_id
    if left:  # first, for it holds the street's affiliations
        hubs.end_affiliation(
            connection, organization_id=organization_id, kind="filing_ended", reason=_REASON, on=context.effective_on,
            deed=_deed(context),
        )  # fmt: skip
        hubs.end_recognition(
            connection, organization_id=organization_id, status=HubStatus.ENDED, reason=_REASON, deed=_deed(context)
        )
    connection.execute(
        update(filings)
        .where(filings.c.organization_id == organization_id, filings.c.status == "valid")
        .values(status=status)
    )
    starred = connection.execute(
        update(_RATINGS)
        .where(*_stars(organization_id), _RATINGS.c.status == RatingStatus.VALID.value)
        .values(status=RatingStatus.ENDED.value, ended_on=context.effective_on, ended_at=context.now)
    ).rowcount
    return change_of(
        context,
        "organization.exited" if left else "organization.upgraded",
        {**(changes or {}), "standing": standing.value, "filing_valid_until": NO_DATE},
        also={"case": context.case.public_id, "kind": kind, **({"star_ended": True} if starred else {}), **also},
    )


def restore_filing(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a review or a reopening brings back the filing that this very case had ended.

    What ended with it on the same day comes back as well.
    """
    filings, organizations = table(Filing), table(Organization)
    connection, organization_id = context.connection, context.case.organization_id
    known = connection.execute(
        select(organizations.c.standing, organizations.c.filing_number).where(organizations.c.id == organization_id)
    ).one()
    if known.standing in (Standing.FILED, Standing.INFORMAL):
        return {}
    ended_on = date.fromisoformat(context.case.milestones["served"])
    if _ended(context, _HUBS, HubStatus.ENDED.value, ended_on):
        hubs.restore_recognition(connection, organization_id=organization_id, deed=_deed(context))
    if _ended(context, _AFFILIATIONS, AffiliationStatus.ENDED.value, ended_on):
        hubs.restore_affiliation(connection, organization_id=organization_id, deed=_deed(context))
    starred = connection.execute(
        update(_RATINGS)
        .where(
            *_stars(organization_id),
            _RATINGS.c.status == RatingStatus.ENDED.value,
            _RATINGS.c.ended_on == ended_on,
        )
        .values(status=RatingStatus.VALID.value, ended_on=NO_DATE, ended_at=None)
    ).rowcount
    if not known.filing_number:  # struck off without ever having been filed
        return change_of(
            context,
            "organization.filing_restored",
            {"standing": Standing.INFORMAL.value},
            also={"case": context.case.public_id},
        )
    filing = connection.execute(
        select(filings.c.id, filings.c.number, filings.c.valid_until)
        .where(filings.c.organization_id == organization_id, filings.c.number == known.filing_number)
        .order_by(filings.c.id.desc())
        .limit(1)
    ).one()
    connection.execute(update(filings).where(filings.c.id == filing.id).values(status="valid"))
    return change_of(
        context,
        "organization.filing_restored",
        {"standing": Standing.FILED.value, "filing_valid_until": filing.valid_until},
        also={
            "case": context.case.public_id,
            "filing": filing.number,
            **({"star_restored": True} if starred else {}),
        },
    )


def _stars(organization_id: int) -> tuple[ColumnElement[bool], ...]:
    return _RATINGS.c.organization_id == organization_id, _RATINGS.c.kind == RatingKind.STAR.value


def _ended(context: EffectContext, rows: Table, status: str, ended_on: date) -> bool:
    """Whether the organization had one that ended on that day and whose term still runs."""
    mine = exists().where(
        rows.c.organization_id == context.case.organization_id,
        rows.c.status == status,
        rows.c.ended_on == ended_on,
        rows.c.until >= context.effective_on,
    )
    return bool(context.connection.scalar(select(mine)))


def _deed(context: EffectContext) -> Deed:
    return Deed(
        context.actor, context.now, context.effective_on, context.case.id, context.case.public_id, context.comment
    )
