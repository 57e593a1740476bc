"""What the decisions of a project's case do to its tranches, its lines and its money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from incubator.engine.effects import EffectContext, effect
from incubator.engine.policy import Policy
from incubator.models.activities import RestrictionKind
from incubator.models.base import table
from incubator.models.funding import Project
from incubator.policies.values import Validity
from incubator.procedures.shared.consequences import call_to_account
from incubator.services.projects import lines, settling
from incubator.services.projects.accounts import Occasion, locked_project
from incubator.services.projects.tranches import MIDTERM, pass_gate
from incubator.services.restrictions import restrict

BAN = "project.ban"


def last_day_of_ban(policy: Policy, since: date) -> date:
    """The last day on which a project ban of that beginning holds."""
    return Validity.model_validate(policy.get(BAN)).until(since)


@effect("project.pass_midterm")
def pass_midterm(context: EffectContext) -> Mapping[str, Any]:
    """The tranches behind the mid-term gate are open."""
    return {
        "opened": pass_gate(context.connection, _project(context), MIDTERM, context.policy, _occasion(context))
    }  # fmt: skip


@effect("project.fail_midterm")
def fail_midterm(context: EffectContext) -> Mapping[str, Any]:
    """The next tranche is stopped, and what the decision claws back is due."""
    fen = int(context.case.data["failure_decision"]["clawback_fen"])
    return settling.fail_midterm(context.connection, _project(context), fen, _occasion(context))


@effect("project.check_clawback")
def check_clawback(context: EffectContext) -> Mapping[str, Any]:
    """No more is clawed back than was paid."""
    settling.check_clawback(context.connection, _project(context), int(context.data["clawback_fen"]))
    return {}


@effect("project.terminate")
def terminate(context: EffectContext) -> Mapping[str, Any]:
    """Nothing more is paid, what is left is released, what is clawed back is due.

    A breach bars from projects and is called to account: rectification, or a referral of a registered body.
    """
    said = context.case.data["termination_decision"]
    project = _project(context)
    done = dict(settling.terminate(context.connection, project, int(said["clawback_fen"]), _occasion(context)))
    if said["breach"]:
        until = last_day_of_ban(context.policy, context.effective_on)
        restrict(
            context.connection, organization_id=project.organization_id, kind=RestrictionKind.PROJECT_BAN,
            since=context.effective_on, until=until, case_id=context.case.id, reason=str(said["reasons"]),
            actor=context.actor, now=context.now,
        )  # fmt: skip
        done |= {"banned_until": until.isoformat(), **call_to_account(context)}
    return done


@effect("project.check_line_change")
def check_line_change(context: EffectContext) -> Mapping[str, Any]:
    """What is proposed fits."""
    lines.checked_change(context.connection, _project(context), context.data["lines"])
    return {}


@effect("project.change_lines")
def change_lines(context: EffectContext) -> Mapping[str, Any]:
    """The agreed lines stand; the event keeps what they were."""
    proposed = context.case.data[context.case.came_from]["lines"]
    return {"lines": lines.change_lines(context.connection, _project(context), proposed)}


@effect("project.settle")
def settle(context: EffectContext) -> Mapping[str, Any]:
    """The final payment opens, the rest is released, what was paid too much is due back."""
    return settling.settle(context.connection, _project(context), context.policy, _occasion(context))


@effect("project.receive_refund")
def receive_refund(context: EffectContext) -> Mapping[str, Any]:
    """What was due back came in."""
    fen, version = int(context.data["refund_fen"]), context.case.version
    occasion = _occasion(context, str(context.data["paper"]))
    left = settling.receive_refund(context.connection, _project(context), fen, version, occasion)
    return {"refund_fen": fen, "still_due_fen": left}


@effect("project.write_off")
def write_off(context: EffectContext) -> Mapping[str, Any]:
    """What was due back is claimed no more."""
    occasion = _occasion(context, str(context.data["minutes_number"]))
    return {
        "written_off_fen": settling.write_off(context.connection, _project(context), context.case.version, occasion)
    }


@effect("project.close")
def close(context: EffectContext) -> Mapping[str, Any]:
    """The project has ended."""
    return settling.close(context.connection, _project(context), _occasion(context))


def _project(context: EffectContext) -> Row[Any]:
    """The case's project, locked."""
    projects, case = table(Project), context.case
    return locked_project(context.connection, projects.c.street_id == case.street_id, projects.c.number == case.period)


def _occasion(context: EffectContext, memo: str = "") -> Occasion:
    return Occasion(
        context.actor, context.now, context.effective_on, context.case.id, memo or context.comment
    )  # fmt: skip
