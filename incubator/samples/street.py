"""The sample street: plainly fictitious, and played through the real services, two years and more, up to the present day."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

from incubator.clock import SHANGHAI, FixedClock, today
from incubator.database import Database
from incubator.engine import library
from incubator.engine.roles import Role
from incubator.samples.agenda import Agenda
from incubator.samples.careers import ON_PAPER
from incubator.samples.casting import Casting
from incubator.samples.groups import Group, fit_groups
from incubator.samples.opening import OnPaper, bring_in
from incubator.samples.people import COMMUNITIES, add_people
from incubator.samples.registered import enter_bodies
from incubator.samples.stage import Stage
from incubator.sealing import configure_sealer
from incubator.services.automation.outbox import waiting
from incubator.services.bootstrap import Service, load_procedures
from incubator.services.setup import set_up_street
from incubator.services.substitutes import name_substitute
from incubator.services.survey.importing import import_survey, read_file
from incubator.services.upgrade import upgrade
from incubator.settings import Settings

CODE, NAME, DISTRICT = "000000001", "示例街道", "示例区"
SURVEY = "survey.xlsx"

Progress = Callable[[int, int], None]


def build(data_dir: Path, now: datetime, progress: Progress = lambda done, moves: None) -> None:
    """Play the sample street into an empty folder. Raises RuntimeError where automation fails on the way."""
    with _environment(data_dir):
        settings = Settings(data_dir=data_dir, database_url="")
        configure_sealer(settings.sealing_key)
        upgrade(settings.effective_database_url)
        database = Database(settings.effective_database_url, durable=False)
        try:
            _play(settings, database, now, progress)
            with database.read() as connection:
                left = waiting(connection, now)
            if left.rows:
                raise RuntimeError(f"{left.rows} rows of the outbox were left waiting")
        finally:
            database.close()


def _play(settings: Settings, database: Database, now: datetime, progress: Progress) -> None:
    first_day = _first_day(today(now))
    clock = FixedClock(datetime.combine(first_day, time(9), tzinfo=SHANGHAI))
    service = Service(settings, database, clock)
    load_procedures(database, clock.now())
    stage = _set_up(service, clock)
    groups = _survey(stage)
    enter_bodies(stage)
    stock = _stock(groups, today(now))
    bring_in(stage, stock)
    with database.read() as connection:
        _, calendar = library.calendar_in_force(connection, stage.street_id)
    agenda = Agenda(calendar, first_day + timedelta(days=1), now)
    Casting(agenda, groups, dict(stage.known), stock).plan()
    stage.known |= groups
    agenda.play(stage, progress)


def _first_day(day: date) -> date:
    """Two years before, and in time for groups to be filed before the year whose reviews were the last ones."""
    return min(day - timedelta(days=2 * 365), date(day.year - 2, 9, 1))


def _set_up(service: Service, clock: FixedClock) -> Stage:
    now, database = clock.now(), service.database
    street_id = database.write(
        lambda connection: set_up_street(
            connection, code=CODE, name=NAME, district=DISTRICT, communities=COMMUNITIES, now=now
        )
    )
    people = database.write(lambda connection: add_people(connection, street_id, now))
    return Stage(service, clock, people, street_id)


def _survey(stage: Stage) -> dict[str, Group]:
    """The survey, imported by an officer; the director names who stands in where four eyes leave nobody."""
    content = files("incubator.samples").joinpath(SURVEY).read_bytes()
    database, now, officer = stage.service.database, stage.clock.now(), stage.actor("officer")
    with database.read() as connection:
        file = read_file(
            connection, street_id=stage.street_id, content=content, filename=SURVEY, actor=officer, now=now
        )  # fmt: skip
    imported = stage.write(
        "officer", lambda connection, actor, now: import_survey(connection, file, actor=actor, now=now)
    )
    stage.write(
        "director",
        lambda connection, actor, now: name_substitute(
            connection, street_id=stage.street_id, role=Role.DIRECTOR, person_id=stage.people["officer2"].id,
            until=today(now) + timedelta(days=5 * 365), actor=actor, now=now,
        ),
    )  # fmt: skip
    return fit_groups(database, file, imported)


def _stock(groups: Mapping[str, Group], day: date) -> list[OnPaper]:
    return [
        OnPaper(groups[name], day + timedelta(days=until), stars, day + timedelta(days=stars_until) if stars else None)
        for name, until, stars, stars_until in ON_PAPER
    ]


@contextmanager
def _environment(data_dir: Path) -> Iterator[None]:
    """Automation's tasks find the data folder in the environment, as they do in the worker."""
    before = os.environ.get("INCUBATOR_DATA_DIR")
    os.environ["INCUBATOR_DATA_DIR"] = str(data_dir)
    try:
        yield
    finally:
        if before is None:
            del os.environ["INCUBATOR_DATA_DIR"]
        else:
            os.environ["INCUBATOR_DATA_DIR"] = before
