"""The path past the filing: hubs and who needs none, calls and bars, several projects at once, the review and the rating."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from incubator.models.activities import RestrictionKind
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.queries.organizations import find_organization
from incubator.queries.path import Stage, path
from incubator.services.opening_stock.layout import Kind
from incubator.services.restrictions import restrict
from tests.procedures.funding.grants import published
from tests.procedures.world import SERVED, Centre, over
from tests.procedures.yearly_review.test_yearly_review import REPORT, served
from tests.queries.test_path import codes, stages, stand, states
from tests.queries.town import selects
from tests.services.opening_stock import test_importing as papers
from tests.services.opening_stock import test_projects as projects
from tests.services.opening_stock.books import brought_in, fates

ENDS = date(2027, 2, 28)


@pytest.fixture
def old(centre: Centre) -> Centre:
    """常青合唱团 as the opening stock brings it: filed in 2024, carried by a registered hub, banned by nothing."""
    stock = {kind: rows for kind, rows in papers.STOCK.items() if kind is not Kind.RESTRICTION}
    assert set(fates(brought_in(centre, stock))) == {"entered"}
    return centre


def of(centre: Centre, name: str) -> Centre:
    """The centre, busy with the organization of that name."""
    organizations = table(Organization)
    with centre.database.read() as connection:
        key = connection.scalars(select(organizations.c.id).where(organizations.c.name == name)).one()
    return replace(centre, organization_id=key)


def one_case(centre: Centre, procedure: str) -> str:
    cases = table(Case)
    with centre.database.read() as connection:
        return str(
            connection.scalars(
                select(cases.c.public_id).where(
                    cases.c.organization_id == centre.organization_id, cases.c.procedure == procedure
                )
            ).one()
        )


def test_a_filing_of_the_opening_stock_cites_its_paper_and_is_renewed_in_time(old: Centre) -> None:
    filing = stages(old)["filing"]
    assert (filing.state, filing.case_id, filing.valid_from) == ("done", "", date(2024, 10, 8))
    assert filing.words.zh == (
        "备案证 青羊备字〔2024〕12号，有效期至2026年10月7日；期初录入，依据：备案档案2023年第3盒；"
        "已到延续期，到期由系统自动发起延续备案，也可由社区工作者、经办人发起"
    )


def test_whom_a_hub_carries_is_done_until_the_agreement_ends(old: Centre) -> None:
    carried = stages(old)["affiliation"]
    assert (carried.state, carried.valid_until) == ("done", ENDS)
    assert carried.words.zh == "挂靠于“晚晴服务中心”，协议 挂靠2025-3，有效期至2027年2月28日"
    old.on("2027-01-20")
    assert "已到续签期" in stages(old)["affiliation"].words.zh
    old.on("2027-03-01")
    ended = stages(old)["affiliation"]
    assert (ended.state, ended.valid_until) == ("blocked", None)
    assert ended.words.zh.startswith("挂靠协议已于2027年2月28日到期；备案证已于2026年10月7日到期")
    assert codes(ended) == ["stands_on_the_path_to_affiliation@1"]


def test_a_registered_body_and_a_hub_need_no_hub(old: Centre) -> None:
    hub = stages(of(old, "晚晴服务中心"))
    assert (hub["affiliation"].state, hub["affiliation"].words.zh) == ("not_applicable", "本身是枢纽型组织，无需挂靠")
    assert (hub["filing"].state, hub["evaluation"].state) == ("not_applicable", "done")
    assert hub["evaluation"].words.zh == "3A级，有效期至2030年12月31日"
    assert hub["evaluation"].valid_until == date(2030, 12, 31)
    body = {"community": "桂花社区", "organization": "春风中心", "standing": "已登记", "registration_number": "X2"}
    brought_in(old, {Kind.ORGANIZATION: [body]})
    registered = stages(of(old, "春风中心"))
    assert (registered["affiliation"].state, registered["affiliation"].words.zh) == (
        "not_applicable", "已在登记机关登记，无需挂靠",
    )  # fmt: skip
    assert (registered["evaluation"].state, registered["evaluation"].words.zh) == (
        "next", "可由经办人发起登记机关评估等级",
    )  # fmt: skip


def test_a_filed_group_may_be_affiliated_and_runs_through_it(old: Centre) -> None:
    group = old.with_group("桂花舞蹈队")
    assert stages(group)["affiliation"].state == "blocked"
    group.filed(name="桂花社区桂花舞蹈队")
    assert stages(group)["affiliation"].state == "next"
    case_id = group.open("affiliation")
    running = stages(group)["affiliation"]
    assert (running.state, running.case_id) == ("running", case_id)


def test_a_call_that_is_open_is_named_with_its_last_day(old: Centre) -> None:
    closed = stages(old)["funding"]
    assert (closed.state, closed.words.zh, codes(closed)) == ("blocked", "目前没有正在受理的批次", ["call_is_open@1"])
    number = published(old)
    funding = stages(old)["funding"]
    assert (funding.state, funding.lines) == ("next", ())
    assert funding.words.zh == f"可申请“2026年公益创投第一批”（{number}），2026年12月18日截止"
    old.on("2026-12-19")
    assert stages(old)["funding"].state == "blocked"


def test_every_bar_is_told_before_anybody_applies(old: Centre) -> None:
    published(old)
    ban = {
        "kind": RestrictionKind.PROJECT_BAN,
        "since": date(2026, 1, 1),
        "until": date(2028, 12, 31),
        "reason": "违约",
    }
    actor: Any = old.people["director"]
    old.database.write(
        lambda connection: restrict(
            connection, organization_id=old.organization_id, actor=actor, now=old.clock.now(), **ban
        )
    )  # fmt: skip
    barred = stages(old)["funding"]
    assert (barred.state, codes(barred)) == ("blocked", ["no_project_ban_runs@1"])
    assert "至2028年12月31日禁止申报" in barred.words.zh
    old.on("2026-10-08")
    assert codes(stages(old)["funding"]) == ["filing_has_not_expired@1", "no_project_ban_runs@1"]


def test_applications_and_projects_stand_side_by_side(old: Centre) -> None:
    running = projects.stock(old)
    del running[Kind.ORGANIZATION]
    second = {kind: [{**row, "number": "2026/04"} for row in rows] for kind, rows in running.items()}
    second[Kind.PROJECT][0] |= {"title": "邻里节", "agreement_number": "资2026-4"}
    for stock in (running, second):
        assert set(fates(brought_in(old, stock))) == {"entered"}
    call = published(old)
    two = stages(old)["funding"]
    assert two.state == "running"
    assert two.words.zh == f"在办 2 项；可申请“2026年公益创投第一批”（{call}），2026年12月18日截止"
    case_id = old.open("funding", period=call)
    funding = stages(old)["funding"]
    assert [(line.kind, line.state, line.title.zh) for line in funding.lines] == [
        ("project", "running", "邻里节"), ("project", "running", "老年合唱进社区"),
        ("application", "running", f"2026年公益创投第一批（{call}）申请"),
    ]  # fmt: skip
    project, application = funding.lines[1], funding.lines[2]
    assert (project.amount_fen, project.paid_fen, project.words.zh) == (2999999, 1499999, "项目实施（中期前）")
    assert project.next_on is not None
    assert (application.case_id, application.words.zh, application.amount_fen) == (case_id, "申请", 0)
    assert funding.words.zh == "在办 3 项"


def test_an_application_that_ended_is_told_and_the_next_call_is_open_again(old: Centre) -> None:
    call = published(old)
    case_id = old.open("funding", period=call)
    old.act(case_id, "withdraw", "worker", {"reason": "暂不申请", "asked_by": "王桂兰"})
    ended = stages(old)["funding"]
    assert (ended.state, codes(ended)) == ("blocked", ["applies_once_to_the_call@1"])
    assert [(line.state, line.words.zh) for line in ended.lines] == [("done", "已撤回")]
    published(old, title="2026年公益创投第二批")
    assert stages(old)["funding"].state == "next"


def test_the_evaluation_is_done_while_the_review_is_passed_and_the_stars_hold(old: Centre) -> None:
    stars = {
        **papers.CHOIR,
        "kind": "星级",
        "band": "四星级",
        "announced_on": date(2025, 7, 3),
        "valid_until": date(2028, 7, 2),
    }
    assert fates(brought_in(old, {Kind.RATING: [stars]})) == ["entered"]
    due = stages(old)["evaluation"]
    assert (due.state, due.words.zh, due.valid_until) == (
        "next", "四星级，有效期至2028年7月2日；到期由系统自动发起年检，也可由经办人发起", date(2028, 7, 2),
    )  # fmt: skip
    assert [(line.kind, line.state) for line in due.lines] == [("review", "next"), ("rating", "done")]
    case_id = old.open("yearly_review", "officer", "2026")
    assert stages(old)["evaluation"].state == "running"
    old.act(case_id, "conclude_without_report", "officer", {"no_report_reason": "逾期未报送"})
    old.act(case_id, "confirm", "director")
    old.upload(case_id, "sealed_conclusion")
    old.act(case_id, "serve_failed", "officer", SERVED)
    failed = stages(old)["evaluation"]
    assert (failed.state, codes(failed)) == ("blocked", ["yearly_review_failed"])
    assert failed.words.zh == "四星级，有效期至2028年7月2日；2026 年度年检：年检不合格"


def test_a_passed_review_and_stars_that_hold_are_done_until_the_next_year(old: Centre) -> None:
    case_id = old.open("yearly_review", "officer", "2026")
    old.upload(case_id, "yearly_report")
    old.act(case_id, "submit", "worker", REPORT)
    old.automate()
    assert served(old, case_id, "passed") == "passed"
    due = stages(old)["evaluation"]
    assert (due.state, [line.state for line in due.lines]) == ("next", ["done", "next"]), (
        "filed two years ago, never rated"
    )
    assert due.words.zh.startswith("2026 年度年检：年检合格；到期由系统自动发起星级评估")
    stars = {
        **papers.CHOIR,
        "kind": "星级",
        "band": "五星级",
        "announced_on": date(2025, 7, 3),
        "valid_until": date(2028, 7, 2),
    }
    assert fates(brought_in(old, {Kind.RATING: [stars]})) == ["entered"]
    done = stages(old)["evaluation"]
    assert (done.state, done.case_id, done.blockers) == ("done", case_id, ())
    assert done.words.zh == "2026 年度年检：年检合格；五星级，有效期至2028年7月2日"


def test_an_exited_group_has_nothing_next_but_to_file_anew(old: Centre) -> None:
    stand(old, "exited")
    found = stages(old)
    assert [found[key].state for key in ("filing", "funding", "evaluation")] == ["next", "blocked", "blocked"]


def test_the_statements_do_not_grow_with_the_projects(old: Centre) -> None:
    def asked() -> int:
        actor: Any = old.people["officer"]
        with old.database.read() as connection:
            organization = find_organization(connection, actor, old.organization().public_id)
            with selects(old.database) as sent:
                found: tuple[Stage, ...] = path(connection, actor, organization, old.clock.now())
        assert len(found) == 5
        return len(sent)

    published(old)
    before = asked()
    for place in range(3):
        stock = projects.stock(old)
        del stock[Kind.ORGANIZATION]
        numbered = {kind: [{**row, "number": f"2026/{place}"} for row in rows] for kind, rows in stock.items()}
        assert set(fates(brought_in(old, numbered))) == {"entered"}
    assert asked() == before
    assert states(old)[3] == "running"


def test_the_evaluation_goes_by_what_policy_gives_the_street(old: Centre) -> None:
    def lines(centre: Centre) -> dict[str, str]:
        return {line.title.zh: line.state for line in stages(centre)["evaluation"].lines}

    filed, registered = of(old, "常青合唱团"), of(old, "晚晴服务中心")
    assert lines(filed).keys() == {"年检", "星级"}
    assert lines(registered).keys() == {"登记机关等级"}

    def other(values: dict[str, Any]) -> None:
        over("yearly_review", "filed", "registered")(values)
        over("star_rating")(values)

    with old.meanwhile(other, date(2026, 9, 1)):
        assert lines(registered).keys() == {"年检", "登记机关等级"}
        assert lines(registered)["年检"] == "next"
        assert lines(filed)["星级"] == "not_applicable"
        told = next(line for line in stages(filed)["evaluation"].lines if line.title.zh == "星级")
        assert "已备案的组织的星级评估不由街道决定" in told.words.zh
