"""Issuing the filing certificate, and issuing it corrected: number, validity, and what becomes of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.errors import Conflict
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Filing, Organization
from incubator.policies.values import Validity
from incubator.services.numbers import next_number, void_number
from incubator.text import Text

SERIES = "BAZ"  # 备案证
REISSUE = "filing_reissue"
VALIDITY = "filing.certificate.validity"
REISSUED_BEFORE_SERVICE = "未送达即重新制发"
REISSUED_CORRECTED = "内容更正，以{number}重新制发"
# Why the certificate of a reissue was lost to its organization, as its register and the new paper say it.
REISSUED = {"lost": "遗失补发", "damaged": "损毁补发"}
# What the certificate states of the organization: a correction of any of it calls for another certificate.
STATED = ("name", "leader", "category", "premises")


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as it was issued; it holds once it is served."""

    number: str
    signed_on: date
    valid_from: date
    valid_until: date
    replaces: str = ""  # the number of the certificate that it corrects or is reissued for
    because: str = ""  # why, in the words of the paper


def issue_certificate(connection: Connection, case: CaseView, *, policy: Policy, now: datetime) -> Issued:
    """Issue the certificate that the case's approval calls for. Run it in the transaction that moves the case on.

    A filing holds from its signature; a renewal follows on the certificate it renews; a change keeps its last day, and
    a reissue the whole validity. An
    earlier certificate of the same case that was never served is cancelled, and its number void.
    """
    signed_on = date.fromisoformat(case.milestones["signed"])
    valid_from, valid_until = _validity(connection, case, policy, signed_on)
    _cancel_unserved(connection, case, now)
    number = next_number(connection, case.street_id, SERIES, signed_on.year, now, case.id)
    connection.execute(
        insert(table(Filing)),
        {
            "public_id": public_id(),
            "street_id": case.street_id,
            "organization_id": case.organization_id,
            "case_id": case.id,
            "number": number,
            "status": "issued",
            "signed_on": signed_on,
            "valid_from": valid_from,
            "valid_until": valid_until,
        },
    )
    if case.procedure != REISSUE:
        return Issued(number, signed_on, valid_from, valid_until)
    because = REISSUED[str(case.data["application"]["cause"])]
    return Issued(number, signed_on, valid_from, valid_until, _valid_one(connection, case).number, because)


def reissue_corrected(connection: Connection, case: CaseView, *, signed_on: date, now: datetime) -> Issued | None:
    """Put a certificate in the place of the organization's valid one, for the same time; None where none is valid.

    The correction holds already, so the new certificate is valid at once; the old one is replaced and its number void.
    """
    filings = table(Filing)
    old = connection.execute(
        select(filings)
        .where(filings.c.organization_id == case.organization_id, filings.c.status == "valid")
        .with_for_update()
    ).one_or_none()
    if old is None:
        return None
    number = next_number(connection, case.street_id, SERIES, signed_on.year, now, case.id)
    connection.execute(update(filings).where(filings.c.id == old.id).values(status="replaced"))
    void_number(connection, case.street_id, old.number, REISSUED_CORRECTED.format(number=number), now)
    connection.execute(
        insert(filings),
        {
            "public_id": public_id(),
            "street_id": case.street_id,
            "organization_id": case.organization_id,
            "case_id": old.case_id,  # it stands and falls with the decision that the old one came from
            "number": number,
            "status": "valid",
            "signed_on": signed_on,
            "valid_from": old.valid_from,
            "valid_until": old.valid_until,
        },
    )
    return Issued(number, signed_on, old.valid_from, old.valid_until, old.number, "更正后重新制发")


def last_day(policy: Policy, valid_from: date) -> date:
    """The last day of a certificate that is valid from that day and keeps no earlier validity."""
    return Validity.model_validate(policy.get(VALIDITY)).until(valid_from)


def _validity(connection: Connection, case: CaseView, policy: Policy, signed_on: date) -> tuple[date, date]:
    if case.procedure == REISSUE:
        old = _valid_one(connection, case)
        return old.valid_from, old.valid_until
    organizations = table(Organization)
    present = connection.execute(
        select(organizations.c.filing_valid_until).where(organizations.c.id == case.organization_id)
    ).scalar_one()
    if case.procedure == "filing_change" and present != NO_DATE:
        return signed_on, present
    if case.procedure == "filing_renewal" and present != NO_DATE and present >= signed_on:
        follows = present + timedelta(days=1)
        return follows, last_day(policy, follows)
    return signed_on, last_day(policy, signed_on)


def _valid_one(connection: Connection, case: CaseView) -> Row[Any]:
    """The certificate that is valid and was lost or damaged. Conflict where none is."""
    filings = table(Filing)
    old = connection.execute(
        select(filings)
        .where(filings.c.organization_id == case.organization_id, filings.c.status == "valid")
        .order_by(filings.c.id.desc())
        .limit(1)
    ).one_or_none()
    if old is None:
        raise Conflict(
            Text(
                "该组织没有有效的备案证，无法补发，请核对备案情况",
                "No certificate of the organization is valid, so none can be reissued: look at its filing",
            )
        )
    return old


def _cancel_unserved(connection: Connection, case: CaseView, now: datetime) -> None:
    filings = table(Filing)
    unserved = connection.execute(
        select(filings.c.id, filings.c.number).where(filings.c.case_id == case.id, filings.c.status == "issued")
    ).all()
    for row in unserved:
        connection.execute(update(filings).where(filings.c.id == row.id).values(status="cancelled"))
        void_number(connection, case.street_id, row.number, REISSUED_BEFORE_SERVICE, now)
