"""The sweep over due timers: time decides once, late or not, and what it cannot do is told and tried again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.automation import Notice
from incubator.models.base import table
from incubator.models.cases import Case, Timer
from incubator.models.events import Event
from incubator.services.automation.timers import TimersFired, fire_due_timers
from incubator.services.bootstrap import Service
from incubator.settings import Settings
from tests.procedures.world import Centre, build

CASES, TIMERS = table(Case), table(Timer)


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    """A centre that gives public notice of what it approves."""

    def with_notice(values: dict[str, Any]) -> None:
        values["filing"]["public_notice"]["enabled"]["value"] = True

    return build(database, clock, change_policy=with_notice)


@pytest.fixture
def case_id(centre: Centre) -> str:
    """A filing under public notice until 29 September 2026."""
    case_id = centre.accepted()
    assert centre.act(case_id, "approve", "director").step == "public_notice"
    assert centre.case(case_id).due_on.isoformat() == "2026-09-29"
    return case_id


@pytest.fixture
def service(centre: Centre, tmp_path: Path) -> Service:
    """The service that sweeps."""
    return Service(Settings(data_dir=tmp_path), centre.database, centre.clock)


def rows(centre: Centre, model: type[Any], **values: Any) -> list[Any]:
    columns = table(model).c
    query = select(table(model)).where(*(columns[name] == value for name, value in values.items()))
    with centre.database.read() as connection:
        return list(connection.execute(query.order_by(columns.id)).all())


def test_the_notice_ends_once_though_several_sweep_and_not_before_its_day(
    centre: Centre, case_id: str, service: Service
) -> None:
    centre.on("2026-09-29")
    assert fire_due_timers(service).due == 0
    assert centre.case(case_id).step == "public_notice"
    centre.on("2026-09-30")
    with ThreadPoolExecutor(3) as pool:
        swept: list[TimersFired] = list(pool.map(lambda _: fire_due_timers(service), range(3)))
    assert sum(each.outcomes.get("advanced", 0) for each in swept) == 1
    assert not [each for each in swept if each.errors or each.refusals]
    assert centre.case(case_id).step == "certificate"
    assert len(rows(centre, Event, type="case.elapse")) == 1


def test_a_notice_found_over_late_counts_from_its_day_and_says_so(
    centre: Centre, case_id: str, service: Service
) -> None:
    centre.on("2026-10-12")
    assert fire_due_timers(service).outcomes == {"advanced": 1}
    (event,) = rows(centre, Event, type="case.elapse")
    assert event.effective_on.isoformat() == "2026-09-30"
    assert "2026-09-30" in event.body


def test_a_timer_that_is_refused_stays_due_and_an_officer_is_told_once(
    centre: Centre, case_id: str, service: Service
) -> None:
    centre.database.write(lambda connection: connection.execute(update(TIMERS).values(action="vanish")))
    for day in ("2026-09-30", "2026-10-08"):
        centre.on(day)
        assert fire_due_timers(service).outcomes == {"refused": 1}
    assert centre.case(case_id).step == "public_notice"
    (told,) = rows(centre, Notice, kind="automation.refused")
    assert (told.role, told.case_id) == ("officer", centre.case(case_id).id)


def test_a_timer_that_breaks_stops_no_other_and_the_administrator_is_told_once(
    centre: Centre, case_id: str, service: Service
) -> None:
    other = centre.with_group("夕阳红舞蹈队")
    well = other.accepted(name="桂花社区夕阳红舞蹈队")
    other.act(well, "approve", "director")
    broken, whole = centre.case(case_id).id, centre.case(case_id).milestones

    def damage(milestones: Any) -> None:
        change = update(CASES).where(CASES.c.id == broken).values(milestones=milestones)
        centre.database.write(lambda connection: connection.execute(change))

    damage([])
    centre.on("2026-09-30")
    fired = fire_due_timers(service)
    assert fired.outcomes == {"failed": 1, "advanced": 1}
    assert len(fired.errors) == 1
    assert centre.case(well).step == "certificate"
    assert fire_due_timers(service).outcomes == {"failed": 1}
    (told,) = rows(centre, Notice, kind="automation.failing")
    assert (told.role, told.case_id) == ("administrator", broken)
    damage(whole)
    assert fire_due_timers(service).outcomes == {"advanced": 1}
