"""A street with a hub, whoever speaks for it, and groups that look for one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, select, update

from incubator.clock import today
from incubator.models.activities import ActivityKind
from incubator.models.base import table
from incubator.models.hubs import Affiliation, Hub
from incubator.models.organizations import Organization, Standing
from incubator.models.streets import Person
from incubator.services.activities import record_activity
from incubator.services.hub_representatives import name_representative
from incubator.services.hubs import Deed, affiliate, recognise
from tests.procedures.world import CHECKED, SERVED, Centre

WISHES = {"purpose": "共享场地和师资", "support": "协助办理备案、参加培训", "months": 24}
TERM = {"since": "2026-10-01", "until": "2028-09-30", "for_member": "王桂兰", "for_hub": "赵敏"}
RECOGNITION = {
    "activity": "每周有活动", "order": "每季公开账目", "teams": 3, "flexibility": "楼栋小队按需组队", "asked": 100,
    "content": 92, "capacity": 10, "party_organization": False,
}  # fmt: skip
ENDING = {"kind": "agreed", "reason": "双方协商一致", "ends_on": "2026-11-02"}
HUB_ENDING = {"kind": "revoked", "reason": "一年未开展联系活动", "members": "由街道另行安排"}
REPORT = {"work": "走访两家，开展培训一次", "visits": 2, "trainings": 1}


def standing(centre: Centre, value: Standing = Standing.FILED, **more: Any) -> Centre:
    """The centre's group as it stands after a filing (or a registration), without its case."""
    groups = table(Organization)
    held = {"filed_on": date(2024, 9, 18), "filing_valid_until": date(2029, 9, 17), **more}
    centre.database.write(
        lambda connection: connection.execute(
            update(groups).where(groups.c.id == centre.organization_id).values(standing=value.value, **held)
        )
    )
    return centre


def group(centre: Centre, name: str) -> Centre:
    """Another filed group."""
    return standing(centre.with_group(name))


def hub(
    centre: Centre, name: str = "枢纽联合会", *, until: date = date(2029, 9, 17), speaker: str = "representative"
) -> Centre:
    """A recognised hub, and a person who speaks for it."""
    made = group(centre, name)

    def recognised(connection: Any) -> None:
        recognise(
            connection,
            organization_id=made.organization_id,
            since=today(centre.clock.now()),
            until=until,
            deed=deed(centre),
        )
        if speaker:
            name_representative(
                connection,
                organization=public_id_of(made),
                person=person(made, speaker),
                actor=centre.people["director"],
                now=centre.clock.now(),
            )

    centre.database.write(recognised)
    return made  # fmt: skip


def carry(
    member: Centre,
    by: Centre,
    *,
    since: date = date(2026, 9, 18),
    until: date = date(2028, 9, 17),
    number: str = "GKX-2024-0001",
) -> None:
    """An agreement in force, as an opening stock brings it."""
    member.database.write(
        lambda connection: affiliate(
            connection, organization_id=member.organization_id, hub_id=by.organization_id, number=number, since=since,
            until=until, deed=deed(member),
        )
    )  # fmt: skip


def deed(centre: Centre) -> Deed:
    return Deed(centre.people["officer"], centre.clock.now(), today(centre.clock.now()))


def person(centre: Centre, name: str) -> str:
    people = table(Person)
    with centre.database.read() as connection:
        return str(connection.scalar(select(people.c.public_id).where(people.c.name == name)))


def public_id_of(centre: Centre) -> str:
    return str(centre.organization().public_id)


def active(centre: Centre, times: int = 6) -> Centre:
    """The group with so many activities on record, one a day until today."""

    def record(connection: Any) -> None:
        for place in range(times):
            record_activity(
                connection, organization_id=centre.organization_id, kind=ActivityKind.ACTIVITY,
                held_on=today(centre.clock.now()), title=f"活动{place}", actor=centre.people["worker"],
                now=centre.clock.now(),
            )  # fmt: skip

    centre.database.write(record)
    return centre


def applied(centre: Centre, by: Centre) -> str:
    """An affiliation applied for."""
    case_id = centre.open("affiliation")
    centre.upload(case_id, "affiliation_application")
    centre.act(case_id, "submit", "worker", {"hub": public_id_of(by), **WISHES})
    return case_id


def consented(centre: Centre, by: Centre) -> str:
    """One that was accepted, and to which the hub's representative consented."""
    case_id = applied(centre, by)
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "consent", "representative")
    return case_id


def confirmed(centre: Centre, by: Centre) -> str:
    """One that the street confirmed, the agreement uploaded and not recorded yet."""
    case_id = consented(centre, by)
    centre.act(case_id, "approve", "director")
    centre.upload(case_id, "affiliation_agreement")
    return case_id


def affiliated(centre: Centre, by: Centre, **term: str) -> str:
    """One in effect."""
    case_id = confirmed(centre, by)
    centre.act(case_id, "sign", "officer", {**TERM, **term})
    return case_id


def ended(centre: Centre, **changes: str) -> str:
    """An affiliation that was ended with service."""
    case_id = centre.open("affiliation_end")
    centre.upload(case_id, "ending_statement", "sealed_ending_notice", "sealed_refusal")
    centre.act(case_id, "submit", "worker", {**ENDING, **changes})
    centre.automate()
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "approve", "director")
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def hub_ended(centre: Centre, **changes: str) -> str:
    """A recognition that was ended with service."""
    case_id = centre.open("hub_ending")
    centre.upload(case_id, "hub_ending_statement", "sealed_hub_ending", "sealed_refusal")
    centre.act(case_id, "submit", "worker", {**HUB_ENDING, **changes})
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "approve", "director")
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def agreements(centre: Centre) -> list[tuple[str, str, str, str]]:
    """Number, status, first and last day of all agreements of the centre's group."""
    rows = table(Affiliation)
    with centre.database.read() as connection:
        found = connection.execute(
            select(rows).where(rows.c.organization_id == centre.organization_id).order_by(rows.c.id)
        ).all()
    return [(row.agreement_number, row.status, row.since.isoformat(), row.until.isoformat()) for row in found]


def recognitions(centre: Centre) -> list[Row[Any]]:
    rows = table(Hub)
    with centre.database.read() as connection:
        return list(connection.execute(select(rows).where(rows.c.organization_id == centre.organization_id)))
