"""Calls and applications for the tests of funding: a filed group applies together with a registered body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Person
from incubator.services.calls import CallValues, draft_call, publish_call
from incubator.services.entry import enter_organization
from tests.procedures.world import CHECKED, Centre

LINES = [
    {"title": "活动物料", "kind": "materials", "fen": 1_500_000},
    {"title": "志愿者补贴", "kind": "volunteers", "fen": 1_499_999},
]
APPLICATION: dict[str, Any] = {
    "title": "长者助餐上门",
    "field": "elder_care",
    "summary": "为独居长者送餐",
    "beneficiaries": "独居长者60人",
    "starts_on": "2026-12-01",
    "ends_on": "2027-11-30",
    "lines": LINES,
    "asked_fen": 2_999_999,
    "funded_elsewhere": False,
}
PAPERS = ("funding_application", "budget", "joint_agreement")
EXPERTS = tuple(f"expert_{place}" for place in range(1, 6))
AWARD: dict[str, Any] = {
    "awarded_fen": 2_999_999,
    "met_on": "2026-09-18",
    "minutes_number": "会纪〔2026〕9号",
    "list_approved": True,
}
AGREEMENT: dict[str, Any] = {
    "agreement_number": "协〔2026〕1号",
    "agreed_on": "2026-09-18",
    "starts_on": "2026-12-01",
    "ends_on": "2027-11-30",
    "lines": LINES,
}


def call_values(**changes: Any) -> CallValues:
    """What a call of the tests says, open for three months from the tests' first day."""
    said: dict[str, Any] = {
        "title": "2026年公益创投第一批",
        "document_number": "草街办〔2026〕10号",
        "fund_source": "lottery",
        "budget_fen": 10_000_000,
        "opens_on": date(2026, 9, 18),
        "closes_on": date(2026, 12, 18),
    }
    return CallValues(**{**said, **changes})


def published(centre: Centre, **changes: Any) -> str:
    """A call that the officer drafted and the director published; its number."""
    now = centre.clock.now()
    drafted = centre.database.write(
        lambda connection: draft_call(connection, call_values(**changes), actor=centre.people["officer"], now=now)
    )
    centre.database.write(
        lambda connection: publish_call(connection, drafted.public_id, actor=centre.people["director"], now=now)
    )
    return drafted.number


def registered(centre: Centre, name: str = "春风社会工作服务中心") -> str:
    """A body that the registrar has registered; its public id."""
    communities = table(Community)
    with centre.database.read() as connection:
        community = connection.scalars(
            select(communities.c.public_id).where(communities.c.id == centre.community_id)
        ).one()
    written = centre.database.write(
        lambda connection: enter_organization(
            connection, community=community, values={"name": name, "registration_number": f"5251{name}"},
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip
    return written.public_id


def of(centre: Centre, public_id: str) -> Centre:
    """The same centre, busy with this organization."""
    organizations = table(Organization)
    with centre.database.read() as connection:
        key = connection.scalars(select(organizations.c.id).where(organizations.c.public_id == public_id)).one()
    return replace(centre, organization_id=key)


def with_filed_groups(centre: Centre, number: int = 1) -> list[Centre]:
    """The centre busy with each of as many filed groups."""
    return [replace(centre, organization_id=key) for key in centre.filed_groups(number)]


def people(centre: Centre, *names: str) -> list[str]:
    """The public ids of people of the centre."""
    persons = table(Person)
    with centre.database.read() as connection:
        known = {row.id: row.public_id for row in connection.execute(select(persons.c.id, persons.c.public_id))}
    return [known[centre.people[name].person_id] for name in names]


def submitted(centre: Centre, call: str, **changes: Any) -> str:
    """An application handed in and screened. Without `co_applicant` the organization applies alone."""
    case_id = centre.open("funding", period=call)
    centre.upload(case_id, *PAPERS)
    centre.act(case_id, "submit", "worker", {**APPLICATION, **changes})
    centre.automate()
    return case_id


def accepted(centre: Centre, call: str, **changes: Any) -> str:
    """An application that waits for its panel."""
    case_id = submitted(centre, call, **changes)
    centre.act(case_id, "accept", "officer", CHECKED)
    return case_id


def seated(centre: Centre, case_id: str, members: Sequence[str] = EXPERTS, alternates: Sequence[str] = ()) -> None:
    """Seat the panel."""
    named = {"members": people(centre, *members), "alternates": people(centre, *alternates)}
    centre.act(case_id, "seat", "officer", named)


def points(total: int) -> dict[str, Any]:
    """A review by the default sheet whose points make this total."""
    left, given = total, {}
    for code, most in (("need", 30), ("plan", 30), ("budget", 20), ("team", 20)):
        given[code] = min(left, most)
        left -= given[code]
    return {"scores": given}


def reviewed(centre: Centre, case_id: str, totals: Mapping[str, int]) -> None:
    """Let these members declare and score."""
    for name, total in totals.items():
        centre.act(case_id, "declare", name, {"conflict": False})
        centre.act(case_id, "give", name, points(total))


def scored(centre: Centre, call: str, *, total: int = 90, **changes: Any) -> str:
    """An application that waits for the award."""
    case_id = accepted(centre, call, **changes)
    seated(centre, case_id)
    reviewed(centre, case_id, dict.fromkeys(EXPERTS, total))
    centre.act(case_id, "conclude", "officer")
    return case_id


def awarded(centre: Centre, call: str, *, awarded_fen: int = 2_999_999, **changes: Any) -> str:
    """An application with an award, which is put up for notice."""
    case_id = scored(centre, call, **changes)
    centre.upload(case_id, "minutes")
    today = centre.clock.now().date().isoformat()
    centre.act(case_id, "approve", "director", {**AWARD, "awarded_fen": awarded_fen, "met_on": today})
    return case_id
