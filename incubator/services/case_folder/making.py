"""A folder made into one PDF: its sheets bound in filing order, every page numbered, what cannot be printed named in front."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, ClassVar

from incubator.errors import NotFound, Refused
from incubator.services.case_folder import office_papers, pictures
from incubator.services.case_folder.binding import SHEET, Binder, Bookmark, Label
from incubator.services.case_folder.copying import Source, Unreadable, read_pdf
from incubator.services.case_folder.front import CONTENTS, MISSING, Placed, set_front
from incubator.services.case_folder.plan import MOST_BYTES, SECTION_TITLES, Folder, Missing, Scan, Sheet, Words
from incubator.services.case_folder.typesetting import Typesetter
from incubator.services.documents import read_content
from incubator.services.uploads import DOCX, JPEG, PDF, PNG, XLSX
from incubator.text import Text

_MOST_PAGES = 500  # of one document; a longer one is attached whole
_BOX = (22.0, 20.0, 170.0, 256.0)  # where a picture stands: left, bottom, width, height in mm
_NUMBER, _CAPTION = 46.0, 168.0  # mm wide
_LOCKED = Text("文件设有打开密码，请取得未加密的文件后重新上传", "it has a password: upload it without one")
_BROKEN = Text("文件已损坏，无法排印，请重新扫描或上传", "the file is damaged: scan or upload it again")
_LOST = Text(
    "数据目录中没有该文件的内容，请从备份恢复", "its content is not in the data folder: restore it from a backup"
)
_ALTERED = Text(
    "文件内容与登记的校验值不符，请从备份恢复", "its content is not what was recorded: restore it from a backup"
)
_LONG = Text(
    f"文件超过 {_MOST_PAGES} 页，作为附件收入本册", f"it has more than {_MOST_PAGES} pages and is attached as a file"
)


class FolderTooLarge(Refused):
    """The documents of a case are more than one PDF should hold."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "folder_too_large"
    title: ClassVar[Text] = Text("材料过大，无法成册", "Too large for one folder")


@dataclass(frozen=True, slots=True)
class Bound:
    """A folder that was made: the hash of the file, its pages (with those in front) and bytes, and all that is missing."""

    sha256: str
    pages: int
    size: int
    missing: tuple[Missing, ...]


@dataclass(slots=True)
class _Leaf:
    """Where a sheet's pages are: pages of our own by their place, or pages in the file already."""

    sheet: Sheet
    own: range = range(0)
    bound: list[int] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return len(self.bound) or len(self.own)


def check_size(folder: Folder) -> None:
    """Raise FolderTooLarge where the documents are too many for one PDF."""
    if folder.size > MOST_BYTES:
        size, most = folder.size // 1024 // 1024, MOST_BYTES // 1024 // 1024
        raise FolderTooLarge(
            Text(
                f"本案材料共 {size} MB，超过一册的上限 {most} MB。请将扫描件压缩后替换，或分别下载各份材料归档。",
                f"The documents are {size} MB, more than the {most} MB that one folder holds."
                " Replace the scans by smaller ones, or file the documents one by one.",
            )
        )


def bind(
    folder: Folder, data_dir: Path, out: BinaryIO, *, language: str, retention: Text
) -> Generator[tuple[int, int], None, Bound]:
    """Write the folder as a PDF; yields how many sheets of how many are done. The same record makes the same bytes.

    Raises FolderTooLarge. One document at a time is held in memory.
    """
    check_size(folder)
    work = _Making(folder, data_dir, out, language)
    for place, sheet in enumerate(folder.sheets, start=1):
        work.take(sheet)
        yield place, len(folder.sheets)
    return work.finish(retention)


