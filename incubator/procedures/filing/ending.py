"""The end of a filing and its return: one way for exit, dormancy and upgrade, with all that hangs on the filing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from incubator.engine.effects import EffectContext
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating, RatingKind, RatingStatus
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Filing, Organization, Standing
from incubator.procedures.shared.effects import change_of

_RATINGS, _AFFILIATIONS, _HUBS = table(Rating), table(Affiliation), table(Hub)
# What an organization that leaves takes along: the table, its state while it holds and once it ended, whose rows.
_HANGING = {
    "affiliation": (_AFFILIATIONS, AffiliationStatus.VALID, AffiliationStatus.ENDED, ()),
    "hub": (_HUBS, HubStatus.VALID, HubStatus.ENDED, ()),
    "rating": (_RATINGS, RatingStatus.VALID, RatingStatus.ENDED, (_RATINGS.c.kind == RatingKind.STAR.value,)),
}


def end_filing(
    context: EffectContext, kind: str, *, status: str, standing: Standing, changes: Mapping[str, Any] | None = None,
    **also: Any,
) -> Mapping[str, Any]:  # fmt: skip
    """The organization's certificate comes to this status and the organization to this standing.

    The street's star ends with the filing. One that leaves ends its affiliation and ceases to be a hub as well; one
    that registers keeps both. `changes` are further particulars of it, `also` of the event.
    """
    filings, left = table(Filing), standing is Standing.EXITED
    context.connection.execute(
        update(filings)
        .where(filings.c.organization_id == context.case.organization_id, filings.c.status == "valid")
        .values(status=status)
    )
    ended = _end_what_hangs_on_it(context, tuple(_HANGING) if left else ("rating",))
    return change_of(
        context,
        "organization.exited" if left else "organization.upgraded",
        {**(changes or {}), "standing": standing.value, "filing_valid_until": NO_DATE},
        also={"case": context.case.public_id, "kind": kind, **({"ended": ended} if ended else {}), **also},
    )


def restore_filing(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a review or a reopening brings back the filing that this very case had ended."""
    filings, organizations = table(Filing), table(Organization)
    connection, organization_id = context.connection, context.case.organization_id
    known = connection.execute(
        select(organizations.c.standing, organizations.c.filing_number).where(organizations.c.id == organization_id)
    ).one()
    if known.standing == Standing.FILED:
        return {}
    filing = connection.execute(
        select(filings.c.id, filings.c.number, filings.c.valid_until)
        .where(filings.c.organization_id == organization_id, filings.c.number == known.filing_number)
        .order_by(filings.c.id.desc())
        .limit(1)
    ).one()
    connection.execute(update(filings).where(filings.c.id == filing.id).values(status="valid"))
    restored = _bring_back(context)
    return change_of(
        context,
        "organization.filing_restored",
        {"standing": Standing.FILED.value, "filing_valid_until": filing.valid_until},
        also={
            "case": context.case.public_id,
            "filing": filing.number,
            **({"restored": restored} if restored else {}),
        },
    )


def _end_what_hangs_on_it(context: EffectContext, kinds: tuple[str, ...]) -> list[str]:
    ended = []
    for kind in kinds:
        rows, valid, over, whose = _HANGING[kind]
        changed = context.connection.execute(
            update(rows)
            .where(rows.c.organization_id == context.case.organization_id, rows.c.status == valid.value, *whose)
            .values(status=over.value, ended_on=context.effective_on)
        )
        ended += [kind] if changed.rowcount else []
    return ended


def _bring_back(context: EffectContext) -> list[str]:
    """What ended on the day on which this case's end of the filing was served goes on, unless its term is over."""
    served = date.fromisoformat(context.case.milestones["served"])
    restored = []
    for kind, (rows, valid, over, whose) in _HANGING.items():
        changed = context.connection.execute(
            update(rows)
            .where(
                rows.c.organization_id == context.case.organization_id,
                rows.c.status == over.value,
                rows.c.ended_on == served,
                rows.c["valid_until" if kind == "rating" else "until"] >= context.effective_on,
                *whose,
            )
            .values(status=valid.value, ended_on=NO_DATE)
        )
        restored += [kind] if changed.rowcount else []
    return restored
