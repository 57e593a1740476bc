"""Tranches: laid down by the plan, opened at their gates, each paid in a case of its own, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.engine.opening import open_case
from incubator.engine.policy import Policy
from incubator.engine.roles import automation
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.funding import Project, Tranche, TrancheStatus
from incubator.services.projects.accounts import Occasion, locked_project
from incubator.services.projects.sums import in_percent, planned

PLAN = "funding.tranches"
SIGNED, MIDTERM, FINAL = "signed", "midterm", "final"
PAYMENT = "payment"


def lay_down(connection: Connection, project: Row[Any], policy: Policy) -> None:
    """Write the tranches of a project as its policy's plan shares the award out."""
    plan = policy.get(PLAN)
    sums = planned(project.awarded_fen, plan)
    connection.execute(
        insert(table(Tranche)),
        [
            {
                "street_id": project.street_id, "project_id": project.id, "place": place, "gate": part["gate"],
                "share": in_percent(part["share"]), "fen": fen, "paid_fen": 0, "status": TrancheStatus.WAITING.value,
                "case_id": 0, "paid_on": NO_DATE, "paper": "",
            }
            for place, (part, fen) in enumerate(zip(plan, sums, strict=True), start=1)
        ],
    )  # fmt: skip


def tranches_of(connection: Connection, project_id: int) -> list[Row[Any]]:
    """A project's tranches in their order."""
    tranches = table(Tranche)
    return list(
        connection.execute(select(tranches).where(tranches.c.project_id == project_id).order_by(tranches.c.place))
    )


def change_tranche(connection: Connection, tranche_id: int, **values: Any) -> None:
    """Change a tranche; the project's row is locked by the caller."""
    tranches = table(Tranche)
    connection.execute(update(tranches).where(tranches.c.id == tranche_id).values(**values))


def pass_gate(connection: Connection, project: Row[Any], gate: str, policy: Policy, occasion: Occasion) -> list[int]:
    """Open the tranches behind a gate and the payment of the first; answers their places. The final gate opens all."""
    opened = [
        tranche
        for tranche in tranches_of(connection, project.id)
        if tranche.status == TrancheStatus.WAITING and (tranche.gate == gate or gate == FINAL)
    ]
    for tranche in opened:
        # At the final gate a tranche may have come to nothing.
        status = TrancheStatus.OPEN if tranche.fen else TrancheStatus.RELEASED
        change_tranche(connection, tranche.id, status=status.value)
    open_next_payment(connection, project, policy, occasion)
    return [tranche.place for tranche in opened if tranche.fen]


def stop_next(connection: Connection, project_id: int) -> int | None:
    """Stop the next tranche that is not on its way, and answer its place; None where there is none."""
    for tranche in tranches_of(connection, project_id):
        if tranche.status in (TrancheStatus.WAITING, TrancheStatus.OPEN):
            change_tranche(connection, tranche.id, status=TrancheStatus.STOPPED.value)
            return int(tranche.place)
    return None


def stop_all(connection: Connection, project_id: int) -> list[int]:
    """Stop every tranche that is not on its way, and answer their places."""
    places = []
    while (place := stop_next(connection, project_id)) is not None:
        places.append(place)
    return places


def open_next_payment(connection: Connection, project: Row[Any], policy: Policy, occasion: Occasion) -> str | None:
    """Open the payment of the next open tranche unless one runs; answers the case's public id."""
    cases = table(Case)
    for tranche in tranches_of(connection, project.id):
        if tranche.status == TrancheStatus.REQUESTED:
            return None
        if tranche.status != TrancheStatus.OPEN:
            continue
        if tranche.case_id:
            return None
        opened = open_case(
            connection, procedure=PAYMENT, organization_id=project.organization_id,
            actor=automation(project.street_id), now=occasion.now, effective_on=occasion.effective_on,
            period=f"{project.number}/{tranche.place}", policy=policy,
            milestones={"gate_passed": occasion.effective_on.isoformat()},
        )  # fmt: skip
        case_id = connection.execute(select(cases.c.id).where(cases.c.public_id == opened.case_id)).scalar_one()
        change_tranche(connection, tranche.id, case_id=case_id)
        return opened.case_id
    return None


def tranche_of_period(connection: Connection, street_id: int, period: str) -> tuple[Row[Any], Row[Any]]:
    """The project, locked, and the tranche that a payment's period names: `<project number>/<place>`."""
    number, _, place = period.partition("/")
    projects, tranches = table(Project), table(Tranche)
    project = locked_project(connection, projects.c.street_id == street_id, projects.c.number == number)
    tranche = connection.execute(
        select(tranches).where(tranches.c.project_id == project.id, tranches.c.place == int(place))
    ).one()
    return project, tranche


def paid_before(connection: Connection, tranche: Row[Any], fen: int, paid_on: date, paper: str) -> Mapping[str, Any]:
    """Note that a tranche was paid before the software was there, by the paper that says so."""
    values = {"status": TrancheStatus.PAID.value, "paid_fen": fen, "paid_on": paid_on, "paper": paper}
    change_tranche(connection, tranche.id, **values)
    return {"place": tranche.place, "paid_fen": fen, "paper": paper}
