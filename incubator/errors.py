"""What can be refused: errors that carry their HTTP status, a code and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from incubator.text import Text


class Refused(Exception):  # noqa: N818 - errors here state the fact, not that they are errors
    """Something was asked for that is not done; nothing was changed. Rendered as an RFC 9457 problem document.

    Subclasses set `status`, `code` and `title`; an instance adds the `detail` (what happened and what to do) and
    `extra`, JSON-ready members for programs.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    title: ClassVar[Text] = Text("请求未被受理", "The request was refused")

    def __init__(self, detail: Text, *, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail.en)
        self.detail = detail
        self.extra = dict(extra or {})


class NotFound(Refused):
    """It does not exist, or lies outside the caller's area; the two are not told apart."""

    status = 404
    code = "not_found"
    title = Text("未找到", "Not found")


class NotSignedIn(Refused):
    """No valid session or token came with the request."""

    status = 401
    code = "not_signed_in"
    title = Text("请先登录", "Sign in first")


class NotAllowed(Refused):
    """The caller's role or area does not cover this."""

    status = 403
    code = "not_allowed"
    title = Text("没有权限", "Not allowed")


class Invalid(Refused):
    """The input does not fit. `fields` maps a field's path to what is wrong with it."""

    status = 422
    code = "invalid"
    title = Text("填写内容有误", "The input does not fit")

    def __init__(
        self,
        detail: Text,
        *,
        fields: Mapping[str, Sequence[Text]] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail, extra=extra)
        self.fields = {path: tuple(texts) for path, texts in (fields or {}).items()}


class Conflict(Refused):
    """The state has moved on since the caller looked at it."""

    status = 409
    code = "conflict"
    title = Text("状态已变化", "The state has changed")
