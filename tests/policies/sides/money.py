"""Both sides of a project's reports and of its payments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from incubator.engine.policy import Policy
from tests.policies.sides.core import Sides, sides, switch


def _in_time(name: str, path: str, step: str, other: str) -> None:
    @sides(name)
    def in_time(policy: Policy) -> Iterable[Sides]:
        def late(*steps: str, deemed: bool = False) -> dict[str, Any]:
            return {
                "project.late_reports": steps, "data.failure_review.deemed_in_time": deemed,
                "data.termination_review.deemed_in_time": None,
            }  # fmt: skip

        yield from switch(policy, path, late(other), late(other, step))
        yield from switch(policy, path, late(step, deemed=True), late(step))


_in_time("midterm_report_came_in_time@1", "project.midterm.late_fails", "carrying_out", "carrying_on")
_in_time("final_report_came_in_time@1", "project.final.late_fails", "carrying_on", "carrying_out")


@sides("midterm_lies_ahead@1")
def ahead(policy: Policy) -> Iterable[Sides]:
    path = "project.midterm.enabled"
    yield Sides({"project.midterm_concluded": False}, {"project.midterm_concluded": True}, path)


@sides("midterm_is_behind@1")
def behind(policy: Policy) -> Iterable[Sides]:
    met, missed = {"project.midterm_concluded": True}, {"project.midterm_concluded": False}
    return switch(policy, "project.midterm.enabled", met, missed)


def _amount(name: str, met: int, missed: int) -> None:
    @sides(name)
    def collective(policy: Policy) -> Iterable[Sides]:
        path = "payment.collective.above_fen"
        most = policy.whole(path)
        yield Sides({"payment.tranche": {"fen": most + met}}, {"payment.tranche": {"fen": most + missed}}, path)


_amount("amount_needs_no_meeting@1", 0, 1)
_amount("amount_needs_a_meeting@1", 1, 0)
