"""The empty workbook: every sheet and column that the import reads, with the street's own lists."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from openpyxl import Workbook, load_workbook

from incubator.services.opening_stock.layout import LAYOUT, Kind
from incubator.services.opening_stock.template import empty_workbook
from tests.procedures.world import Centre
from tests.services.opening_stock.books import brought_in, fates


def test_the_template_is_read_as_it_is_filled_in(centre: Centre) -> None:
    with centre.database.read() as connection:
        content = empty_workbook(connection, street_id=centre.street_id, now=centre.clock.now())
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["填写说明", *(layout.title.zh for layout in LAYOUT), "选项"]
    assert "桂花社区" in [cell.value for row in book["选项"].rows for cell in row]
    empty = brought_in(centre, content, dry_run=True)
    assert (empty.rows, empty.notes) == ((), ())

    sheet = book[next(layout.title.zh for layout in LAYOUT if layout.kind is Kind.FILING)]
    headings = [cell.value for cell in sheet[1]]
    assert headings == ["社区", "组织名称*", "备案证号*", "签发日期*", "有效期起", "有效期止*", "依据材料*"]
    sheet.append(["桂花社区", "常青合唱团", "旧1号", date(2024, 1, 2), None, date(2027, 1, 1), "第1盒"])
    assert sheet.data_validations.dataValidation[0].formula1.startswith("'选项'!")
    stream = io.BytesIO()
    book.save(stream)
    assert fates(brought_in(centre, stream.getvalue())) == ["entered"]


def test_the_documentation_tells_of_every_sheet_and_column() -> None:
    for name in ("opening-stock.md", "opening-stock.zh-CN.md"):
        told = (Path(__file__).parents[3] / "docs" / name).read_text()
        for layout in LAYOUT:
            assert f"### {layout.title.zh}" in told, (name, layout.kind)
            missing = [column.title.zh for column in layout.columns if f"| {column.title.zh}" not in told]
            assert not missing, (name, layout.kind)


def test_a_table_as_offices_make_it_is_read(centre: Centre) -> None:
    """A title above, merged cells, 同上, numbers beforehand, a computed date, a total and a hidden note."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "备案"
    rows = [
        ["备案台账（２０２６年）"],
        ["序号", "社区", "组织名称", "备案证号（必填）", "签发日期", "有效期至", "依据"],
        [1, "桂花社区", "常青合唱团", "旧１号", "二〇二一年十月八日", 45572, "第1盒"],
        [2, None, None, "旧2号", "2024年10月9日", "２０２７.１０.８", "同上"],
        [3],
        ["合计", 2],
    ]
    for row in rows:
        sheet.append(row)
    for span in ("A1:G1", "B3:B4", "C3:C4"):
        sheet.merge_cells(span)
    other = book.create_sheet("通讯录")
    other.append(["无关"])
    stream = io.BytesIO()
    book.save(stream)
    done = brought_in(centre, stream.getvalue())
    assert fates(done) == ["entered", "entered"], [row.reasons for row in done.rows]
    assert [note.zh for note in done.notes] == ["工作表“通讯录”不是期初数据的工作表，未读取。"]
    assert centre.filings() == [
        ("旧1号", "replaced", date(2021, 10, 8), date(2024, 10, 7)), ("旧2号", "valid", date(2024, 10, 9), date(2027, 10, 8)),
    ]  # fmt: skip
