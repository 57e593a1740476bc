"""A new policy version: written or sent, checked line by line, compared, rehearsed on the cases in hand, proposed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.pages import kept_uploads, rehearsal_view
from api.pages import policies_view as view
from api.pages.kept_rehearsals import Rehearsed, kept_rehearsal, leads, whole_group
from api.pages.policies import file_of, shipped_text
from api.pages.rendering import go, page
from api.pages.submitted import day, one
from api.pages.visitors import Sending, Visiting, Visitor
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.library import DayTaken
from incubator.engine.policy import Policy
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.errors import Invalid, NotFound
from incubator.policies.packs import shipped, shipped_names
from incubator.policies.reading import LARGEST, PackFault
from incubator.queries import policies as reading
from incubator.queries.visibility import Permission, require
from incubator.services.policies.files import PackFile, pack_file, versions_to_propose
from incubator.services.policies.proposing import RehearsalNeeded, check_days, propose_all, versions_from
from incubator.text import Text

ADDRESS = f"{view.ADDRESS}/new"
router = APIRouter(prefix=ADDRESS)

_UNNAMED = "pack.yaml"
_LONGEST_NAME = 150
_MOST_FAULTS = 200  # shown at once; who mends these sees the others
_EMPTY = Text("请填写政策包内容，或选择文件", "Write a pack, or choose a file")
_SENT_BEFORE = Text(
    "这份提议已经提交过，之后内容又有改动。请返回政策版本查看，如需再提议请重新预演。",
    "This proposal was sent before with other contents: look at the list, and rehearse again to propose another.",
)

Errors = Mapping[str, Sequence[Text]]


@router.get("")
def start_page(
    request: Request, visiting: Visiting, start: Annotated[str, Query(alias="from", max_length=64)] = "",
    pack: Annotated[str, Query(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Where a version is written; `from` a version that the street has, or a `pack` that comes with the software."""
    _require(visiting)
    kept_uploads.forget_old(visiting.service.settings.data_dir, visiting.now)
    draft = PackFile(_UNNAMED, "")
    if start:
        draft = visiting.caller.read(lambda connection: _written(connection, visiting, start))
    elif pack:
        if pack not in shipped_names():
            raise NotFound(Text("没有这一随软件提供的政策包", "No such pack comes with the software"))
        draft = PackFile(f"{pack}.yaml", shipped_text(pack))
    return _draft_page(request, visiting, draft)


@router.post("/edit")
def edit(request: Request, sending: Sending) -> Response:
    """Back to the text, as it was."""
    _require(sending.visitor)
    return _draft_page(request, sending.visitor, _typed(sending.form))


@router.post("/check")
def check(request: Request, sending: Sending) -> Response:
    """Every fault beside the text; without any, what the version would say otherwise than the one in force."""
    visitor = sending.visitor
    _require(visitor)
    sent = sending.form.get("file")
    draft = _typed(sending.form)
    if isinstance(sent, UploadFile) and sent.filename:
        try:
            draft = pack_file(sent.filename[:_LONGEST_NAME], sent.file.read())
        except Invalid as refusal:
            return _draft_page(request, visitor, draft, refused=refusal.detail, status=422)
    if not draft.text.strip():
        return _draft_page(request, visitor, draft, refused=_EMPTY, status=422)
    if faults := draft.faults():
        return _draft_page(request, visitor, draft, faults=faults, status=422)
    return _review_page(request, visitor, draft, _usual_day(visitor, draft))


