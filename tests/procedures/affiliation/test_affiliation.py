"""Affiliation from application to agreement, its renewal and its end, with what goes wrong on the way."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.engine.loading import case_view
from incubator.engine.opening import NotYetOpen
from incubator.engine.refusals import ActionNotAllowed
from incubator.facts.registry import AsOf, load
from incubator.models.base import table
from incubator.models.cases import WorkItem
from incubator.models.hubs import Hub
from incubator.models.organizations import Standing
from incubator.services.hubs import HasAHub
from tests.procedures.affiliation.street import (
    TERM,
    WISHES,
    affiliated,
    agreements,
    applied,
    carry,
    confirmed,
    consented,
    ended,
    group,
    hub,
    hub_ended,
    public_id_of,
    recognitions,
    standing,
)  # fmt: skip
from tests.procedures.world import CHECKED, SERVED, Centre, build

TERM_OF_HUB = date(2030, 12, 31)
PAST = {"past_term": "联系密切", **WISHES}


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def known(centre: Centre, *names: str) -> dict[str, object]:
    subject = NotYetOpen(centre.organization_id, centre.street_id, centre.community_id)
    with centre.database.read() as connection:
        return load(connection, [subject], names, AsOf(centre.clock.now()))[0]


def test_a_filed_group_is_affiliated_by_consent_confirmation_and_agreement(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    case_id = applied(member, carrier)
    assert member.act(case_id, "accept", "officer", CHECKED).step == "consent"
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "consent", "other_representative")
    assert codes(refused) == ["not_asked"]
    assert member.act(case_id, "consent", "representative").step == "decision"
    member.act(case_id, "approve", "director")
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "sign", "officer", TERM)
    assert codes(refused) == ["document_missing:affiliation_agreement"]
    member.upload(case_id, "affiliation_agreement")
    assert member.act(case_id, "sign", "officer", TERM).outcome == "affiliated"
    assert agreements(member) == [("GKX-2026-0001", "valid", "2026-10-01", "2028-09-30")]
    assert known(member, "organization.hub")["organization.hub"] == {
        "public_id": public_id_of(carrier), "name": carrier.organization().name, "until": recognised_until(member),
    }  # fmt: skip
    assert centre.events("organization")[-2:] == ["organization.affiliated", "organization.took_on_member"]
    with centre.database.read() as connection:
        for organization in (member, carrier):
            assert streams.verify(connection, "organization", organization.organization_id) == []


def recognised_until(member: Centre) -> object:
    return date.fromisoformat(agreements(member)[-1][3])


def test_the_step_of_the_hub_stands_in_its_representatives_own_name(centre: Centre) -> None:
    carrier = hub(centre)
    case_id = applied(standing(centre), carrier)
    centre.act(case_id, "accept", "officer", CHECKED)
    items = table(WorkItem)
    with centre.database.read() as connection:
        case = case_view(connection, case_id)
        assert case is not None
        waiting = connection.execute(
            items.select().where(items.c.case_id == case.id, items.c.done_at.is_(None), items.c.person_id != 0)
        ).all()
    assert [(row.role, row.person_id) for row in waiting] == [
        ("hub_representative", centre.people["representative"].person_id)
    ]


def test_a_hub_that_answers_on_paper_is_recorded_with_its_scan_and_by_another_than_who_confirms(
    database: Database, clock: FixedClock
) -> None:
    centre = build(database, clock)
    member, carrier = standing(centre), hub(centre, speaker="")
    case_id = applied(member, carrier)
    member.act(case_id, "accept", "officer", CHECKED)
    paper = {"signatory": "赵敏", "signed_on": "2026-09-18"}
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "record_consent", "other_officer", paper)
    assert codes(refused) == ["document_missing:hub_consent"]
    member.upload(case_id, "hub_consent")
    assert member.act(case_id, "record_consent", "other_officer", paper).step == "decision"
    acts = member.case(case_id).acts
    officers = [member.people[name].person_id for name in ("officer", "other_officer")]
    assert [*acts["acceptance.accept"], *acts["consent.record_consent"]] == officers


def test_a_hub_that_declines_ends_the_case_and_another_may_be_asked(centre: Centre) -> None:
    carrier, other = hub(centre), hub(centre, "睦邻联合会", speaker="other_representative")
    member = standing(centre)
    case_id = applied(member, carrier)
    member.act(case_id, "accept", "officer", CHECKED)
    assert member.act(case_id, "decline", "representative", {"reason": "联系组织已多"}).outcome == "declined"
    assert agreements(member) == []
    again = applied(member, other)
    member.act(again, "accept", "officer", CHECKED)
    assert member.act(again, "consent", "other_representative").step == "decision"


def test_what_may_not_be_affiliated_cannot_even_apply(centre: Centre) -> None:
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("affiliation")
    assert codes(refused) == ["may_be_affiliated@1", "there_is_a_hub@1"]
    carrier = hub(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        carrier.open("affiliation")
    assert codes(refused) == ["is_no_hub_itself@1"]
    registered = standing(group(centre, "登记的协会"), Standing.REGISTERED)
    with pytest.raises(ActionNotAllowed) as refused:
        registered.open("affiliation")
    assert codes(refused) == ["may_be_affiliated@1"]
    member = standing(centre)
    carry(member, carrier)
    with pytest.raises(ActionNotAllowed) as refused:
        member.open("affiliation")
    assert codes(refused) == ["has_no_primary_hub@1"]
    assert "枢纽联合会" in refused.value.detail.zh


def test_a_hub_that_loses_its_recognition_in_the_middle_cannot_take_anybody_on(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    case_id = confirmed(member, carrier)
    hub_ended(carrier)
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "sign", "officer", TERM)
    assert codes(refused) == ["picked_hub_is_recognised@1"]
    assert member.act(case_id, "lapse", "officer", comment="枢纽认定已撤销").outcome == "lapsed"


def test_no_circle_of_hubs_comes_about_directly_or_through_others(database: Database, clock: FixedClock) -> None:
    def let_hubs(values: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
        values["affiliation"]["carrying"]["hubs"]["value"] = True

    centre = build(database, clock, change_policy=let_hubs)
    top, middle, bottom = (hub(centre, name, speaker="") for name in ("区联合会", "片区联合会", "楼院联合会"))
    carry(middle, top)
    carry(bottom, middle, number="GKX-2024-0002")
    for picked, refusing in ((top, "picked_hub_is_not_itself@1"), (middle, "picked_hub_is_not_carried_by_it@1"),
                             (bottom, "picked_hub_is_not_carried_by_it@1")):  # fmt: skip
        case_id = top.open("affiliation")
        top.upload(case_id, "affiliation_application")
        with pytest.raises(ActionNotAllowed) as refused:
            top.act(case_id, "submit", "worker", {"hub": public_id_of(picked), **WISHES})
        assert codes(refused) == [refusing]
        top.act(case_id, "withdraw", "worker", {"reason": "另选", "asked_by": "王桂兰"})
    # A circle that closes while the other application runs is refused when it would take effect.
    aside = hub(centre, "志愿联合会")
    case_id = confirmed(top, aside)
    carry(aside, bottom, number="GKX-2024-0003")
    with pytest.raises(ActionNotAllowed) as refused:
        top.act(case_id, "sign", "officer", TERM)
    assert codes(refused) == ["picked_hub_is_not_carried_by_it@1"]


def test_of_two_affiliations_the_second_is_refused_in_words_when_it_would_take_effect(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    other = hub(centre, "睦邻联合会", speaker="")
    case_id = confirmed(member, carrier)
    carry(member, other)
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "sign", "officer", TERM)
    assert codes(refused) == ["has_no_primary_hub@1"]
    with pytest.raises(HasAHub):
        carry(member, carrier, number="GKX-2024-0009")
    assert [(number, status) for number, status, *_ in agreements(member)] == [("GKX-2024-0001", "valid")]


def test_a_refusal_is_reviewed_by_another_director_and_may_turn_into_an_agreement(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    case_id = consented(member, carrier)
    member.upload(case_id, "sealed_refusal", "affiliation_agreement")
    member.act(case_id, "refuse", "director", {"reason": "与枢纽业务无关", "basis": "办法"})
    member.act(case_id, "serve", "officer", SERVED)
    member.act(case_id, "request_internal_review", "worker", {"grounds": "业务相近"})
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "overturn", "director", {"reason": "属实"})
    assert codes(refused) == ["four_eyes"]
    member.act(case_id, "overturn", "other_director", {"reason": "属实"})
    member.act(case_id, "approve", "director")
    assert member.act(case_id, "sign", "officer", TERM).outcome == "affiliated"


def test_a_renewal_takes_the_old_agreements_place_and_is_too_late_once_that_has_ended(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    affiliated(member, carrier)
    with pytest.raises(ActionNotAllowed) as refused:
        member.on("2028-07-31").open("affiliation_renewal")
    assert codes(refused) == ["is_within_the_agreements_window@1"]
    case_id = member.on("2028-08-01").open("affiliation_renewal")
    member.upload(case_id, "renewal_application", "affiliation_agreement")
    member.act(case_id, "submit", "worker", PAST)
    member.act(case_id, "accept", "officer", CHECKED)
    member.act(case_id, "consent", "representative")
    member.act(case_id, "approve", "director")
    wrong = {**TERM, "since": "2028-10-02", "until": "2030-09-30"}
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "sign", "officer", wrong)
    assert codes(refused) == ["term_follows_the_old_one@1"]
    member.act(case_id, "sign", "officer", {**wrong, "since": "2028-10-01"})
    assert agreements(member) == [
        ("GKX-2026-0001", "renewed", "2026-10-01", "2028-09-30"),
        ("GKX-2028-0001", "valid", "2028-10-01", "2030-09-30"),
    ]
    with pytest.raises(ActionNotAllowed) as refused:
        member.on("2030-10-01").open("affiliation_renewal")
    assert "没有有效的挂靠协议" in refused.value.detail.zh


def test_whoever_let_the_agreement_end_applies_anew_and_the_old_one_is_shown_as_expired(centre: Centre) -> None:
    carrier, member = hub(centre, until=TERM_OF_HUB), standing(centre)
    affiliated(member, carrier)
    member.on("2028-10-02")
    affiliated(member, carrier, since="2028-10-02", until="2030-10-01")
    assert [(status, until) for _, status, _, until in agreements(member)] == [
        ("expired", "2028-09-30"),
        ("valid", "2030-10-01"),
    ]


def test_an_affiliation_ends_with_service_at_the_earliest_or_on_the_day_that_was_agreed(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    carry(member, carrier)
    centre.on("2026-12-20")
    case_id = ended(member)
    assert agreements(member)[0][1] == "ended"
    assert "协助办理备案手续：应于2026年12月17日前完成，已逾期" in member.case(case_id).data["listing"]["open_duties"]
    assert centre.events("organization")[-2:] == ["organization.affiliation_ended", "organization.member_left"]
    other = group(centre, "棋牌队")
    carry(other, carrier, until=TERM_OF_HUB, number="GKX-2024-0002")
    ended(other, ends_on="2027-01-31", kind="hub")
    assert agreements(other)[0][1:] == ("valid", "2026-09-18", "2027-01-31")
    assert known(other, "organization.hub")["organization.hub"]
    assert known(other.on("2027-02-01"), "organization.hub")["organization.hub"] is None


def test_an_end_that_does_not_stand_brings_the_affiliation_back_unless_another_hub_took_its_place(
    centre: Centre,
) -> None:
    carrier, member = hub(centre), standing(centre)
    carry(member, carrier)
    case_id = ended(member, ends_on="2026-09-18")
    member.act(case_id, "request_internal_review", "worker", {"grounds": "并未协商"})
    member.act(case_id, "overturn", "other_director", {"reason": "属实"})
    member.act(case_id, "refuse", "director", {"reason": "并未协商", "basis": "复核意见"})
    member.act(case_id, "serve", "officer", SERVED)
    assert [status for _, status, *_ in agreements(member)] == ["valid"]


def test_a_lapsed_recognition_cannot_renew_its_agreements(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    affiliated(member, carrier)
    case_id = member.on("2028-08-01").open("affiliation_renewal")
    member.upload(case_id, "renewal_application")
    member.act(case_id, "submit", "worker", PAST)
    hubs = table(Hub)
    member.database.write(lambda connection: connection.execute(update(hubs).values(until=date(2028, 7, 31))))
    with pytest.raises(ActionNotAllowed) as refused:
        member.act(case_id, "accept", "officer", CHECKED)
    assert codes(refused) == ["own_hub_is_recognised@1"]
    assert recognitions(carrier)[0].status == "valid"
