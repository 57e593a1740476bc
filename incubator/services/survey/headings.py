"""Headings recognised by meaning: where a table's heading stands, and which column says what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from incubator.services.survey.heading_words import EXACT, SUGGESTS
from incubator.services.survey.readings import ColumnReading, Field
from incubator.services.survey.sheets import Cell, Sheet, column_letters
from incubator.wording import squeeze

# Columns about other things that end in the same words.
_ABOUT_OTHERS = re.compile(
    r"身份证|证号|年龄|性别|职务|住址|出生|政治面貌|邮箱|电子邮件|微信|qq|民族|学历|指导员|指导单位|主管|挂靠|银行|账号|传真"
)
_IDENTITY = re.compile(r"身份证|证件号|idnumber|idcard|identity")
_EXACTLY = 100
_WITHIN = 20
_MOST_LINES = 3
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Heading:
    """A table's heading: its rows, every column that has one, and the column of each field recognised."""

    rows: tuple[int, ...]
    columns: tuple[ColumnReading, ...]
    by_field: dict[Field, int]
    others: dict[int, str]
    """The columns kept as they are under their own heading (not those of identity numbers)."""


def expected() -> str:
    """The headings that a survey should have, as a person would write them."""
    return "组织名称、类别、负责人、联系电话、成员人数、成立时间、活动场所、有无章程、党员情况、活动频次、备注"


def holds_identity_numbers(heading: str) -> bool:
    """Whether a column is of identity numbers, which a survey needs not and which are not taken over."""
    return _IDENTITY.search(squeeze(heading)) is not None


def find_heading(sheet: Sheet, start: int = 1, within: int = _WITHIN) -> Heading | None:
    """The heading that recognises most, of up to three lines, among the rows from `start`; None where there is none.

    A heading names at least the organizations' names and one thing more.
    """
    best: tuple[tuple[int, int], Heading] | None = None
    for top in range(start, min(start + within, sheet.last_row + 1)):
        if not sheet.own(top):
            continue
        for bottom in range(top, min(top + _MOST_LINES, sheet.last_row + 1)):
            if bottom > top and not _continues(sheet, top, bottom):
                break
            found = _heading(sheet, tuple(range(top, bottom + 1)))
            if found is None:
                continue
            rank, heading = found
            if best is None or rank > best[0]:
                best = rank, heading
    return best[1] if best else None


def names_a_heading(text: str) -> Field | None:
    """The field that these words exactly are a heading of."""
    word = squeeze(text)
    return next((field for field, words in EXACT.items() if word in words), None)


def _continues(sheet: Sheet, top: int, bottom: int) -> bool:
    """Whether the row is a further line of the heading: heading words only, or merged down from above."""
    cells = sheet.own(bottom)
    if not cells:
        return any(
            (cell := sheet.at(bottom, column)) and top <= cell.row < bottom
            for column in range(1, sheet.last_column + 1)
        )
    return all(_scores((cell.text,)) or _ABOUT_OTHERS.search(squeeze(cell.text)) for cell in cells)


def _heading(sheet: Sheet, rows: tuple[int, ...]) -> tuple[tuple[int, int], Heading] | None:
    texts: dict[int, tuple[str, ...]] = {}
    refs: dict[int, str] = {}
    for column in range(1, sheet.last_column + 1):
        cells = _stack(sheet, rows, column)
        if any(cell.row < rows[0] for cell in cells):
            return None  # merged down from a line above, which belongs to the heading too
        if cells:
            texts[column] = tuple(cell.text for cell in cells)
            refs[column] = f"{column_letters(column)}{cells[-1].row}"
    ranked = sorted(
        ((score, -column, field) for column, parts in texts.items() for field, score in _scores(parts).items()),
        key=lambda each: each[:2],
        reverse=True,
    )
    by_field: dict[Field, int] = {}
    total = 0
    for score, minus_column, field in ranked:
        if field not in by_field and -minus_column not in by_field.values():
            by_field[field] = -minus_column
            total += score
    # A title merged across the sheet answers in every column, and is one cell all the same.
    anchors = {id(sheet.at(rows[-1], column) or sheet.at(rows[0], column)) for column in by_field.values()}
    telling = [
        field for field in by_field if field not in {Field.NUMBER, Field.REASON, Field.ORIGIN_SHEET, Field.ORIGIN_ROW}
    ]
    if Field.NAME not in by_field or len(telling) < 2 or len(anchors) < 2:
        return None
    fields = {column: field for field, column in by_field.items()}
    labels = {column: "".join(_words(parts)) for column, parts in texts.items()}
    columns = tuple(ColumnReading(refs[column], labels[column], fields.get(column)) for column in texts)
    others = {
        column: labels[column]
        for column in texts
        if column not in fields and not holds_identity_numbers(labels[column])
    }
    return (len(by_field), total - len(rows)), Heading(rows, columns, by_field, others)


def _stack(sheet: Sheet, rows: Sequence[int], column: int) -> list[Cell]:
    """The heading's cells above a column; an unmerged group's name is found to the left, as a csv leaves it."""
    cells: list[Cell] = []
    for row in rows:
        cell = sheet.at(row, column)
        if cell is None and row != rows[-1] and sheet.at(rows[-1], column) is not None:
            left = next((c for c in range(column - 1, 0, -1) if sheet.at(row, c)), None)
            under = sheet.at(rows[-1], left) if left else None
            if left and under is not None and under.row == rows[-1]:
                cell = sheet.at(row, left)
        if cell is not None and cell not in cells:
            cells.append(cell)
    return cells


def _words(parts: Sequence[str]) -> list[str]:
    return [" ".join(part.split()) for part in parts]


def _scores(parts: Sequence[str]) -> dict[Field, int]:
    """How well a heading (its lines from the top) means each field."""
    if any(len(part) > _LONGEST for part in parts):
        return {}
    bare = [squeeze(re.sub(r"[(（\[【].*?[)）\]】]", "", part)) or squeeze(part) for part in parts]
    whole, last = "".join(bare), bare[-1]
    if not whole or len(whole) > 40 or _ABOUT_OTHERS.search(whole):
        return {}
    scores: dict[Field, int] = {}
    for field, words in EXACT.items():
        if whole in words:
            scores[field] = _EXACTLY
        elif last in words:
            scores[field] = _EXACTLY - 10
        else:
            longest = max((len(ending) for ending in SUGGESTS.get(field, ()) if whole.endswith(ending)), default=0)
            inside = max((len(ending) for ending in SUGGESTS.get(field, ()) if ending in whole), default=0)
            if longest and len(whole) <= 16:
                scores[field] = 60 + longest
            elif inside >= 2 and len(whole) <= 12:
                scores[field] = 30 + inside
    return scores
