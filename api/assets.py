"""Addresses of the files the browser loads, each with its version, so that it may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment

STATIC = Path(__file__).parent / "static"


class AssetMissing(Exception):  # noqa: N818 - states the fact
    """The installation lacks a file of the pages; only a broken installation meets this."""


@cache
def asset(path: str) -> str:
    """The address of a file below `api/static`, such as `app.css` or `vendor/tabler/tabler.min.css`."""
    file = STATIC / path
    if not file.is_file():
        raise AssetMissing(f"{file} is missing; `pip install -e .` fetches the browser libraries")
    return f"/static/{path}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


def install(env: Environment) -> None:
    """Give templates `asset(path)`."""
    env.globals["asset"] = asset
