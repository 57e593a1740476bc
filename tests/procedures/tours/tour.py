"""A tour: a real case taken through every one of its procedure's steps, resting wherever there is something to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.procedures.world import CHECKED, SERVED, Centre

COMMENT = "按规定办理"
REASON = {"reason": "经核实情况属实"}
LATE = timedelta(days=30)  # longer than any correction may lie

# What fits the decisions that stages have in common; a stage's own ANSWERS stand over them. A key is an action, or an
# action of a step or of a procedure, `step.action`.
ANSWERS: dict[str, dict[str, Any]] = {
    "withdraw": {"reason": "另行安排", "asked_by": "王桂兰"},
    "return_for_correction": {"points": "补交花名册"},
    "resubmit": {"note": "已补交"},
    "accept": CHECKED,
    "refuse_acceptance": {"reason": "材料不实", "basis": "条件第一项"},
    "refuse": {"reason": "材料不实", "basis": "条件第一项"},
    "extend": {"length": 3},
    "object": {"objector": "李某", "grounds": "场地未经同意"},
    "dismiss": REASON,
    "serve": SERVED,
    "request_internal_review": {"grounds": "每月都有活动"},
    "uphold": REASON,
    "overturn": REASON,
}  # fmt: skip


class Tour:
    """A centre on tour: whoever acts fills in what fits, and every act is followed by a night."""

    def __init__(self, centre: Centre, answers: dict[str, dict[str, Any]]) -> None:
        self.centre, self.answers = centre, answers

    def answer(self, procedure: str, step: str, action: str) -> dict[str, Any]:
        """A form that fits this decision; it may depend on the centre's people, as `{"members": ...}` does."""
        for name in (f"{procedure}.{action}", f"{step}.{action}", action):
            if name in self.answers:
                return self.answers[name]
        return {}

    def open(self, procedure: str, by: str = "worker", period: str = "") -> str:
        case_id = self.centre.open(procedure, by, period)
        self.sleep()
        return case_id

    def go(self, case_id: str, action: str, by: str, **more: Any) -> str:
        case = self.centre.case(case_id)
        data = {**self.answer(case.procedure, case.step, action), **more}
        self.centre.act(case_id, action, by, data, comment=COMMENT)
        self.sleep()
        return case_id

    def automate(self, case_id: str) -> str:
        self.centre.automate()
        self.sleep()
        return case_id

    def upload(self, case_id: str, *kinds: str) -> str:
        self.centre.upload(case_id, *kinds)
        return case_id

    def sleep(self, night: timedelta = timedelta(days=1)) -> None:
        self.centre.clock.move_by(night)


Visit = Callable[[Tour], Iterator[str]]
