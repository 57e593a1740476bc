"""Awards: a decided application becomes a project with money of its call, which can be taken back until it is agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.engine import numbers
from incubator.engine.case import CaseView
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid
from incubator.models.base import table
from incubator.models.funding import Project, ProjectStatus
from incubator.models.money import MoneyAccount
from incubator.models.organizations import Organization
from incubator.services.organizations import change_organization, organization_not_found
from incubator.services.projects.accounts import (
    CARRIED_OVER,
    CARRIED_OVER_TITLE,
    Occasion,
    Place,
    balances,
    call_free,
    home_of,
    lock_organization,
    locked_project,
    move,
    of_project,
    open_project,
    open_source,
)
from incubator.text import Text

SERIES = "XM"


class AlreadyRunning(Conflict):
    """The project has left the state in which this could be done."""

    code: ClassVar[str] = "project_has_moved_on"
    title: ClassVar[Text] = Text("项目状态已变化", "The project has moved on")


@dataclass(frozen=True, slots=True)
class Awarded:
    """A project as it was awarded."""

    id: int
    public_id: str
    number: str


def award(
    connection: Connection, *, case: CaseView, call: Row[Any], payee_id: int, title: str, field: str, work_key: str,
    asked_fen: int, awarded_fen: int, minutes_number: str, actor: Actor, now: datetime, effective_on: date,
) -> Awarded:  # fmt: skip
    """Make a project of an application and commit money of its call to it, in fen.

    An application has one project: awarded again after it was taken back, it bears the same number; awarded twice, it is
    as it was. Raises Overdrawn beyond what the call has left, Invalid without an amount, AlreadyRunning.
    """
    _check_amount(awarded_fen)
    values = {
        "payee_id": payee_id,
        "title": title,
        "field": field,
        "work_key": work_key,
        "asked_fen": asked_fen,
        "awarded_fen": awarded_fen,
        "minutes_number": minutes_number,
        "status": ProjectStatus.AWARDED.value,
    }
    projects = table(Project)
    lock_organization(connection, case.organization_id)
    known = connection.execute(
        select(projects).where(projects.c.application_case_id == case.id).with_for_update()
    ).one_or_none()
    if known is None:
        awarded = _enter(
            connection, case.street_id, case.community_id, case.organization_id, now, effective_on,
            {**values, "call_id": call.id, "application_case_id": case.id},
        )  # fmt: skip
    elif known.status == ProjectStatus.LAPSED:
        connection.execute(update(projects).where(projects.c.id == known.id).values(**values))
        awarded = Awarded(known.id, known.public_id, known.number)
    elif known.status == ProjectStatus.AWARDED:
        return Awarded(known.id, known.public_id, known.number)
    else:
        raise _moved_on(known)
    move(
        connection, case.street_id, cause=f"project:{awarded.number}:award:{case.version}", purpose="project.awarded",
        fen=awarded_fen, out_of=call_free(call.number), into=of_project(awarded.number, Place.COMMITTED),
        occasion=Occasion(actor, now, effective_on, case.id),
    )  # fmt: skip
    note_project(
        connection, case.organization_id, "organization.project_awarded", awarded.number, actor, now, effective_on,
        case=case.public_id, call=call.number, awarded_fen=awarded_fen, minutes_number=minutes_number,
    )  # fmt: skip
    return awarded


def take_back_award(
    connection: Connection, *, project_id: int, reason: str, actor: Actor, now: datetime, effective_on: date
) -> None:
    """Let an award lapse that is not agreed yet, and give its money back to the call. Taken back twice, it is once.

    Raises NotFound, AlreadyRunning once the agreement is signed.
    """
    project = locked_project(connection, table(Project).c.id == project_id)
    if project.status == ProjectStatus.LAPSED:
        return
    if project.status != ProjectStatus.AWARDED:
        raise _moved_on(project)
    projects = table(Project)
    connection.execute(
        update(projects).where(projects.c.id == project_id).values(status=ProjectStatus.LAPSED.value)
    )  # fmt: skip
    committed = of_project(project.number, Place.COMMITTED)
    # An award can lapse, be made anew and lapse again: each time is told apart by what the account has seen.
    times = _times_moved(connection, project.street_id, committed)
    move(
        connection, project.street_id, cause=f"project:{project.number}:lapse:{times}", purpose="project.lapsed",
        fen=balances(connection, project.street_id, project.number)[Place.COMMITTED],
        out_of=committed, into=home_of(connection, project),
        occasion=Occasion(actor, now, effective_on, project.application_case_id or 0, reason),
    )  # fmt: skip
    note_project(
        connection, project.organization_id, "organization.project_lapsed", project.number, actor, now, effective_on,
        reason=reason,
    )  # fmt: skip


def carry_over(
    connection: Connection, *, organization_id: int, payee_id: int, title: str, field: str, work_key: str,
    awarded_fen: int, paper: str, actor: Actor, now: datetime, effective_on: date,
) -> Awarded:  # fmt: skip
    """Enter a project that was awarded before the software was there, with the paper that says so; `start` follows.

    It belongs to no call; its money comes from, and what it does not need goes to, the account of what was carried over.
    """
    _check_amount(awarded_fen)
    organizations = table(Organization)
    owner = connection.execute(
        select(organizations.c.street_id, organizations.c.community_id)
        .where(organizations.c.id == organization_id)
        .with_for_update()
    ).one_or_none()
    if owner is None:
        raise organization_not_found()
    awarded = _enter(
        connection, owner.street_id, owner.community_id, organization_id, now, effective_on,
        {
            "payee_id": payee_id, "title": title, "field": field, "work_key": work_key, "asked_fen": awarded_fen,
            "awarded_fen": awarded_fen, "minutes_number": "", "paper": paper, "status": ProjectStatus.AWARDED.value,
            "call_id": 0, "application_case_id": None,
        },
    )  # fmt: skip
    move(
        connection, owner.street_id, cause=f"project:{awarded.number}:carry_over", purpose="project.carried_over",
        fen=awarded_fen, out_of=open_source(connection, owner.street_id, CARRIED_OVER, CARRIED_OVER_TITLE),
        into=of_project(awarded.number, Place.COMMITTED), occasion=Occasion(actor, now, effective_on, memo=paper),
    )  # fmt: skip
    note_project(
        connection, organization_id, "organization.project_carried_over", awarded.number, actor, now, effective_on,
        awarded_fen=awarded_fen, paper=paper,
    )  # fmt: skip
    return awarded


def note_project(
    connection: Connection, organization_id: int, event: str, number: str, actor: Actor, now: datetime,
    effective_on: date, **particulars: Any,
) -> None:  # fmt: skip
    """Tell the organization's stream what became of a project."""
    change_organization(
        connection, organization_id, event=event, changes={}, actor=actor, now=now, effective_on=effective_on,
        also={"project": number, **particulars},
    )  # fmt: skip


