"""Pages of many PDFs and pictures bound into one file, object by object: what is written is no longer held in memory."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, cast

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from incubator.services.case_folder.typesetting import POINTS

SHEET = "sheet:"  # a link of our own pages to the sheet of that place
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
# What would act by itself when a page is opened has no place in a file for the archive.
_ACTIVE = frozenset({"/AA", "/OpenAction", "/JS", "/JavaScript", "/Launch", "/RichMediaContent"})


class Unreadable(Exception):  # noqa: N818 - it states the fact, as all errors here do
    """A document's pages cannot be taken over."""


@dataclass(slots=True)
class Source:
    """A PDF that is taken from, and what of it stands in the new file already: its object -> ours."""

    reader: PdfReader
    known: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many pages it has."""
        return len(self.reader.pages)


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
        copying = _Copying(self, source.known)
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
        self.write(picture, _stream(jpeg, {
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
        self.write(contents, _stream(drawn.encode(), {}))
        objects = DictionaryObject({NameObject("/Picture"): _ref(picture)})
        for place, label in enumerate(labels):
            objects[NameObject(f"/Label{place}")] = _ref(label.number)
        self.write(page, DictionaryObject({
            NameObject("/Type"): NameObject("/Page"), NameObject("/Parent"): _ref(self.tree),
            NameObject("/MediaBox"): ArrayObject([FloatObject(f"{side:.2f}") for side in box_of_page]),
            NameObject("/Resources"): DictionaryObject({NameObject("/XObject"): objects}),
            NameObject("/Contents"): _ref(contents),
        }))  # fmt: skip
        return page

    def labels(self, source: Source, pages: Sequence[int], labels: Sequence[Label]) -> None:
        """Write each label that pages wait for from a page of its own."""
        copying = _Copying(self, source.known)
        for place, label in zip(pages, labels, strict=True):
            page = source.reader.pages[place]
            content = page.get_contents()
            form = _stream(content.get_data() if content is not None else b"", {
                "/Type": NameObject("/XObject"), "/Subtype": NameObject("/Form"),
                "/BBox": copying.of(_inherited(page, "/MediaBox")),
                "/Resources": copying.of(_inherited(page, "/Resources")),
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
        self.write(file, _stream(content, {
            "/Type": NameObject("/EmbeddedFile"), "/Subtype": NameObject("/" + media_type),
            "/Params": DictionaryObject({NameObject("/Size"): NumberObject(len(content))}),
        }))  # fmt: skip
        self.write(spec, DictionaryObject({
            NameObject("/Type"): NameObject("/Filespec"), NameObject("/F"): TextStringObject(unique),
            NameObject("/UF"): TextStringObject(unique), NameObject("/AFRelationship"): NameObject("/Source"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): _ref(file), NameObject("/UF"): _ref(file)}),
        }))  # fmt: skip
        self._attached.append((unique, spec))

    def finish(
        self, pages: Sequence[int], front: int, bookmarks: Sequence[Bookmark], *, title: str, made_at: datetime, fingerprint: str,
        language: str, front_label: str,
    ) -> None:  # fmt: skip
        """End the file: its pages in their order, of which the first `front` are not counted, outline, attachments."""
        self.write(self.tree, DictionaryObject({
            NameObject("/Type"): NameObject("/Pages"), NameObject("/Count"): NumberObject(len(pages)),
            NameObject("/Kids"): ArrayObject([_ref(page) for page in pages]),
        }))  # fmt: skip
        catalog = DictionaryObject({
            NameObject("/Type"): NameObject("/Catalog"), NameObject("/Pages"): _ref(self.tree),
            NameObject("/Lang"): TextStringObject("zh-CN" if language == "zh" else "en"),
            NameObject("/PageMode"): NameObject("/UseOutlines"), NameObject("/Outlines"): _ref(self._outline(bookmarks)),
            NameObject("/ViewerPreferences"): DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)}),
            NameObject("/PageLabels"): DictionaryObject({NameObject("/Nums"): ArrayObject([
                NumberObject(0), _numbered(front_label), NumberObject(front), _numbered(""),
            ])}),
        })  # fmt: skip
        if self._attached:
            listed = ArrayObject(
                [part for name, spec in sorted(self._attached) for part in (TextStringObject(name), _ref(spec))]
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
            NameObject("/Type"): NameObject("/Outlines"), NameObject("/First"): _ref(first), NameObject("/Last"): _ref(last),
            NameObject("/Count"): NumberObject(count),
        }))  # fmt: skip
        return root

    def _bookmarks(self, bookmarks: Sequence[Bookmark], parent: int) -> tuple[int, int, int]:
        numbers, count = [self.reserve() for _ in bookmarks], 0
        for place, (number, mark) in enumerate(zip(numbers, bookmarks, strict=True)):
            line = DictionaryObject({
                NameObject("/Title"): TextStringObject(mark.title), NameObject("/Parent"): _ref(parent),
                NameObject("/Dest"): _at(mark.page),
            })  # fmt: skip
            if place:
                line[NameObject("/Prev")] = _ref(numbers[place - 1])
            if place + 1 < len(numbers):
                line[NameObject("/Next")] = _ref(numbers[place + 1])
            count += 1
            if mark.under:
                first, last, below = self._bookmarks(mark.under, number)
                line[NameObject("/First")], line[NameObject("/Last")] = _ref(first), _ref(last)
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
        self, source: Any, labels: Sequence[Label], copying: _Copying, sheets: Mapping[str, int]
    ) -> DictionaryObject:
        page = DictionaryObject({NameObject("/Type"): NameObject("/Page"), NameObject("/Parent"): _ref(self.tree)})
        for name in (*_INHERITED, "/UserUnit"):
            value = _inherited(source, name)
            if value is not None and name != "/Resources":
                page[NameObject(name)] = copying.of(value)
        resources = _plain_dict(_inherited(source, "/Resources"))
        objects = _plain_dict(resources.get("/XObject"))
        kept = DictionaryObject(
            {NameObject(name): copying.of(value) for name, value in resources.items() if name != "/XObject"}
        )
        drawn = DictionaryObject({NameObject(name): copying.of(value) for name, value in objects.items()})
        for place, label in enumerate(labels):
            drawn[NameObject(f"/FolderLabel{place}")] = _ref(label.number)
        kept[NameObject("/XObject")] = drawn
        page[NameObject("/Resources")] = kept
        box = [float(side) for side in cast(Any, _inherited(source, "/CropBox") or _inherited(source, "/MediaBox"))]
        rotated = int(cast(Any, _inherited(source, "/Rotate")) or 0) % 360
        put = "".join(
            _put(label, f"/FolderLabel{place}", (box[0], box[1], box[2], box[3]), rotated)
            for place, label in enumerate(labels)
        )
        before, after = self.reserve(), self.reserve()
        copying.done[before] = _stream(b"q\n", {})
        copying.done[after] = _stream(f"\nQ\n{put}".encode(), {})
        raw = source.get("/Contents")
        inner = raw.get_object() if raw is not None else None
        parts = (
            list(inner)
            if isinstance(inner, ArrayObject)
            else [source.raw_get("/Contents")]
            if inner is not None
            else []
        )
        page[NameObject("/Contents")] = ArrayObject([_ref(before), *(copying.of(part) for part in parts), _ref(after)])
        if "/Annots" in source:
            page[NameObject("/Annots")] = ArrayObject(
                [_linked(copying.of(each), each, sheets) for each in cast(Any, source["/Annots"]).get_object()]
            )
        return page


class _Copying:
    """The objects of one document, copied with everything that they refer to; pages that are known stand for themselves."""

    def __init__(self, binder: Binder, known: dict[int, int]) -> None:
        self.binder, self.known = binder, known
        self.done: dict[int, PdfObject] = {}
        self._waiting: list[tuple[int, IndirectObject]] = []

    def of(self, value: Any) -> PdfObject:
        """The value as it stands in the new file."""
        if isinstance(value, IndirectObject):
            number = self.known.get(value.idnum)
            if number is None:
                number = self.known[value.idnum] = self.binder.reserve()
                self._waiting.append((number, value))
            return _ref(number)
        if isinstance(value, StreamObject):
            return _stream(value._data, {name: self.of(part) for name, part in _kept(value) if name != "/Length"})
        if isinstance(value, DictionaryObject):
            return DictionaryObject({NameObject(name): self.of(part) for name, part in _kept(value)})
        if isinstance(value, ArrayObject):
            return ArrayObject([self.of(part) for part in value])
        return cast(PdfObject, value)

    def finish(self) -> None:
        """Copy what the copied things refer to, until nothing is left."""
        while self._waiting:
            number, reference = self._waiting.pop()
            value = reference.get_object()
            # What leads back to the whole document (a form's fields, the old tree of pages) does not come along.
            whole = isinstance(value, DictionaryObject) and value.get("/Type") in ("/Pages", "/Catalog")
            self.done[number] = NullObject() if value is None or whole else self.of(value)


def _kept(value: DictionaryObject) -> list[tuple[str, Any]]:
    """A dictionary's raw members, references unresolved, without what would act by itself."""
    scripted = value.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")
    if scripted:
        return []
    return [(str(name), value.raw_get(name)) for name in value if name not in _ACTIVE]


