"""A survey's file read whole: every row with its fate, and an account of every sheet."""

from __future__ import annotations

import re

from incubator.errors import Invalid
from incubator.services.survey.communities import community_in_text, community_of_sheet
from incubator.services.survey.dates import read_date
from incubator.services.survey.headings import Heading, expected, find_heading, holds_identity_numbers
from incubator.services.survey.judging import suspect_duplicates
from incubator.services.survey.layout import is_subtotal, kind_above, kind_below, stated_total
from incubator.services.survey.readings import Field, SheetReading, SkipKind, SkippedRow, Survey, SurveyRow
from incubator.services.survey.row_reading import RowReader
from incubator.services.survey.sheets import Sheet, open_sheets
from incubator.services.survey.vocabulary import Vocabulary
from incubator.text import Text
from incubator.wording import plain, squeeze

_UNIT = re.compile(r"(?:填表|填报|上报|报送)?单位(?:[(（]盖章[)）])?[:：]\s*([^\s:：]+)")
_DATED = re.compile(
    r"(?:(?:填表|填报|上报|制表|报送|调查|统计)(?:日期|时间)|^日期|date)\s*[:：]\s*(\S+)", re.IGNORECASE
)
_OWN_COLUMNS = {Field.NUMBER, Field.REASON, Field.ORIGIN_SHEET, Field.ORIGIN_ROW}


def read_survey(content: bytes, filename: str, vocabulary: Vocabulary, *, community: str | None = None) -> Survey:
    """The survey in a file: .xlsx, .xlsm, or a text table (csv, tsv) in UTF-8, UTF-16 or GB18030.

    Every row that is not blank is either in `rows`, with its fate, or in its sheet's `header_rows` or `skipped`.
    `community` is what rows belong to where neither they nor their sheet say it. Raises Invalid, saying what to do,
    for a file that cannot be read or has no heading that is recognised.
    """
    sheets = open_sheets(content, filename)
    headings = [find_heading(sheet) for sheet in sheets]
    if not any(headings):
        raise _no_heading(sheets, filename)
    otherwise = community or community_in_text(filename.rsplit(".", 1)[0], vocabulary.communities)
    rows: list[SurveyRow] = []
    accounts: list[SheetReading] = []
    for sheet, heading in zip(sheets, headings, strict=True):
        read, account = _read_sheet(sheet, heading, vocabulary, otherwise)
        rows.extend(read)
        accounts.append(account)
    return Survey(rows=tuple(suspect_duplicates(rows)), sheets=tuple(accounts))


def _read_sheet(
    sheet: Sheet, heading: Heading | None, vocabulary: Vocabulary, otherwise: str | None
) -> tuple[list[SurveyRow], SheetReading]:
    if heading is None:
        skipped = tuple(
            SkippedRow(row, SkipKind.NO_HEADING, _line(sheet, row))
            for row in range(1, sheet.last_row + 1)
            if sheet.own(row)
        )
        note = Text("没有识别到表头，整张工作表未读取。", "No heading was recognised: the whole sheet was left unread.")
        return [], SheetReading(sheet.name, skipped=skipped, notes=(note,) if skipped else ())
    above = _above(sheet, heading)
    community, notes = _community(sheet, above, vocabulary, otherwise)
    survey_date = next((date for each in above for date in _dates(each.text)), None)
    if not survey_date:
        below = range(heading.rows[-1] + 1, sheet.last_row + 1)
        lines = (_line(sheet, row) for row in below if kind_below(sheet, row, heading) is SkipKind.SIGNATURE)
        survey_date = next((date for line in lines for date in _dates(line)), None)
    rows, header_rows, below_heading = _read_rows(sheet, heading, vocabulary, community, survey_date)
    account = SheetReading(
        sheet=sheet.name,
        community=community,
        survey_date=survey_date,
        header_rows=header_rows,
        columns=heading.columns,
        skipped=(*above, *below_heading),
        notes=(*notes, *_column_notes(heading), *_total_notes(below_heading)),
    )
    return rows, account


def _read_rows(
    sheet: Sheet, heading: Heading, vocabulary: Vocabulary, community: str | None, survey_date: str | None
) -> tuple[list[SurveyRow], tuple[int, ...], list[SkippedRow]]:
    rows: list[SurveyRow] = []
    skipped: list[SkippedRow] = []
    above: RowReader | None = None
    section_from = 0
    header_rows = heading.rows
    again: set[int] = set()
    for row in range(heading.rows[-1] + 1, sheet.last_row + 1):
        kind = SkipKind.HEADING if row in again else kind_below(sheet, row, heading)
        if kind is None:
            reader = RowReader(sheet, row, heading, vocabulary)
            rows.append(reader.read(above, community, survey_date))
            above = reader
            continue
        line = _line(sheet, row)
        stated = listed = None
        if kind is SkipKind.HEADING and row not in again:
            # A second table below the first may have its columns in another order.
            heading = find_heading(sheet, row, within=1) or heading
            again = set(heading.rows)
        elif kind is SkipKind.SECTION:
            community = _section_community(line, vocabulary) or community
        elif kind is SkipKind.TOTAL:
            stated = stated_total(sheet, row, heading)
            listed = len(rows) - section_from if is_subtotal(line) else len(rows)
            section_from = len(rows)
        skipped.append(SkippedRow(row, kind, line, stated, listed))
    return rows, header_rows, skipped


