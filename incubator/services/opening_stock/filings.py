"""Filing certificates of the opening stock: the one that holds, and those before it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from incubator.canonical import public_id
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Filing, Organization, Standing
from incubator.procedures.filing.certificate import SERIES
from incubator.services.opening_stock.account import StockRow
from incubator.services.opening_stock.entering import Entering, Verdict, earlier_than, in_the_future, proper_number
from incubator.services.opening_stock.street import Body, Certificate, KnownStreet
from incubator.services.organizations import change_organization
from incubator.text import Text


def judge_filing(row: StockRow, street: KnownStreet) -> Verdict:
    """A certificate by its number. The one that ends last holds; an earlier one is history."""
    body, unknown = street.body(row)
    number = proper_number(str(row.values.get("number") or ""))
    signed_on, until = row.values.get("signed_on"), row.values.get("valid_until")
    since = row.values.get("valid_from") or signed_on
    said = {**row.values, "number": number, "valid_from": since, "community": body.community if body else None}
    verdict = Verdict(number, said, body)
    if street.settles(row, verdict):
        return verdict
    if unknown:
        verdict.reasons.append(unknown)
    verdict.reasons += in_the_future(row, "signed_on", street.day, "签发日期晚于今天", "It is signed after today")
    verdict.reasons += earlier_than(
        row, "signed_on", "valid_from", "有效期起早于签发日期", "It holds before it is signed"
    )
    if since and until and until < since:
        verdict.reasons.append(
            row.refusal("dates_reversed", "valid_until", "有效期止早于有效期起", "It ends before it begins")
        )
    if number in street.numbers:
        by_us = bool(street.numbers[number])
        zh = f"编号 {number} 已由本系统发出，请核对" if by_us else f"编号 {number} 已录入过，编号不得重复"
        en = (
            f"The service issued {number} itself: check it"
            if by_us
            else f"{number} was entered before: numbers never repeat"
        )
        verdict.reasons.append(row.refusal("number_taken", "number", zh, en))
    if body is not None and not verdict.reasons and not row.reasons:
        assert signed_on is not None
        assert since is not None
        assert until is not None
        fresh = Certificate(number, since, until, 0)
        _judge_standing(row, body, fresh, verdict)
        if not verdict.reasons:
            _take(row, street, body, fresh, signed_on, verdict)
    return verdict


def _judge_standing(row: StockRow, body: Body, fresh: Certificate, verdict: Verdict) -> None:
    held = body.filing
    if body.standing == Standing.REGISTERED:
        zh, en = f"“{body.name}”已在登记机关登记，不再备案", f"“{body.name}” is registered and not filed"
        verdict.reasons.append(row.refusal("is_registered", "organization", zh, en))
    elif body.standing == Standing.EXITED:
        zh, en = (
            f"“{body.name}”已注销备案，如需恢复请重新备案",
            f"The filing of “{body.name}” has ended: let it file anew",
        )
        verdict.reasons.append(row.refusal("has_exited", "organization", zh, en))
    elif held is not None and held.case_id and fresh.valid_until >= held.valid_from:
        zh = f"该组织已在本系统备案（{held.number}），有效期与之重叠；更早的备案证才能作为历史录入"
        en = f"It is filed in the service ({held.number}) for the same time; only an earlier certificate is history"
        verdict.reasons.append(row.refusal("is_filed_already", "number", zh, en))
    elif held is not None and fresh.valid_until == held.valid_until:
        zh = f"与备案证 {held.number} 的有效期止相同，无法判断哪一张现行有效，请核对"
        en = f"It ends on the same day as {held.number}: which of the two holds? Check it"
        verdict.reasons.append(row.refusal("which_holds", "valid_until", zh, en))


def _take(
    row: StockRow, street: KnownStreet, body: Body, fresh: Certificate, signed_on: date, verdict: Verdict
) -> None:
    holds = body.filing is None or fresh.valid_until > body.filing.valid_until
    street.numbers[fresh.number] = 0
    body.filed_on = min(body.filed_on, signed_on)
    if holds:
        body.filing, body.standing = fresh, Standing.FILED
        if fresh.valid_until < street.day:
            verdict.notes.append(
                Text(
                    "该证已过有效期，请办理重新备案或注销", "It has ended: let it be filed anew, or let the filing end"
                )
            )
    else:
        verdict.notes.append(Text("作为历史备案证录入", "Entered as a certificate of the past"))
    verdict.write = lambda entering: _enter(entering, row, body, fresh, signed_on, holds=holds)


def _enter(
    entering: Entering, row: StockRow, body: Body, fresh: Certificate, signed_on: date, *, holds: bool
) -> str:  # fmt: skip
    filings, organizations = table(Filing), table(Organization)
    connection = entering.connection
    known = connection.execute(select(organizations.c.filed_on).where(organizations.c.id == body.id)).scalar_one()
    if holds:
        connection.execute(
            update(filings)
            .where(filings.c.organization_id == body.id, filings.c.status == "valid")
            .values(status="replaced")
        )
    key = connection.execute(
        insert(filings)
        .values(
            public_id=public_id(), street_id=entering.street_id, organization_id=body.id, case_id=0,
            number=fresh.number, status="valid" if holds else "replaced", signed_on=signed_on,
            valid_from=fresh.valid_from, valid_until=fresh.valid_until, paper=row.values["paper"],
        )
        .returning(filings.c.id)
    ).scalar_one()  # fmt: skip
    entering.issue(fresh.number, SERIES, signed_on)
    changes: dict[str, Any] = {"filed_on": min(known, signed_on)} if known != NO_DATE else {"filed_on": signed_on}
    if holds:
        changes |= {
            "standing": Standing.FILED.value, "filing_number": fresh.number, "filing_valid_until": fresh.valid_until,
        }  # fmt: skip
    change_organization(
        connection,
        body.id,
        event="organization.filing_brought_in",
        changes=changes,
        actor=entering.actor,
        now=entering.now,
        effective_on=signed_on,
        also={
            "filing": fresh.number, "valid_from": fresh.valid_from.isoformat(),
            "valid_until": fresh.valid_until.isoformat(), **entering.source(row),
        },
        comment=entering.comment(row),
    )  # fmt: skip
    return f"filing:{key}"
