"""Our own pages of a folder: blocks of words, facts and tables set on A4, and the small labels that pages are numbered with."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos
from fpdf.fonts import FontFace, TTFFont
from pylopdf_fonts_zh_cn import sans_path

from incubator.services.case_folder.plan import Block, Facts, Grid, Heading, Words
from incubator.text import Language, Text

POINTS = 72 / 25.4  # in a millimetre
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0  # A4, in mm
LEFT, RIGHT, TOP, BOTTOM = 25.0, 18.0, 20.0, 22.0  # mm; the left one is bound
WIDTH = PAGE_WIDTH - LEFT - RIGHT
LABEL_HEIGHT = 5.0  # mm
_FAMILY = "Noto"
_LABEL_COLUMN = 36.0
_INK, _GREY, _RULE, _SHADE = (30, 34, 40), (100, 106, 114), (200, 204, 210), (240, 242, 245)
# A cell that would not fit on a page is cut: the width of a sign is about 3.5 mm, a page holds some 40 lines.
_SIGN, _LINES = 3.5, 36


class Typesetter:
    """Pages in one language, laid out one after another and given out together, so that the type is embedded once."""

    def __init__(self, language: str, made_at: datetime) -> None:
        self.language = language
        # English breaks between words, Chinese anywhere.
        self._wrap = WrapMode.WORD if language == Language.EN else WrapMode.CHAR
        self._pdf = FPDF(unit="mm", format="A4")
        self._pdf.set_creation_date(made_at)
        self._pdf.add_font(_FAMILY, fname=str(sans_path()))
        for font in self._pdf.fonts.values():
            # The signs that are used lie within the bounds of the whole type; measuring each again takes half the time.
            if isinstance(font, TTFFont):
                font.ttfont.recalcBBoxes = False
        self._pdf.set_margins(LEFT, TOP, RIGHT)
        self._pdf.set_auto_page_break(True, BOTTOM)
        self._pdf.c_margin = 0.0

    @property
    def pages(self) -> int:
        """How many pages there are by now."""
        return self._pdf.page

    def finish(self) -> bytes:
        """All pages as one PDF."""
        return bytes(self._pdf.output())

    def read(self, text: Text | str) -> str:
        """The words in the folder's language, without signs that cannot be printed."""
        return printable(text.read(self.language) if isinstance(text, Text) else text)

    def sheet(self, title: Text | str, blocks: Sequence[Block], under: str = "") -> int:
        """A title with blocks under it on new pages; how many pages it took."""
        before = self.pages
        self._pdf.add_page()
        self.line(self.read(title), 15, align=Align.C, height=9)
        if under:
            self.line(printable(under), 9, colour=_GREY, align=Align.C)
        self._pdf.ln(3)
        for block in blocks:
            self.block(block)
        return self.pages - before

    def block(self, block: Block) -> None:
        """One block where the page stands."""
        match block:
            case Heading(text):
                self._heading(self.read(text))
            case Words(text, quiet):
                self.line(self.read(text), 9 if quiet else 10.5, colour=_GREY if quiet else _INK)
                self._pdf.ln(1)
            case Facts(rows):
                self._facts([(self.read(name), self.read(value)) for name, value in rows])
            case Grid(heads, rows, widths, figures):
                self.grid(
                    [self.read(head) for head in heads],
                    [[self.read(cell) for cell in row] for row in rows],
                    widths,
                    figures,
                )

    def grid(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        figures: frozenset[int],
        links: Sequence[str] = (),
    ) -> None:
        """A table, no row of which is cut by a page's end; a row of one cell is a heading within it.

        `links` lead each row somewhere, as the binder understands it.
        """
        shares = [WIDTH * width / sum(widths) for width in widths]
        aligns = [Align.R if place in figures else Align.L for place in range(len(widths))]
        self._style(9)
        self._pdf.set_draw_color(*_RULE)
        with self._pdf.table(
            col_widths=tuple(shares), width=WIDTH, text_align=tuple(aligns), line_height=5, padding=(0.9, 1.4),
            headings_style=FontFace(color=_GREY, fill_color=_SHADE, emphasis=""), first_row_as_headings=bool(heads),
            wrapmode=self._wrap, v_align="T", align=Align.L,
        ) as table:  # fmt: skip
            if heads:
                table.row([*heads])
            for place, row in enumerate(rows):
                line = table.row()
                if len(row) < len(widths):  # one that opens a part of the table
                    line.cell(row[0], colspan=len(widths), style=FontFace(fill_color=_SHADE), align=Align.L)
                    continue
                for column, cell in enumerate(row):
                    line.cell(_fitting(cell, shares[column]), link=links[place] if links else None)
        self._pdf.ln(2.5)

    def label(self, text: str, width: float, *, colour: tuple[int, int, int] = _GREY, align: Align = Align.C) -> None:
        """A page that is a label of its own size (mm), to be put on another page: on white, so that it is read on any scan."""
        pdf = self._pdf
        pdf.set_auto_page_break(False)
        pdf.add_page(format=(width, LABEL_HEIGHT))
        pdf.set_fill_color(255, 255, 255)
        self._style(8.5, colour)
        words = printable(text).replace("\n", " ")
        while len(words) > 1 and pdf.get_string_width(words) > width - 2:
            words = words[:-2] + "…"
        pdf.set_xy(0, 0)
        pdf.cell(width, LABEL_HEIGHT, words, align=align, fill=True)
        pdf.set_auto_page_break(True, BOTTOM)

    def new_page(self, gap: float = 0.0) -> None:
        """A new page, begun so many mm below its upper margin."""
        self._pdf.add_page()
        self._pdf.ln(gap)

    def gap(self, height: float) -> None:
        """So many mm left free."""
        self._pdf.ln(height)

    def _heading(self, text: str) -> None:
        if self._pdf.will_page_break(18):
            self._pdf.add_page()
        self._pdf.ln(2)
        self.line(text, 11.5, height=7)
        self._pdf.set_draw_color(*_RULE)
        self._pdf.line(LEFT, self._pdf.get_y(), LEFT + WIDTH, self._pdf.get_y())
        self._pdf.ln(1.5)

    def _facts(self, rows: Sequence[tuple[str, str]]) -> None:
        pdf = self._pdf
        for name, value in rows:
            self._style(10, _GREY)
            tall = cast(
                float, pdf.multi_cell(_LABEL_COLUMN - 3, 5.6, name, align=Align.L, dry_run=True, output="HEIGHT")
            )
            if pdf.will_page_break(tall):
                pdf.add_page()
            page, y = pdf.page, pdf.get_y()
            pdf.multi_cell(_LABEL_COLUMN - 3, 5.6, name, align=Align.L)
            pdf.set_xy(LEFT + _LABEL_COLUMN, y)
            self._style(10)
            pdf.set_left_margin(LEFT + _LABEL_COLUMN)
            pdf.multi_cell(
                WIDTH - _LABEL_COLUMN, 5.6, value or "—", align=Align.L, wrapmode=self._wrap,
                new_x=XPos.LMARGIN, new_y=YPos.NEXT,
            )  # fmt: skip
            pdf.set_left_margin(LEFT)
            pdf.set_xy(LEFT, max(pdf.get_y(), y + tall) if pdf.page == page else pdf.get_y())
            pdf.ln(0.8)
        pdf.ln(1.5)

    def line(
        self,
        text: str,
        size: float,
        *,
        colour: tuple[int, int, int] = _INK,
        align: Align = Align.L,
        height: float = 5.6,
    ) -> None:
        """A paragraph of that size (points) and height of line (mm)."""
        self._style(size, colour)
        self._pdf.set_x(LEFT)
        self._pdf.multi_cell(WIDTH, height, text, align=align, wrapmode=self._wrap, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _style(self, size: float, colour: tuple[int, int, int] = _INK) -> None:
        self._pdf.set_font(_FAMILY, size=size)
        self._pdf.set_text_color(*colour)


def printable(text: str) -> str:
    """The text with line breaks kept and every other control sign, direction mark or half character gone."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "  ")
    return "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign)[0] != "C")


def _fitting(text: str, width: float) -> str:
    most = max(20, int(width / _SIGN) * _LINES)
    return text if len(text) <= most else f"{text[:most]}…"
