"""A notice read from a file or from pasted text, whichever of its two forms it has."""

from __future__ import annotations

import re

from incubator.policies import reading
from incubator.policies.reading import PackFault
from incubator.services.calendars.entries_file import read_entries
from incubator.services.calendars.notice import Notice, UnreadableNotice
from incubator.services.calendars.published_text import read_text
from incubator.text import Text

PASTED = "粘贴的文字"  # stands for the file's name where there is none
LONGEST = 200_000  # bytes: a notice has about two thousand

_ENTRY = re.compile(r"^(?:year|source|days_off|workdays)\s*:", re.MULTILINE)


def read_notice(name: str, content: bytes | str, *, year: int | None = None) -> Notice:
    """The notice of a file: the State Council's text, or entries in YAML. `year` is asked where the text lacks its title.

    Raises UnreadableNotice with every fault and its line.
    """
    text = content if isinstance(content, str) else _decoded(name, content)
    if len(text) > LONGEST:
        raise _refused(name, Text("文件过长，不会是放假安排的通知", "The file is too long to be a notice on holidays"))
    if _ENTRY.search(text):
        return read_entries(reading.read_text(name, text), year)
    return read_text(name, text, year)


def _decoded(name: str, content: bytes) -> str:
    if len(content) <= LONGEST * 4:
        # An editor on Windows may save Chinese as GB 18030; no such text is valid UTF-8 by accident.
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
    words = Text(
        "这不是文本文件。请打开通知，把全文复制粘贴进来，或存为 .txt 文件",
        "This is no text file: open the notice and paste its whole text, or save it as .txt",
    )
    raise _refused(name, words)


def _refused(name: str, words: Text) -> UnreadableNotice:
    return UnreadableNotice([PackFault(name, 1, "", words)])
