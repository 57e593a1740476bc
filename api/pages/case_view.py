"""What a case's page shows, from the case as it was read and what the person has typed so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.pages import case_drafts, case_form, case_papers, due, policies_view
from api.pages.case_form import Typed
from api.pages.case_papers import RefusedFiles
from api.pages.destinations import Around, Cure, without_case
from api.pages.holders import on_behalf, who_has
from api.pages.panel_view import own_scores, panel_parts
from api.pages.timeline import Happening, timeline
from incubator.engine import forms
from incubator.engine.choices import Choice
from incubator.engine.definition import Decision, Definition, PanelAct, Step, StepKind
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role, names_of
from incubator.engine.rules import Blocker
from incubator.queries import periods
from incubator.queries.case_file import CaseFile, Recorded
from incubator.queries.drafts import Drafted
from incubator.queries.explanation import is_explained
from incubator.queries.holding import offer_of
from incubator.queries.limits_then import decision_of
from incubator.queries.outcomes import outcome_title
from incubator.queries.panels import is_about
from incubator.queries.said import Names, panel_result, said
from incubator.queries.visibility import ONLY_OWN_CASES, Permission, may
from incubator.rehearsal.terms import announcement
from incubator.text import Text

_MILESTONES = {
    "received": Text("收件", "Received"),
    "complete": Text("材料齐全", "Documents complete"),
    "accepted": Text("受理", "Accepted"),
    "noticed": Text("公示", "Public notice"),
    "published": Text("公示", "Public notice"),
    "consented": Text("枢纽同意", "Consent of the hub"),
    "approved": Text("批准", "Approved"),
    "agreed": Text("签订协议", "Agreement signed"),
    "starts": Text("项目开始", "Project begins"),
    "ends": Text("项目结束", "Project ends"),
    "gate_passed": Text("符合拨付条件", "Ready to be paid"),
    "sent": Text("提交银行", "Sent to the bank"),
    "paid": Text("款项到账", "Paid"),
    "midterm_concluded": Text("中期评估", "Mid-term review"),
    "handed_over": Text("移送", "Handed over"),
    "signed": Text("签署", "Signed"),
    "served": Text("送达", "Served"),
    "reported": Text("收到年报", "Report received"),
    "objected": Text("提出异议", "Objection received"),
}


def case_page(
    file: CaseFile,
    actor: Actor,
    this_day: date,
    *,
    chosen: str = "",
    typed: Typed | None = None,
    refused_files: RefusedFiles | None = None,
    drafts: Sequence[Drafted] = (),
    project: str = "",
) -> dict[str, Any]:
    """The variables of `case.html`.

    `chosen` is the action whose form stands open; `drafts` are the reader's own; `project` is where the case's project is.
    """
    case, step = file.case, file.step
    offered = [choice for choice in file.choices if not (_automations_own(file, choice) or _strikes_nothing(choice))]
    # Whoever was asked into the one case is shown the own part of it; a substitute judges by the whole of it.
    roles = actor.roles_at(case.street_id, case.community_id)
    asked_in = bool(roles) and roles <= ONLY_OWN_CASES
    shown = [choice for choice in offered if _is_for(choice)] if asked_in else offered
    given = own_scores(file, actor)
    if given is not None:
        shown = [choice for choice in shown if choice.allowed]
    # Who comes back to words that were not sent finds them in the form that stands open.
    wanted = typed.action if typed else chosen or case_drafts.latest(file, drafts, shown)
    opened = _opened(step, shown, wanted)
    draft = case_drafts.of_form(file, drafts, opened.decision.name) if opened else None
    organization = file.organization
    around = Around(file, actor, [each.decision.name for each in shown if each.allowed], project)
    return {
        "id": case.public_id,
        "number": case.number,
        "version": case.version,
        "period": case.period,
        "period_label": periods.label(case.period),
        "opened_on": case.opened_on,
        "procedure": file.definition.title,
        "policy": _policy(file.policy),
        "organization": {
            "id": organization.organization_public_id,
            "name": organization.organization_name,
            "community": organization.community_name,
        },
        "state": _state(file, this_day),
        "holder": who_has(file.holding) if file.holding else None,
        "hold": _hold(file, actor),
        "more": [] if asked_in else _more(file),
        "in_stead": on_behalf(actor, file.holding.public_id) if file.holding else None,
        "ended": not case.open,
        "step": {
            "title": step.title,
            "place": _place(file),
            "help": step.help,
            "waits": given or _waits(file, offered),
        },
        "handed_on": _handed_on(file),
        "actions": [_action(case.public_id, choice, opened, shown) for choice in shown],
        "reasons": _reasons(shown, around),
        "act": case_form.act(file, opened, this_day, typed, draft) if opened else None,
        "left": case_drafts.left(file, [each for each in drafts if not typed or each.action != typed.action], shown),
        "moved": typed.moved if typed else None,
        "refused": _refused(file, typed, around) if typed and typed.refused else None,
        "kept": case_form.kept(file, typed) if typed and not opened else [],
        "documents": case_papers.documents(file, actor, refused_files),
        "panels": panel_parts(file),
        "said": _said(file),
        "milestones": []
        if asked_in
        else [(_MILESTONES.get(name, Text(name, name)), day) for name, day in case.milestones.items()],
        **_limits(file, this_day),
        "events": timeline([_happening(file, each) for each in file.events if not asked_in or is_about(each, actor)]),
    }


def happening(
    event: Recorded,
    definition: Definition | None = None,
    case: str = "",
    *,
    policy: Policy | None = None,
    names: Names | None = None,
    why: str = "",
) -> Happening:
    """A recorded event as the timeline takes it; under `policy` an action's fields hold the lists and criteria it offers."""
    change = event.body.get("change") or {}
    decision = decision_of(definition, change)
    asked = decision.form if decision else None
    if policy is not None:
        asked = forms.offered(asked, policy, {})
    return Happening(
        event.stream,
        event.type,
        event.recorded_at,
        event.effective_on,
        event.actor,
        str(event.body.get("on_behalf_of") or ""),
        str(event.body.get("comment") or ""),
        change,
        definition,
        case,
        (asked or {}).get("properties", {}),
        names or {},
        why,
    )


