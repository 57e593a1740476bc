"""The path of an organization: its five stages, each judged by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from incubator.clock import SHANGHAI, today
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.procedures.shared.jurisdiction import powers_over
from incubator.queries.organizations import cases_of
from incubator.queries.path import affiliation, evaluation
from incubator.queries.path.affiliation import affiliation_stage
from incubator.queries.path.evaluation import evaluation_stage
from incubator.queries.path.filing import certificate_of, filing_stage
from incubator.queries.path.funding import funding_records, funding_stage
from incubator.queries.path.openings import judged_openings
from incubator.queries.path.stages import SURVEY, Situation, Stage, StageState, stage
from incubator.text import Text


def path(connection: Connection, actor: Actor, organization: Row[Any], now: datetime) -> tuple[Stage, ...]:
    """The five stages for an organization, a whole row as `find_organization` gives it.

    The number of statements is fixed but for one for each call that is open in the street.
    Who has to open a case blocks nobody's path: a stage is blocked by the rules, and then shows the actor every blocker.
    """
    day = today(now)
    judged = judged_openings(connection, actor, organization, now, affiliation.FACTS | evaluation.FACTS)
    cases = cases_of(connection, actor, organization.id)
    powers = None if judged.policy is None else powers_over(judged.policy, organization.standing)
    situation = Situation(organization, cases, judged.openings, judged.facts, day, powers)
    return (
        _survey(organization),
        filing_stage(situation, certificate_of(connection, actor, organization)),
        affiliation_stage(situation),
        funding_stage(situation, funding_records(connection, actor, organization, day)),
        evaluation_stage(situation),
    )


def _survey(organization: Row[Any]) -> Stage:
    since = in_words(organization.registered_at.astimezone(SHANGHAI).date())
    return stage(SURVEY, StageState.DONE, Text(f"{since.zh}录入台账", f"On record since {since.en}"))
