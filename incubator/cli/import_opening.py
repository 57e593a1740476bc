"""`incubator import opening`: the street's opening stock from a workbook into the records, with the fate of every row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli.files import content_of, save, say
from incubator.cli.options import DataDir, StreetCode
from incubator.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from incubator.services.opening_stock.account import OpeningStock, RowAccount


def opening(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="期初数据工作簿（xlsx） / The opening stock (xlsx)"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只显示结果，不写入 / Show what would come of it, write nothing")
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option(dir_okay=False, metavar="OUT.xlsx", help="存一份空白模板 / Save an empty workbook to fill in"),
    ] = None,
    mending: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            metavar="OUT.xlsx",
            help="把未录入的行另存，修改后再导入 / Save the rows refused, to mend them",
        ),
    ] = None,
    street: StreetCode = None,
    data_dir: DataDir = None,
) -> None:
    """导入期初数据，逐行说明结果 / Import the opening stock and tell what became of every row"""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from incubator.cli.opened import chosen_street, opened
    from incubator.services.accounts import console as acting_at_the_console
    from incubator.services.opening_stock.importing import import_opening_stock, read_file
    from incubator.services.opening_stock.template import empty_workbook

    if (file is None) == (template is None):
        raise typer.BadParameter(
            "请给出要导入的文件，或用 --template 存模板 / Name a file to import, or --template OUT.xlsx"
        )
    console = Console(highlight=False)
    content = content_of(file) if file is not None else b""
    with (
        opened(data_dir) as service,
        Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            console=Console(stderr=True), transient=True,
        ) as progress,
    ):  # fmt: skip
        now = service.clock.now()
        with service.database.read() as connection:
            chosen = chosen_street(connection, street)
            if template is not None:
                save(template, empty_workbook(connection, street_id=chosen.id, now=now))
                say(console, Text(f"空白模板已存为 {template}", f"The empty workbook is in {template}"))
                return
            assert file is not None
            doing = progress.add_task("读取 / Reading", total=None)
            actor = acting_at_the_console(chosen.id)
            read = read_file(connection, street_id=chosen.id, content=content, filename=file.name, actor=actor, now=now)
            progress.update(
                doing, description="核对 / Checking" if dry_run else "写入 / Entering", total=len(read.stock.rows)
            )

            def tell(done: int, rows: int) -> None:
                progress.update(doing, completed=done, total=rows)

            if dry_run:
                result = import_opening_stock(connection, read, actor=actor, now=now, dry_run=True, progress=tell)
        if not dry_run:
            result = service.database.write(
                lambda connection: import_opening_stock(connection, read, actor=actor, now=now, progress=tell)
            )
    _show(console, result)
    if mending is not None:
        save(mending, result.mending())
        console.print(f"待修改的行已存为 {mending} / What was refused is in {mending}", markup=False, soft_wrap=True)


def _show(console: Console, result: OpeningStock) -> None:
    from rich.table import Table

    from incubator.services.opening_stock.account import FATE_NAMES, Fate
    from incubator.services.opening_stock.layout import SHEETS

    for row in result.rows:
        _explain(console, row)
    shown = Table(title=f"{result.filename}：期初导入 / opening stock")
    shown.add_column("工作表\nsheet", no_wrap=True)
    for fate in Fate:
        shown.add_column(f"{FATE_NAMES[fate].zh}\n{FATE_NAMES[fate].en}", justify="right")
    for kind, counts in result.by_kind.items():
        shown.add_row(SHEETS[kind].title.zh, *(str(counts[fate]) for fate in Fate))
    shown.add_section()
    shown.add_row("合计 / total", *(str(result.counts[fate]) for fate in Fate))
    console.print(shown)
    for note in result.notes:
        say(console, note)
    if result.dry_run:
        say(console, Text("试运行，没有写入任何内容。", "This was a dry run: nothing was written."))
    elif not result.entered:
        say(console, Text("没有新的内容，未作任何改动。", "There was nothing new, and nothing was changed."))
    else:
        say(console, Text(f"已录入 {result.entered} 行。", f"Rows entered: {result.entered}."))


def _explain(console: Console, account: RowAccount) -> None:
    """A line for a row that was refused or of which there is something to say, and each thing below it."""
    from incubator.services.opening_stock.account import FATE_NAMES

    if not account.reasons and not account.notes:
        return
    fate, row = FATE_NAMES[account.fate], account.row
    line = f"“{row.sheet}”第 {row.row} 行  {account.title or '（空 / blank）'}  {fate.zh} / {fate.en}"
    console.print(line, markup=False, soft_wrap=True, style="yellow")
    for reason in account.reasons:
        say(console, Text(f"  {reason.ref}：{reason.text.zh}", f"  {reason.ref}: {reason.text.en}"))
    for note in account.notes:
        say(console, Text(f"  {note.zh}", f"  {note.en}"))