def _policy(policy: Policy) -> dict[str, Any]:
    """Which version the case runs under: the street's, or what its call published."""
    return {
        "href": policies_view.href(policy.hash),
        "name": policies_view.named(policy),
        "since": policy.content["effective_from"],
        "call": announcement(policy),
    }


def _happening(file: CaseFile, event: Recorded) -> Happening:
    why = f"/cases/{file.case.public_id}/events/{event.body['seq']}" if is_explained(event, file.definition) else ""
    return happening(event, file.definition, policy=file.policy, names=file.names, why=why)


def blocker_cards(
    blockers: Sequence[Blocker], around: Around | None = None, decision: Decision | None = None
) -> list[dict[str, Any]]:
    """Blockers for the why-blocked card; those that the same people cure in the same way by the same rule stand together.

    `around` is the case that they stand in, where they are a case's: only there it is known where and by whom they are cured.
    """
    cards: list[dict[str, Any]] = []
    for blocker in blockers:
        card = blocker_card(blocker, around.cure(blocker, decision) if around else without_case(blocker))
        alike = next((each for each in cards if _cure(each) == _cure(card)), None)
        if alike is None:
            cards.append({**card, "also": []})
        else:
            alike["also"].append(card)
    return cards


def _cure(card: dict[str, Any]) -> tuple[Any, ...]:
    return card["who"], card["next"], card["cite"]


def blocker_card(blocker: Blocker, cure: Cure) -> dict[str, Any]:
    """A blocker for the why-blocked card, with the place where it can be cured."""
    return {
        "code": blocker.code,
        "message": blocker.message,
        "who": blocker.who,
        "people": cure.people,
        "next": blocker.next,
        "cite": blocker.cite,
        "cite_href": cure.cite_href,
        "link": cure.href,
        "link_text": cure.label,
    }


def _refused(file: CaseFile, typed: Typed, around: Around) -> dict[str, Any]:
    """Why what was sent was not done."""
    refused = dict(typed.refused or {})
    if "blockers" in refused:
        decision = file.step.by_name.get(typed.action)
        refused["blockers"] = blocker_cards(refused["blockers"], around, decision)
    return refused


def _hold(file: CaseFile, actor: Actor) -> dict[str, Any] | None:
    """What the reader may do about whose the step is: claim, release, assign; None where that is nothing."""
    held, case = file.holding, file.case
    if held is None:
        return None
    area = {"street_id": case.street_id, "community_id": case.community_id}
    offer = offer_of(actor, role=held.role, holder=held.public_id, free=held.free, **area)
    assign = may(actor, Permission.ASSIGN_WORK, **area)
    act = "claim" if offer.claim else "release" if offer.release else ""
    return {"act": act, "assign": assign, "who": who_has(held)} if act or assign else None


def _more(file: CaseFile) -> list[dict[str, Any]]:
    """The pages that belong to the case."""
    base = f"/cases/{file.case.public_id}"
    asked, sent = file.open_requests, file.submissions_waiting
    parts = []
    if asked:
        parts.append(Text(f"{asked} 项待答复", f"{asked} open"))
    if sent:
        parts.append(Text(f"{sent} 份待查收", f"{sent} to look at"))
    note = Text("，".join(each.zh for each in parts), ", ".join(each.en for each in parts)) if parts else None
    return [
        {"href": f"{base}/diagram", "icon": "sitemap", "text": Text("流程图", "Diagram")},
        {"href": f"{base}/requests", "icon": "mail", "text": Text("向组织征集材料", "Requests"), "note": note},
        {"href": f"{base}/papers", "icon": "file-text", "text": Text("文书", "Papers")},
        {"href": f"{base}/folder", "icon": "file-check", "text": Text("案卷", "Case folder")},
    ]


