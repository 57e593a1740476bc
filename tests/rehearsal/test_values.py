"""Amounts, last days and bands under a changed policy; a call's own terms stay as they were published."""

from __future__ import annotations

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.rehearsal import Kind
from tests.procedures.evaluation.evaluating import rated, scores_of, seat_panel, visited
from tests.procedures.funding import grants
from tests.procedures.project.running import running
from tests.procedures.project.test_failures import GROUNDS, TERMINATED
from tests.procedures.world import Centre, build
from tests.rehearsal.rehearsing import changed, only, rehearsed, told, value

BANDS, TRANCHES, CAP = "evaluation.bands", "funding.tranches", "funding.cap"


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return build(database, clock)


def test_an_award_is_shared_out_by_another_plan_and_a_smaller_cap_is_told_in_fen(centre: Centre) -> None:
    partner = grants.registered(centre)
    (group,) = grants.with_filed_groups(centre)
    call = grants.published(centre)
    case_id = grants.awarded(group, call, co_applicant=partner)
    plan = [{"gate": "signed", "share": 6000}, {"gate": "midterm", "share": 4000}]
    result = rehearsed(centre, changed((TRANCHES, plan), (CAP, {"fen": 2_000_000, "share": None})))
    amounts = {group.subject: group for group in result.of_kind(Kind.AMOUNT)}
    assert {name: [(line.before.zh, line.after.zh, line.delta) for line in each.cases] for name, each in amounts.items()} == {
        "funding.tranches:1": [("14,999.99 元", "17,999.99 元", 300_000)],
        "funding.tranches:2": [("8,999.99 元", "12,000.00 元", 300_001)],
        "funding.tranches:3": [("6,000.01 元", "无", -600_001)],
        "funding.most": [("29,999.99 元", "20,000.00 元", -999_999)],
    }  # fmt: skip
    assert amounts["funding.tranches:1"].unit == "fen"
    assert amounts["funding.tranches:1"].words.zh == "拨付金额（第 1 笔）"
    assert [line.public_id for line in amounts["funding.most"].cases] == [case_id]
    # The award itself, and the acceptance before it, were made within the old cap.
    flips = {(each.step, each.subject) for each in result.of_kind(Kind.FLIP)}
    assert flips == {("decision", "award_is_within_bounds@2"), ("acceptance", "asks_within_the_cap@1")}


def test_what_a_call_says_for_itself_stays_whatever_the_policy_says(centre: Centre) -> None:
    partner = grants.registered(centre)
    (group,) = grants.with_filed_groups(centre)
    plan = [{"gate": "signed", "share": 5000}, {"gate": "final", "share": 5000}]
    own = grants.published(centre, terms={TRANCHES: plan, CAP: {"fen": 2_999_999}})
    grants.awarded(group, own, co_applicant=partner)
    draft = changed(
        (TRANCHES, [{"gate": "signed", "share": 10_000}]),
        (CAP, {"fen": 1, "share": None}),
        ("funding.decision.by", ["manager"]),
    )
    result = rehearsed(centre, draft)
    assert told(result) == {}
    (pinned,) = result.old
    assert (pinned.changed, pinned.call) == (("funding.decision.by",), "2026年公益创投第一批")


def test_other_bands_give_another_star_for_the_same_score_and_flip_what_was_concluded(centre: Centre) -> None:
    rated(centre, 850, "star_4")
    bands = value(BANDS)
    for band in bands[1:]:
        band["least"] += 60
    result = rehearsed(centre, changed((BANDS, bands), ("evaluation.validity", {"length": 1, "unit": "years"})))
    band, until = result.of_kind(Kind.RESULT)
    assert (band.subject, [(line.before.zh, line.after.zh) for line in band.cases]) == (
        "evaluation.band", [("四星级", "三星级")],
    )  # fmt: skip
    assert (until.subject, until.unit) == ("evaluation.rating_until", "days")
    assert until.cases[0].delta is not None
    assert until.cases[0].delta < 0
    flips = {(each.step, each.subject) for each in result.of_kind(Kind.FLIP)}
    assert flips == {("decision", "proposes_the_band_that_is_due@1")}


def test_a_smaller_panel_may_conclude_sooner_and_a_larger_one_waits(centre: Centre) -> None:
    case_id = visited(centre)
    centre.act(case_id, "seat", "officer", seat_panel(centre))
    for place in range(1, 5):
        centre.act(case_id, "declare", f"expert_{place}", {"conflict": False})
        centre.act(case_id, "give", f"expert_{place}", {"scores": scores_of(800)})
    centre.act(case_id, "declare", "expert_5", {"conflict": True})
    quorum = value("evaluation.review.quorum")
    assert quorum == 4
    assert told(rehearsed(centre, changed(("evaluation.review.quorum", 5)))) == {
        ("blocked", "review", "panel_below_quorum"): [("可以办理", "评审意见 4 份，未达到规定的 5 份")]
    }
    smaller = rehearsed(centre, changed(("evaluation.review.size", 4)))
    assert {(group.kind, group.subject) for group in smaller.groups} == {
        (Kind.FREED, "panel_seat_vacant"), (Kind.BLOCKED, "nobody_to_promote"),
    }  # fmt: skip


def test_a_certificate_and_a_ban_would_end_on_another_day(centre: Centre) -> None:
    centre.filed()
    result = rehearsed(centre, changed(("filing.certificate.validity", {"length": 1, "unit": "years"})))
    (line,) = only(result, Kind.RESULT).cases
    assert (line.before.zh, line.after.zh, line.delta) == ("2029年9月17日", "2027年9月17日", -731)
    project = running(centre)
    project.act("propose_termination", "officer", GROUNDS)
    project.act("confirm", "director", TERMINATED | {"clawback_fen": 0})
    project.served()
    result = rehearsed(centre, changed(("project.ban", {"length": 1, "unit": "years"})))
    ban = only(result, Kind.RESULT)
    assert (ban.subject, ban.procedure) == ("project.ban_until", "project")
    assert ban.cases[0].after.zh.startswith("2027年")
