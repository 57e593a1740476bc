"""A survey's file opened into grids of cells, whether it is a workbook or a text table."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from incubator.errors import Invalid
from incubator.text import Text

# What the machine can bear in one upload; no rule of the domain.
MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
_LONGEST_TEXT = 32_767  # what a spreadsheet can hold in a cell

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = (",", "\t", ";", "|", "，")
_LOOK_AT = 30


def column_letters(column: int) -> str:
    """A column by the letters that a spreadsheet shows, AA for 27; openpyxl knows it too, and takes long to load."""
    letters = ""
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text untouched, its 1-based place, and how far it is merged (`rows`, `columns`)."""

    row: int
    column: int
    text: str
    numeric: bool = False
    rows: int = 1
    columns: int = 1

    @property
    def ref(self) -> str:
        """The spreadsheet's name of the cell, `E12`."""
        return f"{column_letters(self.column)}{self.row}"

    @property
    def blank(self) -> bool:
        """Whether nothing but spaces stands in it."""
        return not self.text.strip()


@dataclass(slots=True)
class Sheet:
    """A grid; a merged cell answers for every place it covers."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0

    def put(self, cell: Cell) -> None:
        """Add a cell at its own place."""
        self.cells[cell.row, cell.column] = cell
        self.last_row, self.last_column = max(self.last_row, cell.row), max(self.last_column, cell.column)

    def spread(self, cell: Cell) -> None:
        """Let a merged cell answer for all of its places that lie within the sheet's used part."""
        for row in range(cell.row, min(cell.row + cell.rows - 1, self.last_row) + 1):
            for column in range(cell.column, min(cell.column + cell.columns - 1, self.last_column) + 1):
                self.cells[row, column] = cell

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that answers for this place, None where it is blank."""
        cell = self.cells.get((row, column))
        return None if cell is None or cell.blank else cell

    def own(self, row: int) -> list[Cell]:
        """The cells that are not blank and begin in this row, from the left."""
        return [cell for cell in self._row(row) if cell.row == row]

    def _row(self, row: int) -> Iterator[Cell]:
        previous = None
        for column in range(1, self.last_column + 1):
            cell = self.at(row, column)
            if cell is not None and cell is not previous:
                yield cell
            previous = cell


def open_sheets(content: bytes, filename: str) -> list[Sheet]:
    """The sheets of a workbook (.xlsx, .xlsm) or the one of a text table (csv, tsv; UTF-8, UTF-16 or GB18030).

    What the file is, is told by its content, not by its name. Raises Invalid, saying what to do, for anything else:
    empty, above 10 MB, encrypted, damaged, of another format, above 20,000 rows or 200 columns.
    """
    from incubator.services.survey.workbook import open_workbook

    if not content.strip():
        raise Invalid(
            Text(f"文件“{filename}”是空的，请重新选择文件。", f"The file “{filename}” is empty: choose it again.")
        )
    if len(content) > MAX_BYTES:
        zh = f"文件“{filename}”超过 10 MB，请拆分后分别导入。"
        raise Invalid(Text(zh, f"The file “{filename}” is larger than 10 MB: split it and import the parts."))
    if content[:4] == b"PK\x03\x04":
        return [_bounded(sheet, filename) for sheet in open_workbook(content, filename)]
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _old_or_encrypted(content, filename)
    return [_bounded(_table(_decode(content, filename), filename), filename)]


def _bounded(sheet: Sheet, filename: str) -> Sheet:
    for cell in sheet.cells.values():
        if len(cell.text) > _LONGEST_TEXT:
            zh = f"文件“{filename}”的工作表“{sheet.name}”单元格 {cell.ref} 文字过长，请删减后再导入。"
            en = f"Cell {cell.ref} on sheet “{sheet.name}” of “{filename}” is too long: shorten it and import again."
            raise Invalid(Text(zh, en))
    return sheet


def too_many_rows(filename: str, sheet: str) -> Invalid:
    """The refusal of a sheet above the limits."""
    zh = f"文件“{filename}”的工作表“{sheet}”超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请删去多余的行列或拆分后导入。"
    en = (
        f"Sheet “{sheet}” of “{filename}” has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns: "
        "delete what is not needed or split it."
    )
    return Invalid(Text(zh, en))


def not_a_survey(filename: str) -> Invalid:
    """The refusal of a file that is no table at all."""
    zh = f"文件“{filename}”不是可读取的表格，请另存为 .xlsx 或 .csv（UTF-8 或 GB18030）后再导入。"
    en = f"The file “{filename}” is no readable table: save it as .xlsx or .csv (UTF-8 or GB18030) and import that."
    return Invalid(Text(zh, en))


def _old_or_encrypted(content: bytes, filename: str) -> Invalid:
    if "EncryptedPackage".encode("utf-16-le") in content:
        zh = f"文件“{filename}”设有打开密码，请去掉密码后再导入。"
        return Invalid(Text(zh, f"The file “{filename}” is protected by a password: remove it and import again."))
    zh = f"文件“{filename}”是旧格式（.xls）文档，请用 Excel 或 WPS 另存为 .xlsx 后再导入。"
    return Invalid(
        Text(zh, f"The file “{filename}” has an old format (.xls): save it as .xlsx in Excel or WPS and import that.")
    )


def _decode(content: bytes, filename: str) -> str:
    encodings = [name for bom, name in _BOMS if content.startswith(bom)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise not_a_survey(filename)


def _table(text: str, filename: str) -> Sheet:
    def width(delimiter: str) -> int:
        try:
            first = list(itertools.islice(_records(text, delimiter), _LOOK_AT))
        except csv.Error:
            return 0
        return sum(max(0, sum(map(bool, row)) - 1) for row in first)

    try:
        # csv.Sniffer gives up on titles above the heading, so the delimiter is the one that cuts most.
        delimiter = max(_DELIMITERS, key=width)
        sheet = Sheet(name=_stem(filename))
        for number, record in enumerate(_records(text, delimiter), start=1):
            for column, value in enumerate(record, start=1):
                if not value.strip():
                    continue
                if number > MAX_ROWS or column > MAX_COLUMNS:
                    raise too_many_rows(filename, sheet.name)
                sheet.put(Cell(number, column, value))
    except csv.Error:
        raise not_a_survey(filename) from None
    return sheet


def _records(text: str, delimiter: str) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _stem(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or name or "csv"
