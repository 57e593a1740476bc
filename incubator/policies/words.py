"""A policy pack in plain words, for people who do not read YAML: what its paths are called and what its values say."""

from __future__ import annotations

from incubator.policies.path_words import name_words, path_words, section_words
from incubator.policies.value_words import item_words, value_words

__all__ = ["item_words", "name_words", "path_words", "section_words", "value_words"]
