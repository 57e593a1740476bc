"""The service as a command works with it: its database brought to this version's schema, its street chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from incubator.cli.options import settings_with
from incubator.errors import Invalid
from incubator.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from incubator.services.bootstrap import Service


@dataclass(frozen=True, slots=True)
class ChosenStreet:
    """The street that a command is about."""

    id: int
    code: str
    name: str


@contextmanager
def opened(data_dir: Path | None) -> Iterator[Service]:
    """The service over its database, which is made or brought up to date first; closed afterwards."""
    from incubator.cli import schema
    from incubator.services.bootstrap import bootstrap

    settings = settings_with(data_dir=data_dir)
    schema.upgrade(settings)
    service = bootstrap(settings)
    try:
        yield service
    finally:
        service.close()


def chosen_street(connection: Connection, code: str | None) -> ChosenStreet:
    """The street with this division code or, where none is given, the only one. Invalid, naming the streets, otherwise."""
    from sqlalchemy import select

    from incubator.models.base import table
    from incubator.models.streets import Street

    streets = table(Street)
    query = select(streets.c.id, streets.c.code, streets.c.name).order_by(streets.c.code)
    known = [ChosenStreet(*row) for row in connection.execute(query)]
    found = [each for each in known if code is None or each.code == code.strip()]
    if len(found) == 1:
        return found[0]
    if not known:
        raise Invalid(
            Text(
                "数据库中还没有街道，请先用 incubator street add 添加",
                "The database has no street yet: add one with incubator street add",
            )
        )
    listed = "、".join(f"{each.code} {each.name}" for each in known[:20])
    if code is None:
        raise Invalid(
            Text(
                f"有多个街道，请用 --street 指定：{listed}",
                f"There are several streets, name one with --street: {listed}",
            )
        )
    raise Invalid(
        Text(
            f"没有代码为 {code} 的街道；现有：{listed}",
            f"There is no street with the code {code}; there are: {listed}",
        )
    )
