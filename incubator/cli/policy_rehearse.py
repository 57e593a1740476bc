"""`incubator policy rehearse`: what a changed policy would do to the street's cases, told in groups; nothing is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from incubator.cli import policy_check
from incubator.cli.options import DataDir, StreetCode, day

if TYPE_CHECKING:
    from rich.console import Console

    from incubator.rehearsal import Group, Rehearsal
    from incubator.text import Text

FIRST_CASES = 3


def rehearse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="政策包（YAML） / The policy pack (YAML)")],
    on: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar="DATE",
            help="按哪一天起生效的版本预演 / The version that is in effect on that day, from then",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, metavar="FILE.json", help="结果另存为文件 / Save the whole result")
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="列出每组的全部案件 / List every case of each group")] = False,
    street: StreetCode = None,
    data_dir: DataDir = None,
) -> None:
    """预演政策变化对在办和已办案件的影响，不写入任何内容 / Show what a changed policy would do to the cases; writes nothing"""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from incubator.canonical import canonical
    from incubator.cli.files import save, say
    from incubator.cli.opened import chosen_street, opened
    from incubator.engine.policy import Policy
    from incubator.policies import packs
    from incubator.rehearsal import rehearse, snapshot
    from incubator.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:  # a log or another program, which has no narrow window
        console.width = 200
    try:
        policy = Policy(_version(packs.versions(file), on))
    except packs.PackInvalid as invalid:
        policy_check.refuse(invalid.faults)
    with (
        opened(data_dir) as service,
        Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            console=Console(stderr=True), transient=True,
        ) as progress,
        snapshot(service.database) as connection,
    ):  # fmt: skip
        doing = progress.add_task("正在预演 / Rehearsing", total=None)
        result = rehearse(
            connection, street_id=chosen_street(connection, street).id, policy=policy, now=service.clock.now(), on=on,
            progress=lambda done, whole: progress.update(doing, completed=done, total=whole),
        )  # fmt: skip
    _show(console, result, every_case=cases)
    if out is not None:
        save(out, canonical(result.as_json()).encode())
        say(console, Text(f"预演结果已存为 {out}", f"The result is in {out}"))


def _version(versions: list[tuple[date, dict[str, Any]]], on: date | None) -> dict[str, Any]:
    """The version in effect on a day; the file's first where no day is said, or none is in effect yet."""
    begun = [content for since, content in versions if on is not None and since <= on]
    return begun[-1] if begun else versions[0][1]


def _show(console: Console, result: Rehearsal, *, every_case: bool) -> None:
    from incubator.cli.files import say
    from incubator.rehearsal import Kind
    from incubator.rehearsal.findings import said_of
    from incubator.text import Text

    live, decided = result.live, result.decided
    say(
        console,
        Text(
            f"政策包 {result.policy_name}（{result.policy_hash[:12]}）：{result.street_name}在办 {live} 件、已办 {decided} 件，"
            f"涉及 {result.touched} 件；以 {result.as_of} 为准，未作任何更改。",
            f"Pack {result.policy_name} ({result.policy_hash[:12]}): {live} live and {decided} ended cases, "
            f"{result.touched} of them concerned; as of {result.as_of}, nothing was changed.",
        ),
    )
    for each in result.old:
        own = f"（{each.call}）" if each.call else ""
        say(
            console,
            Text(
                f"  现行版本 {each.name} {each.hash[:12]}{own}：{each.live + each.decided} 件，变动 {len(each.changed)} 处",
                f"  version {each.name} {each.hash[:12]}: {each.live + each.decided} cases, {len(each.changed)} values differ",
            ),
        )
    for kind in Kind:
        if groups := result.of_kind(kind):
            _tell(console, kind, groups, every_case)
    if result.inert:
        listed = [said_of(path) for path in result.inert]
        zh, en = "；".join(each.zh for each in listed), "; ".join(each.en for each in listed)
        say(
            console,
            Text(
                f"以下变化不涉及现有案件，或只影响提醒、表单、文书：{zh}",
                f"These bear on no case there is, or only on reminders, forms or papers: {en}",
            ),
        )
    for left in result.not_rehearsed:
        say(
            console,
            Text(
                f"未能预演 {len(left.cases)} 件（{left.words.zh}）：{left.reason.zh}",
                f"{len(left.cases)} cases not rehearsed ({left.words.en}): {left.reason.en}",
            ),
        )
    if not result.groups:
        say(console, Text("没有案件受到影响。", "No case is concerned."))


def _tell(console: Console, kind: Any, groups: tuple[Group, ...], every_case: bool) -> None:
    from rich.table import Table
    from rich.text import Text as Plain

    from incubator.rehearsal.result import KIND_NAMES

    shown = Table(title=_both(KIND_NAMES[kind]), title_justify="left", show_lines=True)
    for column in ("流程、环节 / where", "内容 / what", "案件 / cases", "变动 / by", "例 / such as"):
        shown.add_column(column)
    for group in groups:
        lines = group.cases if every_case else group.cases[:FIRST_CASES]
        told = [f"{case.number} {case.organization}：{case.before.zh} → {case.after.zh}" for case in lines]
        if len(lines) < group.count:
            told.append(f"……共 {group.count} 件 / {group.count} in all")
        where = [group.procedure_title.zh, group.step_title.zh, "、".join(title.zh for title in group.decisions)]
        what = [_both(group.words), group.cite.zh if group.cite else ""]
        cells = (" · ".join(filter(None, where)), "\n".join(filter(None, what)), str(group.count), _spread(group))
        # As plain text: what people typed is never markup.
        shown.add_row(*(Plain(cell) for cell in (*cells, "\n".join(told))))
    console.print(shown)


def _spread(group: Group) -> str:
    """Least, median and most, in days or yuan; and how many limits would be over at once."""
    from incubator.wording import amount

    parts = []
    if group.spread is not None:
        three = dict.fromkeys(group.spread)
        words = [amount(each).zh if group.unit == "fen" else f"{each:+d} 天" for each in three]
        parts.append(" / ".join(words))
    if group.overdue:
        parts.append(f"{group.overdue} 件立即逾期 / over at once")
    return "\n".join(parts)


def _both(text: Text) -> str:
    return f"{text.zh} / {text.en}"
