"""Pages of many PDFs and pictures bound into one file, object by object: what is written is no longer held in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from incubator.services.case_folder.copying import Copying, Source, Unreadable, inherited, plain_dict, ref, stream_of
from incubator.services.case_folder.typesetting import POINTS

SHEET = "sheet:"  # a link of our own pages to the sheet of that place
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")


@dataclass(frozen=True, slots=True)
class Label:
    """A label that comes later: the number of its object, and where it goes: millimetres from the visible page's lower edge."""

    number: int
    width: float  # mm
    up: float = 6.0  # mm


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A line of the outline: its words, and the object of the page that it leads to."""

    title: str
    page: int
    under: tuple[Bookmark, ...] = ()


class Binder:
    """One PDF written from front to back; the order of its pages is said at the end."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places: dict[int, int] = {}
        self._next = 1
        self.catalog, self.tree = self.reserve(), self.reserve()
        self._attached: list[tuple[str, int]] = []
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def reserve(self) -> int:
        """The number of an object that is written later."""
        number = self._next
        self._next += 1
        return number

    def write(self, number: int, content: PdfObject) -> None:
        """Write an object under its number."""
        self._places[number] = self._out.tell()
        self._out.write(f"{number} 0 obj\n".encode())
        content.write_to_stream(self._out)
        self._out.write(b"\nendobj\n")

    def pages_of(
        self,
        source: Source,
        pages: Sequence[int],
        labels: Sequence[Sequence[Label]],
        sheets: Mapping[str, int] | None = None,
    ) -> list[int]:
        """Take over these pages (from 0), each with its labels; the numbers of their objects.

        `sheets` are the pages that links of our own lead to. Raises Unreadable, before anything is written, where the
        document is damaged.
        """
        numbers = [self.reserve() for _ in pages]
        copying = Copying(self.reserve, source.known)
        try:
            found = [source.reader.pages[page] for page in pages]
            for page, number in zip(found, numbers, strict=True):
                if page.indirect_reference is not None:
                    copying.known[page.indirect_reference.idnum] = number
            taken = [self._page(page, each, copying, sheets or {}) for page, each in zip(found, labels, strict=True)]
            copying.finish()
        except Exception as fault:  # a damaged file breaks a reader in any way there is
            raise Unreadable(str(fault)) from fault
        for number, content in [*copying.done.items(), *zip(numbers, taken, strict=True)]:
            self.write(number, content)
        return numbers

    def picture(self, jpeg: bytes, size: tuple[int, int], grey: bool, box: tuple[float, float, float, float], labels: Sequence[Label]) -> int:  # fmt: skip
        """An A4 page with a picture fitted into the box (left, bottom, width, height in mm); the number of the page's object."""
        picture, contents, page = self.reserve(), self.reserve(), self.reserve()
        self.write(picture, stream_of(jpeg, {
            "/Type": NameObject("/XObject"), "/Subtype": NameObject("/Image"), "/Width": NumberObject(size[0]),
            "/Height": NumberObject(size[1]), "/BitsPerComponent": NumberObject(8), "/Filter": NameObject("/DCTDecode"),
            "/ColorSpace": NameObject("/DeviceGray" if grey else "/DeviceRGB"),
        }))  # fmt: skip
        left, bottom, wide, high = (side * POINTS for side in box)
        scale = min(wide / size[0], high / size[1])
        x, y = left + (wide - size[0] * scale) / 2, bottom + (high - size[1] * scale) / 2
        drawn = f"q {size[0] * scale:.3f} 0 0 {size[1] * scale:.3f} {x:.3f} {y:.3f} cm /Picture Do Q\n"
        box_of_page = (0.0, 0.0, 210 * POINTS, 297 * POINTS)
        drawn += "".join(_put(label, f"/Label{place}", box_of_page, 0) for place, label in enumerate(labels))
        self.write(contents, stream_of(drawn.encode(), {}))
        objects = DictionaryObject({NameObject("/Picture"): ref(picture)})
        for place, label in enumerate(labels):
            objects[NameObject(f"/Label{place}")] = ref(label.number)
        self.write(page, DictionaryObject({
            NameObject("/Type"): NameObject("/Page"), NameObject("/Parent"): ref(self.tree),
            NameObject("/MediaBox"): ArrayObject([FloatObject(f"{side:.2f}") for side in box_of_page]),
            NameObject("/Resources"): DictionaryObject({NameObject("/XObject"): objects}),
            NameObject("/Contents"): ref(contents),
        }))  # fmt: skip
        return page

    def labels(self, source: Source, pages: Sequence[int], labels: Sequence[Label]) -> None:
        """Write each label that pages wait for from a page of its own."""
        copying = Copying(self.reserve, source.known)
        for place, label in zip(pages, labels, strict=True):
            page = source.reader.pages[place]
            content = page.get_contents()
            form = stream_of(content.get_data() if content is not None else b"", {
                "/Type": NameObject("/XObject"), "/Subtype": NameObject("/Form"),
                "/BBox": copying.of(inherited(page, "/MediaBox")),
                "/Resources": copying.of(inherited(page, "/Resources")),
            })  # fmt: skip
            self.write(label.number, form)
        copying.finish()
        for number, written in copying.done.items():
            self.write(number, written)

    def attach(self, name: str, content: bytes, media_type: str) -> None:
        """Put a file into the PDF as it is; a name that is taken gets a number."""
        taken = {each for each, _ in self._attached}
        stem, dot, ending = name.rpartition(".")
        unique, count = name, 2
        while unique in taken:
            unique, count = (f"{stem} ({count}).{ending}" if dot else f"{name} ({count})"), count + 1
        file, spec = self.reserve(), self.reserve()
        self.write(file, stream_of(content, {
            "/Type": NameObject("/EmbeddedFile"), "/Subtype": NameObject("/" + media_type),
            "/Params": DictionaryObject({NameObject("/Size"): NumberObject(len(content))}),
        }))  # fmt: skip
        self.write(spec, DictionaryObject({
            NameObject("/Type"): NameObject("/Filespec"), NameObject("/F"): TextStringObject(unique),
            NameObject("/UF"): TextStringObject(unique), NameObject("/AFRelationship"): NameObject("/Source"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): ref(file), NameObject("/UF"): ref(file)}),
        }))  # fmt: skip
        self._attached.append((unique, spec))

    def finish(
        self, pages: Sequence[int], front: int, bookmarks: Sequence[Bookmark], *, title: str, made_at: datetime, fingerprint: str,
        language: str, front_label: str,
    ) -> None:  # fmt: skip
        """End the file: its pages in their order, of which the first `front` are not counted, outline, attachments."""
        self.write(self.tree, DictionaryObject({
            NameObject("/Type"): NameObject("/Pages"), NameObject("/Count"): NumberObject(len(pages)),
            NameObject("/Kids"): ArrayObject([ref(page) for page in pages]),
        }))  # fmt: skip
        catalog = DictionaryObject({
            NameObject("/Type"): NameObject("/Catalog"), NameObject("/Pages"): ref(self.tree),
            NameObject("/Lang"): TextStringObject("zh-CN" if language == "zh" else "en"),
            NameObject("/PageMode"): NameObject("/UseOutlines"), NameObject("/Outlines"): ref(self._outline(bookmarks)),
            NameObject("/ViewerPreferences"): DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)}),
            NameObject("/PageLabels"): DictionaryObject({NameObject("/Nums"): ArrayObject([
                NumberObject(0), _numbered(front_label), NumberObject(front), _numbered(""),
            ])}),
        })  # fmt: skip
        if self._attached:
            listed = ArrayObject(
                [part for name, spec in sorted(self._attached) for part in (TextStringObject(name), ref(spec))]
            )
            files = DictionaryObject({NameObject("/Names"): listed})
            catalog[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): files})
        self.write(self.catalog, catalog)
        info = self.reserve()
        day = TextStringObject(f"D:{made_at:%Y%m%d%H%M%S}Z")
        self.write(info, DictionaryObject({
            NameObject("/Title"): TextStringObject(title), NameObject("/CreationDate"): day, NameObject("/ModDate"): day,
        }))  # fmt: skip
        self._cross_references(info, fingerprint)

    def _outline(self, bookmarks: Sequence[Bookmark]) -> int:
        root = self.reserve()
        first, last, count = self._bookmarks(bookmarks, root)
        self.write(root, DictionaryObject({
            NameObject("/Type"): NameObject("/Outlines"), NameObject("/First"): ref(first), NameObject("/Last"): ref(last),
            NameObject("/Count"): NumberObject(count),
        }))  # fmt: skip
        return root

    def _bookmarks(self, bookmarks: Sequence[Bookmark], parent: int) -> tuple[int, int, int]:
        numbers, count = [self.reserve() for _ in bookmarks], 0
        for place, (number, mark) in enumerate(zip(numbers, bookmarks, strict=True)):
            line = DictionaryObject({
                NameObject("/Title"): TextStringObject(mark.title), NameObject("/Parent"): ref(parent),
                NameObject("/Dest"): _at(mark.page),
            })  # fmt: skip
            if place:
                line[NameObject("/Prev")] = ref(numbers[place - 1])
            if place + 1 < len(numbers):
                line[NameObject("/Next")] = ref(numbers[place + 1])
            count += 1
            if mark.under:
                first, last, below = self._bookmarks(mark.under, number)
                line[NameObject("/First")], line[NameObject("/Last")] = ref(first), ref(last)
                line[NameObject("/Count")] = NumberObject(below)
                count += below
            self.write(number, line)
        return numbers[0], numbers[-1], count

    def _cross_references(self, info: int, fingerprint: str) -> None:
        begins = self._out.tell()
        lines = [f"xref\n0 {self._next}\n0000000000 65535 f \n"]
        for number in range(1, self._next):
            place = self._places.get(number)
            lines.append("0000000000 00000 f \n" if place is None else f"{place:010d} 00000 n \n")
        lines.append(
            f"trailer\n<</Size {self._next}/Root {self.catalog} 0 R/Info {info} 0 R/ID[<{fingerprint}><{fingerprint}>]>>\n"
            f"startxref\n{begins}\n%%EOF\n"
        )
        self._out.write("".join(lines).encode())

    def _page(
        self, source: Any, labels: Sequence[Label], copying: Copying, sheets: Mapping[str, int]
    ) -> DictionaryObject:
        page = DictionaryObject({NameObject("/Type"): NameObject("/Page"), NameObject("/Parent"): ref(self.tree)})
        for name in (*_INHERITED, "/UserUnit"):
            value = inherited(source, name)
            if value is not None and name != "/Resources":
                page[NameObject(name)] = copying.of(value)
        resources = plain_dict(inherited(source, "/Resources"))
        objects = plain_dict(resources.get("/XObject"))
        kept = DictionaryObject(
            {NameObject(name): copying.of(value) for name, value in resources.items() if name != "/XObject"}
        )
        drawn = DictionaryObject({NameObject(name): copying.of(value) for name, value in objects.items()})
        for place, label in enumerate(labels):
            drawn[NameObject(f"/FolderLabel{place}")] = ref(label.number)
        kept[NameObject("/XObject")] = drawn
        page[NameObject("/Resources")] = kept
        box = [float(side) for side in cast(Any, inherited(source, "/CropBox") or inherited(source, "/MediaBox"))]
        rotated = int(cast(Any, inherited(source, "/Rotate")) or 0) % 360
        put = "".join(
            _put(label, f"/FolderLabel{place}", (box[0], box[1], box[2], box[3]), rotated)
            for place, label in enumerate(labels)
        )
        before, after = self.reserve(), self.reserve()
        copying.done[before] = stream_of(b"q\n", {})
        copying.done[after] = stream_of(f"\nQ\n{put}".encode(), {})
        raw = source.get("/Contents")
        inner = raw.get_object() if raw is not None else None
        parts = (
            list(inner)
            if isinstance(inner, ArrayObject)
            else [source.raw_get("/Contents")]
            if inner is not None
            else []
        )
        page[NameObject("/Contents")] = ArrayObject([ref(before), *(copying.of(part) for part in parts), ref(after)])
        if "/Annots" in source:
            page[NameObject("/Annots")] = ArrayObject(
                [_linked(copying.of(each), each, sheets) for each in cast(Any, source["/Annots"]).get_object()]
            )
        return page


