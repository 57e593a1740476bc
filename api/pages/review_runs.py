"""Receipts of the runs that open due reviews: the list, one of them whole, and signing it off."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.rendering import go, page
from api.pages.visitors import Sending, Visiting
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import WHOLE_STREET, Actor
from incubator.errors import NotAllowed
from incubator.queries import periods
from incubator.queries.review_runs import Run, read_review_run, review_runs
from incubator.queries.visibility import Permission, covers_area, may, require
from incubator.services.automation.receipts import AlreadySignedOff, sign_off
from incubator.text import Text

router = APIRouter()

_STATES = {
    "started": (Text("正在运行", "running"), "info"),
    "succeeded": (Text("完成", "done"), "good"),
    "failed": (Text("失败，等待重试", "failed, to be tried again"), "bad"),
}
_BY_HAND = (Text("手工运行", "run by hand"), "neutral")


@router.get("/review-runs")
def list_of_runs(request: Request, visiting: Visiting, cursor: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """A page of the receipts, newest first."""
    _require_street(visiting.actor)
    found = visiting.caller.read(lambda connection: review_runs(connection, visiting.actor, cursor=cursor))
    return page(
        request,
        visiting.reader,
        "review_runs.html",
        here="reviews",
        columns=[
            {"key": "run", "title": Text("应办日期", "For"), "main": True},
            {"key": "procedure", "title": Text("事项", "Matter")},
            {"key": "due", "title": Text("应发起", "Due"), "kind": "number"},
            {"key": "opened", "title": Text("本次发起", "Opened"), "kind": "number"},
            {"key": "already_open", "title": Text("此前已发起", "Opened before"), "kind": "number"},
            {"key": "state", "title": Text("运行", "Run")},
            {"key": "signed", "title": Text("签收", "Signed off")},
        ],
        rows=[_row(run) for run in found.items],
        next_page=f"/review-runs?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page="/review-runs" if cursor else None,
    )


@router.get("/review-runs/{run_id}")
def one_run(request: Request, visiting: Visiting, run_id: PublicId) -> Response:
    """One receipt."""
    _require_street(visiting.actor)
    run = visiting.caller.read(lambda connection: read_review_run(connection, visiting.actor, run_id))
    return page(
        request,
        visiting.reader,
        "review_run.html",
        here="reviews",
        run=run,
        title=_title(run),
        sub=Text(f"以{in_words(run.as_of).zh}的情况为准", f"As of {in_words(run.as_of).en}"),
        due_at=run.clock.due_at if run.clock else run.started_at,
        figures=_figures(run),
        skipped_columns=[
            {"key": "reason", "title": Text("原因", "Reason"), "main": True},
            {"key": "number", "title": Text("组织数", "Organizations"), "kind": "number"},
        ],
        skipped=[{"reason": each.words, "number": each.number} for each in run.reasons],
        facts=_facts(run),
        signed={"who": run.signed_off_by, "when": run.signed_off_at} if run.signed_off_by else None,
        may_sign=may(visiting.actor, Permission.SIGN_OFF_REVIEW_RUN),
    )


@router.post("/review-runs/{run_id}/sign-off")
def sign(request: Request, sending: Sending, run_id: PublicId) -> Response:
    """Sign a receipt off as seen; who comes second is told who was first."""
    visitor = sending.visitor
    said, kind = Text("已签收", "Signed off"), "success"
    try:
        visitor.caller.write(lambda connection: sign_off(connection, run_id, visitor.actor, visitor.now))
    except AlreadySignedOff as before:
        said, kind = before.detail, "info"
    return go(request, f"/review-runs/{run_id}", said, kind=kind)


def _require_street(actor: Actor) -> None:
    """Refuse who sees a community alone: a receipt tells of the whole street."""
    require(actor, Permission.SEE_STATUS)
    if not covers_area(actor, actor.street_id, WHOLE_STREET):
        raise NotAllowed(
            Text(
                "年检回执涉及全街道，由街道人员查看；本社区的年检请在“进展看板”中查看",
                "A receipt tells of the whole street; the reviews of your community stand on the status board",
            )
        )


def _title(run: Run) -> Text:
    told = periods.matter(run.procedure_title, run.period)
    return Text(f"{told.zh}回执", f"Receipt: {told.en}")


def _row(run: Run) -> dict[str, Any]:
    words, tone = _state(run)
    note = Text("停机后补办", "caught up after downtime") if run.caught_up else None
    return {
        "run": {"text": in_words(run.as_of), "href": f"/review-runs/{run.public_id}", "note": note},
        "procedure": periods.matter(run.procedure_title, run.period),
        "due": run.due,
        "opened": run.opened,
        "already_open": run.already_open,
        "state": {"text": words, "tone": tone},
        "signed": run.signed_off_by or Text("未签收", "not yet"),
    }


def _state(run: Run) -> tuple[Text, str]:
    return _STATES.get(run.clock.state, _BY_HAND) if run.clock else _BY_HAND


def _figures(run: Run) -> list[dict[str, Any]]:
    return [
        {"number": run.due, "label": Text("应发起", "Due"), "tone": None},
        {"number": run.opened, "label": Text("本次发起", "Opened by this run"), "tone": None},
        {"number": run.already_open, "label": Text("此前已发起", "Opened before"), "tone": None},
        {"number": run.not_opened, "label": Text("未发起", "Not opened"), "tone": None},
    ]


def _facts(run: Run) -> list[tuple[Text, Any]]:
    state, _ = _state(run)
    facts: list[tuple[Text, Any]] = [
        (Text("运行结果", "Outcome"), state),
        (Text("开始", "Began"), run.started_at),
        (Text("完成", "Ended"), run.finished_at),
        (Text("运行次数", "Attempts"), str(run.clock.attempt if run.clock else run.attempt)),
    ]
    if run.clock and run.clock.error:
        facts.append((Text("上次失败原因", "Last failure"), run.clock.error))
    if run.flow_run:
        facts.append((Text("Prefect 运行编号", "Prefect run"), run.flow_run))
    return facts
