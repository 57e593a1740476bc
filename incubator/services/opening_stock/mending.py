"""Rows of the opening stock that were refused, as a workbook of the same sheets with the reasons, to mend and import again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from incubator.services.opening_stock.account import Fate, RowAccount
from incubator.services.opening_stock.layout import LAYOUT, SheetLayout
from incubator.services.survey.mending import write_text
from incubator.services.survey.sheets import column_letters
from incubator.text import Language, Text

_REASON, _ROW = Text("原因", "Reason"), Text("原行号", "Original row")
_REASON_WIDTH = 60


def mending_workbook(accounts: Iterable[RowAccount], language: str = Language.ZH) -> bytes:
    """An .xlsx of the refused rows among these, cells as they stood and `同上` written out; `read_rows` reads it as any.

    Only right after the reading: what stood in the cells is kept nowhere.
    """
    # Here and not above: it takes long to load, and the web process starts without it.
    from openpyxl import Workbook

    refused = [account for account in accounts if account.fate is Fate.REFUSED]
    workbook = Workbook()
    first = workbook.active
    for layout in LAYOUT:
        rows = [account for account in refused if account.row.kind is layout.kind]
        if rows:
            _write_sheet(workbook.create_sheet(layout.title.zh), layout, rows, language)
    if len(workbook.sheetnames) > 1 and first is not None:
        workbook.remove(first)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _write_sheet(sheet: Any, layout: SheetLayout, rows: Sequence[RowAccount], language: str) -> None:
    from openpyxl.styles import Alignment, Font

    headings = [column.title.zh + ("*" if column.required else "") for column in layout.columns]
    for number, heading in enumerate([*headings, _REASON.read(language), _ROW.read(language)], start=1):
        write_text(sheet.cell(1, number), heading)
        sheet.cell(1, number).font = Font(bold=True)
    for place, account in enumerate(rows, start=2):
        texts = [account.row.texts.get(column.key, "") for column in layout.columns]
        reasons = "\n".join(f"{each.ref}: {each.text.read(language)}" for each in account.reasons)
        for number, text in enumerate([*texts, reasons, str(account.row.row)], start=1):
            write_text(sheet.cell(place, number), text)
            sheet.cell(place, number).alignment = Alignment(vertical="top", wrap_text=True)
    for number, width in enumerate([*(column.width for column in layout.columns), _REASON_WIDTH, 10], start=1):
        sheet.column_dimensions[column_letters(number)].width = width
    sheet.freeze_panes = "A2"
