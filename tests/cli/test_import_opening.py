"""`incubator import opening`, over real databases and files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import func, select

from incubator.database import Database
from incubator.models.base import table
from incubator.models.organizations import Filing
from incubator.services.opening_stock.layout import Kind
from tests.cli.console import Console
from tests.services.opening_stock.books import book

STREET = ("street", "add", "--code", "000001", "--name", "示例街道", "--community=桂花社区")


def filings(database: Database) -> int:
    found = table(Filing)
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(found)) or 0


def test_an_opening_stock_is_shown_entered_and_entered_again_without_effect(
    console: Console, database: Database, tmp_path: Path
) -> None:
    assert console(*STREET).code == 0
    group = {"community": "桂花社区", "organization": "常青合唱团"}
    file = tmp_path / "期初.xlsx"
    filing = {**group, "number": "旧1号", "signed_on": date(2024, 1, 2), "valid_until": date(2025, 1, 1)}
    file.write_bytes(
        book({Kind.ORGANIZATION: [group], Kind.FILING: [filing, {**filing, "number": "旧2号", "paper": None}]})
    )
    shown = console("import", "opening", str(file), "--dry-run")
    assert (shown.code, filings(database)) == (0, 0)
    assert "没有写入任何内容" in shown.out
    assert "“备案”第 3 行  常青合唱团　旧2号  不予录入 / refused" in shown.out
    assert "G3：“依据材料”是必填项，请补充" in shown.out
    done = console("import", "opening", str(file))
    assert (done.code, filings(database)) == (0, 1)
    assert "已录入 2 行" in done.out
    assert "该证已过有效期" in done.out
    again = console("import", "opening", str(file))
    assert (again.code, "没有新的内容，未作任何改动" in again.out, filings(database)) == (0, True, 1)


def test_the_template_is_saved_and_what_cannot_be_is_refused(console: Console, tmp_path: Path) -> None:
    console(*STREET)
    out = tmp_path / "模板.xlsx"
    assert console("import", "opening", "--template", str(out)).code == 0
    assert "备案" in load_workbook(out).sheetnames
    assert console("import", "opening").code == 2
    assert console("import", "opening", str(out), "--template", str(out)).code == 2
    assert console("import", "opening", str(tmp_path / "missing.xlsx")).code == 2
    nowhere = console("import", "opening", "--template", str(tmp_path / "none" / "a.xlsx"))
    assert (nowhere.code, "请换一个位置" in nowhere.err) == (1, True)
    noise = tmp_path / "noise.xlsx"
    noise.write_bytes(b"PK\x03\x04")
    assert console("import", "opening", str(noise)).code == 1
