"""Organizations in the workbench: found, entered, corrected, looked into, taken on their path."""

from __future__ import annotations

from lxml import html
from sqlalchemy import select

from incubator.models.base import table
from incubator.models.events import Event, PersonalValue
from incubator.models.organizations import Organization
from tests.api.centre import WebCentre
from tests.api.desk import filed
from tests.api.reading import community, counted, in_english, links_of, text_of

WRITTEN = (Organization, Event, PersonalValue)


def test_a_community_worker_sees_the_own_community_alone(centre: WebCentre) -> None:
    elsewhere = centre.enter("东门舞蹈队", "东门社区")
    worker, officer = centre.browser("worker"), centre.browser("officer")
    assert "东门舞蹈队" in text_of(officer.get("/organizations"))
    assert "东门舞蹈队" not in text_of(worker.get("/organizations"))
    assert worker.get(f"/organizations/{elsewhere}").status_code == 404
    assert worker.post(f"/organizations/{elsewhere}/cases", {"procedure": "filing"}).status_code == 404


def test_the_list_is_searched_narrowed_and_paged_without_loss(centre: WebCentre) -> None:
    names = {centre.enter(f"桂花小组{place:02}", "东门社区" if place % 2 else "桂花社区") for place in range(60)}
    officer = centre.browser("officer")
    listed, address = [], "/organizations?q=ghxz"
    while address:
        page = officer.get(address)
        listed += links_of(page)
        onward = links_of(page, "//nav[@aria-label='翻页']")
        address = next((each for each in onward if "cursor" in each), "")
    assert len(listed) == len(names)
    assert set(listed) == {f"/organizations/{name}" for name in names}
    east = officer.get("/organizations", community=community(centre, "东门社区"), q="小组")
    assert len(links_of(east)) == 30
    assert links_of(officer.get("/organizations", standing="filed")) == []
    assert officer.get("/organizations", cursor="bogus").status_code == 422
    assert "查找内容最多 100 个字" in text_of(officer.get("/organizations", q="长" * 101))


def test_a_search_that_finds_nothing_says_so_and_leads_back(centre: WebCentre) -> None:
    page = centre.browser("officer").get("/organizations", q="没有这样的名字")
    assert "没有符合条件的组织" in text_of(page)
    assert 'href="/organizations"' in page.text