def _linked(copied: PdfObject, source: Any, sheets: Mapping[str, int]) -> PdfObject:
    """A link of our own to a sheet as a link to that sheet's page."""
    found = source.get_object()
    address = str(cast(Any, found.get("/A", {})).get("/URI", "")) if sheets else ""
    if not address.startswith(SHEET) or address not in sheets:
        return copied
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link"),
        NameObject("/Rect"): ArrayObject([FloatObject(float(side)) for side in found["/Rect"]]),
        NameObject("/Border"): ArrayObject([NumberObject(0)] * 3), NameObject("/Dest"): _at(sheets[address]),
    })  # fmt: skip


def _put(label: Label, name: str, box: tuple[float, float, float, float], rotated: int) -> str:
    """Draw a label in the middle of the visible page's lower edge, however the page is turned."""
    left, bottom, right, top = min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])
    wide, high = (right - left, top - bottom) if rotated in (0, 180) else (top - bottom, right - left)
    scale = max(1.0, min(wide, high) / (210 * POINTS))  # on an oversized scan it would not be read
    across, up = (wide - label.width * POINTS * scale) / 2, label.up * POINTS * scale
    match rotated:
        case 90:
            turned = (0, 1, -1, 0, right - up, bottom + across)
        case 180:
            turned = (-1, 0, 0, -1, right - across, top - up)
        case 270:
            turned = (0, -1, 1, 0, left + up, top - across)
        case _:
            turned = (1, 0, 0, 1, left + across, bottom + up)
    a, b, c, d, e, f = turned
    return f"q {a * scale:.4f} {b * scale:.4f} {c * scale:.4f} {d * scale:.4f} {e:.3f} {f:.3f} cm {name} Do Q\n"


def _at(page: int) -> ArrayObject:
    return ArrayObject([ref(page), NameObject("/Fit")])


def _numbered(before: str) -> DictionaryObject:
    style = DictionaryObject({NameObject("/S"): NameObject("/D")})
    if before:
        style[NameObject("/P")] = TextStringObject(before)
    return style
