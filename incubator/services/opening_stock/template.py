"""The empty workbook of the opening stock: an explanation, and a sheet of headings for each kind of row."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from incubator.clock import today
from incubator.engine import library
from incubator.services.opening_stock.cells import Choice
from incubator.services.opening_stock.layout import EXPLANATION, LAYOUT, LISTS, Column, Reads, SheetLayout
from incubator.services.opening_stock.rows import Options
from incubator.services.opening_stock.vocabulary import options_of
from incubator.services.streets import communities_of
from incubator.services.survey.sheets import column_letters
from incubator.text import Text

_ROWS = 1_000  # down to which lists are offered and cells are formatted
_FORMATS = {
    Reads.DAY: "yyyy-mm-dd",
    Reads.LAST_DAY: "yyyy-mm-dd",
    Reads.MONEY: "#,##0.00",
    Reads.PERCENT: "0.##%",
    Reads.WHOLE: "0",
}
_TITLE = Text("期初数据填写说明", "The opening stock: how to fill it in")
_RULES: tuple[Text, ...] = (
    Text(
        "期初数据是启用系统之前已经有的备案、挂靠、在办项目、评级和限制。它们作为历史录入，不补造任何审批。",
        "The opening stock is what there was before the service: filings, affiliations, running projects, ratings, restrictions. "
        "It is entered as history, and no approval is invented.",
    ),
    Text(
        "每一行都要在“依据材料”中写明出自哪份材料，没有依据的行不予录入。",
        "Each row cites its paper; a row without one is not entered.",
    ),
    Text(
        "带 * 的列必填。与上一行相同的可写“同上”，不适用的工作表留空即可。",
        "Columns marked * are needed. 同上 stands for what is above. Sheets that do not apply stay empty.",
    ),
    Text(
        "日期请写到日，如 2024-10-08；金额以元为单位。不要留下没有计算结果的公式。",
        "Days are written 2024-10-08, amounts in yuan. Leave no formula without a value.",
    ),
    Text(
        "导入前会逐行预览：能录入的录入，有误的说明原因，不影响其他行。改正后整份再导入一次即可，已录入的行不会重复。",
        "Every row is shown before it is entered: what is wrong is told and keeps no other row back. Mend it and import the whole "
        "file again; nothing is entered twice.",
    ),
    Text(
        "已经录入的行以后不能通过改表修改；确有变化或错误的，在系统中办理变更、更正。",
        "A row that was entered is not changed through the file: changes and corrections are made in the service.",
    ),
)  # fmt: skip


def empty_workbook(connection: Connection, *, street_id: int, now: datetime) -> bytes:
    """An .xlsx to be filled in, with the street's communities and its policy's lists. Raises NoPolicyInForce."""
    options = dict(options_of(library.policy_in_force(connection, street_id, today(now))))
    options["community"] = tuple(Choice(name, Text(name, name)) for name in communities_of(connection, street_id))
    return _workbook(options)


def _workbook(options: Options) -> bytes:
    # Here and not above: it takes long to load, and the web process starts without it.
    from openpyxl import Workbook

    workbook = Workbook()
    first = workbook.active
    assert first is not None
    first.title = EXPLANATION.zh
    _explain(first, options)
    lists = workbook.create_sheet(LISTS.zh)
    places = _write_lists(lists, options)
    for place, layout in enumerate(LAYOUT, start=1):
        _lay_out(workbook.create_sheet(layout.title.zh, place), layout, places)
    lists.sheet_state = "hidden"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _explain(sheet: Any, options: Options) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.append([f"{_TITLE.zh} / {_TITLE.en}"])
    sheet["A1"].font = Font(bold=True, size=14)
    for number, rule in enumerate(_RULES, start=1):
        sheet.append([f"{number}. {rule.zh}\n{rule.en}"])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=4)
        sheet.row_dimensions[sheet.max_row].height = 48
    for layout in LAYOUT:
        sheet.append([])
        sheet.append([f"{layout.title.zh} / {layout.title.en}", "", f"{layout.help.zh}\n{layout.help.en}"])
        for cell in sheet[sheet.max_row][:4]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7EEF7")
        sheet.append(["列 / Column", "必填 / Needed", "填什么 / What it says", "可填 / Choices"])
        for column in layout.columns:
            choices = "、".join(choice.name.zh for choice in options.get(column.options, ()))
            needed = "*" if column.required else ""
            sheet.append(
                [f"{column.title.zh} / {column.title.en}", needed, f"{column.help.zh}\n{column.help.en}", choices]
            )
    for letter, width in zip("ABCD", (34, 14, 70, 44), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)


def _write_lists(sheet: Any, options: Options) -> dict[str, str]:
    """Write each list down a column; answers where it stands."""
    places = {}
    named = sorted({column.options for layout in LAYOUT for column in layout.columns if column.options})
    for number, name in enumerate(named, start=1):
        choices = options.get(name, ())
        letter = column_letters(number)
        sheet.cell(1, number).value = name
        for row, choice in enumerate(choices, start=2):
            sheet.cell(row, number).value = choice.name.zh
        if choices:
            places[name] = f"'{LISTS.zh}'!${letter}$2:${letter}${len(choices) + 1}"
    return places


def _lay_out(sheet: Any, layout: SheetLayout, places: dict[str, str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    for number, column in enumerate(layout.columns, start=1):
        letter = column_letters(number)
        heading = sheet.cell(1, number)
        heading.value = column.title.zh + ("*" if column.required else "")
        heading.font, heading.alignment = Font(bold=True), Alignment(vertical="center", wrap_text=True)
        heading.fill = PatternFill("solid", fgColor="FCE9D4" if column.required else "E7EEF7")
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = _FORMATS.get(column.reads, "@")
        check = _validation(column, places, DataValidation)
        check.add(f"{letter}2:{letter}{_ROWS}")
        sheet.add_data_validation(check)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"


def _validation(column: Column, places: dict[str, str], validation: Any) -> Any:
    """What Excel offers and asks for in a column's cells; it warns only, the import judges."""
    formula = places.get(column.options)
    check = validation(type="list", formula1=formula, allow_blank=True) if formula else validation(allow_blank=True)
    check.errorStyle, check.showErrorMessage = "warning", formula is not None
    check.error = f"“{column.title.zh}”请从列表中选择"
    check.showInputMessage = True
    check.promptTitle, check.prompt = column.title.zh[:32], column.help.zh[:255]
    return check
