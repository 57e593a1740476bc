"""The form of an action on a case: its fields, what is known or stands already, and what somebody typed before."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.pages.submitted import COMMENT, EFFECTIVE_ON
from incubator.engine import forms
from incubator.engine.choices import Choice
from incubator.engine.deadline_words import length_words
from incubator.engine.decide import complete_form, target_of
from incubator.engine.definition import STAY, ClockMove, Decision, StepKind
from incubator.queries.case_file import ORGANIZATION_COLUMNS, CaseFile
from incubator.queries.drafts import Drafted
from incubator.queries.said import Names, said
from incubator.services.case_documents import wanted
from incubator.text import Text

DAY_FIELD = forms.day(
    EFFECTIVE_ON,
    Text("实际发生日期", "Date it took effect"),
    hint=Text(
        "收件、签署、送达等实际发生的日期，办理期限由此起算；补记以前的日期须说明理由",
        "The day of receipt, signature, service: limits run from it. An earlier day needs a reason.",
    ),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent and the service did not take, so that it can be shown again."""

    action: str
    values: Mapping[str, Any]
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    refused: Mapping[str, Any] | None = None  # title, and detail or blockers
    moved: Mapping[str, Any] | None = None


def form_of(choice: Choice) -> forms.Schema:
    """An action's whole form: its own fields, then the day and the words that every action takes."""
    return _whole(choice.form, choice.decision)


def sent_form(file: CaseFile, action: str) -> forms.Schema:
    """The form that an action was sent with: the present step's, else that of the steps which have this action."""
    present = next((choice for choice in file.choices if choice.decision.name == action), None)
    if present is not None:
        return form_of(present)
    steps = [step for step in file.definition.steps if action in step.by_name]
    asked = forms.merged(*(complete_form(step, step.by_name[action]) for step in steps))
    return _whole(forms.offered(asked, file.policy, {}), steps[0].by_name[action] if steps else None)


def seen_form(file: CaseFile, action: str, step: str, visit: int) -> forms.Schema:
    """The form of an action as it was opened at a step and visit, which the case may have left since."""
    if (step, visit) == (file.case.step, file.case.visit) or action not in _decisions(file, step):
        return sent_form(file, action)
    decision = _decisions(file, step)[action]
    asked = complete_form(file.definition.by_key[step], decision)
    return _whole(forms.offered(asked, file.policy, {}), decision)


def act(
    file: CaseFile, choice: Choice, this_day: date, typed: Typed | None, draft: Drafted | None = None
) -> dict[str, Any]:
    """The form that stands open, for `case.html`, with what was sent and not taken, else with what lies as a draft."""
    decision = choice.decision
    target = target_of(file.definition, file.case, decision, file.policy)
    if decision.to == STAY:
        follows = Text("办理后，案件仍在本环节。", "The case stays at this step.")
    elif target.kind is StepKind.END:
        follows = Text(f"办理后，案件办结：{target.title.zh}。", f"The case then ends: {target.title.en}.")
    else:
        follows = Text(f"办理后，案件进入“{target.title.zh}”环节。", f"The case then goes to: {target.title.en}.")
    schema = _with_the_limits_unit(file, decision, form_of(choice))
    return {
        "name": decision.name,
        "title": decision.title,
        "style": "danger" if decision.style == "danger" else "primary",
        "schema": {**schema, "properties": _with_what_stands(file, schema["properties"])},
        "values": _values(file, choice, this_day, typed, draft),
        "errors": dict(typed.errors) if typed else {},
        "key": secrets.token_urlsafe(16),
        "seen": f"{file.case.step}:{file.case.visit}",
        "about": _documents_to_point_at(file) if "points" in schema["properties"] else [],
        "restored": draft.saved_at if draft and not typed else None,
        "confirm": Text(
            f"{follows.zh}经办人、时间和意见将记入办理经过。",
            f"{follows.en} Who did it, when and why goes into the history.",
        ),
    }


def _documents_to_point_at(file: CaseFile) -> list[Text]:
    """What the application's documents are called: points to correct are mostly about one of them."""
    start = file.definition.step(file.definition.start)
    return [need.title for need in wanted(file.definition, start, file.policy).values()]