def test_a_group_is_entered_once_however_often_the_form_is_sent(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    form = html.document_fromstring(worker.get("/organizations/new").text).get_element_by_id("new-form")
    key = form.xpath(".//input[@name='idempotency_key']/@value")[0]
    typed = {
        "community_id": community(centre, "桂花社区"), "name": "夕阳红舞蹈队", "category": "culture_and_sports",
        "leader_phone": "13900001111", "members": "２２", "idempotency_key": key,
    }  # fmt: skip
    first, second = worker.post("/organizations", typed), worker.post("/organizations", typed)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    page = worker.get(first.headers["location"])
    assert "139****1111" in page.text
    assert "13900001111" not in page.text
    assert "文体活动" in page.text


def test_a_form_sent_again_with_other_contents_is_asked_about_and_not_lost(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    typed = {"community_id": community(centre, "桂花社区"), "name": "夕阳红舞蹈队", "idempotency_key": "k"}
    assert worker.post("/organizations", typed).status_code == 303
    again = worker.post("/organizations", {**typed, "name": "夕阳红书画社"})
    assert again.status_code == 422
    assert "这份表单已经提交过" in text_of(again)
    assert "夕阳红书画社" in again.text
    key = html.document_fromstring(again.text).xpath("//form[@id='new-form']//input[@name='idempotency_key']/@value")
    assert (
        worker.post("/organizations", {**typed, "name": "夕阳红书画社", "idempotency_key": key[0]}).status_code == 303
    )


def test_a_group_is_entered_in_the_own_area_alone(centre: WebCentre) -> None:
    worker, manager = centre.browser("worker"), centre.browser("manager")
    east = community(centre, "东门社区")
    assert "东门社区" not in worker.get("/organizations/new").text
    before = counted(centre, *WRITTEN)
    elsewhere = worker.post("/organizations", {"community_id": east, "name": "东门棋社"})
    assert elsewhere.status_code == 422
    assert "所属社区：请从给出的选项中选择" in text_of(elsewhere)
    assert "新增组织" not in manager.get("/organizations").text
    assert manager.get("/organizations/new").status_code == 403
    assert manager.post("/organizations", {"community_id": east, "name": "东门棋社"}).status_code == 403
    assert counted(centre, *WRITTEN) == before


def test_nothing_is_written_by_a_form_that_is_not_the_page_s_own(centre: WebCentre) -> None:
    officer = centre.browser("officer").client
    address = f"/organizations/{centre.organization}"
    before = counted(centre, *WRITTEN)
    for place in ("/organizations", f"{address}/cases", f"{address}/reveal", f"{address}/edit"):
        for forged in ({}, {"csrf": "forged"}):
            answer = officer.post(place, data={"procedure": "filing", "field": "leader_phone", "reason": "x", **forged})
            assert answer.status_code == 403, place
        assert centre.stranger().post(place).headers["location"] == "/signin"
    assert counted(centre, *WRITTEN) == before


def test_whatever_is_sent_is_answered_in_words(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    address = f"/organizations/{centre.organization}"
    odd = ("", "\0", "长" * 5000, "9" * 5000, "-1", "1e9", "<b>", "' OR 1=1", "\ud7ff\uffff")
    names = (
        "community_id", "name", "category", "leader", "leader_phone", "members", "founded_on", "premises", "remark",
        "activity_frequency", "comment", "expected_version", "idempotency_key", "procedure", "period", "field", "reason",
    )  # fmt: skip
    before = counted(centre, *WRITTEN)
    for value in odd:
        typed = dict.fromkeys(names, value)
        for place in ("/organizations", f"{address}/cases", f"{address}/reveal", f"{address}/edit"):
            answer = officer.post(place, typed)
            assert answer.status_code in (404, 409, 422), (place, value[:9], answer.status_code)
            assert len(text_of(answer)) > 20
    assert counted(centre, *WRITTEN) == before


def test_a_founding_that_cannot_be_is_refused_and_a_year_is_enough(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    typed = {"community_id": community(centre, "桂花社区"), "name": "夕阳红舞蹈队"}
    for founded, words in (("2013-02-31", "请填写真实的日期"), ("2026-10", "不得晚于今天"), ("2013年", "格式不正确")):
        answer = officer.post("/organizations", {**typed, "founded_on": founded})
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert founded in answer.text
    made = officer.post("/organizations", {**typed, "founded_on": "2013"})
    assert "成立时间 2013年" in text_of(officer.get(made.headers["location"]))


def test_a_misfilled_form_keeps_what_was_typed_and_says_what_to_mend(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    typed = {"community_id": community(centre, "桂花社区"), "name": "", "members": "很多", "remark": "周三活动"}
    answer = worker.post("/organizations", typed)
    assert answer.status_code == 422
    assert "周三活动" in answer.text
    assert "此项必填" in text_of(answer)
    assert "请填写数字" in text_of(answer)
    taken = worker.post("/organizations", {**typed, "name": "常青合唱团", "members": ""})
    assert taken.status_code == 409
    assert "本社区已有名为“常青合唱团”的组织" in text_of(taken)


def test_a_filing_is_opened_from_the_path_and_what_may_not_be_opened_says_why(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    address = f"/organizations/{centre.organization}"
    page = worker.get(address)
    assert "可由社区工作者、经办人发起备案" in text_of(page)
    assert "“发起变更备案”暂不能办理 该组织未备案" in text_of(page)
    opened = worker.post(f"{address}/cases", {"procedure": "filing", "idempotency_key": "k"})
    assert opened.headers["location"].startswith("/cases/")
    refused = worker.post(f"{address}/cases", {"procedure": "filing", "idempotency_key": "other"})
    assert refused.status_code == 409
    assert "已有在办" in text_of(refused)
    assert "备案正在办理：申请" in text_of(worker.get(address))


def test_a_telephone_is_shown_in_full_for_a_recorded_reason_alone(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    address = f"/organizations/{centre.organization}"
    assert "13800001234" not in officer.get(address).text
    assert officer.post(f"{address}/reveal", {"field": "leader_phone", "reason": " "}).status_code == 422
    shown = officer.post(f"{address}/reveal", {"field": "leader_phone", "reason": "通知补正"})
    assert "13800001234" in shown.text
    assert "13800001234" not in officer.get(address).text
    with centre.database.read() as connection:
        events = table(Event)
        bodies = connection.scalars(
            select(events.c.body).where(events.c.type == "access.personal_value_revealed")
        ).all()
    assert len(bodies) == 1
    assert "通知补正" in bodies[0]
    manager = centre.browser("manager")
    assert "查看完整内容" not in manager.get(address).text
    assert manager.post(f"{address}/reveal", {"field": "leader_phone", "reason": "看看"}).status_code == 403


def test_what_is_known_of_a_filed_organization_changes_by_its_own_procedure(centre: WebCentre) -> None:
    filed(centre)
    officer = centre.browser("officer")
    address = f"/organizations/{centre.organization}"
    page = officer.get(address)
    assert "备案证 BAZ-2026-0001，有效期至" in text_of(page)
    assert "有变化的，请发起变更备案" in text_of(page)
    assert "更正台账信息" not in page.text
    assert "更早的" in text_of(page)
    assert "完成备案" in text_of(page)
    assert "备案证编号 BAZ-2026-0001" in text_of(page)
    assert officer.get(f"{address}/edit").headers["location"] == address
    assert "请在成长路径中发起变更备案" in officer.get(address).text
    before = counted(centre, *WRITTEN)
    typed = {"name": "另一名称", "comment": "笔误", "expected_version": "3"}
    refused = officer.post(f"{address}/edit", typed)
    assert refused.status_code == 409
    assert "信息以备案证为准" in text_of(refused)
    assert counted(centre, *WRITTEN) == before
    changed = officer.post(f"{address}/cases", {"procedure": "filing_change", "idempotency_key": "k"})
    assert changed.headers["location"].startswith("/cases/")
    english = text_of(in_english(centre.browser("director")).get(address))
    assert "Change of a filing is running" in english
    assert "Filing certificate BAZ-2026-0001" not in english  # it stands in its own row while the change runs
    assert "Certificate number BAZ-2026-0001" in english


def test_what_the_survey_said_besides_is_shown_until_it_is_corrected(centre: WebCentre) -> None:
    details = {
        "members_approximate": True, "has_charter": False, "party_members": 3, "dormant_hint": True,
        "columns": {"队服颜色": "红"},
    }  # fmt: skip
    address = f"/organizations/{centre.enter('桂花腰鼓队', members=20, details=details)}"
    officer = centre.browser("officer")
    page = text_of(officer.get(address))
    for words in ("成员人数 约 20", "有无章程 无", "党员情况 3 人", "摸底时反映活动已停止", "队服颜色 红"):
        assert words in page
    typed = {"name": "桂花腰鼓队", "members": "22", "comment": "电话核实", "expected_version": "1"}
    assert officer.post(f"{address}/edit", typed).status_code == 303
    page = text_of(officer.get(address))
    assert "成员人数 22" in page
    assert "有无章程 无" in page


def test_what_the_survey_had_wrong_is_corrected_with_a_reason_and_both_readings_are_kept(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    address = f"/organizations/{centre.organization}"
    form = html.document_fromstring(officer.get(f"{address}/edit").text).get_element_by_id("edit-form")
    typed = {
        "name": "常青合唱团", "leader": "王贵兰", "members": "21", "comment": "摸底表笔误",
        "expected_version": form.xpath(".//input[@name='expected_version']/@value")[0],
    }  # fmt: skip
    assert "此项必填" in text_of(officer.post(f"{address}/edit", {**typed, "comment": ""}))
    assert officer.post(f"{address}/edit", typed).status_code == 303
    page = text_of(officer.get(address))
    assert "更正台账信息" in page
    assert "王桂兰" in page
    assert "王贵兰" in page
    assert "摸底表笔误" in page
    stale = officer.post(f"{address}/edit", {**typed, "leader": "李某"})
    assert stale.status_code == 409
    assert "李某" in stale.text
    assert centre.browser("manager").get(f"{address}/edit").status_code == 403
