"""The text of the State Council's notice on a year's holidays, as it is published, read strictly."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from incubator.services.calendars.notice import HOLIDAYS, Gathered, Notice, NoticeSource, UnreadableNotice, span
from incubator.text import Text

_NAMED = "|".join(HOLIDAYS)
# "六、国庆节、中秋节：" or, where the list lost its numbers on the way, "元旦：".
_ITEM = re.compile(
    rf"(?:(?:^|(?<=[\s。]))[一二三四五六七八九十]{{1,3}}、\s*(?P<numbered>[\w、 ]{{2,30}}?)|(?P<named>(?:{_NAMED})(?:[、和](?:{_NAMED}))*))\s*:",
    re.MULTILINE,
)
_TITLE = re.compile(r"国务院办公厅关于\s*(\d{4})\s*年\s*部分节假日安排的通知")
_ANNOUNCES = re.compile(r"现将\s*(\d{4})\s*年\s*元旦")
_NUMBER = re.compile(r"国办发(?:明电)?\s*[〔\[(]\s*\d{4}\s*[〕\])]\s*\d+\s*号")
_SIGNED = re.compile(r"国务院办公厅\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")

_DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?"
_SPANS = rf"{_DAY}(?:[至到—~-]{_DAY})?(?:、{_DAY}(?:[至到—~-]{_DAY})?)*"
_OFF = re.compile(rf"(?P<spans>{_SPANS})(?:放假(?:调休|公休|补休)?(?:(?P<days>\d+)天)?|补休|调休|公休)")
_WORK = re.compile(rf"(?P<spans>{_SPANS})(?:照常)?上班")
_TOTAL = re.compile(r"共(\d+)天")
_ONE_DAY = re.compile(r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?:\((?P<said>[^()]*)\))?")
_WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])")
_LUNAR = re.compile(
    r"(?:农历)?(?:除夕|(?:正月|腊月|[一二三四五六七八九十]{1,2}月)?(?:初|十|廿|二十|三十)?[一二三四五六七八九十]{1,2})"
)
_ARRANGES = re.compile(r"\d\s*日[^。]*?(?:放假|上班|补休)")
_ADVICE = "鼓励"
_CLOSING = (_ADVICE, "节假日期间", "国务院办公厅")  # what a notice ends with, after its last holiday


@dataclass(frozen=True, slots=True)
class _Item:
    """One holiday's part of the text: where it begins, its name, its words after the colon, where those begin."""

    at: int
    name: str
    body: str
    body_at: int


def read_text(file: str, text: str, asked_year: int | None = None) -> Notice:
    """The notice of this text; the year comes from its title unless it was cut off, and then from `asked_year`.

    Raises UnreadableNotice with everything that is not understood: each sentence about a holiday must be one of the
    notices' own forms, the weekdays in brackets and the numbers of days (共3天) must be those of the days found, and
    every holiday must be there.
    """
    return _Reader(file, _plain(text), asked_year).notice()


