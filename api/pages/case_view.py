"""What a case's page shows, from the case as it was read and what the person has typed so far."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.pages import due
from api.pages.submitted import COMMENT, EFFECTIVE_ON
from api.pages.timeline import Happening, said, timeline
from incubator.engine import forms
from incubator.engine.choices import Choice
from incubator.engine.decide import target_of
from incubator.engine.definition import STAY, Definition, Step, StepKind
from incubator.engine.roles import Role, names_of
from incubator.engine.rules import Blocker
from incubator.queries.case_file import ORGANIZATION_COLUMNS, CaseFile, Recorded
from incubator.text import Text

DAY_FIELD = forms.day(
    EFFECTIVE_ON,
    Text("实际发生日期", "Date it took effect"),
    hint=Text(
        "收件、签署、送达等实际发生的日子，期限由此起算；补记以前的日期须说明理由",
        "The day of receipt, signature, service: limits run from it. An earlier day needs a reason.",
    ),
)
_MILESTONES = {
    "received": Text("收件", "Received"),
    "complete": Text("材料齐全", "Documents complete"),
    "accepted": Text("受理", "Accepted"),
    "noticed": Text("公示", "Public notice"),
    "published": Text("公示", "Public notice"),
    "signed": Text("签署", "Signed"),
    "served": Text("送达", "Served"),
    "reported": Text("收到年报", "Report received"),
    "objected": Text("提出异议", "Objection received"),
}
_PAPERS = {
    "certificate": Text("备案证", "Filing certificate"),
    "correction_notice": Text("补正通知书", "Correction notice"),
    "refusal": Text("不予备案决定书", "Refusal"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent and the service did not take, so that it can be shown again."""

    action: str
    values: Mapping[str, Any]
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    refused: Mapping[str, Any] | None = None
    moved: Mapping[str, Any] | None = None


def case_page(file: CaseFile, this_day: date, *, chosen: str = "", typed: Typed | None = None) -> dict[str, Any]:
    """The variables of `case.html`. `chosen` is the action whose form stands open."""
    case, step = file.case, file.step
    shown = [choice for choice in file.choices if not _automations_own(file, choice)]
    opened = _opened(step, shown, typed.action if typed else chosen)
    organization = file.organization
    return {
        "id": case.public_id,
        "number": case.number,
        "version": case.version,
        "period": case.period,
        "opened_on": case.opened_on,
        "procedure": file.definition.title,
        "organization": {
            "id": organization.organization_public_id,
            "name": organization.organization_name,
            "community": organization.community_name,
        },
        "state": _state(file, this_day),
        "ended": not case.open,
        "step": {"title": step.title, "place": _place(file), "help": step.help, "waits": _waits(file, shown)},
        "actions": [_action(case.public_id, choice, opened, shown) for choice in shown],
        "reasons": _reasons(shown),
        "act": _act(file, opened, this_day, typed) if opened else None,
        "moved": typed.moved if typed else None,
        "kept": _kept(file, typed) if typed and typed.moved and not opened else [],
        "documents": _documents(file),
        "said": _said(file),
        "milestones": [(_MILESTONES.get(name, Text(name, name)), day) for name, day in case.milestones.items()],
        **_limits(file, this_day),
        "events": timeline([happening(event, file.definition) for event in file.events]),
    }


def happening(event: Recorded, definition: Definition | None = None, case: str = "") -> Happening:
    """A recorded event as the timeline takes it."""
    return Happening(
        event.stream,
        event.type,
        event.recorded_at,
        event.effective_on,
        event.actor,
        str(event.body.get("on_behalf_of") or ""),
        str(event.body.get("comment") or ""),
        event.body.get("change") or {},
        definition,
        case,
    )


def form_of(choice: Choice) -> dict[str, Any]:
    """An action's whole form: its own fields, then the day and the words that every action takes."""
    declared = choice.form or {"properties": {}, "required": []}
    needs = choice.decision.needs_comment
    words = forms.text(
        COMMENT,
        Text("理由", "Reason") if needs else Text("办理意见", "Remarks"),
        longest=2000,
        lines=True,
        required=needs,
    )
    own = forms.form(DAY_FIELD, words)
    return {
        "properties": {**declared["properties"], **own["properties"]},
        "required": [*declared["required"], *own["required"]],
    }


