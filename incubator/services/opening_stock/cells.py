"""One cell of the opening stock read into a value, or into a plain sentence on what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from incubator.models.base import NO_DATE
from incubator.services.opening_stock.layout import Column, Reads
from incubator.services.survey.dates import from_serial, read_date
from incubator.services.survey.masking import masked_text
from incubator.services.survey.values import read_count, read_phone
from incubator.text import Text
from incubator.wording import is_unknown, plain, squeeze, tidy

_ENDLESS = frozenset({"长期", "永久", "无期限", "长期有效", "无固定期限"})
_MOST_FEN = 100_000_000_000
_CENT = Decimal("0.01")
_ARTEFACT = Decimal("0.000001")  # what binary fractions add to a computed amount
_PLACE = re.compile(r"^第?(.+?)[期笔次]?(款|拨款)?$")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a column may say: the code that is kept, its name, and other words for it."""

    code: str
    name: Text
    also: tuple[str, ...] = ()

    def means(self, word: str) -> bool:
        """Whether a cell's word, squeezed, is this choice."""
        return word in {squeeze(each) for each in (self.code, self.name.zh, self.name.en, *self.also)}


def read_cell(column: Column, text: str, options: Sequence[Choice]) -> tuple[Any, Text | None]:
    """What a cell says, None for nothing; or what is wrong with it. `options` are those of a choice."""
    if text.lstrip().startswith("="):
        zh = "是公式且没有保存计算结果，请在 Excel 或 WPS 中打开后保存，或改为数值"
        return None, Text(
            zh, "is a formula without a saved value: open and save the file in Excel or WPS, or write the value"
        )
    if column.reads is Reads.LAST_DAY and (squeeze(text) in _ENDLESS or is_unknown(text)):
        return NO_DATE, None
    if is_unknown(text):
        return None, None
    return _READERS[column.reads](column, text, options)


def _text(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    said = tidy(text) if column.holds_numbers else masked_text(tidy(text))
    if len(said) > column.most:
        return None, Text(f"超过 {column.most} 个字，请删减", f"is longer than {column.most} characters: shorten it")
    return said, None


def _day(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    found = read_date(text)
    if found is None and re.fullmatch(r"\d{5}", plain(text)):
        found = from_serial(int(plain(text)))
    if found is None or len(found) != len("2023-05-21"):
        zh, en = (
            f"“{tidy(text)}”不是完整的日期，请写到日，如 2023-05-21",
            f"“{tidy(text)}” is no whole date: write 2023-05-21",
        )
        return None, Text(zh, en)
    return date.fromisoformat(found), None


def _partial_day(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    found = read_date(text)
    if found is None:
        zh = f"“{tidy(text)}”无法识别，请写作 2013、2013-05 或 2013-05-21"
        return None, Text(zh, f"“{tidy(text)}” could not be read: write 2013, 2013-05 or 2013-05-21")
    return found, None


def _money(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    word = re.sub(r"^(人民币|[¥￥])|(元整|元|圆)$", "", plain(text)).replace(",", "").replace("，", "")
    ten_thousand = word.endswith("万")
    try:
        amount = Decimal(word.removesuffix("万")) * (10_000 if ten_thousand else 1)
        rounded = amount.quantize(_CENT)
    except InvalidOperation:
        return None, Text(
            f"“{tidy(text)}”不是金额，请写作 30000 或 29999.99", f"“{tidy(text)}” is no amount: write 30000 or 29999.99"
        )
    if abs(amount - rounded) > _ARTEFACT:
        return None, Text(
            f"“{tidy(text)}”不足一分的部分无法入账，请核对", f"“{tidy(text)}” has parts of a fen: check it"
        )
    fen = int(rounded * 100)
    if not 0 <= fen <= _MOST_FEN:
        return None, Text(f"“{tidy(text)}”超出可用的金额", f"“{tidy(text)}” is no amount that can be")
    return fen, None


def _percent(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    word = plain(text)
    wrong = Text(f"“{tidy(text)}”不是比例，请写作 50%", f"“{tidy(text)}” is no share: write 50%")
    try:
        number = Decimal(word.removesuffix("%"))
    except InvalidOperation:
        return None, wrong
    hundredths = (number * 100).quantize(Decimal(1))
    # A bare 0.5 may be half or half a percent.
    if not 0 < number <= 100 or abs(number * 100 - hundredths) > _ARTEFACT or (number < 1 and "%" not in word):
        return None, wrong
    return int(hundredths), None


def _whole(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    found = _PLACE.match(plain(text))
    counted = read_count(found[1] if found else text).value
    if counted is None or counted.approximate:
        return None, Text(f"“{tidy(text)}”不是整数，请写数字", f"“{tidy(text)}” is no whole number: write digits")
    return counted.number, None


def _phone(column: Column, text: str, _: Sequence[Choice]) -> tuple[Any, Text | None]:
    read = read_phone(text)
    if read.value is None and read.notes:
        return None, Text("不是有效的电话号码，请核实", "is no valid telephone number: check it")
    return read.value, None


def _choice(column: Column, text: str, options: Sequence[Choice]) -> tuple[Any, Text | None]:
    word = squeeze(text)
    for option in options:
        if option.means(word):
            return option.code, None
    zh, en = "、".join(each.name.zh for each in options), ", ".join(each.name.en for each in options)
    return None, Text(f"“{tidy(text)}”不在可选范围内，可填：{zh}", f"“{tidy(text)}” is none of: {en}")


_READERS = {
    Reads.TEXT: _text,
    Reads.DAY: _day,
    Reads.LAST_DAY: _day,
    Reads.PARTIAL_DAY: _partial_day,
    Reads.MONEY: _money,
    Reads.PERCENT: _percent,
    Reads.WHOLE: _whole,
    Reads.PHONE: _phone,
    Reads.CHOICE: _choice,
}
