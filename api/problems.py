"""Refusals as RFC 9457 problem documents, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.callers import language_of
from incubator.errors import Invalid, Refused
from incubator.text import Text

MEDIA_TYPE = "application/problem+json"

_HTTP: dict[int, tuple[str, Text, Text]] = {
    404: (
        "not_found",
        Text("未找到", "Not found"),
        Text("没有这个地址，请检查后重试", "There is no such address: check it"),
    ),
    405: (
        "method_not_allowed",
        Text("不支持的方法", "Method not allowed"),
        Text("该地址不支持这种请求方法", "The address does not take this method"),
    ),
    413: (
        "too_large",
        Text("内容过大", "Too large"),
        Text("上传的内容超过大小上限，请压缩后重试", "What was sent is larger than the limit: make it smaller"),
    ),
}
_UNREADABLE = Text(
    "无法读取请求的内容，请检查编码（UTF-8）和格式",
    "The body cannot be read: check its encoding (UTF-8) and its format",
)
BROKEN = (
    "internal_error",
    Text("系统故障", "The service failed"),
    Text(
        "系统出现故障，本次操作未生效。请稍后重试；仍不成功的，请联系系统管理员。",
        "The service failed and nothing was done. Try again later; if it goes on, tell the administrator.",
    ),
)


class BlockerOut(BaseModel):
    """Why something cannot be done, in the caller's language."""

    code: str
    kind: str
    message: str
    who: str
    next: str
    cite: str | None


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, list[str]] | None = None
    blockers: list[BlockerOut] | None = None


def problem_of(refusal: Refused, language: str) -> dict[str, Any]:
    """The document of a refusal: `code`, words in one language, `fields` and `blockers` where there are any."""
    body: dict[str, Any] = {
        "type": f"urn:incubator:problem:{refusal.code}",
        "title": refusal.title.read(language),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail.read(language),
    }
    fields: Mapping[str, Sequence[Text]] = getattr(refusal, "fields", {})
    if fields:
        body["fields"] = {path: [text.read(language) for text in texts] for path, texts in fields.items()}
    for name, value in refusal.extra.items():
        body.setdefault(name, _read(value, language))
    return body


def refused(request: Request, refusal: Refused) -> JSONResponse:
    """The response to a refusal."""
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else None
    return JSONResponse(problem_of(refusal, _language(request)), refusal.status, headers=headers, media_type=MEDIA_TYPE)


def misformed(request: Request, error: RequestValidationError) -> JSONResponse:
    """The response to a request whose shape does not fit the document."""
    fields: dict[str, list[Text]] = {}
    for fault in error.errors():
        place = [str(part) for part in fault["loc"] if part not in ("body", "query", "path", "header")]
        fields.setdefault(".".join(place) or str(fault["loc"][-1]), []).append(_shape_fault(fault))
    detail = Text(
        "请求的格式不符合接口文档，未作任何更改，请按提示改正",
        "The request does not have the documented form; nothing was changed. Correct what is marked",
    )
    return refused(request, Invalid(detail, fields=fields))


def http_words(error: HTTPException) -> tuple[str, Text, Text]:
    """Code, title and what to do where the framework itself refuses."""
    return _HTTP.get(error.status_code, ("refused", Refused.title, Text(str(error.detail), str(error.detail))))


def http_error(request: Request, error: HTTPException) -> JSONResponse:
    """The response where the framework itself refuses: an unknown address, a wrong method, too large a body."""
    if error.status_code == 400:  # a body that is no JSON or no form at all does not fit, like any other that does not
        return refused(request, Invalid(_UNREADABLE))
    return _plain(request, error.status_code, *http_words(error), error.headers)


def broken(request: Request, reference: str) -> JSONResponse:
    """The response to an error of ours; `reference` finds it in the log."""
    return _plain(request, 500, *BROKEN, extra={"reference": reference})


def _plain(
    request: Request,
    status: int,
    code: str,
    title: Text,
    detail: Text,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> JSONResponse:
    language = _language(request)
    body = {
        "type": f"urn:incubator:problem:{code}",
        "title": title.read(language),
        "status": status,
        "code": code,
        "detail": detail.read(language),
        **(extra or {}),
    }
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _language(request: Request) -> str:
    return getattr(request.state, "language", None) or language_of(request)


def _read(value: Any, language: str) -> Any:
    """Stored pairs inside a refusal's particulars become the reader's side."""
    if isinstance(value, Text):
        return value.read(language)
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return value.get(language, value["zh"])
        return {name: _read(inner, language) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_read(inner, language) for inner in value]
    return value


def _shape_fault(fault: Mapping[str, Any]) -> Text:
    kind = str(fault["type"])
    if kind == "missing":
        return Text("此项必填", "This is required")
    if kind == "extra_forbidden":
        return Text("没有这一项", "There is no such field")
    if kind == "json_invalid":
        return Text("不是有效的 JSON", "This is not valid JSON")
    if kind.startswith("date"):
        return Text("日期格式不正确，例如 2026-09-18", "Not a date; write it as 2026-09-18")
    if kind.startswith(("int", "float")):
        return Text("应为数字", "A number is expected")
    return Text("填写内容不符合要求", str(fault["msg"]))
