"""How the sheets of a folder word names, days, amounts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from incubator.clock import SHANGHAI
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.models.base import NO_DATE
from incubator.queries.rules_asked import as_text
from incubator.queries.said import Table
from incubator.services.case_folder.plan import Grid
from incubator.text import Text
from incubator.wording import figures

AUTOMATION = ROLE_NAMES[Role.AUTOMATION]
NONE = Text("", "")


def table_of(value: Table) -> Grid:
    """Rows or scores that were filled in, as a grid."""
    rows = [tuple(as_text(cell) for cell in row) for row in value.rows]
    if value.totals:
        rows.append(tuple(as_text(cell) for cell in value.totals))
    lengths = [
        max(4, min(24, max((len(row[place].zh) for row in rows), default=4))) for place in range(len(value.heads))
    ]
    return Grid(value.heads, tuple(rows), tuple(lengths), value.figures)


def counted(title: Text, place: int, of: int) -> Text:
    """One of several of a kind."""
    return Text(f"{title.zh}（{place}/{of}）", f"{title.en} ({place}/{of})")


def lines(parts: Sequence[Text]) -> Text:
    """Several things, each once, a line each."""
    once = list(dict.fromkeys(parts))
    return Text("\n".join(part.zh for part in once), "\n".join(part.en for part in once))


def fen(value: int) -> Text:
    """An amount in integer fen as a figure in yuan."""
    return same(figures(value))


def day(value: date) -> Text:
    """A date in a column; empty where there is none."""
    return same("" if value == NO_DATE else value.isoformat())


def moment(value: datetime) -> Text:
    """A moment in a column, in Shanghai's time."""
    return same(f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def same(words: str) -> Text:
    """Words that are the same in both languages: names, numbers, figures."""
    return Text(words, words)
