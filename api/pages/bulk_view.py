"""What the pages of bulk actions show: the chosen cases and what may be done with them, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.pages.case_form import form_of
from api.pages.case_view import blocker_cards
from api.pages.submitted import COMMENT
from incubator.canonical import canonical
from incubator.engine import forms
from incubator.engine.choices import Choice
from incubator.engine.roles import ROLE_NAMES, Actor
from incubator.errors import Refused
from incubator.models.desk import BulkItemState, BulkKind
from incubator.queries.bulk import BulkLine, BulkPart, Candidate
from incubator.queries.holding import offer_of
from incubator.queries.people import PersonName
from incubator.services.assignments import LONGEST_REASON
from incubator.services.bulk.asking import each_by_itself, is_automations
from incubator.text import Text

TITLES = {
    BulkKind.ADVANCE: Text("批量办理", "Decide together"),
    BulkKind.CLAIM: Text("批量认领", "Claim together"),
    BulkKind.RELEASE: Text("批量退回", "Release together"),
    BulkKind.ASSIGN: Text("批量指派", "Assign together"),
}
_STATES = {
    BulkItemState.WAITING: (Text("待办理", "waiting"), "neutral"),
    BulkItemState.DONE: (Text("已办理", "done"), "good"),
    BulkItemState.REFUSED: (Text("未办成", "not done"), "warn"),
    BulkItemState.FAILED: (Text("办理出错", "failed"), "bad"),
}
_EACH_BY_ITSELF = Text("须按每件案件的情况填写，请逐件办理", "says something else of each case: one at a time")
_FORMS_DIFFER = Text(
    "所选案件适用的政策版本不同，表单不一致，请逐件办理", "the cases' policies ask for different forms: one at a time"
)


_REASON = forms.text(COMMENT, Text("原因", "Reason"), longest=LONGEST_REASON, lines=True, required=False)
_REASON_FORM = forms.form(_REASON)


@dataclass(frozen=True, slots=True)
class Row:
    """A chosen case: whether what is asked may be done with it, or why not."""

    id: str
    version: int
    holder: str
    number: str
    organization: str
    note: Text
    who: Text
    allowed: bool
    ticked: bool
    blockers: Sequence[Mapping[str, Any]] = ()
    why: Text | None = None
    moved: bool = False  # since the list was opened


@dataclass(frozen=True, slots=True)
class Option:
    """A decision that may be asked of all of them: of how many it may be made now, or why only one by one."""

    name: str
    title: Text
    style: str
    allowed: int
    single: Text | None


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that stand at one step of one procedure."""

    title: Text
    cases: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of what was chosen. With several groups one of them is to be chosen first; `schema` is the common form."""

    kind: BulkKind
    rows: Sequence[Row]
    missing: int  # chosen, and not the reader's to see any more
    groups: Sequence[Group] = ()
    options: Sequence[Option] = ()
    action: str = ""
    decision: Text | None = None
    style: str = "primary"
    schema: forms.Schema | None = None
    where: Text | None = None
    none_ticked: bool = False
    refused: Refused | None = None

    @property
    def cases(self) -> list[tuple[str, int]]:
        """Their public ids and versions, to be carried from page to page."""
        return [(row.id, row.version) for row in self.rows]


def sheet_of(
    kind: BulkKind,
    found: Sequence[Candidate],
    offered: Mapping[str, Sequence[Choice]],
    actor: Actor,
    seen: Mapping[str, int | None],
    *,
    action: str = "",
    ticked: Sequence[str] | None = None,
    missing: int = 0,
) -> Sheet:
    """What is shown of the chosen cases; `offered` are the choices of those that are to be decided together.

    `ticked` are those that the reader kept when the page was sent; None ticks what may be done.
    """
    if kind is not BulkKind.ADVANCE:
        rows = [_row(each, seen, ticked, *_whose(kind, each, actor)) for each in found]
        return Sheet(kind, rows, missing, schema=_REASON_FORM if kind is BulkKind.RELEASE else None)
    standing = [each for each in found if each.case.public_id in offered]
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for each in standing:
        groups.setdefault((each.case.procedure, each.case.step), []).append(each)
    if len(groups) > 1:
        told = [
            Group(_place(alike[0]), [(each.case.public_id, each.case.version) for each in alike])
            for alike in groups.values()
        ]
        return Sheet(kind, [], missing, groups=told)
    options = _options(standing, [offered[each.case.public_id] for each in standing])
    chosen = _chosen(options, action)
    where = _place(standing[0]) if standing else None
    if chosen is None:
        return Sheet(
            kind, [_row(each, seen, ticked, False) for each in found], missing, options=options, where=where
        )  # fmt: skip
    judged = {
        case: next(choice for choice in each if choice.decision.name == chosen.name) for case, each in offered.items()
    }
    rows = []
    for each in found:
        choice = judged.get(each.case.public_id)
        if choice is None:
            rows.append(_moved_row(each, seen, ticked))
        else:
            rows.append(_row(each, seen, ticked, choice.allowed, blocker_cards(choice.blockers)))
    return Sheet(
        kind, rows, missing, options=options, action=chosen.name, decision=chosen.title,
        style="danger" if chosen.style == "danger" else "primary", schema=form_of(next(iter(judged.values()))), where=where,
    )  # fmt: skip


def assignment_form(colleagues: Sequence[tuple[PersonName, int]], total: int) -> forms.Schema:
    """Who is to have them, and why; of whom some are not the role's to do it says how many are."""

    def named(person: PersonName, number: int) -> Text:
        if number == total:
            return Text(person.name, person.name)
        return Text(f"{person.name}（可办理其中 {number} 件）", f"{person.name} ({number} of them)")

    names = [(person.public_id, named(person, number)) for person, number in colleagues]
    return forms.form(forms.choice("person_id", Text("由谁办理", "Who is to have it"), names), _REASON)


