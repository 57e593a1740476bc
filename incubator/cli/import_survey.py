"""`incubator import survey`: a street's survey from a file into the records, with the fate of every row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli.files import content_of, save, say
from incubator.cli.options import DataDir, StreetCode
from incubator.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from incubator.services.survey.imported import ImportedRow, ImportedSurvey

app = typer.Typer(help="导入 / Import", no_args_is_help=True)


@app.callback()
def group() -> None:
    """导入 / Import"""


@app.command()
def survey(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="摸底表（xlsx、csv） / The survey (xlsx, csv)")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只显示结果，不写入 / Show what would come of it, write nothing")
    ] = False,
    mending: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, metavar="OUT.xlsx", help="把未导入的行存为待修改的表 / Save what was not taken, to mend it"
        ),
    ] = None,
    street: StreetCode = None,
    data_dir: DataDir = None,
) -> None:
    """导入摸底表，逐行说明结果 / Import a survey and tell what became of every row"""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from incubator.cli.opened import chosen_street, opened
    from incubator.services.accounts import console as acting_at_the_console
    from incubator.services.survey.importing import import_survey, read_file

    console = Console(highlight=False)
    content = content_of(file)
    with (
        opened(data_dir) as service,
        Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            console=Console(stderr=True), transient=True,
        ) as progress,
    ):  # fmt: skip
        doing = progress.add_task("读取 / Reading", total=None)
        now = service.clock.now()
        with service.database.read() as connection:
            chosen = chosen_street(connection, street)
            actor = acting_at_the_console(chosen.id)
            read = read_file(connection, street_id=chosen.id, content=content, filename=file.name, actor=actor, now=now)
        progress.update(
            doing, description="写入 / Entering" if not dry_run else "核对 / Checking", total=len(read.survey.rows)
        )
        result = service.database.write(
            lambda connection: import_survey(
                connection, read, actor=actor, now=now, dry_run=dry_run,
                progress=lambda done, rows: progress.update(doing, completed=done, total=rows),
            )
        )  # fmt: skip
    _show(console, result)
    if mending is not None:
        done = Text("导入已完成，不会重复导入。", "The import is done: nothing is imported twice.")
        save(mending, result.mending(), done)
        console.print(f"待修改的行已存为 {mending} / What was not taken is in {mending}", markup=False, soft_wrap=True)


def _show(console: Console, result: ImportedSurvey) -> None:
    from rich.table import Table

    from incubator.services.survey import FATE_NAMES, Fate

    for row in result.rows:
        if row.fate in (Fate.REFUSED, Fate.SUSPECTED_DUPLICATE):
            _explain(console, row)
    shown = Table(title=f"{result.filename}：摸底导入 / survey import")
    shown.add_column("工作表\nsheet", no_wrap=True)
    for fate in Fate:
        shown.add_column(f"{FATE_NAMES[fate].zh}\n{FATE_NAMES[fate].en}", justify="right")
    for sheet in result.sheets:
        fates = [row.fate for row in result.rows if row.reading.sheet == sheet.sheet]
        shown.add_row(sheet.sheet, *(str(fates.count(fate)) for fate in Fate))
    if len(result.sheets) > 1:
        shown.add_section()
        shown.add_row("合计 / total", *(str(result.counts[fate.value]) for fate in Fate))
    console.print(shown)
    for sheet in result.sheets:
        for note in sheet.notes:
            say(console, Text(f"“{sheet.sheet}”{note.zh}", f"“{sheet.sheet}” {note.en}"))
    if result.dry_run:
        say(console, Text("试运行，没有写入任何内容。", "This was a dry run: nothing was written."))
    elif result.known_before:
        again = Text(
            "该文件此前已导入，本次没有新的内容，未作任何改动。",
            "This file was imported before; nothing new, nothing changed.",
        )
        say(console, again)
    else:
        count = result.entered
        say(console, Text(f"已新建 {count} 个组织。", f"{count} organizations were entered."))


def _explain(console: Console, row: ImportedRow) -> None:
    from incubator.services.survey import FATE_NAMES
    from incubator.services.survey.choosing import CHOICE_NAMES

    fate, reading = FATE_NAMES[row.fate], row.reading
    name = reading.values.name or "（无名称 / no name）"
    for reason in reading.reasons:
        line = f"“{reading.sheet}”{reason.ref}  {name}  {fate.zh} / {fate.en}"
        console.print(line, markup=False, soft_wrap=True, style="yellow")
        say(console, Text(f"  {reason.text.zh}", f"  {reason.text.en}"))
    if row.options:
        zh, en = (
            mark.join(CHOICE_NAMES[each].read(to) for each in row.options) for mark, to in (("、", "zh"), (", ", "en"))
        )
        say(console, Text(f"  可在工作台的导入预览中选择：{zh}", f"  In the workbench one may choose: {en}"))
