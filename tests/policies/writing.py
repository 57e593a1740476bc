"""Small packs, written by tests."""

from __future__ import annotations

from pathlib import Path

CITE = "cite: {practice: {zh: 惯例, en: practice}}"


def pack(tmp_path: Path, content: str, name: str = "pack.yaml") -> Path:
    """A file with this content."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def small_text(values: str, head: str = "extends: national", name: str = "small") -> str:
    """A pack that says these values from 2026 on; they begin on its line 6."""
    return f"name: {name}\njurisdiction: {{zh: 小镇, en: Small}}\n{head}\neffective_from: 2026-01-01\nvalues:\n{values}"


def small(tmp_path: Path, values: str, head: str = "extends: national") -> Path:
    """The same as a file."""
    return pack(tmp_path, small_text(values, head))


def cited(value: str, dates: str = "") -> str:
    """A leaf in one line."""
    return f"{{value: {value}, {CITE}{', ' + dates if dates else ''}}}"
