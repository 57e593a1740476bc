"""What a procedure is: a typed, declarative definition that reads like the centre's own flow chart.

A definition is written once in a stage's `procedure.py`, stored as canonical JSON under its hash, and run from there.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from incubator.canonical import canonical, sha256
from incubator.engine.roles import Role
from incubator.text import Text

BACK = "@back"  # the step that the case came from, with its clock running on
STAY = "@stay"  # the step it is in

JsonSchema = dict[str, Any]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PolicyRef(_Declared):
    """The path of a value in the policy pack that the case was opened under."""

    policy: str


def policy(path: str) -> PolicyRef:
    """A number, document list, deadline or switch that a policy pack says, such as `filing.decision.due`."""
    return PolicyRef(policy=path)


class PolicyRoles(Protocol):
    """What a definition asks of the policy that a case is under."""

    def roles(self, path: str) -> tuple[Role, ...]:
        """The roles at a path."""
        ...


class StepKind(StrEnum):
    """Who or what moves a case on from a step."""

    HUMAN = "human"
    PANEL = "panel"
    AUTOMATED = "automated"
    TIMER = "timer"
    END = "end"


class ClockMove(StrEnum):
    """What a decision does to the running time limit."""

    RUNS = "runs"
    PAUSES = (
        "pauses"  # sent out for correction or objection: the step's limit stands still or starts anew, as policy says
    )
    EXTENDS = "extends"  # a further length in the limit's own unit, capped by policy


class PanelAct(StrEnum):
    """What a decision inside a panel step does to its seats."""

    SEAT = "seat"  # the members and alternates are named
    DECLARE = "declare"  # a member declares whether a conflict of interest exists
    GIVE = "give"  # a member gives the review, once
    PROMOTE = "promote"  # an alternate takes the place of a conflicted member
    GIVE_ON_PAPER = "give_on_paper"  # somebody else enters what a member gave on a signed sheet, citing its scan
    STRIKE = "strike"  # what was entered from paper is struck out: the member objects, or it was entered wrongly


class Window(_Declared):
    """A decision may be made only while a time limit runs, or only after it is over."""

    length: PolicyRef
    when: Literal["within", "after"] = "within"


class Decision(_Declared):
    """One thing that may be done in a step, by whom, under which conditions, and what follows."""

    name: str
    title: Text
    to: str
    by: tuple[Role, ...] = ()  # empty: whoever the step is by
    form: JsonSchema | None = None
    documents: PolicyRef | None = None  # required for this decision alone
    rules: tuple[str, ...] = ()
    needs_complete_step: bool = True  # the step's documents and checklist must be there
    needs_comment: bool = False
    distinct_from: tuple[str, ...] = ()  # 'step.decision' whose person may not make this one
    window: Window | None = None
    clock: ClockMove = ClockMove.RUNS
    panel: PanelAct | None = None
    marks: tuple[str, ...] = ()  # milestones set to the effective date
    effects: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    outcome: str = ""  # what the case's result becomes, where the end alone does not tell
    style: Literal["primary", "secondary", "danger"] = "secondary"


class Panel(_Declared):
    """How many review, how many must, and the scoring sheet by which their points become one score."""

    size: PolicyRef
    quorum: PolicyRef
    sheet: PolicyRef


class Step(_Declared):
    """A place where a case can be."""

    key: str
    kind: StepKind
    title: Text
    help: Text = Text("", "")
    by: tuple[Role, ...] = ()
    who: PolicyRef | None = None  # the policy that says whose the step is, in place of `by`
    # A fact with the persons whose step it is, where a role alone does not tell: a hub's own representatives.
    persons: str = ""
    form: JsonSchema | None = None
    documents: PolicyRef | None = None
    checklist: tuple[tuple[str, Text], ...] = ()
    due: PolicyRef | None = None
    ladder: PolicyRef | None = None
    decisions: tuple[Decision, ...] = ()
    enabled: PolicyRef | None = None  # an optional step; where policy switches it off, `skip_to` stands in its place
    skip_to: str = ""
    task: str = ""  # automated: the work that a flow does
    lasts: PolicyRef | None = None  # timer: how long
    elapsed: str = ""  # timer: the decision that the clock takes when the time is over
    panel: Panel | None = None
    outcome: str = ""  # end
    after_end: bool = False  # the result stands while the case is here

    @cached_property
    def by_name(self) -> dict[str, Decision]:
        """The step's decisions by name."""
        return {decision.name: decision for decision in self.decisions}


class Definition(_Declared):
    """A whole procedure."""

    key: str
    title: Text
    stage: str  # survey, filing, affiliation, funding, evaluation or aftercare: its place on the path
    start: str
    steps: tuple[Step, ...]
    opens_by: tuple[Role, ...]
    opening_rules: tuple[str, ...] = ()
    opens_with: tuple[str, ...] = ()  # milestones that are known as it opens, such as a project's end
    periodic: bool = False
    terms: str = ""  # who says under which terms a case of a given period runs, such as `call`; empty: the policy alone
    number_series: str

    @cached_property
    def by_key(self) -> dict[str, Step]:
        """The steps by key."""
        return {step.key: step for step in self.steps}

    @cached_property
    def content(self) -> str:
        """The canonical JSON that is stored."""
        return canonical(self.model_dump(mode="json"))

    @cached_property
    def hash(self) -> str:
        """What cases refer to this very content by."""
        return sha256(self.content)

    def under(self, said: PolicyRoles) -> Definition:
        """The same definition as it runs under a policy, which may say whose a step is. Its hash stays that of the original."""
        if not any(step.who for step in self.steps):
            return self
        steps = [
            step if step.who is None else step.model_copy(update={"by": said.roles(step.who.policy)})
            for step in self.steps
        ]
        running = self.model_copy(update={"steps": tuple(steps)})
        for name in ("by_key", "persons_facts"):
            running.__dict__.pop(name, None)
        running.__dict__.update(content=self.content, hash=self.hash)
        return running

    def step(self, key: str) -> Step:
        """The step of that key; a KeyError tells of a definition that soundness never saw."""
        return self.by_key[key]

    @cached_property
    def persons_facts(self) -> frozenset[str]:
        """The facts that name whose a step is."""
        return frozenset(step.persons for step in self.steps if step.persons)

    def rule_names(self) -> frozenset[str]:
        """Every rule that some decision asks."""
        asked = {rule for step in self.steps for decision in step.decisions for rule in decision.rules}
        return frozenset(asked | set(self.opening_rules))

    @classmethod
    def from_content(cls, content: str) -> Definition:
        """The definition that was stored."""
        return cls.model_validate_json(content)
