"""The path says of each stage what stands, what is next and what keeps it, and the openings say who may begin what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete

from incubator.engine import library
from incubator.engine.opening import open_cases
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Actor, Role
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.procedures.catalogue import DEFINITIONS, known
from incubator.procedures.filing.renewal import FILING_RENEWAL
from incubator.queries.due_reviews import due_reviews
from incubator.queries.organizations import find_organization
from incubator.queries.path import Opening, Stage, openings, path
from incubator.services.organizations import change_organization
from incubator.text import Text
from tests.procedures.world import SERVED, Centre
from tests.queries.town import person, selects

# Calls, policy, and a statement or two for each family of facts, however many procedures and organizations there are.
STATEMENTS = 4  # that many whatever the number of facts: providers are asked together


def stages(centre: Centre, who: str | Actor = "officer") -> dict[str, Stage]:
    actor = centre.people[who] if isinstance(who, str) else who
    with centre.database.read() as connection:
        organization = find_organization(connection, actor, centre.organization().public_id)
        found = path(connection, actor, organization, centre.clock.now())
    assert [stage.key for stage in found] == ["survey", "filing", "affiliation", "funding", "evaluation"]
    return {stage.key: stage for stage in found}


def codes(stage: Stage) -> list[str]:
    return [blocker.code for blocker in stage.blockers]


def states(centre: Centre, who: str | Actor = "officer") -> list[str]:
    return [stage.state.value for stage in stages(centre, who).values()]


def offered(centre: Centre, who: str = "officer") -> dict[str, Opening]:
    actor = centre.people[who]
    with centre.database.read() as connection:
        organization = find_organization(connection, actor, centre.organization().public_id)
        return {each.definition.key: each for each in openings(connection, actor, organization, centre.clock.now())}


def reviewed(centre: Centre, day: str) -> str:
    """The yearly review that the clock opens on this day."""
    now = centre.on(day).clock.now()
    year = day[:4]
    opened = centre.database.write(
        lambda connection: open_cases(
            connection, procedure="yearly_review", street_id=centre.street_id, period=year, now=now,
            organizations=due_reviews(connection, centre.street_id, year, date.fromisoformat(day)),
        )
    )  # fmt: skip
    assert opened == 1
    with centre.database.read() as connection:
        actor = centre.people["officer"]
        organization = find_organization(connection, actor, centre.organization().public_id)
        return next(s.case_id for s in path(connection, actor, organization, now) if s.key == "evaluation")


def test_a_group_found_by_the_survey_is_next_to_be_filed(centre: Centre) -> None:
    assert states(centre) == ["done", "next", "blocked", "blocked", "blocked"]
    found = stages(centre)
    assert found["survey"].words.zh == "2026年9月18日录入台账"
    assert found["filing"].words == Text(
        "可由社区工作者、经办人发起备案", "Filing can be opened by the community worker or officer"
    )
    assert found["funding"].words.zh == "目前没有正在受理的批次"
    assert codes(found["funding"]) == ["call_is_open@1", "is_filed_or_registered@1"]
    assert codes(found["affiliation"]) == ["may_be_affiliated@1", "there_is_a_hub@1"]
    assert codes(found["evaluation"]) == ["has_a_valid_certificate@2", "may_get_stars@1"]


def test_a_stage_is_blocked_by_the_rules_and_not_by_who_looks_at_it(centre: Centre) -> None:
    director = stages(centre, "director")
    assert (director["filing"].state, director["filing"].blockers) == ("next", ())
    kinds = [blocker.kind for blocker in director["evaluation"].blockers]
    assert kinds == ["who", "rule"] * 2  # one who could not open it either is told that as well


def test_the_path_follows_the_filing_to_its_certificate_and_past_its_end(centre: Centre) -> None:
    case_id = centre.accepted()
    filing = stages(centre)["filing"]
    assert (filing.state, filing.case_id, filing.words.zh) == ("running", case_id, "备案正在办理：审批")
    assert filing.case_number == "BA-2026-0001"
    centre.act(case_id, "approve", "director")
    centre.automate()
    centre.upload(case_id, "sealed_certificate")
    centre.act(case_id, "serve", "officer", SERVED)
    filing = stages(centre)["filing"]
    assert (filing.state, filing.case_id) == ("done", case_id)
    assert filing.words.zh == "备案证 BAZ-2026-0001，有效期至2029年9月17日"
    assert (filing.valid_from, filing.valid_until) == (date(2026, 9, 18), date(2029, 9, 17))
    centre.on("2029-09-17")
    assert stages(centre)["filing"].state == "done"
    centre.on("2029-09-18")
    lapsed = stages(centre)["filing"]
    assert (lapsed.state, [blocker.code for blocker in lapsed.blockers]) == (
        "blocked", ["is_within_the_renewal_window@1"],
    )  # fmt: skip
    assert lapsed.words.zh.startswith("备案证已于2029年9月17日到期；")


def test_a_renewal_and_a_review_after_the_end_run_in_the_filing_stage(centre: Centre) -> None:
    case_id = centre.filed()
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "类别有误"})
    filing = stages(centre)["filing"]
    assert (filing.state, filing.words.zh, filing.case_id) == ("running", "备案正在办理：复核", case_id)
    assert filing.valid_until == date(2029, 9, 17)
    centre.act(case_id, "uphold", "other_director", {"reason": "无误"})
    assert stages(centre)["filing"].state == "done"
    renewal = centre.on("2029-07-02").open("filing_renewal")
    filing = stages(centre)["filing"]
    assert (filing.state, filing.case_id) == ("running", renewal)
    assert filing.words.zh == "延续备案正在办理：延续申请"


def test_after_a_refusal_filing_is_next_again_and_the_result_is_told(centre: Centre) -> None:
    case_id = centre.accepted()
    centre.upload(case_id, "sealed_refusal")
    centre.act(case_id, "refuse", "director", {"reason": "不符合条件", "basis": "备案条件"})
    centre.act(case_id, "serve", "officer", SERVED)
    filing = stages(centre)["filing"]
    assert (filing.state, filing.case_id) == ("next", case_id)
    assert filing.words.zh == "备案：不予备案；可由社区工作者、经办人发起备案"


def stand(centre: Centre, standing: str) -> None:
    centre.database.write(
        lambda connection: change_organization(
            connection, centre.organization_id, event="organization.changed", changes={"standing": standing},
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip


def test_a_registered_body_needs_no_filing_and_one_that_left_may_be_filed_again(centre: Centre) -> None:
    stand(centre, "registered")
    filing = stages(centre)["filing"]
    assert (filing.state, filing.words.zh) == ("not_applicable", "已在登记机关登记，无需备案")
    stand(centre, "exited")
    filing = stages(centre)["filing"]
    assert (filing.state, filing.words.zh) == ("next", "备案已终止；可由社区工作者、经办人发起备案")


def test_the_review_of_the_year_comes_runs_and_is_done_and_comes_again(centre: Centre) -> None:
    centre.filed()
    assert stages(centre)["evaluation"].words.zh == "该组织 2026 年以前未备案，当年不作年检"
    centre.on("2027-01-04")
    evaluation = stages(centre, "worker")["evaluation"]
    assert (evaluation.state, evaluation.blockers) == ("next", ())
    assert evaluation.words.zh == "到期由系统自动发起年检，也可由经办人发起"
    case_id = reviewed(centre, "2027-01-04")
    assert (stages(centre)["evaluation"].state, stages(centre)["evaluation"].case_id) == ("running", case_id)
    centre.on("2027-05-10")
    centre.upload(case_id, "sealed_conclusion")
    centre.act(case_id, "conclude_without_report", "officer", {"no_report_reason": "逾期未报送，已两次催办"})
    centre.act(case_id, "confirm", "director")
    centre.act(case_id, "serve_failed", "officer", SERVED)
    evaluation = stages(centre)["evaluation"]
    assert (evaluation.state, evaluation.case_id) == ("blocked", case_id)
    assert evaluation.words.zh == "2027 年度年检：年检不合格", "a review that was failed is no review passed"
    assert codes(evaluation) == ["yearly_review_failed"]
    centre.on("2028-01-03")
    evaluation = stages(centre)["evaluation"]
    assert (evaluation.state, evaluation.case_id) == ("next", case_id)
    assert evaluation.words.zh.startswith("2027 年度年检：年检不合格；到期由系统自动发起年检")
    centre.on("2030-01-07")
    assert stages(centre)["evaluation"].state == "blocked"


def test_what_may_be_opened_is_what_opening_allows(centre: Centre) -> None:
    def agreed(who: str) -> dict[str, bool]:
        found = offered(centre, who)
        for key, opening in found.items():
            if opening.allowed:
                continue
            with pytest.raises(ActionNotAllowed) as refused:
                centre.open(key, who, opening.period)
            assert refused.value.blockers == opening.blockers
        return {key: opening.allowed for key, opening in found.items()}

    def may(who: str) -> set[str]:
        return {key for key, allowed in agreed(who).items() if allowed}

    assert (may("worker"), may("officer"), may("director")) == ({"filing"}, {"filing"}, set())
    centre.filed()
    of_filed = {"filing_change", "filing_reissue", "filing_exit", "hub_recognition", "upgrade"}
    assert may("worker") == of_filed
    centre.on("2029-07-02")
    assert may("worker") == {*of_filed, "filing_renewal", "evaluation"}
    assert may("officer") >= {*of_filed, "filing_renewal", "evaluation", "yearly_review"}
    opening = offered(centre)["yearly_review"]
    assert centre.open("yearly_review", "officer", opening.period)
    assert not offered(centre)["yearly_review"].allowed


def test_what_only_automation_opens_is_offered_to_nobody(centre: Centre) -> None:
    silent = FILING_RENEWAL.model_copy(update={"key": "silent", "opens_by": (Role.AUTOMATION,), "number_series": "ZD"})
    centre.database.write(
        lambda connection: library.load_definitions(connection, [*DEFINITIONS, silent], known(), centre.clock.now())
    )  # fmt: skip
    assert "silent" not in offered(centre)


def test_without_a_policy_in_force_everything_is_blocked_and_nothing_breaks(centre: Centre) -> None:
    centre.database.write(lambda connection: connection.execute(delete(table(PolicyInForce))))
    assert states(centre) == ["done", "blocked", "blocked", "blocked", "blocked"]
    assert {blocker.code for each in offered(centre).values() for blocker in each.blockers} == {"no_policy_in_force"}


def test_one_who_was_asked_into_no_case_sees_the_path_of_nobody(centre: Centre) -> None:
    with pytest.raises(NotFound):
        stages(centre, person(centre, "专家甲", Role.EXPERT))


def test_the_path_asks_for_the_facts_of_all_procedures_at_once(centre: Centre) -> None:
    centre.filed()
    actor: Any = centre.people["officer"]
    with centre.database.read() as connection:
        organization = find_organization(connection, actor, centre.organization().public_id)
        with selects(centre.database) as sent:
            assert len(openings(connection, actor, organization, centre.clock.now())) == 19
        with selects(centre.database) as asked:
            path(connection, actor, organization, centre.clock.now())
    assert (len(sent), len(asked)) == (STATEMENTS, STATEMENTS + 4)


def test_an_exit_under_way_is_no_part_of_the_path(centre: Centre) -> None:
    centre.filed()
    before = stages(centre)
    centre.open("filing_exit")
    assert stages(centre) == before