def line_row(line: BulkLine) -> dict[str, Any]:
    """A bulk action in a line, and the figures above its results."""
    done = line.counts.get(BulkItemState.DONE, 0)
    title = TITLES[line.kind]
    if line.kind is BulkKind.ADVANCE:
        decision = Text.from_pair(line.request["title"])
        title = Text(f"{title.zh}：{decision.zh}", f"{title.en}: {decision.en}")
    elif line.kind is BulkKind.ASSIGN:
        title = Text(f"{title.zh}：{line.request['name']}", f"{title.en}: {line.request['name']}")
    state: dict[str, Any] = {"text": Text("已办完", "finished"), "tone": "done"}
    if line.waiting:
        state = {"text": Text("未办完，可继续", "to be continued"), "tone": "warn"}
    return {
        "heading": title,
        "title": {"text": title, "href": f"/bulk/{line.public_id}"},
        "asked_at": line.asked_at,
        "total": line.total,
        "done": done,
        "waiting": line.waiting,
        "not_done": line.total - done - line.waiting,
        "state": state,
    }


def item_row(part: BulkPart) -> dict[str, Any]:
    """What came of one case. `left`: it was not done, and its present state may be looked at for another attempt."""
    words, tone = _STATES[part.state]
    reason = part.reason
    blockers = [
        {**each, "also": [], "link": _cured_at(part.case_id, each["code"])} for each in reason.get("blockers", ())
    ]
    return {
        "id": part.case_id,
        "href": f"/cases/{part.case_id}",
        "seen": bool(part.number),
        "number": part.number,
        "organization": part.organization_name or Text("不在您的管辖范围内", "outside your area"),
        "procedure": part.procedure_title,
        "state": words,
        "tone": tone,
        "title": reason.get("title"),
        "detail": reason.get("detail") if not blockers else None,
        "blockers": blockers,
        "faults": [words for texts in reason.get("fields", {}).values() for words in texts],
        "left": part.state in (BulkItemState.REFUSED, BulkItemState.FAILED) and bool(part.number),
        "done_at": part.done_at,
    }


def _cured_at(case_id: str, code: str) -> str:
    kind, _, name = code.partition(":")
    return f"/cases/{case_id}#document-{name}" if kind == "document_missing" else ""


