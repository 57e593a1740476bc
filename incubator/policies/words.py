"""A policy pack in plain words, for people who do not read YAML: what its paths are called and what its values say."""

from __future__ import annotations

from incubator.policies.item_words import joined
from incubator.policies.path_words import name_words, path_words, section_words, stored_path_words
from incubator.policies.value_words import pack_codes, parts_of, stored_words, value_words

__all__ = [
    "joined",
    "name_words",
    "pack_codes",
    "parts_of",
    "path_words",
    "section_words",
    "stored_path_words",
    "stored_words",
    "value_words",
]
