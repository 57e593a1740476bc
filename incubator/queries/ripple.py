"""What an overdue case of an organization holds up elsewhere: later stages, money, those whom it carries and stands in for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from incubator.engine.roles import Actor, Role
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, WorkItem
from incubator.models.funding import Project, ProjectStatus, Tranche, TrancheStatus
from incubator.models.hubs import Affiliation, AffiliationStatus, HubRepresentative, SubTeam
from incubator.models.organizations import Organization
from incubator.queries.organizations import CaseLine
from incubator.queries.path.stages import Stage, StageState
from incubator.queries.visibility import visible_to
from incubator.text import Text
from incubator.wording import amount

_PROJECTS, _TRANCHES, _CASES, _ITEMS = table(Project), table(Tranche), table(Case), table(WorkItem)
_AGREEMENTS, _TEAMS, _SPEAKERS, _ORGANIZATIONS = (
    table(Affiliation), table(SubTeam), table(HubRepresentative), table(Organization)
)  # fmt: skip
_BEHIND_A_GATE = (TrancheStatus.WAITING.value, TrancheStatus.OPEN.value, TrancheStatus.REQUESTED.value)
_UNDER_WAY = (ProjectStatus.AWARDED.value, ProjectStatus.RUNNING.value)
# The stages that ask for an earlier one, and the rule of the funding stage that asks for the yearly report.
_AFTER = {"filing": ("affiliation", "funding", "evaluation"), "affiliation": ("funding", "evaluation")}
_REPORT_DUE = "yearly_report_is_not_overdue"
_OF_THE_HUB = frozenset({"hub_recognition", "hub_ending"})


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that waits for an overdue case, and where it is found."""

    words: Text
    href: str


@dataclass(frozen=True, slots=True)
class Ripple:
    """An overdue case and what it holds up; `case` None: something overdue that others wait for outside its own cases."""

    case: CaseLine | None
    title: Text
    due_on: date
    href: str
    holds: tuple[Held, ...]


def ripples(
    connection: Connection, actor: Actor, organization: Row[Any], cases: Sequence[CaseLine], stages: Sequence[Stage],
    day: date,
) -> tuple[Ripple, ...]:  # fmt: skip
    """What each overdue case of an organization holds up on the day, the longest overdue first; and the consents of others
    that await it as their hub. At most six statements, and one where nothing is overdue."""
    late = sorted((case for case in cases if case.in_hand and case.due_on < day), key=lambda case: case.due_on)
    awaited = _consents(connection, actor, organization, day)
    if not late:
        return awaited
    money = _money(connection, actor, organization.id, [case.id for case in late])
    carried = _count(connection, _AGREEMENTS, _AGREEMENTS.c.hub_id == organization.id,
                     _AGREEMENTS.c.status == AffiliationStatus.VALID.value, _AGREEMENTS.c.until >= day)  # fmt: skip
    teams = _count(connection, _TEAMS, _TEAMS.c.organization_id == organization.id, _TEAMS.c.ended_on == NO_DATE)
    paid_for = _paid_for(connection, actor, organization.id)

    def held_by(case: CaseLine) -> Iterator[Held]:
        stage = case.definition.stage
        yield from _later(stages, stage, organization.public_id)
        yield from money.get(case.id, ())
        if stage == "filing" and teams:
            yield Held(
                Text(f"下设 {teams} 个小队随本组织的备案", f"{teams} sub-teams stand under its filing"),
                f"/organizations/{organization.public_id}#sub-teams",
            )
        if carried and (case.definition.key in _OF_THE_HUB or stage == "filing"):
            yield Held(
                Text(f"其联系的 {carried} 家组织的挂靠", f"the affiliation of {carried} organizations that it carries"),
                f"/hubs/{organization.public_id}",
            )
        if stage in ("filing", "evaluation", "aftercare"):
            yield from paid_for

    return (*(Ripple(case, case.definition.title, case.due_on, f"/cases/{case.public_id}", tuple(held_by(case)))
              for case in late), *awaited)  # fmt: skip


