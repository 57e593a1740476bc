"""A case on its page: moved by the people whose turn it is, refused with reasons, nothing that was typed lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.organizations import Organization
from tests.api.centre import WebCentre
from tests.api.desk import act, do, document_of, filed, follow, hand_in, open_case_for, sent_by, words_of
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION
from tests.queries.town import selects

TYPED = {
    **{name: str(value) for name, value in APPLICATION.items() if name not in ("consent", "category")},
    "category": "culture_and_sports",
    "consent": "true",
}


def moves_of(centre: WebCentre, case: str) -> list[str]:
    events = table(Event)
    with centre.database.read() as connection:
        return list(
            connection.execute(
                select(events.c.type)
                .where(events.c.stream == "case", events.c.subject_id == centre.case_row(case).id)
                .order_by(events.c.id)
            ).scalars()
        )


def ready(centre: WebCentre, **organization: Any) -> str:
    """A filing whose papers lie in the case, its application not yet typed."""
    entered = centre.enter("桂花社区太极拳队", **organization) if organization else ""
    case = open_case_for(centre, organization=entered)
    hand_in(centre.browser("worker"), case, *APPLICATION_PAPERS)
    return case


def test_a_group_is_filed_on_the_pages_by_different_people_with_a_correction_on_the_way(centre: WebCentre) -> None:
    worker, officer, director = (centre.browser(name) for name in ("worker", "officer", "director"))
    case = open_case_for(centre)
    blocked = words_of(worker.get(f"/cases/{case}"))
    assert "“提交申请”暂不能办理" in blocked
    assert "缺少材料：章程或活动规则" in blocked
    hand_in(worker, case, *APPLICATION_PAPERS)
    # The group's own name does not begin with the community's, so that the screening returns it.
    told = words_of(follow(worker, act(worker, case, **{**TYPED, "name": "常青合唱团"})))
    assert "已办理“提交申请”，案件进入“自动初审”环节，由系统自动办理。" in told
    centre.automate()
    correction = worker.get(f"/cases/{case}")
    assert "初审发现 名称“常青合唱团”应冠以“桂花社区”" in words_of(correction)
    told = words_of(follow(worker, act(worker, case, "resubmit", name="桂花社区常青合唱团", note="已冠社区名称")))
    assert "案件进入“自动初审”环节" in told
    centre.automate()
    hand_in(worker, case, "committee_opinion")
    opinion = act(worker, case, stance="agree", opinion="同意", held_on="2026-09-17")
    assert "案件进入“受理”环节，由经办人办理。" in words_of(follow(worker, opinion))
    told = words_of(follow(officer, act(officer, case, checklist=["documents_read", "facts_match"])))
    assert "案件进入“审批”环节，由中心主任办理。" in told
    assert "您已办理本案的“受理”环节，同一人不得再作此决定" in told
    follow(director, act(director, case, "approve"))
    centre.automate()
    hand_in(officer, case, "sealed_certificate")
    ended = follow(officer, act(officer, case, "serve", means="in_person", recipient="王桂兰"))
    said = words_of(ended)
    assert "已办理“登记送达”，案件办结：已备案。" in said
    assert "备案证编号 BAZ-2026-0001" in said
    assert "备案证（待盖章） 已生成" in said
    with centre.database.read() as connection:
        group = connection.execute(
            select(table(Organization)).where(table(Organization).c.public_id == centre.organization)
        ).one()
    assert (group.name, group.standing, group.category) == ("桂花社区常青合唱团", "filed", "culture_and_sports")
    assert group.filing_valid_until == date(2029, 9, 17)


def test_a_form_begins_with_what_is_known_and_offers_the_policy_s_list(centre: WebCentre) -> None:
    case = ready(centre, category="public_benefit", premises="桂花社区活动室")
    page = centre.browser("worker").get(f"/cases/{case}")
    sent = sent_by(page)
    assert (sent["name"], sent["leader"], sent["members"]) == (["桂花社区太极拳队"], ["王桂兰"], ["20"])
    assert sent["category"] == ["public_benefit"]
    labels = document_of(page).xpath("//fieldset[@id='f-category']//label")
    assert [label.text_content().strip() for label in labels] == ["生活服务", "社区事务", "文体活动", "公益慈善"]
    offered = centre.program("worker").get(f"cases/{case}").json()["actions"][0]["form"]["properties"]["category"]
    assert [option["value"] for option in offered["x-options"]][-1] == "public_benefit"
    assert "enum" not in offered  # a word that means an entry of the list is an answer too


def test_what_does_not_fit_is_said_at_the_field_and_everything_typed_stays(centre: WebCentre) -> None:
    case = ready(centre)
    worker = centre.browser("worker")
    wrong = {**TYPED, "members": "二十", "leader_phone": "12", "effective_on": "2026-09-19", "purpose": ""}
    answer = act(worker, case, **wrong)
    assert answer.status_code == 422
    page = document_of(answer)
    problems = [item.text_content().strip() for item in page.xpath("//*[contains(@class, 'error-summary')]//li")]
    assert set(problems) == {
        "成员人数：请填写数字，例如 22",
        "宗旨：此项必填",
        "负责人电话：格式不正确",
        "实际发生日期：日期不能晚于今天，请按实际发生日期填写",
    }
    assert page.get_element_by_id("f-members").get("aria-invalid") == "true"
    kept = sent_by(answer)
    assert {name: kept[name][0] for name in wrong} == wrong
    assert centre.case_row(case).version == 1
    # Mended on that very page it is taken.
    mended = {"members": "２２", "leader_phone": "13800001234", "effective_on": "2026-09-18", "purpose": "健身"}
    assert worker.client.post(page.get_element_by_id("act-form").action, data={**kept, **mended}).status_code == 303
    assert centre.case_row(case).data["application"]["members"] == 22


def test_a_refused_action_says_why_and_what_was_typed_stays_even_where_its_form_closes(centre: WebCentre) -> None:
    case = ready(centre)
    worker = centre.browser("worker")
    sent = {**sent_by(worker.get(f"/cases/{case}")), **TYPED}
    paper = document_of(worker.get(f"/cases/{case}")).xpath(
        "//*[@id='document-charter']//form[contains(@action, '/remove')]"
    )[0]
    assert worker.post(paper.action).status_code == 303
    answer = worker.client.post(f"/cases/{case}/actions/submit", data=sent)
    assert answer.status_code == 409
    said = words_of(answer)
    assert "缺少材料：章程或活动规则" in said
    assert "您填写的内容保留如下，可供抄录" in said
    assert "活动内容和频次 每周二、四排练，重阳节演出" in said
    assert moves_of(centre, case)[-1] == "case.document_taken_back"
    # Only the person is wrong.
    director = centre.browser("director")
    answer = director.client.post(f"/cases/{case}/actions/submit", data={**sent, "csrf": director.csrf})
    assert answer.status_code == 409
    hand_in(worker, case, "charter")
    answer = director.client.post(f"/cases/{case}/actions/submit", data={**sent, "csrf": director.csrf})
    assert answer.status_code == 403
    assert "此操作须由社区工作者、经办人办理" in words_of(answer)


def test_who_saw_an_old_version_is_told_who_moved_the_case_and_keeps_what_was_typed(centre: WebCentre) -> None:
    case = ready(centre)
    worker = centre.browser("worker")
    seen = sent_by(worker.get(f"/cases/{case}", action="withdraw"))
    do(centre, case, "submit", "officer", APPLICATION)
    answer = worker.client.post(
        f"/cases/{case}/actions/withdraw", data={**seen, "reason": "另行安排", "asked_by": "李秀英"}
    )
    assert answer.status_code == 409
    said = words_of(answer)
    assert "您打开后，测试officer已办理本案，现处于“自动初审”环节。" in said
    assert "撤回原因 另行安排" in said
    # Where the step it has come to has the action too, the form stands open with what was typed.
    centre.automate()
    seen["expected_version"] = ["2"]
    answer = worker.client.post(
        f"/cases/{case}/actions/withdraw", data={**seen, "reason": "另行安排", "asked_by": "李秀英"}
    )
    assert answer.status_code == 409
    again = sent_by(answer)
    assert (again["reason"], again["expected_version"]) == (["另行安排"], ["3"])
    assert worker.client.post(f"/cases/{case}/actions/withdraw", data=again).status_code == 303
    assert centre.case_row(case).outcome == "withdrawn"


def test_the_same_form_sent_twice_acts_once_and_with_other_words_is_not_done_again(centre: WebCentre) -> None:
    case = ready(centre)
    worker = centre.browser("worker")
    sent = {**sent_by(worker.get(f"/cases/{case}")), **TYPED}
    answers = [worker.client.post(f"/cases/{case}/actions/submit", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert moves_of(centre, case).count("case.submit") == 1
    other = worker.client.post(f"/cases/{case}/actions/submit", data={**sent, "members": "30"})
    assert other.status_code == 422
    assert "请勿重复提交" in words_of(other)
    assert moves_of(centre, case).count("case.submit") == 1


def test_nobody_acts_from_outside_the_area_or_from_another_page(centre: WebCentre) -> None:
    elsewhere = centre.enter("东门舞蹈队", "东门社区")
    theirs, case = open_case_for(centre, organization=elsewhere, by="officer"), ready(centre)
    worker, officer = centre.browser("worker"), centre.browser("officer")
    withdrawal = {"expected_version": "1", "reason": "x", "asked_by": "y"}
    assert worker.get(f"/cases/{theirs}").status_code == 404
    assert worker.post(f"/cases/{theirs}/actions/withdraw", withdrawal).status_code == 404
    assert officer.get(f"/cases/{theirs}").status_code == 200
    forged = worker.client.post(f"/cases/{case}/actions/withdraw", data={**withdrawal, "csrf": "forged"})
    assert forged.status_code == 403
    assert "请求来源无法确认" in words_of(forged)
    assert worker.post(f"/cases/{case}/actions/withdraw", {"reason": "x", "asked_by": "y"}).status_code == 422
    assert worker.post(f"/cases/{case}/actions/vanish", withdrawal).status_code == 404
    assert worker.get("/cases/nowhere").status_code == 404
    assert centre.case_row(case).version == centre.case_row(theirs).version == 1


def test_a_correction_shows_what_stands_and_an_empty_answer_keeps_it(centre: WebCentre) -> None:
    case = ready(centre)
    do(centre, case, "submit", "worker", {**APPLICATION, "name": "常青合唱团"})
    centre.automate()
    worker = centre.browser("worker")
    page = worker.get(f"/cases/{case}")
    assert APPLICATION["leader_phone"] not in page.text
    assert "现为：138****1234（留空则保持不变）" in words_of(page)
    sent = sent_by(page)
    assert (sent["leader_phone"], sent["members"]) == ([""], [""])
    assert document_of(page).get_element_by_id("f-members-stands").text_content() == "现为：22"
    assert document_of(page).get_element_by_id("f-category-stands").text_content() == "现为：文体"
    act(worker, case, "resubmit", name="桂花社区常青合唱团", note="改名")
    assert centre.case_row(case).data["correction"] == {"name": "桂花社区常青合唱团", "note": "改名"}


def test_amounts_are_typed_and_read_in_yuan_and_a_result_is_corrected_entry_by_entry(centre: WebCentre) -> None:
    filed(centre)
    centre.on("2027-03-29")
    review = open_case_for(centre, "yearly_review", by="officer", period="2027")
    worker, officer = centre.browser("worker"), centre.browser("officer")
    hand_in(worker, review, "yearly_report")
    report = {"activities": "6", "participants": "300", "members": "22", "work": "演出"}
    answer = act(worker, review, **report, income_fen="５，０００.5", spending_fen="五千")
    assert answer.status_code == 422
    assert "全年支出：请填写金额，最多两位小数，例如 5000 或 5000.50" in words_of(answer)
    kept = sent_by(answer)
    assert (kept["income_fen"], kept["spending_fen"]) == (["5000.50"], ["五千"])
    address = f"/cases/{review}/actions/submit"
    worker.client.post(address, data={**kept, "spending_fen": "¥4,800"})
    said = centre.case_row(review).data["report"]
    assert (said["income_fen"], said["spending_fen"]) == (500_050, 480_000)
    centre.automate()
    page = officer.get(f"/cases/{review}")
    assert "全年收入 5,000.50 元" in words_of(page)
    do(centre, review, "conclude", "officer", {"result": "passed"})
    do(centre, review, "confirm", "director")
    hand_in(officer, review, "sealed_conclusion")
    do(centre, review, "serve_passed", "officer", {"means": "in_person", "recipient": "王桂兰"})
    proposal = act(officer, review, "propose_result_correction", comment="笔误", **{"corrected.spending_fen": "4900"})
    assert "全年支出：4,900.00 元" in words_of(follow(officer, proposal))
    assert centre.case_row(review).data["passed"]["corrected"] == {"spending_fen": 490_000}
    none = act(centre.browser("director"), review, "confirm")
    assert none.status_code == 303


def test_a_page_takes_as_many_statements_however_much_lies_in_the_case(centre: WebCentre) -> None:
    case = ready(centre)
    do(centre, case, "submit", "worker", APPLICATION)
    centre.automate()
    worker = centre.browser("worker")

    def counted() -> int:
        worker.get(f"/cases/{case}")
        with selects(centre.database) as sent:
            assert worker.get(f"/cases/{case}").status_code == 200
        return len(sent) - 1  # whose session it is

    few = counted()
    assert few <= 5
    hand_in(worker, case, *["committee_opinion"] * 6)
    assert counted() == few
    # Where rules are asked, each kind of fact that they need is one more.
    do(centre, case, "give_opinion", "worker", OPINION)
    do(centre, case, "accept", "officer", CHECKED)
    assert counted() <= few + 4


def test_the_page_reads_in_english(centre: WebCentre) -> None:
    case = ready(centre)
    worker = centre.browser("worker")
    worker.post("/language", {"language": "en"})
    (step,) = document_of(worker.get(f"/cases/{case}")).xpath("//section[@id='step']")
    assert "Type in the paper application and upload the documents" in step.text_content()
    assert "Culture and sports" in step.text_content()
    # What people wrote stays as it is; everything of ours is English.
    assert not re.findall("[\u4e00-\u9fff]+", " ".join(step.xpath(".//text()")))


def test_reasons_are_called_what_the_decision_that_was_taken_calls_them(centre: WebCentre) -> None:
    case = ready(centre)
    worker, officer, director = (centre.browser(name) for name in ("worker", "officer", "director"))
    follow(worker, act(worker, case, "submit", **{**TYPED, "name": "桂花社区常青合唱团"}))
    centre.automate()
    hand_in(worker, case, "committee_opinion")
    follow(worker, act(worker, case, stance="agree", opinion="同意", held_on="2026-09-17"))
    follow(officer, act(officer, case, checklist=["documents_read", "facts_match"]))
    told = words_of(follow(director, act(director, case, "refuse", reason="成员不足", basis="备案条件")))
    assert "不予备案的理由 成员不足" in told
    assert "撤回原因 成员不足" not in told
