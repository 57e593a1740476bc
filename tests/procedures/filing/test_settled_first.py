"""What is settled before a filing ends, and what ends and comes back with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from incubator.canonical import public_id
from incubator.engine.refusals import ActionNotAllowed
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating
from incubator.models.funding import Project
from incubator.models.hubs import Affiliation, Hub, SubTeam
from incubator.models.money import MoneyAccount
from tests.procedures.filing.test_aftercare import EXIT, TICKS
from tests.procedures.rectification.test_rectification import known, rated, refusals
from tests.procedures.world import CHECKED, SERVED, Centre

Put = Callable[[Connection, Centre], None]
SINCE, LATER = date(2026, 9, 18), date(2028, 9, 17)


def asked(centre: Centre) -> str:
    """An exit before its decision."""
    centre.filed()
    case_id = centre.open("filing_exit")
    centre.upload(case_id, "exit_statement", "settlement_statement", "sealed_exit_notice", "sealed_refusal")
    centre.act(case_id, "submit", "worker", {**EXIT, **TICKS})
    centre.act(case_id, "accept", "officer", CHECKED)
    return case_id


def project(connection: Connection, centre: Centre, status: str, due_back: int = 0) -> None:
    own = {"street_id": centre.street_id, "community_id": centre.community_id}
    connection.execute(
        insert(table(Project)).values(
            **own, public_id=public_id(), organization_id=centre.organization_id, payee_id=centre.organization_id,
            number="XM-2026-0001", title="邻里照护", status=status, recorded_at=centre.clock.now(),
        )
    )  # fmt: skip
    connection.execute(
        insert(table(MoneyAccount)).values(
            street_id=centre.street_id, code="project:XM-2026-0001:due_back", title_zh="应退", title_en="due back",
            balance=due_back,
        )
    )  # fmt: skip


def affiliation(connection: Connection, centre: Centre, member: int, hub: int) -> None:
    connection.execute(
        insert(table(Affiliation)).values(
            public_id=public_id(), street_id=centre.street_id, organization_id=member, hub_id=hub, since=SINCE,
            until=LATER, recorded_at=centre.clock.now(),
        )
    )  # fmt: skip


def sub_team(connection: Connection, centre: Centre, ended_on: date) -> None:
    connection.execute(
        insert(table(SubTeam)).values(
            public_id=public_id(), street_id=centre.street_id, organization_id=centre.organization_id, name="三号楼小队",
            since=SINCE, ended_on=ended_on, recorded_at=centre.clock.now(), remark="",
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("put", "code"),
    [
        (lambda connection, centre: project(connection, centre, "awarded"), "no_project_is_open@1"),
        (lambda connection, centre: project(connection, centre, "running"), "no_project_is_open@1"),
        (lambda connection, centre: project(connection, centre, "terminated", 1), "no_project_is_open@1"),
        (lambda connection, centre: project(connection, centre, "settled"), None),
        (lambda connection, centre: sub_team(connection, centre, NO_DATE), "has_no_sub_team@1"),
        (lambda connection, centre: sub_team(connection, centre, SINCE), None),
    ],
)
def test_projects_and_sub_teams_are_settled_first(centre: Centre, put: Put, code: str | None) -> None:
    case_id = asked(centre)
    centre.database.write(lambda connection: put(connection, centre))
    if code is None:
        assert centre.act(case_id, "approve", "director").step == "service"
        return
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "director")
    assert refusals(refused) == [code]


def test_a_hub_releases_its_members_first(centre: Centre) -> None:
    case_id = asked(centre)
    (member,) = centre.filed_groups(1)
    centre.database.write(lambda connection: affiliation(connection, centre, member, centre.organization_id))
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "director")
    assert refusals(refused) == ["carries_no_other@1"]
    assert "队伍0" in refused.value.blockers[0].message.zh
    rows = table(Affiliation)
    centre.database.write(lambda connection: connection.execute(update(rows).values(status="ended")))
    assert centre.act(case_id, "approve", "director").step == "service"


def states(centre: Centre) -> tuple[list[Any], ...]:
    with centre.database.read() as connection:
        return tuple(list(connection.scalars(select(table(each).c.status))) for each in (Affiliation, Hub, Rating))


def test_affiliation_recognition_and_star_end_with_the_filing_and_come_back_with_it(centre: Centre) -> None:
    case_id = asked(centre)
    (hub,) = centre.filed_groups(1)

    def put(connection: Connection) -> None:
        affiliation(connection, centre, centre.organization_id, hub)
        connection.execute(
            insert(table(Hub)).values(
                public_id=public_id(), street_id=centre.street_id, organization_id=centre.organization_id, since=SINCE,
                until=LATER, recorded_at=centre.clock.now(),
            )
        )  # fmt: skip

    centre.database.write(put)
    rated(centre, "star_3")
    centre.act(case_id, "approve", "director")
    centre.act(case_id, "serve", "officer", SERVED)
    assert states(centre) == (["ended"], ["ended"], ["ended"])
    assert known(centre, "organization.star") is None
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "未经成员会议"})
    centre.act(case_id, "overturn", "other_director", {"reason": "属实"})
    centre.act(case_id, "refuse", "director", {"reason": "程序不符", "basis": "复核意见"})
    centre.act(case_id, "serve", "officer", SERVED)
    assert states(centre) == (["valid"], ["valid"], ["valid"])
    assert known(centre, "organization.star")["band"] == "star_3"
