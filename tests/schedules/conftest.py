"""A centre whose automation real processes do."""

from tests.flows.conftest import site

__all__ = ["site"]
