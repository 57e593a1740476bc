"""A street's centre behind the real web application: whoever a test needs, each with a browser or a token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Connection, select
from starlette.testclient import TestClient

from api.app import create_app
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.roles import Actor, Role
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.services.automation import outbox
from incubator.services.automation.performing import perform
from incubator.services.bootstrap import Service, load_procedures
from incubator.services.organizations import create_organization
from incubator.services.setup import set_up_street
from incubator.services.streets import communities_of
from incubator.services.tokens import create_token
from incubator.settings import Settings
from tests.factories import PASSWORD, StreetWorld, make_user

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
COMMUNITIES = ("桂花社区", "东门社区")


@dataclass
class WebCentre:
    """The application, its street, its people and its clock."""

    service: Service
    app: FastAPI
    clock: FixedClock
    street: StreetWorld
    people: dict[str, Actor]
    organization: str

    @property
    def database(self) -> Database:
        return self.service.database

    def on(self, day: str) -> WebCentre:
        """Stand at nine in the morning of that day."""
        self.clock.move_to(datetime.combine(date.fromisoformat(day), time(9), tzinfo=SHANGHAI))
        return self

    def stranger(self, **headers: str) -> TestClient:
        """A browser in which nobody is signed in."""
        return TestClient(self.app, follow_redirects=False, headers=headers)

    def browser(self, username: str, language: str = "zh") -> Browser:
        """A browser in which this person has signed in on the page."""
        client = self.stranger(**{"accept-language": language})
        answer = client.post("/signin", data={"username": username, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 303, answer.text
        with self.database.read() as connection:
            from incubator.services.sign_in import authenticate

            found = authenticate(connection, client.cookies["session"], self.clock.now())
        assert found is not None
        return Browser(client, found.csrf_token)

    def program(self, username: str, *scopes: str, **headers: str) -> TestClient:
        """A program with a token of this person's account."""
        actor = self.people[username]
        made = self.database.write(
            lambda connection: create_token(
                connection,
                actor=actor,
                name="test",
                scopes=scopes or ("read", "cases:write", "import"),
                now=self.clock.now(),
                expires_at=self.clock.now() + timedelta(days=366),
            )
        )
        client = self.stranger(authorization=f"Bearer {made.token}", **headers)
        client.base_url = client.base_url.join("/api/v1/")
        return client

    def enter(self, name: str, community: str = "桂花社区", **values: Any) -> str:
        """A further group, as the survey would enter it; its public id."""
        return self.database.write(
            lambda connection: create_organization(
                connection,
                street_id=self.street.street_id,
                community_id=self.street.communities[community],
                values={"name": name, "leader": "王桂兰", "members": 20, **values},
                personal={"leader_phone": "13800001234"},
                actor=self.people["officer"],
                now=self.clock.now(),
            )
        ).public_id

    def automate(self) -> int:
        """Do what waits in the outbox, as a worker does; how many rows there were."""
        done = 0
        while rows := outbox.lease(self.database, owner="test", now=self.clock.now()):
            for row in rows:
                result, error = perform(self.service, row.outbox_id, row.attempt)
                assert not error, (row.task, error)
                assert result in ("settled", "refused"), (row.task, result)
                done += 1
        return done

    def case_row(self, case: str) -> Any:
        """A case's row by its public id."""
        cases = table(Case)
        with self.database.read() as connection:
            return connection.execute(select(cases).where(cases.c.public_id == case)).one()


@dataclass(frozen=True)
class Browser:
    """A signed-in browser; a form it posts carries the page's token."""

    client: TestClient
    csrf: str

    def get(self, address: str, **query: Any) -> Any:
        return self.client.get(address, params=query or None)

    def post(self, address: str, data: Mapping[str, Any] | None = None, **more: Any) -> Any:
        return self.client.post(address, data={"csrf": self.csrf, **(data or {})}, **more)


@contextmanager
def web_centre(database: Database, clock: FixedClock, data_dir: Path) -> Iterator[WebCentre]:
    """The centre of a street with two communities, one person a role (two of officer and director) and one group."""
    settings = Settings(data_dir=data_dir)
    load_procedures(database, clock.now())

    def fill(connection: Connection) -> StreetWorld:
        street_id = set_up_street(
            connection, code="510105001", name="草堂街道", district="青羊区", communities=COMMUNITIES, now=clock.now()
        )
        return StreetWorld(street_id, communities_of(connection, street_id))

    street = database.write(fill)
    people = {}
    for username, role in (
        ("worker", Role.COMMUNITY_WORKER), ("officer", Role.OFFICER), ("officer2", Role.OFFICER),
        ("director", Role.DIRECTOR), ("director2", Role.DIRECTOR), ("expert", Role.EXPERT), ("finance", Role.FINANCE),
        ("hub", Role.HUB_REPRESENTATIVE), ("manager", Role.MANAGER), ("admin", Role.ADMINISTRATOR),
    ):  # fmt: skip
        community = street.communities["桂花社区"] if role is Role.COMMUNITY_WORKER else 0
        people[username] = make_user(database, street, role, clock.now(), username=username, community_id=community)
    service = Service(settings, database, clock)
    centre = WebCentre(service, create_app(service), clock, street, people, "")
    centre.organization = centre.enter("常青合唱团")
    yield centre
