"""Hubs of the opening stock, and the agreements by which they carry others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, update

from incubator.canonical import public_id
from incubator.models.base import NO_DATE, table
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Standing
from incubator.procedures.affiliation.effects import AGREEMENT_SERIES
from incubator.services.opening_stock.account import Reason, StockRow
from incubator.services.opening_stock.entering import Entering, Verdict, earlier_than, in_the_future, proper_number
from incubator.services.opening_stock.street import Body, KnownStreet, Term
from incubator.services.survey.communities import name_key
from incubator.text import Text

_LAPSED = Text("已过有效期，作为历史录入", "It has ended and is entered as history")


def judge_hub(row: StockRow, street: KnownStreet) -> Verdict:
    """A recognition by its organization and day; one that has ended is history."""
    body, unknown = street.body(row)
    since, until = row.values.get("since"), row.values.get("until") or NO_DATE
    name = str(row.values.get("organization") or "")
    community = body.community if body else None
    verdict = Verdict(
        f"{community}/{name_key(name, community)}/{since}", {**row.values, "until": until, "community": community}, body
    )
    if street.settles(row, verdict):
        return verdict
    if unknown:
        verdict.reasons.append(unknown)
    verdict.reasons += in_the_future(row, "since", street.day, "认定日期晚于今天", "It is recognised after today")
    verdict.reasons += earlier_than(row, "since", "until", "有效期止早于认定日期", "It ends before it begins")
    if body is None or row.reasons or verdict.reasons:
        return verdict
    if body.standing not in (Standing.FILED, Standing.REGISTERED):
        zh = f"“{body.name}”没有备案也没有登记，请先在“备案”表中录入备案证，或在“组织”表中登记"
        en = f"“{body.name}” is neither filed nor registered: enter its certificate or its registration first"
        verdict.reasons.append(row.refusal("is_not_filed", "organization", zh, en))
    elif body.affiliation is not None and body.affiliation.until >= street.day and until >= street.day:
        zh, en = f"“{body.name}”挂靠在其他枢纽，不能同时是枢纽", f"“{body.name}” is affiliated itself and can be no hub"
        verdict.reasons.append(row.refusal("is_affiliated", "organization", zh, en))
    elif body.is_hub and until >= street.day:
        zh, en = f"“{body.name}”已是枢纽，请核对", f"“{body.name}” is a hub already: check it"
        verdict.reasons.append(row.refusal("is_a_hub_already", "organization", zh, en))
    if verdict.reasons:
        return verdict
    holds = until >= street.day
    body.is_hub = body.is_hub or holds
    if not holds:
        verdict.notes.append(_LAPSED)
    assert since is not None
    verdict.write = lambda entering: _enter_hub(entering, row, body, since, until, holds=holds)
    return verdict


def _enter_hub(entering: Entering, row: StockRow, body: Body, since: date, until: date, *, holds: bool) -> str:
    hubs = table(Hub)
    fresh = public_id()
    key = entering.connection.execute(
        insert(hubs)
        .values(
            public_id=fresh, street_id=entering.street_id, organization_id=body.id, case_id=0,
            status=HubStatus.VALID if holds else HubStatus.ENDED, since=since, until=until, paper=row.values["paper"],
            recorded_at=entering.now, ended_on=NO_DATE if holds else until,
        )
        .returning(hubs.c.id)
    ).scalar_one()  # fmt: skip
    change = {"hub": fresh, "since": since.isoformat(), "until": None if until == NO_DATE else until.isoformat()}
    entering.record(body, "organization.hub_brought_in", row, change, effective_on=since)
    return f"hub:{key}"


def judge_affiliation(row: StockRow, street: KnownStreet) -> Verdict:
    """An agreement by its number; one whose term is over is history."""
    body, unknown = street.body(row)
    hub, unknown_hub = street.body(row, "hub")
    number = proper_number(str(row.values.get("agreement_number") or ""))
    said = {**row.values, "agreement_number": number, "community": body.community if body else None}
    verdict = Verdict(number, said, body)
    if street.settles(row, verdict):
        return verdict
    verdict.reasons += [reason for reason in (unknown, unknown_hub) if reason is not None]
    verdict.reasons += in_the_future(row, "since", street.day, "协议起始日期晚于今天", "It begins after today")
    verdict.reasons += earlier_than(row, "since", "until", "协议终止日期早于起始日期", "It ends before it begins")
    if number and (number in street.agreements or number in street.numbers):
        zh, en = f"协议编号 {number} 已有，编号不得重复", f"There is an agreement {number}: numbers never repeat"
        verdict.reasons.append(row.refusal("number_taken", "agreement_number", zh, en))
    if body is None or hub is None or row.reasons or verdict.reasons:
        return verdict
    since, until = row.values["since"], row.values["until"]
    holds = until >= street.day
    if reason := _bar(row, street, body, hub, since, holds=holds):
        verdict.reasons.append(reason)
        return verdict
    renews = holds and body.affiliation is not None
    street.agreements.add(number)
    street.numbers[number] = 0
    if holds:
        body.affiliation = Term(hub, since, until)
    else:
        verdict.notes.append(_LAPSED)
    verdict.builds_on = (hub,)
    verdict.write = lambda entering: _enter_affiliation(entering, row, body, hub, number, holds=holds, renews=renews)
    return verdict


def _bar(row: StockRow, street: KnownStreet, body: Body, hub: Body, since: date, *, holds: bool) -> Reason | None:
    held = body.affiliation
    if hub is body:
        return row.refusal("own_hub", "hub", "不能挂靠自己", "Nobody is its own hub")
    if body.standing == Standing.EXITED:
        zh, en = f"“{body.name}”已退出，不再挂靠", f"“{body.name}” has left and is affiliated no more"
        return row.refusal("has_exited", "organization", zh, en)
    if not holds:
        return None
    if body.is_hub:
        zh, en = f"“{body.name}”自己是枢纽，不再挂靠其他枢纽", f"“{body.name}” is a hub itself and affiliates with none"
        return row.refusal("is_a_hub", "organization", zh, en)
    if not hub.is_hub:
        zh = f"“{hub.name}”没有认定为枢纽，请先在“枢纽”表中增加一行"
        return row.refusal("is_no_hub", "hub", zh, f"“{hub.name}” is no hub: add it to the sheet 枢纽")
    if held is not None and held.until >= since:
        other = held.hub.name if held.hub else "其他枢纽"
        zh = f"“{body.name}”已挂靠“{other}”，期限至 {held.until}，与本协议重叠；同一时间只能有一个枢纽"
        en = f"“{body.name}” is with “{other}” until {held.until}: one hub at a time"
        return row.refusal("is_affiliated_already", "since", zh, en)
    return None


def _enter_affiliation(
    entering: Entering, row: StockRow, body: Body, hub: Body, number: str, *, holds: bool, renews: bool
) -> str:  # fmt: skip
    affiliations = table(Affiliation)
    since, until = row.values["since"], row.values["until"]
    if renews:
        entering.connection.execute(
            update(affiliations)
            .where(
                affiliations.c.organization_id == body.id, affiliations.c.status == AffiliationStatus.VALID
            )
            .values(status=AffiliationStatus.RENEWED, ended_on=affiliations.c.until)
        )  # fmt: skip
    fresh = public_id()
    key = entering.connection.execute(
        insert(affiliations)
        .values(
            public_id=fresh, street_id=entering.street_id, organization_id=body.id, hub_id=hub.id, case_id=0,
            agreement_number=number, status=AffiliationStatus.VALID if holds else AffiliationStatus.EXPIRED,
            since=since, until=until, paper=row.values["paper"], recorded_at=entering.now,
            ended_on=NO_DATE if holds else until,
        )
        .returning(affiliations.c.id)
    ).scalar_one()  # fmt: skip
    entering.issue(number, AGREEMENT_SERIES, since)
    change = {
        "affiliation": fresh, "hub": hub.public_id, "agreement_number": number, "since": since.isoformat(),
        "until": until.isoformat(),
    }  # fmt: skip
    entering.record(body, "organization.affiliation_brought_in", row, change, effective_on=since)
    return f"affiliation:{key}"
