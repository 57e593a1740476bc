"""A street's own pack as somebody there writes it: once with an entry that there is not, once sound."""

from __future__ import annotations

FAULTY = """\
name: street_rules
jurisdiction: {zh: 示例街道, en: the sample street}
extends: national
effective_from: 2026-01-01
sources:
  rules:
    title: {zh: 示例街道备案管理办法, en: the street's rules on filing}
    number: 示例街办〔2026〕12号
values:
  filing:
    conditions:
      members: {value: 30, cite: {source: rules, article: "5"}}
    application:
      due: {value: {length: 3, unit: working_days}, cite: {source: rules, article: "6"}}
"""
# The second limit is none that there is; what is left of the pack stands.
SOUND = FAULTY[: FAULTY.index("    application:")] + (
    "    committee_opinion:\n"
    "      due: {value: {length: 8, unit: working_days}, cite: {practice: {zh: 社区忙, en: they are busy}}}\n"
)
