"""The web application: JSON under /api/v1, the workbench at /, and what operators ask at /healthz, /readyz, /metrics."""

from __future__ import annotations

from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api import assets, operations, problems
from api.body_limit import BodyLimit
from api.document import document_truly
from api.json import v1
from api.metrics import Metrics
from api.pages import errors, workbench
from api.pages.link_route import PREFIX
from api.pages.visitors import SignInNeeded
from api.security_headers import SecurityHeaders
from incubator.errors import Refused
from incubator.services.bootstrap import Service

log = structlog.get_logger()

API = "/api/v1"
# What a multipart body adds to the file it carries.
_ENVELOPE = 1024 * 1024
_SMALLEST_COMPRESSED = 1000


def create_app(service: Service) -> FastAPI:
    """The application over a wired service; its caller closes the service."""
    app = FastAPI(
        title="社区社会组织培育指导中心工作平台",
        version="1",
        openapi_url=f"{API}/openapi.json",
        # The ready-made pages of the document come from a CDN, which an intranet does not have.
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.include_router(v1.router, prefix=API)
    app.include_router(operations.router)
    app.include_router(workbench.router)
    app.mount("/static", StaticFiles(directory=assets.STATIC), name="static")
    _handle_refusals(app)
    document_truly(app)
    # The last added is the outermost.
    app.add_middleware(BodyLimit, most=service.settings.upload_limit_mb * 1024 * 1024 + _ENVELOPE)
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Metrics)
    return app


def _handle_refusals(app: FastAPI) -> None:
    """Say no as the asker reads it: programs a problem document, people a page."""

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        return problems.refused(request, error) if _for_programs(request) else errors.refused_page(request, error)

    @app.exception_handler(SignInNeeded)
    def sign_in_needed(request: Request, error: SignInNeeded) -> Response:
        return RedirectResponse(error.address, 303)

    @app.exception_handler(RequestValidationError)
    def misformed(request: Request, error: RequestValidationError) -> Response:
        if _for_programs(request):
            return problems.misformed(request, error)
        _, title, detail = problems.http_words(HTTPException(404))
        return errors.error_page(request, 404, title, detail)

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        if _for_programs(request):
            return problems.http_error(request, error)
        _, title, detail = problems.http_words(error)
        return errors.error_page(request, error.status_code, title, detail, headers=error.headers)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        reference = uuid4().hex[:12]
        log.error("request failed", reference=reference, path=_logged(request), exc_info=error)
        if _for_programs(request):
            return problems.broken(request, reference)
        _, title, detail = problems.BROKEN
        return errors.error_page(request, 500, title, detail, reference=reference)


def _logged(request: Request) -> str:
    """The path for the log; of a link without its secret."""
    path = request.url.path
    return f"{PREFIX}..." if path.startswith(PREFIX) else path


def _for_programs(request: Request) -> bool:
    path = request.url.path
    return path.startswith((f"{API}/", "/static/")) or path in ("/healthz", "/readyz", "/metrics")
