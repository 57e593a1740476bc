"""Refuses bodies larger than the service takes, before they are read into memory or onto the disk."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOO_LARGE = 413


class BodyLimit:
    """ASGI middleware. `most` is in bytes; a body that lies about its length is stopped where it passes the limit."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        too_large = declared.isdigit() and int(declared) > self.most
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if too_large:
                raise HTTPException(TOO_LARGE)
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > self.most:
                    raise HTTPException(TOO_LARGE)
            return message

        await self.app(scope, counted, send)
