"""Ratings and restrictions of the opening stock."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, update

from incubator.canonical import public_id
from incubator.models.activities import Restriction, RestrictionKind
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating, RatingKind, RatingStatus
from incubator.models.organizations import Standing
from incubator.services.opening_stock.account import Reason, StockRow
from incubator.services.opening_stock.cells import Choice
from incubator.services.opening_stock.entering import Entering, Verdict, earlier_than, in_the_future
from incubator.services.opening_stock.rows import Options
from incubator.services.opening_stock.street import Body, Held, KnownStreet
from incubator.services.survey.communities import name_key
from incubator.text import Text
from incubator.wording import squeeze

_LISTS = (RestrictionKind.ABNORMAL_LIST, RestrictionKind.SERIOUS_BREACH_LIST)


def judge_rating(row: StockRow, street: KnownStreet, options: Options) -> Verdict:
    """A rating by its organization, kind and day. The one that ends last holds; an earlier one is history."""
    body, unknown = street.body(row)
    kind, said_band = row.values.get("kind"), str(row.values.get("band") or "")
    announced_on, until = row.values.get("announced_on"), row.values.get("valid_until")
    since = row.values.get("valid_from") or announced_on
    choices = options["grade" if kind == RatingKind.REGISTRAR_GRADE else "star"]
    band = next((each for each in choices if each.means(squeeze(said_band))), None)
    code = band.code if band else said_band
    said = {**row.values, "band": code, "valid_from": since, "community": body.community if body else None}
    verdict = Verdict(_key(row, body, kind, announced_on), said, body)
    if street.settles(row, verdict):
        return verdict
    if unknown:
        verdict.reasons.append(unknown)
    if said_band and kind and band is None:
        listed = "、".join(each.name.zh for each in choices) or "（政策没有规定等级）"
        zh, en = f"没有等级“{said_band}”，可填：{listed}", f"There is no rating “{said_band}”: {listed}"
        verdict.reasons.append(row.refusal("band_unknown", "band", zh, en))
    if kind == RatingKind.REGISTRAR_GRADE and not row.values.get("document_number"):
        zh, en = "登记机关等级须填写公布文号", "A registrar's grade needs the number of its document"
        verdict.reasons.append(row.refusal("document_missing", "document_number", zh, en))
    verdict.reasons += in_the_future(row, "announced_on", street.day, "公布日期晚于今天", "It is announced after today")
    if since and until and until < since:
        verdict.reasons.append(
            row.refusal("dates_reversed", "valid_until", "有效期止早于有效期起", "It ends before it begins")
        )
    if body is None or row.reasons or verdict.reasons:
        return verdict
    assert until is not None
    held = body.ratings.get(str(kind))
    if reason := _rating_bar(row, body, str(kind), held):
        verdict.reasons.append(reason)
        return verdict
    holds = held is None or until > held.until
    if holds:
        body.ratings[str(kind)] = Held(until, 0)
    else:
        verdict.notes.append(Text("作为历史等级录入", "Entered as a rating of the past"))
    assert band is not None
    assert since is not None
    verdict.write = lambda entering: _enter_rating(entering, row, body, band, since, holds=holds)
    return verdict


def _rating_bar(row: StockRow, body: Body, kind: str, held: Held | None) -> Reason | None:
    until = row.values["valid_until"]
    if kind == RatingKind.STAR and body.standing != Standing.FILED:
        zh, en = (
            f"“{body.name}”没有备案，街道星级只评定已备案的组织",
            f"“{body.name}” is not filed; stars are for filed groups",
        )
        return row.refusal("is_not_filed", "kind", zh, en)
    if kind == RatingKind.REGISTRAR_GRADE and body.standing != Standing.REGISTERED:
        zh = f"“{body.name}”没有登记，登记机关等级只记录已登记的组织"
        return row.refusal(
            "is_not_registered", "kind", zh, f"“{body.name}” is not registered; grades are for registered bodies"
        )
    if held is not None and held.case_id and until >= held.until:
        zh, en = (
            "该组织已在本系统评定，不能以期初数据替换",
            "It was rated in the service; the opening stock replaces no such rating",
        )
        return row.refusal("is_rated_already", "valid_until", zh, en)
    if held is not None and until == held.until:
        zh, en = (
            "与另一等级的有效期止相同，无法判断哪一个现行有效",
            "It ends on the same day as another rating: which holds?",
        )
        return row.refusal("which_holds", "valid_until", zh, en)
    return None


def _enter_rating(entering: Entering, row: StockRow, body: Body, band: Choice, since: date, *, holds: bool) -> str:
    ratings = table(Rating)
    values, announced_on = row.values, row.values["announced_on"]
    if holds:
        entering.connection.execute(
            update(ratings)
            .where(
                ratings.c.organization_id == body.id, ratings.c.kind == values["kind"],
                ratings.c.status == RatingStatus.VALID,
            )
            .values(status=RatingStatus.REPLACED, ended_on=since, ended_at=entering.now)
        )  # fmt: skip
    fresh = public_id()
    key = entering.connection.execute(
        insert(ratings)
        .values(
            public_id=fresh, street_id=entering.street_id, organization_id=body.id, case_id=0, kind=values["kind"],
            band=band.code, title_zh=band.name.zh, title_en=band.name.en, score="",
            document_number=values.get("document_number") or "",
            status=RatingStatus.VALID if holds else RatingStatus.REPLACED, announced_on=announced_on,
            valid_from=since, valid_until=values["valid_until"], paper=values["paper"],
            recorded_at=entering.now, ended_on=NO_DATE if holds else values["valid_until"],
        )
        .returning(ratings.c.id)
    ).scalar_one()  # fmt: skip
    change = {
        "rating": fresh,
        "kind": str(values["kind"]),
        "band": band.code,
        "valid_until": values["valid_until"].isoformat(),
    }
    entering.record(body, "organization.rating_brought_in", row, change, effective_on=announced_on)
    return f"rating:{key}"


def judge_restriction(row: StockRow, street: KnownStreet) -> Verdict:
    """A restriction by its organization, kind and day."""
    body, unknown = street.body(row)
    kind, since = row.values.get("kind"), row.values.get("since")
    until = row.values.get("until") or NO_DATE
    said = {**row.values, "until": until, "community": body.community if body else None}
    verdict = Verdict(_key(row, body, kind, since), said, body)
    if street.settles(row, verdict):
        return verdict
    if unknown:
        verdict.reasons.append(unknown)
    verdict.reasons += in_the_future(row, "since", street.day, "开始日期晚于今天", "It begins after today")
    verdict.reasons += earlier_than(row, "since", "until", "终止日期早于开始日期", "It ends before it begins")
    if kind in _LISTS and not row.values.get("document_number"):
        zh, en = "登记机关的名录须填写文号", "The registrar's lists need the number of their document"
        verdict.reasons.append(row.refusal("document_missing", "document_number", zh, en))
    if body is not None and kind in _LISTS and body.standing != Standing.REGISTERED:
        zh, en = (
            f"“{body.name}”没有登记，名录只针对已登记的组织",
            f"“{body.name}” is not registered; the lists are of registered bodies",
        )
        verdict.reasons.append(row.refusal("is_not_registered", "kind", zh, en))
    if body is None or row.reasons or verdict.reasons:
        return verdict
    if until < street.day:
        verdict.notes.append(Text("已执行完毕，作为历史录入", "It is over and entered as history"))
    verdict.write = lambda entering: _enter_restriction(entering, row, body)
    return verdict


def _enter_restriction(entering: Entering, row: StockRow, body: Body) -> str:
    restrictions = table(Restriction)
    values, fresh = row.values, public_id()
    until = values.get("until") or NO_DATE
    key = entering.connection.execute(
        insert(restrictions)
        .values(
            public_id=fresh, street_id=entering.street_id, organization_id=body.id, kind=values["kind"],
            since=values["since"], until=until, case_id=0, document_number=values.get("document_number") or "",
            reason=values["reason"], recorded_at=entering.now, lifted_on=NO_DATE, lift_reason="",
        )
        .returning(restrictions.c.id)
    ).scalar_one()  # fmt: skip
    change = {
        "restriction": fresh, "kind": str(values["kind"]), "until": None if until == NO_DATE else until.isoformat(),
        "document_number": values.get("document_number") or "", "reason": values["reason"],
    }  # fmt: skip
    entering.record(body, "organization.restriction_brought_in", row, change, effective_on=values["since"])
    return f"restriction:{key}"


def _key(row: StockRow, body: Body | None, kind: Any, day: Any) -> str:
    community = body.community if body else None
    return f"{community}/{name_key(str(row.values.get('organization') or ''), community)}/{kind}/{day}"
