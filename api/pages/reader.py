"""Who reads a page: the language, and what stands around every page for this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incubator.engine.roles import Actor, names_of
from incubator.text import Language, Text


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in front of a page; nobody is signed in where `actor` is None."""

    language: Language
    actor: Actor | None = None
    street: str = ""
    csrf: str = ""
    nav: tuple[str, ...] = ()
    automation_waiting: bool = False
    test_now: datetime | None = None  # under the test clock

    def frame(self) -> dict[str, Any]:
        """What base.html shows around the page."""
        return {
            "street": self.street,
            "actor": self._person(),
            "csrf": self.csrf,
            "nav": list(self.nav),
            "automation_waiting": self.automation_waiting,
            "test_now": self.test_now,
        }

    def _person(self) -> dict[str, Any] | None:
        if self.actor is None:
            return None
        role = names_of(frozenset(grant.role for grant in self.actor.grants))
        if not self.actor.grants and self.actor.stands_in:
            named = names_of(self.actor.stands_in)
            role = Text(f"{named.zh}（代理）", f"substitute for {named.en}")
        return {"name": self.actor.name, "role": role}
