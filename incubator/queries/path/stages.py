"""A stage of the path as it is shown: its state, a sentence, the case, and the lines below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role, names_of
from incubator.engine.rules import Blocker
from incubator.queries.organizations import CaseLine
from incubator.queries.path.openings import Opening
from incubator.queries.periods import matter
from incubator.text import Text

SURVEY, FILING, AFFILIATION, FUNDING, EVALUATION = "survey", "filing", "affiliation", "funding", "evaluation"
STAGE_TITLES: dict[str, Text] = {
    SURVEY: Text("摸底登记", "Survey"),
    FILING: Text("备案", "Filing"),
    AFFILIATION: Text("挂靠枢纽", "Hub affiliation"),
    FUNDING: Text("项目资助", "Project funding"),
    EVALUATION: Text("年检评估", "Evaluation"),
}


class StageState(StrEnum):
    """How an organization stands towards a stage."""

    DONE = "done"
    RUNNING = "running"
    NEXT = "next"  # nothing about the organization keeps its case from being opened
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not_applicable"


class LineKind(StrEnum):
    """What a line below a stage tells of."""

    APPLICATION = "application"
    PROJECT = "project"
    REVIEW = "review"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of several in a stage: an application, a project, the year's review, the rating.

    `amount_fen` is what is awarded (0: nothing yet), `next_on` the next day by which something is due.
    """

    kind: LineKind
    state: StageState
    title: Text
    words: Text
    case_id: str = ""  # a public id
    case_number: str = ""
    amount_fen: int = 0
    paid_fen: int = 0
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its state, why or what in a short sentence, and the case that runs or ended there."""

    key: str
    title: Text
    state: StageState
    words: Text
    case_id: str = ""  # a public id
    case_number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    blockers: tuple[Blocker, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the stages of an organization are judged by: its row, its cases (newest first), openings and facts today."""

    organization: Row[Any]
    cases: Sequence[CaseLine]
    openings: Sequence[Opening]
    facts: Mapping[str, Any]  # empty without a policy in force
    day: date
    # What the street issues over an organization of this standing; None without a policy in force.
    powers: frozenset[str] | None = None

    def lacks_power(self, act: str) -> bool:
        """Whether the policy in force gives the street no such power over the organization."""
        return self.powers is not None and act not in self.powers

    def cases_in(self, *procedures: str) -> list[CaseLine]:
        """The cases of these procedures."""
        return [case for case in self.cases if case.definition.key in procedures]

    def openings_of(self, *procedures: str) -> list[Opening]:
        """The openings of these procedures, one for each period."""
        return [opening for opening in self.openings if opening.definition.key in procedures]


def stage(
    key: str, state: StageState, words: Text, case: CaseLine | None = None, blockers: tuple[Blocker, ...] = (),
    lines: tuple[Line, ...] = (),
) -> Stage:  # fmt: skip
    """A stage with the case that it is about."""
    case_id, number = (case.public_id, case.number) if case else ("", "")
    return Stage(key, STAGE_TITLES[key], state, words, case_id, number, blockers=blockers, lines=lines)


def in_hand(cases: Iterable[CaseLine]) -> CaseLine | None:
    """The newest case that awaits somebody."""
    return next((case for case in cases if case.in_hand), None)


def runs(case: CaseLine) -> Text:
    """That a case is in hand, and at which step."""
    title = case.definition.title
    return Text(f"{title.zh}正在办理：{case.step_title.zh}", f"{title.en} is running: {case.step_title.en}")


def unstanding(openings: Iterable[Opening]) -> tuple[Blocker, ...]:
    """What keeps these from being opened, each thing once; nothing where one of them stands."""
    return tuple(
        dict.fromkeys(blocker for each in openings if not each.stands for blocker in each.blockers)
    )  # fmt: skip


def reason(blockers: Iterable[Blocker]) -> Text | None:
    """The first thing about the organization itself that blocks."""
    return next((blocker.message for blocker in blockers if blocker.kind != "who"), None)


def result(case: CaseLine) -> Text:
    """How a case ended."""
    title = matter(case.definition.title, case.period if case.definition.periodic else "")
    return Text(f"{title.zh}：{case.outcome_title.zh}", f"{title.en}: {case.outcome_title.en}")


def how(opening: Opening) -> Text:
    """Who opens it, or that it opens by itself."""
    title = opening.definition.title
    people = frozenset(opening.definition.opens_by) - {Role.AUTOMATION}
    who = names_of(people)
    if Role.AUTOMATION not in opening.definition.opens_by:
        return Text(f"可由{who.zh}发起{title.zh}", f"{title.en} can be opened by the {who.en}")
    if not people:
        return Text(f"到期由系统自动发起{title.zh}", f"{title.en} opens by itself when it is due")
    return Text(
        f"到期由系统自动发起{title.zh}，也可由{who.zh}发起",
        f"{title.en} opens by itself when it is due; the {who.en} can open it too",
    )


def until_words(day: date) -> Text:
    """Until when something holds; nothing where it has no end."""
    if day == date.max:
        return Text("", "")
    last = in_words(day)
    return Text(f"，有效期至{last.zh}", f", valid until {last.en}")


def joined(*parts: Text | None) -> Text:
    """Sentences one after the other."""
    said = [part for part in parts if part is not None and part.zh]
    return Text("；".join(part.zh for part in said), "; ".join(part.en for part in said))
