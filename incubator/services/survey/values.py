"""One cell read into a typed value, with how it is stored and what a person should be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from incubator.services.survey.dates import from_serial, read_date
from incubator.text import Text
from incubator.wording import is_unknown, plain, squeeze, tidy, words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A cell's value, how it is written once stored (None: nothing kept), and the questions it leaves."""

    value: T | None
    shown: str | None
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, and whether it is only an estimate."""

    number: int
    approximate: bool = False


_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_CHINESE = re.compile(r"[零〇一二两俩三四五六七八九十百千万]+")
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_ABOUT_BEFORE = re.compile(r"^(大约|大概|约有|约|近|将近|不少于|至少|超过|现有|共有|共|现)+")
_ABOUT_AFTER = re.compile(r"(余|多|左右|上下|以上|以内|不到|来)+")
_UNIT_OF_PEOPLE = re.compile(r"(名|人|位|个|口|众|persons?|people|members?)+(左右|上下|以上|以内)?$")
_RANGE = re.compile(r"^(\d+)[-~至到—–](\d+)$")
_MOST_PEOPLE = 1_000_000
_LONGEST_NUMBER = 60
_ONE_TENTH_UP = 5  # 十几 is 11 to 19: the middle

_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0\d{2,3})(\d{7,8})(?:[转x#*-](\d{1,6}))?$")
_LOCAL = re.compile(r"^[2-9]\d{6,7}$")
_PHONE_SPLIT = re.compile(r"[/、;,，；\\|或]+")
_PHONE_IN_NAME = re.compile(
    r"[\s(（:：/、,，;；-]{0,5}((?:\+?86[- ]?)?[0-9０-９][0-9０-９ -]{6,24}[0-9０-９])[)）]?\s*$"
)

_YES = words("有 是 已有 已制定 已建立 具备 具有 yes y true 1 √ ✓ ✔ ☑ v ○")
_NO = words("无 否 没有 没 未制定 未建立 不具备 no n false 0 × ✗ ✘ ☒ x ╳")

_NO_PREMISES = words("无 没有 无场所 无场地 无固定场所 无固定场地 无固定活动场所 无固定活动场地 没有固定场所 none")
_STOPPED = re.compile(
    r"(停止|暂停|停了|中断|终止|不再|未开展|没有|未|已无|无)(组织|开展|任何|过)*活动"
    r"|停办|停摆|名存实亡|僵尸|已停|inactive|dormant"
)


def read_text(text: str) -> Read[str]:
    """A plain text; None where the cell says that nobody knows."""
    if is_unknown(text):
        return Read(None, None)
    return Read(tidy(text), tidy(text))


def read_premises(text: str) -> Read[str]:
    """Where the body meets; None where it says that there is no fixed place."""
    if is_unknown(text) or squeeze(text) in _NO_PREMISES:
        return Read(None, None)
    return Read(tidy(text), tidy(text))


def says_dormant(text: str) -> bool:
    """Whether the words say that the activity has stopped (`去年停止活动`)."""
    return _STOPPED.search(plain(text).casefold()) is not None


def read_yes_no(text: str) -> Read[bool]:
    """Yes or no, in words or ticks; stored as 有 or 无."""
    forms = {plain(text).casefold(), squeeze(text)}
    if forms & _YES:
        return Read(True, "有")
    if forms & _NO:
        return Read(False, "无")
    if is_unknown(text):
        return Read(None, None)
    return Read(None, None, (_unread(text, Text("请填“有”或“无”", "write 有 (yes) or 无 (no)")),))


def read_count(text: str) -> Read[Count]:
    """A number of people.

    `约20人` and `20余人` are 20, approximate; `十几人` (11 to 19) is 15 and `20-30` is 25: the middle, approximate.
    `几十人`, which may be anything, is kept out and asked for.
    """
    if is_unknown(text):
        return Read(None, None)
    ask: Read[Count] = Read(None, None, (_unread(text, Text("请填具体人数", "state the number of people")),))
    if len(text) > _LONGEST_NUMBER:
        return ask
    word = _BRACKETS.sub("", plain(text).casefold())
    stripped = _ABOUT_BEFORE.sub("", word)
    about = re.search(r"约|概|近|少|过", word[: len(word) - len(stripped)]) is not None
    stripped, after = _ABOUT_AFTER.subn("", _UNIT_OF_PEOPLE.sub(r"\2", stripped))
    stripped = _UNIT_OF_PEOPLE.sub("", stripped)
    about = about or after > 0
    tens = 0
    if stripped.endswith("几") and len(stripped) > 1:
        tens, about, stripped = _ONE_TENTH_UP, True, stripped[:-1]
    stripped = _CHINESE.sub(lambda found: str(_chinese_number(found[0])), stripped)
    if span := _RANGE.match(stripped):
        low, high = int(span[1][:9]), int(span[2][:9])
        if low > high:
            return ask
        number, about = (low + high) // 2, about or low != high
    elif re.fullmatch(r"\d{1,9}(\.0+)?", stripped):
        number = int(stripped.split(".")[0])
    else:
        return ask
    number += tens
    if not 0 <= number <= _MOST_PEOPLE or (tens and number % 10 != _ONE_TENTH_UP):
        return ask
    return Read(Count(number, about), f"约{number}" if about else str(number))


def read_party_members(text: str) -> Read[int]:
    """How many Party members; `无` is 0, `有` leaves the number unknown and asked for."""
    word = plain(text)
    if squeeze(word) in {"无", "没有", "无党员", "没有党员", "none", "no"}:
        return Read(0, "0")
    if squeeze(word) in {"有", "有党员", "是", "yes"} or word in {"√", "✓", "✔"}:
        note = Text("有党员，人数未填，请补充", "There are Party members but their number is not given: please ask")
        return Read(None, text, (note,))
    if is_unknown(text):
        return Read(None, None)
    bare = re.sub(r"^(中共|有)?(正式)?党员(人数|数)?[:：]?", "", re.sub(r"(正式|中共)?党员$", "", word))
    counted = read_count(bare)
    if counted.value is None:
        return Read(None, None, (_unread(text, Text("请填党员人数", "state the number of Party members")),))
    notes = () if not counted.value.approximate else (_unread_about(text),)
    return Read(counted.value.number, str(counted.value.number), notes)


def read_founded_on(text: str) -> Read[str]:
    """When the body was founded, as far as it is known; the bare day number of a spreadsheet counts as that day."""
    if is_unknown(text):
        return Read(None, None)
    found = read_date(text)
    word = plain(text)
    if found is None and re.fullmatch(r"\d{5}", word):
        found = from_serial(int(word))
    if found is None:
        ask = Text("请填“2013-05-21”“2013-05”或“2013”", "write it as 2013-05-21, 2013-05 or 2013")
        return Read(None, None, (_unread(text, ask),))
    return Read(found, found)


def read_phone(text: str) -> Read[str]:
    """A mobile number (11 digits) or a landline (`028-86661234`); any other number is kept out and asked for."""
    if is_unknown(text) or squeeze(text) in {"无", "没有"}:
        return Read(None, None)
    first, *others = [part for part in _PHONE_SPLIT.split(plain(text)) if part] or [""]
    joined = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", re.sub(r"[-—–()·._]", "", first))
    notes: list[Text] = []
    shown: str | None = None
    if _MOBILE.match(joined):
        shown = joined
    elif line := _LANDLINE.match(re.sub(r"[()—–·._-]", "", first.split("转")[0]) + _extension(first)):
        area = line[1][:3] if line[1][1] in "12" else line[1]
        number = (line[1] + line[2])[len(area) :]
        shown = f"{area}-{number}" + (f"-{line[3]}" if line[3] else "")
    elif _LOCAL.match(joined):
        shown = joined
        notes.append(Text("固定电话没有区号，请核实", "The landline has no area code: please check"))
    else:
        digits = sum(char.isdigit() for char in first)
        zh = f"电话“{tidy(text)}”有 {digits} 位数字，不是有效号码，未采用，请核实"
        en = f"The phone “{tidy(text)}” has {digits} digits and is no valid number; it was kept out: please ask"
        return Read(None, None, (Text(zh, en),))
    if others:
        rest = "、".join(others)
        notes.append(Text(f"另有电话 {rest}，未采用", f"Further numbers were not kept: {rest}"))
    return Read(shown, shown, tuple(notes))


def split_leader(text: str) -> tuple[str, str | None]:
    """A leader's name and the phone written behind it in the same cell (None where there is none)."""
    found = _PHONE_IN_NAME.search(text)
    if found is None or not text[: found.start()].strip():
        return text, None
    return text[: found.start()], found[1]


def _extension(text: str) -> str:
    return "转" + "".join(char for char in text.split("转", 1)[1] if char.isdigit()) if "转" in text else ""


def _chinese_number(text: str) -> int:
    total, part = 0, 0
    for char in text:
        if char in _DIGITS:
            part = part * 10 + _DIGITS[char]
        elif char == "万":
            total, part = (total + part) * _UNITS[char], 0
        else:
            total, part = total + (part or 1) * _UNITS[char], 0
    return total + part


def _unread(text: str, ask: Text) -> Text:
    word = tidy(text)
    return Text(f"“{word}”无法识别，未采用，{ask.zh}", f"“{word}” could not be read and was kept out: {ask.en}")


def _unread_about(text: str) -> Text:
    word = tidy(text)
    return Text(
        f"党员人数“{word}”是估计数，请核实", f"The number of Party members “{word}” is an estimate: please check"
    )
