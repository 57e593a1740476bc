"""A guidance centre whose people work over HTTP while a test moves the clock: real processes, or the web in this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import select

from incubator.clock import SHANGHAI, FixedClock, today
from incubator.database import Database
from incubator.engine.roles import Role
from incubator.engine.streams import HEADS, verify
from incubator.models.base import table
from incubator.models.streets import Account
from incubator.models.streets import Person as PersonRow
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.automation.timers import fire_due_timers
from tests.api.centre import PDF, WebCentre, web_centre
from tests.factories import make_user
from tests.journey.service import Running
from tests.processes import until

T = TypeVar("T")

# Who works in a journey besides a community worker, an officer, a director and a manager.
MORE_PEOPLE = (
    ("officer2", Role.OFFICER), ("director2", Role.DIRECTOR), ("finance", Role.FINANCE), ("hub", Role.HUB_REPRESENTATIVE),
    ("admin", Role.ADMINISTRATOR), *((f"expert{place}", Role.EXPERT) for place in range(1, 7)),
)  # fmt: skip


class Office(Protocol):
    """Where a journey takes place."""

    database: Database

    def client(self, username: str) -> Any:
        """An HTTP client with a fresh token of this person, at the API's root."""
        ...

    def move_to(self, moment: str) -> None:
        """Let it be this moment of Shanghai, `2026-09-18 09:00`, and let the clock do what falls due."""
        ...

    def until(self, look: Callable[[], T], what: str) -> T:
        """What is seen once automation has done its work."""
        ...

    def desk(self, username: str) -> Desk:
        """Where this person works."""
        ...


@dataclass
class Desk:
    """Somebody at work through the API."""

    office: Office
    username: str
    _client: Any = None

    def get(self, path: str, **query: Any) -> Any:
        answer = self._ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        answer = self._ask("POST", path, **({"json": body} if body is not None else {}), **more)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refused(self, path: str, body: Any) -> Any:
        """The problem with which a request is refused."""
        answer = self._ask("POST", path, json=body)
        assert 400 <= answer.status_code < 500, answer.text
        return answer.json()

    def open(self, organization: str, procedure: str, period: str = "") -> str:
        body = {"organization_id": organization, "procedure": procedure, "period": period}
        return str(self.post("cases", body)["id"])

    def act(self, case: str, action: str, data: Any = None, **more: Any) -> Any:
        """Take an action on the case as it stands now."""
        return self.post(f"cases/{case}/actions/{action}", self._request(case, data, more))

    def may_not(self, case: str, action: str, data: Any = None, **more: Any) -> list[str]:
        """The codes of the blockers with which an action is refused."""
        problem = self.refused(f"cases/{case}/actions/{action}", self._request(case, data, more))
        return [each["code"] for each in problem.get("blockers") or []] or list(
            problem.get("fields") or [problem["code"]]
        )

    def hand_in(self, case: str, *kinds: str) -> None:
        for kind in kinds:
            self.post(f"cases/{case}/documents", data={"kind": kind}, files={"file": (f"{kind}.pdf", PDF)})

    def enter(self, organization: dict[str, Any]) -> str:
        """A body of which the survey told nothing; its id."""
        return str(self.post("organizations", organization)["id"])

    def record_activity(self, organization: str, title: str, *, on: str, participants: int) -> None:
        activity = {"kind": "activity", "held_on": on, "title": title, "participants": participants}
        self.post(f"organizations/{organization}/activities", activity)

    def name_representative(self, hub: str, person: str) -> None:
        self.post(f"hubs/{hub}/representatives", {"person_id": person})

    def draft_call(self, said: dict[str, Any]) -> str:
        """A call as it is drafted; its id."""
        return str(self.post("calls", said)["id"])

    def publish_call(self, call: str) -> None:
        self.post(f"calls/{call}/publish", {})

    def record_expense(self, project: str, said: dict[str, Any]) -> None:
        """An expense with the picture of its voucher; `fen` as a number, the line by its place."""
        body = {name: str(value) for name, value in said.items()}
        self.post(f"projects/{project}/expenses", data=body, files={"file": ("voucher.pdf", PDF)})

    def accept_expense(self, project: str, expense: str) -> None:
        self.post(f"projects/{project}/expenses/{expense}/accept", {})

    def until_at(self, case: str, step: str) -> Any:
        """The case, once automation or the clock has brought it to a step."""
        return self.office.until(lambda: self._at(case, step), f"the case at {step}")

    def cases_of(self, organization: str, procedure: str) -> list[Any]:
        found = self.get(f"organizations/{organization}")["cases"]
        return [case for case in found if case["procedure"] == procedure]

    def _at(self, case: str, step: str) -> Any:
        seen = self.get(f"cases/{case}")
        return seen if seen["step"] == step else None

    def _request(self, case: str, data: Any, more: dict[str, Any]) -> dict[str, Any]:
        return {"expected_version": self.get(f"cases/{case}")["version"], "data": data or {}, **more}

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        if self._client is None:
            self._client = self.office.client(self.username)
        answer = self._client.request(method, path, **how)
        if answer.status_code == 401:  # the clock has leapt past the token's end
            self._client = self.office.client(self.username)
            answer = self._client.request(method, path, **how)
        return answer


