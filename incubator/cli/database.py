"""`incubator db`: the database's schema."""

from __future__ import annotations

import typer

from incubator.cli.options import DataDir, settings_with

app = typer.Typer(help="数据库 / The database", no_args_is_help=True)


@app.callback()
def group() -> None:
    """数据库 / The database"""


@app.command()
def upgrade(data_dir: DataDir = None) -> None:
    """升级数据库结构 / Bring the database to this version's schema"""
    from incubator.cli import schema

    schema.upgrade(settings_with(data_dir=data_dir))
    typer.echo("数据库已是最新结构 / The database has this version's schema")
