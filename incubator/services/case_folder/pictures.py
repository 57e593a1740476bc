"""A photograph made ready for a page of A4: turned upright, no larger than print needs."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from incubator.services.case_folder.copying import Unreadable

# 150 dots an inch over the height of A4: small print stays legible, and a phone's photo shrinks to a tenth.
_LONGEST = 1754
_QUALITY = 82


def ready(content: bytes) -> tuple[bytes, tuple[int, int], bool]:
    """The picture as a JPEG with its width and height in pixels, and whether it is grey. Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content)) as picture:
                picture.draft("RGB", (_LONGEST, _LONGEST))  # a JPEG is read at a fraction of its size from the start
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((_LONGEST, _LONGEST))
                plain = _on_white(upright)
    except Exception as fault:  # whatever breaks in a damaged picture
        raise Unreadable(str(fault)) from fault
    made = BytesIO()
    plain.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue(), plain.size, plain.mode == "L"


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L"):
        return picture
    if picture.mode in ("1", "I;16", "I"):
        return picture.convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layered).convert("RGB")
    return picture.convert("RGB")
