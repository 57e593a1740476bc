"""Wires the service together once in a process: settings, database, clock, sealing and the loaded procedures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from incubator.clock import Clock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.tasks import TASKS
from incubator.sealing import configure_sealer
from incubator.services.service_clock import clock_for
from incubator.services.upgrade import require_current
from incubator.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """What an entry point (web, worker, command line) works with."""

    settings: Settings
    database: Database
    clock: Clock

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def bootstrap(settings: Settings | None = None) -> Service:
    """The service of this process, its procedures loaded and proven.

    Raises pydantic's ValidationError for a wrong setting, `DatabaseUnusable` where the database does not answer or has
    another version's schema, `UnsoundDefinition` and `RulesGone` where this version must not run on it.
    """
    chosen = settings or Settings()
    configure_sealer(chosen.sealing_key)
    database = Database(chosen.effective_database_url)
    service = Service(chosen, database, clock_for(database, chosen.clock))
    try:
        require_current(database)
        load_procedures(database, service.clock.now())
        complete_street_policies(database, service.clock.now())
    except BaseException:
        database.close()
        raise
    return service


def load_procedures(database: Database, now: datetime) -> None:
    """Prove and store the procedures of this version, and give them to new cases."""
    # Here and not above: the command line shows its help, and the supervisor starts, without any procedure.
    from incubator.procedures import catalogue
    from incubator.services.automation import notice_sending, notices

    assert TASKS.keys() >= notices.NAMES | notice_sending.NAMES
    database.write(
        lambda connection: library.load_definitions(connection, catalogue.DEFINITIONS, catalogue.known(), now)
    )


def complete_street_policies(database: Database, now: datetime) -> None:
    """Let the policies in force say what the procedures of this version ask of them."""
    from incubator.services.policies.completing import complete_policies

    complete_policies(database, now)
