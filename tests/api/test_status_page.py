"""The board: what it counts, and for whom."""

from __future__ import annotations

import pytest
from lxml import html

from tests.api.centre import WebCentre
from tests.api.desk import do, hand_in, open_case_for
from tests.api.reading import in_english, rows_of, text_of
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS


@pytest.fixture
def busy(centre: WebCentre) -> WebCentre:
    """Three cases in two communities, two of them overdue, and one that ended."""
    officer = centre.browser("officer")
    for name, place in (("桂花舞蹈队", "桂花社区"), ("东门舞蹈队", "东门社区")):
        case = open_case_for(centre, organization=centre.enter(name, place), by="officer")
        hand_in(officer, case, *APPLICATION_PAPERS)
        do(centre, case, "submit", "officer", {**APPLICATION, "name": f"{place}舞蹈队"})
    centre.automate()
    withdrawn = open_case_for(centre, organization=centre.enter("桂花棋社"), by="officer")
    form = {"reason": "不再申请", "asked_by": "王桂兰", "effective_on": "2026-09-18", "expected_version": "1"}
    assert officer.post(f"/cases/{withdrawn}/actions/withdraw", form).status_code == 303
    centre.on("2027-03-01")
    open_case_for(centre, organization=centre.enter("桂花合唱队"), by="officer")
    return centre


@pytest.mark.parametrize(("username", "in_hand", "overdue"), [("manager", 3, 2), ("worker", 2, 1)])
def test_every_figure_is_the_length_of_the_list_it_leads_to(
    busy: WebCentre, username: str, in_hand: int, overdue: int
) -> None:
    browser = busy.browser(username)
    board = html.document_fromstring(browser.get("/status").text)
    figures = board.xpath("//ul[@class='figures']//a")
    assert [int(each.xpath("./span[1]")[0].text_content()) for each in figures[:2]] == [in_hand, overdue]
    links = [
        (each.get("href"), each.xpath("./span[1]")[0]) for each in figures + board.xpath("//ol[@class='lanes']//a")
    ]
    links += [(each.get("href"), each) for each in board.xpath("//table[@id='community-table']//td/a")]
    links += [(each.get("href"), each) for each in board.xpath("//section[@id='results']//td/a")]
    lanes = board.xpath("//ol[@class='lanes']//span[@class='lane-number']")
    assert sum(int(each.text_content()) for each in lanes) == in_hand
    assert all(int(each.text_content()) for each in lanes)
    assert len(links) > len(figures) + len(lanes)
    for address, number in links:
        assert rows_of(browser.get(address)) == int(number.text_content()), address
    late = board.xpath("//ol[@class='lanes']//span[contains(@class, 'tag-bad')]")
    assert sum(int(each.text_content().split()[-1]) for each in late) == overdue
    communities = [each.text_content() for each in board.xpath("//table[@id='community-table']//th/a")]
    assert communities == (["桂花社区"] if username == "worker" else ["桂花社区", "东门社区"])


def test_an_empty_board_says_what_to_do_and_an_expert_sees_none(centre: WebCentre) -> None:
    assert "目前没有在办案件" in text_of(centre.browser("manager").get("/status"))
    assert "No case is in hand" in text_of(in_english(centre.browser("admin")).get("/status"))
    assert centre.browser("expert").get("/status").status_code == 403
    assert centre.stranger().get("/status").headers["location"] == "/signin?next=%2Fstatus"
