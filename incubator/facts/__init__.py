"""What rules may know about a case, declared by name and loaded for many cases at once."""

from incubator.facts import staff
from incubator.facts.registry import FACTS, AsOf, CaseRef, Fact, guards, load, provides

__all__ = ["FACTS", "AsOf", "CaseRef", "Fact", "guards", "load", "provides", "staff"]
