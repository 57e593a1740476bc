"""The evaluation stage: the year's review, and the stars or the registrar's grade that hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from incubator.engine.roles import ROLE_NAMES, Role
from incubator.engine.rules import Blocker
from incubator.models.organizations import Standing
from incubator.queries.organizations import CaseLine
from incubator.queries.path.stages import (
    EVALUATION,
    Line,
    LineKind,
    Situation,
    Stage,
    StageState,
    how,
    in_hand,
    joined,
    reason,
    result,
    runs,
    stage,
    unstanding,
    until_words,
)
from incubator.text import Text

FACTS = frozenset({"organization.rating", "organization.star"})
REVIEW, STARS, GRADE = "yearly_review", "evaluation", "registrar_grade"
_TITLES = {
    REVIEW: Text("年检", "Yearly review"),
    STARS: Text("星级", "Stars"),
    GRADE: Text("登记机关等级", "Registrar's grade"),
}
# What the street must be able to issue over a filed group for its case to be expected.
_ACTS = {REVIEW: "yearly_review", STARS: "star_rating"}
_NOT_DUE = "star_rating_is_due@2"
_ORDER = (StageState.RUNNING, StageState.NEXT, StageState.BLOCKED, StageState.DONE)


def evaluation_stage(situation: Situation) -> Stage:
    """Done while the year's review is passed and a rating holds; a registered body is the registrar's to review and grade.

    Policy may give the street more over registered bodies, or less over filed groups.
    """
    registered = situation.organization.standing == Standing.REGISTERED
    parts: list[Part] = []
    if not registered or "yearly_review" in (situation.powers or ()):
        parts.append(_review(situation))
    if not registered or "star_rating" in (situation.powers or ()):
        parts.append(_rating(situation, STARS, "organization.star"))
    if registered:
        parts.append(_rating(situation, GRADE, "organization.rating"))
    # A rating that is not due yet keeps nothing from being done.
    state = next(
        (state for state in _ORDER if any(line.state is state for line, *_ in parts)), StageState.NOT_APPLICABLE
    )
    telling = [part for part in parts if part[0].state is state]
    blockers = tuple(dict.fromkeys(blocker for _, _, found in telling for blocker in found))
    # What is settled is told before what is not.
    settled = [line.words for line, *_ in parts if line.state is StageState.DONE and state is not StageState.DONE]
    later = [line.words for line, *_ in parts if line.state is StageState.NOT_APPLICABLE and state is StageState.DONE]
    told = telling[:1] if state is StageState.BLOCKED else telling
    words = joined(*settled, *(line.words for line, *_ in told), *later)
    case = next((case for _, case, _ in telling if case is not None), None)
    held = situation.facts.get("organization.rating")
    found = stage(
        EVALUATION, state, words, case, blockers if state is StageState.BLOCKED else (), tuple(p[0] for p in parts)
    )
    if held is None:
        return found

    return replace(found, valid_until=held["valid_until"])


Part = tuple[Line, CaseLine | None, tuple[Blocker, ...]]


def _review(situation: Situation) -> Part:
    """The yearly review of this year."""
    cases = situation.cases_in(REVIEW)
    running = in_hand(cases)
    last = cases[0] if cases else None
    if running is not None:
        return _line(LineKind.REVIEW, REVIEW, StageState.RUNNING, runs(running), running), running, ()
    if last is not None and last.period == str(situation.day.year):
        if last.outcome != "failed":
            return _line(LineKind.REVIEW, REVIEW, StageState.DONE, result(last), last), last, ()
        who = ROLE_NAMES[Role.OFFICER]
        following = Text("请督促整改", "Have it put right")
        failed = Blocker("yearly_review_failed", "state", result(last), who, following)
        return _line(LineKind.REVIEW, REVIEW, StageState.BLOCKED, result(last), last), last, (failed,)
    return _open(situation, LineKind.REVIEW, REVIEW, last, result(last) if last else None)


def _rating(situation: Situation, procedure: str, fact: str) -> Part:
    """The stars of the street, or the grade of the registrar."""
    cases, entries = situation.cases_in(procedure), situation.openings_of(procedure)
    running = in_hand(cases)
    last = cases[0] if cases else None
    if running is not None:
        return _line(LineKind.RATING, procedure, StageState.RUNNING, runs(running), running), running, ()
    held = situation.facts.get(fact)
    told = _held(held) if held is not None else None
    # A grade can be recorded whenever the registrar gives another; stars ask for it when they end soon.
    if held is not None and (procedure == GRADE or not any(each.stands for each in entries)):
        return _line(LineKind.RATING, procedure, StageState.DONE, told or Text("", ""), last), last, ()
    return _open(situation, LineKind.RATING, procedure, last, told or (result(last) if last else None))


def _held(held: Any) -> Text:
    until = held["valid_until"]
    ends = until_words(until)
    return Text(f"{held['title_zh']}{ends.zh}", f"{held['title_en']}{ends.en}")


def _open(
    situation: Situation, kind: LineKind, procedure: str, last: CaseLine | None, before: Text | None
) -> Part:  # fmt: skip
    entries = situation.openings_of(procedure)
    refused = unstanding(entries)
    if entries and not refused:
        return _line(kind, procedure, StageState.NEXT, joined(before, how(entries[0])), last), last, ()
    not_due = {blocker.code for blocker in refused if blocker.kind != "who"} == {_NOT_DUE}
    filed = situation.organization.standing == Standing.FILED
    if not_due or (filed and procedure in _ACTS and situation.lacks_power(_ACTS[procedure])):
        return _line(kind, procedure, StageState.NOT_APPLICABLE, joined(before, reason(refused)), last), last, ()
    return _line(kind, procedure, StageState.BLOCKED, joined(before, reason(refused)), last), last, refused


def _line(kind: LineKind, procedure: str, state: StageState, words: Text, case: CaseLine | None) -> Line:
    case_id, number = (case.public_id, case.number) if case else ("", "")
    due = case.due_on if case is not None and case.in_hand and case.due_on.year < 9999 else None
    return Line(kind, state, _TITLES[procedure], words, case_id, number, next_on=due)
