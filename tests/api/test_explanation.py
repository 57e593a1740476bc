"""What a decision rested on, read by programs and on its page, linked from the case's timeline."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.centre import WebCentre
from tests.api.desk import document_of, filed, hand_in, open_case_for, words_of


def test_a_program_reads_the_rules_values_articles_facts_and_versions_of_an_approval(centre: WebCentre) -> None:
    case = filed(centre)
    officer = centre.program("officer")
    seq = {event["type"]: event["seq"] for event in events_of(centre, case)}
    told = officer.get(f"cases/{case}/events/{seq['case.submit']}/explanation").json()
    assert (told["step"], told["decision"], told["to"]) == ("申请", "提交申请", "自动初审")
    assert (told["actor"], told["is_decision"], told["withheld"]) == ("测试worker", True, False)
    assert [need["there"] for need in told["documents"]] == [True] * 4
    # The telephone number is masked, here as everywhere.
    assert {"title": "负责人电话", "words": "138****1234"} in told["said"]
    told = officer.get(f"cases/{case}/events/{seq['case.accept']}/explanation").json()
    assert all(told["checklist"].values())
    members = next(rule for rule in told["rules"] if rule["rule"] == "has_enough_members@1")
    assert members["sentence"] == "成员人数达到政策规定"
    assert members["met"]
    assert members["values"] == [
        {
            "path": "filing.conditions.members",
            "title": "备案 · 条件 · 成员人数下限",
            "words": "10 人",
            "cite": "本街道惯例：成员一般不少于十人",
        }
    ]
    assert members["facts"] == [{"name": "data.application.members", "title": "申请 · 成员人数", "words": "22"}]
    assert told["policy"]["hash"] == officer.get(f"cases/{case}").json()["policy"]
    assert told["policy"]["title"] == "全国基准（national）"
    assert told["calendar"]["announced"][-1] == 2026
    english = centre.program("officer", **{"accept-language": "en"})
    told = english.get(f"cases/{case}/events/{seq['case.approve']}/explanation").json()
    assert told["limit"]["kept"]
    assert told["limit"]["sentences"][0].startswith("The clock started on 18 September 2026 (the day of acceptance)")
    assert any(ground["words"] == "centre director" for ground in told["grounds"])


def test_an_event_that_is_not_there_and_a_case_of_another_area_are_not_found(centre: WebCentre) -> None:
    case = open_case_for(centre, "filing", organization=centre.enter("东门社区书画社", "东门社区"), by="officer")
    assert centre.program("officer").get(f"cases/{case}/events/1/explanation").status_code == 200
    missing = centre.program("officer").get(f"cases/{case}/events/99/explanation")
    assert (missing.status_code, missing.json()["detail"]) == (404, "本案没有第 99 条记录，请从办理经过中选择")
    assert centre.program("worker").get(f"cases/{case}/events/1/explanation").status_code == 404
    assert centre.browser("worker").get(f"/cases/{case}/events/1").status_code == 404


def test_a_record_that_is_no_decision_says_so(centre: WebCentre) -> None:
    case = open_case_for(centre)
    hand_in(centre.browser("worker"), case, "charter")
    told = centre.program("officer").get(f"cases/{case}/events/2/explanation").json()
    assert (told["type"], told["is_decision"], told["rules"]) == ("case.document_added", False, [])
    assert told["policy"]["hash"] == centre.program("officer").get(f"cases/{case}").json()["policy"]
    assert "这条记录不是决定" in words_of(centre.browser("officer").get(f"/cases/{case}/events/2"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_decision_of_the_timeline_leads_to_the_page_of_what_it_rested_on(centre: WebCentre) -> None:
    case = filed(centre)
    director = centre.browser("director")
    links = document_of(director.get(f"/cases/{case}")).xpath(
        "//*[@id='events']//p[contains(@class, 'event-basis')]/a/@href"
    )
    assert links == [f"/cases/{case}/events/{seq}" for seq in seqs_of_decisions(centre, case)]
    for link in links:
        page = director.get(link)
        assert page.status_code == 200
        assert document_of(page).xpath("//h1")[0].text == "决定依据"


def seqs_of_decisions(centre: WebCentre, case: str) -> list[int]:
    """The numbers of the events that rest on rules, newest first."""
    events = events_of(centre, case)
    return [each["seq"] for each in reversed(events) if each["type"] == "case.opened" or "decision" in each["change"]]


def events_of(centre: WebCentre, case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = centre.program("officer").get(f"cases/{case}/events").json()
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_says_what_was_asked_and_by_which_article_in_the_readers_language(centre: WebCentre) -> None:
    case = filed(centre, name="桂花社区<b>常青</b>合唱团")
    officer = centre.browser("officer")
    officer.post("/language", {"language": "en"})
    seq = next(each["seq"] for each in events_of(centre, case) if each["type"] == "case.accept")
    page = officer.get(f"/cases/{case}/events/{seq}")
    words = words_of(page)
    assert "On what it was decided" in words
    assert "It has as many members as policy asks" in words
    assert "Filing · conditions · members at least 10" in words
    assert "this street's own practice: a group commonly has ten members or more" in words
    assert "桂花社区<b>常青</b>合唱团" in words
