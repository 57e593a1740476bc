"""The automated work of funding: the screening of an application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.tasks import Settlement, Work, task
from incubator.procedures.automated import STALE, move, waiting_case
from incubator.procedures.funding.procedure import REFERRED

LONGEST_FINDINGS = 4000


@task("funding.screen")
def screen(work: Work) -> Settlement:
    """Judge the application by the conditions: pass it, return it with findings, or refer to the officer what is barred."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        try:
            advanced = move(connection, work, case, "pass", {})
        except ActionNotAllowed as refused:
            if any(blocker.kind != "rule" for blocker in refused.blockers):
                raise
            lines = [f"{blocker.message.zh}。{blocker.next.zh}。" for blocker in refused.blockers]
            barred = any(blocker.code in REFERRED for blocker in refused.blockers)
            action = "refer" if barred else "return_for_correction"
            advanced = move(connection, work, case, action, {"findings": "\n".join(lines)[:LONGEST_FINDINGS]})
            return {"action": action, "step": advanced.step, "unmet": [blocker.code for blocker in refused.blockers]}
        return {"action": "pass", "step": advanced.step, "unmet": []}

    return settle
