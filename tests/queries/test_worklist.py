"""The worklist shows what awaits a person, in the person's area, by due date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from incubator.engine.opening import open_case
from incubator.engine.reminders import ESCALATION, remind
from incubator.engine.roles import Actor, Grant, Role
from incubator.errors import Invalid
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, PanelSeat, Timer, WorkItem
from incubator.models.organizations import Organization
from incubator.models.streets import Community
from incubator.queries.worklist import Filters, View, WorkLine, _items, worklist
from tests.procedures.world import CHECKED, OPINION, Centre
from tests.queries.town import community, group, person, selects, whole

DAY = date(2026, 9, 18)


def lines(centre: Centre, actor: Actor, *, limit: int = 50, day: date = DAY, **filters: Any) -> list[WorkLine]:
    with centre.database.read() as connection:
        return whole(lambda at: worklist(connection, actor, Filters(**filters), day=day, cursor=at, limit=limit))


def numbers(found: list[WorkLine]) -> list[str]:
    return [line.number for line in found]


def test_a_line_says_what_awaits_whom_and_until_when(centre: Centre) -> None:
    case_id = centre.submitted()
    (line,) = lines(centre, centre.people["worker"])
    assert (line.case_id, line.number, line.procedure, line.step) == (
        case_id, "BA-2026-0001", "filing", "committee_opinion",
    )  # fmt: skip
    assert (line.procedure_title.zh, line.step_title.zh) == ("备案", "居民委员会意见")
    assert (line.kind, line.role, line.due_on) == ("step", "community_worker", date(2026, 9, 24))
    assert (line.organization_name, line.community_name) == ("常青合唱团", "桂花社区")
    assert (line.version, line.opened_on, line.provisional) == (centre.case(case_id).version, DAY, False)
    assert line.organization_id == centre.organization().public_id


def test_work_awaits_the_role_whose_turn_it_is_and_everybody_sees_the_case(centre: Centre) -> None:
    case_id = centre.submitted()
    turns = {"worker": [case_id], "officer": [], "director": []}
    assert {who: [line.case_id for line in lines(centre, centre.people[who])] for who in turns} == turns
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", OPINION)
    turns = {"worker": [], "officer": [case_id], "other_officer": [case_id], "director": []}
    assert {who: [line.case_id for line in lines(centre, centre.people[who])] for who in turns} == turns
    for who in turns:
        (line,) = lines(centre, centre.people[who], view=View.ALL)
        assert (line.case_id, line.step, line.kind, line.role) == (case_id, "acceptance", "human", "officer")
    assert lines(centre, centre.people["automation"]) == []


def test_a_case_that_automation_has_is_seen_and_awaits_nobody(centre: Centre) -> None:
    case_id = centre.accepted()
    centre.act(case_id, "approve", "director")
    assert lines(centre, centre.people["officer"]) == lines(centre, centre.people["director"]) == []
    (line,) = lines(centre, centre.people["officer"], view=View.ALL)
    assert (line.step, line.kind, line.role, line.due_on) == ("certificate", "automated", "automation", NO_DATE)


def test_a_community_worker_sees_the_own_community_alone(centre: Centre) -> None:
    here = group(centre, "银杏舞蹈队", "银杏社区")
    case_id = here.open("filing")
    centre.open("filing")
    worker = person(centre, "银杏社工", Role.COMMUNITY_WORKER, community(centre, "银杏社区"))
    assert [line.case_id for line in lines(centre, worker)] == [case_id]
    assert [line.case_id for line in lines(centre, worker, view=View.ALL)] == [case_id]
    officer_there = person(centre, "银杏经办人", Role.OFFICER, community(centre, "银杏社区"))
    assert lines(centre, officer_there) == []
    assert len(lines(centre, centre.people["worker"])) == 2
    of_both = replace(worker, grants=(*worker.grants, Grant(Role.MANAGER, centre.street_id)))
    assert [line.case_id for line in lines(centre, of_both)] == [case_id]  # sees the street, works for one community
    assert len(lines(centre, of_both, view=View.ALL)) == 2


def test_a_seat_awaits_its_person_by_name_and_opens_that_case_alone(centre: Centre) -> None:
    case_id = centre.accepted()
    group(centre, "第二合唱团").open("filing")
    asked, other = person(centre, "专家甲", Role.EXPERT), person(centre, "专家乙", Role.EXPERT)
    case = centre.case(case_id)
    item = {
        "street_id": case.street_id, "community_id": case.community_id, "case_id": case.id, "visit": case.visit,
        "step": case.step, "kind": "seat", "role": Role.EXPERT.value, "person_id": asked.person_id,
        "due_on": case.due_on, "created_at": centre.clock.now(),
    }  # fmt: skip
    seat = {
        "street_id": case.street_id, "case_id": case.id, "visit": case.visit, "person_id": asked.person_id, "state": "seated",
    }  # fmt: skip

    def ask(connection: Connection) -> None:
        connection.execute(insert(table(PanelSeat)), seat)
        connection.execute(insert(table(WorkItem)), item)

    centre.database.write(ask)
    assert [(line.case_id, line.kind) for line in lines(centre, asked)] == [(case_id, "seat")]
    assert [line.case_id for line in lines(centre, asked, view=View.ALL)] == [case_id]
    assert lines(centre, other) == lines(centre, other, view=View.ALL) == []
    assert lines(centre, replace(asked, grants=())) == []  # who holds no role any more is told nothing by name either
    assert [line.kind for line in lines(centre, centre.people["director"])] == ["step"]


def test_an_overdue_case_comes_before_the_director_beside_whoever_it_awaits(centre: Centre) -> None:
    case_id = centre.submitted()
    timers = table(Timer)
    centre.on("2026-10-20")
    with centre.database.read() as connection:
        timer = connection.scalars(select(timers.c.id).where(timers.c.level == ESCALATION)).one()
    centre.database.write(lambda connection: remind(connection, timer, centre.clock.now()))
    (escalated,) = lines(centre, centre.people["director"])
    assert (escalated.case_id, escalated.kind, escalated.role) == (case_id, "escalation", "director")
    assert [line.kind for line in lines(centre, centre.people["worker"])] == ["step"]
    assert len(lines(centre, centre.people["director"], view=View.ALL)) == 1


def test_a_review_after_the_end_is_in_hand_and_its_result_stands(centre: Centre) -> None:
    case_id = centre.filed()
    assert lines(centre, centre.people["director"], view=View.ALL) == []
    (ended,) = lines(centre, centre.people["director"], view=View.ENDED, ended_in=2026)
    assert (ended.case_id, ended.step, ended.outcome, ended.role) == (case_id, "filed", "filed", "")
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "类别有误"})
    (line,) = lines(centre, centre.people["director"], view=View.ALL)
    assert (line.case_id, line.step, line.outcome) == (case_id, "internal_review", "filed")
    assert [line.case_id for line in lines(centre, centre.people["director"])] == [case_id]
    assert len(lines(centre, centre.people["director"], view=View.ENDED, outcome="filed")) == 1
    assert lines(centre, centre.people["director"], view=View.ENDED, ended_in=2025) == []


def town(centre: Centre, count: int) -> None:
    """So many cases of the yearly sort, due on as many days, two of them without a limit."""
    groups = [group(centre, f"第{place}合唱团") for place in range(count)]

    def fill(connection: Any) -> None:
        cases, items = table(Case), table(WorkItem)
        for place, each in enumerate(groups):
            opened = open_case(
                connection, procedure="filing", organization_id=each.organization_id, actor=centre.people["worker"],
                now=centre.clock.now(),
            )  # fmt: skip
            due_on = NO_DATE if place < 2 else DAY + timedelta(days=(place * 7) % 5)
            key = connection.scalars(
                cases.update().where(cases.c.public_id == opened.case_id).values(due_on=due_on).returning(cases.c.id)
            ).one()
            connection.execute(items.update().where(items.c.case_id == key).values(due_on=due_on))

    centre.database.write(fill)


@pytest.mark.parametrize("view", [View.MINE, View.ALL])
def test_pages_lead_through_the_whole_list_by_due_date(centre: Centre, view: View) -> None:
    town(centre, 9)
    at_once = lines(centre, centre.people["worker"], view=view)
    assert len(at_once) == len(set(numbers(at_once))) == 9
    assert [line.due_on for line in at_once] == sorted(line.due_on for line in at_once)
    assert [line.due_on for line in at_once[-2:]] == [NO_DATE, NO_DATE]
    for limit in (1, 2, 9):
        assert lines(centre, centre.people["worker"], view=view, limit=limit) == at_once


@pytest.mark.parametrize("view", [View.MINE, View.ALL])
def test_a_page_takes_at_most_three_statements_however_many_rows_there_are(centre: Centre, view: View) -> None:
    for more, number in ((5, 5), (55, 60)):
        for place in range(more):
            group(centre, f"{number}之{place}合唱团").open("filing")
        with centre.database.read() as connection, selects(centre.database) as sent:
            page = worklist(connection, centre.people["worker"], Filters(view=view), day=DAY, limit=200)
        assert len(page.items) == number
        assert len(sent) <= 3


def test_lists_are_narrowed_by_procedure_step_community_and_date(centre: Centre) -> None:
    submitted = centre.submitted()
    elsewhere = group(centre, "银杏舞蹈队", "银杏社区").open("filing")
    director = centre.people["director"]

    def ids(day: date = DAY, **filters: Any) -> list[str]:
        return [line.case_id for line in lines(centre, director, view=View.ALL, day=day, **filters)]

    communities = table(Community)
    with centre.database.read() as connection:
        place = connection.scalars(select(communities.c.public_id).where(communities.c.name == "银杏社区")).one()
    assert ids() == [submitted, elsewhere]
    assert ids(procedure="filing", step="application") == ids(community=place) == [elsewhere]
    assert ids(procedure="yearly_review") == ids(step="decision") == ids(community="nowhere") == []
    assert ids(overdue=True, day=date(2026, 9, 24)) == []
    assert ids(overdue=True, day=date(2026, 9, 25)) == [submitted]
    assert ids(overdue=False, day=date(2026, 9, 25)) == [elsewhere]
    assert ids(due_by=date(2026, 9, 24)) == [submitted]
    assert ids(due_by=date(2026, 9, 23)) == []


@pytest.mark.parametrize("query", ["舞蹈", "gh50", "GH", "ba-2026-0001", "ＢＡ-2026-０００１", " 0001 "])
def test_a_case_is_found_by_name_initials_or_number(centre: Centre, query: str) -> None:
    found = group(centre, "桂花50%舞蹈队")
    case_id = found.open("filing")
    group(centre, "常青诗社").open("filing")
    assert [line.case_id for line in lines(centre, centre.people["worker"], query=query)] == [case_id]


def test_a_case_is_found_by_a_part_of_the_leaders_name(centre: Centre) -> None:
    led = group(centre, "常青诗社")
    centre.database.write(
        lambda connection: connection.execute(
            update(table(Organization)).where(table(Organization).c.id == led.organization_id).values(leader="欧阳秋实")
        )
    )
    case_id = led.open("filing")
    centre.open("filing")
    assert [line.case_id for line in lines(centre, centre.people["worker"], query="秋实")] == [case_id]


@pytest.mark.parametrize("query", ["%", "_", "不存在", "wd", "\0"])
def test_a_search_takes_no_sign_for_another(centre: Centre, query: str) -> None:
    centre.open("filing")
    assert len(lines(centre, centre.people["worker"], query=query)) == (1 if query == "\0" else 0)


def test_what_cannot_be_searched_for_is_refused_in_words(centre: Centre) -> None:
    for filters in ({"query": "团" * 101}, {"view": View.ENDED, "ended_in": 0}):
        with pytest.raises(Invalid):
            lines(centre, centre.people["worker"], **filters)


def test_a_date_in_a_year_that_is_not_announced_says_so(centre: Centre) -> None:
    case_id = centre.on("2026-12-28").submitted()
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", {**OPINION, "held_on": "2026-12-28"})
    assert [line.provisional for line in lines(centre, centre.people["officer"])] == [True]
    assert [line.provisional for line in lines(centre, centre.people["officer"], view=View.ALL)] == [True]
    assert centre.act(case_id, "accept", "officer", CHECKED).step == "decision"


def test_the_list_of_a_role_is_a_walk_along_its_index(centre: Centre) -> None:
    with centre.database.read() as connection:
        query = _items(centre.people["worker"], Filters(), DAY, "", 50)
        plain = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN QUERY PLAN"
        if not centre.database.is_sqlite:
            explain = "EXPLAIN"
            for way in ("seqscan", "bitmapscan", "sort"):  # for a handful of rows these would be cheaper
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {plain}".replace("%", "%%")))
    assert "ix_work_item_worklist" in plan
    assert "ix_work_item_person" in plan
