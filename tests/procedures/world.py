"""A street with the real procedures and the national baseline, in which tests let people act on the days they choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from incubator.canonical import public_id
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.advance import Advanced, Request, advance
from incubator.engine.calendars import announced_calendar
from incubator.engine.case import CaseView
from incubator.engine.loading import case_view
from incubator.engine.opening import open_case
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Grant, Role, automation
from incubator.engine.tasks import TASKS, Work
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.events import Event, PolicyInForce
from incubator.models.organizations import Filing, Organization
from incubator.models.streets import Community, Person, RoleGrant, Street
from incubator.policies.packs import shipped
from incubator.procedures.catalogue import DEFINITIONS, known
from incubator.services.documents import add_document
from incubator.services.organizations import create_organization

FAR = date(2099, 12, 31)

APPLICATION: dict[str, Any] = {
    "name": "桂花社区常青合唱团",
    "category": "文体",
    "leader": "王桂兰",
    "leader_phone": "13800001234",
    "members": 22,
    "founders": 5,
    "premises": "桂花社区活动室",
    "activity": "每周二、四排练，重阳节演出",
    "purpose": "丰富居民文化生活",
    "consent": True,
}
OPINION = {"stance": "agree", "opinion": "情况属实，同意备案", "held_on": "2026-09-17"}
CHECKED = {"checklist": ["documents_read", "facts_match"]}
SERVED = {"means": "in_person", "recipient": "王桂兰"}
APPLICATION_PAPERS = ("application", "roster", "charter", "premises_proof")


@dataclass
class Centre:
    """The street's centre: its people, one group, and a clock."""

    database: Database
    clock: FixedClock
    street_id: int
    community_id: int
    organization_id: int
    people: dict[str, Actor]

    def on(self, day: str) -> Centre:
        """Stand at nine in the morning of that day."""
        self.clock.move_to(datetime.combine(date.fromisoformat(day), time(9), tzinfo=SHANGHAI))
        return self

    def put_in_force(self, content: Mapping[str, Any], since: date) -> Policy:
        """Let cases opened from that day on come under a pack."""

        def put(connection: Connection) -> Policy:
            policy = library.store_policy(connection, content, self.clock.now())
            library.put_policy_in_force(connection, self.street_id, policy, since, self.clock.now())
            return policy

        return self.database.write(put)

    @contextmanager
    def meanwhile(self, change_policy: Callable[[dict[str, Any]], None], since: date) -> Iterator[Policy]:
        """A changed baseline is in force from that day on while the test looks at it."""
        content = shipped()
        change_policy(content["values"])
        yield self.put_in_force(content, since)
        given = table(PolicyInForce)
        self.database.write(
            lambda connection: connection.execute(
                delete(given).where(given.c.street_id == self.street_id, given.c.effective_from == since)
            )
        )

    def open(self, procedure: str, by: str = "worker", period: str = "", organization_id: int = 0) -> str:
        chosen = organization_id or self.organization_id
        return self.database.write(
            lambda connection: open_case(
                connection, procedure=procedure, organization_id=chosen, actor=self.people[by], now=self.clock.now(),
                period=period,
            )
        ).case_id  # fmt: skip

    def act(
        self, case_id: str, action: str, by: str, data: dict[str, Any] | None = None, *, comment: str = "",
        effective_on: str = "",
    ) -> Advanced:  # fmt: skip
        request = Request(
            case_id, action, self.people[by], None, date.fromisoformat(effective_on) if effective_on else None,
            data or {}, comment,
        )  # fmt: skip
        return self.database.write(lambda connection: advance(connection, request, now=self.clock.now()))

    def upload(self, case_id: str, *kinds: str) -> None:
        case = self.case(case_id)

        def add(connection: Any) -> None:
            for kind in kinds:
                add_document(
                    connection, street_id=case.street_id, organization_id=case.organization_id, case_id=case.id,
                    kind=kind, filename=f"{kind}.pdf", media_type="application/pdf", size=1, sha256="0" * 64, made_by=1,
                    now=self.clock.now(),
                )  # fmt: skip

        self.database.write(add)

    def automate(self) -> list[dict[str, Any]]:
        """Do automation's waiting work of the stages once, as the worker does; notices are left to their own tests."""
        outbox = table(Outbox)
        done: list[dict[str, Any]] = []
        while True:
            with self.database.read() as connection:
                row = connection.execute(
                    select(outbox)
                    .where(
                        outbox.c.settled_at.is_(None),
                        ~outbox.c.task.startswith("notice."),
                        outbox.c.task != "case.remind",
                    )
                    .order_by(outbox.c.id)
                    .limit(1)
                ).one_or_none()
            if row is None:
                return done
            done.append(self.perform(row))

    def perform(self, row: Row[Any]) -> dict[str, Any]:
        work = Work(row.id, row.street_id, row.case_id, row.task, row.payload, 1, self.clock.now(), self.database)
        settle = TASKS[row.task](work)
        outbox = table(Outbox)

        def settled(connection: Any) -> dict[str, Any]:
            result = dict(settle(connection))
            connection.execute(
                update(outbox).where(outbox.c.id == row.id).values(settled_at=self.clock.now(), result=result)
            )
            return result

        return self.database.write(settled)

    def case(self, case_id: str) -> CaseView:
        with self.database.read() as connection:
            case = case_view(connection, case_id)
        assert case is not None
        return case

    def organization(self) -> Row[Any]:
        organizations = table(Organization)
        with self.database.read() as connection:
            return connection.execute(
                select(organizations).where(organizations.c.id == self.organization_id)
            ).one()  # fmt: skip

    def filings(self) -> list[tuple[str, str, date, date]]:
        filings = table(Filing)
        with self.database.read() as connection:
            rows = connection.execute(select(filings).order_by(filings.c.id)).all()
        return [(row.number, row.status, row.valid_from, row.valid_until) for row in rows]

    def events(self, stream: str) -> list[str]:
        events = table(Event)
        with self.database.read() as connection:
            return list(
                connection.execute(
                    select(events.c.type).where(events.c.stream == stream).order_by(events.c.id)
                ).scalars()
            )

    def submitted(self, **changes: Any) -> str:
        """A filing whose application was handed in and screened."""
        case_id = self.open("filing")
        self.upload(case_id, *APPLICATION_PAPERS)
        self.act(case_id, "submit", "worker", {**APPLICATION, **changes})
        self.automate()
        return case_id

    def accepted(self, **changes: Any) -> str:
        """A filing that an officer accepted."""
        case_id = self.submitted(**changes)
        self.upload(case_id, "committee_opinion")
        self.act(case_id, "give_opinion", "worker", OPINION)
        self.act(case_id, "accept", "officer", CHECKED)
        return case_id

    def filed(self, **changes: Any) -> str:
        """A filing served and in effect."""
        case_id = self.accepted(**changes)
        self.act(case_id, "approve", "director")
        self.automate()
        self.upload(case_id, "sealed_certificate")
        self.act(case_id, "serve", "officer", SERVED)
        return case_id

    def with_group(self, name: str) -> Centre:
        """The same centre, busy with another group of the survey."""
        entered = self.database.write(
            lambda connection: create_organization(
                connection, street_id=self.street_id, community_id=self.community_id,
                values={"name": name, "leader": "王桂兰", "members": 20}, actor=self.people["worker"],
                now=self.clock.now(),
            )
        )  # fmt: skip
        return replace(self, organization_id=entered.id)

    def filed_groups(self, number: int) -> list[int]:
        """Groups that were filed a year before, as an opening stock brings them; their keys."""
        rows = [
            {
                "public_id": public_id(), "street_id": self.street_id, "community_id": self.community_id,
                "name": f"队伍{place}", "name_key": f"队伍{place}", "registered_at": self.clock.now(),
                "standing": "filed", "filed_on": date(2025, 9, 18), "filing_valid_until": date(2028, 9, 17),
            }
            for place in range(number)
        ]  # fmt: skip
        groups = table(Organization)
        return self.database.write(
            lambda connection: list(connection.scalars(insert(groups).returning(groups.c.id), rows))
        )


