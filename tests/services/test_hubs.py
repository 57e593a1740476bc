"""Sub-teams and representatives of hubs: who may, what does not fit, and the events they leave on the parent's stream."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.engine.refusals import ActionNotAllowed
from incubator.errors import Invalid, NotAllowed, NotFound, Refused
from incubator.models.organizations import Standing
from incubator.queries.hubs import read_hub, sub_teams
from incubator.services.hub_representatives import end_representative, name_representative
from incubator.services.sub_teams import (
    SubTeamEnded,
    SubTeamNameTaken,
    add_sub_team,
    change_sub_team,
    end_sub_team,
)  # fmt: skip
from tests.procedures.affiliation.street import (
    TERM,
    agreements,
    confirmed,
    group,
    hub,
    hub_ended,
    person,
    public_id_of,
    standing,
)  # fmt: skip
from tests.procedures.world import Centre, build


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return standing(build(database, clock))


def do(centre: Centre, work: Callable[..., Any], by: str = "officer", **what: Any) -> Any:
    return centre.database.write(
        lambda connection: work(
            connection, organization=public_id_of(centre), actor=centre.people[by], now=centre.clock.now(), **what
        )
    )


def teams(centre: Centre) -> list[tuple[str, int, date]]:
    with centre.database.read() as connection:
        rows = sub_teams(connection, centre.people["officer"], centre.organization_id)
    return [(row.name, row.members, row.ended_on) for row in rows]


def test_a_sub_team_is_added_changed_and_ended_with_an_event_each(centre: Centre) -> None:
    team = do(centre, add_sub_team, values={"name": " 三号楼小队 ", "members": 8}, key="k")
    assert do(centre, add_sub_team, values={"name": " 三号楼小队 ", "members": 8}, key="k") == team
    do(centre, change_sub_team, team=team, values={"members": 12, "name": "三号楼小队"})
    do(centre, change_sub_team, team=team, values={"members": 12})  # nothing changes, nothing is written
    do(centre, end_sub_team, team=team, reason="并入他队")
    assert teams(centre) == [("三号楼小队", 12, date(2026, 9, 18))]
    assert centre.events("organization")[-3:] == [
        "organization.sub_team_added", "organization.sub_team_changed", "organization.sub_team_ended",
    ]  # fmt: skip
    with centre.database.read() as connection:
        assert streams.verify(connection, "organization", centre.organization_id) == []
    for work, what in ((change_sub_team, {"values": {"members": 1}}), (end_sub_team, {"reason": "再次"})):
        with pytest.raises(SubTeamEnded):
            do(centre, work, team=team, **what)
    with pytest.raises(SubTeamNameTaken):
        do(centre, add_sub_team, values={"name": "三号楼小队"})


@pytest.mark.parametrize("held", [Standing.INFORMAL, Standing.REGISTERED, Standing.EXITED])
def test_only_a_filed_parent_has_sub_teams(centre: Centre, held: Standing) -> None:
    with pytest.raises(Invalid) as refused:
        do(standing(centre, held), add_sub_team, values={"name": "三号楼小队"})
    assert "已备案" in refused.value.fields["organization_id"][0].zh


def test_names_are_unique_under_a_parent_and_free_under_another(centre: Centre) -> None:
    do(centre, add_sub_team, values={"name": "三号楼小队"})
    other = do(centre, add_sub_team, values={"name": "四号楼小队"})
    with pytest.raises(SubTeamNameTaken):
        do(centre, change_sub_team, team=other, values={"name": "三号楼小队"})
    do(group(centre, "棋牌队"), add_sub_team, values={"name": "三号楼小队"})
    with pytest.raises(NotFound):
        do(group(centre, "书画社"), end_sub_team, team=other, reason="不是它的")


@pytest.mark.parametrize(
    ("values", "since", "field"),
    [
        ({"name": " "}, None, "name"),
        ({"name": "长" * 61}, None, "name"),
        ({"name": "队", "members": -1}, None, "members"),
        ({"name": "队", "kind": "x"}, None, "kind"),
        ({"name": "队"}, date(2026, 9, 19), "since"),
    ],
)
def test_a_sub_team_that_does_not_fit_is_refused(
    centre: Centre, values: dict[str, Any], since: date | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        do(centre, add_sub_team, values=values, since=since)
    assert list(refused.value.fields) == [field]
    assert teams(centre) == []


def test_an_end_needs_a_reason_and_a_day_after_the_beginning(centre: Centre) -> None:
    team = do(centre, add_sub_team, values={"name": "三号楼小队"})
    for what, field in (({"reason": " "}, "reason"), ({"reason": "并入", "on": date(2026, 9, 17)}, "on"),
                        ({"reason": "并入", "on": date(2026, 9, 19)}, "on")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            do(centre, end_sub_team, team=team, **what)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotAllowed):
        do(centre, end_sub_team, "finance", team=team, reason="并入")


def test_a_representative_is_named_once_and_speaks_until_let_go(centre: Centre) -> None:
    carrier = hub(centre, speaker="")
    speaker = person(centre, "representative")

    def speaking() -> list[str]:
        with centre.database.read() as connection:
            file = read_hub(connection, centre.people["officer"], public_id_of(carrier), date(2026, 9, 18))
        return [name for _, name, _ in file.representatives]

    for by in ("officer", "worker", "representative"):
        with pytest.raises((NotAllowed, NotFound)):
            do(carrier, name_representative, by, person=speaker)
    do(carrier, name_representative, "director", person=speaker)
    do(carrier, name_representative, "director", person=speaker)
    assert speaking() == ["representative"]
    do(carrier, end_representative, "director", person=speaker)
    assert speaking() == []
    do(carrier, name_representative, "director", person=speaker)
    assert speaking() == ["representative"]
    assert centre.events("organization")[-3:] == [
        "organization.representative_named", "organization.representative_ended", "organization.representative_named",
    ]  # fmt: skip


def test_who_lacks_the_role_is_not_named_and_what_is_no_hub_has_no_representative(centre: Centre) -> None:
    carrier = hub(centre, speaker="")
    with pytest.raises(Invalid) as refused:
        do(carrier, name_representative, "director", person=person(centre, "finance"))
    assert list(refused.value.fields) == ["person_id"]
    with pytest.raises(Invalid) as refused:
        do(centre, name_representative, "director", person=person(centre, "representative"))
    assert list(refused.value.fields) == ["organization_id"]


def at_once(*works: Callable[[], Any]) -> list[BaseException | None]:
    """Do these at the same time; what each ran into."""
    barrier = Barrier(len(works))
    met: list[BaseException | None] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            work()
        except Refused as refused:
            met[place] = refused

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met


def test_of_two_hubs_that_would_come_to_carry_each_other_at_once_one_is_refused(
    database: Database, clock: FixedClock
) -> None:
    def let_hubs(values: dict[str, Any]) -> None:
        values["affiliation"]["carrying"]["hubs"]["value"] = True

    centre = build(database, clock, change_policy=let_hubs)
    one, other = hub(centre, "东片联合会"), hub(centre, "西片联合会")
    first, second = confirmed(one, other), confirmed(other, one)
    met = at_once(
        lambda: one.act(first, "sign", "officer", TERM), lambda: other.act(second, "sign", "other_officer", TERM)
    )
    refusals = [each for each in met if each is not None]
    assert len(refusals) == 1
    assert isinstance(refusals[0], ActionNotAllowed)
    assert [blocker.code for blocker in refusals[0].blockers] == ["picked_hub_is_not_carried_by_it@1"]
    assert len(agreements(one)) + len(agreements(other)) == 1


def test_an_affiliation_and_the_end_of_its_hub_at_once_leave_no_member_under_a_hub_that_is_none(centre: Centre) -> None:
    carrier = hub(centre)
    case_id = confirmed(centre, carrier)
    met = at_once(lambda: centre.act(case_id, "sign", "officer", TERM), lambda: hub_ended(carrier))
    held = [status for _, status, *_ in agreements(centre)]
    assert held == (["ended"] if met[0] is None else [])
    assert met[1] is None
