"""What filing, renewal, change and exit do to the organization and its certificate, once served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update

from incubator.engine.effects import EffectContext, effect
from incubator.models.automation import Outbox
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Filing, Standing
from incubator.procedures.filing.applied import application_of, category_code
from incubator.procedures.filing.certificate import REISSUED, STATED
from incubator.procedures.filing.ending import end_filing, restore_filing
from incubator.procedures.shared.effects import change_of
from incubator.services.numbers import void_number

REVOKED_ON_REDECISION = "重新审批后不予备案"


@effect("filing.note_contact")
def note_contact(context: EffectContext) -> Mapping[str, Any]:
    """Keep the leader's telephone with the organization, sealed; the case's event does not repeat it."""
    phone = str(context.data.get("leader_phone") or "").strip()
    if not phone:
        return {}
    change_of(
        context,
        "organization.contact_recorded",
        {},
        personal={"leader_phone": phone},
        also={"case": context.case.public_id},
    )
    return {"recorded": ["leader_phone"]}


@effect("filing.take_effect")
def take_effect(context: EffectContext) -> Mapping[str, Any]:
    """The served certificate makes the group a filed organization."""
    filing = _served(context)
    return change_of(
        context,
        "organization.filed",
        {
            **_applied(context),
            "standing": Standing.FILED.value,
            "filing_number": filing.number,
            "filed_on": filing.signed_on,
            "filing_valid_until": filing.valid_until,
        },
        also={"case": context.case.public_id, "filing": filing.number},
    )


@effect("filing.renew")
def renew(context: EffectContext) -> Mapping[str, Any]:
    """The renewed certificate takes the old one's place; the day of the first filing stays."""
    filing = _served(context)
    return change_of(
        context,
        "organization.filing_renewed",
        {**_applied(context), "filing_number": filing.number, "filing_valid_until": filing.valid_until},
        also={"case": context.case.public_id, "filing": filing.number},
    )


@effect("filing.change")
def change(context: EffectContext) -> Mapping[str, Any]:
    """What was applied for changes, and a certificate with the same validity takes the old one's place."""
    filing = _served(context)
    return change_of(
        context,
        "organization.filing_changed",
        {**_applied(context), "filing_number": filing.number, "filing_valid_until": filing.valid_until},
        also={"case": context.case.public_id, "filing": filing.number},
    )


@effect("filing.reissue")
def reissue(context: EffectContext) -> Mapping[str, Any]:
    """The reissued certificate takes the place of the lost one, whose number is void and says why."""
    filings = table(Filing)
    old = context.connection.execute(
        select(filings.c.number, filings.c.case_id).where(
            filings.c.organization_id == context.case.organization_id, filings.c.status == "valid"
        )
    ).first()
    filing = _served(context)
    if old is not None:
        # It stands and falls with the decision that the lost one came from.
        context.connection.execute(update(filings).where(filings.c.id == filing.id).values(case_id=old.case_id))
        reason = f"{REISSUED[str(context.case.data['application']['cause'])]}，以{filing.number}代替"
        void_number(context.connection, context.case.street_id, old.number, reason, context.now)
    return change_of(
        context,
        "organization.certificate_reissued",
        {"filing_number": filing.number},
        also={
            "case": context.case.public_id,
            "filing": filing.number,
            "replaces": old.number if old is not None else "",
        },
    )


@effect("filing.exit")
def leave(context: EffectContext) -> Mapping[str, Any]:
    """The filing ends, and with it what hangs on it."""
    said = application_of(context.case.data)
    kind = str(said["kind"])
    # Cases opened before upgrading had a procedure of its own may still say that the body is registered by now.
    standing = Standing.REGISTERED if kind == "upgraded" else Standing.EXITED
    status = "revoked" if kind == "revoked" else "expired" if kind == "expired" else "cancelled"
    return end_filing(context, kind, status=status, standing=standing, successor=said.get("successor", ""))


@effect("filing.restore")
def restore(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a review or a reopening of an exit brings back the filing that this very exit had ended."""
    return restore_filing(context)


@effect("filing.undo")
def undo(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a reopening or a review ends the filing that this very case had brought about."""
    filings = table(Filing)
    rows = context.connection.execute(
        select(filings.c.id, filings.c.number).where(
            filings.c.case_id == context.case.id, filings.c.status.in_(("valid", "issued"))
        )
    ).all()
    if not rows:
        return {}
    for row in rows:
        context.connection.execute(update(filings).where(filings.c.id == row.id).values(status="revoked"))
        void_number(context.connection, context.case.street_id, row.number, REVOKED_ON_REDECISION, context.now)
    return change_of(
        context,
        "organization.filing_revoked",
        {
            "standing": Standing.INFORMAL.value,
            "filing_number": "",
            "filed_on": NO_DATE,
            "filing_valid_until": NO_DATE,
        },
        also={"case": context.case.public_id, "filings": [row.number for row in rows]},
    )


@effect("filing.correct_result")
def correct_result(context: EffectContext) -> Mapping[str, Any]:
    """The confirmed correction is written; the event keeps old and new, and both print."""
    corrected = dict(context.case.data["filed"]["corrected"])
    if "category" in corrected:
        corrected["category"] = _category(context, str(corrected["category"]))
    return change_of(context, "organization.filing_corrected", corrected, also={"case": context.case.public_id})


@effect("filing.reissue_certificate")
def reissue_certificate(context: EffectContext) -> Mapping[str, Any]:
    """Where the correction touches what the certificate states, automation is asked for a corrected one."""
    stated = sorted(set(STATED) & set(context.case.data["filed"]["corrected"]))
    if not stated:
        return {}
    row = {
        "street_id": context.case.street_id,
        "case_id": context.case.id,
        "task": "filing.corrected_certificate",
        "payload": {"corrected_on": context.effective_on.isoformat()},
        "created_at": context.now,
        "available_at": context.now,
    }
    context.connection.execute(insert(table(Outbox)), row)
    return {"certificate_states": stated}


def _applied(context: EffectContext) -> dict[str, Any]:
    """The organization's new particulars as the application, corrected, says them; what it leaves out stays."""
    said = application_of(context.case.data)
    names = ("name", "leader", "members", "premises", "founded_on")
    changes = {name: said[name] for name in names if said.get(name) not in (None, "")}
    if said.get("category"):
        changes["category"] = _category(context, str(said["category"]))
    return changes


def _category(context: EffectContext, word: str) -> str:
    return category_code(context.policy.get("filing.conditions.categories"), word) or word


def _served(context: EffectContext) -> Row[Any]:
    """The certificate that this case issued, now valid; the organization's valid one before it is replaced."""
    filings = table(Filing)
    filing = context.connection.execute(
        select(filings)
        .where(filings.c.case_id == context.case.id, filings.c.status == "issued")
        .order_by(filings.c.id.desc())
        .limit(1)
    ).one()
    context.connection.execute(
        update(filings)
        .where(filings.c.organization_id == context.case.organization_id, filings.c.status == "valid")
        .values(status="replaced")
    )
    context.connection.execute(update(filings).where(filings.c.id == filing.id).values(status="valid"))
    return filing
