"""A centre of two people over HTTP: who drafted cannot sign, by whichever account; the substitute named beforehand can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, delete

from incubator.engine.roles import Actor, Role
from incubator.models.base import table
from incubator.models.streets import RoleGrant
from incubator.services.accounts import add_user, console, create_account
from incubator.services.people import RoleInArea, actor_of, grant_role
from tests.api.centre import Browser, WebCentre
from tests.api.desk import act, document_of, follow, hand_in, open_case_for, words_of
from tests.api.test_case_page import TYPED
from tests.factories import PASSWORD, usual_hash
from tests.procedures.world import APPLICATION_PAPERS, CHECKED, OPINION


@pytest.fixture
def two(centre: WebCentre) -> WebCentre:
    """One person holds every role of the centre by two accounts; the other has an account and no role."""
    first, street, now = centre.people["officer"], centre.street.street_id, centre.clock.now()
    admin = console(street)

    def change(connection: Connection) -> Actor:
        grants = table(RoleGrant)
        connection.execute(delete(grants).where(grants.c.person_id != first.person_id))
        for given in (
            RoleInArea(Role.COMMUNITY_WORKER, centre.street.communities["桂花社区"]),
            RoleInArea(Role.DIRECTOR),
        ):
            grant_role(connection, person_id=first.person_id, given=given, actor=admin, now=now)
        known = {"password": PASSWORD, "password_hash": usual_hash(), "actor": admin, "now": now}
        again = create_account(connection, person_id=first.person_id, username="officer-again", **known)
        second = add_user(connection, street_id=street, username="second", name="测试second", roles=[], **known)
        centre.people["second"] = Actor(second.person_id, "测试second", street, (), account_id=second.account_id)
        return replace(actor_of(connection, first.person_id, now), account_id=again.account_id)

    centre.people["officer"] = centre.people["officer-again"] = centre.database.write(change)
    return centre


def accepted(centre: WebCentre) -> str:
    """A filing that the one person typed in, gave the community's opinion on and accepted."""
    case, only = open_case_for(centre, by="officer"), centre.browser("officer")
    hand_in(only, case, *APPLICATION_PAPERS)
    follow(only, act(only, case, "submit", **{**TYPED, "name": "桂花社区常青合唱团"}))
    centre.automate()
    hand_in(only, case, "committee_opinion")
    follow(only, act(only, case, **OPINION))
    follow(only, act(only, case, "accept", checklist=CHECKED["checklist"]))
    return case


def name_second(centre: WebCentre) -> None:
    """The one person names the other to stand in for the director, on the page."""
    browser = centre.browser("officer")
    (second,) = document_of(browser.get("/substitutes")).xpath("//option[contains(., '测试second')]/@value")
    sent = {"role": "director", "person": second, "until": "2026-12-31"}
    assert browser.post("/substitutes", sent).status_code == 303


def sent(centre: WebCentre, browser: Browser, case: str) -> Any:
    """The approval, sent past the page's buttons."""
    version = str(centre.case_row(case).version)
    return browser.post(f"/cases/{case}/actions/approve", {"expected_version": version})


def test_who_accepted_cannot_approve_in_any_role_or_by_any_account_and_the_named_substitute_can(two: WebCentre) -> None:
    case = accepted(two)
    own = "您已办理本案的“受理”环节，同一人不得再作此决定"
    second = two.browser("second")
    assert second.get("/worklist").status_code == 403  # nobody's substitute yet: an account without a role
    for username in ("officer", "officer-again"):
        browser = two.browser(username)
        page = browser.get(f"/cases/{case}")
        assert own in words_of(page)
        assert document_of(page).xpath("//*[@class='blockers']//a/@href") == ["/substitutes"]  # where it can be cured
        refused = sent(two, browser, case)
        assert (refused.status_code, own in words_of(refused)) == (403, True)
        blockers = two.program(username).get(f"cases/{case}").json()["actions"]
        (approve,) = [action for action in blockers if action["name"] == "approve"]
        assert ([each["code"] for each in approve["blockers"]], approve["allowed"]) == (["four_eyes"], False)
    name_second(two)
    refused = sent(two, two.browser("officer"), case)
    assert (refused.status_code, "测试second" in words_of(refused)) == (403, True)
    # The case stands in the substitute's list, and with it the papers to judge by; nothing else of the street does.
    assert case in second.get("/worklist").text
    page = second.get(f"/cases/{case}")
    assert (page.status_code, "提交申请" in words_of(page)) == (200, True)
    assert two.program("second").get("organizations").json()["items"][0]["id"] == two.organization
    other = open_case_for(two, organization=two.enter("夕阳红太极拳队"), by="officer")
    assert second.get(f"/cases/{other}").status_code == 404
    told = words_of(follow(second, act(second, case, "approve")))
    assert "已办理“批准”，案件进入“制证”环节，由系统自动办理。" in told
    assert "本案已无须您办理，不再向您显示。" in told
    assert two.case_row(case).step == "certificate"
    approved = [
        each for each in two.program("officer").get(f"cases/{case}/events").json() if each["type"] == "case.approve"
    ]
    assert [(each["actor"], each["change"]["as_substitute_for"]) for each in approved] == [("测试second", "director")]
    assert "测试second（代中心主任办理）" in words_of(two.browser("officer").get(f"/cases/{case}"))


def test_a_substitution_that_has_ended_opens_nothing_any_more(two: WebCentre) -> None:
    case, second = accepted(two), two.browser("second")
    name_second(two)
    assert second.get(f"/cases/{case}").status_code == 200
    two.on("2027-01-04")
    late = two.browser("second")
    assert late.get(f"/cases/{case}").status_code == 403
    assert sent(two, late, case).status_code in (403, 404)
    assert two.case_row(case).step == "decision"
