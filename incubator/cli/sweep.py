"""`incubator sweep`: the clock's sweeps by hand, with their receipts, without Prefect."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from incubator.cli.opened import opened
from incubator.cli.options import DataDir, day


def sweep(
    as_of: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="以哪一天为准，默认今天 / As of which day; today by default"),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """立即开启到期检查、办理到期事项 / Open due reviews and fire due timers now"""
    from rich.console import Console
    from rich.table import Table

    from incubator.canonical import public_id
    from incubator.clock import today
    from incubator.engine.roles import automation
    from incubator.services.automation.reviews import open_due_reviews
    from incubator.services.automation.timers import fire_due_timers
    from incubator.services.calendars.recounting import recount, streets_to_recount

    console = Console(highlight=False)
    if not console.is_terminal:  # a log or another program, which has no narrow window
        console.width = 200
    with opened(data_dir) as service:
        this_day = today(service.clock.now())
        chosen = as_of or this_day
        if chosen > this_day:
            raise typer.BadParameter(f"{chosen}: 不能晚于今天 {this_day} / not later than today, {this_day}")
        with console.status("正在办理 / Sweeping"):
            # A run by hand is a run of its own, however often it is asked for on a day.
            with service.database.read() as connection:
                streets = streets_to_recount(connection)
            for street_id in streets:
                recount(service.database, street_id=street_id, actor=automation(street_id), now=service.clock.now())
            receipts = open_due_reviews(service, as_of=chosen, run_key=f"hand:{chosen}:{public_id()[:8]}")
            fired = fire_due_timers(service, as_of=chosen)
    shown = Table(title=f"定期检查回执 / Receipts of reviews, {chosen}")
    for column in ("街道 / street", "流程 / procedure", "到期 / due", "开启 / opened", "已在办 / open already"):
        shown.add_column(column)
    shown.add_column("未涉及 / not due")
    for receipt in receipts:
        skipped = ", ".join(f"{why} {count}" for why, count in sorted(receipt.skipped.items()))
        numbers = (str(receipt.due), str(receipt.opened), str(receipt.already_open))
        shown.add_row(str(receipt.street_id), receipt.procedure, *numbers, skipped)
    console.print(shown)
    outcomes = ", ".join(f"{outcome} {count}" for outcome, count in sorted(fired.outcomes.items()))
    console.print(f"到期事项 / timers: {fired.due}{f' ({outcomes})' if outcomes else ''}")
    for timer, reason in fired.refusals.items():
        console.print(f"  {timer}: {reason.zh} / {reason.en}", markup=False)
    for timer, error in fired.errors.items():
        console.print(f"  {timer}: {error}", markup=False)
    if fired.errors:
        raise typer.Exit(1)
