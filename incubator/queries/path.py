"""The path of an organization, stage by stage, and which procedures may be opened for it now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.clock import SHANGHAI, today
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import Definition
from incubator.engine.opening import NotYetOpen, decide_opening, opening_facts, policy_of_terms
from incubator.engine.roles import ROLE_NAMES, Actor, Role, names_of
from incubator.engine.rules import Blocker
from incubator.engine.terms import TERMS, OpenPeriod
from incubator.facts import registry
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Filing, Standing
from incubator.queries.clock_openings import opened_by_the_clock
from incubator.queries.organizations import CaseLine, cases_of
from incubator.queries.visibility import visible_to
from incubator.text import Text

SURVEY, FILING = "survey", "filing"
STAGE_TITLES: dict[str, Text] = {
    SURVEY: Text("摸底登记", "Survey"),
    FILING: Text("备案", "Filing"),
    "affiliation": Text("挂靠枢纽", "Hub affiliation"),
    "funding": Text("项目资助", "Project funding"),
    "evaluation": Text("年检评估", "Evaluation"),
}


class StageState(StrEnum):
    """How an organization stands towards a stage."""

    DONE = "done"
    RUNNING = "running"
    NEXT = "next"  # nothing about the organization keeps its case from being opened
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not_applicable"


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


@dataclass(frozen=True, slots=True)
class Opening:
    """A procedure that may be opened for an organization, or why not. `period` is to be handed to `open_case`."""

    definition: Definition
    period: str
    blockers: tuple[Blocker, ...]
    period_title: Text = Text("", "")  # noqa: RUF009 - a Text does not change

    @property
    def allowed(self) -> bool:
        """Whether this actor may open it now."""
        return not self.blockers

    @property
    def stands(self) -> bool:
        """Whether the organization itself is ready, whoever has to open it."""
        return all(blocker.kind == "who" for blocker in self.blockers)


def openings(connection: Connection, actor: Actor, organization: Row[Any], now: datetime) -> tuple[Opening, ...]:
    """Every current procedure that some person opens, in the catalogue's order, with what keeps this actor from it now.

    `organization` is a row with id, street_id and community_id. The facts of all procedures are loaded at once.
    """
    return tuple(
        opening
        for opening in _all_openings(connection, actor, organization, now)
        if set(opening.definition.opens_by) - {Role.AUTOMATION}
    )


def path(connection: Connection, actor: Actor, organization: Row[Any], now: datetime) -> tuple[Stage, ...]:
    """The five stages for an organization, a whole row as `find_organization` gives it.

    A stage in whose procedures a case is in hand runs. A stage without any procedure is not handled by this version. Who
    has to open a case blocks nobody's path: a stage is blocked by the rules, and then shows the actor every blocker.
    """
    cases = cases_of(connection, actor, organization.id)
    of_stage: dict[str, list[Opening]] = {}
    for opening in _all_openings(connection, actor, organization, now):
        of_stage.setdefault(opening.definition.stage, []).append(opening)
    found = [_survey(organization)]
    for key in list(STAGE_TITLES)[1:]:
        entries, here = of_stage.get(key, []), [case for case in cases if case.definition.stage == key]
        if key == FILING:
            found.append(
                _filing(organization, _certificate(connection, actor, organization), entries, here, today(now))
            )
        else:
            found.append(_running(key, here) or _judged(key, entries, here))
    return tuple(found)


def _all_openings(connection: Connection, actor: Actor, organization: Row[Any], now: datetime) -> list[Opening]:
    day = today(now)
    definitions, periods = [], []
    for definition in library.current_definitions():
        for period in _periods(connection, definition, organization.street_id, day):
            definitions.append(definition)
            periods.append(period)
    subjects = [
        NotYetOpen(organization.id, organization.street_id, organization.community_id, each.period) for each in periods
    ]
    try:
        policy = library.policy_in_force(connection, organization.street_id, day)
    except library.NoPolicyInForce as refusal:
        who = ROLE_NAMES[Role.ADMINISTRATOR]
        following = Text("请系统管理员先启用政策", "Ask the administrator to activate a policy")
        lacking = (Blocker(refusal.code, "state", refusal.detail, who, following),)
        return [
            Opening(each, period.period, lacking, period.title)
            for each, period in zip(definitions, periods, strict=True)
        ]  # fmt: skip
    names = frozenset[str]().union(*(opening_facts(each) for each in definitions))
    facts = registry.load(connection, subjects, names, registry.AsOf(now))
    return [
        Opening(
            each,
            period.period,
            decide_opening(
                each, subject, actor, known,
                policy_of_terms(connection, each, organization.street_id, period.period) or policy,
            ),
            period.title,
        )
        for each, period, subject, known in zip(definitions, periods, subjects, facts, strict=True)
    ]  # fmt: skip


def _periods(connection: Connection, definition: Definition, street_id: int, day: date) -> Sequence[OpenPeriod]:
    """The periods for which a case might be opened on a day; one without a name where the procedure knows none."""
    nameless = (OpenPeriod("", Text("", "")),)
    if definition.terms:
        return tuple(TERMS[definition.terms].periods(connection, street_id, day)) or nameless
    if definition.periodic:
        period = opened_by_the_clock()[definition.key].period(day)
        return (OpenPeriod(period, Text(period, period)),)
    return nameless


def _survey(organization: Row[Any]) -> Stage:
    day = organization.registered_at.astimezone(SHANGHAI).date()
    since = in_words(day)
    return _stage(SURVEY, StageState.DONE, Text(f"{since.zh}录入台账", f"On record since {since.en}"))


def _filing(
    organization: Row[Any],
    certificate: Row[Any] | None,
    entries: Sequence[Opening],
    cases: Sequence[CaseLine],
    day: date,
) -> Stage:
    stage = _running(FILING, cases) or _settled(organization, certificate, cases, day)
    if stage is None:
        # A stage's procedures stand in the catalogue with its entry first; whoever is filed needs those that follow.
        fitting = entries[1:] if organization.standing == Standing.FILED else entries[:1]
        stage = _judged(FILING, fitting or entries, cases, _lapsed(organization))
    since, until = _validity(certificate, organization)
    return replace(stage, valid_from=since, valid_until=until)


def _running(key: str, cases: Sequence[CaseLine]) -> Stage | None:
    case = next((case for case in cases if case.in_hand), None)
    if case is None:
        return None
    title = case.definition.title
    words = Text(f"{title.zh}正在办理：{case.step_title.zh}", f"{title.en} is running: {case.step_title.en}")
    return _stage(key, StageState.RUNNING, words, case)


def _settled(
    organization: Row[Any], certificate: Row[Any] | None, cases: Sequence[CaseLine], day: date
) -> Stage | None:
    """The filing stage where it asks for nothing: a registered body, or a certificate that holds."""
    if organization.standing == Standing.REGISTERED:
        words = Text("已在登记机关登记，无需备案", "Registered with the registrar: it needs no filing")
        return _stage(FILING, StageState.NOT_APPLICABLE, words)
    until = organization.filing_valid_until
    if organization.standing != Standing.FILED or until < day:
        return None
    number = organization.filing_number
    words = Text(f"备案证 {number}", f"Filing certificate {number}")
    if until != NO_DATE:
        last = in_words(until)
        words = Text(f"{words.zh}，有效期至{last.zh}", f"{words.en}, valid until {last.en}")
    case = next((each for each in cases if certificate is not None and each.id == certificate.case_id), None)
    return _stage(FILING, StageState.DONE, words, case)


def _lapsed(organization: Row[Any]) -> Text | None:
    if organization.standing == Standing.FILED:
        until = in_words(organization.filing_valid_until)
        return Text(f"备案证已于{until.zh}到期", f"The filing certificate ended on {until.en}")
    if organization.standing == Standing.EXITED:
        return Text("备案已终止", "The filing has ended")
    return None


def _judged(key: str, entries: Sequence[Opening], cases: Sequence[CaseLine], before: Text | None = None) -> Stage:
    """A stage where no case runs, by its last case and by what the opening rules say. `before` begins the sentence."""
    if not entries:
        words = Text("本系统暂不办理此事项", "This matter is not handled in the system yet")
        return _stage(key, StageState.NOT_APPLICABLE, words)
    last = cases[0] if cases else None
    if last is not None and before is None:
        before = _result(last)
    refused = [opening for opening in entries if not opening.stands]
    ready = next((opening for opening in entries if opening.stands), None)
    if key == FILING and refused:
        ready = None  # a change could be opened when the certificate lapsed, but it would not bring it back
    if ready is not None:
        return _stage(key, StageState.NEXT, _joined(before, _how(ready)), last)
    if last is not None and key != FILING and _is_of_now(last, refused):
        return _stage(key, StageState.DONE, _result(last), last)
    blockers = tuple(dict.fromkeys(blocker for opening in refused for blocker in opening.blockers))
    reason = next((blocker.message for blocker in blockers if blocker.kind != "who"), None)
    return _stage(key, StageState.BLOCKED, _joined(before, reason), last, blockers)


def _is_of_now(last: CaseLine, refused: Iterable[Opening]) -> bool:
    """Whether the stage's last case is what there is to do: a periodic one only in its own period."""
    return not last.definition.periodic or any(
        opening.definition.key == last.definition.key and opening.period == last.period for opening in refused
    )


