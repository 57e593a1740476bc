"""The sample's opening stock: filings and stars that the street has on paper from years before, entered as history."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook

from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.services.opening_stock.account import Fate
from incubator.services.opening_stock.importing import import_opening_stock, read_file
from incubator.services.opening_stock.layout import SHEETS, Kind

_THREE_YEARS = 3


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A filing of years before, by its last day; with stars until another day where it has any."""

    group: Group
    until: date
    stars: str = ""
    stars_until: date | None = None

    @property
    def signed_on(self) -> date:
        """The day of the certificate."""
        return _years_before(self.until + timedelta(days=1), _THREE_YEARS)


def bring_in(stage: Stage, stock: Iterable[OnPaper]) -> None:
    """Let the director import the workbook. Raises RuntimeError where a row is refused."""
    content = _workbook(list(stock))
    name, now, actor = "期初数据.xlsx", stage.clock.now(), stage.actor("director")
    with stage.service.database.read() as connection:
        file = read_file(
            connection, street_id=stage.street_id, content=content, filename=name, actor=actor, now=now
        )  # fmt: skip
    account = stage.write(
        "director", lambda connection, actor, now: import_opening_stock(connection, file, actor=actor, now=now)
    )
    refused = [row for row in account.rows if row.fate is not Fate.ENTERED]
    if refused:
        raise RuntimeError(f"rows of the opening stock were refused: {refused}")


def _workbook(stock: list[OnPaper]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    filings = [
        {
            "community": each.group.community, "organization": each.group.name,
            "number": f"示例备〔{each.signed_on.year}〕{place:02d}号", "signed_on": each.signed_on,
            "valid_until": each.until, "paper": f"{each.signed_on.year}年备案档案第1盒第{place}件",
        }
        for place, each in enumerate(stock, start=1)
    ]  # fmt: skip
    ratings = [
        {
            "community": each.group.community, "organization": each.group.name, "kind": "星级", "band": each.stars,
            "announced_on": _years_before(each.stars_until + timedelta(days=1), _THREE_YEARS),
            "valid_until": each.stars_until, "paper": "星级评定结果公告（纸质存档）",
        }
        for each in stock
        if each.stars_until is not None
    ]  # fmt: skip
    for kind, rows in ((Kind.FILING, filings), (Kind.RATING, ratings)):
        _fill(book, kind, rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(book: Workbook, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> None:
    layout = SHEETS[kind]
    sheet = book.create_sheet(layout.title.zh)
    sheet.append([column.title.zh for column in layout.columns])
    for row in rows:
        sheet.append([row.get(column.key, "") for column in layout.columns])


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)