class _Reader:
    def __init__(self, file: str, text: str, asked_year: int | None) -> None:
        self.file, self.text = file, text
        self.year = asked_year or 0
        self.found = Gathered(file, self.year)
        self.joined: set[date] = set()
        self.set_aside: list[str] = []
        self._read_year(asked_year)

    def notice(self) -> Notice:
        """The notice, or UnreadableNotice."""
        items = self._items()
        if self.year and items:
            for place, item in enumerate(items):
                self._read_item(item, last=place == len(items) - 1)
            self.found.complete(self._line(items[0].at))
        elif self.year:
            words = Text(
                "没有找到“一、元旦：……”这样的放假安排，请粘贴通知全文",
                "No arrangement such as “一、元旦：……” was found: paste the notice's whole text",
            )
            self.found.fault(1, "", words)
        if self.found.faults:
            raise UnreadableNotice(sorted(self.found.faults, key=lambda fault: fault.line))
        return Notice(
            year=self.year,
            source=self._source(),
            days_off=dict(sorted(self.found.days_off.items())),
            workdays=frozenset(self.found.workdays),
            joined=frozenset(self.joined),
            set_aside=tuple(self.set_aside),
        )

    def _read_year(self, asked: int | None) -> None:
        said = {
            int(match[1]): match.start() for match in (*_TITLE.finditer(self.text), *_ANNOUNCES.finditer(self.text))
        }
        if len(said) > 1:
            words = Text("文中有{years}两个年份的安排，请只保留一年", "It speaks of {years}: leave one year only")
            self.found.fault(self._line(max(said.values())), "", words.fill(years="、".join(map(str, sorted(said)))))
        elif not said and asked is None:
            words = Text(
                "标题中没有年份，请指明是哪一年的放假安排",
                "The title with the year is missing: say which year it is for",
            )
            self.found.fault(1, "", words)
        elif said and asked is not None and asked not in said:
            words = Text("这是{said}年的放假安排，不是{asked}年的", "This is the notice for {said}, not for {asked}")
            self.found.fault(self._line(min(said.values())), "", words.fill(said=next(iter(said)), asked=asked))
        else:
            self.year = self.found.year = next(iter(said), asked or 0)
            return
        self.year = 0

    def _items(self) -> list[_Item]:
        matches = list(_ITEM.finditer(self.text))
        ends = [match.start() for match in matches[1:]] + [len(self.text)] * bool(matches)
        return [
            _Item(match.start(), _spaceless(match["numbered"] or match["named"]), self.text[match.end() : end], match.end())
            for match, end in zip(matches, ends, strict=True)
        ]  # fmt: skip

    def _read_item(self, item: _Item, *, last: bool) -> None:
        names = item.name.replace("和", "、").replace("与", "、")
        for name in names.split("、"):
            if name in self.found.names:
                words = Text("“{name}”的安排出现了两次", "{name} is arranged twice")
                self.found.fault(self._line(item.at), name, words.fill(name=name))
            self.found.names.add(name)
        at, arranged, closing = item.body_at, False, False
        for sentence in re.split(r"(?<=。)", item.body):
            line, words_of = self._line(at + len(sentence) - len(sentence.lstrip())), _spaceless(sentence).rstrip("。;")
            at += len(sentence)
            if not words_of:
                continue
            closing = closing or (last and arranged and words_of.startswith(_CLOSING))
            if words_of.startswith(_ADVICE):
                self.set_aside.append(words_of)
            elif closing and not _ARRANGES.search(words_of):
                continue
            elif not self._read_sentence(words_of, names, line):
                words = Text(
                    "看不懂“{sentence}”，请对照通知原文核对；确与原文一致的，请改用表格形式的文件导入",
                    "“{sentence}” is not understood: check it against the published text; where it stands there so, import"
                    " a file of entries instead",
                ).fill(sentence=words_of if len(words_of) <= 60 else f"{words_of[:60]}……")
                self.found.fault(line, names, words)
            arranged = True
        if not arranged:
            self.found.fault(self._line(item.at), names, Text("没有写明放假日期", "It names no days"))

    def _read_sentence(self, sentence: str, names: str, line: int) -> bool:
        if whole := _WORK.fullmatch(sentence):
            for day in self._days(whole["spans"], names, line):
                self.found.work(day, line, names)
            return True
        days: list[date] = []
        total, joins = None, False
        for place, clause in enumerate(sentence.split(",")):
            if off := _OFF.fullmatch(clause):
                days += self._days(off["spans"], names, line)
                total = int(off["days"]) if off["days"] else total
            elif place == 0:
                return False
            elif counted := _TOTAL.fullmatch(clause):
                total = int(counted[1])
            elif clause == "与周末连休":
                joins = True
            elif clause != "不调休":
                return False
        self._note_off(days, total, joins, names, line)
        return True

    def _note_off(self, days: list[date], total: int | None, joins: bool, names: str, line: int) -> None:
        for day in days:
            self.found.off(day, names, line, names)
        weekend = _adjoining_weekend(days) if joins else set()
        if joins and days and not weekend:
            words = Text("与周末不相连，不会“与周末连休”", "No weekend adjoins these days, though it says so")
            self.found.fault(line, names, words)
        self.joined |= weekend
        counted = len({*days} | weekend)
        if total is not None and days and total != counted:
            words = Text(
                "写明共{total}天，列出的日期是{counted}天", "It says {total} days, but the dates make {counted}"
            )
            self.found.fault(line, names, words.fill(total=total, counted=counted))

    def _days(self, spans: str, names: str, line: int) -> list[date]:
        days: list[date] = []
        year, month = self.year, 0
        for part in re.split(r"、(?![^(]*\))", spans):
            ends: list[date] = []
            for match in _ONE_DAY.finditer(part):
                if names == "元旦" and not match["year"] and (int(match["month"] or month)) == 12:
                    words = Text("12月的日期须写明年份", "Write the year of a day in December")
                    self.found.fault(line, names, words)
                    return days
                year = int(match["year"] or (year if ends else self.year))
                month = int(match["month"] or month)
                try:
                    day = date(year, month, int(match["day"]))
                except ValueError:
                    words = Text("没有“{day}”这一天", "There is no such day as {day}").fill(day=match[0])
                    self.found.fault(line, names, words)
                    return days
                self._check_bracket(day, match["said"] or "", names, line)
                ends.append(day)
            if ends[-1] < ends[0] or (ends[-1] - ends[0]).days > 30:
                words = Text("“{part}”的起止日期不对", "{part} is no span of days").fill(part=part)
                self.found.fault(line, names, words)
                continue
            days += span(ends[0], ends[-1])
        return days

    def _check_bracket(self, day: date, said: str, names: str, line: int) -> None:
        for part in filter(None, re.split("[、,]", said)):
            if weekday := _WEEKDAY.fullmatch(part):
                if "一二三四五六日".index(weekday[1].replace("天", "日")) != day.weekday():
                    real = f"周{'一二三四五六日'[day.weekday()]}"
                    words = Text("{day}是{real}，不是{part}", "{day} is a {english}, not {part}")
                    told = words.fill(day=day.isoformat(), real=real, part=part, english=f"{day:%A}")
                    self.found.fault(line, names, told)
            elif not _LUNAR.fullmatch(part):
                words = Text("看不懂括号中的“{part}”", "“{part}” in the brackets is not understood").fill(part=part)
                self.found.fault(line, names, words)

    def _source(self) -> NoticeSource:
        number, signed = _NUMBER.search(self.text), list(_SIGNED.finditer(self.text))
        dated = None
        if signed:
            try:
                dated = date(*(int(part) for part in signed[-1].groups()))
            except ValueError:
                dated = None
        return NoticeSource(
            f"国务院办公厅关于{self.year}年部分节假日安排的通知",
            _spaceless(number[0]).replace("(", "〔").replace(")", "〕") if number else "",
            dated,
        )

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1


def _adjoining_weekend(days: list[date]) -> set[date]:
    """The Saturdays and Sundays that follow or precede these days without a day between."""
    found: set[date] = set()
    for end, step in ((max(days, default=None), 1), (min(days, default=None), -1)):
        day = end and end + timedelta(days=step)
        while day and day.weekday() >= 5:
            found.add(day)
            day += timedelta(days=step)
    return found - set(days)


def _plain(text: str) -> str:
    """Full-width signs as their plain ones, so that （周四） and (周四) read the same; lines stay as they are."""
    return unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n")).replace("∶", ":")


def _spaceless(text: str) -> str:
    return re.sub(r"\s+", "", text)
