"""What stands before the sheets of a folder: its cover, what is missing, and the numbered contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf.enums import Align

from incubator.engine.deadline_words import in_words
from incubator.services.case_folder.binding import SHEET
from incubator.services.case_folder.plan import SECTION_TITLES, Cover, Facts, Folder, Missing, Sheet, Words
from incubator.services.case_folder.typesetting import Typesetter
from incubator.text import Text

CONTENTS, MISSING = Text("卷内目录", "Contents"), Text("缺页清单", "Missing pages")
_HEADS = (
    Text("序号", "No."), Text("文号", "Number"), Text("责任者", "Responsible"), Text("题名", "Title"),
    Text("日期", "Date"), Text("页次", "Page"), Text("备注", "Remark"),
)  # fmt: skip
_WIDTHS = (10, 27, 28, 48, 23, 15, 17)
_NONE_MISSING = Text(
    "已按政策规定的材料目录和办理环节逐项核对，本卷应有的材料齐全。",
    "Checked against the documents that the policy asks for at each step: nothing is missing.",
)
_SOME_MISSING = Text(
    "以下材料按规定应当归入本卷而尚未归入，或虽已归入但无法排印。补齐后请重新成册。",
    "The following should lie in this folder and does not, or cannot be printed. Complete it and make the folder again.",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet with the number of its first page and how many pages it has."""

    sheet: Sheet
    page: int
    pages: int


def set_front(
    setter: Typesetter, folder: Folder, missing: Sequence[Missing], placed: Sequence[Placed], retention: Text
) -> tuple[int, int, int]:
    """Set cover, missing pages and contents; the places of their first pages."""
    cover = setter.pages
    _cover(setter, folder, missing, placed, retention)
    lacking = setter.pages
    _missing(setter, missing)
    contents = setter.pages
    _contents(setter, placed)
    return cover, lacking, contents


def page_of(placed: Placed) -> str:
    """The pages of a sheet as the contents state them: `3`, `3-5`."""
    last = placed.page + placed.pages - 1
    return str(placed.page) if last == placed.page else f"{placed.page}-{last}"


def _cover(
    setter: Typesetter, folder: Folder, missing: Sequence[Missing], placed: Sequence[Placed], retention: Text
) -> None:
    cover: Cover = folder.cover
    setter.new_page(gap=26)
    setter.line(cover.street, 18, align=Align.C, height=12)
    setter.line(setter.read(Text("案卷", "Case file")), 26, align=Align.C, height=18)
    setter.gap(16)
    setter.line(cover.organization, 17, align=Align.C, height=11)
    setter.line(setter.read(cover.procedure), 15, align=Align.C, height=10)
    setter.gap(20)
    pages = placed[-1].page + placed[-1].pages - 1 if placed else 0
    since = in_words(cover.opened_on)
    if cover.ended_on is None:
        dates, stands = (
            Text("{since}起，在办", "since {since}, in progress").fill(since=since),
            Text("当前环节", "Step"),
        )
    else:
        dates = Text("{since}至{until}", "{since} to {until}").fill(since=since, until=in_words(cover.ended_on))
        stands = Text("办理结果", "Outcome")
    documents = sum(1 for _ in folder.scans())
    setter.block(Facts((
        (Text("案号", "Case number"), _same(cover.number)),
        (Text("所在社区", "Community"), _same(cover.community)),
        (Text("起止日期", "From and to"), dates),
        (stands, cover.stands),
        (Text("件数、页数", "Items and pages"), Text(
            f"共 {len(placed)} 件（其中材料 {documents} 件），{pages} 页",
            f"{len(placed)} items, {documents} of them documents; {pages} pages")),
        (Text("缺页", "Missing"), Text(f"{len(missing)} 项，见缺页清单", f"{len(missing)}, see the list")
         if missing else Text("无", "nothing")),
        (Text("保管期限", "Kept for"), retention),
        (Text("个人信息", "Personal data"), _personal(cover)),
        (Text("归档号", "Archive number"), Text("＿＿＿＿＿＿＿＿＿＿", "____________________")),
    )))  # fmt: skip


def _personal(cover: Cover) -> Text:
    if not cover.masked:
        return Text("未遮盖，仅限申请人在所述事由范围内使用", "in full; only for the reason that it was asked for")
    return Text("系统内登记的已遮盖；扫描件按原样装订", "what the system holds is masked; scans are bound as they are")


def _missing(setter: Typesetter, missing: Sequence[Missing]) -> None:
    if not missing:
        setter.sheet(MISSING, (Words(_NONE_MISSING),))
        return
    setter.sheet(MISSING, (Words(_SOME_MISSING),))
    rows = [
        [str(place), setter.read(each.what), setter.read(each.why), ""] for place, each in enumerate(missing, start=1)
    ]
    heads = (Text("序号", "No."), Text("缺少的内容", "What is missing"), Text("应有的依据或原因", "Why it is wanted"),
             Text("补齐记录", "Completed"))  # fmt: skip
    setter.grid([setter.read(head) for head in heads], rows, (11, 50, 66, 22), frozenset())


def _contents(setter: Typesetter, placed: Sequence[Placed]) -> None:
    setter.sheet(CONTENTS, ())
    rows, links = [], []
    section = None
    for place, each in enumerate(placed, start=1):
        sheet = each.sheet
        if sheet.section is not section:
            section = sheet.section
            rows.append([setter.read(SECTION_TITLES[section])])
            links.append(f"{SHEET}{place - 1}")
        rows.append([
            str(place), sheet.number, setter.read(sheet.responsible), setter.read(sheet.title),
            f"{sheet.dated:%Y-%m-%d}", page_of(each), setter.read(sheet.remark),
        ])  # fmt: skip
        links.append(f"{SHEET}{place - 1}")
    setter.grid([setter.read(head) for head in _HEADS], rows, _WIDTHS, frozenset((5,)), links)


def _same(words: str) -> Text:
    return Text(words, words)
