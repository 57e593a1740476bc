"""What stands in the addresses of the API and of the pages alike."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

PublicId = Annotated[str, Path(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]
