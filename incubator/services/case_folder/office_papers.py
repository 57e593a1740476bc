"""Word and Excel documents as blocks of our own pages: their words and tables; the file itself is attached beside."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
import openpyxl
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from incubator.services.case_folder.copying import Unreadable
from incubator.services.case_folder.plan import Block, Facts, Grid, Heading, Words
from incubator.services.uploads import DOCX
from incubator.text import Text

# What a page can show of a table; whoever needs more opens the attached file.
_ROWS, _COLUMNS, _BLOCKS = 1500, 12, 3000
_LARGEST = 200 * 1024 * 1024  # bytes unpacked
_CUT = Text("以下内容从略，全文见所附原件。", "The rest is left out here: see the attached file.")
_PICTURES = Text("原件含有图片，见所附原件。", "The file holds pictures: see the attached file.")
_EMPTY = Text("原件没有可排印的文字，见所附原件。", "The file holds no words to print: see the attached file.")


def blocks_of(content: bytes, media_type: str) -> tuple[Block, ...]:
    """What a document of that type says. Raises Unreadable where it is damaged."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise Unreadable("too large when unpacked")
        told = list(_of_word(content) if media_type == DOCX else _of_excel(content))
    except Unreadable:
        raise
    except Exception as fault:  # whatever breaks in a damaged file
        raise Unreadable(str(fault)) from fault
    if len(told) > _BLOCKS:
        told = [*told[:_BLOCKS], Words(_CUT, quiet=True)]
    return tuple(told) or (Words(_EMPTY, quiet=True),)


def _of_word(content: bytes) -> Iterator[Block]:
    document = docx.Document(BytesIO(content))
    for part in document.iter_inner_content():
        if isinstance(part, Paragraph):
            words = part.text.strip()
            if words:
                style = str(part.style.name) if part.style is not None else ""
                yield Heading(_same(words)) if style.startswith(("Heading", "Title")) else Words(_same(words))
        elif isinstance(part, WordTable):
            yield from _grid(_rows_of(part))
    if document.inline_shapes:
        yield Words(_PICTURES, quiet=True)


def _rows_of(table: WordTable) -> Iterator[list[str]]:
    for row in table.rows:
        cells, last = [], None
        for cell in row.cells:
            if cell._tc is not last:  # a merged cell is given once for each column that it covers
                cells.append(cell.text.strip())
            last = cell._tc
        yield cells


def _of_excel(content: bytes) -> Iterator[Block]:
    workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
            blocks = list(_grid(rows))
            if blocks and len(workbook.worksheets) > 1:
                yield Heading(_same(sheet.title))
            yield from blocks
    finally:
        workbook.close()


def _grid(rows: Iterator[list[str]]) -> Iterator[Block]:
    shown: list[list[str]] = []
    cut = False
    for row in rows:
        if not any(row):
            continue
        if len(shown) >= _ROWS:
            cut = True
            break
        shown.append(row)
    if not shown:
        return
    wide = max(max((place + 1 for place, cell in enumerate(row) if cell), default=1) for row in shown)
    if wide > _COLUMNS:
        cut, wide = True, _COLUMNS
    if wide == 2 and len({len(row) for row in shown}) == 1 and all(len(row[0]) <= 16 for row in shown):
        yield Facts(tuple((_same(row[0]), _same(row[1])) for row in shown))
    elif wide == 1:
        for row in shown:
            yield Words(_same(row[0]))
    else:
        even = [(row + [""] * wide)[:wide] for row in shown]
        lengths = [sorted(len(row[place]) for row in even)[len(even) * 9 // 10] for place in range(wide)]
        widths = tuple(min(30, max(4, length)) for length in lengths)
        yield Grid((), tuple(tuple(_same(cell) for cell in row) for row in even), widths)
    if cut:
        yield Words(_CUT, quiet=True)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _same(words: str) -> Text:
    return Text(words, words)