def _inherited(source: Any, name: str) -> Any:
    """A page's own value, or that of the tree above it."""
    node, steps = source, 0
    while node is not None and steps < 50:
        if name in node:
            return node[name]
        parent = node.get("/Parent")
        node, steps = (parent.get_object() if parent is not None else None), steps + 1
    if name == "/MediaBox":
        return ArrayObject([FloatObject(0), FloatObject(0), FloatObject(595), FloatObject(842)])
    return None


def _plain_dict(value: Any) -> dict[str, Any]:
    found = value.get_object() if value is not None else None
    if not isinstance(found, DictionaryObject):
        return {}
    return {str(name): found.raw_get(name) for name in found}


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


def _stream(data: bytes, values: Mapping[str, PdfObject]) -> StreamObject:
    stream = StreamObject()
    stream.update({NameObject(name): value for name, value in values.items()})
    if "/Filter" not in values and len(data) > 200 and values.get("/Type") != "/EmbeddedFile":
        data = zlib.compress(data, 6)
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = data
    return stream


def _ref(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)


def _at(page: int) -> ArrayObject:
    return ArrayObject([_ref(page), NameObject("/Fit")])


def _numbered(before: str) -> DictionaryObject:
    style = DictionaryObject({NameObject("/S"): NameObject("/D")})
    if before:
        style[NameObject("/P")] = TextStringObject(before)
    return style


def read_pdf(content: bytes) -> Source:
    """A PDF ready to be taken from, one without a password opened. Raises Unreadable."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("locked")
        if not len(reader.pages):
            raise Unreadable("no pages")
    except Unreadable:
        raise
    except Exception as fault:
        raise Unreadable(str(fault)) from fault
    return Source(reader)
