"""Surveys of other streets, built for the tests."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook


def workbook(rows: Iterable[Sequence[Any]], title: str = "桂花社区", merged: Sequence[str] = ()) -> bytes:
    """One sheet with these rows, from A1."""
    return workbooks({title: rows}, merged)


def workbooks(sheets: dict[str, Iterable[Sequence[Any]]], merged: Sequence[str] = ()) -> bytes:
    """Several sheets, the same cells merged on each."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(number, column).value = value
        for span in merged:
            sheet.merge_cells(span)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
