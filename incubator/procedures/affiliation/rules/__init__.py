"""The conditions of recognition, affiliation, renewal, endings and reports: pure, and registered by importing this package."""

from incubator.procedures.affiliation.rules import carrying, recognition, reports, terms

__all__ = ["carrying", "recognition", "reports", "terms"]
