"""What the pages of diagrams show: which way a case came, where it stands and may go, and a procedure's steps in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from api.pages import due
from api.pages.case_view import happening
from api.pages.timeline import timeline
from incubator.bpmn import Diagram, diagram
from incubator.bpmn.elements import ways_of
from incubator.engine.definition import BACK, STAY, Decision, Definition, PolicyRef, Step, StepKind
from incubator.engine.policy import Policy
from incubator.engine.roles import Role, names_of
from incubator.policies.words import stored_words
from incubator.procedures.rule_words import rule_words
from incubator.queries.case_file import CaseFile, Recorded
from incubator.text import Language, Text

DONE, NOW, AGAIN, PASSED = "went", "stands", "again", "passed"
STAGES = {
    "survey": Text("摸底", "Survey"),
    "filing": Text("备案", "Filing"),
    "affiliation": Text("挂靠", "Affiliation"),
    "funding": Text("资助", "Funding"),
    "evaluation": Text("年检与评估", "Reviews and evaluation"),
    "aftercare": Text("后续管理", "Aftercare"),
}
_ENDED = Text("案件到此办结", "The case ends here")
_BY_ITSELF = Text("系统自动办理", "done by the system")


def case_diagram(file: CaseFile, running: Definition, today: date) -> dict[str, Any]:
    """The variables of `case_diagram.html`; `running` is the definition settled under the case's policy."""
    case = file.case
    moves = [event for event in reversed(file.events) if "to" in (event.body.get("change") or {})]
    told = timeline([happening(event, file.definition, policy=file.policy, names=file.names) for event in moves])
    return {
        "id": case.public_id,
        "number": case.number,
        "organization": file.organization.organization_name,
        "procedure": file.definition.title,
        "key": file.definition.key,
        "marks": marks(diagram(running, Language.ZH), case.step, moves),
        "at": case.step,
        "went": told,
        "now": {
            "title": file.step.title,
            "who": _who(file.step),
            "due": due.badge(case.due_on, today)[0],
            "ended": file.step.kind is StepKind.END,
        },
        "next": [
            {"title": decision.title, "to": to, "who": _who(file.step, decision)}
            for decision in file.step.decisions
            for to in [_leads_to(running, file.step, decision)]
        ],
    }


def marks(drawn: Diagram, at: str, moves: Sequence[Recorded]) -> dict[str, list[str]]:
    """Classes by element: steps that were done, the one it stands at, those come to more than once, the ways taken."""
    step_of = {node.id: group.step for group in drawn.groups for node in (*group.nodes, *group.beneath)}
    changes = [event.body["change"] for event in moves]
    visits = Counter(
        str(change["to"]) for change in changes if change["to"] != change.get("step") or "decision" not in change
    )
    taken = {(str(change.get("step")), str(change.get("decision")), str(change["to"])) for change in changes}
    found: dict[str, list[str]] = {}
    for key, times in visits.items():
        found[key] = [NOW if key == at else DONE] + ([AGAIN] if times > 1 else [])
    for flow in drawn.flows:
        to = step_of[flow.target]
        inside = step_of[flow.source] == to and not flow.decisions and not flow.default
        went = any((flow.step, name, to) in taken for name in flow.decisions)
        if (
            went
            or (inside and to in visits and (to != at or flow.target == at))
            or (not step_of[flow.source] and visits)
        ):
            found[flow.id] = [PASSED]
    return found


def _leads_to(running: Definition, step: Step, decision: Decision) -> Text:
    if decision.to == STAY:
        return Text("仍在本环节", "stays at this step")
    if decision.to == BACK:
        return Text("回到原来的环节", "back to where it came from")
    return running.step(decision.to).title if decision.to in running.by_key else Text("", "")


def _who(step: Step, decision: Decision | None = None) -> Text:
    roles = (decision.by if decision else ()) or step.by
    if step.kind is StepKind.END and not roles:
        return _ENDED
    return _BY_ITSELF if roles == (Role.AUTOMATION,) else names_of(roles)


def opened_by(definition: Definition) -> Text:
    """Who opens a case of a procedure: people, the clock and what goes before, or both."""
    people = tuple(role for role in definition.opens_by if role is not Role.AUTOMATION)
    by_itself = Role.AUTOMATION in definition.opens_by
    if not people:
        return Text("由系统自动发起", "Opened by the system")
    who = names_of(people)
    if by_itself:
        return Text(f"由{who.zh}发起，或由系统自动发起", f"Opened by {who.en}, or by the system")
    return Text(f"由{who.zh}发起", f"Opened by {who.en}")


def procedure_page(running: Definition, policy: Policy) -> dict[str, Any]:
    """The variables of `procedure.html`: every step as it runs under a policy, in words."""
    return {
        "key": running.key,
        "title": running.title,
        "stage": STAGES[running.stage],
        "opens": opened_by(running),
        "opening_rules": [rule_words(name) for name in running.opening_rules],
        "steps": [_step(running, step, policy) for step in running.steps],
    }


def _step(running: Definition, step: Step, policy: Policy) -> dict[str, Any]:
    return {
        "key": step.key,
        "title": step.title,
        "help": step.help,
        "who": _who(step),
        "end": step.kind is StepKind.END,
        "panel": [_value(ref, policy) for ref in ((step.panel.size, step.panel.quorum) if step.panel else ())],
        "limit": _value(step.due or step.lasts, policy),
        "documents": _documents(policy, [step.documents]),
        "checklist": [words for _, words in step.checklist],
        "decisions": [
            {
                "title": decision.title,
                "to": _titles(running, step, decision),
                "who": _who(step, decision) if decision.by else None,
                "rules": list(dict.fromkeys(rule_words(name) for name in decision.rules)),
                "documents": _documents(policy, [decision.documents]),
                "window": _value(decision.window.length if decision.window else None, policy),
                "four_eyes": _earlier(running, decision),
            }
            for decision in step.decisions
        ],
    }


def _titles(running: Definition, step: Step, decision: Decision) -> list[Text]:
    if decision.to in (STAY, BACK):
        return [_leads_to(running, step, decision)]
    return [running.step(way.to).title for way in ways_of(running, step) if decision in way.decisions]


def _earlier(running: Definition, decision: Decision) -> list[Text]:
    """What keeps whoever did it from making this decision."""
    acts = [act.split(".") for act in decision.distinct_from]
    titles = [running.step(step).by_name[done].title for step, done in acts if step in running.by_key]
    return list(dict.fromkeys(titles))


def _documents(policy: Policy, refs: Iterable[PolicyRef | None]) -> list[Mapping[str, Any]]:
    paths = [ref.policy for ref in refs if ref is not None and policy.has(ref.policy)]
    return [{"title": need.title, "required": need.required} for path in paths for need in policy.documents(path)]


def _value(ref: PolicyRef | None, policy: Policy) -> dict[str, Any] | None:
    """A policy's value in words, with its source."""
    if ref is None or not policy.has(ref.policy):
        return None
    return {"words": stored_words(ref.policy, policy.get(ref.policy), policy.content), "cite": policy.cite(ref.policy)}
