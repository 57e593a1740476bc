"""A sentence in Chinese and English at once, for everything the domain says to people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Language(StrEnum):
    """A language that people read the service in."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence as a pair; placeholders are `str.format` names, filled by `fill`."""

    zh: str
    en: str

    # Read from outside, a third language is a mistake and not dropped in silence.
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def fill(self, **values: Any) -> Text:
        """The same sentence with its placeholders filled; a value that is itself a Text fills each side with its own."""
        return Text(
            zh=self.zh.format(**{name: _side(value, Language.ZH) for name, value in values.items()}),
            en=self.en.format(**{name: _side(value, Language.EN) for name, value in values.items()}),
        )

    def read(self, language: str) -> str:
        """The side a reader of this language sees; Chinese unless English is asked for."""
        return self.en if language == Language.EN else self.zh

    def as_pair(self) -> dict[str, str]:
        """The stored form, `{"zh": ..., "en": ...}`."""
        return {"zh": self.zh, "en": self.en}

    @classmethod
    def from_pair(cls, pair: dict[str, str]) -> Text:
        """The sentence of a stored pair."""
        return cls(zh=pair["zh"], en=pair["en"])


def _side(value: Any, language: Language) -> Any:
    return value.read(language) if isinstance(value, Text) else value
