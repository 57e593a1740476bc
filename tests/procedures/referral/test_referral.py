"""Referral: the street asks, the registrar decides; its list restricts as its document says."""

from __future__ import annotations

from datetime import date

import pytest

from incubator.engine.refusals import ActionNotAllowed
from tests.procedures.rectification.test_rectification import known, refusals
from tests.procedures.tours.consequences import ANSWERS, LISTING, REGISTRAR, register
from tests.procedures.tours.tour import Tour
from tests.procedures.world import Centre

PAPERS = ("evidence", "sealed_referral", "registrar_answer", "registrar_removal")


def sent(centre: Centre) -> str:
    register(Tour(centre, {}))
    case_id = centre.open("referral", "officer")
    centre.upload(case_id, *PAPERS)
    centre.act(case_id, "submit", "officer", ANSWERS["referral.submit"])
    centre.act(case_id, "sign", "director")
    centre.act(case_id, "send", "officer", ANSWERS["send"])
    return case_id


def test_no_action_restricts_nothing_and_stays_on_record(centre: Centre) -> None:
    case_id = sent(centre)
    assert centre.act(case_id, "record_no_action", "officer", ANSWERS["record_no_action"]).outcome == "no_action"
    assert known(centre, "organization.restrictions") == ()
    assert centre.events("organization")[-1] == "organization.registrar_answered"


def test_a_listing_restricts_with_the_registrars_number_until_its_removal(centre: Centre) -> None:
    case_id = sent(centre)
    centre.on("2026-10-12").act(
        case_id, "record_listing", "officer", {**LISTING, "since": "2026-10-09", "until": "2027-10-08"}
    )
    (held,) = known(centre, "organization.restrictions")
    assert held == {
        "kind": "abnormal_list",
        "since": date(2026, 10, 9),
        "until": date(2027, 10, 8),
        "document_number": REGISTRAR["document_number"],
    }
    centre.on("2026-12-01")
    removal = ANSWERS["record_removal"]
    for wrong in ("2026-10-08", "2026-12-02"):
        with pytest.raises(ActionNotAllowed) as refused:
            centre.act(case_id, "record_removal", "officer", {**removal, "removed_on": wrong})
        assert refusals(refused) == ["is_removed_after_listing@1"]
    centre.act(case_id, "record_removal", "officer", {**removal, "removed_on": "2026-11-20"})
    assert known(centre, "organization.restrictions") == ()


@pytest.mark.parametrize(
    ("since", "until"), [("2026-09-19", ""), ("2026-09-18", "2026-09-17")], ids=["in the future", "ends before"]
)
def test_days_that_cannot_be_are_refused(centre: Centre, since: str, until: str) -> None:
    case_id = sent(centre)
    said = {**LISTING, "since": since, **({"until": until} if until else {})}
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "record_listing", "officer", said)
    assert refusals(refused) == ["is_listed_for_a_time@1"]
    assert centre.act(case_id, "record_listing", "officer", {**said, "since": "2026-09-17", "until": "2026-09-17"})


def test_a_listing_recorded_wrongly_is_taken_back_by_somebody_else(centre: Centre) -> None:
    case_id = sent(centre)
    centre.act(case_id, "record_listing", "officer", LISTING)
    centre.act(case_id, "record_again", "director", comment="名录登记有误")
    assert known(centre, "organization.restrictions") == ()
    centre.act(case_id, "record_listing", "officer", {**LISTING, "list": "serious_breach_list"})
    assert [each["kind"] for each in known(centre, "organization.restrictions")] == ["serious_breach_list"]


def test_a_filed_group_is_not_referred_and_the_registrars_own_deed_needs_no_letter(centre: Centre) -> None:
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("referral", "officer")
    assert refusals(refused) == ["is_registered@2"]
    register(Tour(centre, {}))
    case_id = centre.open("referral", "officer")
    assert centre.act(case_id, "record_unasked", "officer", ANSWERS["record_unasked"]).step == "answer"
