"""Nothing is dropped, and what was not taken comes back to be mended and read again."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from incubator.services.survey import Fate, SkipKind, mending_workbook, read_survey

from .tables import workbook
from .vocabulary import SICHUAN, SICHUAN_STREET

SAMPLE = files("incubator.samples").joinpath("survey.xlsx").read_bytes()


def test_the_samples_refused_rows_come_back_and_once_mended_are_read() -> None:
    survey = read_survey(SAMPLE, "survey.xlsx", SICHUAN_STREET)
    content = mending_workbook(survey.rows)
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[-3:] == ["原因", "原工作表", "原行号"]
    rows = [dict(zip(headings, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert [(row["原工作表"], row["原行号"]) for row in rows] == [
        ("桂花社区", "25"), ("桂花社区", "26"), ("东门社区", "29"), ("东门社区", "30"), ("水井社区", "23"), ("新桥社区", "26"),
        ("北塔社区", "30"),
    ]  # fmt: skip
    # The row above is not in this workbook, so 同上 is written out.
    assert rows[4]["联系电话"] == "13800006251"
    assert "没有填写组织名称" in str(rows[5]["原因"])

    sheet.cell(2, headings.index("组织名称") + 1).value = "夕阳红诗社"
    sheet.cell(2, headings.index("备注") + 1).value = None
    sheet.cell(7, headings.index("组织名称") + 1).value = "新桥合唱团"
    sheet.cell(7, headings.index("类别") + 1).value = "文体"
    stream = io.BytesIO()
    book.save(stream)
    again = read_survey(stream.getvalue(), "待修改.xlsx", SICHUAN_STREET)
    assert len(again.rows) == 7
    mended = {row.values.name: row for row in again.rows if row.fate in {Fate.ACCEPTED, Fate.NORMALISED}}
    assert mended["夕阳红诗社"].community == "桂花社区"
    assert mended["夕阳红诗社"].values.phone == "13800008728"
    assert mended["新桥合唱团"].community == "新桥社区"
    assert {row.values.name for row in again.rows if row.fate is Fate.REFUSED} == {
        "桂花园小区业主委员会", "东门家政服务部", "水井社区居委会妇联小组", "北塔3号楼楼组自治小组",
    }  # fmt: skip


def test_a_value_that_looks_like_a_formula_comes_back_as_text() -> None:
    content = 'name,leader,经费\n=HYPERLINK("x"),甲,=1+1\n'.replace('("x")', "(x)").encode()
    rows = read_survey(content, "a.csv", SICHUAN).rows
    [back] = read_survey(mending_workbook(rows, "en"), "b.xlsx", SICHUAN).rows
    assert back.raw["name"].text == "=HYPERLINK(x)"
    sheet = load_workbook(io.BytesIO(mending_workbook(rows))).worksheets[0]
    assert all(cell.data_type == "s" for cell in sheet[2] if cell.value is not None)


def test_rows_that_were_taken_are_not_in_the_workbook_to_mend() -> None:
    rows = read_survey(workbook([["组织名称", "负责人"], ["甲队", "甲"]]), "a.xlsx", SICHUAN).rows
    assert load_workbook(io.BytesIO(mending_workbook(rows))).worksheets[0].max_row == 1


CELL = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "甲队",
            "乙队（重复）",
            "同上",
            "合计",
            "5个",
            "填表人：",
            "说明：x",
            "业委会",
            "不详",
            "1",
            "十几人",
            "组织名称",
            "负责人",
        ]
    ),
    st.text(max_size=8).map(lambda text: text.replace("\x00", "").replace("\r", " ").replace("\n", " ")),
)


@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=12), st.integers(0, 3))
@settings(deadline=None, max_examples=150)
def test_every_row_of_any_sheet_is_accounted_for_and_mending_reads_again(body: list[list[str]], titles: int) -> None:
    heading = ["序号", "组织名称", "负责人", "联系电话", "成员人数"]
    table = [["桂花社区调查表", "", "", "", ""]] * titles + [heading, *body]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([[cell.encode("utf-8", "ignore").decode() for cell in row] for row in table])
    content = stream.getvalue().encode()
    survey = read_survey(content, "桂花社区.csv", SICHUAN)
    grid = list(csv.reader(io.StringIO(content.decode(), newline="")))
    filled = [number for number, row in enumerate(grid, start=1) if any(cell.strip() for cell in row)]
    account = survey.sheets[0]
    told = [row.row for row in survey.rows] + list(account.header_rows)
    told += [skip.row for skip in account.skipped if skip.kind is not SkipKind.BLANK]
    assert sorted(told) == filled
    assert all(row.reasons for row in survey.rows if row.fate in {Fate.REFUSED, Fate.SUSPECTED_DUPLICATE})
    unfit = [row for row in survey.rows if row.fate in {Fate.REFUSED, Fate.SUSPECTED_DUPLICATE}]
    assert len(read_survey(mending_workbook(survey.rows), "b.xlsx", SICHUAN).rows) >= len(
        [r for r in unfit if r.values.name]
    )
