"""The managers' figures are the lengths of the lists behind them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from incubator.engine.roles import Actor, Role
from incubator.errors import NotAllowed
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.procedures.catalogue import DEFINITIONS
from incubator.procedures.filing.procedure import FILING
from incubator.queries import organizations as organizations_module
from incubator.queries.organizations import organizations
from incubator.queries.status import status
from incubator.queries.worklist import Filters, View, worklist
from tests.procedures.world import Centre
from tests.queries.town import community, days, group, grown, person, selects, whole


def agree(centre: Centre, actor: Actor) -> None:
    """Hold every figure of every day against its list."""
    with centre.database.read() as connection:
        for day in days():
            figures = status(connection, actor, day=day)

            def listed(view: View = View.ALL, **filters: object) -> int:
                chosen = Filters(view=view, **filters)  # type: ignore[arg-type]
                lines = whole(lambda at: worklist(connection, actor, chosen, day=day, cursor=at, limit=4))  # noqa: B023
                assert len({line.case_id for line in lines}) == len(lines)
                return len(lines)

            assert figures.open == listed()
            assert figures.overdue == listed(overdue=True)
            assert figures.due_soon == listed(overdue=False, due_by=figures.soon)
            for procedure in figures.procedures:
                assert procedure.open == listed(procedure=procedure.key)
                assert procedure.overdue == listed(procedure=procedure.key, overdue=True)
                for step in procedure.steps:
                    assert step.open == listed(procedure=procedure.key, step=step.key)
                    assert step.overdue == listed(procedure=procedure.key, step=step.key, overdue=True)
            for place in figures.communities:
                assert place.open == listed(community=place.public_id)
                assert place.overdue == listed(community=place.public_id, overdue=True)
            assert sum(procedure.open for procedure in figures.procedures) == figures.open
            assert sum(place.open for place in figures.communities) == figures.open
            for ended in figures.ended:
                assert ended.number == listed(
                    View.ENDED, procedure=ended.procedure, outcome=ended.outcome, ended_in=day.year
                )
            assert sum(each.number for each in figures.ended) == listed(View.ENDED, ended_in=day.year)
            for standing, number in figures.organizations.items():
                wanted = organizations_module.Filters(standing=standing)
                assert number == len(
                    whole(lambda at: organizations(connection, actor, wanted, cursor=at, limit=5))  # noqa: B023
                )


@pytest.mark.parametrize("seed", [3, 8])
def test_every_figure_is_the_length_of_its_list(centre: Centre, seed: int) -> None:
    grown(centre, seed)
    agree(centre, centre.people["director"])
    agree(centre, person(centre, "社区书记", Role.MANAGER, community(centre, "梧桐社区")))


def test_the_figures_are_what_the_rows_say(centre: Centre) -> None:
    grown(centre, 5)
    with centre.database.read() as connection:
        cases = connection.execute(select(table(Case))).all()
        figures = status(connection, centre.people["director"], day=days()[3])
    ends = {(each.key, step.key) for each in DEFINITIONS for step in each.steps if step.kind == "end"}
    in_hand = [case for case in cases if (case.procedure, case.step) not in ends]
    assert any(not case.open for case in in_hand), "no case is in a review after its end: choose another seed"
    assert figures.open == len(in_hand)
    assert figures.overdue == sum(case.due_on < days()[3] for case in in_hand) > 0
    assert sum(each.number for each in figures.ended) == sum(
        not case.open and case.ended_at.year == 2027 for case in cases
    )


def test_every_step_is_listed_in_the_order_of_the_chart_and_no_end(centre: Centre) -> None:
    with centre.database.read() as connection:
        figures = status(connection, centre.people["director"], day=days()[0])
    assert [each.key for each in figures.procedures] == [each.key for each in DEFINITIONS]
    filing = figures.procedures[0]
    assert [step.key for step in filing.steps] == [step.key for step in FILING.steps if step.kind != "end"]
    assert (figures.open, [step.open for step in filing.steps]) == (0, [0] * len(filing.steps))
    assert [place.name for place in figures.communities] == ["桂花社区"]


def test_the_figures_take_four_statements_however_many_cases_there_are(centre: Centre) -> None:
    for place in range(8):
        group(centre, f"第{place}合唱团", "梧桐社区").open("filing")
    with centre.database.read() as connection, selects(centre.database) as sent:
        assert status(connection, centre.people["director"], day=days()[0]).open == 8
    assert len(sent) == 4


def test_who_only_has_cases_of_one_s_own_sees_no_figures(centre: Centre) -> None:
    expert = person(centre, "专家", Role.EXPERT)
    with centre.database.read() as connection, pytest.raises(NotAllowed):
        status(connection, expert, day=days()[0])
