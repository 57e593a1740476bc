"""A day's figures are those of the worklist's lists, on both databases, in a few statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from incubator.clock import today
from incubator.engine.calendars import announced_calendar
from incubator.engine.roles import Actor, Role
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import NO_DATE
from incubator.queries.list_addresses import filters_from, query_of
from incubator.queries.moves import last_moves
from incubator.queries.saved_lists import saved_lists
from incubator.queries.today import Part, first_lines_of, last_of_week, numbers_of, parts_of, working_day_before
from incubator.queries.worklist import Filters, View, WorkLine, worklist
from incubator.services.saved_lists import MOST, delete_list, rename_list, save_list
from tests.procedures.world import FAR, OPINION, Centre
from tests.queries.town import community, days, group, grown, person, selects, whole

CALENDAR = announced_calendar()


def numbers_and_lines(centre: Centre, who: Any, day: date) -> tuple[dict[Part, int], dict[Part, list[str]]]:
    """What the page counts and shows of each part, the parts without a line left out."""
    parts = parts_of(CALENDAR, day, View.MINE)
    with centre.database.read() as connection, selects(centre.database) as sent:
        numbers = numbers_of(connection, who, parts, day=day)
        lines = first_lines_of(connection, who, parts, day=day, limit=3)
    assert len(sent) == 2
    return (
        {part: numbers[part] for part in parts if numbers[part]},
        {part: [line.case_id for line in lines[part]] for part in parts if lines[part]},
    )


def listed(centre: Centre, who: Actor, filters: Filters, day: date) -> list[WorkLine]:
    """The whole list of the worklist, page after page."""
    with centre.database.read() as connection:
        return whole(lambda at: worklist(connection, who, filters, day=day, cursor=at, limit=50))


def test_each_number_is_that_of_the_list_it_leads_to(centre: Centre) -> None:
    grown(centre, seed=5)
    there = person(centre, "梧桐社工", Role.COMMUNITY_WORKER, community(centre, "梧桐社区"))
    people = [centre.people[name] for name in ("worker", "officer", "director", "expert_1")]
    with centre.database.read() as connection:
        dues = {line.due_on for who in people for line in worklist(connection, who, Filters(), day=FAR).items}
    # On the day on which something is due, and on the Monday before.
    pressing = [due - timedelta(days=back) for due in sorted(dues - {NO_DATE})[-2:] for back in (0, due.weekday())]
    seen = set()
    for day in (*days(), *pressing, today(centre.clock.now())):
        for who in (*people, there):
            numbers, first = numbers_and_lines(centre, who, day)
            assert numbers.keys() == first.keys()
            for part, filters in parts_of(CALENDAR, day, View.MINE).items():
                found = listed(centre, who, filters, day)
                assert len(found) == numbers.get(part, 0), (day, who.name, part)
                assert set(first.get(part, [])) <= {line.case_id for line in found}
                if part is not Part.MOVED:
                    assert first.get(part, []) == [line.case_id for line in found][:3]
                seen |= {part} if found else set()
    assert seen == set(Part)


def test_what_was_handed_on_waits_for_others_and_what_others_moved_is_told_with_who_and_what(centre: Centre) -> None:
    day = today(centre.clock.now())
    waiting = centre.submitted()  # by the worker, whom it awaits again
    worker, officer, other = (centre.people[name] for name in ("worker", "officer", "other_officer"))
    assert Part.WAITING not in numbers_and_lines(centre, worker, day)[1]
    centre.upload(waiting, "committee_opinion")
    centre.act(waiting, "give_opinion", "worker", OPINION)
    assert numbers_and_lines(centre, worker, day)[1] == {Part.WAITING: [waiting]}
    for who in (officer, other):
        assert numbers_and_lines(centre, who, day)[1].get(Part.MOVED) == [waiting]
        assert Part.WAITING not in numbers_and_lines(centre, who, day)[1]
    with centre.database.read() as connection:
        move = last_moves(connection, officer, [waiting])[waiting]
        elsewhere = person(centre, "银杏社工", Role.COMMUNITY_WORKER, community(centre, "银杏社区"))
        assert last_moves(connection, elsewhere, [waiting]) == {}
    assert move.step is not None
    assert move.decision is not None
    assert (move.who, move.step.zh, move.at) == (worker.name, "居民委员会意见", centre.clock.now())
    # Returned by the officer, it is the worker's again: told as moved, and waited for by the officer.
    centre.act(waiting, "return_for_correction", "officer", {"points": "补充花名册"})
    assert numbers_and_lines(centre, officer, day)[1] == {Part.WAITING: [waiting]}
    told = numbers_and_lines(centre, worker, day)[1]
    assert Part.WAITING not in told
    assert told[Part.MOVED] == [waiting]
    later = day + timedelta(days=30)
    assert Part.MOVED not in numbers_and_lines(centre, worker, later)[1]


def test_the_week_and_the_day_before_are_those_of_the_working_calendar() -> None:
    assert last_of_week(CALENDAR, date(2026, 9, 7)) == last_of_week(CALENDAR, date(2026, 9, 11)) == date(2026, 9, 11)
    assert last_of_week(CALENDAR, date(2026, 9, 12)) == date(2026, 9, 12)
    assert last_of_week(CALENDAR, date(2026, 9, 14)) == date(2026, 9, 20)  # a Sunday worked for the National Day
    assert last_of_week(CALENDAR, date(2026, 10, 1)) == date(2026, 10, 1)
    assert working_day_before(CALENDAR, date(2026, 9, 14)) == date(2026, 9, 11)
    assert working_day_before(CALENDAR, date(2026, 10, 8)) == date(2026, 9, 30)
    assert Part.DUE_THIS_WEEK not in parts_of(CALENDAR, date(2026, 10, 4), View.MINE)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(view=View.ALL, overdue=False, procedure="filing", step="a&b=c", query="太极 队"),
        Filters(view=View.ENDED, ended_in=2026, outcome="filed"),
        Filters(handed_on=True, due_from=date(2026, 9, 1), due_by=date(2026, 9, 30), moved_since=date(2026, 9, 2)),
    ],
)
def test_a_list_is_read_back_from_its_address(filters: Filters) -> None:
    assert filters_from(query_of(filters)) == filters


@pytest.mark.parametrize(
    "query",
    ["view=elsewhere", "next=https://example.org", "due_by=soon", "overdue=maybe", "q=%FF", "q=a&q=b", "x" * 2001,
     "view=ended&ended_in=2", "moved_since=0001-01-01", "q=%00"],
)  # fmt: skip
def test_what_is_no_list_of_the_worklist_is_not_saved(centre: Centre, query: str) -> None:
    with pytest.raises(Invalid):
        centre.database.write(
            lambda connection: save_list(
                connection, actor=centre.people["officer"], name="清单", query=query, now=centre.clock.now()
            )
        )


def test_a_saved_list_is_its_persons_own_with_the_number_of_its_lines(centre: Centre) -> None:
    officer, other, now = centre.people["officer"], centre.people["other_officer"], centre.clock.now()
    group(centre, "银杏舞蹈队").open("filing")
    centre.open("filing")

    def save(name: str, query: str = "view=all", who: Any = officer) -> str:
        return centre.database.write(
            lambda connection: save_list(connection, actor=who, name=name, query=query, now=now)
        ).public_id

    def rename(list_id: str, name: str, who: Any = officer) -> None:
        centre.database.write(lambda connection: rename_list(connection, actor=who, list_id=list_id, name=name))

    def delete(list_id: str, who: Any = officer) -> None:
        centre.database.write(lambda connection: delete_list(connection, actor=who, list_id=list_id))

    kept = save("  舞蹈   队 ", "?q=舞蹈&cursor=abc&view=all&community=")
    save("舞蹈 队", who=other)
    save("全部")
    with centre.database.read() as connection:
        found = saved_lists(connection, officer)
        lists = {each.name: each.filters for each in found if each.filters is not None}
        assert numbers_of(connection, officer, lists, day=today(now)) == {"舞蹈 队": 1, "全部": 2}
    assert found[0].filters == Filters(view=View.ALL, query="舞蹈")
    assert found[0].query == query_of(found[0].filters)
    for name in ("", " ", "长" * 41, "一\x07二"):
        with pytest.raises(Invalid):
            save(name)
    with pytest.raises(Conflict):
        save("全部")
    with pytest.raises(Conflict):
        rename(kept, "全部")
    for refused in (lambda: rename(kept, "他人的", other), lambda: delete(kept, other)):
        with pytest.raises(NotFound):
            refused()
    rename(kept, "舞蹈 队")  # its own name is no other list's
    rename(kept, "长" * 40)
    for number in range(MOST - 2):
        save(f"第{number}个")
    with pytest.raises(Invalid):
        save("多一个")
    delete(kept)
    save("多一个")
    with pytest.raises(NotFound):
        delete(kept)
