"""Characters made alike: widths, spaces and the marks people put where they have nothing to say."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from incubator.text import Text

_CJK = r"\u3400-\u9fff"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_NOT_WORD = re.compile(r"[\W_]+")
# Full-width letters and digits become half-width; Chinese punctuation stays as the office writes it.
_HALF_WIDTH = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}


def words(text: str) -> frozenset[str]:
    """The words of a list written out with spaces."""
    return frozenset(text.split())


_UNKNOWN = words(
    "不详 不明 不清楚 不知 未知 待核实 待查 待定 待补 待填 未填 未定 暂缺 暂无 空缺 无法核实 缺 unknown na none tbd"
)
_DITTO = words("同上 同前 同上行 同上述 〃 ″ ＂ \" '' 々 ditto")


def half_width(text: str) -> str:
    """The text with full-width letters and digits made half-width, character for character."""
    return text.translate(_HALF_WIDTH)


def tidy(text: str) -> str:
    """The text as it is stored: half-width letters and digits, single spaces, none between Chinese characters."""
    text = half_width(_INVISIBLE.sub("", text))
    text = "".join(" " if unicodedata.category(char) in {"Cc", "Zs", "Cs"} else char for char in text)
    return _BETWEEN_CJK.sub("", " ".join(text.split()))


@lru_cache(maxsize=4096)  # rules and imports ask for the same words of a policy again and again
def squeeze(text: str) -> str:
    """The text reduced to what is compared: compatibility forms, lower case, no spaces or punctuation."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold())


def plain(text: str) -> str:
    """Compatibility forms and no spaces at all, punctuation kept: what numbers, dates and phones are read from."""
    return "".join(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).split())


def is_unknown(text: str) -> bool:
    """Whether the cell says that nobody knows: blank, a dash, `不详`, `待核实` and the like."""
    return squeeze(text) == "" or squeeze(text) in _UNKNOWN


def is_ditto(text: str) -> bool:
    """Whether the cell says `同上`, or draws the mark for it."""
    return tidy(text).casefold() in _DITTO


def amount(fen: int) -> Text:
    """An amount in integer fen as people read it: `30,000.00 元`."""
    return Text(f"{figures(fen)} 元", f"{figures(fen)} yuan")


def spoken(fen: int) -> Text:
    """A sum in integer fen as people say it where that is the whole sum: `778.5万`, `1.2亿`; in English `7.785 million`.

    Empty in a language in which it is said in full: below ten thousand yuan (in English a million), and wherever two
    decimals of 万 or 亿 (three of a million) would not be exact. Nothing is rounded: a rounded sum gets copied, and then
    the parts do not add up.
    """
    return Text(_in_units(fen, ((_YI, 2, "亿"), (_WAN, 2, "万"))), _in_units(fen, ((_MILLION, 3, " million"),)))


_WAN, _MILLION, _YI = 1_000_000, 100_000_000, 10_000_000_000  # in fen


def _in_units(fen: int, units: tuple[tuple[int, int, str], ...]) -> str:
    """The sum in the largest of these units in which so many decimals say it exactly; empty where none does."""
    for unit, decimals, word in units:
        step = unit // 10**decimals
        if abs(fen) >= unit and fen % step == 0:
            whole, rest = divmod(abs(fen), unit)
            part = f"{rest // step:0{decimals}d}".rstrip("0")
            return f"{'-' if fen < 0 else ''}{whole:,}{'.' if part else ''}{part}{word}"
    return ""


def figures(fen: int) -> str:
    """A sum in integer fen as a figure in yuan: `30,000.00`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
