"""Policy versions on their pages: written, checked, rehearsed, proposed, decided by another person, cases moved to them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import html
from sqlalchemy import Connection

from api.i18n import speaking
from api.pages import rehearsal_view
from api.pages.rendering import environment
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.models.automation import Outbox
from incubator.models.cases import Case, Deadline, WorkItem
from incubator.models.events import Event, PolicyInForce, PolicyProposal, PolicyVersion
from incubator.policies import packs
from incubator.policies.written import as_written
from incubator.rehearsal import CaseLine, Group, Kind, Rehearsal
from incubator.text import Text
from tests.api.centre import Browser, WebCentre
from tests.api.desk import document_of, follow, open_case_for
from tests.api.reading import counted, in_english, links_of, text_of
from tests.api.street_pack import FAULTY, SOUND

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVERYTHING = (Case, Deadline, WorkItem, Event, Outbox, PolicyVersion, PolicyInForce, PolicyProposal)


def check(browser: Browser, text: str, name: str = "street.yaml") -> Any:
    """The text sent for checking as the page's form sends it, its lines ended as a browser ends them."""
    return browser.post("/policies/new/check", {"file_name": name, "text": text.replace("\n", "\r\n")}, files=NO_FILE)


NO_FILE = {"file": ("", b"", "application/octet-stream")}  # the form is sent in parts, whether a file is chosen or not


def carried(answer: Any, address: str) -> dict[str, str]:
    """What the page's form to this address takes along, hidden text included."""
    (form,) = document_of(answer).xpath(f"//form[@action='{address}']")
    fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    texts = {field.get("name"): (field.text or "").removeprefix("\n") for field in form.xpath(".//textarea")}
    return {name: value or "" for name, value in {**fields, **texts}.items() if name}


def rehearsed(browser: Browser, text: str, since: str) -> Any:
    """The page of a rehearsal from a day on."""
    sent = {**carried(check(browser, text), "/policies/new/rehearse"), "effective_from": since}
    return browser.post("/policies/new/rehearse", sent)


def proposed(browser: Browser, text: str, since: str) -> Any:
    """The answer to a proposal that went all the way through the pages."""
    sent = carried(rehearsed(browser, text, since), "/policies/new/propose")
    return browser.post("/policies/new/propose", {**sent, "reason": "区里要求统一备案条件"})


