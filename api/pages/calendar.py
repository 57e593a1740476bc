"""The working calendar: a year month by month, the yearly notice imported, closing days, a date counted with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.pages import calendar_view as view
from api.pages import kept_uploads
from api.pages.rendering import go, page
from api.pages.submitted import answers, one, unreadable, whole
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.errors import Invalid, Refused
from incubator.queries.calendar import MoveLine, calendar_changes, street_calendar, with_organizations
from incubator.queries.visibility import Permission, may, require
from incubator.services.calendars.importing import CalendarChange, import_notice, set_closing_days
from incubator.services.calendars.notice import Notice, UnreadableNotice, span
from incubator.services.calendars.reading import PASTED, read_notice
from incubator.services.calendars.recounting import put_through
from incubator.text import Text

router = APIRouter()

ADDRESS = "/calendar"
_OPENED_AGAIN = Text("恢复办公", "open again")
_FIRST, _LAST = 1990, 2199


@router.get(ADDRESS)
def calendar_page(request: Request, visiting: Visiting, year: Annotated[int | None, Query()] = None) -> Response:
    """A year of the street's calendar; with `start` in the address, the date that was asked for with its proof."""
    require_staff(visiting.actor)
    return _page(request, visiting, year=year)


@router.post(f"{ADDRESS}/preview")
def preview(request: Request, sending: Sending) -> Response:
    """Read a notice and show its days, what they change and which dates would move; nothing is written."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_CALENDAR, street_id=visitor.actor.street_id)
    name, content = _sent(sending.form)
    if not content.strip():
        words = Text("请粘贴通知全文，或选择文件。", "Paste the notice's text, or choose a file.")
        return _page(request, visitor, refused=view.refused(words), status=422)
    try:
        notice = read_notice(name, content, year=whole(sending.form, "year"))
        change, moves = _import(visitor, notice, dry_run=True)
    except UnreadableNotice as refusal:
        typed = content.decode("utf-8", errors="replace") if name == PASTED else ""
        told = view.refused(refusal.detail, refusal.faults)
        return _page(request, visitor, refused=told, pasted=typed, status=refusal.status)
    except Invalid as refusal:
        return _page(request, visitor, refused=view.refused(refusal.detail), status=refusal.status)
    data_dir = visitor.service.settings.data_dir
    kept_uploads.forget_old(data_dir, visitor.now)
    upload = kept_uploads.keep(data_dir, visitor.actor.person_id, content, visitor.now)
    return page(
        request, visitor.reader, "calendar_preview.html", here="calendar", upload=upload, filename=name,
        **view.preview(notice, change, moves, visitor.today),
    )  # fmt: skip


@router.post(f"{ADDRESS}/import")
def confirm(request: Request, sending: Sending) -> Response:
    """Import what was previewed; sent again it changes nothing."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_CALENDAR, street_id=visitor.actor.street_id)
    data_dir = visitor.service.settings.data_dir
    upload, name = one(sending.form, "upload"), one(sending.form, "filename") or PASTED
    content = kept_uploads.kept(data_dir, visitor.actor.person_id, upload, visitor.now)
    notice = read_notice(name, content, year=whole(sending.form, "year"))
    change, moves = _import(visitor, notice, dry_run=False)
    return go(request, f"{ADDRESS}?year={notice.year}", view.imported(notice.year, change, moves))


