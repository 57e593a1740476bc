"""Objects of a PDF taken over into another one: read without trust, copied with all that they refer to, without what acts."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
)

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


class Copying:
    """The objects of one document, copied with everything that they refer to; pages that are known stand for themselves."""

    def __init__(self, reserve: Callable[[], int], known: dict[int, int]) -> None:
        self._reserve, self.known = reserve, known
        self.done: dict[int, PdfObject] = {}
        self._waiting: list[tuple[int, IndirectObject]] = []

    def of(self, value: Any) -> PdfObject:
        """The value as it stands in the new file."""
        if isinstance(value, IndirectObject):
            number = self.known.get(value.idnum)
            if number is None:
                number = self.known[value.idnum] = self._reserve()
                self._waiting.append((number, value))
            return ref(number)
        if isinstance(value, StreamObject):
            return stream_of(value._data, {name: self.of(part) for name, part in _kept(value) if name != "/Length"})
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


def inherited(source: Any, name: str) -> Any:
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


def plain_dict(value: Any) -> dict[str, Any]:
    """A dictionary's raw members; nothing where it is none."""
    found = value.get_object() if value is not None else None
    if not isinstance(found, DictionaryObject):
        return {}
    return {str(name): found.raw_get(name) for name in found}


def stream_of(data: bytes, values: Mapping[str, PdfObject]) -> StreamObject:
    """A stream with these entries, made small where it is not already."""
    stream = StreamObject()
    stream.update({NameObject(name): value for name, value in values.items()})
    if "/Filter" not in values and len(data) > 200 and str(values.get("/Type")) != "/EmbeddedFile":
        data = zlib.compress(data, 6)
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = data
    return stream


def ref(number: int) -> IndirectObject:
    """A reference to the object of that number."""
    return IndirectObject(number, 0, None)


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