class _Making:
    def __init__(self, folder: Folder, data_dir: Path, out: BinaryIO, language: str) -> None:
        self.folder, self.data_dir, self.out = folder, data_dir, out
        self.setter = Typesetter(language, folder.as_of)
        self.binder = Binder(out)
        self.leaves: list[_Leaf] = []
        self.missing = list(folder.missing)
        self.captions: list[tuple[Label, str]] = []

    def take(self, sheet: Sheet) -> None:
        """Set or bind a sheet; what cannot be printed gets a page that says so, and stands among what is missing."""
        leaf = _Leaf(sheet)
        self.leaves.append(leaf)
        if not isinstance(sheet.content, Scan):
            self._set(leaf, sheet)
            return
        scan = sheet.content
        try:
            content = self._content(scan)
        except _NotPrinted as reason:
            self._not_printed(leaf, scan, reason.words)
            return
        try:
            self._bind(leaf, scan, content)
        except Unreadable as fault:
            self._not_printed(leaf, scan, _LOCKED if str(fault) == "locked" else _BROKEN, content)

    def finish(self, retention: Text) -> Bound:
        """Number everything, set what stands in front, and end the file."""
        placed: list[Placed] = []
        for leaf in self.leaves:
            begins = placed[-1].page + placed[-1].pages if placed else 1
            placed.append(Placed(leaf.sheet, begins, leaf.pages))
            leaf.labels = leaf.labels or [self._number_label() for _ in leaf.own]
        begins = self.setter.pages
        parts = set_front(self.setter, self.folder, self.missing, placed, retention)
        front = range(begins, self.setter.pages)
        front_labels = [self._number_label() for _ in front]
        waiting = self._set_labels(front_labels)
        source = read_pdf(self.setter.finish())
        self._bind_own(source)
        links = {f"{SHEET}{place}": leaf.bound[0] for place, leaf in enumerate(self.leaves)}
        front_pages = self.binder.pages_of(source, front, [[label] for label in front_labels], links)
        self.binder.labels(source, range(front.stop, front.stop + len(waiting)), waiting)
        pages = [*front_pages, *(page for leaf in self.leaves for page in leaf.bound)]
        cover, read = self.folder.cover, self.setter.read
        self.binder.finish(
            pages, len(front), self._bookmarks([front_pages[part - begins] for part in parts]), title=f"{cover.number} {cover.organization} {read(cover.procedure)}",
            made_at=self.folder.as_of, fingerprint=self.folder.last_hash[:32] or "0" * 32, language=self.setter.language,
            front_label=read(_FRONT),
        )  # fmt: skip
        size = self.out.tell()
        return Bound(_hash_of(self.out), len(pages), size, tuple(self.missing))

    def _set(self, leaf: _Leaf, sheet: Sheet, under: str = "") -> None:
        assert not isinstance(sheet.content, Scan)
        before = self.setter.pages
        self.setter.sheet(sheet.title, sheet.content, under or sheet.number)
        leaf.own = range(before, self.setter.pages)

    def _bind(self, leaf: _Leaf, scan: Scan, content: bytes) -> None:
        match scan.media_type:
            case t if t == PDF:
                source = read_pdf(content)
                if source.count > _MOST_PAGES:
                    self._not_printed(leaf, scan, _LONG, content)
                    return
                labels = [self._number_label() for _ in range(source.count)]
                leaf.bound = self.binder.pages_of(source, range(source.count), [[label] for label in labels])
                leaf.labels = labels
            case t if t in (JPEG, PNG):
                jpeg, size, grey = pictures.ready(content)
                number = self._number_label()
                caption = Label(self.binder.reserve(), _CAPTION, up=_BOX[1] + _BOX[3] + 3)
                self.captions.append((caption, f"{self.setter.read(leaf.sheet.title)} · {scan.filename}"))
                leaf.bound, leaf.labels = [self.binder.picture(jpeg, size, grey, _BOX, [number, caption])], [number]
            case t if t in (DOCX, XLSX):
                blocks = office_papers.blocks_of(content, scan.media_type)
                before = self.setter.pages
                self.setter.sheet(leaf.sheet.title, blocks, self._attached(scan))
                leaf.own = range(before, self.setter.pages)
                self.binder.attach(scan.filename, content, scan.media_type)
            case _:
                raise Unreadable(scan.media_type)

    def _attached(self, scan: Scan) -> str:
        return self.setter.read(
            Text(f"{scan.filename}（原件作为附件收入本册）", f"{scan.filename} (the file itself is attached)")
        )

    def _not_printed(self, leaf: _Leaf, scan: Scan, why: Text, content: bytes | None = None) -> None:
        """A page in the document's place that says why it is not here; the file comes along where there is one."""
        title = leaf.sheet.title
        what = Text(f"{title.zh}（{scan.filename}）", f"{title.en} ({scan.filename})")
        self.missing.append(Missing(what, why))
        before = self.setter.pages
        said = Text("本件未能排印：{why}。", "This document could not be printed: {why}.").fill(why=why)
        self.setter.sheet(title, (Words(said),), self._attached(scan) if content is not None else scan.filename)
        leaf.own = range(before, self.setter.pages)
        if content is not None:
            self.binder.attach(scan.filename, content, scan.media_type)

    def _content(self, scan: Scan) -> bytes:
        try:
            content = read_content(self.data_dir, scan.sha256)
        except NotFound:
            raise _NotPrinted(_LOST) from None
        if hashlib.sha256(content).hexdigest() != scan.sha256:
            raise _NotPrinted(_ALTERED)
        return content

    def _number_label(self) -> Label:
        return Label(self.binder.reserve(), _NUMBER)

    def _set_labels(self, front: Sequence[Label]) -> list[Label]:
        """Set the page numbers and captions, each on a page of its own; the labels in that order."""
        read, waiting = self.setter.read, []
        for place, label in enumerate(front, start=1):
            self.setter.label(f"{read(_FRONT)}{place}", label.width)
            waiting.append(label)
        numbered = [label for leaf in self.leaves for label in leaf.labels]
        for place, label in enumerate(numbered, start=1):
            self.setter.label(read(Text(f"第 {place} 页", f"Page {place}")), label.width)
            waiting.append(label)
        for label, caption in self.captions:
            self.setter.label(caption, label.width)
            waiting.append(label)
        return waiting

    def _bind_own(self, source: Source) -> None:
        own = [(leaf, page) for leaf in self.leaves for page in leaf.own]
        labels = [[label] for leaf in self.leaves if leaf.own for label in leaf.labels]
        for (leaf, _), number in zip(own, self.binder.pages_of(source, [page for _, page in own], labels), strict=True):
            leaf.bound.append(number)

    def _bookmarks(self, front: Sequence[int]) -> list[Bookmark]:
        read = self.setter.read
        marks = [Bookmark(read(title), page) for title, page in zip((_COVER, MISSING, CONTENTS), front, strict=True)]
        numbered = list(enumerate(self.leaves, start=1))
        for section, group in groupby(numbered, key=lambda each: each[1].sheet.section):
            lines = [Bookmark(f"{place} {read(leaf.sheet.title)}", leaf.bound[0]) for place, leaf in group]
            marks.append(Bookmark(read(SECTION_TITLES[section]), lines[0].page, tuple(lines)))
        return marks


class _NotPrinted(Exception):  # noqa: N818
    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


_FRONT, _COVER = Text("卷首 ", "Front "), Text("案卷封面", "Cover")


def _hash_of(out: BinaryIO) -> str:
    out.seek(0)
    digest = hashlib.sha256()
    while part := out.read(1024 * 1024):
        digest.update(part)
    return digest.hexdigest()
