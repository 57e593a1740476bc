"""The automated work of an upgrade: the application held against the registrar's conditions, for the officer to see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from incubator.engine import library
from incubator.engine.tasks import Settlement, Work, task
from incubator.procedures.automated import STALE, move, waiting_case
from incubator.procedures.filing.applied import application_of
from incubator.procedures.upgrade.rules import findings


@task("upgrade.compare")
def compare(work: Work) -> Settlement:
    """Write down which conditions of registration are met and which are not; nothing is decided here."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        found = findings(application_of(case.data), library.policy(connection, case.policy_hash))
        advanced = move(connection, work, case, "finish", {"findings": "\n".join(found)})
        return {"findings": len(found), "step": advanced.step}

    return settle
