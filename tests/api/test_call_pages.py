"""The pages of calls: drafting with tables, correcting what does not fit, publishing, and figures that lead to cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.models.base import table
from incubator.models.funding import Call
from incubator.policies.packs import shipped
from incubator.policies.values import Cap
from tests.api.centre import WebCentre
from tests.api.desk import document_of, follow, sent_by, words_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TYPED: dict[str, Any] = {
    "title": "2026年公益创投第一批",
    "document_number": "草街办〔2026〕10号",
    "fund_source": "lottery",
    "budget_fen": "100,000",
    "opens_on": "2026-09-18",
    "closes_on": "2026-12-18",
}
TERMS: dict[str, Any] = {
    "fields": ["elder_care", "orphans"],
    "cap_share": "12.5",
    "tranches.0.gate": "signed",
    "tranches.0.share": "60",
    "tranches.1.gate": "final",
    "tranches.1.share": "40",
    "actual_cost": "yes",
    "final_days": "20",
    "size": "3",
    "quorum": "2",
    "criteria.0.title": "需求与受益",
    "criteria.0.most": "50",
    "criteria.1.title": "创新",
    "criteria.1.most": "50",
    "drop_extremes": "no",
}


def row(centre: WebCentre) -> Any:
    with centre.database.read() as connection:
        return connection.execute(select(table(Call))).one()


def test_a_draft_is_typed_with_its_tables_and_shown_again_as_typed(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    answer = officer.post("/calls", {**sent_by(officer.get("/calls/new"), "call-form"), **TYPED, **TERMS})
    page = follow(officer, answer)
    call = row(centre)
    assert (call.budget_fen, call.status) == (10_000_000, "draft")
    assert call.terms["funding.cap"] == {"share": 1_250}
    assert call.terms["funding.tranches"] == [{"gate": "signed", "share": 6_000}, {"gate": "final", "share": 4_000}]
    assert call.terms["project.final.report_due"] == 20
    assert [each["code"] for each in call.terms["funding.review.sheet"]["criteria"]] == ["need", "c2"]
    told = words_of(page)
    assert "发布须由未起草、未修改过本批次的中心主任办理" in told
    assert "12,500.00 元" in told  # what it would be published with
    edited = officer.get(f"/calls/{call.public_id}/edit")
    again = sent_by(edited, "call-form")
    assert again["tranches.1.share"] == ["40"]
    assert again["cap_share"] == ["12.5"]
    assert follow(officer, officer.post(f"/calls/{call.public_id}/edit", {**again, "title": "改名"})).status_code == 200
    changed = row(centre)
    assert (changed.title, changed.terms) == ("改名", call.terms)


def test_what_does_not_fit_is_told_at_its_field_and_nothing_typed_is_lost(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    wrong = {**TYPED, **TERMS, "budget_fen": "很多", "tranches.1.share": "30", "quorum": "5"}
    answer = officer.post("/calls", wrong)
    assert answer.status_code == 422
    assert "请填写金额" in words_of(answer)
    answer = officer.post("/calls", {**wrong, "budget_fen": "100000"})
    told = words_of(answer)
    assert answer.status_code == 422
    for words in ("各期拨付比例合计须为 100%",):
        assert words in told
    answer = officer.post("/calls", {**wrong, "budget_fen": "100000", "tranches.1.share": "40"})
    assert "评审意见最低份数不能多于评审专家人数" in words_of(answer)
    assert sent_by(answer, "call-form")["criteria.1.title"] == ["创新"]
    more = officer.post("/calls", {**TYPED, **TERMS, "more_rows": "tranches"})
    assert (more.status_code, "tranches.4.share" in sent_by(more, "call-form")) == (200, True)


def test_a_director_publishes_and_the_figures_lead_to_the_applications(centre: WebCentre) -> None:
    officer, director = centre.browser("officer"), centre.browser("director")
    officer.post("/calls", {**TYPED, **TERMS})
    address = f"/calls/{row(centre).public_id}"
    page = director.get(address)
    published = follow(director, director.client.post(f"{address}/publish", data=sent_by(page, "publish-form")))
    told = words_of(published)
    for words in ("正在受理", "12,500.00 元", "签订协议 60%；通过结项验收 40%", "3 人，至少 2 份评审意见"):
        assert words in told
    # A budget as people say it stands with its exact sum.
    (budget, *_) = document_of(published).xpath("//ul[@class='figures']/li")
    assert [each.text_content() for each in budget.iter("span")] == ["10万", "总预算（元）", "100,000.00"]
    hrefs = [link.get("href") for link in document_of(published).xpath("//ul[@class='figures']//a")]
    assert hrefs == [f"{address}?show={name}" for name in ("running", "asked", "awarded")]
    assert officer.get(f"{address}?show=asked").status_code == 200
    stale = director.post(f"{address}/publish", {"expected_version": "1"})
    assert (stale.status_code, "该批次已被修改" in words_of(stale)) == (409, True)
    listed = centre.browser("worker").get("/calls")
    assert "2026年公益创投第一批" in words_of(listed)
    assert "起草批次" not in words_of(listed)
    assert follow(officer, officer.get(f"{address}/edit")).url.path == address
    officer.post("/language", {"language": "en"})
    in_english = words_of(officer.get(address))
    for words in ("agreement signed 60 %; final accepted 40 %", "Scoring sheet", "PC-2026-0001"):
        assert words in in_english


def test_a_directors_page_says_why_a_draft_cannot_be_published_yet(centre: WebCentre) -> None:
    officer, director = centre.browser("officer"), centre.browser("director")
    officer.post("/calls", {**TYPED, "document_number": ""})
    address = f"/calls/{row(centre).public_id}"
    page = director.get(address)
    assert "请经办人填写公告文号后发布" in words_of(page)
    assert "publish-form" not in page.text
    refused = director.post(f"{address}/publish", {"expected_version": "1"})
    assert (refused.status_code, "发布前须填写公告文号" in words_of(refused)) == (422, True)


@pytest.mark.parametrize(
    ("tiers", "told", "hint"),
    [
        ({"by": "score", "steps": [{"least": 0, "share": 1_000}, {"least": 70, "fen": 2_000_000}]},
         "按评审得分：不满 70 分的，10,000.00 元；70 分以上的，20,000.00 元",
         "不填则按现行政策：按评审得分：不满 70 分的，批次预算的 10%；70 分以上的，20,000.00 元"),
        ({"by": "budget", "steps": [{"least": 0, "share": 1_000}, {"least": 10_000_000, "fen": 2_000_000}]},
         "20,000.00 元", "不填则按现行政策：按批次预算：不满 100,000 元的，批次预算的 10%；100,000 元以上的，20,000.00 元"),
    ],
    ids=["by score", "by budget"],
)  # fmt: skip
def test_a_cap_by_tiers_is_told_as_it_stands_for_the_call(centre: WebCentre, tiers: Any, told: str, hint: str) -> None:
    content = shipped()
    content["values"]["funding"]["cap"]["value"] = TypeAdapter(Cap).validate_python({"tiers": tiers}).model_dump()
    tiered = Policy(content)
    since = date(2026, 9, 18)

    def put(connection: Connection) -> None:
        library.store_policy(connection, content, centre.clock.now())
        library.put_policy_in_force(connection, centre.street.street_id, tiered, since, centre.clock.now())

    centre.database.write(put)
    officer = centre.browser("officer")
    assert hint in words_of(officer.get("/calls/new"))
    officer.post("/calls", TYPED)
    assert told in words_of(officer.get(f"/calls/{row(centre).public_id}"))


def test_a_call_is_cancelled_with_its_reason(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    officer.post("/calls", TYPED)
    address = f"/calls/{row(centre).public_id}"
    refused = officer.post(f"{address}/cancel", {"reason": " "})
    assert (refused.status_code, "请说明取消的理由" in words_of(refused)) == (422, True)
    assert "已取消" in words_of(follow(officer, officer.post(f"{address}/cancel", {"reason": "重复起草"})))
    assert centre.browser("worker").get("/calls/new").status_code == 403
