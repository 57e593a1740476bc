"""The conditions of filing, renewal, change and exit: pure, and registered by importing this package."""

from incubator.procedures.filing.rules import conditions, standing

__all__ = ["conditions", "standing"]
