"""A pack that somebody writes tonight governs tomorrow's cases, and not a line of code is written for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.deadline_proof import Proof
from incubator.engine.deadline_words import explain
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.models.base import table
from incubator.models.cases import Deadline
from incubator.policies import packs
from incubator.queries.due_renewals import due_filing_renewals
from incubator.queries.worklist import Filters, worklist
from tests.procedures.evaluation.evaluating import decided, panel, ratings, served, visited
from tests.procedures.funding.grants import APPLICATION as ASKED
from tests.procedures.funding.grants import AWARD, EXPERTS, accepted, published, registered, reviewed, seated
from tests.procedures.funding.grants import with_filed_groups as filed_groups
from tests.procedures.world import APPLICATION, SERVED, Centre, build

RIVERSIDE = """\
name: riverside
jurisdiction: {zh: 河滨街道, en: Riverside}
extends: national
effective_from: 2026-09-01
sources:
  measure:
    title: {zh: 河滨街道社区社会组织培育办法, en: the measure of Riverside on community social organizations}
    number: 河街办〔2026〕3号
    date: 2026-08-01
values:
  filing:
    tiers:
      value:
        - {code: loose, name: {zh: 松散团队, en: loose group}, least_members: 0, goes_to: ledger,
           next: {zh: 请社区居民委员会登入台账, en: Let the residents' committee enter it on the ledger}}
        - {code: small, name: {zh: 备案组织, en: group to be filed}, least_members: 6, goes_to: filing,
           next: {zh: 由街道备案, en: the street files it}}
        - {code: large, name: {zh: 登记组织, en: body to be registered}, least_members: 40, goes_to: registration,
           next: {zh: 请到区民政局申请登记, en: Apply to the district's civil affairs bureau}}
      cite: {source: measure, article: "4"}
    conditions:
      members: {value: 6, cite: {source: measure, article: "5"}}
      founders: {value: 1, cite: {source: measure, article: "5"}}
      charter: {value: false, cite: {source: measure, article: "5"}}
      categories:
        value:
          - {code: consultation, name: {zh: 协商, en: Consultation}, synonyms: [议事]}
          - {code: harmony, name: {zh: 和谐, en: Harmony}, synonyms: [邻里]}
        cite: {source: measure, article: "3"}
    application:
      documents:
        value:
          - {kind: application, title: {zh: 备案申请表, en: application form}}
          - {kind: safety_promise, title: {zh: 安全承诺书, en: promise of safety}}
        cite: {source: measure, article: "6"}
    committee_opinion:
      enabled: {value: false, cite: {source: measure, article: "7"}}
    acceptance:
      by: {value: [community_worker], cite: {source: measure, article: "8"}}
    decision:
      by: {value: [officer, director], cite: {source: measure, article: "8"}}
      due:
        value: {length: 7, unit: calendar_days, starts_on: complete}
        cite: {source: measure, article: "9"}
    certificate:
      validity: {value: {length: 18, unit: months}, cite: {source: measure, article: "10"}}
    renewal:
      window:
        value: {opens_days_before: 45, closes_days_before: 10}
        cite: {source: measure, article: "11"}
  evaluation:
    opening:
      months_filed: {value: 6, cite: {source: measure, article: "12"}}
    bands:
      value:
        - {code: failed, title: {zh: 不合格, en: failed}, least: 0, below: 550}
        - {code: fair, title: {zh: 合格, en: fair}, least: 550, below: 820}
        - {code: fine, title: {zh: 优秀, en: fine}, least: 820}
      cite: {source: measure, article: "13"}
    vetoes:
      value: [{code: failed_review, name: {zh: 年检不合格, en: the yearly review failed}, cap: failed, reviews: [failed]}]
      cite: {source: measure, article: "13"}
    validity: {value: {length: 400, unit: calendar_days}, cite: {source: measure, article: "14"}}
  funding:
    cap:
      value:
        tiers:
          by: score
          steps: [{least: 0, share: 1000}, {least: 70, fen: 2000000}, {least: 85, fen: 3000000}]
      cite: {source: measure, article: "15"}
"""
# Both databases govern alike; what is borders alone is tried on one.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MEASURE = "《河滨街道社区社会组织培育办法》（河街办〔2026〕3号）"


@pytest.fixture
def riverside(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """The centre on each kind of database, from September on under the pack."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    centre = build(database, clock)
    assert packs.check_text("riverside.yaml", RIVERSIDE) == []
    ((since, content),) = packs.versions_of_text("riverside.yaml", RIVERSIDE)
    centre.put_in_force(content, since)
    return centre.on("2026-09-18")


def refused(centre: Centre, case_id: str, action: str, by: str, data: dict[str, Any]) -> dict[str, str]:
    """What stands against it, each with its source."""
    with pytest.raises(ActionNotAllowed) as refusal:
        centre.act(case_id, action, by, data)
    return {blocker.code: blocker.cite.zh if blocker.cite else "" for blocker in refusal.value.blockers}


def finds(centre: Centre, *names: str) -> dict[str, list[str]]:
    """The steps that each of these people finds in the worklist."""
    day = centre.clock.now().date()
    with centre.database.read() as connection:
        return {
            name: [
                line.step for line in worklist(connection, centre.people[name], Filters(), day=day, cursor="", limit=9).items
            ]
            for name in names
        }  # fmt: skip


def application(members: int = 6, **changes: Any) -> dict[str, Any]:
    return {**APPLICATION, "members": members, "founders": 1, "category": "议事", **changes}


def handed_in(centre: Centre, **changes: Any) -> str:
    case_id = centre.open("filing")
    centre.upload(case_id, "application", "safety_promise")
    centre.act(case_id, "submit", "worker", application(**changes))
    centre.automate()
    return case_id


def filed(centre: Centre) -> str:
    """Filed on Monday, 21 September 2026."""
    case_id = handed_in(centre)
    centre.on("2026-09-21").act(case_id, "accept", "worker", {"checklist": ["documents_read", "facts_match"]})
    centre.act(case_id, "approve", "officer")
    centre.automate()
    centre.upload(case_id, "sealed_certificate")
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def test_its_papers_are_asked_and_its_people_find_the_step(riverside: Centre) -> None:
    case_id = riverside.open("filing")
    riverside.upload(case_id, "application", "roster", "charter", "premises_proof")  # what the baseline asks
    assert list(refused(riverside, case_id, "submit", "worker", application())) == ["document_missing:safety_promise"]
    riverside.upload(case_id, "safety_promise")
    riverside.act(case_id, "submit", "worker", application())
    assert [done["action"] for done in riverside.automate()] == ["pass"]
    assert finds(riverside, "worker", "officer", "director") == {
        "worker": ["acceptance"],
        "officer": [],
        "director": [],
    }
    riverside.act(case_id, "accept", "worker", {"checklist": ["documents_read", "facts_match"]})
    assert finds(riverside, "worker", "officer", "director") == {"worker": [], "officer": ["decision"], "director": []}
    assert riverside.act(case_id, "approve", "other_director").step == "certificate"  # named second, and may as well


def test_its_limit_runs_in_calendar_days_from_complete_papers_and_rolls_over_the_days_off(riverside: Centre) -> None:
    case_id = handed_in(riverside)
    riverside.on("2026-09-21").act(case_id, "accept", "worker", {"checklist": ["documents_read", "facts_match"]})
    case = riverside.case(case_id)
    # Complete on the 18th, so that the seventh day is the 25th: the first of three days off.
    assert (case.step, case.due_on) == ("decision", date(2026, 9, 28))
    deadlines = table(Deadline)
    with riverside.database.read() as connection:
        stored = connection.scalars(
            select(deadlines.c.proof).where(deadlines.c.case_id == case.id, deadlines.c.step == "decision")
        ).one()
    proof = Proof.from_json(stored)
    assert (proof.due_on, proof.rolled_from) == (date(2026, 9, 28), date(2026, 9, 25))
    told = "".join(sentence.zh for sentence in explain(proof))
    assert "2026年9月18日" in told
    assert "起算，当日不计入，期限为7日" in told


def test_its_certificate_holds_eighteen_months_and_is_renewed_within_its_window(riverside: Centre) -> None:
    filed(riverside)
    until = date(2028, 3, 20)
    assert [each[1:] for each in riverside.filings()] == [("valid", date(2026, 9, 21), until)]
    for day, may in (("2028-02-03", False), ("2028-02-04", True), ("2028-03-10", True), ("2028-03-11", False)):
        riverside.on(day)
        with riverside.database.read() as connection:
            due = connection.execute(
                due_filing_renewals(connection, riverside.street_id, day[:4], date.fromisoformat(day))
            ).scalars()
            assert bool(list(due)) == may, day
        if not may:
            with pytest.raises(ActionNotAllowed) as refusal:
                riverside.open("filing_renewal")
            (blocker,) = refusal.value.blockers
            assert (blocker.code, blocker.cite and blocker.cite.zh) == (
                "is_within_the_renewal_window@1", f"{MEASURE}第11条"
            )  # fmt: skip
    riverside.on("2028-03-10")
    assert riverside.open("filing_renewal")


@ONE_DATABASE
@pytest.mark.parametrize(
    ("members", "unmet", "told"),
    [
        (5, {"goes_to_filing_by_its_size@1", "has_enough_members@1"}, "请社区居民委员会登入台账"),
        (40, {"goes_to_filing_by_its_size@1"}, "请到区民政局申请登记"),
    ],
)
def test_a_group_below_or_above_the_tier_that_is_filed_is_told_where_it_goes(
    riverside: Centre, members: int, unmet: set[str], told: str
) -> None:
    case_id = handed_in(riverside, members=members)
    case = riverside.case(case_id)
    assert case.step == "acceptance"  # referred: it is for the officer to point the way
    assert told in case.data["screening"]["findings"]
    found = refused(riverside, case_id, "accept", "worker", {"checklist": ["documents_read", "facts_match"]})
    assert found.keys() == unmet
    assert found["goes_to_filing_by_its_size@1"] == f"{MEASURE}第4条"
    assert (
        riverside.case(handed_in(riverside.with_group("第二支"), members=39, name="桂花社区第二支队")).step
        == "acceptance"
    )


@ONE_DATABASE
@pytest.mark.parametrize(("middle", "band", "outcome"), [(820, "fine", "rated"), (819, "fair", "rated"), (549, "failed", "failed_evaluation")])  # fmt: skip
def test_its_bands_touch_and_say_what_a_score_is_worth(riverside: Centre, middle: int, band: str, outcome: str) -> None:
    filed(riverside)
    case_id = riverside.on("2027-04-12").open("evaluation", "officer", "2027")
    visited(riverside, case_id)
    score = panel(riverside, case_id, 400, middle, middle + (middle != 820), middle + (middle != 820), 900)
    assert score == f"{middle}.{'00' if middle == 820 else '67'}"  # just below the border, or on it
    others = {"fine", "fair", "failed"} - {band}
    for other in others:
        found = refused(riverside, case_id, "conclude", "officer", {"band": other, "reasons": "复核"})
        assert found["proposes_the_band_that_is_due@1"] == f"{MEASURE}第13条"
    decided(riverside, case_id, band, reasons="复核")
    assert served(riverside, case_id) == outcome
    held = [(row.band, (row.valid_until - row.valid_from).days) for row in ratings(riverside)]
    assert held == ([(band, 399)] if outcome == "rated" else [])


@ONE_DATABASE
@pytest.mark.parametrize(("total", "most"), [(69, 1_000_000), (70, 2_000_000), (84, 2_000_000), (85, 2_999_999)])
def test_its_cap_goes_by_the_panels_score(riverside: Centre, total: int, most: int) -> None:
    (group,) = filed_groups(riverside)
    call, partner = published(group), registered(group)
    case_id = accepted(group, call, co_applicant=partner)  # asks for 29,999.99 yuan: the highest step may be reached
    seated(group, case_id)
    reviewed(group, case_id, dict.fromkeys(EXPERTS, total))
    group.act(case_id, "conclude", "officer")
    group.upload(case_id, "minutes")
    found = refused(group, case_id, "approve", "director", {**AWARD, "awarded_fen": most + 1})
    assert found == {"award_is_within_bounds@2": f"{MEASURE}第15条"}
    assert group.act(case_id, "approve", "director", {**AWARD, "awarded_fen": most}).step == "public_notice"


@ONE_DATABASE
def test_no_more_is_asked_for_than_its_highest_step(riverside: Centre) -> None:
    (group,) = filed_groups(riverside)
    call, partner = published(group), registered(group)
    lines = [{"title": "活动物料", "kind": "materials", "fen": 3_000_001}]
    case_id = group.open("funding", period=call)
    group.upload(case_id, "funding_application", "budget", "joint_agreement")
    group.act(case_id, "submit", "worker", {**ASKED, "lines": lines, "asked_fen": 3_000_001, "co_applicant": partner})
    assert [done["unmet"] for done in group.automate()] == [["asks_within_the_cap@1"]]


def test_a_pack_may_extend_nothing_and_say_everything_itself() -> None:
    said = packs.shipped()
    whole = {
        "name": "alone", "jurisdiction": {"zh": "独镇", "en": "Alone"}, "effective_from": date(2026, 9, 1),
        "sources": said["sources"], "values": said["values"],
    }  # fmt: skip
    whole["values"]["filing"]["conditions"]["members"] = {
        "value": 7, "cite": {"practice": {"zh": "成员不少于七人", "en": "seven members at least"}}
    }  # fmt: skip
    text = yaml.safe_dump(whole, allow_unicode=True)
    assert packs.check_text("alone.yaml", text) == []
    ((_, content),) = packs.versions_of_text("alone.yaml", text)
    policy = Policy(content)
    assert (policy.name, policy.whole("filing.conditions.members")) == ("alone", 7)
    assert policy.due("filing.decision.due") == Policy(packs.shipped()).due("filing.decision.due")