def test_a_version_is_mended_rehearsed_proposed_activated_and_cases_are_moved_to_it(centre: WebCentre) -> None:
    old_case = open_case_for(centre)
    director, other = centre.browser("director"), centre.browser("director2")
    before = counted(centre, *EVERYTHING)

    faulty = check(director, FAULTY)
    assert faulty.status_code == 422
    assert "第 14 行" in text_of(faulty)
    (fault,) = document_of(faulty).xpath("//*[@class='faults']/li")
    assert fault.xpath(".//a/@href") == ["#line-14"]
    assert fault.xpath("string(.//code)").startswith("due: {value:")
    (line,) = document_of(faulty).xpath("//*[@id='line-14']")
    assert line.text == "14"
    assert carried(faulty, "/policies/new/check")["text"] == FAULTY  # nothing of what was written is lost

    review = check(director, SOUND)
    assert review.status_code == 200
    assert "2 项规定不同" in text_of(review)
    assert "10 人" in text_of(review)
    assert "30 人" in text_of(review)

    rehearsal = director.post(
        "/policies/new/rehearse", {**carried(review, "/policies/new/rehearse"), "effective_from": "2026-09-21"}
    )
    assert rehearsal.status_code == 200, text_of(rehearsal)
    assert "这是预演，没有写入任何内容" in text_of(rehearsal)
    assert counted(centre, *EVERYTHING) == before
    sent = carried(rehearsal, "/policies/new/propose")
    assert sent["text"] == SOUND

    unreasoned = director.post("/policies/new/propose", {**sent, "reason": " "})
    assert unreasoned.status_code == 422
    made = director.post("/policies/new/propose", {**sent, "reason": "区里要求统一备案条件"})
    again = director.post("/policies/new/propose", {**sent, "reason": "区里要求统一备案条件"})
    assert made.status_code == 303, text_of(made)
    proposal = made.headers["location"]
    assert again.headers["location"] == proposal  # the same form sent twice proposes once

    own = director.get(proposal)
    assert "您是这一版本的提议人，不能由您本人审核" in text_of(own)
    assert centre.people["director2"].name in text_of(own)
    assert not document_of(own).xpath("//*[@id='activate-form']")
    refused = director.post(f"{proposal}/activate")
    assert refused.status_code == 403
    assert "不能由您本人审核" in text_of(refused)

    page = other.get(proposal)
    key = carried(page, f"{proposal}/activate")["idempotency_key"]
    assert other.post(f"{proposal}/activate", {"idempotency_key": key, "comment": "同意"}).status_code == 303
    assert "还有 3 天" in text_of(other.get("/policies"))
    assert other.post(f"{proposal}/activate").status_code == 409

    centre.on("2026-09-21")
    director, other = centre.browser("director"), centre.browser("director2")
    new_case = open_case_for(centre, organization=centre.enter("朝阳舞蹈队"))
    version = centre.case_row(new_case).policy_hash
    assert Policy(packs.versions_of_text("street.yaml", SOUND)[0][1]).hash == version
    assert centre.case_row(old_case).policy_hash != version
    assert "示例街道（street_rules）" in text_of(director.get(f"/cases/{new_case}"))
    assert "全国基准（national）" in text_of(director.get(f"/cases/{old_case}"))

    choosing = director.get(f"/policies/{version}/migrate")
    assert document_of(choosing).xpath("//input[@name='case']/@value") == [old_case]
    assert director.post(f"/policies/{version}/migrate/rehearse", {"reason": "统一"}).status_code == 422
    tried = director.post(f"/policies/{version}/migrate/rehearse", {"case": [old_case, "abc"], "reason": "统一"})
    assert "1 件可以迁移，1 件不能迁移" in text_of(tried)
    assert centre.case_row(old_case).policy_hash != version
    moving = carried(tried, f"/policies/{version}/migrate")
    assert moving["case"] == old_case
    moved = director.post(f"/policies/{version}/migrate", moving)
    assert "已迁移 1 件" in text_of(moved)
    assert centre.case_row(old_case).policy_hash == version
    assert "已迁移 1 件" in text_of(director.post(f"/policies/{version}/migrate", moving))  # reloaded
    timeline = text_of(director.get(f"/cases/{old_case}"))
    assert "改用另一版本政策" in timeline
    assert "统一" in timeline
    assert "case." not in timeline
    told = text_of(director.get("/policies"))
    assert "1 件在办案件迁移至该版本" in told
    assert "提议启用" in told


def test_a_draft_may_be_revoked_withdrawn_or_rejected_each_with_its_words(centre: WebCentre) -> None:
    director, admin = centre.browser("director"), centre.browser("admin")
    proposal = proposed(director, SOUND, "2026-10-08").headers["location"]
    assert director.post(f"{proposal}/withdraw", {"comment": "另行修改"}).status_code == 303
    assert "已撤回" in text_of(director.get(proposal))
    proposal = proposed(director, SOUND, "2026-10-08").headers["location"]
    unreasoned = admin.post(f"{proposal}/reject", {"comment": ""})
    assert unreasoned.status_code == 422
    assert "请填写理由" in text_of(unreasoned)
    assert admin.post(f"{proposal}/reject", {"comment": "须先征求意见"}).status_code == 303
    assert "须先征求意见" in text_of(director.get("/policies"))
    proposal = proposed(director, SOUND, "2026-10-08").headers["location"]
    taken = rehearsed(director, SOUND, "2026-10-08")
    assert (taken.status_code, "2026-10-08" in text_of(taken)) == (409, True)  # one version a day
    assert admin.post(f"{proposal}/activate").status_code == 303
    assert "查看或撤销启用" in text_of(director.get("/policies"))
    assert director.post(f"{proposal}/revoke", {"comment": "推迟施行"}).status_code == 303
    assert "没有已启用而尚未生效的版本" in text_of(director.get("/policies"))
    assert director.post(f"{proposal}/vanish").status_code == 404