def over(act: str, *standings: str) -> Callable[[dict[str, Any]], None]:
    """A change of a pack's values: the street issues the act over these standings, or over nobody."""

    def change(values: dict[str, Any]) -> None:
        issues = values["jurisdiction"]["issues"]
        named = [power for power in issues["value"] if power["act"] != act]
        issues["value"] = [*named, *([{"act": act, "over": list(standings)}] if standings else [])]

    return change


def add_person(connection: Connection, street_id: int, name: str, *roles: Role) -> Actor:
    """Somebody with these roles over the whole street."""
    key = connection.execute(
        insert(table(Person)).values(public_id=public_id(), street_id=street_id, name=name)
        .returning(table(Person).c.id)
    ).scalar_one()  # fmt: skip
    for role in roles:
        connection.execute(
            insert(table(RoleGrant)).values(
                street_id=street_id, person_id=key, role=role.value, since=date(2020, 1, 1), until=FAR
            )
        )
    return Actor(key, name, street_id, tuple(Grant(role, street_id) for role in roles))


def build(
    database: Database, clock: FixedClock, *, change_policy: Callable[[dict[str, Any]], None] = lambda values: None
) -> Centre:
    """The centre with two officers, two directors and a community worker; the group stands as the survey found it."""
    content = shipped()
    change_policy(content["values"])

    def fill(connection: Any) -> Centre:
        now = clock.now()
        street_id = connection.execute(
            insert(table(Street)).values(public_id=public_id(), code="510105001", name="草堂街道", district="青羊区")
            .returning(table(Street).c.id)
        ).scalar_one()  # fmt: skip
        community_id = connection.execute(
            insert(table(Community)).values(public_id=public_id(), street_id=street_id, name="桂花社区")
            .returning(table(Community).c.id)
        ).scalar_one()  # fmt: skip
        people = {"automation": automation(street_id)}
        for name, role in (
            ("worker", Role.COMMUNITY_WORKER), ("officer", Role.OFFICER), ("other_officer", Role.OFFICER),
            ("director", Role.DIRECTOR), ("other_director", Role.DIRECTOR), ("finance", Role.FINANCE),
            ("representative", Role.HUB_REPRESENTATIVE), ("other_representative", Role.HUB_REPRESENTATIVE),
            *((f"expert_{place}", Role.EXPERT) for place in range(1, 8)),
        ):  # fmt: skip
            people[name] = add_person(connection, street_id, name, role)
        library.load_definitions(connection, DEFINITIONS, known(), now)
        policy = library.store_policy(connection, content, now)
        calendar = library.store_calendar(connection, announced_calendar(), now)
        library.put_policy_in_force(connection, street_id, policy, date(2020, 1, 1), now)
        library.put_calendar_in_force(connection, street_id, calendar, now)
        return Centre(database, clock, street_id, community_id, 0, people)

    return database.write(fill).with_group("常青合唱团")
