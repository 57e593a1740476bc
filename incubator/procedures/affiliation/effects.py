"""What recognition, affiliation, renewal, endings and reports do to hubs and to those they carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from incubator.engine.effects import EffectContext, effect
from incubator.models.activities import ActivityKind
from incubator.models.base import NO_DATE, table
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.policies.values import Validity
from incubator.procedures.affiliation.policy import Duty
from incubator.procedures.affiliation.quarters import days_of
from incubator.procedures.filing.applied import application_of
from incubator.procedures.shared.effects import change_of
from incubator.services import hubs
from incubator.services.activities import record_activity
from incubator.services.hubs import Deed
from incubator.services.numbers import next_number

AGREEMENT_SERIES = "GKX"  # 挂靠协议


@effect("affiliation.recognise")
def recognise(context: EffectContext) -> Mapping[str, Any]:
    """The served recognition makes the organization a hub; one that holds already is prolonged from its end."""
    validity = Validity.model_validate(context.policy.get("affiliation.recognition.validity"))
    table_of_hubs = table(Hub)
    until = context.connection.execute(
        select(table_of_hubs.c.until).where(
            table_of_hubs.c.organization_id == context.case.organization_id,
            table_of_hubs.c.status == HubStatus.VALID.value,
        )
    ).scalar_one_or_none()
    first = context.effective_on
    if until is not None and until != NO_DATE and until >= first:
        first = until + timedelta(days=1)
    last = validity.until(first)
    hubs.recognise(
        context.connection, organization_id=context.case.organization_id, since=first, until=last, deed=_deed(context)
    )
    return {"since": first.isoformat(), "until": last.isoformat()}


@effect("affiliation.undo_recognition")
def undo_recognition(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a reopening ends the recognition that this very case had brought about."""
    table_of_hubs = table(Hub)
    own = context.connection.execute(
        select(table_of_hubs.c.id).where(
            table_of_hubs.c.case_id == context.case.id, table_of_hubs.c.status == HubStatus.VALID.value
        )
    ).one_or_none()
    if own is None:
        return {}
    reason = str(_refusal(context))
    return {"members": _end_recognition(context, HubStatus.REVOKED, reason)}


@effect("affiliation.end_recognition")
def end_recognition(context: EffectContext) -> Mapping[str, Any]:
    """The recognition ends, and with it every affiliation with the hub."""
    said = application_of(context.case.data)
    status = HubStatus.REVOKED if said["kind"] == "revoked" else HubStatus.ENDED
    return {"status": status.value, "members": _end_recognition(context, status, str(said["reason"]))}


@effect("affiliation.restore_recognition")
def restore_recognition(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a review or a reopening brings back the recognition that this very case had ended."""
    if "service.serve" not in context.case.acts:
        return {}
    restored = hubs.restore_recognition(
        context.connection, organization_id=context.case.organization_id, deed=_deed(context)
    )
    return {"members": restored}


@effect("affiliation.agree")
def agree(context: EffectContext) -> Mapping[str, Any]:
    """The signed agreement puts the organization under the hub; what it had with this hub before is renewed by it."""
    connection, case = context.connection, context.case
    picked = case.data["application"].get("hub")
    hub_id = hubs.hub_by_public_id(connection, case.street_id, picked).id if picked else _present_hub(context)
    number = next_number(connection, case.street_id, AGREEMENT_SERIES, context.effective_on.year, context.now, case.id)
    since, until = (date.fromisoformat(str(context.data[name])) for name in ("since", "until"))
    hubs.affiliate(
        connection, organization_id=case.organization_id, hub_id=hub_id, number=number, since=since, until=until,
        deed=_deed(context),
    )  # fmt: skip
    return {"agreement": number, "since": since.isoformat(), "until": until.isoformat()}


@effect("affiliation.end")
def end(context: EffectContext) -> Mapping[str, Any]:
    """The affiliation ends on the day that was asked for, with service at the earliest."""
    said = application_of(context.case.data)
    on = max(date.fromisoformat(str(said["ends_on"])), context.effective_on)
    ended = hubs.end_affiliation(
        context.connection, organization_id=context.case.organization_id, kind=str(said["kind"]),
        reason=str(said["reason"]), on=on, deed=_deed(context),
    )  # fmt: skip
    return {"ended": ended, "on": on.isoformat()}


@effect("affiliation.restore")
def restore(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a review or a reopening brings back the affiliation that this very case had ended."""
    if "service.serve" not in context.case.acts:
        return {}
    restored = hubs.restore_affiliation(
        context.connection, organization_id=context.case.organization_id, deed=_deed(context)
    )
    return {"restored": restored}


@effect("hub_report.receive")
def receive(context: EffectContext) -> Mapping[str, Any]:
    """The report is in; whether it is late stays on record."""
    due_on = context.case.due_on
    late = context.effective_on > due_on
    said = {"case": context.case.public_id, "period": context.case.period, "late": late}
    change_of(context, "organization.hub_reported", {}, also=said)
    return {"late": late, "due_on": due_on.isoformat()}


@effect("hub_report.take")
def take(context: EffectContext) -> Mapping[str, Any]:
    """The accepted report is the hub's duty done, for the quarter that it is of."""
    days = days_of(context.case.period)
    assert days is not None
    duties = [Duty.model_validate(each) for each in context.policy.get("affiliation.duties")]
    made = [
        record_activity(
            context.connection, organization_id=context.case.organization_id, kind=ActivityKind.DUTY, held_on=days[1],
            title=f"{duty.name.zh} {context.case.period}", duty=duty.code, actor=context.actor, now=context.now,
        )
        for duty in duties
        if duty.reported
    ]  # fmt: skip
    return {"duties": made}


@effect("hub_report.miss")
def miss(context: EffectContext) -> Mapping[str, Any]:
    """That no report came stays on record."""
    said = {"case": context.case.public_id, "period": context.case.period}
    return change_of(context, "organization.hub_report_missing", {}, also=said)


def _deed(context: EffectContext) -> Deed:
    return Deed(
        context.actor, context.now, context.effective_on, context.case.id, context.case.public_id, context.comment
    )  # fmt: skip


def _end_recognition(context: EffectContext, status: HubStatus, reason: str) -> int:
    return hubs.end_recognition(
        context.connection, organization_id=context.case.organization_id, status=status, reason=reason,
        deed=_deed(context),
    )  # fmt: skip


def _refusal(context: EffectContext) -> str:
    """The reasons of the refusal that is served."""
    data = context.case.data
    return str(data.get("redecision", {}).get("reason") or data.get("decision", {}).get("reason") or "")


def _present_hub(context: EffectContext) -> int:
    agreements = table(Affiliation)
    return int(
        context.connection.execute(
            select(agreements.c.hub_id).where(
                agreements.c.organization_id == context.case.organization_id,
                agreements.c.status == AffiliationStatus.VALID.value,
            )
        ).scalar_one()
    )
