"""The money of one tranche on its way: requested, sent with a voucher, paid or returned by the bank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row

from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.models.funding import ProjectStatus, TrancheStatus
from incubator.services.projects.accounts import Occasion, Place, move, of_project
from incubator.services.projects.tranches import change_tranche, open_next_payment, tranche_of_period


def request_payment(connection: Connection, case: CaseView) -> Mapping[str, Any]:
    """The tranche of the case is asked for."""
    project, tranche = tranche_of_period(connection, case.street_id, case.period)
    change_tranche(connection, tranche.id, status=TrancheStatus.REQUESTED.value, case_id=case.id)
    return {"project": project.number, "place": tranche.place, "fen": tranche.fen}


def send_payment(connection: Connection, case: CaseView, occasion: Occasion) -> Mapping[str, Any]:
    """The finance office has made the voucher: the money is on its way."""
    project, tranche = tranche_of_period(connection, case.street_id, case.period)
    entry = _move(connection, case, project, tranche, "send", Place.COMMITTED, Place.IN_PAYMENT, occasion)
    return {"entry": entry, "fen": tranche.fen}


def settle_payment(connection: Connection, case: CaseView, policy: Policy, occasion: Occasion) -> Mapping[str, Any]:
    """The bank has paid, on the occasion's day; the next open tranche can be asked for."""
    project, tranche = tranche_of_period(connection, case.street_id, case.period)
    entry = _move(connection, case, project, tranche, "pay", Place.IN_PAYMENT, Place.PAID, occasion)
    change_tranche(
        connection, tranche.id, status=TrancheStatus.PAID.value, paid_fen=tranche.fen, paid_on=occasion.effective_on
    )
    following = open_next_payment(connection, project, policy, occasion)
    return {"entry": entry, "fen": tranche.fen, **({"next_payment": following} if following else {})}


def take_back_payment(connection: Connection, case: CaseView, occasion: Occasion) -> Mapping[str, Any]:
    """The bank has returned the money: it is committed again, and where the project was terminated meanwhile, stopped."""
    project, tranche = tranche_of_period(connection, case.street_id, case.period)
    entry = _move(connection, case, project, tranche, "return", Place.IN_PAYMENT, Place.COMMITTED, occasion)
    if project.status == ProjectStatus.TERMINATED:
        change_tranche(connection, tranche.id, status=TrancheStatus.STOPPED.value)
    return {"entry": entry, "fen": tranche.fen}


def _move(
    connection: Connection, case: CaseView, project: Row[Any], tranche: Row[Any], what: str, out_of: Place, into: Place,
    occasion: Occasion,
) -> int:  # fmt: skip
    # A payment may be returned and sent again: each time is another version of its case.
    return move(
        connection, case.street_id, cause=f"project:{project.number}:{what}:{tranche.place}:{case.version}",
        purpose=f"payment.{_PAST[what]}", fen=tranche.fen, out_of=of_project(project.number, out_of),
        into=of_project(project.number, into), occasion=occasion,
    )  # fmt: skip


_PAST = {"send": "sent", "pay": "paid", "return": "returned"}
