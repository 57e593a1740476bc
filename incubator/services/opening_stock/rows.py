"""The opening stock's workbook read into rows, sheet by sheet, whatever stands above the headings and in whatever order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incubator.errors import Invalid
from incubator.services.opening_stock.account import Reason, StockRow
from incubator.services.opening_stock.cells import Choice, read_cell
from incubator.services.opening_stock.layout import EXPLANATION, LAYOUT, LISTS, Column, Kind, SheetLayout
from incubator.services.survey.sheets import Cell, Sheet, column_letters, open_sheets
from incubator.text import Text
from incubator.wording import is_ditto, is_unknown, squeeze

Options = Mapping[str, Sequence[Choice]]

_HEADINGS_WITHIN = 20
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "total"})
_NUMBERING = frozenset({"序号", "编号", "no", "number"})


@dataclass(frozen=True, slots=True)
class ReadStock:
    """The rows of a file in the order in which they are entered, and what is to be said of its sheets."""

    rows: tuple[StockRow, ...]
    notes: tuple[Text, ...]


def read_rows(content: bytes, filename: str, options: Options) -> ReadStock:
    """The rows of a workbook (.xlsx) or of one sheet as a text table (csv, by the file's name).

    Raises Invalid, saying what to do, for a file that cannot be read or has none of the sheets.
    """
    rows: dict[Kind, list[StockRow]] = {layout.kind: [] for layout in LAYOUT}
    notes: list[Text] = []
    known = False
    for sheet in open_sheets(content, filename):
        layout = _layout_of(sheet)
        if layout is None:
            if sheet.cells and sheet.name not in (EXPLANATION.zh, LISTS.zh):
                notes.append(
                    Text(
                        f"工作表“{sheet.name}”不是期初数据的工作表，未读取。",
                        f"Sheet “{sheet.name}” is none of the opening stock: it was left unread.",
                    )
                )
            continue
        known = True
        read, told = _read_sheet(sheet, layout, options)
        rows[layout.kind] += read
        notes += told
    if not known:
        names = "、".join(layout.title.zh for layout in LAYOUT)
        raise Invalid(
            Text(
                f"文件“{filename}”中没有期初数据的工作表。工作表应命名为：{names}。请下载空白模板填写。",
                f"“{filename}” has none of the sheets of the opening stock, which are called: {names}. Fill in the template.",
            )
        )
    return ReadStock(tuple(row for read in rows.values() for row in read), tuple(notes))


def _layout_of(sheet: Sheet) -> SheetLayout | None:
    name = squeeze(sheet.name)
    return next((each for each in LAYOUT if name in {squeeze(each.title.zh), squeeze(each.title.en)}), None)


def _read_sheet(sheet: Sheet, layout: SheetLayout, options: Options) -> tuple[list[StockRow], list[Text]]:
    heading, columns = _headings(sheet, layout)
    filled = [row for row in range(1, sheet.last_row + 1) if sheet.own(row)]
    if not columns:
        if not filled:
            return [], []
        names = "、".join(column.title.zh for column in layout.columns if column.required)
        return [], [
            Text(
                f"工作表“{sheet.name}”没有识别到表头，整张未读取。表头至少应有：{names}。",
                f"Sheet “{sheet.name}” has no headings that are known and was left unread. It needs at least: {names}.",
            )
        ]
    notes = [
        Text(
            f"工作表“{sheet.name}”缺少“{column.title.zh}”列，该列必填。",
            f"Sheet “{sheet.name}” lacks the column “{column.title.zh}”, which is needed.",
        )
        for column in layout.columns
        if column.required and column.key not in columns
    ]
    rows: list[StockRow] = []
    above: dict[str, Cell] = {}
    for row in filled:
        if row <= heading or _is_total(sheet, row) or not _says_something(sheet, row, columns):
            continue
        rows.append(_read_row(sheet, layout, row, columns, above, options))
    return rows, notes


def _headings(sheet: Sheet, layout: SheetLayout) -> tuple[int, dict[str, int]]:
    """The row that holds most of the headings, and where each column stands; nothing where no row holds two."""
    meanings = {
        squeeze(word): column.key
        for column in layout.columns
        for word in (column.title.zh, column.title.en, *column.also)
    }
    best: tuple[int, dict[str, int]] = (0, {})
    for row in range(1, min(sheet.last_row, _HEADINGS_WITHIN) + 1):
        found: dict[str, int] = {}
        for cell in sheet.own(row):
            # 依据材料* and 依据材料（必填） are as good.
            word = squeeze(cell.text.replace("必填", "").replace("*", ""))
            if word in meanings:
                found.setdefault(meanings[word], cell.column)
        if len(found) > max(1, len(best[1])):
            best = row, found
    return best


def _is_total(sheet: Sheet, row: int) -> bool:
    return squeeze(sheet.own(row)[0].text) in _TOTALS


def _says_something(sheet: Sheet, row: int, columns: Mapping[str, int]) -> bool:
    """Whether a row says more than its number, which tables are numbered with beforehand."""
    return any(cell.column in columns.values() and squeeze(cell.text) not in _NUMBERING for cell in sheet.own(row))


def _read_row(
    sheet: Sheet, layout: SheetLayout, row: int, columns: Mapping[str, int], above: dict[str, Cell], options: Options
) -> StockRow:
    """One row; `above` are the cells that 同上 speaks of, and is moved on."""
    values: dict[str, Any] = {}
    refs: dict[str, str] = {}
    reasons: list[Reason] = []
    texts: dict[str, str] = {}
    for column in layout.columns:
        place = columns.get(column.key)
        refs[column.key] = f"{column_letters(place)}{row}" if place else f"A{row}"
        cell = sheet.at(row, place) if place else None
        if cell is not None and cell.column != place:
            cell = None  # merged sideways: it speaks for its first column only
        if cell is not None and is_ditto(cell.text):
            cell = above.get(column.key)
            if cell is None:
                reasons.append(
                    _reason(
                        "ditto", column, refs, "写“同上”，但上一行没有内容", "says “as above”, but nothing stands above"
                    )
                )
                values[column.key] = None
                continue
        if cell is None:
            above.pop(column.key, None)
        else:
            above[column.key] = cell
            texts[column.key] = cell.text
        value, wrong = read_cell(column, cell.text if cell else "", options.get(column.options, ()))
        values[column.key] = value
        if wrong is not None:
            reasons.append(_reason("unreadable", column, refs, wrong.zh, wrong.en))
        elif value is None and column.required:
            unknown = "是必填项" if cell is None or is_unknown(cell.text) else "没有可用的内容"
            reasons.append(_reason("required", column, refs, f"{unknown}，请补充", "is needed: fill it in"))
    return StockRow(layout.kind, sheet.name, row, values, refs, tuple(reasons), texts)


def _reason(code: str, column: Column, refs: Mapping[str, str], zh: str, en: str) -> Reason:
    return Reason(code, Text(f"“{column.title.zh}”{zh}", f"“{column.title.en}” {en}"), refs[column.key])
