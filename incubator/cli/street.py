"""`incubator street`: the streets of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli.options import DataDir

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(help="街道 / Streets", no_args_is_help=True)


@app.callback()
def group() -> None:
    """街道 / Streets"""


@app.command()
def add(
    code: Annotated[str, typer.Option(help="区划代码 / Division code")],
    name: Annotated[str, typer.Option(help="街道名称 / The street's name")],
    community: Annotated[
        list[str] | None, typer.Option(help="社区名称，可多次 / A community's name; may be given several times")
    ] = None,
    district: Annotated[str, typer.Option(help="所在区县 / The district")] = "",
    pack: Annotated[
        str,
        typer.Option(
            help="启用的政策包：national、sichuan_2023 等 / The pack to begin with: national, sichuan_2023, ..."
        ),
    ] = "national",
    data_dir: DataDir = None,
) -> None:
    """添加街道及其社区，并启用政策和工作日历 / Add a street with its communities, a policy and the calendar"""
    from incubator.cli.opened import opened
    from incubator.services.setup import set_up_street
    from incubator.services.streets import communities_of

    with opened(data_dir) as service:

        def write(connection: Connection) -> list[str]:
            street_id = set_up_street(
                connection,
                code=code,
                name=name,
                district=district,
                communities=community or (),
                pack=pack,
                now=service.clock.now(),
            )
            return list(communities_of(connection, street_id))

        there = service.database.write(write)
    listed = "、".join(there)
    typer.echo(f"{code} {name}：{len(there)} 个社区 {listed}")
    typer.echo(f"{code} {name}: {len(there)} communities {listed}")
