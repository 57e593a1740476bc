"""How papers write days, sums, limits and lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from incubator.engine.deadline_words import length_words
from incubator.engine.policy import Due, Policy

_DIGITS, _UNITS, _GROUPS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), ("", "万", "亿", "万亿")


def written(day: date) -> str:
    """A day as papers write it: `2026年9月18日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def office(street: str) -> str:
    """The office that signs, by its street's name: `草堂街道` is signed for by `草堂街道办事处`."""
    return f"{street}办事处" if street.endswith("街道") else street


def capitals(fen: int) -> str:
    """A sum in the characters that cannot be altered: `叁万元整`."""
    yuan, rest = divmod(fen, 100)
    jiao, odd = divmod(rest, 10)
    small = (f"{_DIGITS[jiao]}角" if jiao else "零" if odd and yuan else "") + (f"{_DIGITS[odd]}分" if odd else "整")
    if not yuan and rest:
        return small
    return f"{_whole(yuan)}元{small}"


def within(policy: Policy, path: str) -> str:
    """A limit of the policy in words: `5个工作日`; a day of the year as `4月30日`."""
    due: Due = policy.due(path)
    if due.is_day_of_year:
        return f"{due.month}月{due.day}日"
    return length_words(due.term.length, due.term.unit).zh


def article(policy: Policy, path: str) -> str:
    """The article that a value of the policy comes from; empty for the street's own practice, which no paper cites."""
    return "" if policy.is_practice(path) else policy.cite(path).zh


def points(text: str) -> list[dict[str, str]]:
    """Lines as the numbered rows of a list."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return numbered(lines)


def numbered(lines: Iterable[str]) -> list[dict[str, str]]:
    """Sentences as the numbered rows of a list."""
    return [{"no": str(place), "words": line} for place, line in enumerate(lines, start=1)]


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    told, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = True
            continue
        if told and (gap or group < 1000):
            told += _DIGITS[0]
        told += _group(group) + _GROUPS[place]
        gap = False
    return told


def _group(group: int) -> str:
    told, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            told += (_DIGITS[0] if gap and told else "") + _DIGITS[digit] + _UNITS[place]
            gap = False
        else:
            gap = True
    return told
