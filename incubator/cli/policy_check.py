"""`incubator policy check` and `schema`: what is wrong with a pack, or what it holds; needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from incubator.policies.packs import PackFault

INVALID = 1


def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="政策包（YAML） / The policy pack (YAML)")],
) -> None:
    """检查政策包，一次列出全部错误及所在行 / Check a policy pack: every fault at once, with its line"""
    from incubator.policies import packs

    faults = packs.check(file)
    if faults:
        refuse(faults)
    found = packs.summary(file)
    typer.echo(f"{found.name}：{found.jurisdiction.zh} / {found.jurisdiction.en}")
    if found.extends:
        typer.echo(f"继承 / Extends: {found.extends}")
    for place, since in enumerate(found.since, start=1):
        typer.echo(f"第 {place} 版自 {since} 起 / Version {place} from {since}")
    if found.until is not None:
        typer.echo(f"{found.until} 失效 / In effect until {found.until}")
    typer.echo(
        f"本文件规定 {found.own} 项，继承 {found.inherited} 项 / {found.own} values of its own, {found.inherited} inherited"
    )


def refuse(faults: Sequence[PackFault]) -> NoReturn:
    """Tell every fault of a pack with file and line, and end the command as invalid."""
    for fault in faults:
        typer.echo(f"{fault.shown('zh')} / {fault.message.en}")
    typer.echo(f"共 {len(faults)} 处错误 / {len(faults)} faults", err=True)
    raise typer.Exit(INVALID)


def schema() -> None:
    """输出政策包的 JSON Schema，供编辑器使用 / Print the JSON Schema of policy packs, for editors"""
    from incubator.policies.published_schema import schema_text

    typer.echo(schema_text(), nl=False)
