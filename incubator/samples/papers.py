"""The papers of the sample street: small, but real: a form as PDF, a roster, a charter, the scan of a sealed sheet."""

from __future__ import annotations

import io
import math
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from incubator.samples.groups import Group

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
    for x, y in _seal():
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


@cache
def _seal() -> tuple[tuple[int, int], ...]:
    """The dots of the round seal and of the mark in its middle."""
    middle_x, middle_y, radius = 300, 450, 55

    def dots() -> Iterator[tuple[int, int]]:
        for y in range(middle_y - radius, middle_y + radius + 1):
            for x in range(middle_x - radius, middle_x + radius + 1):
                distance = math.hypot(x - middle_x, y - middle_y)
                if radius - 5 <= distance <= radius or distance <= 12:
                    yield x, y

    return tuple(dots())


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """A text document of no more parts than one needs: written anew for each of a thousand papers."""
    lines = f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val='36'/></w:rPr><w:t>{escape(title)}</w:t></w:r></w:p>"
    lines += "".join(f"<w:p><w:r><w:t>{escape(paragraph)}</w:t></w:r></w:p>" for paragraph in paragraphs)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_DOCUMENT_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{lines}</w:body></w:document>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), _HEAD + content)
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


# What a paper looks like, by the word that its title has.
_SCANNED = ("扫描件", "盖章", "签字", "签章", "签名", "证明", "照片")
_TABLES = ("花名册", "名册", "预算表", "决算表", "台账")
_WRITTEN = ("章程", "报告", "说明", "纪要", "汇总", "材料", "协议")
_ARTICLES = (
    "第一条　本队伍由社区居民自愿组成。",
    "第二条　重大事项由成员共同商定。",
    "第三条　经费公开，接受成员监督。",
)


def paper(kind: str, title: str, group: Group, day: date) -> tuple[str, bytes]:
    """The filename and content of an organization's paper, as it would be handed in on that day.

    `kind` and `title` are those of the policy's list of documents.
    """
    name = title.replace("扫描件", "").split("（")[0]
    if any(word in title for word in _TABLES):
        return f"{name}.xlsx", xlsx(name, _rows(kind, group))
    if any(word in title for word in _SCANNED):
        return f"{name}.png", scan(f"{group.name} {name} {day}")
    dated = f"{day.year} 年 {day.month} 月 {day.day} 日"
    if any(word in title for word in _WRITTEN):
        told = (
            _ARTICLES if kind == "charter" else (f"组织名称：{group.name}", f"负责人：{group.leader}", "（示例材料）")
        )
        return f"{name}.docx", docx(f"{group.name}{name}", [*told, dated])
    lines = [
        f"组织名称：{group.name}",
        f"负责人：{group.leader}",
        f"成员人数：{group.members}",
        f"日期：{dated}",
        "（示例材料）",
    ]
    return f"{name}.pdf", pdf(name, lines)


def _rows(kind: str, group: Group) -> list[list[str]]:
    if kind == "roster":
        members = ([str(each), f"示例成员{each:02d}", group.community] for each in range(1, group.members + 1))
        return [["序号", "姓名", "居住社区"], *members]
    return [["序号", "内容", "金额（元）"], ["1", "物料", ""], ["2", "活动", ""], ["", "合计", ""]]
