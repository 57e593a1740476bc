"""The signed agreement: an awarded project gets its budget lines and tranches, and the case in which it is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, insert, select, update

from incubator.engine.opening import open_case
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, automation
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import BudgetLine, Project, ProjectStatus
from incubator.services.projects.accounts import Occasion, Place, locked_project, move, of_project
from incubator.services.projects.awards import AlreadyRunning, note_project
from incubator.services.projects.tranches import SIGNED, lay_down, paid_before, pass_gate, tranches_of
from incubator.text import Text
from incubator.wording import amount

PROJECT = "project"


class BudgetDoesNotFit(Invalid):
    """The budget lines do not make the award, or the dates do not make a term."""

    code: ClassVar[str] = "budget_does_not_fit"


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """A tranche that was paid before the software was there."""

    fen: int
    paid_on: date
    paper: str


def start(
    connection: Connection, *, project_id: int, agreement_number: str, agreed_on: date, starts_on: date, ends_on: date,
    lines: Sequence[Mapping[str, Any]], policy: Policy, actor: Actor, now: datetime, effective_on: date,
    paid: Mapping[int, PaidBefore] = MappingProxyType({}),
) -> str:  # fmt: skip
    """Let an awarded project run, and answer the public id of the case in which it is carried out.

    `lines` are mappings of line, title, kind and planned_fen; together they make the award, in fen. `paid` says which
    tranches, by place, an opening stock brings as paid. The tranches behind the gate `signed` are open from here on.
    Raises BudgetDoesNotFit, AlreadyRunning, NotFound.
    """
    project = locked_project(connection, table(Project).c.id == project_id)
    if project.status != ProjectStatus.AWARDED:
        raise AlreadyRunning(
            Text(f"项目 {project.number} 不在待签协议状态", f"Project {project.number} does not await its agreement"),
            extra={"project": project.number, "status": project.status},
        )
    _check(project, starts_on, ends_on, lines)
    _write_lines(connection, project, lines)
    lay_down(connection, project, policy)
    cases, projects = table(Case), table(Project)
    here = update(projects).where(projects.c.id == project.id)
    connection.execute(
        here.values(
            status=ProjectStatus.RUNNING.value, agreement_number=agreement_number, agreed_on=agreed_on,
            starts_on=starts_on, ends_on=ends_on,
        )
    )  # fmt: skip
    opened = open_case(
        connection, procedure=PROJECT, organization_id=project.organization_id, actor=automation(project.street_id),
        now=now, effective_on=effective_on, period=project.number, policy=policy,
        milestones={"signed": agreed_on.isoformat(), "starts": starts_on.isoformat(), "ends": ends_on.isoformat()},
    )  # fmt: skip
    case_id = connection.execute(select(cases.c.id).where(cases.c.public_id == opened.case_id)).scalar_one()
    connection.execute(here.values(case_id=case_id))
    occasion = Occasion(actor, now, effective_on, case_id)
    before = _bring_paid(connection, project, paid, occasion)
    pass_gate(connection, project, SIGNED, policy, replace(occasion, effective_on=agreed_on))
    note_project(
        connection, project.organization_id, "organization.project_started", project.number, actor, now, effective_on,
        case=opened.case_id, agreement_number=agreement_number, agreed_on=agreed_on.isoformat(),
        starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), paid_before=before,
    )  # fmt: skip
    return opened.case_id


def _check(project: Row[Any], starts_on: date, ends_on: date, lines: Sequence[Mapping[str, Any]]) -> None:
    if ends_on < starts_on:
        words = Text("项目结束日期不能早于开始日期", "A project does not end before it begins")
        raise BudgetDoesNotFit(words, fields={"ends_on": [words]})
    total = sum(int(line["planned_fen"]) for line in lines)
    numbers = {int(line["line"]) for line in lines}
    if total != project.awarded_fen or len(numbers) != len(lines):
        words = Text(
            "预算各科目之和须等于立项金额 {awarded}，现为 {total}",
            "The budget lines must make the award, {awarded}; they make {total}",
        ).fill(awarded=amount(project.awarded_fen), total=amount(total))
        raise BudgetDoesNotFit(words, fields={"lines": [words]})


def _write_lines(connection: Connection, project: Row[Any], lines: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(
        insert(table(BudgetLine)),
        [
            {
                "street_id": project.street_id,
                "project_id": project.id,
                "line": int(line["line"]),
                "title": str(line["title"]),
                "kind": str(line.get("kind", "")),
                "planned_fen": int(line["planned_fen"]),
            }
            for line in lines
        ],
    )


def _bring_paid(
    connection: Connection, project: Row[Any], paid: Mapping[int, PaidBefore], occasion: Occasion
) -> list[Mapping[str, Any]]:
    """Write what was paid before, and move its money past the steps that paper has gone through."""
    brought = []
    for tranche in tranches_of(connection, project.id):
        before = paid.get(tranche.place)
        if before is None:
            continue
        move(
            connection, project.street_id, cause=f"project:{project.number}:paid_before:{tranche.place}",
            purpose="payment.paid_before", fen=before.fen, out_of=of_project(project.number, Place.COMMITTED),
            into=of_project(project.number, Place.PAID), occasion=replace(occasion, memo=before.paper),
        )  # fmt: skip
        brought.append(paid_before(connection, tranche, before.fen, before.paid_on, before.paper))
    return brought
