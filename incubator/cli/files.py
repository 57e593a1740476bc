"""Files that commands read and write, and sentences that they say in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from incubator.errors import Refused
from incubator.text import Text

if TYPE_CHECKING:
    from rich.console import Console


class FileUnusable(Refused):
    """A file cannot be read or written."""

    code: ClassVar[str] = "file_unusable"
    title: ClassVar[Text] = Text("文件无法读写", "A file cannot be read or written")


def content_of(file: Path) -> bytes:
    """What a file holds; FileUnusable."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnusable(
            Text(f"无法读取 {file}：{error.strerror}", f"{file} cannot be read: {error.strerror}")
        ) from error


def save(file: Path, content: bytes, otherwise: Text = Text("", "")) -> None:  # noqa: B008 - a Text does not change
    """Write a file; FileUnusable, which ends with `otherwise`: what has been done all the same."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise FileUnusable(
            Text(
                f"无法写入 {file}：{error.strerror}。请换一个位置再执行。{otherwise.zh}",
                f"{file} cannot be written: {error.strerror}. Name another place and run it again. {otherwise.en}".rstrip(),
            )
        ) from error


def say(console: Console, text: Text) -> None:
    """A sentence in both languages, untouched by the terminal's width."""
    console.print(f"{text.zh}\n{text.en}", markup=False, soft_wrap=True)
