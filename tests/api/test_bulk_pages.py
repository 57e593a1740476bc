"""Bulk actions on their pages: looked over, asked for, done a few at a time, and told case by case; without script too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.base import table
from incubator.models.desk import BulkItem
from incubator.models.organizations import Organization
from tests.api.centre import Browser, WebCentre, web_centre
from tests.api.desk import do, document_of, follow, hand_in, open_case_for, sent_by, words_of
from tests.api.reading import counted, in_english, rows_of, text_of
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION


@pytest.fixture
def centre(sqlite_url: str, clock: FixedClock, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the pages say does not depend on the database."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    with web_centre(database, clock, tmp_path) as made:
        yield made
    database.close()


def at_acceptance(centre: WebCentre, number: int, **opinion: str) -> str:
    name = f"桂花社区第{number}合唱团"
    case = open_case_for(centre, organization=centre.enter(name))
    worker = centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "worker", {**APPLICATION, "name": name})
    centre.automate()
    hand_in(worker, case, "committee_opinion")
    do(centre, case, "give_opinion", "worker", {**OPINION, **opinion})
    return case


def ticked(browser: Browser, cases: list[str], **more: str) -> dict[str, Any]:
    """What the worklist's form sends with these lines ticked."""
    page = browser.get("/worklist", view="all")
    form = document_of(page).get_element_by_id("selection")
    sent = {name: [value] for name, value in form.form_values()}
    hidden = document_of(page).xpath("//input[@form='selection'][@type='hidden']")
    boxes = document_of(page).xpath("//input[@form='selection'][@type='checkbox']/@value")
    assert set(cases) <= set(boxes)
    return {**sent, **{each.get("name"): each.get("value") for each in hidden}, "case": cases, **more}


def fields_of(form: Any) -> dict[str, list[str]]:
    """What a form sends, each name with all its values."""
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


def test_several_are_accepted_at_once_and_each_tells_its_result_and_reason(centre: WebCentre) -> None:
    fine, filed, raced = cases = [at_acceptance(centre, number) for number in (1, 2, 3)]
    groups, group = table(Organization), centre.case_row(filed).organization_id
    # On paper it has been filed for years, as the opening stock tells meanwhile.
    standing = update(groups).where(groups.c.id == group)
    centre.database.write(lambda connection: connection.execute(standing.values(standing="filed")))
    officer = centre.browser("officer")
    page = officer.post("/bulk/new", ticked(officer, cases))
    boxes = document_of(page).xpath("//form[@id='bulk-form']//input[@name='case']")
    assert {box.get("value"): box.get("checked") for box in boxes} == {fine: "checked", filed: None, raced: "checked"}
    assert "该组织已备案" in text_of(page)
    assert "可办 2 件" in text_of(page)

    # Without a tick nothing is asked, and what a form lacks is told at its field.
    sent = sent_by(page, "bulk-form")
    answer = officer.client.post("/bulk", data={**sent, "case": []})
    assert answer.status_code == 422
    assert "请至少勾选一件" in text_of(answer)
    answer = officer.client.post("/bulk", data={**sent, **CHECKED, "effective_on": "2026-12-01"})
    assert answer.status_code == 422
    assert "日期不能晚于今天" in text_of(answer)
    assert counted(centre, BulkItem) == (0,)

    do(centre, raced, "accept", "officer2", CHECKED)
    sent = {**sent_by(answer, "bulk-form"), "effective_on": "2026-09-18", "case": cases}
    answer = officer.client.post("/bulk", data=sent)
    again = officer.client.post("/bulk", data=sent)  # sent twice
    assert answer.headers["location"] == again.headers["location"]
    page = follow(officer, answer)
    words = text_of(page)
    assert "已处理 3 件，共 3 件" in words
    assert "案件进入“审批”环节" in words
    assert "案件已被他人办理" in words
    assert centre.people["officer2"].name in words
    assert "is_not_filed_already@2" in page.text
    assert [centre.case_row(case).step for case in cases] == ["decision", "acceptance", "decision"]

    # Only what was refused is tried again; what moved is looked at as it stands.
    assert "重试 1 件" in words
    anew = document_of(page).xpath("//form[@action='/bulk/new']")[0]
    over = officer.client.post("/bulk/new", data=fields_of(anew))
    assert "所选事项处在不同环节" in text_of(over)
    address = again.headers["location"]
    centre.database.write(lambda connection: connection.execute(standing.values(standing="informal")))
    page = follow(officer, officer.post(f"{address}/retry"))
    assert "已处理 3 件，共 3 件 已办理 2" in text_of(page)
    assert "重试" not in text_of(page)
    assert "没有可以重试的案件" in words_of(follow(officer, officer.post(f"{address}/retry")))

    # Nobody else sees it, and it stands in one's own list.
    other = centre.browser("officer2")
    assert other.get(address).status_code == other.post(f"{address}/continue").status_code == 404
    assert address not in other.get("/bulk").text
    assert address in officer.get("/bulk").text


