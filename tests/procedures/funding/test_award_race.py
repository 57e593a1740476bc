"""Awards at the same moment, each with a database of its own, never take more than their call has."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from incubator.models.base import table
from incubator.models.funding import Project
from incubator.models.money import MoneyAccount
from incubator.services import journal
from tests.dying import Ending, in_threads
from tests.engine.deeds import MOVE, told
from tests.procedures.funding.grants import AWARD, published, registered, scored, with_filed_groups
from tests.procedures.world import Centre

TITLES = ("长者助餐上门", "社区助残理发", "困境儿童课后班", "失独家庭陪伴")


@pytest.mark.parametrize(("budget", "made"), [(5_000_000, 2), (3_999_999, 1), (8_000_000, 4)])
def test_awards_at_once_stay_within_the_budget(centre: Centre, database_url: str, budget: int, made: int) -> None:
    call, partner = published(centre, budget_fen=budget), registered(centre)
    waiting = []
    for group, title in zip(with_filed_groups(centre, 4), TITLES, strict=True):
        case_id = scored(group, call, co_applicant=partner, title=title)
        group.upload(case_id, "minutes")
        waiting.append(case_id)
    endings = in_threads(
        database_url,
        *(
            (
                MOVE,
                {
                    "case_id": case_id,
                    "expected_version": centre.case(case_id).version,
                    "action": "approve",
                    "data": {**AWARD, "awarded_fen": 2_000_000},
                    "key": f"award {place}",
                    **told(centre, ("director", "other_director")[place % 2]),
                },
            )
            for place, case_id in enumerate(waiting)
        ),
    )
    assert [ending.error for ending in endings].count("") == made
    assert {ending.error for ending in endings} <= {"", "ActionNotAllowed"}
    for ending in endings:
        if ending.error:
            assert refused_for(ending) == ["call_can_pay_the_award@1"]
    projects, accounts = table(Project), table(MoneyAccount)
    with centre.database.read() as connection:
        awarded = connection.scalar(select(func.coalesce(func.sum(projects.c.awarded_fen), 0)))
        assert awarded == made * 2_000_000
        assert journal.balance(connection, centre.street_id, f"call:{call}:free") == budget - awarded
        assert connection.scalar(select(func.sum(accounts.c.balance))) == 0


def refused_for(ending: Ending) -> list[str]:
    return [blocker["code"] for blocker in ending.answer["blockers"]]
