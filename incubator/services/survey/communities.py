"""Which community a cell, a title, a sheet's name or a file's name speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from incubator.wording import squeeze, tidy

_CJK = r"[\u3400-\u9fff]"
_COMMITTEE = re.compile(r"(社区)?(居民委员会|居委会|村民委员会|村委会|党支部|党总支|党委|工作站)$")
_AREA = re.compile(rf"^{_CJK}{{1,12}}?(街道办事处|街道|办事处|镇|乡)")
_IN_TITLE = re.compile(rf"(?:^|街道|办事处|镇|乡|[\s_\-—:：])({_CJK}{{1,8}}?社区)")
_NO_NAME = re.compile(r"街道|^(各|本|我|该|全区|全市|全|关于|辖区|所有|城乡|一个|每个)|(各|本|的|区)社区$")
_REPEATED = re.compile(r"[(（\[【]\s*(重复|重|复|重复登记|重复填报|重复上报|duplicate)\s*[)）\]】]", re.IGNORECASE)


def community_in_cell(text: str, known: Sequence[str]) -> str | None:
    """The community that a cell of its own names, in its known form where it is known; None for a blank."""
    word = _AREA.sub("", tidy(text)) or tidy(text)
    core = _COMMITTEE.sub("", word)
    core = core + "社区" if core and core != word and not core.endswith(("社区", "村")) else core or word
    for each in known:
        if squeeze(each) in {squeeze(word), squeeze(core), squeeze(core) + "社区"}:
            return each
    return core if squeeze(core) else None


def community_in_text(text: str, known: Sequence[str]) -> str | None:
    """The community that a title or a file's name mentions; None where it mentions none, or several known ones."""
    word = tidy(text)
    mentioned = [each for each in known if each in word]
    if mentioned:
        longest = max(mentioned, key=len)
        return longest if all(each in longest for each in mentioned) else None
    found = _IN_TITLE.search(word)
    if found is None or _NO_NAME.search(found[1]):
        return None
    return found[1]


def community_of_sheet(name: str, known: Sequence[str]) -> str | None:
    """The community that a sheet is named after: `桂花社区`, or `桂花` where that community is known."""
    word = tidy(name)
    community = community_in_cell(word, known)
    return (
        community if community in known or word.endswith(("社区", "居委会", "村")) else community_in_text(word, known)
    )


def without_repeat_mark(name: str) -> str:
    """The name without a `（重复）` that somebody added to it."""
    return _REPEATED.sub("", name).strip()


def name_key(name: str, community: str | None) -> str:
    """What makes two names one in a community: no width, case, spaces, punctuation, `（重复）`, nor prefix.

    The prefix is the community's full name, with the street before it: in 桂花社区, `桂花社区常青合唱团` and
    `常青合唱团` are one.
    """
    key = squeeze(without_repeat_mark(unicodedata.normalize("NFKC", name)))
    prefix = squeeze(community or "")
    if prefix and prefix in key:
        before, _, after = key.partition(prefix)
        if after and (not before or before.endswith(("街道", "办事处", "镇", "乡", "区", "县", "市"))):
            return after
    return key
