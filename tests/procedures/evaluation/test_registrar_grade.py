"""The registrar's grade on record: entered by one, confirmed by another, corrected by two; never issued."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.engine.refusals import ActionNotAllowed
from tests.procedures.evaluation.evaluating import GRADE, ratings, registered
from tests.procedures.world import Centre

CHECKED = {"checklist": ["paper_read"]}


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def entered(centre: Centre, **changes: Any) -> str:
    registered(centre)
    case_id = centre.open("registrar_grade", "officer")
    centre.upload(case_id, "grade_paper")
    centre.act(case_id, "submit", "officer", {**GRADE, **changes})
    return case_id


def recorded(centre: Centre, **changes: Any) -> str:
    case_id = entered(centre, **changes)
    assert centre.act(case_id, "confirm", "other_officer", CHECKED).outcome == "recorded"
    return case_id


def test_a_grade_goes_on_record_with_its_paper_once_somebody_else_confirmed_it(centre: Centre) -> None:
    case_id = entered(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "confirm", "officer", CHECKED)
    assert codes(refused) == ["four_eyes"]
    centre.act(case_id, "confirm", "director", CHECKED)
    (grade,) = ratings(centre)
    assert (grade.kind, grade.band, grade.title_zh, grade.document_number, grade.paper) == (
        "registrar_grade", "3A", "3A级", "民评〔2026〕7号", "青羊区民政局",
    )  # fmt: skip
    assert (grade.valid_from.isoformat(), grade.valid_until.isoformat()) == ("2027-01-01", "2031-12-31")
    assert centre.events("organization")[-1] == "organization.grade_recorded"


def test_a_grade_announced_before_march_2026_holds_for_five_years_from_its_announcement(centre: Centre) -> None:
    recorded(centre, announced_on="2026-02-28")
    (grade,) = ratings(centre)
    assert (grade.valid_from.isoformat(), grade.valid_until.isoformat()) == ("2026-02-28", "2031-02-27")


@pytest.mark.parametrize(
    "wrong", [{"grade": "6A"}, {"announced_on": "2026-09-19"}, {"announced_on": "1989-12-31"}], ids=str
)
def test_what_the_registrar_cannot_have_announced_is_refused(centre: Centre, wrong: dict[str, str]) -> None:
    with pytest.raises(ActionNotAllowed) as refused:
        entered(centre, **wrong)
    assert codes(refused) == ["grade_is_as_the_registrar_gives_it@1"]
    assert entered(centre.with_group("另一家"))


def test_without_the_registrars_paper_nothing_is_recorded(centre: Centre) -> None:
    registered(centre)
    case_id = centre.open("registrar_grade", "officer")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "submit", "officer", GRADE)
    assert codes(refused) == ["document_missing:grade_paper"]


def test_a_later_grade_takes_the_place_of_the_former_on_the_day_it_begins_to_hold(centre: Centre) -> None:
    recorded(centre, announced_on="2024-05-01", grade="2A")
    recorded(centre)
    former, later = ratings(centre)
    assert (former.status, former.ended_on, later.status) == ("replaced", later.valid_from, "valid")


def test_a_wrong_entry_is_corrected_by_two_people_and_stays_to_be_read(centre: Centre) -> None:
    case_id = recorded(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(
            case_id,
            "propose_result_correction",
            "officer",
            {"corrected": {"announced_on": "2027-01-01"}},
            comment="笔误",
        )
    assert codes(refused) == ["grade_is_as_the_registrar_gives_it@1"]
    right = {"grade": "4A", "announced_on": "2026-02-01"}
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": right}, comment="笔误")
    assert centre.act(case_id, "confirm", "director").outcome == "recorded"
    wrong, grade = ratings(centre)
    assert (wrong.band, wrong.status, grade.band, grade.status) == ("3A", "replaced", "4A", "valid")
    assert (grade.valid_until.isoformat(), grade.document_number) == ("2031-01-31", "民评〔2026〕7号")
    assert centre.events("organization")[-1] == "organization.rating_corrected"


def test_stars_are_for_filed_groups_and_grades_for_registered_bodies(centre: Centre) -> None:
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("registrar_grade", "officer")
    assert codes(refused) == ["is_registered_with_the_registrar@2"]
    with pytest.raises(ActionNotAllowed) as refused:
        registered(centre).open("evaluation", "officer", "2026")
    told = refused.value.blockers[0]
    assert told.code == "may_get_stars@1"
    assert told.message.zh == "已登记的组织的星级评估不由街道决定"
    assert "由登记机关决定" in told.next.zh
    centre.open("registrar_grade", "officer")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("registrar_grade", "officer")
    assert codes(refused) == ["has_no_other_open_grade@1"]
