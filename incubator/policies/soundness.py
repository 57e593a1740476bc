"""What a pack would make of the procedures: limits that never begin, steps that nobody may do or that none reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incubator.engine.definition import BACK, STAY, Definition, Step, StepKind
from incubator.engine.forms import Schema
from incubator.engine.roles import Role, names_of
from incubator.engine.soundness import goes_back, standing_in
from incubator.policies.fault_words import unknown
from incubator.policies.fitting import Misfit, ValueAt
from incubator.text import Text

ENTERED = "entered"  # the day on which the step itself was entered

Marks = frozenset[str]


def unsound(value: ValueAt, definitions: Iterable[Definition] | None = None) -> Iterator[Misfit]:
    """What leaves a procedure unsound as it would run under these values; all procedures unless some are given."""
    from incubator.procedures.catalogue import DEFINITIONS

    told: set[tuple[str, ...]] = set()
    for definition in DEFINITIONS if definitions is None else definitions:
        off = _left_out(definition, value)
        if off is None:
            continue  # a switch is faulty: told already
        yield from _unreached(definition, off)
        standing = [step for step in definition.steps if step.key not in off]
        for misfit in (
            *_four_eyes(definition, standing, value),
            *_limits(definition, off, value),
            *_nothing_to_choose(definition, standing, value),
        ):
            if misfit.paths not in told:  # what several procedures share is told of the first
                told.add(misfit.paths)
                yield misfit


def _left_out(definition: Definition, value: ValueAt) -> set[str] | None:
    try:
        return {step.key for step in definition.steps if step.enabled and not value(step.enabled.policy)}
    except KeyError:
        return None


def _unreached(definition: Definition, off: set[str]) -> Iterator[Misfit]:
    reached = {key for key, _ in _walk(definition, off, "", through_ends=True)}
    switches = tuple(
        dict.fromkeys(step.enabled.policy for step in definition.steps if step.enabled and step.key in off)
    )
    for step in definition.steps:
        if step.key not in off and step.key not in reached and switches:
            words = Text(
                f"停用可选环节后，“{definition.title.zh}”的“{step.title.zh}”环节永远无法到达",
                f"With this step left out, {step.title.en!r} of {definition.title.en!r} is never reached",
            )
            yield Misfit(switches, words)


def _limits(definition: Definition, off: set[str], value: ValueAt) -> Iterator[Misfit]:
    for step in definition.steps:
        if step.key in off:
            continue
        windows = [decision.window.length for decision in step.decisions if decision.window]
        for ref in (step.due, step.lasts, *windows):
            if ref is None:
                continue
            try:
                limit = value(ref.policy)
            except KeyError:
                continue
            milestone = limit["starts_on"]
            if limit["month"] is not None:
                if ref == step.lasts:
                    words = Text(
                        "公示等期间须写长度和单位，不能写某月某日",
                        "What lasts has a length and a unit, and no day of the year",
                    )
                    yield Misfit((ref.policy,), words)
                continue
            if milestone == ENTERED:
                continue
            begun = _begun_by(definition, off, step)
            if begun is None:
                continue
            if ref in windows:
                begun |= {mark for decision in step.decisions if decision.to == STAY for mark in decision.marks}
            if milestone not in begun:
                yield Misfit((ref.policy,), _never_begins(definition, step, milestone, begun), ("starts_on",))


def _never_begins(definition: Definition, step: Step, milestone: str, begun: Marks) -> Text:
    choices = [ENTERED, *sorted(begun)]
    near = unknown(milestone, choices)
    hint = near if "？" in near.zh else Text("", "")
    return Text(
        f"期限自“{milestone}”起算，但“{definition.title.zh}”到“{step.title.zh}”环节时还没有这一日期，期限永远不会起算；"
        f"可写：{'、'.join(choices)}。{hint.zh}",
        f"The limit runs from {milestone!r}, which nothing in {definition.title.en!r} sets before {step.title.en!r} is reached: "
        f"it would never begin. It can run from {', '.join(choices)}. {hint.en}".rstrip(),
    )


def _begun_by(definition: Definition, off: set[str], target: Step) -> Marks | None:
    """The milestones that a case may have when it first comes to a step: on its way to an end, or else after one.

    None where no case ever comes there.
    """
    for through_ends in (False, True):
        arrivals = _walk(definition, off, target.key, through_ends=through_ends)
        marks = [found for (key, _), found in arrivals.items() if key == target.key]
        if marks:
            return frozenset().union(*marks)
    return None


def _walk(definition: Definition, off: set[str], until: str, *, through_ends: bool) -> dict[tuple[str, str], Marks]:
    """Every place that a case can come to, with the step that it would go back to, and the milestones it may have by then.

    The walk does not go on from `until`, nor from an end unless `through_ends`.
    """
    start = standing_in(definition, definition.start, off)
    if start is None:
        return {}
    found: dict[tuple[str, str], Marks] = {(start, ""): frozenset(definition.opens_with)}
    waiting = [(start, "")]
    while waiting:
        key, came_from = place = waiting.pop()
        step = definition.step(key)
        if key == until or (step.kind is StepKind.END and not through_ends):
            continue
        for decision in step.decisions:
            if decision.to == STAY:
                target = place
            elif decision.to == BACK:
                target = (came_from, "")
            else:
                standing = standing_in(definition, decision.to, off) or ""
                target = (standing, key if standing and goes_back(definition.step(standing)) else "")
            if not target[0]:
                continue
            marks = found[place] | frozenset(decision.marks)
            if target not in found or not marks <= found[target]:
                found[target] = found.get(target, frozenset()) | marks
                waiting.append(target)
    return found


def _nothing_to_choose(definition: Definition, standing: list[Step], value: ValueAt) -> Iterator[Misfit]:
    """A form that must be answered from a list of the policy needs something on the list."""
    for step in standing:
        for form in (step.form, *(decision.form for decision in step.decisions)):
            for path in _lists_to_choose_from(form or {}):
                try:
                    empty = not value(path)
                except KeyError:
                    continue
                if empty:
                    words = Text(
                        f"“{definition.title.zh}”的“{step.title.zh}”环节须从这里选择，至少要有一项",
                        f"{step.title.en!r} of {definition.title.en!r} must choose from this list: at least one entry is needed",
                    )
                    yield Misfit((path,), words)


def _lists_to_choose_from(form: Schema) -> Iterator[str]:
    for name, field in form.get("properties", {}).items():
        if name in form.get("required", ()) and "x-options-from" in field:
            yield field["x-options-from"]
        yield from _lists_to_choose_from(field.get("items", {}))


def _four_eyes(definition: Definition, standing: list[Step], value: ValueAt) -> Iterator[Misfit]:
    """A step that policy assigns must leave somebody else for it than those whose earlier part four eyes keep away.

    Officers are several in a centre; of any other role there may be one, who would meet the own work in every case.
    """
    keys = {step.key for step in standing}
    for step in standing:
        if step.who is None:
            continue
        for decision in step.decisions:
            if decision.by or not decision.distinct_from:
                continue
            try:
                roles = set(_roles(step, value))
                kept = {act: _roles_of_act(definition, act, value) for act in decision.distinct_from}
            except KeyError:
                continue
            alone = {act: said[0] for act, said in kept.items() if len(said) == 1 and act.split(".")[0] in keys}
            if Role.OFFICER in roles or not roles <= set(alone.values()):
                continue
            earlier = next(definition.step(act.split(".")[0]) for act, role in alone.items() if role in roles)
            who = names_of(tuple(roles))
            words = Text(
                f"“{definition.title.zh}”的“{step.title.zh}”与“{earlier.title.zh}”须由不同的人办理，不能都只交给{who.zh}；"
                "请给其中一个环节另加办理人",
                f"{step.title.en!r} of {definition.title.en!r} must be done by somebody else than {earlier.title.en!r}, and both are "
                f"left to the {who.en} alone: name another role for one of them",
            )
            assigned = tuple(each.who.policy for each in (step, earlier) if each.who)
            yield Misfit(tuple(dict.fromkeys(assigned)), words)
            break


def _roles(step: Step, value: ValueAt) -> tuple[Role, ...]:
    return tuple(Role(name) for name in value(step.who.policy)) if step.who else step.by


def _roles_of_act(definition: Definition, act: str, value: ValueAt) -> tuple[Role, ...]:
    key, _, name = act.partition(".")
    step = definition.step(key)
    return step.by_name[name].by or _roles(step, value)
