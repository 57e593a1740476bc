"""An .xlsx workbook opened into grids, with the ways in which a file can harm the machine closed first."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError, iterparse

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from incubator.errors import Invalid
from incubator.services.survey.sheets import MAX_COLUMNS, MAX_ROWS, Cell, Sheet, not_a_survey, too_many_rows
from incubator.text import Text

# What one upload may cost in memory: openpyxl needs some 0.5 KB a cell, and makes one for each place merged.
_MAX_UNPACKED = 64 * 1024 * 1024
_MAX_PARTS = 2_000
_MAX_CELLS = 400_000
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def open_workbook(content: bytes, filename: str) -> list[Sheet]:
    """The worksheets of a workbook, hidden ones too, with the values that its formulas last gave.

    A formula without a stored value is read as its own text, so that it shows up as something nobody could read.
    Raises Invalid for a damaged, oversized or otherwise unreadable file.
    """
    lacks_values = _inspect(content, filename)
    values = _load(content, filename, data_only=True)
    formulas = _load(content, filename, data_only=False) if lacks_values else None
    try:
        return [_sheet(sheet, formulas, filename) for sheet in values.worksheets]
    finally:
        values.close()


def _inspect(content: bytes, filename: str) -> bool:
    """Refuse what would cost too much to load; whether some formula lacks its value."""
    lacks_values = False
    cells = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            # A part cannot unpack to more than it declares: zipfile stops reading there.
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise _too_large(filename)
            if "xl/workbook.xml" not in archive.namelist() and "[Content_Types].xml" not in archive.namelist():
                raise not_a_survey(filename)
            for part in parts:
                if not part.filename.endswith((".xml", ".rels")):
                    continue
                data = archive.read(part)
                if any(mark in data for mark in _DOCTYPES):
                    raise not_a_survey(filename)
                if part.filename.startswith("xl/") and b"sheetData" in data:
                    used, lacking = _inspect_sheet(data, filename)
                    cells += used
                    lacks_values = lacks_values or lacking
                    if cells > _MAX_CELLS:
                        raise _too_large(filename)
    except Invalid:
        raise
    except Exception as error:  # a damaged archive fails in as many ways as zipfile, zlib and expat have
        raise _damaged(filename) from error
    return lacks_values


def _inspect_sheet(data: bytes, filename: str) -> tuple[int, bool]:
    """How many cells a sheet makes, merged ones included, and whether one of its formulas lacks its value."""
    cells = 0
    lacks = False
    try:
        for _, element in iterparse(io.BytesIO(data)):  # noqa: S314 - no DTD, see above
            tag = element.tag.rpartition("}")[2]
            if tag == "c":
                cells += 1
                children = {child.tag.rpartition("}")[2]: child for child in element}
                value = children.get("v")
                lacks = lacks or ("f" in children and (value is None or not value.text))
            elif tag == "mergeCell":
                left, top, right, bottom = (int(side or 0) for side in range_boundaries(element.get("ref") or "A1"))
                cells += max(0, right - left + 1) * max(0, bottom - top + 1)
            if tag in {"row", "mergeCell"}:
                element.clear()
            if cells > _MAX_CELLS:
                raise _too_large(filename)
    except ParseError as error:
        raise _damaged(filename) from error
    return cells, lacks


def _load(content: bytes, filename: str, *, data_only: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl leaves out; they hold no values
            return load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False)
    except Exception as error:  # openpyxl answers a damaged part with whatever broke
        raise _damaged(filename) from error


def _sheet(worksheet: Worksheet, formulas: Workbook | None, filename: str) -> Sheet:
    sheet = Sheet(name=worksheet.title)
    merged = {(span.min_row, span.min_col): span for span in worksheet.merged_cells.ranges}
    spread: list[Cell] = []
    for row, column, value, number_format in _filled(worksheet, formulas):
        if row > MAX_ROWS or column > MAX_COLUMNS:
            raise too_many_rows(filename, worksheet.title)
        text = _text(value, number_format)
        if not text.strip():
            continue
        span = merged.get((row, column))
        cell = Cell(
            row,
            column,
            text,
            numeric=isinstance(value, float) and "." in text and "0.0" not in number_format,
            rows=span.max_row - row + 1 if span else 1,
            columns=span.max_col - column + 1 if span else 1,
        )
        sheet.put(cell)
        if span:
            spread.append(cell)
    # Only now is it known how far the sheet is used: a title merged wider must not widen the table.
    for cell in spread:
        sheet.spread(cell)
    return sheet


def _filled(worksheet: Worksheet, formulas: Workbook | None) -> Iterator[tuple[int, int, Any, str]]:
    written = formulas[worksheet.title] if formulas is not None else None
    # iter_rows would make a cell for every empty place up to a stray one far away.
    for (row, column), cell in sorted(worksheet._cells.items()):
        value: Any = cell.value
        if value is None and isinstance(written, Worksheet):
            value = written.cell(row, column).value
            value = getattr(value, "text", value)  # an array formula is an object
        if value is not None:
            yield row, column, value, cell.number_format or "General"


def _text(value: Any, number_format: str) -> str:
    """What a person sees in the cell, as far as it decides the meaning: a date shown as year and month says no day."""
    if isinstance(value, datetime | date):
        shown = number_format.lower()
        shown = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", shown)
        if "y" in shown and "d" not in shown:
            return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float) and "%" in number_format:
        return f"{round(value * 100, 6):g}%"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15 and "0.0" not in number_format:
            return str(int(value))
        decimals = re.search(r"0\.(0+)", number_format)
        return f"{value:.{len(decimals[1])}f}" if decimals else repr(value)
    return str(value)


def _damaged(filename: str) -> Invalid:
    zh = f"文件“{filename}”已损坏或设有密码，无法打开。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。"
    en = f"The file “{filename}” is damaged or protected: open it in Excel or WPS, save it as .xlsx and import that."
    return Invalid(Text(zh, en))


def _too_large(filename: str) -> Invalid:
    zh = f"文件“{filename}”展开后过大，请删去多余的行列和合并区域，或拆分后导入。"
    en = f"The file “{filename}” unpacks to too much: delete the rows, columns and merged areas not needed or split it."
    return Invalid(Text(zh, en))
