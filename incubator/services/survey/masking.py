"""What a survey says, as it may be kept and shown: telephone and identity numbers masked wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from incubator.services.personal import mask, mask_phone
from incubator.services.survey.readings import Field, Normalised, RawCell, SheetReading, SurveyRow
from incubator.text import Text
from incubator.wording import half_width

_GAP = r"[-—–－·.\s]"
_NUMBERS = re.compile(
    rf"(?<!\d)(?:\+?86{_GAP}?)?1[3-9](?:{_GAP}?\d){{9}}(?!\d)"  # a mobile number, however it is grouped
    rf"|(?<!\d)[(（]?0\d{{2,3}}[)）]?{_GAP}{{0,2}}\d{{3,4}}{_GAP}?\d{{4}}(?!\d)"  # a landline with its area code
    r"|(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)"  # an identity number
    r"|(?<=电话)[:：]?\s*\d{7,8}(?!\d)|(?<=座机)[:：]?\s*\d{7,8}(?!\d)"
)
# In a place for telephones every longer number is one, also one that nobody can dial.
_ANY = re.compile(rf"\d(?:{_GAP}?\d){{4,}}")
_OF_PEOPLE = {Field.PHONE, Field.LEADER}
_FOR_NUMBERS = re.compile(r"电话|手机|联系|号码|座机|phone|mobile|tel|contact", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL keeps in no text


def masked_text(text: str) -> str:
    """The text with every telephone and identity number in it masked, and without what no database keeps."""
    return _replaced(_NUMBERS, text, mask)


def masked_column(heading: str, text: str) -> str:
    """The text of a column of the survey's own; in one for telephones every longer number is masked."""
    return _masked(text, strictly=_FOR_NUMBERS.search(heading) is not None)


def number_in(text: str, heading: str = "") -> str | None:
    """The first telephone or identity number in a text, as it stands there; in a column for telephones any longer one."""
    patterns = (_NUMBERS, _ANY) if _FOR_NUMBERS.search(heading) else (_NUMBERS,)
    found = next(filter(None, (pattern.search(half_width(text)) for pattern in patterns)), None)
    return found[0].strip(":： \t") if found else None


def masked_row(row: SurveyRow) -> SurveyRow:
    """The row with the numbers in its values, cells, notes and reasons masked."""
    values = row.values
    people = tuple(f"{row.raw[field].ref}（" for field in _OF_PEOPLE if field in row.raw)
    return replace(
        row,
        values=replace(
            values,
            name=masked_text(values.name),
            leader=values.leader and masked_text(values.leader),
            phone=values.phone and mask_phone(values.phone),
            premises=values.premises and masked_text(values.premises),
            activity_frequency=values.activity_frequency and masked_text(values.activity_frequency),
            remark=values.remark and masked_text(values.remark),
        ),
        raw={key: _masked_cell(key, cell) for key, cell in row.raw.items()},
        normalised=tuple(map(_masked_normalised, row.normalised)),
        notes=tuple(_masked_pair(note, strictly=note.zh.startswith(people)) for note in row.notes),
        reasons=tuple(replace(reason, text=_masked_pair(reason.text)) for reason in row.reasons),
    )


def masked_sheet(sheet: SheetReading) -> SheetReading:
    """The account of a sheet with the numbers in its titles, signatures and notes masked."""
    return replace(
        sheet,
        skipped=tuple(replace(each, text=masked_text(each.text)) for each in sheet.skipped),
        notes=tuple(map(_masked_pair, sheet.notes)),
    )


def _masked_cell(key: str, cell: RawCell) -> RawCell:
    if key.startswith("column:"):
        return replace(cell, text=masked_column(key, cell.text))
    return replace(cell, text=_masked(cell.text, strictly=key in _OF_PEOPLE))


def _masked_normalised(change: Normalised) -> Normalised:
    strictly = change.field in _OF_PEOPLE
    new = None if change.new is None else _masked(change.new, strictly=strictly)
    return replace(change, old=_masked(change.old, strictly=strictly), new=new)


def _masked_pair(text: Text, *, strictly: bool = False) -> Text:
    return Text(_masked(text.zh, strictly=strictly), _masked(text.en, strictly=strictly))


def _masked(text: str, *, strictly: bool) -> str:
    return _replaced(_ANY, masked_text(text), mask_phone) if strictly else masked_text(text)


def _replaced(pattern: re.Pattern[str], text: str, by: Callable[[str], str]) -> str:
    # Found in half-width digits, which stand in the very places of the full-width ones.
    text = _UNSTORABLE.sub(" ", text)
    return "".join(_pieces(pattern, text, half_width(text), by))


def _pieces(pattern: re.Pattern[str], text: str, plain: str, by: Callable[[str], str]) -> Iterator[str]:
    done = 0
    for found in pattern.finditer(plain):
        yield text[done : found.start()]
        yield by(found[0])
        done = found.end()
    yield text[done:]