@ONE_DATABASE
def test_everybody_of_the_street_reads_and_is_told_who_decides(centre: WebCentre) -> None:
    open_case_for(centre)
    proposal = proposed(centre.browser("director"), SOUND, "2026-10-08").headers["location"]
    worker = centre.browser("worker")
    listed = worker.get("/policies")
    assert "提议、启用新版本和迁移案件：此操作须由本辖区的中心主任、系统管理员办理" in text_of(listed)
    assert "/policies/new" not in listed.text
    shown = worker.get(proposal)
    assert "预演结果" in text_of(shown)
    assert "/cases/" not in shown.text.replace("/cases/new", "")  # of other communities, say
    assert links_of(listed, "//*[@id='waiting']") == [proposal]
    version = next(link for link in links_of(listed, "//*[@id='current']") if link.endswith("#cases")).split("#")[0]
    assert worker.get(version).status_code == 200
    assert worker.get(f"{version}/differences").status_code == 200
    for address in ("/policies/new", f"{version}/migrate", f"{proposal}/cases?group=x"):
        answer = worker.get(address)
        assert answer.status_code == 403, address
        assert "中心主任、系统管理员" in answer.text
    for address in ("/policies/new/check", f"{version}/migrate", f"{proposal}/activate", f"{proposal}/rehearse"):
        assert worker.post(address).status_code == 403, address


@ONE_DATABASE
def test_what_the_author_of_a_pack_wrote_is_shown_as_text(centre: WebCentre) -> None:
    evil = "<script>alert(1)</script>"
    text = (
        SOUND.replace("示例街道,", f"'{evil}',")
        .replace("示例街道备案管理办法", f"'{evil}'")
        .replace("社区忙", f"'{evil}'")
    )
    director = centre.browser("director")
    shown = [check(director, text.replace("30", "x"), f"{evil}.yaml"), rehearsed(director, text, "2026-10-08")]
    proposal = proposed(director, text, "2026-10-08").headers["location"]
    (version,) = set(links_of(director.get(proposal), "//*[@id='proposal']")[:1])
    shown += [director.get(each) for each in (proposal, version, f"{version}/differences", "/policies")]
    for page in shown:
        assert page.status_code in (200, 422)
        assert "&lt;script&gt;alert(1)" in page.text
        assert evil not in page.text
    file = director.get(f"{version}/file")
    assert file.text == text
    assert file.headers["content-type"].startswith("application/yaml")
    assert file.headers["content-disposition"].startswith("attachment")


@ONE_DATABASE
def test_a_file_is_taken_within_limits_and_said_no_to_in_words(centre: WebCentre) -> None:
    director = centre.browser("director")

    def upload(content: bytes) -> Any:
        return director.post("/policies/new/check", files={"file": ("p.yaml", content, "application/yaml")})

    assert upload(SOUND.encode()).status_code == 200
    assert "不是 UTF-8 编码" in text_of(upload("名称".encode("gbk")))
    assert "文件超过 1 MB" in text_of(upload(b"#" * 1_000_001))
    assert "请填写政策包内容" in text_of(check(director, " \n"))
    long = (
        SOUND + "# 说明\n" * 108_000
    )  # within the limit, and above a form's usual one once its lines end as browsers end them
    assert check(director, long).status_code == 200
    larger = check(director, SOUND + "# 说明\n" * 112_000)
    assert (larger.status_code, "文件超过 1 MB" in text_of(larger)) == (422, True)
    past = rehearsed(director, SOUND, "2026-09-17")
    assert (past.status_code, "已过" in text_of(past)) == (422, True)
    none = rehearsed(director, SOUND, "soon")
    assert (none.status_code, "日期格式不正确" in text_of(none)) == (422, True)
    assert director.get(f"/policies/new/rehearsals/{'0' * 64}?group=x").status_code == 404
    assert director.get(f"/policies/{'0' * 64}").status_code == 404


@ONE_DATABASE
def test_a_rehearsal_that_is_not_kept_any_more_is_made_anew(centre: WebCentre) -> None:
    director = centre.browser("director")
    sent = carried(rehearsed(director, SOUND, "2026-10-08"), "/policies/new/propose")
    forged = {**sent, "rehearsal": "0" * 64, "reason": "统一备案条件"}
    made = director.post("/policies/new/propose", forged)
    assert made.status_code == 303
    again = director.post(f"{made.headers['location']}/rehearse")
    assert "提议所附的预演不变" in text_of(again)
    changed = {**sent, "text": SOUND.replace("30", "40"), "effective_from": "2026-10-09", "reason": "改为四十人"}
    other = director.post("/policies/new/propose", {**changed, "idempotency_key": "another"})
    assert other.status_code == 303  # what it proposes was rehearsed, and not what was seen before
    assert "40 人" in text_of(director.get(other.headers["location"]))


