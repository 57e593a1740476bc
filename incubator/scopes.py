"""The scopes of an API token: what a program may do on behalf of its account, never more than the account itself may."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from incubator.text import Text


class Scope(StrEnum):
    """One kind of thing a token is good for."""

    READ = "read"
    CASES_WRITE = "cases:write"
    IMPORT = "import"
    ADMIN = "admin"


SCOPE_NAMES: dict[Scope, Text] = {
    Scope.READ: Text("查看", "read"),
    Scope.CASES_WRITE: Text("办理案件", "work on cases"),
    Scope.IMPORT: Text("导入数据", "import data"),
    Scope.ADMIN: Text("系统管理", "administer"),
}


def covers(scopes: Collection[Scope] | None, needed: Scope) -> bool:
    """Whether a sign-in reaches this far. None, a person at a browser, has every scope; any scope lets a program read."""
    return scopes is None or needed in scopes or (needed is Scope.READ and bool(scopes))