def _result(case: CaseLine) -> Text:
    title, outcome = case.definition.title, case.outcome_title
    year = (f"{case.period} 年度", f"{case.period} ") if case.period else ("", "")
    return Text(f"{year[0]}{title.zh}：{outcome.zh}", f"{year[1]}{title.en}: {outcome.en}")


def _how(opening: Opening) -> Text:
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


def _joined(*parts: Text | None) -> Text:
    said = [part for part in parts if part is not None]
    return Text("；".join(part.zh for part in said), "; ".join(part.en for part in said))


def _certificate(connection: Connection, actor: Actor, organization: Row[Any]) -> Row[Any] | None:
    filings = table(Filing)
    row: Row[Any] | None = connection.execute(
        select(filings)
        .where(filings.c.organization_id == organization.id, filings.c.status == "valid", visible_to(actor, filings))
        .order_by(filings.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row


def _validity(certificate: Row[Any] | None, organization: Row[Any]) -> tuple[date | None, date | None]:
    if organization.standing != Standing.FILED:
        return None, None
    since = certificate.valid_from if certificate is not None else organization.filed_on
    until = organization.filing_valid_until
    return (None if since == NO_DATE else since), (None if until == NO_DATE else until)


def _stage(
    key: str, state: StageState, words: Text, case: CaseLine | None = None, blockers: tuple[Blocker, ...] = ()
) -> Stage:
    case_id, number = (case.public_id, case.number) if case else ("", "")
    return Stage(key, STAGE_TITLES[key], state, words, case_id, number, blockers=blockers)
