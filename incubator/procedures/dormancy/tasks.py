"""The automated work of dormancy: the signs, written down with their days before an officer looks into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from incubator.engine import library
from incubator.engine.rules import RULES
from incubator.engine.tasks import Settlement, Work, task
from incubator.facts import registry
from incubator.procedures.automated import STALE, move, waiting_case
from incubator.procedures.dormancy.rules import signs

NONE_LEFT = "发起后已有活动或联系记录，迹象已消失。"


@task("dormancy.look")
def look(work: Work) -> Settlement:
    """Write the signs down as the records show them now; nothing is decided here."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        needs = RULES["shows_signs_of_dormancy@1"].needs
        facts = registry.load(connection, [case], needs, registry.AsOf(work.now))[0]
        found = [f"{sign.zh}。" for sign in signs(facts, library.policy(connection, case.policy_hash))]
        advanced = move(connection, work, case, "finish", {"signs": "\n".join(found or [NONE_LEFT])})
        return {"signs": len(found), "step": advanced.step}

    return settle
