"""Facts about what an organization would leave behind: projects and money, members that it carries, teams under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import and_, literal, or_, select

from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.base import NO_DATE, table
from incubator.models.funding import Project, ProjectStatus
from incubator.models.hubs import Affiliation, AffiliationStatus, SubTeam
from incubator.models.money import MoneyAccount
from incubator.models.organizations import Organization

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_PROJECTS, _ACCOUNTS = table(Project), table(MoneyAccount)
_AFFILIATIONS, _ORGANIZATIONS, _TEAMS = table(Affiliation), table(Organization), table(SubTeam)
_UNSETTLED = (
    select(_PROJECTS.c.organization_id, _PROJECTS.c.number.label("name"))
    .join_from(
        _PROJECTS,
        _ACCOUNTS,
        and_(
            _ACCOUNTS.c.street_id == _PROJECTS.c.street_id,
            _ACCOUNTS.c.code == literal("project:") + _PROJECTS.c.number + ":due_back",
        ),
        isouter=True,
    )
    .where(
        among(_PROJECTS.c.organization_id, "organizations"),
        or_(
            _PROJECTS.c.status.in_((ProjectStatus.AWARDED.value, ProjectStatus.RUNNING.value)),
            _ACCOUNTS.c.balance > 0,
        ),
    )
    .order_by(_PROJECTS.c.id)
)
_CARRIED = (
    select(_AFFILIATIONS.c.hub_id.label("organization_id"), _ORGANIZATIONS.c.name)
    .join_from(_AFFILIATIONS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _AFFILIATIONS.c.organization_id)
    .where(among(_AFFILIATIONS.c.hub_id, "organizations"), _AFFILIATIONS.c.status == AffiliationStatus.VALID.value)
    .order_by(_AFFILIATIONS.c.id)
)
_UNDER = (
    select(_TEAMS.c.organization_id, _TEAMS.c.name)
    .where(among(_TEAMS.c.organization_id, "organizations"), _TEAMS.c.ended_on == NO_DATE)
    .order_by(_TEAMS.c.id)
)
_ASKED = {
    "organization.projects_open": _UNSETTLED,
    "organization.members_carried": _CARRIED,
    "organization.sub_teams_open": _UNDER,
}


@provides(
    Fact(
        "organization.projects_open", tuple, guard="organization"
    ),  # numbers: awarded, running, or with money due back
    Fact("organization.members_carried", tuple, guard="organization"),  # names of those whose hub it is
    Fact("organization.sub_teams_open", tuple, guard="organization"),  # names
)
def left_behind(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """What is not settled yet; of the past too it tells the present, as positions are kept for the present."""
    ids = {"organizations": {case.organization_id for case in cases}}
    answers: list[dict[str, tuple[str, ...]]] = [{} for _ in cases]
    told = yield [Question(query, ids) for query in _ASKED.values()]
    for fact, rows in zip(_ASKED, told, strict=True):
        found: dict[int, list[str]] = defaultdict(list)
        for row in rows:
            found[row.organization_id].append(row.name)
        for case, answer in zip(cases, answers, strict=True):
            answer[fact] = tuple(found[case.organization_id])
    return answers
