"""`incubator audit`: whether the record is whole."""

from __future__ import annotations

import typer

from incubator.cli.options import DataDir

app = typer.Typer(help="审计 / The audit", no_args_is_help=True)


@app.callback()
def group() -> None:
    """审计 / The audit"""


@app.command()
def verify(data_dir: DataDir = None) -> None:
    """核验全部记录：事件链、个人信息承诺值、材料内容 / Verify every chain, commitment and document"""
    from rich.console import Console
    from rich.progress import Progress

    from incubator.cli.opened import opened
    from incubator.services.audit import audit

    with opened(data_dir) as service, Progress(console=Console(stderr=True), transient=True) as progress:
        doing = progress.add_task("正在核验 / Verifying", total=None)
        with service.database.read() as connection:
            found = audit(
                connection,
                service.settings.data_dir,
                progress=lambda done, whole: progress.update(doing, completed=done, total=whole),
            )
    typer.echo(
        f"已核验 {found.streams} 条事件链、{found.personal_values} 项个人信息、{found.documents} 份材料"
        f" / {found.streams} streams, {found.personal_values} personal values, {found.documents} documents verified"
    )
    for fault in found.faults:
        typer.echo(f"  {fault.what}: {fault.fault}")
    if found.faults:
        typer.echo(
            f"有 {len(found.faults)} 处不符，请从备份核对 / {len(found.faults)} do not hold: compare with a backup"
        )
        raise typer.Exit(1)
    typer.echo("全部相符 / everything holds")
