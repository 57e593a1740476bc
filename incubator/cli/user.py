"""`incubator user`: who may sign in."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli.options import DataDir, StreetCode
from incubator.engine.roles import ROLE_NAMES, WHOLE_STREET, Role
from incubator.errors import Invalid
from incubator.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection

PASSWORD_VARIABLE = "INCUBATOR_PASSWORD"  # noqa: S105 - the variable's name

app = typer.Typer(help="用户 / Users", no_args_is_help=True)


@app.callback()
def group() -> None:
    """用户 / Users"""


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="用户名 / The username")],
    name: Annotated[str, typer.Option(help="姓名 / The person's name")],
    role: Annotated[Role, typer.Option(help="角色 / The role")],
    community: Annotated[
        list[str] | None,
        typer.Option(help="社区工作者所在社区，可多次 / A community worker's community; may be given several times"),
    ] = None,
    street: StreetCode = None,
    data_dir: DataDir = None,
) -> None:
    """添加用户；密码在终端输入，或由标准输入、INCUBATOR_PASSWORD 给出 / Add a user; the password is typed, or comes from stdin or INCUBATOR_PASSWORD"""
    from incubator.cli.opened import chosen_street, opened
    from incubator.services.accounts import add_user, checked_username, console
    from incubator.services.passwords import check_password_rules, hash_password
    from incubator.services.people import RoleInArea

    with opened(data_dir) as service:
        with service.database.read() as connection:
            chosen = chosen_street(connection, street)
            areas = _areas(connection, chosen.id, community or ())
        wanted = checked_username(username)
        chosen_password = password()
        check_password_rules(chosen_password, wanted)
        password_hash = hash_password(chosen_password)
        service.database.write(
            lambda connection: add_user(
                connection,
                street_id=chosen.id,
                username=wanted,
                password=chosen_password,
                password_hash=password_hash,
                name=name,
                roles=[RoleInArea(role, area) for area in areas],
                actor=console(chosen.id),
                now=service.clock.now(),
            )
        )
    title = ROLE_NAMES[role]
    typer.echo(f"已添加用户 {wanted}：{name}，{title.zh}，{chosen.name} / User added: {wanted}, {title.en}")


def _areas(connection: Connection, street_id: int, names: list[str] | tuple[str, ...]) -> list[int]:
    from incubator.services.streets import communities_of

    known = communities_of(connection, street_id)
    unknown = [each for each in names if each not in known]
    if unknown:
        listed = "、".join(known) or "无 / none"
        raise Invalid(
            Text(
                f"本街道没有社区“{unknown[0]}”；现有：{listed}",
                f"The street has no community {unknown[0]!r}; it has: {listed}",
            )
        )
    return [known[each] for each in names] or [WHOLE_STREET]


def password(*, twice: bool = True) -> str:
    """A password, never from an argument: arguments show in the list of processes and in the shell's history.

    At a terminal a new one is typed `twice`.
    """
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    if sys.stdin.isatty():
        again = "再次输入 / Again" if twice else False
        return str(typer.prompt("密码 / Password", hide_input=True, confirmation_prompt=again))
    return sys.stdin.readline().rstrip("\r\n")
