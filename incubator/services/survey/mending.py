"""Rows that were not taken, as a workbook to mend and import again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from incubator.services.survey.readings import LABELS, Fate, Field, SurveyRow
from incubator.services.survey.sheets import column_letters
from incubator.text import Language, Text
from incubator.wording import is_ditto

_SURVEY_FIELDS = tuple(
    field for field in Field if field not in {Field.REASON, Field.ORIGIN_SHEET, Field.ORIGIN_ROW, Field.NUMBER}
)
_ALWAYS = {Field.COMMUNITY, Field.NAME}
_TO_MEND = {Fate.REFUSED, Fate.SUSPECTED_DUPLICATE}
_SHEET = Text("待修改", "To mend")
_WIDTHS = {Field.NAME: 30, Field.REASON: 60, Field.COMMUNITY: 14, Field.PHONE: 16}


def mending_workbook(rows: Iterable[SurveyRow], language: str = Language.ZH) -> bytes:
    """An .xlsx of the refused and suspected rows among these: their columns as they stood, why, and where they came from.

    Once mended, `read_survey` reads it as it reads any survey. `同上` is written out, since the row above is not here.
    """
    # Here and not above: it takes long to load, and the web process starts without it.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    chosen = [row for row in rows if row.fate in _TO_MEND]
    fields = [field for field in _SURVEY_FIELDS if field in _ALWAYS or any(field.value in row.raw for row in chosen)]
    others = list(dict.fromkeys(key for row in chosen for key in row.raw if key.startswith("column:")))
    origin = (Field.REASON, Field.ORIGIN_SHEET, Field.ORIGIN_ROW)
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = _SHEET.read(language)
    headings = [LABELS[field].read(language) for field in fields] + [key.removeprefix("column:") for key in others]
    headings += [LABELS[field].read(language) for field in origin]
    for column, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, column)
        write_text(cell, heading)
        cell.font = Font(bold=True)
    for number, row in enumerate(chosen, start=2):
        texts = [_text(row, field) for field in fields] + [
            row.raw[key].text if key in row.raw else "" for key in others
        ]
        texts += [_why(row, language), row.sheet, str(row.row)]
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(number, column)
            write_text(cell, text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for column, field in enumerate([*fields, *(None for _ in others), *origin], start=1):
        sheet.column_dimensions[column_letters(column)].width = _WIDTHS.get(field, 14) if field else 14
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _text(row: SurveyRow, field: Field) -> str:
    if field is Field.COMMUNITY:
        return row.community or (row.raw[field.value].text if field.value in row.raw else "")
    cell = row.raw.get(field.value)
    if cell is None:
        return ""
    if not is_ditto(cell.text):
        return cell.text
    return next((each.new or "" for each in row.normalised if each.field is field), "")


def _why(row: SurveyRow, language: str) -> str:
    reasons = [f"{reason.ref}: {reason.text.read(language)}" for reason in row.reasons]
    return "\n".join([*reasons, *(note.read(language) for note in row.notes)])


def write_text(cell: Any, text: str) -> None:
    """Write as text, whatever it looks like: a name that begins with `=` is no formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) or None
    if cell.value is not None:
        cell.data_type = "s"
        cell.number_format = "@"
