"""The sample street: plainly fictitious, and played through the real services up to the present day."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection, select

from incubator.clock import SHANGHAI, FixedClock, today
from incubator.database import Database
from incubator.engine import library
from incubator.engine.roles import WHOLE_STREET, Role
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.policies.packs import shipped
from incubator.samples.agenda import Agenda
from incubator.samples.stage import SWEEP_AT, Group, Person, Stage
from incubator.samples.stories import AFTERCARE, FILED, FILINGS, REVIEWS
from incubator.sealing import configure_sealer
from incubator.services.accounts import add_user, console
from incubator.services.automation.outbox import waiting
from incubator.services.bootstrap import Service, load_procedures
from incubator.services.passwords import hash_password
from incubator.services.people import RoleInArea
from incubator.services.setup import set_up_street
from incubator.services.streets import communities_of
from incubator.services.substitutes import name_substitute
from incubator.services.survey.imported import TAKEN, ImportedSurvey
from incubator.services.survey.importing import SurveyFile, import_survey, read_file
from incubator.services.survey.readings import SurveyRow
from incubator.services.upgrade import upgrade
from incubator.settings import Settings

CODE, NAME, DISTRICT = "000000001", "示例街道", "示例区"
COMMUNITIES = ("桂花社区", "东门社区", "书院社区", "水井社区", "新桥社区", "北塔社区", "望江社区")
SURVEY = "survey.xlsx"
PASSWORD = "Demo-Street-2026"  # noqa: S105 - the sample's, told to everybody who starts it


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody who may sign in to the sample; `communities` are a community worker's."""

    username: str
    name: str
    role: Role
    communities: tuple[str, ...] = ()


ACCOUNTS = (
    DemoAccount("worker-guihua", "示例社工甲", Role.COMMUNITY_WORKER, ("桂花社区", "东门社区")),
    DemoAccount("worker-shuyuan", "示例社工乙", Role.COMMUNITY_WORKER, ("书院社区", "水井社区")),
    DemoAccount("worker-xinqiao", "示例社工丙", Role.COMMUNITY_WORKER, ("新桥社区", "北塔社区", "望江社区")),
    DemoAccount("officer", "示例经办人甲", Role.OFFICER),
    DemoAccount("officer2", "示例经办人乙", Role.OFFICER),
    DemoAccount("director", "示例主任甲", Role.DIRECTOR),
    DemoAccount("director2", "示例主任乙", Role.DIRECTOR),
    DemoAccount("finance", "示例财务", Role.FINANCE),
    DemoAccount("expert", "示例专家", Role.EXPERT),
    DemoAccount("hub", "示例枢纽代表", Role.HUB_REPRESENTATIVE),
    DemoAccount("manager", "示例分管领导", Role.MANAGER),
    DemoAccount("admin", "示例管理员", Role.ADMINISTRATOR),
)

Progress = Callable[[int, int], None]


def build(data_dir: Path, now: datetime, progress: Progress = lambda done, moves: None) -> None:
    """Play the sample street into an empty folder. Raises RuntimeError where automation fails on the way."""
    with _environment(data_dir):
        settings = Settings(data_dir=data_dir, database_url="")
        configure_sealer(settings.sealing_key)
        upgrade(settings.effective_database_url)
        database = Database(settings.effective_database_url)
        try:
            _play(settings, database, now, progress)
            with database.read() as connection:
                left = waiting(connection, now)
            if left.rows:
                raise RuntimeError(f"{left.rows} rows of the outbox were left waiting")
        finally:
            database.close()


def _play(settings: Settings, database: Database, now: datetime, progress: Progress) -> None:
    year = today(now).year
    # Far enough back that groups were filed before the year whose reviews are under way.
    first_day = min(today(now) - timedelta(days=365), date(year - 1, 8, 20))
    clock = FixedClock(datetime.combine(first_day, time(9), tzinfo=SHANGHAI))
    service = Service(settings, database, clock)
    load_procedures(database, clock.now())
    street_id, people = _set_up(database, clock.now())
    stage = Stage(service, clock, people)
    groups = iter(_groups(database, *_survey(stage, street_id)))
    with database.read() as connection:
        _, calendar = library.calendar_in_force(connection, street_id)
    agenda = Agenda(calendar, first_day + timedelta(days=1), now)
    start = agenda.after(first_day)
    new_year = date(year, 1, 1)
    for place, story in enumerate(REVIEWS):
        group = next(groups)
        agenda.plan(group, FILED, agenda.before(date(year - 1, 12, 19), 2 * place), not_before=start)
        for review in filter(None, (story, AFTERCARE.get(place))):
            agenda.plan(
                group, review.moves, agenda.before(today(now), review.waiting), not_before=agenda.after(new_year)
            )
    for story in FILINGS:
        agenda.plan(next(groups), story.moves, agenda.before(today(now), story.waiting), not_before=start)
    agenda.play(stage, _sweeps(new_year, now), progress)


