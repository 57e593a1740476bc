"""Which procedures may be opened for an organization now, by whom, and what keeps each from being opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from incubator.clock import today
from incubator.engine import library
from incubator.engine.definition import Definition
from incubator.engine.opening import NotYetOpen, decide_opening, opening_facts, policy_of_terms
from incubator.engine.policy import Policy
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.engine.rules import RULES, Blocker
from incubator.engine.terms import TERMS, OpenPeriod
from incubator.facts import registry
from incubator.procedures.funding.procedure import BARS, FUNDING
from incubator.queries.clock_openings import opened_by_the_clock
from incubator.text import Text

# What holds an organization back from a procedure though it is judged only once the case runs.
LATER_BARS: Mapping[str, tuple[str, ...]] = {FUNDING.key: BARS}


@dataclass(frozen=True, slots=True)
class Opening:
    """A procedure that may be opened for an organization, or why not. `period` is to be handed to `open_case`.

    `bars` are not asked at the opening, and are what the case would fail by.
    """

    definition: Definition
    period: str
    blockers: tuple[Blocker, ...]
    period_title: Text = Text("", "")  # noqa: RUF009 - a Text does not change
    bars: tuple[Blocker, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether this actor may open it now."""
        return not self.blockers

    @property
    def stands(self) -> bool:
        """Whether the organization itself is ready, whoever has to open it."""
        return all(blocker.kind == "who" for blocker in self.blockers)


@dataclass(frozen=True, slots=True)
class Judged:
    """The openings of every current procedure, and the facts asked for besides; none without a policy in force."""

    openings: tuple[Opening, ...]
    facts: Mapping[str, Any]
    policy: Policy | None = None  # in force


def openings(connection: Connection, actor: Actor, organization: Row[Any], now: datetime) -> tuple[Opening, ...]:
    """Every current procedure that some person opens, in the catalogue's order, with what keeps this actor from it now.

    `organization` is a row with id, street_id and community_id. The facts of all procedures are loaded at once.
    """
    return tuple(
        opening
        for opening in judged_openings(connection, actor, organization, now).openings
        if set(opening.definition.opens_by) - {Role.AUTOMATION}
    )


def judged_openings(
    connection: Connection, actor: Actor, organization: Row[Any], now: datetime, also: frozenset[str] = frozenset()
) -> Judged:  # fmt: skip
    """Every current procedure with every period that is open, judged; and the facts named in `also`."""
    day = today(now)
    asked = [
        (definition, period)
        for definition in library.current_definitions()
        for period in _periods(connection, definition, organization.street_id, day)
    ]
    try:
        policy = library.policy_in_force(connection, organization.street_id, day)
    except library.NoPolicyInForce as refusal:
        who = ROLE_NAMES[Role.ADMINISTRATOR]
        following = Text("请系统管理员先启用政策", "Ask the administrator to activate a policy")
        lacking = (Blocker(refusal.code, "state", refusal.detail, who, following),)
        return Judged(tuple(Opening(each, period.period, lacking, period.title) for each, period in asked), {})
    subjects = [
        NotYetOpen(organization.id, organization.street_id, organization.community_id, period.period)
        for _, period in asked
    ]
    names = frozenset(also).union(*(_facts_of(definition) for definition, _ in asked))
    known = registry.load(connection, subjects, names, registry.AsOf(now))
    found = []
    for (definition, period), subject, facts in zip(asked, subjects, known, strict=True):
        own = policy_of_terms(connection, definition, organization.street_id, period.period) or policy
        blockers = decide_opening(definition, subject, actor, facts, own)
        found.append(Opening(definition, period.period, blockers, period.title, _bars(definition, facts, own)))
    return Judged(tuple(found), {name: known[0][name] for name in also} if known else {}, policy)


def _facts_of(definition: Definition) -> frozenset[str]:
    later = (need for name in LATER_BARS.get(definition.key, ()) for need in RULES[name].needs)
    return opening_facts(definition).union(later)


def _bars(definition: Definition, facts: dict[str, Any], policy: Policy) -> tuple[Blocker, ...]:
    asked = (RULES[name].blocker(facts, policy) for name in LATER_BARS.get(definition.key, ()))
    return tuple(blocker for blocker in asked if blocker is not None)


def _periods(connection: Connection, definition: Definition, street_id: int, day: date) -> Sequence[OpenPeriod]:
    """The periods for which a case might be opened on a day; one without a name where the procedure knows none."""
    nameless = (OpenPeriod("", Text("", "")),)
    if definition.terms:
        return tuple(TERMS[definition.terms].periods(connection, street_id, day)) or nameless
    if definition.periodic:
        period = opened_by_the_clock()[definition.key].period(day)
        return (OpenPeriod(period, Text(period, period)),)
    return nameless
