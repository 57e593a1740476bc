"""What rules may know about a case, declared by name and loaded for many cases at once."""

from incubator.facts.registry import FACTS, CaseRef, Fact, guards, load, provides

__all__ = ["FACTS", "CaseRef", "Fact", "guards", "load", "provides"]
