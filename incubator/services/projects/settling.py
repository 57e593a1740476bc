"""How a project ends: settled by its accepted cost, or terminated; what is left is released, what is too much claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from incubator.engine.policy import Policy
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.funding import Expense, Project, ProjectStatus, TrancheStatus
from incubator.services.projects.accounts import Occasion, Place, balances, home_of, move, of_project
from incubator.services.projects.awards import note_project
from incubator.services.projects.sums import settlement, shared_out
from incubator.services.projects.tranches import FINAL, change_tranche, pass_gate, stop_all, stop_next, tranches_of
from incubator.text import Text
from incubator.wording import amount

ACTUAL_COST = "funding.actual_cost"


class AmountDoesNotFit(Invalid):
    """More would be claimed, or received, than there is."""

    code = "amount_does_not_fit"


def accepted_cost(connection: Connection, project_id: int) -> int:
    """The sum of a project's accepted expenses, in fen."""
    expenses = table(Expense)
    asked = select(func.coalesce(func.sum(expenses.c.accepted_fen), 0)).where(expenses.c.project_id == project_id)
    return int(connection.execute(asked).scalar_one())


def settle(connection: Connection, project: Row[Any], policy: Policy, occasion: Occasion) -> Mapping[str, Any]:
    """Settle a project by its accepted cost: open the final payment, release the rest, claim what was paid too much."""
    waiting = [each for each in tranches_of(connection, project.id) if each.status == TrancheStatus.WAITING]
    accepted, lying = accepted_cost(connection, project.id), balances(connection, project.street_id, project.number)
    sums = settlement(
        paid_fen=lying[Place.PAID], payable_fen=sum(tranche.fen for tranche in waiting),
        committed_fen=lying[Place.COMMITTED], accepted_fen=accepted, actual_cost=policy.switch(ACTUAL_COST),
    )  # fmt: skip
    projects = table(Project)
    connection.execute(update(projects).where(projects.c.id == project.id).values(accepted_fen=accepted))
    for tranche, fen in zip(waiting, shared_out(sums.final_fen, [each.fen for each in waiting]), strict=True):
        change_tranche(connection, tranche.id, fen=fen)
    _release(connection, project, "settlement", sums.released_fen, occasion)
    _claim(connection, project, "settlement", sums.refund_fen, occasion)
    pass_gate(connection, project, FINAL, policy, occasion)
    return {
        "accepted_fen": accepted, "paid_fen": lying[Place.PAID], "final_fen": sums.final_fen, "released_fen": sums.released_fen,
        "refund_fen": sums.refund_fen,
    }  # fmt: skip


def close(connection: Connection, project: Row[Any], occasion: Occasion) -> Mapping[str, Any]:
    """End a project whose payments are settled; what is committed and will not be paid any more is released."""
    left = balances(connection, project.street_id, project.number)[Place.COMMITTED]
    _release(connection, project, "close", left, occasion)
    status = project.status
    if status == ProjectStatus.RUNNING:
        status = ProjectStatus.SETTLED.value
        _set(connection, project, status=status)
    note_project(
        connection, project.organization_id, f"organization.project_{status}", project.number, occasion.actor,
        occasion.now, occasion.effective_on, accepted_fen=project.accepted_fen,
    )  # fmt: skip
    return {"status": status, "released_fen": left}


def fail_midterm(connection: Connection, project: Row[Any], clawback_fen: int, occasion: Occasion) -> Mapping[str, Any]:
    """A failed mid-term review stops the next tranche and may claw back some of what was paid."""
    place = stop_next(connection, project.id)
    _claim(connection, project, "failure", clawback_fen, occasion)
    return {"stopped": place, "clawback_fen": clawback_fen}


