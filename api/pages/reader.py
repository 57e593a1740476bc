"""Who reads a page: the language, and what stands around every page for this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from incubator.engine.roles import Actor, names_of


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in person in front of a page."""

    actor: Actor
    language: str
    street: str
    csrf: str
    nav: tuple[str, ...]
    automation_waiting: bool = False

    def frame(self) -> dict[str, Any]:
        """What base.html shows around the page."""
        role = names_of(frozenset(grant.role for grant in self.actor.grants))
        return {
            "street": self.street,
            "actor": {"name": self.actor.name, "role": role},
            "csrf": self.csrf,
            "nav": list(self.nav),
            "automation_waiting": self.automation_waiting,
        }