def _with_the_limits_unit(file: CaseFile, decision: Decision, schema: forms.Schema) -> forms.Schema:
    """The form; of an extension it says what the length is counted in and how much there may be."""
    limit = file.case.limit
    if decision.clock is not ClockMove.EXTENDS or limit is None or "length" not in schema["properties"]:
        return schema
    due = file.policy.due(limit.policy_path)
    if due.unit is None or due.extension is None:
        return schema
    most = length_words(due.extension.length, due.unit)
    help_words = Text(f"最多 {most.zh}", f"at most {most.en}")
    length = {**schema["properties"]["length"], "maximum": due.extension.length, "x-help": help_words.as_pair()}
    return {**schema, "properties": {**schema["properties"], "length": length}}


def kept(file: CaseFile, typed: Typed) -> list[tuple[Text, Any]]:
    """What was typed for an action whose form stands open no more, in words."""
    return in_words(file, sent_form(file, typed.action), typed.values)


def in_words(file: CaseFile, schema: forms.Schema, values: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    """The values of a form under its titles, as they are read."""
    fields = schema["properties"]
    return [
        (Text.from_pair(fields[name]["x-title"]), said(fields[name], value, file.names))
        for name, value in values.items()
        if value not in (None, "") and name in fields
    ]


def fields_of(file: CaseFile, step: str) -> dict[str, forms.Schema]:
    """Every field that a step and its decisions ask for, with the lists that the case's policy offers.

    One that several ask for is what the decision that was taken calls it: a refusal's reason is none of a withdrawal.
    """
    declared = file.definition.by_key[step]
    taken = [decision for decision in declared.decisions if f"{step}.{decision.name}" in file.case.acts]
    every = [declared.form, *(decision.form for decision in declared.decisions)]
    asked = forms.merged(*every, declared.form, *(decision.form for decision in taken))
    return dict((forms.offered(asked, file.policy, {}) or {}).get("properties", {}))


def _decisions(file: CaseFile, step: str) -> Mapping[str, Decision]:
    declared = file.definition.by_key.get(step)
    return declared.by_name if declared else {}


def _values(
    file: CaseFile, choice: Choice, this_day: date, typed: Typed | None, draft: Drafted | None
) -> dict[str, Any]:
    if typed or draft:
        return dict(typed.values if typed else draft.values if draft else {})
    return {**_known(file, choice), EFFECTIVE_ON: this_day.isoformat()}


def _whole(declared: forms.Schema | None, decision: Decision | None) -> forms.Schema:
    needs = decision is not None and decision.needs_comment
    title = Text("理由", "Reason") if needs else Text("办理意见", "Remarks")
    words = forms.text(COMMENT, title, longest=2000, lines=True, required=needs)
    return forms.merged(declared, forms.form(DAY_FIELD, words)) or {}


def _known(file: CaseFile, choice: Choice) -> dict[str, Any]:
    """What a form already holds: what was said here before, else what the street knows of the organization."""
    if not choice.decision.needs_complete_step or not file.step.form:
        return {}
    fields = file.step.form["properties"]
    before = file.case.data.get(file.step.key)
    if before is None and not file.case.data and file.step.key == file.definition.start:
        before = _organization(file)
    return {name: value for name, value in (before or {}).items() if name in fields and not fields[name].get("x-keeps")}


def _organization(file: CaseFile) -> dict[str, Any]:
    known = {name: getattr(file.organization, f"organization_{name}") for name in ORGANIZATION_COLUMNS}
    return {name: value for name, value in known.items() if value not in ("", 0)}


def _with_what_stands(file: CaseFile, fields: Mapping[str, forms.Schema]) -> dict[str, forms.Schema]:
    """The fields; one whose empty answer keeps what stands says what that is (`x-stands`)."""
    stands: dict[str, Any] = {}
    corrected: dict[str, Any] = {}
    for step in file.definition.steps:
        for name, value in file.case.data.get(step.key, {}).items():
            if isinstance(value, Mapping) and name != forms.SCORES:
                corrected.update(value)
            else:
                stands[name] = value
    stands = {**(stands or _organization(file)), **corrected}
    personal = {**file.known_personal, **{name.rpartition(".")[2]: value for name, value in file.personal.items()}}
    return {name: _standing(name, declared, stands, personal, file.names) for name, declared in fields.items()}


def _standing(
    name: str, declared: forms.Schema, stands: Mapping[str, Any], personal: Mapping[str, str], names: Names
) -> forms.Schema:
    if "properties" in declared and "x-sheet" not in declared:
        entries = {key: _standing(key, entry, stands, personal, names) for key, entry in declared["properties"].items()}
        return {**declared, "properties": entries}
    if not declared.get("x-keeps"):
        return declared
    value = personal.get(name) if declared.get("x-personal") else stands.get(name)
    return declared if value in (None, "") else {**declared, "x-stands": said(declared, value, names)}
