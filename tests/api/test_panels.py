"""A panel over HTTP: blind until given, conflict of interest closes the case, and those in charge see what came of it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert

from incubator.engine import library, streams
from incubator.engine.definition import Definition, policy
from incubator.engine.roles import Role
from incubator.models.base import table
from incubator.models.streets import RoleGrant
from incubator.procedures.shared.panels import on_paper as paper_decisions
from tests.api.centre import Browser, WebCentre
from tests.api.desk import act, document_of, follow, hand_in, open_case_for, words_of
from tests.engine.world import SCORING, known, value
from tests.factories import make_user

SHEET = {
    "criteria": [
        {"code": "need", "title": {"zh": "需求", "en": "need"}, "most": 60, "dimension": {"zh": "项目设计", "en": "design"}},
        {"code": "team", "title": {"zh": "团队", "en": "team"}, "most": 40, "dimension": {"zh": "执行能力", "en": "capacity"}},
    ],
    "drop_extremes": True,
    "far_percent": 20,
}  # fmt: skip
# Entering from paper is taken through both databases by the tours of the procedures.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAPER = [{"kind": "score_sheet", "title": {"zh": "签名评分表", "en": "signed sheet"}}]
POINTS = {"1": (58, 34), "2": (50, 38), "3": (50, 35), "4": (40, 20), "5": (57, 40)}  # 92, 88, 85, 60, 97


def with_paper() -> Definition:
    """The small procedure of a panel, whose members may also score on paper."""
    told = SCORING.model_dump(mode="json")
    further = paper_decisions(SCORING.step("panel").by_name["give"].form or {}, policy("panel.paper"))
    told["steps"][0]["decisions"] += [decision.model_dump(mode="json") for decision in further]
    return Definition.model_validate(told)


@pytest.fixture
def panel(centre: WebCentre) -> WebCentre:
    """The centre with the procedure of a panel of five, and six experts beside the one it has."""

    def lay(connection: Connection) -> None:
        in_force = library.policy_in_force(connection, centre.street.street_id, date(2026, 9, 18))
        content = deepcopy(in_force.content)
        values = {"size": 5, "quorum": 5, "sheet": SHEET, "paper": PAPER}
        content["values"]["panel"] = {name: value(plain) for name, plain in values.items()}
        paths = frozenset(f"panel.{name}" for name in values)
        library.load_definitions(connection, [with_paper()], known(policy_paths=paths), centre.clock.now())
        stored = library.store_policy(connection, content, centre.clock.now())
        library.put_policy_in_force(connection, centre.street.street_id, stored, date(2026, 9, 17), centre.clock.now())

    centre.database.write(lay)
    for name in ("1", "2", "3", "4", "5", "6"):
        centre.people[f"expert{name}"] = make_user(
            centre.database, centre.street, Role.EXPERT, centre.clock.now(), username=f"expert{name}"
        )
    return centre


def seated(centre: WebCentre) -> str:
    """A case whose panel of five and alternate were named on the page."""
    case = open_case_for(centre, "scoring", by="officer")
    officer = centre.browser("officer")
    page = officer.get(f"/cases/{case}", action="seat")
    by_name = {
        label.text_content().strip(): label.xpath(".//input/@value")[0]
        for label in document_of(page).get_element_by_id("f-members-choices").xpath("./label")
    }
    chosen = [by_name[f"测试expert{name}"] for name in ("1", "2", "3", "4", "5")]
    told = follow(officer, act(officer, case, "seat", members=chosen, alternates=[by_name["测试expert6"]]))
    assert "members 测试expert1 测试expert2" in words_of(told)  # by name, not by public id
    return case


def gives(browser: Browser, case: str, points: tuple[int, int]) -> Any:
    return act(browser, case, "give", **{"scores.need": str(points[0]), "scores.team": str(points[1])})


def test_scores_stay_blind_until_the_panel_concludes_and_then_tell_spread_and_outliers(panel: WebCentre) -> None:
    case = seated(panel)
    first, second = panel.browser("expert1"), panel.browser("expert2")
    follow(first, act(first, case, "declare"))
    form = document_of(first.get(f"/cases/{case}", action="give"))
    assert [each.text_content() for each in form.xpath("//h4[contains(@class, 'dimension')]")] == [
        "项目设计",
        "执行能力",
    ]
    over = gives(first, case, (61, 34))
    assert over.status_code == 422
    assert "需求：不得大于 60" in words_of(over)
    own = words_of(follow(first, gives(first, case, POINTS["1"])))
    assert "测试expert1的评分" in own
    follow(second, act(second, case, "declare"))
    assert (
        panel.browser("officer").post(f"/cases/{case}/assignment", {"act": "claim"}).status_code == 303
    )  # moves nothing
    # What the first gave is nowhere for the second, nor yet for those in charge.
    for name in ("expert2", "officer", "director"):
        program = panel.program(name)
        shown = program.get(f"cases/{case}").json()
        (round_,) = shown["panels"]
        assert [each["state"] for each in round_["members"]][:3] == ["given", "declared", "seated"]
        assert {each["total"] for each in round_["members"]} == {None}
        events = program.get(f"cases/{case}/events").json()
        assert [each["change"]["data"] for each in events if each["type"] == "case.give"] == [{}]
        page = words_of(panel.browser(name).get(f"/cases/{case}"))
        assert "测试expert1 已评审" in page
        assert "92" not in page
        assert "58" not in page
    mine = panel.program("expert1").get(f"cases/{case}").json()["panels"][0]["members"][0]
    assert (mine["total"], mine["scores"]) == ("92", {"need": 58, "team": 34})
    for name in ("2", "3", "4", "5"):
        browser = panel.browser(f"expert{name}")
        if name != "2":
            follow(browser, act(browser, case, "declare"))
        follow(browser, gives(browser, case, POINTS[name]))
    officer = panel.browser("officer")
    concluded = words_of(follow(officer, act(officer, case, "conclude")))
    assert "88.33 分，评审意见 5 份，去掉最低和最高总分（60、97）" in concluded
    assert "最低 60 分，最高 97 分，相差 37 分" in concluded
    assert "中位数 88 分" in concluded
    assert "测试expert4 已评审 相差较大 不计入平均分 60 -28" in concluded
    assert "测试expert5 已评审 不计入平均分 97 +9" in concluded
    round_ = panel.program("director").get(f"cases/{case}").json()["panels"][0]
    assert (round_["lowest"], round_["highest"], round_["concluded"]) == ("60", "97", True)
    assert [each["outlier"] for each in round_["members"]][:5] == [False, False, False, True, False]
    # A member sees the own points for good, and nobody else's.
    after = panel.program("expert2").get(f"cases/{case}").json()["panels"][0]
    assert [each["total"] for each in after["members"]][:3] == [None, "88", None]
    given = [
        each for each in panel.program("expert2").get(f"cases/{case}/events").json() if each["type"] == "case.give"
    ]
    assert [each["change"]["data"] for each in given] == [{}, {"scores": {"need": 50, "team": 38}}, {}, {}, {}]


def test_a_conflict_of_interest_closes_the_case_and_its_grounds_are_for_those_in_charge(panel: WebCentre) -> None:
    case = seated(panel)
    third = panel.browser("expert3")
    assert case in third.get("/worklist").text
    told = words_of(follow(third, act(third, case, "declare", conflict="true", comment="配偶为该团团长")))
    assert "本案已无须您办理，不再向您显示。" in told
    assert case not in third.get("/worklist").text
    again = third.get(f"/cases/{case}")
    assert (again.status_code, "您已声明回避本案，本案的内容不再向您显示。" in words_of(again)) == (403, True)
    assert panel.program("expert3").get(f"cases/{case}/events").status_code == 403
    officer = words_of(panel.browser("officer").get(f"/cases/{case}"))
    assert "测试expert3 已回避 回避原因：配偶为该团团长" in officer
    assert "评审小组应为 5 人，现为 4 人，尚有候补专家未递补" in officer
    fellow = panel.browser("expert1").get(f"/cases/{case}")
    assert "测试expert3 已回避" in words_of(fellow)
    assert "配偶" not in fellow.text
    assert "配偶" not in panel.program("expert1").get(f"cases/{case}/events").text
    # The alternate, who saw nothing so far, is called in.
    sixth = panel.browser("expert6")
    assert sixth.get(f"/cases/{case}").status_code == 404
    desk = panel.browser("officer")
    follow(desk, act(desk, case, "promote"))
    assert case in sixth.get("/worklist").text
    assert "测试expert6 待声明回避情况 候补递补" in words_of(sixth.get(f"/cases/{case}"))


def test_whoever_has_one_thing_to_do_finds_its_form_open(panel: WebCentre) -> None:
    case = seated(panel)
    page = document_of(panel.browser("expert1").get(f"/cases/{case}"))
    assert page.get_element_by_id("act-form").action.endswith("/actions/declare")


def test_an_expert_sees_the_cases_of_the_own_panels_and_no_others(panel: WebCentre) -> None:
    case = seated(panel)
    panel.clock.move_by(timedelta(hours=1))
    other = panel.enter("夕阳红太极拳队")
    unseen = open_case_for(panel, "scoring", organization=other, by="officer")
    expert, stranger = panel.browser("expert1"), panel.browser("expert")
    assert (case in expert.get("/worklist").text, unseen in expert.get("/worklist").text) == (True, False)
    assert expert.get(f"/cases/{unseen}").status_code == stranger.get(f"/cases/{case}").status_code == 404
    assert panel.program("expert1").get("organizations").json()["items"][0]["id"] == panel.organization
    assert len(panel.program("expert1").get("organizations").json()["items"]) == 1


def test_a_name_that_is_offered_no_more_still_stands_in_what_was_said(panel: WebCentre) -> None:
    case = seated(panel)
    grants = table(RoleGrant)
    gone = grants.c.person_id == panel.people["expert2"].person_id
    panel.database.write(lambda connection: connection.execute(delete(grants).where(gone)))
    names = panel.program("officer").get(f"cases/{case}").json()["names"]
    assert sorted(names.values()) == [f"测试expert{name}" for name in "123456"]
    assert "members 测试expert1 测试expert2" in words_of(panel.browser("officer").get(f"/cases/{case}"))


def on_paper(centre: WebCentre, case: str, member: str, points: tuple[int, int], scan: str = "") -> Any:
    """An officer uploads a signed sheet (unless `scan` is named) and enters the member's points from it."""
    officer = centre.browser("officer")
    if not scan:
        hand_in(officer, case, "score_sheet")
        scan = centre.program("officer").get(f"cases/{case}").json()["documents"][-1]["id"]
    return act(
        officer, case, "give_on_paper", member=centre.people[member].public_id, scan=scan, declared="true",
        **{"scores.need": str(points[0]), "scores.team": str(points[1])},
    )  # fmt: skip


