"""A stored version written out as a pack's file, for whoever starts from it and does not have the file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

_HEAD = """\
# 本文件由系统按所存版本的内容写出，各项齐全，不继承其他政策包，原文件中的注释不在其内。
# Written out by the service from the stored version: complete, extending nothing, without the comments of its first file.
"""
_ORDER = ("name", "jurisdiction", "effective_from", "effective_until", "sources", "values")


def as_written(content: Mapping[str, Any]) -> str:
    """The YAML of a stored content; read again it is the same version."""
    plain = _plain(content)
    ordered = {name: plain[name] for name in _ORDER if name in plain}
    text: str = yaml.dump(ordered, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return _HEAD + text


class _Dumper(yaml.SafeDumper):
    """Lists stand in under their name, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(value: Any) -> Any:
    """Without what is said as nothing; days as days."""
    if isinstance(value, Mapping):
        return {
            name: date.fromisoformat(each) if name in ("effective_from", "effective_until") else _plain(each)
            for name, each in value.items()
            if each is not None
        }
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
