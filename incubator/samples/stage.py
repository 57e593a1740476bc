"""The stage on which the sample's groups are played: a clock that moves on, people who act, automation that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from incubator.clock import SHANGHAI, FixedClock, today
from incubator.engine.advance import Request, advance
from incubator.engine.loading import case_view
from incubator.engine.opening import open_case
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.samples.papers import paper
from incubator.services.automation import outbox, periods
from incubator.services.automation.performing import Outcome, perform
from incubator.services.automation.sweeps import run_period
from incubator.services.automation.timers import fire_due_timers
from incubator.services.bootstrap import Service
from incubator.services.case_documents import attach
from incubator.services.people import actor_of
from incubator.services.uploads import keep_upload

SWEEP = "open_due_reviews"
SWEEP_AT = time(8)
_OWNER = "sample"


@dataclass(slots=True)
class Group:
    """One of the groups that are taken along: what it applies with, who brings its papers, and its cases by procedure."""

    organization_id: int
    name: str
    category: str
    leader: str
    phone: str
    members: int
    premises: str
    activity: str
    worker: str
    officer: str
    director: str
    other_director: str
    cases: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the sample: the keys of the person and of the account."""

    id: int
    account_id: int


class Stage:
    """The service with a clock of its own; every move goes the way it goes in the workbench."""

    def __init__(self, service: Service, clock: FixedClock, people: Mapping[str, Person]) -> None:
        self.service, self.clock, self.people = service, clock, people
        self.database = service.database

    @property
    def day(self) -> date:
        """The day on which the stage stands."""
        return today(self.clock.now())

    def actor(self, username: str) -> Actor:
        """The person as signed in, with the roles of the day."""
        person = self.people[username]
        with self.database.read() as connection:
            found = actor_of(connection, person.id, self.clock.now())
        return replace(found, account_id=person.account_id)

    def open(self, group: Group, procedure: str, by: str, **how: Any) -> None:
        """Open a case for the group."""
        actor, now = self.actor(by), self.clock.now()
        opened = self.database.write(
            lambda connection: open_case(
                connection, procedure=procedure, organization_id=group.organization_id, actor=actor, now=now, **how
            )
        )
        group.cases[procedure] = opened.case_id
        self.automate()

    def hand_in(self, group: Group, procedure: str, by: str, *kinds: str) -> None:
        """Add a paper of each kind to the group's case."""
        actor, now, case = self.actor(by), self.clock.now(), self._case(group, procedure)
        for kind in kinds:
            filename, content = paper(kind, group.name, group.leader, group.members, self.day)
            upload = keep_upload(
                self.service.settings.data_dir,
                filename=filename,
                content=content,
                most_mb=self.service.settings.upload_limit_mb,
            )
            self.database.write(partial(attach, case=case, kind=kind, upload=upload, actor=actor, now=now))

    def act(
        self, group: Group, procedure: str, by: str, action: str, data: Mapping[str, Any] | None = None,
        *, comment: str = "",
    ) -> None:  # fmt: skip
        """Take an action in the group's case as it stands, and let automation follow."""
        actor, now, case = self.actor(by), self.clock.now(), self._case(group, procedure)

        def move(connection: Connection) -> None:
            seen = case_view(connection, case)
            assert seen is not None
            request = Request(case, action, actor, seen.version, data=data or {}, comment=comment)
            advance(connection, request, now=now)

        self.database.write(move)
        self.automate()

    def _case(self, group: Group, procedure: str) -> str:
        """The group's newest case of the procedure, which the clock may have opened."""
        if procedure not in group.cases:
            cases = table(Case)
            with self.database.read() as connection:
                group.cases[procedure] = connection.execute(
                    select(cases.c.public_id)
                    .where(cases.c.organization_id == group.organization_id, cases.c.procedure == procedure)
                    .order_by(cases.c.id.desc())
                    .limit(1)
                ).scalar_one()
        return group.cases[procedure]

    def automate(self) -> None:
        """Do all that waits for automation, as a worker does. Raises RuntimeError where something fails."""
        while rows := outbox.lease(self.database, owner=_OWNER, now=self.clock.now()):
            for row in rows:
                outcome, error = perform(self.service, row.outbox_id, row.attempt)
                if outcome is not Outcome.SETTLED:
                    raise RuntimeError(f"{row.task} of outbox row {row.outbox_id}: {outcome} {error}")

    def sweep(self, day: date) -> None:
        """Open the reviews that are due, as the clock does every morning, with the period in its ledger."""
        due_at = datetime.combine(day, SWEEP_AT, tzinfo=SHANGHAI)
        claim = periods.claim(self.database, SWEEP, due_at, now=self.clock.now(), caught_up=False)
        if claim is not None:
            run_period(self.service, claim)
            self.automate()

    def fire_timers(self) -> None:
        """Fire what is due: reminders, escalations, notices that are over."""
        fired = fire_due_timers(self.service)
        if fired.errors:
            raise RuntimeError(f"timers failed: {fired.errors}")
        if fired.due:
            self.automate()