@ONE_DATABASE
def test_scores_on_paper_stand_on_the_signed_sheet_and_only_the_member_and_those_in_charge_see_it(
    panel: WebCentre,
) -> None:
    case = seated(panel)
    officer = panel.browser("officer")
    assert "缺少材料：签名评分表" in words_of(officer.get(f"/cases/{case}"))
    follow(officer, on_paper(panel, case, "expert1", (50, 30)))
    (sheet,) = panel.program("officer").get(f"cases/{case}").json()["documents"]
    again = on_paper(panel, case, "expert2", (40, 30), scan=sheet["id"])
    assert (again.status_code, "该扫描件已作为另一位专家的评分表" in words_of(again)) == (409, True)
    # The event says who entered it and for whom; a fellow member reads neither points nor sheet.
    mine, fellow = panel.browser("expert1"), panel.browser("expert2")
    seen = words_of(officer.get(f"/cases/{case}"))
    assert "panel：录入纸质评分" in seen
    assert "评审专家 测试expert1" in seen
    blind = fellow.get(f"/cases/{case}")
    assert ("测试expert1 已评审" in words_of(blind), "80" in words_of(blind), sheet["id"] in blind.text) == (
        True,
        False,
        False,
    )
    assert fellow.get(f"/documents/{sheet['id']}").status_code == 404
    assert panel.program("worker").get(f"documents/{sheet['id']}").status_code == 404
    assert panel.program("expert2").get(f"cases/{case}").json()["documents"] == []
    assert mine.get(f"/documents/{sheet['id']}").status_code == 200
    own = words_of(mine.get(f"/cases/{case}"))
    assert "测试expert1 已评审 按签名评分表代录 80" in own
    panel.automate()
    assert "您的纸质评分已录入" in words_of(mine.get("/notices"))
    assert "您的纸质评分已录入" not in words_of(fellow.get("/notices"))

    # The member objects: it counts no more, and the seat waits again.
    follow(mine, act(mine, case, "object_to_paper", comment="团队一项应为 38 分"))
    assert "团队一项" not in fellow.get(f"/cases/{case}").text
    states = [each["state"] for each in panel.program("officer").get(f"cases/{case}").json()["panels"][0]["members"]]
    assert states[0] == "seated"
    assert case in mine.get("/worklist").text
    follow(officer, on_paper(panel, case, "expert1", (50, 38), scan=sheet["id"]))
    director = panel.browser("director")
    follow(director, act(director, case, "strike_paper", member=panel.people["expert1"].public_id, comment="录错人"))
    panel.automate()
    assert "代您录入的评分已撤销" in words_of(mine.get("/notices"))
    follow(mine, act(mine, case, "declare"))
    follow(mine, gives(mine, case, (50, 38)))
    with panel.database.read() as connection:
        assert streams.verify(connection, "case", panel.case_row(case).id) == []


@ONE_DATABASE
def test_who_sits_on_the_panel_enters_nobody_s_scores_and_an_unsigned_declaration_enters_none(panel: WebCentre) -> None:
    expert2 = panel.people["expert2"]
    grant = {
        "street_id": panel.street.street_id,
        "person_id": expert2.person_id,
        "role": Role.OFFICER,
        "community_id": 0,
    }
    always = {"since": date(2000, 1, 1), "until": date(2099, 12, 31)}
    panel.database.write(lambda connection: connection.execute(insert(table(RoleGrant)).values(**grant, **always)))
    case = seated(panel)
    hand_in(panel.browser("officer"), case, "score_sheet")
    own = words_of(panel.browser("expert2").get(f"/cases/{case}"))
    assert "您是本案评审小组成员，不得代他人录入评分" in own
    unsigned = act(
        panel.browser("officer"), case, "give_on_paper", member=panel.people["expert1"].public_id, declared="false",
        scan=panel.program("officer").get(f"cases/{case}").json()["documents"][0]["id"],
        **{"scores.need": "1", "scores.team": "1"},
    )  # fmt: skip
    assert (unsigned.status_code, "没有该专家无利害关系的签名声明" in words_of(unsigned)) == (409, True)
