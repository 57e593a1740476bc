"""A value that does not hold together, told by its own validator in words that a writer of packs understands."""

from __future__ import annotations

from incubator.text import Text

Where = tuple[str | int, ...]


class Misstated(ValueError):  # noqa: N818 - it states the fact, as all errors here do
    """Every fault of one value: where it lies below the value, and what to do."""

    def __init__(self, *faults: tuple[Where, Text]) -> None:
        super().__init__("; ".join(words.en for _, words in faults))
        self.faults = faults