def test_many_are_done_a_few_at_a_request_by_the_button_and_by_script(centre: WebCentre) -> None:
    cases = [
        open_case_for(centre, organization=centre.enter(f"桂花社区第{number}队"), by="officer") for number in range(25)
    ]
    worker = centre.browser("worker")
    page = worker.post("/bulk/new", ticked(worker, cases, kind="claim"))
    answer = worker.client.post("/bulk", data=sent_by(page, "bulk-form"))
    page = follow(worker, answer)
    address = answer.headers["location"]
    assert "已处理 10 件，共 25 件" in text_of(page)
    assert "未办完，可继续" in text_of(worker.get("/bulk"))
    page = follow(worker, worker.post(f"{address}/continue"))
    assert "已处理 20 件，共 25 件" in text_of(page)
    part = worker.post(f"{address}/continue", {"quietly": "1"})
    assert part.text.lstrip().startswith("<")
    assert "<html" not in part.text
    assert "已处理 25 件，共 25 件" in words_of(part)
    assert "data-bulk-continue" not in part.text
    assert rows_of(worker.get(address)) == 25
    mine = worker.get("/worklist", view="team")
    assert mine.text.count(centre.people["worker"].name) >= 25


def test_work_is_assigned_in_bulk_and_what_stands_elsewhere_is_done_group_by_group(centre: WebCentre) -> None:
    first, second = at_acceptance(centre, 1), at_acceptance(centre, 2)
    officer = centre.browser("officer")
    page = officer.post("/bulk/new", ticked(officer, [first, second, open_case_for(centre)]))
    groups = document_of(page).xpath("//ul[@class='bulk-groups']/li")
    assert len(groups) == 2
    (apply,) = [group for group in groups if "申请" in group.text_content()]
    page = officer.client.post("/bulk/new", data=fields_of(apply.xpath("./form")[0]))
    assert "“提交申请”：须按每件案件的情况填写，请逐件办理" in text_of(page)

    page = officer.post("/bulk/new", ticked(officer, [first, second], kind="assign"))
    offered = {
        each.xpath("string()").strip(): each.xpath(".//input/@value")[0]
        for each in document_of(page).xpath("//label[.//input[@name='person_id']]")
    }
    other = centre.people["officer2"].name
    assert offered.keys() == {centre.people["officer"].name, other}
    assert officer.client.post("/bulk", data=sent_by(page, "bulk-form")).status_code == 422
    given = {**sent_by(page, "bulk-form"), "person_id": offered[other], "comment": "轮值"}
    assert f"由{other}办理" in text_of(follow(officer, officer.client.post("/bulk", data=given)))

    english = in_english(centre.browser("officer2"))
    page = english.post("/bulk/new", ticked(english, [first, second], kind="release"))
    answer = english.client.post("/bulk", data=sent_by(page, "bulk-form"))
    words = text_of(follow(english, answer))
    assert "Released, to be claimed by those who hold the role" in words
    assert not re.search("[\u4e00-\u9fff]{2,}", re.sub("桂花社区第.合唱团", "", words)), words


def test_a_program_asks_the_same_and_goes_on_until_nothing_waits(centre: WebCentre) -> None:
    cases = [at_acceptance(centre, number) for number in (1, 2)]
    program = centre.program("officer", **{"accept-language": "en"})
    seen = [{"id": case, "expected_version": centre.case_row(case).version} for case in cases]
    asked = {"kind": "advance", "action": "accept", "data": CHECKED, "cases": seen}
    again = {"headers": {"idempotency-key": "k1"}}
    made = program.post("bulk-actions", json=asked, **again)
    assert (made.status_code, made.json()["waiting"]) == (201, 2)
    assert program.post("bulk-actions", json=asked, **again).json() == made.json()
    do(centre, cases[1], "refuse_acceptance", "officer2", {"reason": "不符合条件", "basis": "备案条件"})
    address = f"bulk-actions/{made.json()['id']}"
    done = program.post(f"{address}/continue").json()
    assert (done["done"], done["refused"], done["waiting"]) == (1, 1, 0)
    assert [(item["state"], item["code"]) for item in done["items"]] == [("done", ""), ("refused", "case_has_moved")]
    assert "has moved this case" in done["items"][1]["detail"]
    assert program.post(f"{address}/retry").status_code == 409
    assert [line["id"] for line in program.get("bulk-actions").json()["items"]] == [made.json()["id"]]
    assert centre.program("officer2").get(address).status_code == 404
    assert program.post("bulk-actions", json=asked).status_code == 409  # none stands as it was seen
    assert program.post("bulk-actions", json={**asked, "cases": []}).status_code == 422


def test_nothing_or_too_much_ticked_leads_back_with_a_word(centre: WebCentre) -> None:
    open_case_for(centre)
    officer = centre.browser("officer")
    assert "请先勾选要办理的事项" in words_of(follow(officer, officer.post("/bulk/new", {"kind": "claim"})))
    many = [f"{number:032x}" for number in range(201)]
    assert "一次最多办理 200 件" in words_of(follow(officer, officer.post("/bulk/new", {"case": many})))
    assert officer.get("/bulk/new").headers["location"] == "/worklist"
    assert "没有可办理的案件" in text_of(officer.post("/bulk/new", {"case": many[:1], "kind": "nonsense"}))
    assert "还没有批量办理" in text_of(officer.get("/bulk"))
    assert not document_of(centre.browser("manager").get("/worklist", view="all")).xpath("//form[@id='selection']")
