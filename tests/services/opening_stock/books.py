"""Workbooks of the opening stock as an office fills them in, and their import into a street."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import numbers

from incubator.services.opening_stock.account import OpeningStock
from incubator.services.opening_stock.importing import import_opening_stock, read_file
from incubator.services.opening_stock.layout import SHEETS, Kind
from tests.procedures.world import Centre

Rows = Mapping[Kind, Sequence[Mapping[str, Any]]]
PAPER = "备案档案2023年第3盒"


def book(rows: Rows) -> bytes:
    """A workbook with the headings in Chinese; a row says its columns by key and cites PAPER where it says no other."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for kind, entries in rows.items():
        layout = SHEETS[kind]
        sheet = made.create_sheet(layout.title.zh)
        sheet.append([column.title.zh for column in layout.columns])
        for entry in entries:
            said = {"paper": PAPER, **entry}
            sheet.append([said.get(column.key) for column in layout.columns])
            for column, cell in zip(layout.columns, sheet[sheet.max_row], strict=True):
                if isinstance(cell.value, date):
                    cell.number_format = "yyyy-mm-dd"
                if column.key == "share" and isinstance(cell.value, float):
                    cell.number_format = numbers.FORMAT_PERCENTAGE
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def brought_in(
    centre: Centre, content: bytes | Rows, *, dry_run: bool = False, filename: str = "期初.xlsx", by: str = "director"
) -> OpeningStock:
    """The file imported by somebody, or shown to them."""
    file = content if isinstance(content, bytes) else book(content)
    actor, now = centre.people[by], centre.clock.now()
    with centre.database.read() as connection:
        read = read_file(connection, street_id=centre.street_id, content=file, filename=filename, actor=actor, now=now)
        if dry_run:
            return import_opening_stock(connection, read, actor=actor, now=now, dry_run=True)
    return centre.database.write(lambda connection: import_opening_stock(connection, read, actor=actor, now=now))


def fates(stock: OpeningStock) -> list[str]:
    """What became of each row, in the file's order."""
    return [row.fate.value for row in stock.rows]


def codes(stock: OpeningStock) -> list[list[str]]:
    """Why each row was refused."""
    return [[reason.code for reason in row.reasons] for row in stock.rows]
