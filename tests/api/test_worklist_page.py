"""The worklist on its page: what awaits whom, what presses, what narrows it, and what an empty one says."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from incubator.engine.roles import Role
from tests.api.centre import WebCentre
from tests.api.desk import do, document_of, hand_in, open_case_for, words_of
from tests.factories import StreetWorld, make_user
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS
from tests.queries.town import selects


def awaiting_opinion(centre: WebCentre, name: str, community: str = "桂花社区") -> str:
    """A filing that waits for the committee's opinion, due on 24 September when it came there on the 18th."""
    case = open_case_for(centre, organization=centre.enter(name, community), by="officer")
    hand_in(centre.browser("officer"), case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "officer", {**APPLICATION, "name": name})
    centre.automate()
    return case


def names_of(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [link.text for link in document_of(answer).xpath("//tbody//th//a")]


def test_a_day_begins_with_what_is_to_be_done_and_each_row_leads_to_its_case(centre: WebCentre) -> None:
    first = awaiting_opinion(centre, "桂花社区太极拳队")
    centre.on("2026-09-21")
    awaiting_opinion(centre, "桂花社区书画社")
    awaiting_opinion(centre, "东门社区舞蹈队", "东门社区")
    open_case_for(centre)
    centre.on("2026-09-25")
    worker, officer = centre.browser("worker"), centre.browser("officer")
    assert worker.get("/").headers["location"] == "/worklist"
    page = worker.get("/worklist")
    assert names_of(page) == ["桂花社区太极拳队", "桂花社区书画社", "常青合唱团"]
    assert "2026年9月25日 星期五，逾期 1 项。" in words_of(page)
    rows = document_of(page).xpath("//tbody/tr")
    assert "row-bad" in rows[0].get("class")
    assert rows[0].xpath(".//a/@href") == [f"/cases/{first}"]
    said = " ".join(rows[0].text_content().split())
    assert "居民委员会意见" in said
    assert "逾期 1 天" in said
    assert "2026年9月24日" in said
    # Nobody's turn but the community workers'; the officer sees who it is.
    everything = officer.get("/worklist", view="all")
    assert names_of(everything) == ["桂花社区太极拳队", "桂花社区书画社", "东门社区舞蹈队", "常青合唱团"]
    assert "社区工作者" in document_of(everything).xpath("//tbody/tr")[0].text_content()


def test_what_narrows_the_list_stands_in_the_address_and_in_words_with_a_way_back(centre: WebCentre) -> None:
    awaiting_opinion(centre, "桂花社区太极拳队")
    awaiting_opinion(centre, "东门社区舞蹈队", "东门社区")
    ended = open_case_for(centre)
    do(centre, ended, "withdraw", "officer", {"reason": "另行安排", "asked_by": "王桂兰"})
    open_case_for(centre)
    centre.on("2026-09-28")
    officer = centre.browser("officer")
    page = officer.get("/worklist", view="all")
    options = document_of(page).xpath("//select[@id='community']/option")
    east = next(option.get("value") for option in options if option.text == "东门社区")
    for narrowing, words, found in (
        ({"community": east}, "东门社区", ["东门社区舞蹈队"]),
        ({"overdue": "true", "q": "太极"}, "已逾期 · 含“太极”", ["桂花社区太极拳队"]),
        ({"procedure": "filing", "step": "application"}, "备案 · 申请", ["常青合唱团"]),
        ({"overdue": "false"}, "未逾期", ["常青合唱团"]),
        ({"due_by": "2026-09-30"}, "2026年9月30日前（含当日）到期", ["桂花社区太极拳队", "东门社区舞蹈队"]),
        ({"procedure": "yearly_review"}, "年检", []),
    ):
        page = officer.get("/worklist", view="all", **narrowing)
        assert names_of(page) == found
        (line,) = document_of(page).xpath("//p[@class='narrowed']")
        assert " ".join(line.text_content().split()) == f"筛选：{words} 清除筛选"
        assert line.xpath("./a/@href") == ["/worklist?view=all"]
    assert "没有符合条件的事项" in words_of(page)
    page = officer.get("/worklist", view="ended", procedure="filing", outcome="withdrawn", ended_in="2026")
    assert names_of(page) == ["常青合唱团"]
    assert "筛选：备案 · 已撤回 · 2026 年办结" in words_of(page)
    # An address that no page of ours wrote.
    assert officer.get("/worklist", view="all", procedure="none", step="none", community="none").status_code == 200
    assert officer.get("/worklist", view="elsewhere").status_code == 404
    assert "分页标记无效" in words_of(officer.get("/worklist", cursor="x"))
    assert "最多 100 个字" in words_of(officer.get("/worklist", q="长" * 101))


def test_an_empty_list_says_what_to_do_to_each_who_reads_it(centre: WebCentre) -> None:
    for person, title, link in (
        ("worker", "目前没有待您办理的事项", "/worklist?view=all"),
        ("expert", "目前没有待您办理的事项", None),
        ("manager", "目前没有在办案件", "/organizations"),
    ):
        page = document_of(centre.browser(person).get("/worklist"))
        (nothing,) = page.xpath("//*[@class='nothing']")
        assert title in nothing.text_content()
        assert nothing.xpath(".//a/@href") == ([link] if link else [])
    expert = centre.browser("expert")
    assert "邀请您参与的案件会列在本页" in words_of(expert.get("/worklist"))
    case = open_case_for(centre)
    assert not names_of(expert.get("/worklist", view="all"))
    assert expert.get(f"/cases/{case}").status_code == 404
    assert names_of(centre.browser("manager").get("/worklist")) == ["常青合唱团"]


def test_who_holds_no_role_any_more_is_told_whom_to_ask(centre: WebCentre) -> None:
    street = StreetWorld(centre.street.street_id, centre.street.communities)
    make_user(
        centre.database, street, Role.OFFICER, centre.clock.now(), username="gone",
        since=date(2026, 1, 1), until=date(2026, 9, 17),
    )  # fmt: skip
    answer = centre.browser("gone").get("/worklist")
    assert answer.status_code == 403
    assert "您的账号目前没有任何角色，请联系系统管理员" in words_of(answer)


def test_a_long_list_is_read_page_by_page_in_the_same_number_of_statements(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    open_case_for(centre)
    officer.get("/worklist", view="all")

    def counted(**query: str) -> tuple[int, Any]:
        with selects(centre.database) as sent:
            answer = officer.get("/worklist", **query)
        return len(sent) - 1, answer  # whose session it is

    few, _ = counted(view="all")
    assert few <= 3
    for number in range(60):
        open_case_for(centre, organization=centre.enter(f"桂花社区第{number}队"), by="officer")
    many, page = counted(view="all")
    assert many == few
    assert len(names_of(page)) == 50
    (following,) = document_of(page).xpath("//a[@rel='next']/@href")
    assert parse_qs(urlsplit(following).query)["view"] == ["all"]
    rest = officer.get(following)
    assert len(names_of(rest)) == 11
    assert not set(names_of(page)) & set(names_of(rest))
    assert document_of(rest).xpath("//nav[@class='pages d-print-none']/a/@href") == ["/worklist?view=all"]
    assert counted(view="mine")[0] <= 3


def test_the_list_reads_in_english(centre: WebCentre) -> None:
    awaiting_opinion(centre, "桂花社区太极拳队")
    centre.on("2026-09-25")
    worker = centre.browser("worker")
    worker.post("/language", {"language": "en"})
    main = document_of(worker.get("/worklist", overdue="true")).get_element_by_id("main")
    said = " ".join(" ".join(main.itertext()).split())
    assert "Friday, 25 September 2026. 1 overdue." in said
    assert "Narrowed to: overdue" in said
    assert "1 day overdue" in said
    # Names alone are Chinese.
    assert set(re.findall("[\u4e00-\u9fff]+", said)) - {"测试"} == {"桂花社区太极拳队", "桂花社区"}


def test_a_colleague_claims_on_the_line_and_another_is_assigned_in_a_form(centre: WebCentre) -> None:
    case = awaiting_opinion(centre, "桂花社区太极拳队")
    worker, officer = centre.browser("worker"), centre.browser("officer")
    page = worker.get("/worklist", view="unassigned")
    (button,) = document_of(page).xpath("//button[@name='act']")
    assert button.get("value") == "claim"
    sent = {"act": "claim", "back": "/worklist?view=mine"}
    answer = worker.post(f"/cases/{case}/assignment", sent)
    assert answer.headers["location"] == "/worklist?view=mine"
    assert "退回" in words_of(worker.get("/worklist", view="mine"))
    assert names_of(worker.get("/worklist", view="unassigned")) == []
    assert "测试worker" in words_of(officer.get("/worklist", view="all"))
    page = officer.get("/worklist", view="all", assignee=centre.people["worker"].public_id, category="")
    assert names_of(page) == ["桂花社区太极拳队"]
    assert "由测试worker办理" in words_of(page)
    assert "没有其他人可以指派" in words_of(officer.get(f"/cases/{case}/assignment"))
    assert "只有社区工作者可以认领" in words_of(
        officer.get(officer.post(f"/cases/{case}/assignment", {"act": "claim"}).headers["location"])
    )
    program = centre.program("officer")
    assert program.post(f"cases/{case}/assignment", json={"person_id": None}).json()["assignee"] is None
    worker_id = centre.people["worker"].public_id
    page = officer.get(f"/cases/{case}/assignment")
    assert worker_id in document_of(page).xpath("//select[@name='person_id']/option/@value") + document_of(page).xpath(
        "//input[@name='person_id']/@value"
    )
    answer = officer.post(f"/cases/{case}/assignment", {"act": "assign", "person_id": worker_id, "seen": ""})
    assert answer.status_code == 303, words_of(answer)
    (line,) = program.get("worklist", params={"view": "all", "assignee": worker_id}).json()["items"]
    assert line["assignee"] == {"id": worker_id, "name": "测试worker"}
    assert "指派办理人" in words_of(officer.get(f"/cases/{case}"))
    assert officer.post(f"/cases/{case}/assignment", {"act": "assign"}).status_code == 422
