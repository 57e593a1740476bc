"""The managers' figures: cases in hand by procedure and step and by community, organizations by standing, results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy import case as when

from incubator.engine import library
from incubator.engine.definition import Definition, StepKind
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization, Standing
from incubator.models.streets import Community
from incubator.queries.outcomes import outcome_title
from incubator.queries.visibility import Permission, require, visible_to
from incubator.queries.worklist import IN_HAND, ended
from incubator.text import Text

SOON = 7  # days ahead that the board counts as due soon

_CASES, _ORGANIZATIONS, _COMMUNITIES = table(Case), table(Organization), table(Community)


@dataclass(frozen=True, slots=True)
class StepFigures:
    """The cases that stand at a step."""

    key: str
    title: Text
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ProcedureFigures:
    """The cases in hand of a procedure; its steps in the definition's order, ends left out."""

    key: str
    title: Text
    stage: str
    open: int
    overdue: int
    steps: tuple[StepFigures, ...]


@dataclass(frozen=True, slots=True)
class CommunityFigures:
    """The cases in hand of a community."""

    public_id: str
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How many cases of a procedure ended with a result."""

    procedure: str
    procedure_title: Text
    outcome: str
    title: Text
    number: int


@dataclass(frozen=True, slots=True)
class Status:
    """The figures as of a day. Each is the length of a list: of cases through the worklist's filters, or of organizations.

    None counts organizations by stage of their path: work is counted by case, and a standing of `filed` says nothing of a
    certificate that has ended, which the path tells.

    `open` is View.ALL, with `overdue`; `due_soon` besides is not overdue and due by `soon`; `ended` is View.ENDED with
    `ended_in` the day's year, procedure and outcome.
    """

    day: date
    soon: date
    procedures: tuple[ProcedureFigures, ...]
    communities: tuple[CommunityFigures, ...]
    organizations: Mapping[Standing, int]
    open: int
    overdue: int
    due_soon: int
    ended: tuple[Ended, ...]


def status(connection: Connection, actor: Actor, *, day: date) -> Status:
    """The figures of the actor's area as they are now, overdue being what was due before `day`. Four statements.

    NotAllowed for who may not see them.
    """
    require(actor, Permission.SEE_STATUS)
    soon = day + timedelta(days=SOON)
    groups = _groups(connection, actor, day, soon)
    return Status(
        day,
        soon,
        _procedures(connection, groups),
        _communities(connection, actor, groups),
        _standings(connection, actor),
        sum(group.open for group in groups),
        sum(group.overdue for group in groups),
        sum(group.due_soon for group in groups),
        _ended(connection, actor, day.year),
    )


def _groups(connection: Connection, actor: Actor, day: date, soon: date) -> Sequence[Any]:
    """The cases in hand, counted by definition, step and community: every figure about them is a sum of these."""
    by = [_CASES.c[name] for name in ("procedure", "definition_hash", "step", "community_id")]
    due_on = _CASES.c.due_on
    return connection.execute(
        select(
            *by,
            func.count().label("open"),
            func.sum(when((due_on < day, 1), else_=0)).label("overdue"),
            func.sum(when((due_on.between(day, soon), 1), else_=0)).label("due_soon"),
        )
        .where(visible_to(actor, _CASES), IN_HAND)
        .group_by(*by)
        .order_by(*by)
    ).all()


def _procedures(connection: Connection, groups: Sequence[Any]) -> tuple[ProcedureFigures, ...]:
    """Every current procedure with every step, then what cases of earlier definitions stand at besides."""
    definitions: dict[str, Definition] = {each.key: each for each in library.current_definitions()}
    titles = {key: _steps(definition) for key, definition in definitions.items()}
    opened: Counter[tuple[str, str]] = Counter()
    overdue: Counter[tuple[str, str]] = Counter()
    for group in groups:
        pinned = library.definition(connection, group.definition_hash)
        definitions.setdefault(group.procedure, pinned)
        titles.setdefault(group.procedure, {}).setdefault(group.step, pinned.step(group.step).title)
        opened[group.procedure, group.step] += group.open
        overdue[group.procedure, group.step] += group.overdue
    found = []
    for key, definition in definitions.items():
        steps = tuple(
            StepFigures(step, title, opened[key, step], overdue[key, step]) for step, title in titles[key].items()
        )
        total, late = sum(step.open for step in steps), sum(step.overdue for step in steps)
        found.append(ProcedureFigures(key, definition.title, definition.stage, total, late, steps))
    return tuple(found)


def _steps(definition: Definition) -> dict[str, Text]:
    return {step.key: step.title for step in definition.steps if step.kind is not StepKind.END}


def _communities(connection: Connection, actor: Actor, groups: Sequence[Any]) -> tuple[CommunityFigures, ...]:
    opened: Counter[int] = Counter()
    overdue: Counter[int] = Counter()
    for group in groups:
        opened[group.community_id] += group.open
        overdue[group.community_id] += group.overdue
    # A case that the actor was asked into may lie outside the area; it is counted, so its community is named.
    rows = connection.execute(
        select(_COMMUNITIES.c.id, _COMMUNITIES.c.public_id, _COMMUNITIES.c.name)
        .where(or_(visible_to(actor, _COMMUNITIES), _COMMUNITIES.c.id.in_(sorted(opened))))
        .order_by(_COMMUNITIES.c.id)
    )
    return tuple(CommunityFigures(row.public_id, row.name, opened[row.id], overdue[row.id]) for row in rows)


def _standings(connection: Connection, actor: Actor) -> dict[Standing, int]:
    rows = connection.execute(
        select(_ORGANIZATIONS.c.standing, func.count().label("number"))
        .where(visible_to(actor, _ORGANIZATIONS))
        .group_by(_ORGANIZATIONS.c.standing)
    )
    counted = {Standing(row.standing): int(row.number) for row in rows}
    return {standing: counted.get(standing, 0) for standing in Standing}


def _ended(connection: Connection, actor: Actor, year: int) -> tuple[Ended, ...]:
    by = [_CASES.c[name] for name in ("procedure", "outcome")]
    rows = connection.execute(
        # Any definition under which a case ended so knows what the result is called.
        select(*by, func.max(_CASES.c.definition_hash).label("definition_hash"), func.count().label("number"))
        .where(visible_to(actor, _CASES), *ended(year))
        .group_by(*by)
        .order_by(*by)
    )
    found = []
    for row in rows:
        definition = library.definition(connection, row.definition_hash)
        title = outcome_title(definition, row.outcome)
        found.append(Ended(row.procedure, definition.title, row.outcome, title, int(row.number)))
    return tuple(found)