def _options(found: Sequence[Candidate], offered: Sequence[Sequence[Choice]]) -> list[Option]:
    """The decisions that all of them have, in the step's order."""
    if not found:
        return []
    names = set.intersection(*({choice.decision.name for choice in each} for each in offered))
    options = []
    for choice in offered[0]:
        decision = choice.decision
        if decision.name not in names or is_automations(found[0].step, decision):
            continue
        alike = [next(other for other in each if other.decision.name == decision.name) for each in offered]
        single = None
        if any(each_by_itself(each.step, other.decision) for each, other in zip(found, alike, strict=True)):
            single = _EACH_BY_ITSELF
        elif len({canonical(other.form) for other in alike}) > 1:
            single = _FORMS_DIFFER
        options.append(
            Option(decision.name, decision.title, decision.style, sum(each.allowed for each in alike), single)
        )
    return options


def _chosen(options: Sequence[Option], action: str) -> Option | None:
    """The decision that was asked for, else what the step is there for where it may be made of some."""
    together = {option.name: option for option in options if option.single is None}
    if action:
        return together.get(action)
    return next((each for each in together.values() if each.style == "primary" and each.allowed), None)


def _place(each: Candidate) -> Text:
    title, step = each.definition.title, each.step.title
    return Text(f"{title.zh} · {step.zh}", f"{title.en} · {step.en}")


def _whose(kind: BulkKind, each: Candidate, actor: Actor) -> tuple[bool, Sequence[Mapping[str, Any]], Text | None]:
    """Whether the step may be claimed, released or assigned, or why not; the services ask again when it is done."""
    held, case = each.holding, each.case
    if held is None:
        if kind is BulkKind.ASSIGN:
            return False, (), Text("本环节不能指派", "This step cannot be assigned")
        return False, (), Text("本环节无需认领", "Nobody has to claim this step")
    offer = offer_of(
        actor, role=held.role, street_id=case.street_id, community_id=case.community_id, holder=held.public_id,
        free=held.free,
    )  # fmt: skip
    role = ROLE_NAMES[held.role]
    match kind:
        case BulkKind.CLAIM if not offer.claim:
            if held.public_id and held.public_id == actor.public_id:
                return False, (), Text("已由您办理", "You have it already")
            if held.public_id and not held.free:
                return False, (), Text(f"已由{held.name}办理", f"With {held.name}")
            return False, (), Text(f"本环节由{role.zh}办理", f"This step is for the {role.en}")
        case BulkKind.RELEASE if not offer.release:
            if held.public_id:
                return False, (), Text(f"由{held.name}办理，不是您认领的", f"With {held.name}, not with you")
            return False, (), Text("尚无人认领", "Nobody has it")
        case _:
            return True, (), None


def _row(
    each: Candidate,
    seen: Mapping[str, int | None],
    ticked: Sequence[str] | None,
    allowed: bool,
    blockers: Sequence[Mapping[str, Any]] = (),
    why: Text | None = None,
) -> Row:
    case, held = each.case, each.holding
    who = Text("", "")
    if held is not None:
        who = Text(held.name, held.name) if held.public_id else Text("待认领", "unassigned")
    before = seen.get(case.public_id)
    return Row(
        id=case.public_id,
        version=case.version,
        holder=held.public_id if held else "",
        number=case.number,
        organization=each.organization_name,
        note=_place(each),
        who=who,
        allowed=allowed,
        ticked=allowed if ticked is None else case.public_id in ticked,
        blockers=blockers,
        why=why,
        moved=before is not None and before != case.version,
    )


def _moved_row(each: Candidate, seen: Mapping[str, int | None], ticked: Sequence[str] | None) -> Row:
    """A case that was moved since its row was shown: it keeps the version that was seen, so that it is not acted on."""
    step = each.step.title
    why = Text(f"已由他人办理，现处于“{step.zh}”环节", f"Moved by somebody else, it is now at {step.en!r}")
    return replace(_row(each, seen, ticked, False, (), why), version=seen.get(each.case.public_id) or 0, moved=False)
