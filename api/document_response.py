"""A stored document as the browser gets it: shown where it is a picture or a PDF, never run, never kept."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from incubator.services.uploads import JPEG, PDF, PNG

_SHOWN = frozenset({PDF, JPEG, PNG})
# Whatever an uploaded file holds, it acts in no page of ours. A sandboxed PDF is not shown by browsers.
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_POLICY = f"{_PDF_POLICY}; sandbox"


def document_response(content: bytes, filename: str, media_type: str) -> Response:
    """The file under its own name, Chinese included (RFC 6266)."""
    how = "inline" if media_type in _SHOWN else "attachment"
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(filename, safe='')}",
            "Content-Security-Policy": _PDF_POLICY if media_type == PDF else _POLICY,
        },
    )
