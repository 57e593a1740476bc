"""The papers of the sample street: small, but real: a form as PDF, a roster, a charter, the scan of a sealed sheet."""

from __future__ import annotations

import io
import math
import random
import struct
import zlib
from collections.abc import Sequence
from datetime import date

_A4 = (595, 842)  # points
_LINE = 26
# The scan: A4 at 50 dots an inch, a palette of paper, ink and seal.
_WIDTH, _HEIGHT = 413, 585
_PALETTE = bytes((255, 255, 255, 90, 90, 90, 200, 30, 30))
_INK, _SEAL = 1, 2


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """A sheet with a title and lines of text, in a typeface that every reader of PDF has for Chinese."""
    text = [f"BT /F 18 Tf 72 {_A4[1] - 90} Td <{_utf16(title)}> Tj ET"]
    text += [
        f"BT /F 12 Tf 72 {_A4[1] - 140 - _LINE * number} Td <{_utf16(line)}> Tj ET" for number, line in enumerate(lines)
    ]
    stream = "\n".join(text).encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {_A4[0]} {_A4[1]}]/Resources<</Font<</F 4 0 R>>>>/Contents 7 0 R>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor 6 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 880/StemV 93>>",
        b"<</Length " + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream",
    ]
    written = bytearray(b"%PDF-1.5\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    written += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(written)


def scan(title: str) -> bytes:
    """The scan of a sheet with lines of writing and a round seal, as a PNG; another one for every title."""
    drawn = random.Random(title)  # noqa: S311 - a drawing, no secret
    rows = [bytearray(_WIDTH) for _ in range(_HEIGHT)]
    for top in range(60, 430, 22):
        length = drawn.randint(120, 310)
        for row in rows[top : top + 8]:
            row[50 : 50 + length] = bytes([_INK]) * length
    middle_x, middle_y, radius = 300, 450, 55
    for y in range(middle_y - radius, middle_y + radius + 1):
        for x in range(middle_x - radius, middle_x + radius + 1):
            distance = math.hypot(x - middle_x, y - middle_y)
            if radius - 5 <= distance <= radius or distance <= 12:
                rows[y][x] = _SEAL
    lines = b"".join(b"\0" + bytes(row) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", _PALETTE),
            _chunk(b"iTXt", b"Title\0\0\0\0\0" + title.encode()),
            _chunk(b"IDAT", zlib.compress(lines)),
            _chunk(b"IEND", b""),
        )
    )


def docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """A text document."""
    from docx import Document

    document = Document()
    document.add_heading(title, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def xlsx(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """A table."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title[:31]
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_SCANS = {
    "premises_proof": "活动场所证明",
    "committee_opinion": "居民委员会意见（盖章）",
    "sealed_certificate": "已盖章备案证",
    "sealed_refusal": "已盖章不予备案通知书",
    "sealed_conclusion": "已盖章年检结论书",
}
_TEXTS = {
    "charter": (
        "章程",
        ("第一条　本队伍由社区居民自愿组成。", "第二条　重大事项由成员共同商定。", "第三条　经费公开，接受成员监督。"),
    ),
    "yearly_report": (
        "年度工作报告",
        ("一、全年活动情况", "二、成员和负责人情况", "三、收支情况", "四、存在的问题和下一年打算"),
    ),
    "settlement_statement": ("财物清理情况说明", ("经费已结清，无结余。", "活动器材已移交社区。")),
}
_FORMS = {
    "application": "备案申请表",
    "change_application": "变更备案申请表",
    "exit_statement": "注销备案申请",
}


def paper(kind: str, name: str, leader: str, members: int, day: date) -> tuple[str, bytes]:
    """The filename and content of a group's paper of a kind, as it would be handed in on that day. KeyError otherwise."""
    if kind == "roster":
        rows = [
            ["序号", "姓名", "居住社区"],
            *([str(each), f"示例成员{each:02d}", "本社区"] for each in range(1, members + 1)),
        ]
        return f"{name}花名册.xlsx", xlsx("花名册", rows)
    if kind in _SCANS:
        return f"{_SCANS[kind]}.png", scan(f"{name} {_SCANS[kind]} {day}")
    if kind in _TEXTS:
        title, paragraphs = _TEXTS[kind]
        return f"{name}{title}.docx", docx(
            f"{name}{title}", [*paragraphs, f"{day.year} 年 {day.month} 月 {day.day} 日"]
        )
    title = _FORMS[kind]
    lines = [f"组织名称：{name}", f"负责人：{leader}", f"成员人数：{members}", f"申请日期：{day}", "（示例材料）"]
    return f"{title}.pdf", pdf(title, lines)