def _above(sheet: Sheet, heading: Heading) -> tuple[SkippedRow, ...]:
    rows = [(row, sheet.own(row)) for row in range(1, heading.rows[0])]
    return tuple(
        SkippedRow(row, kind_above(cells) if cells else SkipKind.BLANK, _line(sheet, row)) for row, cells in rows
    )


def _community(
    sheet: Sheet, above: tuple[SkippedRow, ...], vocabulary: Vocabulary, otherwise: str | None
) -> tuple[str | None, tuple[Text, ...]]:
    """The community a sheet is about: by its 填表单位, its name, its title; a note where these disagree."""
    known = vocabulary.communities
    units = [found for each in above for found in _UNIT.findall(each.text)]
    said = [community_of_sheet(unit, known) for unit in units]
    said.append(community_of_sheet(sheet.name, known))
    said.extend(community_in_text(each.text, known) for each in above if each.kind is SkipKind.TITLE)
    found = [each for each in said if each]
    if not found:
        return otherwise, ()
    if len(set(found)) == 1:
        return found[0], ()
    zh = f"工作表“{sheet.name}”中社区名称不一致（{'、'.join(dict.fromkeys(found))}），按“{found[0]}”读取，请核实。"
    en = f"Sheet “{sheet.name}” names several communities ({', '.join(dict.fromkeys(found))}); read as “{found[0]}”: please check."
    return found[0], (Text(zh, en),)


def _section_community(line: str, vocabulary: Vocabulary) -> str | None:
    text = re.sub(r"^[(（]?[一二三四五六七八九十\d]+[)）]?[、.．\s]*", "", line)
    return community_of_sheet(text, vocabulary.communities)


def _column_notes(heading: Heading) -> tuple[Text, ...]:
    notes: list[Text] = []
    for column in heading.columns:
        if column.field is not None and column.field not in _OWN_COLUMNS | {Field.NAME}:
            continue
        if column.field is None and holds_identity_numbers(column.heading):
            zh = f"{column.ref}“{column.heading}”为身份证号码，摸底不需要，未读取。"
            notes.append(
                Text(zh, f"{column.ref} “{column.heading}” holds identity numbers, which a survey needs not: not read.")
            )
        elif column.field is None:
            zh = f"{column.ref}“{column.heading}”未能识别，按原文保留在组织的其他信息中。"
            en = f"{column.ref} “{column.heading}” was not recognised; it is kept as it stands among the other particulars."
            notes.append(Text(zh, en))
    return tuple(notes)


def _total_notes(skipped: list[SkippedRow]) -> tuple[Text, ...]:
    return tuple(
        Text(
            f"第 {each.row} 行合计为 {each.stated}，实际列出 {each.listed} 行，请核实。",
            f"Row {each.row} states a total of {each.stated}, but {each.listed} rows are listed: please check.",
        )
        for each in skipped
        if not each.agrees
    )


def _dates(text: str) -> list[str]:
    found = (read_date(match.rstrip("。;；,，)）")) for match in _DATED.findall(_plain_words(text)))
    return [date for date in found if date]


def _plain_words(text: str) -> str:
    """The text in compatibility forms, word by word."""
    return " ".join(plain(word) for word in text.split())


def _line(sheet: Sheet, row: int) -> str:
    return " ".join(" ".join(cell.text.split()) for cell in sheet.own(row))


def _no_heading(sheets: list[Sheet], filename: str) -> Invalid:
    names = "、".join(f"“{sheet.name}”" for sheet in sheets if squeeze(sheet.name)) or f"“{filename}”"
    zh = (
        f"文件“{filename}”的工作表{names}中没有识别到表头。表头应在前 20 行内，至少有“组织名称”和另外一列，"
        f"可用的列有：{expected()}。请补上表头后再导入。"
    )
    en = (
        f"No heading was recognised in “{filename}” (sheets: {names}). Within the first 20 rows there must be one with the "
        f"organization's name and at least one thing more, of: {expected()}. Add it and import again."
    )
    return Invalid(Text(zh, en))
