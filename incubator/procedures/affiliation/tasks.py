"""The automated work of affiliation: listing what a hub still owes an organization before the two part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from incubator.clock import today
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.tasks import Settlement, Work, task
from incubator.procedures.affiliation.duties import DutyState, not_done
from incubator.procedures.automated import STALE, move, waiting_case
from incubator.queries.hub_duties import owed_to_member

LONGEST = 4000


@task("affiliation.list_open_duties")
def list_open_duties(work: Work) -> Settlement:
    """Write down what the hub has not done yet for the organization, for the officer who settles it."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        policy = library.policy(connection, case.policy_hash)
        open_duties = not_done(owed_to_member(connection, case.organization_id, policy, today(work.now)))
        lines = [
            f"{each.name.zh}：应于{in_words(each.due_on).zh}前完成"
            + ("，已逾期" if each.state is DutyState.OVERDUE else "")
            for each in open_duties
        ]
        data = {"open_duties": "\n".join(lines)[:LONGEST]} if lines else {}
        advanced = move(connection, work, case, "list", data)
        return {"open_duties": len(lines), "step": advanced.step}

    return settle
