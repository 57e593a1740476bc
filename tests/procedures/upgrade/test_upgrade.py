"""Upgrade: the registrar's conditions as findings, its answer as the result."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.policies.packs import shipped
from incubator.procedures.upgrade.rules import findings
from tests.procedures.rectification.test_rectification import known, rated, refusals
from tests.procedures.tours.consequences import ANSWERS
from tests.procedures.world import Centre

ENOUGH: dict[str, Any] = {"kind": "association", "persons": 0, "units": 0, "funds_fen": 3_000_000}


@pytest.mark.parametrize(
    ("said", "members", "funds"),
    [
        ({"persons": 50}, "符合", "符合"),
        ({"persons": 49}, "不足", "符合"),
        ({"units": 30}, "符合", "符合"),
        ({"units": 29}, "不足", "符合"),
        ({"persons": 40, "units": 10}, "符合", "符合"),
        ({"persons": 40, "units": 9}, "不足", "符合"),
        ({"persons": 50, "funds_fen": 2_999_999}, "符合", "不足"),
    ],
)
def test_each_condition_of_the_registrar_is_shown_from_both_sides(
    said: dict[str, Any], members: str, funds: str
) -> None:
    first, second = findings({**ENOUGH, **said}, Policy(shipped()))
    assert members in first
    assert funds in second
    assert "社会团体登记管理条例" in first


def handed_over(centre: Centre) -> str:
    centre.filed()
    case_id = centre.open("upgrade")
    centre.upload(case_id, "registration_application", "charter", "roster", "sealed_opinion")
    centre.upload(case_id, "registration_certificate", "registrar_refusal")
    centre.act(case_id, "submit", "worker", {**ANSWERS["upgrade.submit"], "persons": 12})
    centre.automate()
    assert "不足" in centre.case(case_id).data["conditions"]["findings"]
    centre.act(case_id, "support", "officer", ANSWERS["support"])  # what is lacking bars nobody: the registrar decides
    centre.act(case_id, "hand_over", "officer", ANSWERS["hand_over"])
    return case_id


def test_the_registered_group_goes_on_under_its_number_and_its_filing_and_star_have_ended(centre: Centre) -> None:
    case_id = handed_over(centre)
    rated(centre, "star_3")
    centre.on("2026-11-02")
    answer = {**ANSWERS["record_registered"], "registered_on": "2026-10-30"}
    for wrong in ("2026-09-17", "2026-11-03"):
        with pytest.raises(ActionNotAllowed) as refused:
            centre.act(case_id, "record_registered", "officer", {**answer, "registered_on": wrong})
        assert refusals(refused) == ["was_registered_by_today@1"]
    centre.act(case_id, "record_registered", "officer", answer)
    assert centre.organization().standing == "filed"  # until somebody else has held it against the certificate
    assert centre.act(case_id, "confirm", "director").outcome == "registered"
    organization = centre.organization()
    assert (organization.standing, organization.name) == ("registered", "桂花社区常青合唱协会")
    assert organization.details["registration_number"] == answer["number"]
    assert [filing[1] for filing in centre.filings()] == ["upgraded"]
    assert known(centre, "organization.star") is None
    assert centre.events("organization")[-1] == "organization.upgraded"


def test_a_refusal_of_the_registrar_leaves_the_filing_as_it_is(centre: Centre) -> None:
    case_id = handed_over(centre)
    assert centre.act(case_id, "record_refused", "officer", ANSWERS["record_refused"]).outcome == "refused"
    assert centre.organization().standing == "filed"
    assert centre.open("upgrade")
