"""Service centres: entered, handed to a filed organization, taken back, each with its event; who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.engine.opening import NotYetOpen
from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.facts import registry
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.premises import ServiceCentre
from incubator.models.streets import Community
from incubator.queries.premises import centres_run_by, read_centre, service_centres
from incubator.services.premises import CentreInUse, CentreNameTaken, change_centre, enter_centre, hand_over, take_back
from tests.procedures.world import Centre, build

ON = date(2026, 9, 18)


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    """The guidance centre with a filed group."""
    centre = build(database, clock).on("2026-09-18")
    (group,) = centre.filed_groups(1)
    centre.organization_id = group
    return centre


def enter(centre: Centre, by: str = "officer", key: str = "", **values: Any) -> str:
    with centre.database.read() as connection:
        community = connection.scalar(select(table(Community).c.public_id))
    said = {"name": "长者服务中心", "area": 210, "provider": "草堂街道", **values}
    return centre.database.write(
        lambda connection: enter_centre(
            connection, community=str(community), values=said, actor=centre.people[by], now=centre.clock.now(), key=key
        )
    ).public_id


def give(centre: Centre, centre_id: str, by: str = "officer", **how: Any) -> None:
    organization = centre.organization().public_id
    centre.database.write(
        lambda connection: hand_over(
            connection, centre_id, **{"organization": organization, "on": ON, **how}, actor=centre.people[by],
            now=centre.clock.now(),
        )
    )  # fmt: skip


def fetch_back(centre: Centre, centre_id: str, on: date = ON, reason: str = "约定期满") -> None:
    centre.database.write(
        lambda connection: take_back(
            connection, centre_id, on=on, reason=reason, actor=centre.people["officer"], now=centre.clock.now()
        )
    )


def test_a_centre_is_handed_to_a_filed_group_and_taken_back_with_events_on_both_streams(centre: Centre) -> None:
    centre_id = enter(centre)
    give(centre, centre_id, until=date(2028, 9, 17))
    with centre.database.read() as connection:
        line = read_centre(connection, centre.people["officer"], centre_id)
        assert (line.operator_name, line.area, line.agreed_until) == (
            centre.organization().name,
            210,
            date(2028, 9, 17),
        )
        (run,) = centres_run_by(connection, centre.people["officer"], centre.organization_id)
        assert run.public_id == centre_id
    fetch_back(centre, centre_id)
    assert centre.events("premises") == ["premises.entered", "premises.handed_over", "premises.taken_back"]
    assert centre.events("organization")[-2:] == ["organization.given_premises", "organization.premises_returned"]
    with centre.database.read() as connection:
        assert centres_run_by(connection, centre.people["officer"], centre.organization_id) == ()
        assert streams.verify(connection, "premises", connection.scalar(select(table(ServiceCentre).c.id)) or 0) == []


def test_a_centre_in_use_is_not_handed_over_again_and_a_free_one_not_taken_back(centre: Centre) -> None:
    centre_id = enter(centre)
    with pytest.raises(CentreInUse):
        fetch_back(centre, centre_id)
    give(centre, centre_id)
    with pytest.raises(CentreInUse):
        give(centre, centre_id)


def test_only_filed_or_registered_organizations_are_given_premises(centre: Centre) -> None:
    centre_id = enter(centre)
    informal = centre.with_group("待备案的队")
    with pytest.raises(Invalid) as refusal:
        give(informal, centre_id)
    assert "已备案或已登记" in refusal.value.fields["organization_id"][0].zh
    assert centre.events("premises") == ["premises.entered"]


@pytest.mark.parametrize(
    ("how", "field"), [({"until": date(2026, 9, 17)}, "until"), ({"on": date(2026, 9, 19), "until": ON}, "until")]
)
def test_a_term_does_not_end_before_it_begins(centre: Centre, how: dict[str, Any], field: str) -> None:
    centre_id = enter(centre)
    with pytest.raises(Invalid) as refusal:
        give(centre, centre_id, **how)
    assert list(refusal.value.fields) == [field]


def test_taking_back_needs_a_reason_and_a_day_after_the_handing_over(centre: Centre) -> None:
    centre_id = enter(centre)
    give(centre, centre_id)
    for on, reason, field in ((ON, " ", "reason"), (date(2026, 9, 17), "期满", "on")):
        with pytest.raises(Invalid) as refusal:
            fetch_back(centre, centre_id, on, reason)
        assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"name": "长" * 101}, "name"), ({"area": -1}, "area"), ({"owner": "x"}, "owner")],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    centre: Centre, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        enter(centre, **values)
    assert list(refusal.value.fields) == [field]
    assert centre.events("premises") == []


def test_a_name_is_unique_in_the_street_and_a_key_enters_once(centre: Centre) -> None:
    assert enter(centre, key="k") == enter(centre, key="k")
    with pytest.raises(CentreNameTaken):
        enter(centre)
    with centre.database.read() as connection:
        assert len(service_centres(connection, centre.people["officer"]).items) == 1


def test_a_change_keeps_old_and_new_and_one_that_changes_nothing_writes_nothing(centre: Centre) -> None:
    centre_id = enter(centre)

    def change(**values: Any) -> int:
        return centre.database.write(
            lambda connection: change_centre(
                connection, centre_id, values=values, actor=centre.people["officer"], now=centre.clock.now()
            )
        ).version

    assert change(area=210) == 1
    assert change(area=230, rent_free=False) == 2
    events = table(Event)
    with centre.database.read() as connection:
        body = connection.scalar(select(events.c.body).where(events.c.type == "premises.changed"))
    assert '"area":[210,230]' in str(body)


def test_who_has_no_part_in_premises_may_not_enter_one_nor_see_those_of_another_street(centre: Centre) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        enter(centre, by="finance")
    with pytest.raises((NotAllowed, NotFound)):
        enter(centre, by="expert_1")
    assert centre.events("premises") == []


def test_who_runs_a_centre_is_a_fact_now_and_at_a_past_moment_and_keeps_a_filing_from_ending(centre: Centre) -> None:
    centre_id = enter(centre)
    give(centre, centre_id)
    then = centre.clock.now()
    assert run_by(centre) == ("长者服务中心",)
    case_id = centre.open("filing_exit", "officer")
    with centre.database.read() as connection:
        case = centre.case(case_id)
        facts = registry.load(connection, [case], {"organization.service_centres"}, registry.AsOf(then))[0]
    blocker = RULES["runs_no_service_centre@1"].blocker(facts, Policy({"name": "none", "sources": {}, "values": {}}))
    assert blocker is not None
    assert "长者服务中心" in blocker.message.zh
    centre.on("2026-09-21")
    fetch_back(centre, centre_id, on=date(2026, 9, 21))
    assert run_by(centre) == ()
    assert run_by(centre, registry.AsOf(then, is_past=True)) == ("长者服务中心",)


def run_by(centre: Centre, as_of: registry.AsOf | None = None) -> tuple[str, ...]:
    subject = NotYetOpen(centre.organization_id, centre.street_id, centre.community_id)
    with centre.database.read() as connection:
        known = registry.load(
            connection, [subject], {"organization.service_centres"}, as_of or registry.AsOf(centre.clock.now())
        )
    names: tuple[str, ...] = known[0]["organization.service_centres"]
    return names
