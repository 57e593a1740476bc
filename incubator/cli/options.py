"""Options that several commands share, and the settings as they come from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from incubator.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="数据目录 / Where the database, documents and Prefect's files lie"),
]

StreetCode = Annotated[
    str | None,
    typer.Option(
        "--street", help="街道区划代码，只有一个街道时可省略 / The street's code; may be left out where there is one"
    ),
]


def settings_with(**given: Any) -> Settings:
    """The settings of the environment, with the options that were given before them."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


def day(value: str) -> date:
    """A date as an option, YYYY-MM-DD."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value}: YYYY-MM-DD") from None