def _enter(
    connection: Connection, street_id: int, community_id: int, organization_id: int, now: datetime, day: date,
    values: dict[str, Any],
) -> Awarded:  # fmt: skip
    projects = table(Project)
    number = numbers.spelled(SERIES, day.year, numbers.take(connection, street_id, SERIES, day.year))
    fresh = public_id()
    key = connection.execute(
        insert(projects)
        .values(
            **values, public_id=fresh, street_id=street_id, community_id=community_id, organization_id=organization_id,
            number=number, recorded_at=now,
        )
        .returning(projects.c.id)
    ).scalar_one()  # fmt: skip
    open_project(connection, street_id, number)
    return Awarded(int(key), fresh, number)


def _times_moved(connection: Connection, street_id: int, code: str) -> int:
    accounts = table(MoneyAccount)
    return int(
        connection.execute(
            select(accounts.c.version).where(accounts.c.street_id == street_id, accounts.c.code == code)
        ).scalar_one()
    )


def _check_amount(fen: int) -> None:
    if fen <= 0:
        words = Text("立项金额须大于零", "An award is more than nothing")
        raise Invalid(words, fields={"awarded_fen": [words]})


def _moved_on(project: Row[Any]) -> AlreadyRunning:
    return AlreadyRunning(
        Text(
            f"项目 {project.number} 已签订协议或已结束，不能再调整立项",
            f"Project {project.number} is agreed or has ended: its award stands",
        ),
        extra={"project": project.number, "status": project.status},
    )
