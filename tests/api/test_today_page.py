"""The day's page: every number leads to its lines and equals them; lists are saved on the worklist and found here."""

from __future__ import annotations

from tests.api.centre import WebCentre
from tests.api.desk import document_of, follow, words_of
from tests.api.test_worklist_page import awaiting_opinion, names_of
from tests.queries.town import selects


def test_every_number_of_a_day_leads_to_its_lines_in_at_most_seven_statements(centre: WebCentre) -> None:
    centre.on("2026-09-18")
    empty = centre.browser("worker").get("/today")
    assert "今天没有急办事项" in words_of(empty)
    assert [each.text for each in document_of(empty).xpath("//span[@class='figure-number']")] == ["0"] * 5
    awaiting_opinion(centre, "桂花社区太极拳队")
    centre.on("2026-09-21")
    for number in range(7):
        awaiting_opinion(centre, f"桂花社区第{number}书画社")
    centre.on("2026-09-25")
    worker, officer = centre.browser("worker"), centre.browser("officer")
    saved = worker.post("/worklist/saved", {"name": "书画 & 舞蹈", "query": "view=all&q=书画"})
    assert "已存入常用清单" in words_of(follow(worker, saved))
    worker.get("/today")
    with selects(centre.database) as sent:
        page = worker.get("/today")
    assert len(sent) - 1 <= 7  # beside the question whose session it is
    figures = document_of(page).xpath("//li[starts-with(@class, 'figure')]/a")
    numbers = [int(figure.xpath("./span")[0].text) for figure in figures]
    assert numbers == [len(names_of(worker.get(figure.get("href")))) for figure in figures]
    assert sum(numbers) > 0
    (kept,) = document_of(page).xpath("//ul[@class='saved-lists']/li")
    assert "清单现有 7 项" in kept.text_content()
    assert len(names_of(worker.get(kept.xpath(".//a/@href")[0]))) == 7
    # What others moved is told with who and what, and waits for others where one acted oneself.
    told = words_of(officer.get("/today"))
    assert "等待他人办理" in told
    # Lists are a person's own, and thrown away again.
    assert not document_of(officer.get("/today")).xpath("//ul[@class='saved-lists']")
    (rename,) = kept.xpath(".//form/@action")
    assert "没有这个常用清单" in words_of(follow(officer, officer.post(rename, {"name": "我的"})))
    assert "清单名称已修改" in words_of(follow(worker, worker.post(rename, {"name": "书画"})))
    (delete,) = kept.xpath(".//button/@formaction")
    assert "常用清单已删除" in words_of(follow(worker, worker.post(delete)))
    refused = worker.post("/worklist/saved", {"name": "", "query": "view=all"})
    assert "请填写清单名称" in words_of(follow(worker, refused))
    worker.post("/language", {"language": "en"})
    assert "Saved lists" in words_of(worker.get("/today"))


def test_a_program_saves_reads_and_deletes_its_persons_lists(centre: WebCentre) -> None:
    officer, other = centre.program("officer"), centre.program("officer2")
    made = officer.post("worklist/saved", json={"name": "逾期", "query": "view=all&overdue=true"})
    assert made.status_code == 201
    assert officer.get("worklist/saved").json()["items"] == [made.json()]
    assert (made.json()["query"], made.json()["number"]) == ("view=all&overdue=true", 0)
    assert other.get("worklist/saved").json()["items"] == []
    taken = officer.post("worklist/saved", json={"name": "逾期", "query": "view=all"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    elsewhere = officer.post("worklist/saved", json={"name": "外部", "query": "next=https://example.org"})
    assert elsewhere.status_code == 422
    address = f"worklist/saved/{made.json()['id']}"
    assert [client.delete(address).status_code for client in (other, officer, officer)] == [404, 204, 404]
