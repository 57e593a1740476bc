"""The why-blocked card on a case's page: who can act, by name, where to go, and the article; and whose the step is."""

from __future__ import annotations

import json

import pytest

from tests.api.centre import WebCentre
from tests.api.desk import do, document_of, follow, hand_in, open_case_for, words_of
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def to_accept(centre: WebCentre) -> str:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "worker", APPLICATION)
    centre.automate()
    hand_in(worker, case, "committee_opinion")
    do(centre, case, "give_opinion", "worker", OPINION)
    return case


def test_a_missing_document_leads_to_its_place_and_its_article(centre: WebCentre) -> None:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    page = document_of(worker.get(f"/cases/{case}"))
    (card,) = page.find_class("why")
    links = {link.text_content().strip(): link.get("href") for link in card.iter("a")}
    assert links.pop("去上传").startswith("#document-")
    assert all(page.get_element_by_id(f"document-{kind}") is not None for kind in APPLICATION_PAPERS)
    (article,) = links.values()
    address, _, path = article.partition("#")
    assert document_of(worker.get(address)).get_element_by_id(path) is not None
    assert path == "filing.application.documents"


def test_who_may_act_is_named_without_whoever_four_eyes_keep_out(centre: WebCentre) -> None:
    case = to_accept(centre)
    officer = centre.browser("officer")
    claimed = follow(officer, officer.post(f"/cases/{case}/assignment", {"act": "claim"}))
    (hold,) = document_of(claimed).find_class("hold")
    assert "测试officer（经办人）" in hold.text_content()
    assert "退回，待认领" in hold.text_content()
    do(centre, case, "accept", "officer", CHECKED)
    decided = officer.get(f"/cases/{case}")
    (card, *_) = document_of(decided).find_class("why")
    assert "测试director、测试director2" in card.text_content()
    assert f"/cases/{case}/assignment" in [link.get("href") for link in card.iter("a")]
    do(centre, case, "approve", "director")
    centre.automate()
    hand_in(officer, case, "sealed_certificate")
    do(centre, case, "serve", "officer", {"means": "in_person", "recipient": "王桂兰"})
    # The director who approved may not reopen it: the card names the other one alone.
    ended = document_of(centre.browser("director").get(f"/cases/{case}"))
    (card,) = [each for each in ended.find_class("why") if "重新办理" in each.find_class("why-title")[0].text_content()]
    assert [each.text_content() for each in card.find_class("blocker-people")] == ["测试director2"]


def test_the_case_that_stands_in_the_way_is_found_by_its_number(centre: WebCentre) -> None:
    case = to_accept(centre)
    number = centre.case_row(case).number
    officer = centre.browser("officer")
    assert officer.get(f"/case-numbers/{number}").headers["location"] == f"/cases/{case}"
    assert officer.get("/case-numbers/BA-2026-9999").status_code == 404
    assert centre.browser("expert").get(f"/case-numbers/{number}").status_code == 404
    # Another filing of the same group is refused by this one, and says where it is.
    page = officer.get(f"/organizations/{centre.organization}")
    assert f"/case-numbers/{number}" in page.text


def test_an_extension_says_what_it_is_counted_in_and_points_name_the_documents(centre: WebCentre) -> None:
    case = to_accept(centre)
    do(centre, case, "accept", "officer", CHECKED)
    director = centre.browser("director")
    assert "最多 5个工作日" in words_of(director.get(f"/cases/{case}", action="extend"))
    returned = document_of(director.get(f"/cases/{case}", action="return_for_correction")).get_element_by_id("act-form")
    assert "成员花名册" in json.loads(returned.get("data-point-documents"))