@router.post(f"{ADDRESS}/closing-days")
def close_days(request: Request, sending: Sending) -> Response:
    """Close the street office on some days, or show the form again."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_CALENDAR, street_id=visitor.actor.street_id)
    typed = answers(view.CLOSING, sending.form)
    faults: dict[str, Sequence[Text]] = dict(forms.faults(view.CLOSING, typed))
    faults |= {name: [words] for name, words in unreadable(view.CLOSING, typed).items()}
    if not faults:
        first, last = date.fromisoformat(typed["first"]), date.fromisoformat(typed.get("last") or typed["first"])
        if last < first:
            faults["last"] = [Text("结束日期早于开始日期", "It ends before it begins")]
        elif (last - first).days > view.MOST_AT_ONCE:
            faults["last"] = [Text("一次最多设两个月", "At most two months at a time")]
        else:
            try:
                change, moves = _close(visitor, add=span(first, last), reason=typed["reason"])
            except Invalid as refusal:
                faults = {{"days": "first"}.get(name, name): words for name, words in refusal.fields.items()}
            else:
                return go(request, f"{ADDRESS}?year={first.year}#closing", view.closed(change, moves))
    return _page(request, visitor, closing=typed, errors=faults, status=422)


@router.post(f"{ADDRESS}/closing-days/remove")
def open_again(request: Request, sending: Sending) -> Response:
    """Take back one closing day."""
    visitor = sending.visitor
    try:
        day = date.fromisoformat(one(sending.form, "day"))
        change, moves = _close(visitor, remove=[day], reason=_OPENED_AGAIN.zh)
    except ValueError:
        words = Text("日期有误，请返回工作日历重新办理", "There is no such day: begin again on the page")
        raise Invalid(words) from None
    return go(request, f"{ADDRESS}?year={day.year}#closing", view.closed(change, moves))


def _sent(form: FormData) -> tuple[str, bytes]:
    """The name and the content of the notice that a form sends: a file, else what was pasted."""
    sent = form.get("file")
    if isinstance(sent, UploadFile) and sent.filename:
        return sent.filename, sent.file.read()
    return PASTED, one(form, "text").encode()


def _import(visitor: Visitor, notice: Notice, *, dry_run: bool) -> tuple[CalendarChange, list[MoveLine]]:
    actor, now = visitor.actor, visitor.now

    def work(connection: Connection) -> CalendarChange:
        return import_notice(
            connection, street_id=actor.street_id, notice=notice, actor=actor, now=now, dry_run=dry_run
        )

    return _put_through(visitor, work, dry_run=dry_run)


def _close(
    visitor: Visitor, *, add: Sequence[date] = (), remove: Sequence[date] = (), reason: str
) -> tuple[CalendarChange, list[MoveLine]]:
    actor, now = visitor.actor, visitor.now

    def work(connection: Connection) -> CalendarChange:
        return set_closing_days(
            connection, street_id=actor.street_id, add=add, remove=remove, reason=reason, actor=actor, now=now
        )

    return _put_through(visitor, work, dry_run=False)


def _put_through(visitor: Visitor, work: Any, *, dry_run: bool) -> tuple[CalendarChange, list[MoveLine]]:
    actor = visitor.actor
    change, moves = put_through(
        visitor.service.database, work, street_id=actor.street_id, actor=actor, now=visitor.now, dry_run=dry_run
    )
    return change, visitor.caller.read(lambda connection: with_organizations(connection, actor, moves))


def _page(
    request: Request, visitor: Visitor, *, year: int | None = None, refused: Mapping[str, Any] | None = None,
    pasted: str = "", closing: Mapping[str, Any] | None = None, errors: Mapping[str, Sequence[Text]] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    actor, this_day = visitor.actor, visitor.today
    shown = year if year is not None and _FIRST <= year <= _LAST else this_day.year
    may_change = may(actor, Permission.IMPORT_CALENDAR, street_id=actor.street_id)

    def look(connection: Connection) -> dict[str, Any]:
        calendar = street_calendar(connection, actor)
        return {
            **view.of_year(calendar, shown, this_day),
            "counted": _counted(request, calendar),
            "changes": [view.past(line) for line in calendar_changes(connection, actor)],
        }

    return page(
        request, visitor.reader, "calendar.html", here="calendar", status=status, may_change=may_change,
        refused=refused, pasted=pasted, closing_values=dict(closing or {}), errors=dict(errors or {}),
        **visitor.caller.read(look),
    )  # fmt: skip


def _counted(request: Request, calendar: Any) -> dict[str, Any]:
    """What was asked of the counter in the address, and its answer."""
    asked = FormData([*request.query_params.multi_items()] if request.method == "GET" else [])
    typed = answers(view.COUNTING, asked)
    told: dict[str, Any] = {"schema": view.COUNTING, "values": {**view.USUAL, **typed}, "errors": {}, "proof": None}
    if not typed.get("start"):
        return told
    told["errors"] = {
        **forms.faults(view.COUNTING, typed),
        **{name: [words] for name, words in unreadable(view.COUNTING, typed).items()},
    }
    if not told["errors"]:
        try:
            told["proof"] = view.counted(calendar, typed)
        except Refused as refusal:
            told["errors"] = {"start": [refusal.detail]}
    return told