def blocker_card(blocker: Blocker) -> dict[str, Any]:
    """A blocker for the why-blocked card, with the place on the page where it can be cured."""
    link = ""
    if blocker.kind == "document":
        link = f"#document-{blocker.code.partition(':')[2]}"
    return {
        "code": blocker.code,
        "message": blocker.message,
        "who": blocker.who,
        "next": blocker.next,
        "cite": blocker.cite,
        "link": link,
    }


def _automations_own(file: CaseFile, choice: Choice) -> bool:
    return (choice.decision.by or file.step.by) == (Role.AUTOMATION,)


def _opened(step: Step, shown: Sequence[Choice], wanted: str) -> Choice | None:
    """The action whose form stands open: the one asked for, else what the step is there for."""
    allowed = {choice.decision.name: choice for choice in shown if choice.allowed}
    if wanted in allowed:
        return allowed[wanted]
    if wanted or step.kind is StepKind.END:
        return None
    return next((choice for choice in allowed.values() if choice.decision.style == "primary"), None)


def _action(case_id: str, choice: Choice, opened: Choice | None, shown: Sequence[Choice]) -> dict[str, Any]:
    decision = choice.decision
    return {
        "name": decision.name,
        "title": decision.title,
        "allowed": choice.allowed,
        "current": choice is opened,
        "style": decision.style,
        "href": f"/cases/{case_id}?action={decision.name}#act",
        "why": f"why-{_group_of(choice, shown)}",
    }


def _group_of(choice: Choice, shown: Sequence[Choice]) -> str:
    """The first action that is refused for the very same reasons: they share a card."""
    return next(other.decision.name for other in shown if other.blockers == choice.blockers)


def _reasons(shown: Sequence[Choice]) -> list[dict[str, Any]]:
    cards: dict[str, dict[str, Any]] = {}
    for choice in shown:
        if choice.allowed:
            continue
        name = _group_of(choice, shown)
        card = cards.setdefault(
            name, {"name": name, "titles": [], "blockers": [blocker_card(b) for b in choice.blockers]}
        )
        card["titles"].append(choice.decision.title)
    for card in cards.values():
        titles = card["titles"]
        card["title"] = Text("”“".join(each.zh for each in titles), "”, “".join(each.en for each in titles))
    return list(cards.values())


def _act(file: CaseFile, choice: Choice, this_day: date, typed: Typed | None) -> dict[str, Any]:
    decision = choice.decision
    target = target_of(file.definition, file.case, decision, file.policy)
    if decision.to == STAY:
        follows = Text("办理后案件仍在本环节。", "The case stays at this step.")
    elif target.kind is StepKind.END:
        follows = Text(f"办理后案件结束：{target.title.zh}。", f"The case then ends: {target.title.en}.")
    else:
        follows = Text(f"办理后案件进入“{target.title.zh}”环节。", f"The case then goes to: {target.title.en}.")
    return {
        "name": decision.name,
        "title": decision.title,
        "style": "danger" if decision.style == "danger" else "primary",
        "schema": form_of(choice),
        "values": dict(typed.values) if typed else {**_known(file, choice), EFFECTIVE_ON: this_day.isoformat()},
        "errors": dict(typed.errors) if typed else {},
        "refused": typed.refused if typed else None,
        "key": secrets.token_urlsafe(16),
        "confirm": Text(
            f"{follows.zh}经办人、时间和意见将记入办理经过。",
            f"{follows.en} Who did it, when and why goes into the history.",
        ),
    }


def _known(file: CaseFile, choice: Choice) -> dict[str, Any]:
    """What a form already holds: what was said here before, else what the street knows of the organization."""
    if not choice.decision.needs_complete_step or not file.step.form:
        return {}
    before = file.case.data.get(file.step.key)
    if before:
        return dict(before)
    if file.case.data or file.step.key != file.definition.start:
        return {}
    fields = file.step.form["properties"]
    known = {name: getattr(file.organization, f"organization_{name}") for name in ORGANIZATION_COLUMNS}
    return {name: value for name, value in known.items() if name in fields and value not in ("", 0)}


def _kept(file: CaseFile, typed: Typed) -> list[tuple[Text, Any]]:
    titles: dict[str, Mapping[str, Any]] = {}
    for step in file.definition.steps:
        if typed.action in step.by_name:
            for declared in (step.form, step.by_name[typed.action].form):
                titles |= (declared or {}).get("properties", {})
    words = {COMMENT: Text("办理意见", "Remarks"), EFFECTIVE_ON: Text.from_pair(DAY_FIELD[1]["x-title"])}
    return [
        (words.get(name) or Text.from_pair(titles[name]["x-title"]), said(titles.get(name, {}), value))
        for name, value in typed.values.items()
        if value not in (None, "") and (name in words or name in titles)
    ]