class People:
    """The people of an office, each at the own desk: `people.officer2`."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __getattr__(self, username: str) -> Desk:
        desk = self._office.desk(username)
        setattr(self, username, desk)
        return desk

    def ids(self, *usernames: str) -> list[str]:
        """The public ids of people, as a panel's seats take them."""
        people, accounts = table(PersonRow), table(Account)
        named = select(accounts.c.username, people.c.public_id).join_from(
            accounts, people, people.c.id == accounts.c.person_id
        )
        with self._office.database.read() as connection:
            known = {row.username: row.public_id for row in connection.execute(named)}
        return [known[username] for username in usernames]


@dataclass
class RunningOffice:
    """The office in a service of real processes."""

    service: Running

    @property
    def database(self) -> Database:
        return self.service.database

    def client(self, username: str) -> Any:
        return self.service.person(username).client

    def desk(self, username: str) -> Desk:
        return Desk(self, username)

    def move_to(self, moment: str) -> None:
        self.service.move_to(moment)

    def until(self, look: Callable[[], T], what: str) -> T:
        return until(look, what)


@dataclass
class RoomOffice:
    """The office in this process: the web application is asked over HTTP, and automation's work is done in between."""

    centre: WebCentre
    runs: list[str] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.centre.database

    def client(self, username: str) -> Any:
        return self.centre.program(username)

    def desk(self, username: str) -> Desk:
        return Desk(self, username)

    def move_to(self, moment: str) -> None:
        self.centre.clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))
        day = today(self.centre.clock.now())
        open_due_reviews(self.centre.service, as_of=day, run_key=moment)
        fired = fire_due_timers(self.centre.service)
        assert not fired.errors, fired.errors
        self.centre.automate()

    def until(self, look: Callable[[], T], what: str) -> T:
        self.centre.automate()
        seen = look()
        assert seen, what
        return seen


@contextmanager
def room(database: Database, clock: FixedClock, folder: Path) -> Iterator[RoomOffice]:
    """An office in this process, with everybody whom a journey needs."""
    with web_centre(database, clock, folder) as centre:
        for username, role in MORE_PEOPLE:
            if username not in centre.people:
                centre.people[username] = make_user(database, centre.street, role, clock.now(), username=username)
        yield RoomOffice(centre)


def every_chain_holds(database: Database) -> None:
    """Every stream of the whole record is whole."""
    with database.read() as connection:
        for stream, model in HEADS.items():
            for subject in connection.scalars(select(table(model).c.id)).all():
                assert verify(connection, stream, subject) == []
