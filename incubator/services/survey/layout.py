"""What each row of a sheet is: one of the survey, or a title, a total, a signature, a section."""

from __future__ import annotations

import re

from incubator.services.survey.headings import Heading, names_a_heading
from incubator.services.survey.readings import Field, SkipKind
from incubator.services.survey.sheets import Cell, Sheet
from incubator.wording import plain, squeeze

_FORM = re.compile(
    r"(填表|填报|上报|制表|报送)(单位|日期|时间|人)|^(单位|日期|联系人)[:：]|preparedby|dateofsurvey", re.IGNORECASE
)
_EXPLANATION = re.compile(
    r"^[(（【\[]?(填表|填写)?(说明|须知|提示|要求|注意|注|备注)[:：0-9一1]|^(note|instructions?)s?[:：]", re.IGNORECASE
)
_TOTAL = re.compile(
    r"^(本?(社区|页|表|村)|全(街道|部|镇|乡))?(合计|总计|小计|共计|累计|总数|共有?(?=\d)|(grand|sub)?total)[:：]?"
    r"(共有?)?\d*[个家支户]?(社会组织|组织|团队|队伍)?[。.]?$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^[(（]?(填表|填报|制表|审核|审批|复核|经办|统计|上报|报送|盖章|公章|签字|签名|签章|(社区|单位)?(负责人|领导|主任|书记)(签字|签名|签章|[(（]))"
    r"(人|单位|日期|时间|负责人|员)?(签字|签名|签章)?[:：)）(（_]|^(盖章|公章|签字)$|^(preparedby|checkedby|signature|signed)",
    re.IGNORECASE,
)
_BOTTOM_LEADER = re.compile(r"^(社区|单位)?(负责人|联系人|联系电话|日期)[:：]")
_COUNTED = re.compile(r"(\d+)[个家支户]")
_WIDE = 3


def kind_above(cells: list[Cell]) -> SkipKind:
    """What a row above the heading is."""
    word = plain(cells[0].text)
    if _EXPLANATION.search(word):
        return SkipKind.EXPLANATION
    return SkipKind.FORM if any(_FORM.search(plain(cell.text)) for cell in cells) else SkipKind.TITLE


def kind_below(sheet: Sheet, row: int, heading: Heading) -> SkipKind | None:
    """What a row below the heading is, None for one of the survey."""
    cells = sheet.own(row)
    if not cells:
        return SkipKind.BLANK
    word = plain(cells[0].text)
    name_column = heading.by_field[Field.NAME]
    name = sheet.at(row, name_column)
    alone = len(cells) == 1
    wide = cells[0].columns >= _WIDE or cells[0].columns >= len(heading.columns)
    if _repeats(cells):
        return SkipKind.HEADING
    if _TOTAL.match(word) and not _filled(sheet, row, heading, Field.LEADER):
        return SkipKind.TOTAL
    if _SIGNATURE.search(word) or (
        _BOTTOM_LEADER.search(word) and cells[0].column != heading.by_field.get(Field.LEADER)
    ):
        return SkipKind.SIGNATURE
    if _EXPLANATION.search(word) and (alone or wide):
        return SkipKind.EXPLANATION
    if alone and (wide or (cells[0].column == heading.by_field.get(Field.NUMBER) and not word.isdigit())):
        return SkipKind.SECTION
    given = {cell.column for cell in cells} - {
        heading.by_field.get(Field.NUMBER),
        heading.by_field.get(Field.COMMUNITY),
    }
    # A name merged down from above makes this row a further line of that body, however little else it says.
    if not given and (name is None or name.row == row):
        return SkipKind.UNFILLED
    return None


def stated_total(sheet: Sheet, row: int, heading: Heading) -> int | None:
    """How many bodies a total row says there are; None where it does not say."""
    columns = {heading.by_field[Field.NAME], heading.by_field.get(Field.NUMBER)}
    for cell in sheet.own(row):
        word = plain(cell.text)
        found = _COUNTED.search(word) or (re.search(r"(\d+)", word) if _TOTAL.match(word) else None)
        if found is None and cell.column in columns:
            found = re.fullmatch(r"(\d+)", word)
        if found and len(found[1]) < 10:
            return int(found[1])
    return None


def is_subtotal(text: str) -> bool:
    """Whether a total counts only the rows since the last one."""
    return "小计" in text or "subtotal" in squeeze(text)


def _repeats(cells: list[Cell]) -> bool:
    """Whether a row is a heading once more: one of the names, among cells that are mostly headings."""
    named = [field for field in (names_a_heading(cell.text) for cell in cells) if field]
    return Field.NAME in named and len(set(named)) >= 2 and 2 * len(named) > len(cells)


def _filled(sheet: Sheet, row: int, heading: Heading, field: Field) -> bool:
    column = heading.by_field.get(field)
    cell = sheet.at(row, column) if column else None
    return cell is not None and cell.row == row and cell.column == column