def _state(file: CaseFile, this_day: date) -> dict[str, Any]:
    case = file.case
    if not case.open:
        ended = file.definition.by_key.get(case.outcome)
        return {"text": ended.title if ended else file.step.title, "tone": "done"}
    words, tone = due.badge(case.due_on, this_day)
    if tone == "bad":
        return {"text": words, "tone": "bad"}
    return {"text": Text("办理中", "in progress"), "tone": "info"}


def _place(file: CaseFile) -> Text | None:
    if file.step.kind in (StepKind.END, StepKind.AUTOMATED, StepKind.TIMER):
        return None
    who = names_of(file.step.by)
    return Text(f"由{who.zh}办理", f"for the {who.en}")


def _waits(file: CaseFile, shown: Sequence[Choice]) -> dict[str, Any] | None:
    """What the case waits for, where nothing is to be done by the reader."""
    match file.step.kind:
        case StepKind.AUTOMATED:
            text = Text(
                "系统正在自动办理本环节，完成后自动进入下一环节，无需人工操作。",
                "The system is doing this step by itself and then moves the case on; nobody needs to act.",
            )
            return {"symbol": "clock", "text": text}
        case StepKind.TIMER:
            text = Text(
                f"“{file.step.title.zh}”正在进行，期满后系统自动进入下一环节。",
                f"{file.step.title.en}: when the time is over, the system moves the case on.",
            )
            return {"symbol": "clock", "text": text}
        case StepKind.END:
            text = Text("本案已办结。", "The case has ended.")
            return {"symbol": "circle-check", "text": text}
        case _ if not any(choice.allowed for choice in shown):
            who = names_of(file.step.by)
            text = Text(f"本环节等待{who.zh}办理。", f"This step awaits the {who.en}.")
            return {"symbol": "user", "text": text}
    return None


def _documents(file: CaseFile) -> dict[str, Any]:
    step, policy = file.step, file.policy
    paths = [ref.policy for ref in (step.documents, *(d.documents for d in step.decisions)) if ref]
    needed = {need.kind: need for path in dict.fromkeys(paths) for need in policy.documents(path)}
    titles = {**_PAPERS, **_titles(file)}
    uploaded = [
        {
            "kind": row.kind,
            "name": row.filename,
            "size": row.size,
            "when": row.recorded_at,
            "who": row.made_by_name or Text("系统", "automation"),
            "url": f"/documents/{row.public_id}",
        }
        for row in file.documents
    ]
    required = [{"kind": need.kind, "title": need.title, "required": need.required} for need in needed.values()]
    others = dict.fromkeys(row.kind for row in file.documents if row.kind not in needed)
    required += [
        {"kind": kind, "title": titles.get(kind, Text(kind, kind)), "required": False, "closed": True}
        for kind in others
    ]
    return {"required": required, "uploaded": uploaded}


def _titles(file: CaseFile) -> dict[str, Text]:
    """What every kind of document of the procedure is called."""
    refs = [ref for step in file.definition.steps for ref in (step.documents, *(d.documents for d in step.decisions))]
    return {need.kind: need.title for ref in refs if ref for need in file.policy.documents(ref.policy)}


def _said(file: CaseFile) -> list[dict[str, Any]]:
    parts = []
    for step in file.definition.steps:
        answers = file.case.data.get(step.key)
        fields: dict[str, Mapping[str, Any]] = {}
        for declared in (step.form, *(decision.form for decision in step.decisions)):
            fields |= (declared or {}).get("properties", {})
        values = [
            (Text.from_pair(fields[name]["x-title"]), said(fields[name], value))
            for name, value in (answers or {}).items()
            if name in fields and value not in (None, "")
        ]
        if values:
            parts.append({"title": step.title, "values": values})
    return parts


def _limits(file: CaseFile, this_day: date) -> dict[str, Any]:
    current, others = None, []
    for row in file.deadlines:
        shown = due.deadline(row.proof, row.state, file.calendar, this_day)
        if shown is None:
            continue
        if current is None and row.step == file.case.step and row.state in ("running", "paused"):
            current = shown
            continue
        step = file.definition.by_key.get(row.step)
        others.append({"title": step.title if step else Text(row.step, row.step), **shown})
    return {"deadline": current, "limits": others}
