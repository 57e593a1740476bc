"""`incubator calendar`: the yearly notice on holidays imported into a street's working calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli.files import content_of, say
from incubator.cli.options import DataDir, StreetCode
from incubator.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from incubator.services.calendars.importing import CalendarChange
    from incubator.services.calendars.notice import Notice
    from incubator.services.calendars.recounting import Move

app = typer.Typer(help="工作日历 / The working calendar", no_args_is_help=True)


@app.callback()
def group() -> None:
    """工作日历 / The working calendar"""


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="放假安排通知全文（.txt）或表格形式（.yaml） / The notice (.txt, .yaml)"
        ),
    ],
    year: Annotated[
        int | None,
        typer.Option(min=1990, max=2199, help="哪一年，文中没有标题时须给出 / Which year, where the title is missing"),
    ] = None,
    street: StreetCode = None,
    data_dir: DataDir = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只显示结果，不写入 / Show what would come of it, write nothing")
    ] = False,
) -> None:
    """导入国务院办公厅的年度放假安排，并重算在办案件的期限 / Import the yearly notice and count the cases by it"""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from incubator.cli.opened import chosen_street, opened
    from incubator.services.accounts import console as acting_at_the_console
    from incubator.services.calendars.importing import import_notice
    from incubator.services.calendars.reading import read_notice
    from incubator.services.calendars.recounting import put_through

    console = Console(highlight=False)
    if not console.is_terminal:  # a log or another program, which has no narrow window
        console.width = 200
    notice = read_notice(file.name, content_of(file), year=year)
    with opened(data_dir) as service, Progress(
        SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
    ) as progress:  # fmt: skip
        now = service.clock.now()
        with service.database.read() as connection:
            chosen = chosen_street(connection, street)
        actor = acting_at_the_console(chosen.id)
        doing = progress.add_task("重算期限 / Counting the limits anew", total=None)

        def tell(done: int) -> None:
            progress.update(doing, description=f"已重算 {done} 件案件 / {done} cases counted anew")

        change, moves = put_through(
            service.database,
            lambda connection: import_notice(
                connection, street_id=chosen.id, notice=notice, actor=actor, now=now, dry_run=dry_run
            ),
            street_id=chosen.id, actor=actor, now=now, dry_run=dry_run, progress=tell,
        )  # fmt: skip
    _show_notice(console, notice)
    _show_change(console, change, moves, dry_run=dry_run)


def _show_notice(console: Console, notice: Notice) -> None:
    from rich.table import Table

    shown = Table(title=f"{notice.source.words}", title_justify="left")
    for column in ("月 / month", "放假 / off", "调休上班 / worked"):
        shown.add_column(column)
    months = sorted({(day.year, day.month) for day in (*notice.days_off, *notice.workdays)})
    for year, month in months:
        off = [day for day in sorted(notice.days_off) if (day.year, day.month) == (year, month)]
        by_name = groupby(off, key=lambda day: notice.days_off[day].zh)
        worked = [day for day in sorted(notice.workdays) if (day.year, day.month) == (year, month)]
        shown.add_row(
            f"{year}-{month:02}",
            "\n".join(f"{name} {_listed(list(days))}" for name, days in by_name),
            "、".join(_short(day) for day in worked),
        )
    console.print(shown)
    for sentence in notice.set_aside:
        say(console, Text(f"仅为建议，不作安排：{sentence}。", f"Advice, which arranges nothing: {sentence}."))


def _show_change(console: Console, change: CalendarChange, moves: Sequence[Move], *, dry_run: bool) -> None:
    from rich.table import Table

    if not change.changes:
        say(console, Text("与现行日历一致，日历没有改动。", "The calendar says the same already: it is unchanged."))
    else:
        off = [each.day for each in change.difference.days if each.off]
        worked = [each.day for each in change.difference.days if not each.off]
        say(console, Text(f"改为放假 {len(off)} 天：{_listed(off)}", f"Off from now on, {len(off)}: {_listed(off)}"))
        say(
            console,
            Text(
                f"改为上班 {len(worked)} 天：{_listed(worked)}", f"Worked from now on, {len(worked)}: {_listed(worked)}"
            ),
        )
    moved = [move for move in moves if move.moves]
    settled = len(moves) - len(moved)
    if moved:
        shown = Table(title="变动的期限 / Dates that move", title_justify="left")
        for column in ("案件 / case", "环节 / step", "原期限 / before", "新期限 / after"):
            shown.add_column(column)
        for move in moved:
            shown.add_row(move.number, move.step.zh, str(move.before or "—"), str(move.after or "—"))
        console.print(shown)
    say(
        console,
        Text(
            f"期限变动 {len(moved)} 件；日期不变而依据更新的 {settled} 件。",
            f"Dates that move: {len(moved)}; proofs alone that change: {settled}.",
        ),
    )
    if dry_run:
        say(console, Text("试运行，没有写入任何内容。", "This was a dry run: nothing was written."))


def _listed(days: Sequence[date]) -> str:
    """Days, those in a row as a span."""
    spans: list[list[date]] = []
    for each in days:
        if spans and (each - spans[-1][-1]).days == 1:
            spans[-1].append(each)
        else:
            spans.append([each])
    return "、".join(_short(span[0]) + (f" 至 {_short(span[-1])}" if len(span) > 1 else "") for span in spans) or "—"


def _short(day: date) -> str:
    return f"{day.isoformat()}（周{'一二三四五六日'[day.weekday()]}）"
