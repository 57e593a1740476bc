"""The conditions of funding: pure, and registered by importing this package."""

from incubator.procedures.funding.rules import application, award, bars, call

__all__ = ["application", "award", "bars", "call"]