def _is_for(choice: Choice) -> bool:
    return all(blocker.kind != "who" for blocker in choice.blockers)


def _strikes_nothing(choice: Choice) -> bool:
    """Whether an action takes back scores on paper where there are none."""
    return (
        choice.decision.panel is PanelAct.STRIKE
        and not choice.allowed
        and all(blocker.kind == "panel" or blocker.code == "role_lacking" for blocker in choice.blockers)
    )


def _automations_own(file: CaseFile, choice: Choice) -> bool:
    return (choice.decision.by or file.step.by) == (Role.AUTOMATION,)


def _opened(step: Step, shown: Sequence[Choice], wanted: str) -> Choice | None:
    """The action whose form stands open: the one asked for, else what the step is there for, or all that is left to do."""
    allowed = {choice.decision.name: choice for choice in shown if choice.allowed}
    if wanted in allowed:
        return allowed[wanted]
    if wanted or step.kind is StepKind.END:
        return None
    usual = next((choice for choice in allowed.values() if choice.decision.style == "primary"), None)
    if usual is None and len(allowed) == 1:
        (usual,) = allowed.values()
        return None if usual.decision.style == "danger" else usual
    return usual


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


def _reasons(shown: Sequence[Choice], around: Around) -> list[dict[str, Any]]:
    cards: dict[str, dict[str, Any]] = {}
    for choice in shown:
        if choice.allowed:
            continue
        name = _group_of(choice, shown)
        card = cards.setdefault(
            name, {"name": name, "titles": [], "blockers": blocker_cards(choice.blockers, around, choice.decision)}
        )
        card["titles"].append(choice.decision.title)
    for card in cards.values():
        titles = card["titles"]
        card["title"] = Text("”“".join(each.zh for each in titles), "”, “".join(each.en for each in titles))
    return list(cards.values())


def _state(file: CaseFile, this_day: date) -> dict[str, Any]:
    case = file.case
    if not case.open:
        return {"text": outcome_title(file.definition, case.outcome), "tone": "done"}
    words, tone = due.badge(case.due_on, this_day)
    if tone in ("bad", "warn"):
        return {"text": words, "tone": tone}
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
        case _ if shown and all(any(blocker.kind == "who" for blocker in choice.blockers) for choice in shown):
            who = names_of(file.step.by)
            text = Text(f"本环节等待{who.zh}办理。", f"This step awaits the {who.en}.")
            return {"symbol": "user", "text": text}
    return None


def _said(file: CaseFile) -> list[dict[str, Any]]:
    """What was filled in, step by step in the form's order; personal values are masked."""
    parts = []
    for step in file.definition.steps:
        answers = file.case.data.get(step.key, {})
        values: list[tuple[Text, Any]] = []
        for name, declared in case_form.fields_of(file, step.key).items():
            masked = file.personal.get(f"{step.key}.{name}")
            if masked:
                values.append((Text.from_pair(declared["x-title"]), masked))
            elif answers.get(name) not in (None, ""):
                values.append((Text.from_pair(declared["x-title"]), said(declared, answers[name], file.names)))
        if step.panel is not None and answers.get("panel"):
            values.append((Text("评审结果", "What the panel came to"), panel_result(answers["panel"])))
        if values:
            parts.append({"title": step.title, "values": values})
    return parts


def _handed_on(file: CaseFile) -> dict[str, Any] | None:
    """What whoever brought the case here had to say to those who work on it now: points to correct, reasons, remarks."""
    step = file.case.step
    moves = (event for event in file.events if (event.body.get("change") or {}).get("to") == step)
    brought = next((event for event in moves if event.body["change"].get("step") != step), None)
    if brought is None:
        return None
    (entry,) = timeline([_happening(file, brought)])
    return entry if entry["details"] or entry["comment"] else None


def _limits(file: CaseFile, this_day: date) -> dict[str, Any]:
    current = None
    standing: list[dict[str, Any]] = []
    past: list[dict[str, Any]] = []
    for row in file.deadlines:
        shown = due.deadline(row.proof, row.state, file.calendars[row.calendar_hash], this_day)
        if shown is None:
            continue
        if current is None and row.step == file.case.step and row.state in ("running", "paused"):
            current = shown
            continue
        step = file.definition.by_key.get(row.step)
        title = step.title if step else Text(row.step, row.step)
        (standing if row.state in ("running", "paused") else past).append({"title": title, **shown})
    return {"deadline": current, "limits": standing, "past_limits": past}
