"""Uploaded files: their name made plain, their size and their content checked against what they claim to be."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import filetype

from incubator.errors import Refused
from incubator.services.documents import store_content
from incubator.text import Text

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".docx": DOCX, ".xlsx": XLSX}
# The part that tells one office document from another inside the same kind of archive.
_OFFICE_PARTS = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
_LONGEST_NAME = 150
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")


class UploadRefused(Refused):
    """The file is empty, too large, of a kind that is not taken, or not what its name says."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "upload_refused"
    title: ClassVar[Text] = Text("文件未被接受", "The file was not taken")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was checked and whose content is kept; `sha256` finds it again."""

    filename: str
    media_type: str
    size: int
    sha256: str


def keep_upload(data_dir: Path, *, filename: str, content: bytes, most_mb: int) -> Upload:
    """Check an uploaded document and keep its content. Raises UploadRefused, which says what to send instead."""
    name = plain_name(filename)
    if not content:
        raise UploadRefused(
            Text(f"文件“{name}”是空的，请重新选择", f"The file {name!r} is empty: choose it again"),
        )
    if len(content) > most_mb * 1024 * 1024:
        raise UploadRefused(
            Text(
                f"文件“{name}”超过 {most_mb} MB，请压缩或拆分后上传",
                f"The file {name!r} is larger than {most_mb} MB: make it smaller or split it",
            )
        )
    media_type = _checked_type(name, content)
    return Upload(name, media_type, len(content), store_content(data_dir, content))


def plain_name(filename: str) -> str:
    """A file's name without its folders and without signs that a file system or a header would stumble over."""
    last = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    name = _UNPRINTABLE.sub("_", last).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if len(name) > _LONGEST_NAME and dot:
        return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"[:_LONGEST_NAME]
    return name[:_LONGEST_NAME]


def _checked_type(name: str, content: bytes) -> str:
    ending = Path(name).suffix.lower()
    expected = MEDIA_TYPES.get(ending)
    if expected is None:
        taken = "、".join(sorted(MEDIA_TYPES))
        raise UploadRefused(
            Text(
                f"不接受“{name}”这种文件，请上传：{taken}",
                f"Files such as {name!r} are not taken; send one of: {', '.join(sorted(MEDIA_TYPES))}",
            )
        )
    if not _is(expected, content):
        raise UploadRefused(
            Text(
                f"“{name}”的内容与扩展名 {ending} 不符，请用原软件另存为正确的格式后上传",
                f"The content of {name!r} is not what {ending} says: save it in the right format and send that",
            )
        )
    return expected


def _is(media_type: str, content: bytes) -> bool:
    part = _OFFICE_PARTS.get(media_type)
    if part is None:
        guessed = filetype.guess(content)
        return guessed is not None and guessed.mime == media_type
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    # A macro is a program; an office's paper needs none.
    return part in names and not any(name.endswith("vbaProject.bin") for name in names)
