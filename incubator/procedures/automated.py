"""What the tasks of all stages share: the case that a row of the outbox is about, and moving it as automation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine.advance import Advanced, Request, advance
from incubator.engine.case import CaseView
from incubator.engine.loading import case_columns, case_views
from incubator.engine.roles import automation
from incubator.engine.tasks import Work
from incubator.models.base import table
from incubator.models.cases import Case

STALE: Mapping[str, Any] = {"stale": True}  # the case has left the visit that the work was for


def case_of(connection: Connection, work: Work) -> CaseView:
    """The case that the work is about, locked, wherever it stands by now."""
    row = connection.execute(
        select(*case_columns()).where(table(Case).c.id == work.case_id).with_for_update()
    ).one()  # fmt: skip
    return case_views(connection, [row])[0]


def waiting_case(connection: Connection, work: Work) -> CaseView | None:
    """The case, locked, while it is still in the visit of the step that asked for the work; None once it moved on."""
    case = case_of(connection, work)
    return case if case.visit == work.payload["visit"] else None


def move(connection: Connection, work: Work, case: CaseView, action: str, data: Mapping[str, Any]) -> Advanced:
    """Take a decision as automation; keyed by the outbox row, so that an attempt that runs twice moves once."""
    request = Request(
        case.public_id,
        action,
        automation(case.street_id),
        case.version,
        data=dict(data),
        idempotency_key=f"outbox:{work.outbox_id}",
    )
    return advance(connection, request, now=work.now)