def terminate(connection: Connection, project: Row[Any], clawback_fen: int, occasion: Occasion) -> Mapping[str, Any]:
    """End what is paid to a project: what is not on its way is stopped and released, some of the paid may be claimed.

    A payment that the bank has goes on to its result.
    """
    places = stop_all(connection, project.id)
    lying = balances(connection, project.street_id, project.number)
    if not lying[Place.IN_PAYMENT]:
        for tranche in tranches_of(connection, project.id):
            if tranche.status == TrancheStatus.REQUESTED:
                change_tranche(connection, tranche.id, status=TrancheStatus.STOPPED.value)
                places.append(tranche.place)
    _release(connection, project, "termination", lying[Place.COMMITTED], occasion)
    _claim(connection, project, "termination", clawback_fen, occasion)
    accepted = accepted_cost(connection, project.id)
    _set(connection, project, status=ProjectStatus.TERMINATED.value, accepted_fen=accepted)
    return {"stopped": places, "released_fen": lying[Place.COMMITTED], "clawback_fen": clawback_fen}


def check_clawback(connection: Connection, project: Row[Any], fen: int) -> None:
    """Raise AmountDoesNotFit where more would be clawed back than was paid."""
    paid = balances(connection, project.street_id, project.number)[Place.PAID]
    if fen > paid:
        raise _too_much("clawback_fen", Text("已拨付 {most}，不能追回 {fen}", "{most} was paid; {fen} cannot be clawed back"), paid, fen)  # fmt: skip


def receive_refund(connection: Connection, project: Row[Any], fen: int, times: int, occasion: Occasion) -> int:
    """What was claimed came in; it is the call's again. `times` tells this receipt from others. Answers what is still due."""
    due = balances(connection, project.street_id, project.number)[Place.DUE_BACK]
    if not 0 < fen <= due:
        raise _too_much("refund_fen", Text("应收回 {most}，不能登记收回 {fen}", "{most} is due back; {fen} cannot be received"), due, fen)  # fmt: skip
    move(
        connection, project.street_id, cause=f"project:{project.number}:refund:{times}", purpose="project.refunded",
        fen=fen, out_of=of_project(project.number, Place.DUE_BACK), into=home_of(connection, project),
        occasion=occasion,
    )  # fmt: skip
    return due - fen


def write_off(connection: Connection, project: Row[Any], times: int, occasion: Occasion) -> int:
    """What is due back is claimed no more and stays with the payee; answers how much. `times` tells it from others."""
    due = balances(connection, project.street_id, project.number)[Place.DUE_BACK]
    move(
        connection, project.street_id, cause=f"project:{project.number}:write_off:{times}",
        purpose="project.written_off", fen=due, out_of=of_project(project.number, Place.DUE_BACK),
        into=of_project(project.number, Place.PAID), occasion=occasion,
    )  # fmt: skip
    return due


def _claim(connection: Connection, project: Row[Any], why: str, fen: int, occasion: Occasion) -> None:
    if fen:
        move(
            connection, project.street_id, cause=f"project:{project.number}:claim:{why}", purpose="project.claimed",
            fen=fen, out_of=of_project(project.number, Place.PAID), into=of_project(project.number, Place.DUE_BACK),
            occasion=occasion,
        )  # fmt: skip


def _release(connection: Connection, project: Row[Any], why: str, fen: int, occasion: Occasion) -> None:
    """Release committed money to where it came from."""
    if fen:
        move(
            connection, project.street_id, cause=f"project:{project.number}:release:{why}", purpose="project.released",
            fen=fen, out_of=of_project(project.number, Place.COMMITTED), into=home_of(connection, project),
            occasion=occasion,
        )  # fmt: skip


def _set(connection: Connection, project: Row[Any], **values: Any) -> None:
    projects = table(Project)
    connection.execute(update(projects).where(projects.c.id == project.id).values(**values))


def _too_much(field: str, words: Text, most: int, fen: int) -> AmountDoesNotFit:
    said = words.fill(most=amount(most), fen=amount(fen))
    return AmountDoesNotFit(said, fields={field: [said]})
