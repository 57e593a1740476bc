"""The tables, one module a subject."""

from incubator.models import automation, cases, events, money, organizations, streets

__all__ = ["automation", "cases", "events", "money", "organizations", "streets"]
