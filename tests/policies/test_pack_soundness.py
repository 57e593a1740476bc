"""What a pack would make of a procedure is walked as a case would walk it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from incubator.engine.definition import BACK, STAY, ClockMove, Decision, Definition, Step, StepKind, Window, policy
from incubator.engine.roles import Role
from incubator.policies.fitting import Misfit
from incubator.policies.soundness import unsound
from incubator.text import Text

OFFICER, DIRECTOR = (Role.OFFICER,), (Role.DIRECTOR,)
DUE = {"length": 5, "month": None}


def decision(name: str, to: str, **more: Any) -> Decision:
    return Decision(name=name, title=Text(name, name), to=to, **more)


def step(key: str, *decisions: Decision, **more: Any) -> Step:
    kind = more.pop("kind", StepKind.HUMAN)
    return Step(key=key, kind=kind, title=Text(key, key), by=more.pop("by", OFFICER), decisions=decisions, **more)


def end(key: str, *decisions: Decision) -> Step:
    return step(key, *decisions, kind=StepKind.END, outcome=key)


# Accepted by one, decided by another; corrections return; a result is reviewed within a time from its service.
DEFINITION = Definition(
    key="permit", title=Text("许可", "Permit"), stage="filing", start="acceptance", opens_by=OFFICER,
    opens_with=("asked",), number_series="XK",
    steps=(
        step("acceptance", decision("accept", "hearing", marks=("accepted",)),
             decision("return_it", "correction", clock=ClockMove.PAUSES), decision("refuse", "lapsed", marks=("signed",)),
             due=policy("acceptance.due"), who=policy("acceptance.by")),
        step("correction", decision("resubmit", BACK, marks=("complete",)), due=policy("correction.due")),
        step("hearing", decision("hear", "decision", marks=("heard",)), enabled=policy("hearing.enabled"), skip_to="decision"),
        step("decision", decision("approve", "service", marks=("signed",), distinct_from=("acceptance.accept",)),
             decision("return_it", "correction", clock=ClockMove.PAUSES),
             by=DIRECTOR, who=policy("decision.by"), due=policy("decision.due")),
        step("service", decision("note_call", STAY, marks=("called",)), decision("serve", "granted", marks=("served",)),
             decision("lapse", "lapsed", window=Window(length=policy("service.window"), when="after"))),
        end("granted", decision("ask_review", "review", window=Window(length=policy("review.window")))),
        end("lapsed", decision("reopen", "decision")),
        step("review", decision("uphold", BACK), decision("overturn", "decision"), due=policy("review.due"), after_end=True),
    ),
)  # fmt: skip

SAID: dict[str, Any] = {
    "acceptance.due": {**DUE, "starts_on": "asked"},
    "acceptance.by": ["officer"],
    "correction.due": {**DUE, "starts_on": "entered"},
    "hearing.enabled": True,
    "decision.due": {**DUE, "starts_on": "accepted"},
    "decision.by": ["director"],
    "service.window": {**DUE, "starts_on": "called"},
    "review.window": {**DUE, "starts_on": "served"},
    "review.due": {**DUE, "starts_on": "served"},
}


def found(changes: Mapping[str, Any], definition: Definition = DEFINITION) -> list[Misfit]:
    said = {**SAID, **changes}
    return list(unsound(lambda path: said[path], (definition,)))


def starts(path: str, milestone: str) -> dict[str, Any]:
    return {path: {**DUE, "starts_on": milestone}}


def test_a_procedure_whose_limits_begin_is_sound() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("path", "milestone", "begins"),
    [
        ("acceptance.due", "accepted", False),  # only what comes after sets it
        # A correction sent from the decision returns there: what the decision knew never comes back to the acceptance.
        ("acceptance.due", "complete", False),
        ("correction.due", "accepted", True),
        ("decision.due", "complete", True),
        ("decision.due", "heard", True),
        ("decision.due", "signed", False),  # only when it is decided anew, after an end
        ("decision.due", "served", False),
        ("review.due", "signed", True),
        ("review.window", "called", True),
        ("service.window", "served", False),
        ("decision.due", "opened", False),
    ],
)  # fmt: skip
def test_a_limit_begins_only_from_what_a_case_has_by_then(path: str, milestone: str, begins: bool) -> None:
    misfits = found(starts(path, milestone))
    assert [misfit.paths for misfit in misfits] == ([] if begins else [(path,)])
    assert all(misfit.below == ("starts_on",) for misfit in misfits)


def test_an_optional_step_that_is_left_out_sets_nothing() -> None:
    assert found({"hearing.enabled": False}) == []
    (misfit,) = found({"hearing.enabled": False, **starts("decision.due", "heard")})
    assert misfit.paths == ("decision.due",)


def test_a_day_of_the_year_needs_no_beginning() -> None:
    assert found({"decision.due": {"length": None, "month": 3, "day": 31, "starts_on": "entered"}}) == []


def test_a_step_that_the_switches_cut_off_is_named_with_them() -> None:
    changed: dict[str, dict[str, Any]] = {
        "hearing": {"skip_to": "service"},
        "lapsed": {"decisions": ()},
        "review": {"decisions": DEFINITION.step("review").decisions[:1]},
    }
    steps = [each.model_copy(update=changed.get(each.key, {})) for each in DEFINITION.steps]
    cut = DEFINITION.model_copy(update={"steps": tuple(steps)})
    del cut.__dict__["by_key"]
    assert found({}, cut) == []
    (misfit,) = found({"hearing.enabled": False}, cut)
    assert misfit.paths == ("hearing.enabled",)
    assert "“许可”的“decision”环节永远无法到达" in misfit.words.zh


@pytest.mark.parametrize(
    ("acceptance", "decided", "left"),
    [
        (["officer"], ["officer"], True),  # several officers are at work in a centre
        (["director"], ["director"], False),
        (["director"], ["director", "manager"], True),
        (["director", "officer"], ["director"], True),
        (["community_worker"], ["community_worker"], False),
        (["finance"], ["manager"], True),
    ],
)
def test_four_eyes_leave_somebody_for_a_step_that_policy_assigns(
    acceptance: list[str], decided: list[str], left: bool
) -> None:
    misfits = found({"acceptance.by": acceptance, "decision.by": decided})
    assert [misfit.paths for misfit in misfits] == ([] if left else [("decision.by", "acceptance.by")])


def test_values_that_could_not_be_read_are_not_judged() -> None:
    def value(path: str) -> Any:
        raise KeyError(path)

    assert list(unsound(value, (DEFINITION,))) == []
    assert list(unsound(value)) == []