@ONE_DATABASE
def test_versions_dated_in_one_file_are_proposed_together(centre: WebCentre) -> None:
    dated = SOUND.replace(
        'members: {value: 30, cite: {source: rules, article: "5"}}',
        "members:\n"
        '        - {value: 15, cite: {source: rules, article: "5"}, effective_from: 2026-01-01}\n'
        '        - {value: 20, cite: {source: rules, article: "5"}, effective_from: 2027-01-01}',
    )
    director = centre.browser("director")
    review = check(director, dated)
    assert "自2027年1月1日起的区别" in text_of(review)
    assert "由 15 人改为 20 人" not in text_of(review)  # the two columns say it
    answer = follow(director, proposed(director, dated, "2026-10-08"))
    waiting = document_of(answer).get_element_by_id("waiting").text_content()
    assert waiting.index("2026年10月8日") < waiting.index("2027年1月1日")


@ONE_DATABASE
def test_a_version_is_told_in_words_and_written_out_again(centre: WebCentre) -> None:
    director = centre.browser("director")
    (version,) = {link.split("#")[0] for link in links_of(director.get("/policies"), "//*[@id='current']//dd[1]")[:1]}
    shown = director.get(version)
    assert "条件 · 成员人数下限 10 人 本街道惯例 成员一般不少于十人" in text_of(shown)
    sources = links_of(shown, "//*[@id='sources']")
    narrowed = director.get(sources[0])
    assert "只列出依据" in text_of(narrowed)
    assert len(narrowed.text) < len(shown.text)
    english = text_of(in_english(centre.browser("officer")).get(version))
    assert "National baseline (national)" in english
    assert "Conditions · members at least 10" in english
    for content in (packs.shipped(), packs.shipped("sichuan_2023")):
        (read_again,) = packs.versions_of_text("p.yaml", as_written(content))
        assert Policy(read_again[1]).hash == Policy(content).hash
    assert "extends: national" in director.get("/policies/shipped/sichuan_2023").text
    assert director.get("/policies/shipped/nowhere").status_code == 404
    started = director.get("/policies/new", pack="sichuan_2023")
    assert "extends: national" in document_of(started).get_element_by_id("draft-text").text


def of_many(count: int) -> Rehearsal:
    """A rehearsal in which so many limits move, each by another number of days."""
    cases = tuple(
        CaseLine(f"{place:04x}", f"BA-{place:04}", "合唱团", Text("一", "1"), Text("二", "2"), place - 5)
        for place in range(count)
    )
    group = Group(
        Kind.DUE, "filing", Text("备案", "Filing"), "acceptance", Text("受理", "Acceptance"), "x", "filing.acceptance.due",
        Text("办理时限", "time limit"), None, (), "days", 2, cases,
    )  # fmt: skip
    moment = datetime(2026, 9, 18, tzinfo=UTC)
    return Rehearsal(moment, date(2026, 9, 18), "s", "街道", "h", "n", (), (), (group,), ())


def test_a_long_group_is_folded_and_paged_the_heaviest_first() -> None:
    told = rehearsal_view.told(of_many(450), lambda group: f"/all?{group.key}")
    template = environment().from_string("{% import 'components/policies.html' as parts %}{{ parts.rehearsal(told) }}")
    with speaking("zh"):
        page = html.fromstring(template.render(told=told))
    assert len(page.xpath("//tbody/tr")) == rehearsal_view.FOLDED_AT
    assert page.xpath("//tbody/tr[1]/th/a")[0].text == "BA-0449"
    assert page.xpath("//a[starts-with(@href, '/all')]")[0].text == "查看全部 450 件"
    assert "提前 5 天至推迟 444 天，中位数推迟 219 天" in page.text_content()
    assert "2 件将立即逾期" in page.text_content()
    pages = [rehearsal_view.group_page(of_many(450).groups[0], number) for number in (1, 2, 3, 9)]
    assert [len(each["rows"]) for each in pages] == [200, 200, 50, 50]
    assert [(each["first"], each["last"]) for each in pages[:3]] == [(1, 200), (201, 400), (401, 450)]


@ONE_DATABASE
def test_a_version_that_has_run_out_goes_on_and_the_page_says_that_it_should_not(centre: WebCentre) -> None:
    content = packs.shipped() | {"name": "for_a_year", "effective_until": "2026-09-17"}

    def put(connection: Connection) -> None:
        policy = library.store_policy(connection, content, centre.clock.now())
        library.put_policy_in_force(connection, centre.street.street_id, policy, date(2025, 9, 18), centre.clock.now())

    words = "现行版本规定的有效期已于2026年9月17日届满"
    reader = centre.browser("director")
    assert words not in text_of(reader.get("/policies"))
    centre.database.write(put)
    assert words in text_of(reader.get("/policies"))
