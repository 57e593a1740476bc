"""The API's OpenAPI document: what FastAPI derives, made true about how one signs in and how refusals look."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.callers import CSRF_HEADER, SESSION_COOKIE
from api.problems import MEDIA_TYPE

_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token with scopes"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"A browser's session; writes carry its csrf_token in {CSRF_HEADER}",
    },
}
_OPEN = {("/api/v1/session", "post")}  # nobody can be signed in yet
_NOT_OURS = ("HTTPValidationError", "ValidationError")


def document_truly(app: FastAPI) -> None:
    """Let the application give this document; it is made once."""
    derive = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _mended(derive())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _mended(document: dict[str, Any]) -> dict[str, Any]:
    components = document["components"]
    for name in _NOT_OURS:
        components["schemas"].pop(name, None)
    components["securitySchemes"] = _SCHEMES
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if (path, method) not in _OPEN:
                operation["security"] = [{name: []} for name in _SCHEMES]
            for status, response in operation["responses"].items():
                if status >= "400":
                    response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return document