def _sweeps(new_year: date, now: datetime) -> set[date]:
    """The mornings on which due reviews were opened: New Year, the first of each month, and the last one there was."""
    last = today(now)
    if datetime.combine(last, SWEEP_AT, tzinfo=SHANGHAI) > now:
        last -= timedelta(days=1)
    return {last, *(new_year.replace(month=month) for month in range(1, 13))}


def _set_up(database: Database, now: datetime) -> tuple[int, dict[str, Person]]:
    password_hash = hash_password(PASSWORD)

    def write(connection: Connection) -> tuple[int, dict[str, Person]]:
        street_id = set_up_street(connection, code=CODE, name=NAME, district=DISTRICT, communities=COMMUNITIES, now=now)
        keys = communities_of(connection, street_id)
        people = {}
        for account in ACCOUNTS:
            areas = [keys[each] for each in account.communities] or [WHOLE_STREET]
            user = add_user(
                connection,
                street_id=street_id,
                username=account.username,
                password=PASSWORD,
                password_hash=password_hash,
                name=account.name,
                roles=[RoleInArea(account.role, area) for area in areas],
                actor=console(street_id),
                now=now,
            )
            people[account.username] = Person(user.person_id, user.account_id)
        return street_id, people

    return database.write(write)


def _survey(stage: Stage, street_id: int) -> tuple[SurveyFile, ImportedSurvey]:
    """The survey, imported by an officer; the director names who stands in where four eyes leave nobody."""
    content = files("incubator.samples").joinpath(SURVEY).read_bytes()
    now, officer, director = stage.clock.now(), stage.actor("officer"), stage.actor("director")
    with stage.database.read() as connection:
        file = read_file(connection, street_id=street_id, content=content, filename=SURVEY, actor=officer, now=now)
    imported = stage.database.write(lambda connection: import_survey(connection, file, actor=officer, now=now))
    stage.database.write(
        lambda connection: name_substitute(
            connection, street_id=street_id, role=Role.DIRECTOR, person_id=stage.people["officer2"].id,
            until=today(now) + timedelta(days=3 * 365), actor=director, now=now,
        )
    )  # fmt: skip
    return file, imported


def _groups(database: Database, file: SurveyFile, imported: ImportedSurvey) -> list[Group]:
    """The groups that can be taken along, community by community in turn."""
    organizations = table(Organization)
    with database.read() as connection:
        keys = {
            row.public_id: row.id for row in connection.execute(select(organizations.c.public_id, organizations.c.id))
        }
    endings = tuple(shipped()["values"]["filing"]["conditions"]["name"]["value"]["endings"])
    found: dict[str, list[SurveyRow]] = {community: [] for community in COMMUNITIES}
    entered = {}
    for row, fate in zip(file.survey.rows, imported.rows, strict=True):
        if _fit(row, endings) and fate.fate in TAKEN:
            assert row.community is not None
            found[row.community].append(row)
            entered[row.sheet, row.row] = keys[fate.organization]
    in_turn = [row for rows in zip_longest(*found.values()) for row in rows if row is not None]
    return [_group(place, row, entered[row.sheet, row.row]) for place, row in enumerate(in_turn)]


def _fit(row: SurveyRow, endings: tuple[str, ...]) -> bool:
    said = row.values
    enough = said.leader and said.category and (said.members or 0) >= 12 and not said.remark
    return bool(enough and said.name.endswith(endings) and not said.dormant_hint)


def _group(place: int, row: SurveyRow, organization_id: int) -> Group:
    said = row.values
    assert row.community is not None
    assert said.category and said.leader and said.members  # noqa: PT018 - as `_fit` says
    turn = place // len(COMMUNITIES) % 2
    directors = ("director", "director2")
    return Group(
        organization_id=organization_id,
        name=said.name if row.community in said.name else row.community + said.name,
        category=said.category,
        leader=said.leader,
        phone=said.phone or f"1390000{place:04d}",
        members=said.members,
        premises=said.premises or f"{row.community}党群服务中心活动室",
        activity=said.activity_frequency or "每周",
        worker=next(each.username for each in ACCOUNTS if row.community in each.communities),
        officer=("officer", "officer2")[turn],
        director=directors[turn],
        other_director=directors[1 - turn],
    )


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
