"""What differs between two versions of a policy: only what changed, in the schema's order, told item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from incubator.engine.policy import Policy
from incubator.policies.schema import all_leaves
from incubator.policies.words import joined, parts_of, section_words, stored_path_words, stored_words
from incubator.text import Text

_STARTS = Text("起算由{was}改为{now}", "counted from {now}, no longer from {was}")
_NUMBERS = Text("由 {was}改为 {now}", "from {was} to {now}")
_WORDS = Text("“{was}”改为“{now}”", "“{was}” becomes “{now}”")
# Only one of the two languages was written anew, which a reader of the other would not see.
_IN_ENGLISH = Text("“{now}”的英文改写", "“{was}” becomes “{now}”")
_IN_CHINESE = Text("“{was}”改为“{now}”", "“{now}” is written anew in Chinese")


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that is not the same; `before` and `after` are None where that version does not say it.

    `changes` tells what changed, a sentence each; it is empty where the value is the same and only its source is not.
    """

    path: str
    section: Text
    title: Text
    before: Text | None
    after: Text | None
    cite_before: Text | None
    cite_after: Text | None
    changes: tuple[Text, ...]

    @property
    def only_citation(self) -> bool:
        """Whether the value stayed and only its source changed."""
        return not self.changes

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        told = {name: getattr(self, name) for name in ("before", "after", "cite_before", "cite_after")}
        return {
            "path": self.path,
            "section": self.section.as_pair(),
            "title": self.title.as_pair(),
            **{name: None if text is None else text.as_pair() for name, text in told.items()},
            "changes": [change.as_pair() for change in self.changes],
            "only_citation": self.only_citation,
        }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What is not the same in two stored contents; either may lack a path that the other says."""
    old, new = Policy(before), Policy(after)
    said = {**_leaves(before["values"]), **_leaves(after["values"])}
    ordered = [path for path in all_leaves() if path in said]
    ordered += sorted(said.keys() - set(ordered))  # what only another version of the software knows
    return [found for path in ordered if (found := _difference(path, old, new)) is not None]


def by_section(found: Sequence[Difference]) -> list[tuple[Text, list[Difference]]]:
    """The differences under the sections that they lie in, in their order."""
    return [(section, list(each)) for section, each in groupby(found, key=lambda difference: difference.section)]


def _difference(path: str, old: Policy, new: Policy) -> Difference | None:
    before, after = (policy.get(path) if policy.has(path) else None for policy in (old, new))
    cite_before, cite_after = (policy.cite(path) if policy.has(path) else None for policy in (old, new))
    if before == after and cite_before == cite_after:
        return None
    return Difference(
        path,
        section_words(path),
        stored_path_words(path),
        stored_words(path, before, old.content) if old.has(path) else None,
        stored_words(path, after, new.content) if new.has(path) else None,
        cite_before,
        cite_after,
        () if before == after else tuple(_changes(path, old, new)),
    )


def _changes(path: str, old: Policy, new: Policy) -> Iterator[Text]:
    if not old.has(path):
        yield Text("新增规定：{value}", "newly said: {value}").fill(value=_whole(path, new))
        return
    if not new.has(path):
        yield Text("不再规定，原为：{value}", "no longer said; it was: {value}").fill(value=_whole(path, old))
        return
    before, after = (parts_of(path, policy.get(path), policy.content) for policy in (old, new))
    for key in [key for key in before if key in after and before[key] != after[key]]:
        was, now = before[key], after[key]
        yield _sentence(key, was, now).fill(was=was, now=now)
    added = [after[key] for key in after if key not in before]
    removed = [before[key] for key in before if key not in after]
    if added:
        yield Text("增加：{items}", "added: {items}").fill(items=joined(added, Text("；", "; ")))
    if removed:
        yield Text("取消：{items}", "removed: {items}").fill(items=joined(removed, Text("；", "; ")))
    if sorted(before) == sorted(after) and list(before) != list(after):
        yield Text("顺序改为：{value}", "now in this order: {value}").fill(value=_whole(path, new))
    if list(before.items()) == list(after.items()):
        yield Text("写法有调整，所列内容相同", "written in another way, saying the same")


def _sentence(key: str, was: Text, now: Text) -> Text:
    if key == "starts":
        return _STARTS
    if was.zh == now.zh:
        return _IN_ENGLISH
    if was.en == now.en:
        return _IN_CHINESE
    return _NUMBERS if was.zh[:1].isdigit() and now.zh[:1].isdigit() else _WORDS


def _whole(path: str, policy: Policy) -> Text:
    return stored_words(path, policy.get(path), policy.content)


def _leaves(node: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Every path that a content says, with its leaf, by what a leaf looks like: today's schema may not know it."""
    found: dict[str, Any] = {}
    for name, child in node.items():
        path = f"{prefix}.{name}" if prefix else name
        if "value" in child and "cite" in child:
            found[path] = child
        else:
            found |= _leaves(child, path)
    return found
