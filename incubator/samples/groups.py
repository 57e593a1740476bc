"""The organizations that are taken along: groups of the survey that are fit to be filed, and bodies that are registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sqlalchemy import select

from incubator.database import Database
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.policies.packs import shipped
from incubator.samples.people import COMMUNITIES, worker_of
from incubator.services.survey.imported import TAKEN, ImportedSurvey
from incubator.services.survey.importing import SurveyFile
from incubator.services.survey.readings import SurveyRow

_LEAST_MEMBERS = 10


@dataclass(slots=True)
class Group:
    """One of those that are taken along: what it applies with, and who brings its papers, handles and decides them."""

    organization_id: int
    public_id: str
    name: str
    community: str
    category: str
    leader: str
    phone: str
    members: int
    premises: str
    activity: str
    worker: str
    officer: str
    other_officer: str
    director: str
    other_director: str


def handled_by(place: int) -> dict[str, str]:
    """Who handles and who decides for the organization in this place; every other one goes to the colleagues."""
    officers, directors = ("officer", "officer2"), ("director", "director2")
    turn = place // len(COMMUNITIES) % 2
    return {
        "officer": officers[turn],
        "other_officer": officers[1 - turn],
        "director": directors[turn],
        "other_director": directors[1 - turn],
    }


def fit_groups(database: Database, file: SurveyFile, imported: ImportedSurvey) -> dict[str, Group]:
    """The survey's groups that can be filed as they are, by name, community by community in turn."""
    organizations = table(Organization)
    with database.read() as connection:
        keys = {
            row.public_id: row.id for row in connection.execute(select(organizations.c.public_id, organizations.c.id))
        }
    endings = tuple(shipped()["values"]["filing"]["conditions"]["name"]["value"]["endings"])
    found: dict[str, list[tuple[SurveyRow, str]]] = {community: [] for community in COMMUNITIES}
    for row, fate in zip(file.survey.rows, imported.rows, strict=True):
        if fate.fate in TAKEN and _is_fit(row, endings):
            assert row.community is not None
            found[row.community].append((row, fate.organization))
    in_turn = [each for rows in zip_longest(*found.values()) for each in rows if each is not None]
    groups = [_group(place, row, keys[public_id], public_id) for place, (row, public_id) in enumerate(in_turn)]
    return {group.name: group for group in groups}


def _is_fit(row: SurveyRow, endings: Sequence[str]) -> bool:
    said = row.values
    enough = said.leader and said.category and (said.members or 0) >= _LEAST_MEMBERS and not said.remark
    return bool(enough and said.name.endswith(tuple(endings)) and not said.dormant_hint)


def _group(place: int, row: SurveyRow, organization_id: int, public_id: str) -> Group:
    said = row.values
    assert row.community is not None
    assert said.category and said.leader and said.members  # noqa: PT018 - as `_is_fit` says
    return Group(
        organization_id=organization_id,
        public_id=public_id,
        name=said.name if row.community in said.name else row.community + said.name,
        community=row.community,
        category=said.category,
        leader=said.leader,
        phone=said.phone or f"1390000{place:04d}",
        members=said.members,
        premises=said.premises or f"{row.community}党群服务中心活动室",
        activity=said.activity_frequency or "每周",
        worker=worker_of(row.community),
        **handled_by(place),
    )
