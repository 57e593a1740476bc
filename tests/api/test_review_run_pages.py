"""Receipts of the runs that open due reviews, as people read and sign them."""

from __future__ import annotations

from typing import Any

from incubator.models.events import Event
from incubator.services.automation.reviews import open_due_reviews
from tests.api.centre import WebCentre
from tests.api.desk import filed
from tests.api.reading import counted, hidden, in_english, links_of, text_of


def test_a_receipt_tells_what_was_opened_and_what_was_not_and_why(centre: WebCentre) -> None:
    manager = centre.browser("manager")
    assert "还没有回执" in text_of(manager.get("/review-runs"))
    filed(centre)
    centre.enter("桂花棋社")
    centre.enter("东门舞蹈队", "东门社区")
    centre.on("2027-01-01")
    open_due_reviews(
        centre.service, as_of=centre.clock.now().date(), run_key="2027-01-01T08:00:00+08:00", caught_up=True
    )
    open_due_reviews(centre.service, as_of=centre.clock.now().date(), run_key="by-hand", caught_up=False)
    manager = centre.browser("manager")
    listed = manager.get("/review-runs")
    assert "2027 年度年检 1 0 1 手工运行 未签收" in text_of(listed)
    assert "停机后补办 2027 年度年检 1 1 0" in text_of(listed)
    _, late = reviews_of(listed)
    receipt = text_of(manager.get(late))
    assert "本次是停机后的补办：应于 2027年1月1日 09:00 发起" in receipt
    assert "1 应发起 1 本次发起 0 此前已发起 2 未发起" in receipt
    assert "未备案，不作年检 2" in receipt
    assert "Not opened" in text_of(in_english(centre.browser("admin")).get(late))


def test_a_receipt_is_signed_off_once_by_who_may(centre: WebCentre) -> None:
    open_due_reviews(centre.service, as_of=centre.clock.now().date(), run_key="test", caught_up=False)
    manager, officer, director = (centre.browser(each) for each in ("manager", "officer", "director"))
    (link,) = reviews_of(manager.get("/review-runs"))
    assert "由经办人或中心主任核对签收" in text_of(manager.get(link))
    assert manager.post(f"{link}/sign-off").status_code == 403
    assert officer.client.post(f"{link}/sign-off", data={"csrf": "forged"}).status_code == 403
    assert "尚未签收" in text_of(manager.get(link))
    assert officer.post(f"{link}/sign-off", hidden(officer.get(link), f"{link}/sign-off")).status_code == 303
    assert "测试officer已于 2026年9月18日 09:00 核对签收" in text_of(officer.get(link))
    before = counted(centre, Event)
    assert director.post(f"{link}/sign-off").status_code == 303
    assert "测试officer已于 2026年9月18日 09:00 签收，无需再签" in text_of(director.get(link))
    assert counted(centre, Event) == before


def test_who_sees_a_community_alone_is_told_that_a_receipt_is_of_the_street(centre: WebCentre) -> None:
    open_due_reviews(centre.service, as_of=centre.clock.now().date(), run_key="test", caught_up=False)
    (link,) = reviews_of(centre.browser("manager").get("/review-runs"))
    worker = centre.browser("worker")
    assert "年检回执" not in worker.get("/status").text
    for address in ("/review-runs", link):
        answer = worker.get(address)
        assert answer.status_code == 403
        assert "年检回执涉及全街道" in text_of(answer)
    assert worker.post(f"{link}/sign-off").status_code == 404
    assert centre.browser("officer").get("/review-runs/0123456789abcdef0123456789abcdef").status_code == 404


def reviews_of(answer: Any) -> list[str]:
    """Where the receipts of the yearly review lead."""
    return links_of(answer, "//main//table//tr[contains(., '年检')]")