@router.post("/rehearse")
def rehearse(request: Request, sending: Sending) -> Response:
    """What the version would do to the cases in hand, from the day chosen; nothing is written."""
    visitor = sending.visitor
    _require(visitor)
    draft = _typed(sending.form)
    if faults := draft.faults():
        return _draft_page(request, visitor, draft, faults=faults, status=422)
    since, wrong = day(sending.form, "effective_from")
    if since is None:
        errors = {"effective_from": wrong or (Text("请填写启用日期", "Say from which day"),)}
        return _review_page(request, visitor, draft, _usual_day(visitor, draft), errors=errors, status=422)
    try:
        visitor.caller.read(
            lambda connection: check_days(
                connection, street_id=visitor.actor.street_id, versions=versions_to_propose(draft, since),
                now=visitor.now,
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _review_page(request, visitor, draft, since, errors=refusal.fields, status=422)
    except DayTaken as refusal:
        return _review_page(
            request, visitor, draft, since, errors={"effective_from": [refusal.detail]}, status=refusal.status
        )  # fmt: skip
    return _rehearsal_page(request, visitor, Rehearsed.anew(visitor, draft, since))


@router.post("/propose")
def propose(request: Request, sending: Sending) -> Response:
    """Propose what was rehearsed, checked once more; or show it again with what is wrong."""
    visitor, form = sending.visitor, sending.form
    _require(visitor)
    draft = _typed(form)
    if faults := draft.faults():
        return _draft_page(request, visitor, draft, faults=faults, status=422)
    since, _ = day(form, "effective_from")
    if since is None:
        raise Invalid(Text("页面不完整，请重新检查和预演", "The page was incomplete: check and rehearse again"))
    reason = one(form, "reason")[:2000]
    ready = Rehearsed.kept(visitor, draft, since, one(form, "rehearsal")) or Rehearsed.anew(visitor, draft, since)
    try:
        made = visitor.caller.write(
            lambda connection: propose_all(
                connection, street_id=visitor.actor.street_id, versions=ready.versions, reason=reason,
                file_name=draft.name, file_text=draft.text, actor=visitor.actor, now=visitor.now,
                key=one(form, "idempotency_key")[:200],
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _rehearsal_page(request, visitor, ready, reason, refusal.fields, refusal.status)
    except DayTaken as refusal:
        return _rehearsal_page(request, visitor, ready, reason, {"effective_from": [refusal.detail]}, refusal.status)
    except RehearsalNeeded as refusal:
        fresh = Rehearsed.anew(visitor, draft, since)
        return _rehearsal_page(request, visitor, fresh, reason, {"": [refusal.detail]}, refusal.status)
    except IdempotencyKeyReused as refusal:
        return _rehearsal_page(request, visitor, ready, reason, {"": [_SENT_BEFORE]}, refusal.status)
    said = Text("已提议，须由另一人启用", "Proposed; somebody else must activate it")
    return go(request, f"{view.ADDRESS}/proposals/{made[0]}" if len(made) == 1 else f"{view.ADDRESS}#waiting", said)


@router.get("/rehearsals/{kept}")
def group_page(
    request: Request, visiting: Visiting, kept: Annotated[str, Path(max_length=64)],
    group: Annotated[str, Query(max_length=300)], version: Annotated[int, Query(ge=0, le=1000)] = 0,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:  # fmt: skip
    """All cases of one group of a rehearsal that was just made, a page at a time."""
    _require(visiting)
    rehearsal = kept_rehearsal(visiting, kept, version)
    here = f"{ADDRESS}/rehearsals/{kept}?{urlencode({'version': version, 'group': group})}"
    return whole_group(request, visiting, rehearsal, group, number, here, None)


def _require(visitor: Visitor) -> None:
    require(visitor.actor, Permission.ACTIVATE_POLICY, street_id=visitor.actor.street_id)


def _written(connection: Connection, visitor: Visitor, digest: str) -> PackFile:
    return PackFile(*file_of(connection, visitor, reading.find_policy(connection, visitor.actor, digest)))


def _typed(form: FormData) -> PackFile:
    """The text as it stood in the form: browsers send its lines as CR LF."""
    sent = form.get("text")
    text = sent.replace("\r\n", "\n") if isinstance(sent, str) else ""
    return PackFile(one(form, "file_name")[:_LONGEST_NAME] or _UNNAMED, text)


def _usual_day(visitor: Visitor, draft: PackFile) -> date:
    """Tomorrow, or the first day of a pack that begins later."""
    return max(visitor.today + timedelta(days=1), draft.versions()[0][0])


def _draft_page(
    request: Request, visitor: Visitor, draft: PackFile, *, faults: Sequence[PackFault] = (),
    refused: Text | None = None, status: int = 200,
) -> Response:  # fmt: skip
    lines = draft.text.split("\n")
    own = [fault for fault in faults if fault.file == draft.name]
    wrong = {fault.line for fault in own}
    current = visitor.caller.read(
        lambda connection: reading.policies(connection, visitor.actor, visitor.now).in_force
    )  # fmt: skip
    return page(
        request, visitor.reader, "policies_new.html", here="policies", status=status, draft=draft,
        faults=[_fault(fault, lines if fault in own else []) for fault in faults[:_MOST_FAULTS]],
        fault_count=len(faults), refused=refused, max_bytes=LARGEST,
        gutter=[(number, number in wrong) for number in range(1, len(lines) + 1)],
        current={"hash": current.policy_hash, "name": view.name_of(current.jurisdiction, current.name)} if current else None,
        shipped=[{"name": name, "title": view.named(Policy(shipped(name)))} for name in shipped_names()],
    )  # fmt: skip


def _fault(fault: PackFault, lines: Sequence[str]) -> dict[str, Any]:
    text = lines[fault.line - 1].strip() if fault.line <= len(lines) else ""
    return {
        "file": "" if lines else fault.file,
        "line": fault.line,
        "path": fault.path,
        "message": fault.message,
        "text": text[:200],
    }


def _review_page(
    request: Request, visitor: Visitor, draft: PackFile, since: date, *, errors: Errors | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    versions = draft.versions()
    coming = versions_from(versions, visitor.today)
    before = visitor.caller.read(lambda connection: _in_force(connection, visitor))
    steps = []
    for on, policy in coming:
        steps.append(
            {
                "since": on if on > visitor.today else None,
                "compared": view.compared(before, policy) if before else None,
            }
        )
        before = policy
    policy = coming[0][1]
    until = policy.content.get("effective_until")
    return page(
        request, visitor.reader, "policies_new_review.html", here="policies", status=status, draft=draft,
        name=view.named(policy), first=versions[0][0], until=until, steps=steps, since=since.isoformat(),
        earliest=visitor.today.isoformat(), errors=dict(errors or {}),
    )  # fmt: skip


def _in_force(connection: Connection, visitor: Visitor) -> Policy | None:
    found = reading.policies(connection, visitor.actor, visitor.now).in_force
    return library.policy(connection, found.policy_hash) if found else None


def _rehearsal_page(
    request: Request, visitor: Visitor, ready: Rehearsed, reason: str = "", errors: Errors | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    versions = [
        {
            "since": in_words(each.effective_from),
            "name": view.named(each.policy),
            "told": rehearsal_view.told(each.rehearsal, leads(ready.name, place)),
        }
        for place, each in enumerate(ready.versions)
    ]
    return page(
        request, visitor.reader, "policies_new_rehearsal.html", here="policies", status=status, draft=ready.draft,
        since=ready.since.isoformat(), rehearsal=ready.name, versions=versions, reason=reason,
        errors=dict(errors or {}), key=secrets.token_urlsafe(16),
    )  # fmt: skip
