"""The stage on which the sample is played: a clock that moves on, people who act, automation that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from incubator.clock import SHANGHAI, FixedClock, today
from incubator.engine import library
from incubator.engine.advance import Request, advance
from incubator.engine.case import CaseView
from incubator.engine.loading import case_view
from incubator.engine.opening import open_case
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.samples.groups import Group
from incubator.samples.papers import paper
from incubator.samples.people import Person
from incubator.services.automation import outbox, periods
from incubator.services.automation.performing import Outcome, perform
from incubator.services.automation.sweeps import run_period
from incubator.services.automation.timers import fire_due_timers
from incubator.services.bootstrap import Service
from incubator.services.case_documents import attach, wanted
from incubator.services.people import actor_of
from incubator.services.uploads import Upload, keep_upload

SWEEP = "open_due_reviews"
SWEEP_AT = time(8)
_OWNER = "sample"
T = TypeVar("T")


@dataclass
class Stage:
    """The service with a clock of its own; every move goes the way it goes in the workbench.

    What the stories find again by a name of theirs: `known` organizations, the numbers of `calls`, the ids of `centres`;
    and the numbers of the finance office's next `vouchers`.
    """

    service: Service
    clock: FixedClock
    people: Mapping[str, Person]
    street_id: int
    known: dict[str, Group] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    centres: dict[str, str] = field(default_factory=dict)
    vouchers: Iterator[int] = field(default_factory=lambda: count(7, 3))
    _actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day on which the stage stands."""
        return today(self.clock.now())

    def actor(self, username: str) -> Actor:
        """The person as signed in; nobody's roles change in the sample."""
        if username not in self._actors:
            person = self.people[username]
            with self.service.database.read() as connection:
                found = actor_of(connection, person.id, self.clock.now())
            self._actors[username] = replace(found, account_id=person.account_id)
        return self._actors[username]

    def write(self, by: str, work: Callable[[Connection, Actor, datetime], T]) -> T:
        """Let somebody do something that is no move of a case, in one transaction; automation follows."""
        actor, now = self.actor(by), self.clock.now()
        answer = self.service.database.write(lambda connection: work(connection, actor, now))
        self.automate()
        return answer

    def open(self, group: Group, procedure: str, by: str, *, period: str = "") -> None:
        """Open a case for the group."""
        self.write(
            by,
            lambda connection, actor, now: open_case(
                connection, procedure=procedure, organization_id=group.organization_id, actor=actor, now=now,
                period=period,
            ),
        )  # fmt: skip

    def hand_in(self, group: Group, procedure: str, by: str, kinds: Sequence[str], *, period: str = "") -> None:
        """Add a paper of each kind to the group's case."""
        case = self.case(group, procedure, period)
        uploads = [(kind, self._upload(group, kind, title)) for kind, title in self._titles(case, kinds)]

        def add(connection: Connection, actor: Actor, now: datetime) -> None:
            for kind, upload in uploads:
                attach(connection, case=case.public_id, kind=kind, upload=upload, actor=actor, now=now)

        self.write(by, add)

    def act(
        self, group: Group, procedure: str, by: str, action: str, data: Mapping[str, Any] | None = None, *,
        comment: str = "", period: str = "",
    ) -> None:  # fmt: skip
        """Take an action in the group's case as it stands, and let automation follow."""
        case = self.case(group, procedure, period)
        request = Request(
            case.public_id, action, self.actor(by), case.version, data=data or {}, comment=comment
        )  # fmt: skip
        self.write(by, lambda connection, actor, now: advance(connection, request, now=now))

    def case(self, group: Group, procedure: str, period: str = "") -> CaseView:
        """The group's newest case of the procedure, of the period where one is said, whoever opened it."""
        cases = table(Case)
        mine = [cases.c.organization_id == group.organization_id, cases.c.procedure == procedure]
        if period:
            mine.append(cases.c.period == period)
        newest = select(cases.c.public_id).where(*mine).order_by(cases.c.id.desc()).limit(1)
        with self.service.database.read() as connection:
            public_id = connection.execute(newest).scalar_one_or_none()
            view = case_view(connection, public_id) if public_id else None
        if view is None:
            raise LookupError(f"{group.name} has no case of {procedure} {period} on {self.day}")
        return view

    def automate(self) -> None:
        """Do all that waits for automation, as a worker does. Raises RuntimeError where something fails."""
        database = self.service.database
        while rows := outbox.lease(database, owner=_OWNER, now=self.clock.now()):
            for row in rows:
                outcome, error = perform(self.service, row.outbox_id, row.attempt)
                if outcome is not Outcome.SETTLED:
                    raise RuntimeError(f"{row.task} of outbox row {row.outbox_id}: {outcome} {error}")

    def sweep(self, day: date) -> None:
        """Open what is due by the clock, as it does every morning, with the period in its ledger."""
        due_at = datetime.combine(day, SWEEP_AT, tzinfo=SHANGHAI)
        claim = periods.claim(self.service.database, SWEEP, due_at, now=self.clock.now(), caught_up=False)
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

    def _titles(self, case: CaseView, kinds: Sequence[str]) -> list[tuple[str, str]]:
        """What the policy calls the papers of these kinds where the case stands."""
        with self.service.database.read() as connection:
            definition = library.definition(connection, case.definition_hash)
            taken = wanted(definition, definition.step(case.step), library.policy(connection, case.policy_hash))
        return [(kind, taken[kind].title.zh) for kind in kinds]

    def _upload(self, group: Group, kind: str, title: str) -> Upload:
        filename, content = paper(kind, title, group, self.day)
        settings = self.service.settings
        return keep_upload(
            settings.data_dir, filename=filename, content=content, most_mb=settings.upload_limit_mb
        )  # fmt: skip
