"""The work behind the clock's schedules, and one period of it run under its claim in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from incubator.clock import today
from incubator.engine.roles import automation
from incubator.services.automation import periods
from incubator.services.automation.digests import ask_for_digests
from incubator.services.automation.performing import described
from incubator.services.automation.periods import Claim
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.automation.timers import fire_due_timers
from incubator.services.bootstrap import Service
from incubator.services.calendars.recounting import recount, streets_to_recount

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Swept:
    """What a period's run came to: one line, and what went wrong, empty where nothing did."""

    summary: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed period as a sweep sees it; `hold` keeps the claim and is called as the work goes on."""

    claim: Claim
    flow_run: str
    hold: Callable[[], None]


Sweep = Callable[[Service, Run], Swept]


def _open_due_reviews(service: Service, run: Run) -> Swept:
    receipts = open_due_reviews(
        service,
        as_of=today(run.claim.due_at),
        run_key=run.claim.period,
        caught_up=run.claim.caught_up,
        attempt=run.claim.attempt,
        flow_run=run.flow_run,
        hold=run.hold,
    )
    opened, open_already = sum(each.opened for each in receipts), sum(each.already_open for each in receipts)
    return Swept(f"{opened} opened, {open_already} already open, {len(receipts)} receipts")


def _fire_due_timers(service: Service, run: Run) -> Swept:
    fired = fire_due_timers(service, hold=run.hold)
    summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(fired.outcomes.items())) or "none due"
    errors = "; ".join(f"timer {timer}: {error}" for timer, error in fired.errors.items())
    return Swept(summary, errors)


def _recount_cases(service: Service, run: Run) -> Swept:
    """What a change of calendar left behind: it was broken off, or a case was opened by the old one in the same moment."""
    with service.database.read() as connection:
        streets = streets_to_recount(connection)
    cases, moved = 0, 0
    for street_id in streets:
        done = recount(
            service.database, street_id=street_id, actor=automation(street_id), now=service.clock.now(),
            progress=lambda _: run.hold(),
        )  # fmt: skip
        cases, moved = cases + done.cases, moved + len(done.moved)
    return Swept(f"{cases} recounted, {moved} moved, {len(streets)} streets")


def _send_digests(service: Service, run: Run) -> Swept:
    asked = ask_for_digests(service, day=today(run.claim.due_at), hold=run.hold)
    return Swept(f"{asked} digests")


SWEEPS: dict[str, Sweep] = {
    "recount_cases": _recount_cases,
    "open_due_reviews": _open_due_reviews,
    "fire_due_timers": _fire_due_timers,
    "send_digests": _send_digests,
}


class PeriodFailed(Exception):  # noqa: N818 - it states the fact, as all errors here do
    """A period's run went wrong, wholly or in part; the ledger says so and the period is tried again."""


def run_period(service: Service, claim: Claim, *, flow_run: str = "") -> str:
    """Run one claimed period and write into the ledger how it ended; returns one line about it.

    Does nothing where a later attempt holds the period, or it is finished. Raises PeriodFailed once the failure is
    written down.
    """
    database = service.database
    if not periods.renew(database, claim, now=service.clock.now(), flow_run=flow_run):
        return "superseded"
    held_at = service.clock.now()

    def hold() -> None:
        nonlocal held_at
        now = service.clock.now()
        if now - held_at > periods.LEASE / 3:
            held_at = now
            periods.renew(database, claim, now=now)

    try:
        swept = SWEEPS[claim.schedule](service, Run(claim, flow_run, hold))
    except Exception as error:
        log.exception("sweep failed", schedule=claim.schedule, period=claim.period, attempt=claim.attempt)
        swept = Swept("failed", described(error))
    if swept.error:
        periods.fail(database, claim, error=swept.error, now=service.clock.now())
        raise PeriodFailed(f"{swept.summary}; {swept.error}")
    periods.succeed(database, claim, now=service.clock.now())
    log.info("sweep done", schedule=claim.schedule, period=claim.period, summary=swept.summary)
    return swept.summary
