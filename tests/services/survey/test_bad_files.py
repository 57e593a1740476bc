"""Files that are no survey, damaged, or made to harm: a clear refusal, never a stack trace."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.errors import Invalid
from incubator.services.survey import read_survey, sheets

from .tables import workbook
from .vocabulary import SICHUAN

SAMPLE = files("incubator.samples").joinpath("survey.xlsx").read_bytes()


def repacked(content: bytes, part: str, change: tuple[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, re.sub(change[0], change[1], data.decode(), count=1).encode() if name == part else data)
    return stream.getvalue()


def refusal(content: bytes, filename: str = "表.xlsx") -> str:
    with pytest.raises(Invalid) as caught:
        read_survey(content, filename, SICHUAN)
    assert caught.value.detail.en
    return caught.value.detail.zh


def test_a_file_that_cannot_be_read_says_what_to_do() -> None:
    assert "是空的" in refusal(b"")
    assert "10 MB" in refusal(b"a" * (sheets.MAX_BYTES + 1))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "另存为 .xlsx" in refusal(ole, "表.xls")
    assert "去掉密码" in refusal(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "已损坏" in refusal(SAMPLE[:2000])
    assert "不是可读取的表格" in refusal(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def test_a_workbook_without_a_heading_names_its_sheets_and_what_is_expected() -> None:
    said = refusal(workbook([["会议记录"], ["甲", "乙"]], title="记录"))
    assert "“记录”" in said
    assert "组织名称、类别、负责人" in said


def test_a_zip_bomb_and_a_merged_range_over_everything_are_refused_before_loading() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (70 * 1024 * 1024))
    assert "过大" in refusal(stream.getvalue())
    merged = workbook([["组织名称", "负责人"], ["甲队", "甲"]], merged=("C1:D2",))
    part = "xl/worksheets/sheet1.xml"
    assert "过大" in refusal(repacked(merged, part, ("C1:D2", "C1:XFD1048576")))
    assert "不是可读取的表格" in refusal(
        repacked(merged, part, ("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'))
    )


def test_too_many_rows_or_columns_are_refused_and_a_stray_format_is_not() -> None:
    assert "20000 行" in refusal(("组织名称,负责人\n" + "甲队,甲\n" * sheets.MAX_ROWS).encode(), "a.csv")
    assert "20000 行" in refusal(("组织名称,负责人" + ",x" * 200 + "\n").encode(), "a.csv")
    content = workbook([["组织名称", "负责人"], ["甲队", "甲"]])
    far = repacked(
        content, "xl/worksheets/sheet1.xml", ("</sheetData>", '<row r="900000"><c r="ZZ900000"/></row></sheetData>')
    )
    assert len(read_survey(far, "表.xlsx", SICHUAN).rows) == 1
    said = '<row r="900000"><c r="A900000"><v>1</v></c></row></sheetData>'
    assert "20000 行" in refusal(repacked(content, "xl/worksheets/sheet1.xml", ("</sheetData>", said)))


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a", ""]))
@settings(deadline=None, max_examples=150)
def test_arbitrary_bytes_are_refused_or_read_and_never_fail(content: bytes, filename: str) -> None:
    with contextlib.suppress(Invalid):
        read_survey(content, filename, SICHUAN)


@given(st.data())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.data_too_large])
def test_a_workbook_with_changed_bytes_is_refused_or_read_and_never_fails(data: st.DataObject) -> None:
    content = bytearray(workbook([["组织名称", "负责人"], ["甲队", "甲"]]))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):
        read_survey(bytes(content), "a.xlsx", SICHUAN)


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_a_workbook_with_changed_xml_is_refused_or_read_and_never_fails(data: st.DataObject) -> None:
    content = workbook([["组织名称", "负责人"], ["甲队", "甲"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    whole = parts[name]
    start = data.draw(st.integers(0, len(whole)))
    parts[name] = whole[:start] + data.draw(st.binary(max_size=6)) + whole[start + data.draw(st.integers(0, 40)) :]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    with contextlib.suppress(Invalid):
        read_survey(stream.getvalue(), "a.xlsx", SICHUAN)


def test_a_cell_longer_than_a_spreadsheet_holds_is_refused_with_its_place() -> None:
    assert "单元格 A2 文字过长" in refusal(("组织名称,负责人\n" + "甲" * 40_000 + ",乙\n").encode(), "a.csv")
