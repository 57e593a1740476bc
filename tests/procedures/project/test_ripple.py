"""What an overdue case holds up elsewhere, as the organization's page tells it."""

from __future__ import annotations

from sqlalchemy import select

from incubator.clock import today
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.queries.organizations import read_organization
from incubator.queries.path import path
from incubator.queries.ripple import Ripple, ripples
from tests.procedures.affiliation.street import applied, hub, standing
from tests.procedures.project.running import running
from tests.procedures.world import CHECKED, Centre


def held_up(centre: Centre) -> dict[str, list[str]]:
    """By what is overdue: what waits for it, in Chinese."""
    rows, actor, now = table(Organization), centre.people["officer"], centre.clock.now()
    with centre.database.read() as connection:
        public_id = connection.scalars(select(rows.c.public_id).where(rows.c.id == centre.organization_id)).one()
        file = read_organization(connection, actor, public_id)
        stages = path(connection, actor, file.organization, now)
        found: tuple[Ripple, ...] = ripples(connection, actor, file.organization, file.cases, stages, today(now))
    return {each.title.zh: [held.words.zh for held in each.holds] for each in found}


def test_an_overdue_report_holds_up_the_tranches_behind_it_and_nothing_does_in_time(centre: Centre) -> None:
    project = running(centre)
    project.paid(1)
    assert held_up(project.centre) == {}
    project.centre.on("2027-09-01")
    (holds,) = held_up(project.centre).values()
    title = project.row().title
    assert holds[:2] == [
        f"项目“{title}”第 2 笔 8,999.99 元待拨付", f"项目“{title}”第 3 笔 6,000.01 元待拨付"
    ]  # fmt: skip


def test_an_unanswered_consent_holds_up_the_affiliation_of_another(centre: Centre) -> None:
    carrier, member = hub(centre), standing(centre)
    member.act(applied(member, carrier), "accept", "officer", CHECKED)
    assert held_up(carrier) == {}
    carrier.on("2026-12-18")
    assert held_up(carrier) == {"以枢纽身份答复": [f"{member.organization().name}的挂靠"]}
