"""Hatchling's build hook: fills `api/static/vendor` when the package is built or installed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Hatchling loads this file by its path, as no part of a package.
sys.path.insert(0, str(Path(__file__).parent))
fill = importlib.import_module("vendor").fill


class VendorHook(BuildHookInterface[Any]):
    """Fills the vendor folder before a wheel or an editable install; a source archive carries only the lock file."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it gathers files; `version` is `standard` or `editable`."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        # Who installs from a clone runs the tests too; a wheel carries nothing of theirs.
        testing = root / "tests" / "browser" / "vendor" if version == "editable" else None
        if fill(root / "api" / "frontend", root / "api" / "static" / "vendor", testing):
            self.app.display_info("browser libraries copied into api/static/vendor")