def _later(stages: Sequence[Stage], stage: str, organization: str) -> Iterator[Held]:
    """The stages of the path that are blocked while this one is not done."""
    for later in stages:
        if later.state is not StageState.BLOCKED:
            continue
        asks = any(blocker.code.startswith(_REPORT_DUE) for blocker in later.blockers)
        if later.key in _AFTER.get(stage, ()) or (stage == "evaluation" and asks):
            words = Text(f"成长路径“{later.title.zh}”暂不能办理", f"the stage {later.title.en!r} cannot begin")
            yield Held(words, f"/organizations/{organization}#path")


def _money(connection: Connection, actor: Actor, organization: int, late: Sequence[int]) -> dict[int, list[Held]]:
    """By case: what is not paid yet of the project that an overdue case carries out, or of the tranche that it pays."""
    rows = connection.execute(
        select(
            _PROJECTS.c.case_id.label("carried_out_in"), _TRANCHES.c.case_id.label("paid_in"), _PROJECTS.c.public_id,
            _PROJECTS.c.title, _TRANCHES.c.place, _TRANCHES.c.fen, _TRANCHES.c.status,
        )
        .join_from(_TRANCHES, _PROJECTS, _PROJECTS.c.id == _TRANCHES.c.project_id)
        .where(
            _PROJECTS.c.organization_id == organization, visible_to(actor, _PROJECTS),
            _TRANCHES.c.status.in_(_BEHIND_A_GATE),
            or_(_PROJECTS.c.case_id.in_(late), _TRANCHES.c.case_id.in_(late)),
        )
        .order_by(_PROJECTS.c.id, _TRANCHES.c.place)
    )  # fmt: skip
    held: dict[int, list[Held]] = {}
    for row in rows:
        sum_of = amount(row.fen)
        words = Text(
            f"项目“{row.title}”第 {row.place} 笔 {sum_of.zh}待拨付",
            f"tranche {row.place} of {row.title!r}, {sum_of.en}, is not paid",
        )
        case = row.paid_in if row.paid_in in late else row.carried_out_in
        held.setdefault(case, []).append(Held(words, f"/projects/{row.public_id}"))
    return held


def _paid_for(connection: Connection, actor: Actor, organization: int) -> tuple[Held, ...]:
    """The projects of others that receive their money through this organization."""
    rows = connection.execute(
        select(_PROJECTS.c.public_id, _PROJECTS.c.title, _ORGANIZATIONS.c.name)
        .join_from(_PROJECTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _PROJECTS.c.organization_id)
        .where(
            _PROJECTS.c.payee_id == organization, _PROJECTS.c.organization_id != organization,
            _PROJECTS.c.status.in_(_UNDER_WAY), visible_to(actor, _PROJECTS),
        )
        .order_by(_PROJECTS.c.id)
    )  # fmt: skip
    return tuple(
        Held(
            Text(f"{row.name}的项目“{row.title}”由其收款", f"the project {row.title!r} of {row.name}, paid through it"),
            f"/projects/{row.public_id}",
        )
        for row in rows
    )


def _consents(connection: Connection, actor: Actor, organization: Row[Any], day: date) -> tuple[Ripple, ...]:
    """Cases of others that await an answer of this organization's representatives, and are overdue."""
    rows = connection.execute(
        select(_CASES.c.public_id, _ORGANIZATIONS.c.name, _ITEMS.c.due_on)
        .join_from(_ITEMS, _CASES, _CASES.c.id == _ITEMS.c.case_id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .join(_SPEAKERS, _SPEAKERS.c.person_id == _ITEMS.c.person_id)
        .where(
            _SPEAKERS.c.organization_id == organization.id, _SPEAKERS.c.until >= day,
            _ITEMS.c.role == Role.HUB_REPRESENTATIVE.value, _ITEMS.c.done_at.is_(None), _ITEMS.c.due_on < day,
            visible_to(actor, _CASES),
        )
        .distinct()
        .order_by(_ITEMS.c.due_on)
    )  # fmt: skip
    return tuple(
        Ripple(
            None, Text("以枢纽身份答复", "Its answer as a hub"), row.due_on, f"/cases/{row.public_id}",
            (Held(Text(f"{row.name}的挂靠", f"the affiliation of {row.name}"), f"/cases/{row.public_id}"),),
        )
        for row in rows
    )  # fmt: skip


def _count(connection: Connection, rows: Any, *which: Any) -> int:
    return int(connection.scalar(select(func.count()).select_from(rows).where(*which)) or 0)
