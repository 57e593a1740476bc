"""A case as a page, and the one way to move it from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from api.addresses import PublicId
from api.i18n import moment, speaking
from api.pages import case_drafts
from api.pages.case_form import Typed, sent_form
from api.pages.case_papers import RefusedFiles
from api.pages.case_view import case_page
from api.pages.project_view import grant_of
from api.pages.rendering import go, page
from api.pages.submitted import COMMENT, EFFECTIVE_ON, answers, day, one, unreadable, whole, with_more_rows
from api.pages.visitors import Sender, Sending, Visiting, Visitor, require_staff
from incubator.engine import advance as engine
from incubator.engine import forms
from incubator.engine.advance import Advanced, advance
from incubator.engine.definition import STAY, Decision, StepKind
from incubator.engine.refusals import ActionNotAllowed, CaseHasMoved, IdempotencyKeyReused
from incubator.engine.roles import names_of
from incubator.errors import Invalid, Refused
from incubator.queries.case_file import CaseFile, case_by_number, read_case
from incubator.queries.drafts import Drafted, drafts_of
from incubator.queries.visibility import sees_case
from incubator.services.drafts import discard_drafts
from incubator.text import Language, Text

router = APIRouter()

_LONGEST_KEY = 200
Action = Annotated[str, Path(max_length=60)]


@router.get("/cases/{case_id}")
def case(
    request: Request, visiting: Visiting, case_id: PublicId, action: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """A case; `action` names the form that stands open."""
    require_staff(visiting.actor)
    return case_response(request, visiting, file_of(visiting, case_id), chosen=action)


@router.get("/case-numbers/{number}")
def case_of_number(visiting: Visiting, number: Annotated[str, Path(max_length=40)]) -> Response:
    """The case of a number, where words name one."""
    require_staff(visiting.actor)
    found = visiting.caller.read(lambda connection: case_by_number(connection, visiting.actor, number))
    return RedirectResponse(f"/cases/{found}", 303)


@router.get("/cases/{case_id}/actions/{action}")
def form_again(visiting: Visiting, case_id: PublicId, action: Action) -> Response:
    """Where a refused form's page is loaded anew: the case with that form."""
    return RedirectResponse(f"/cases/{case_id}?action={quote(action)}", 303)


@router.post("/cases/{case_id}/actions/{action}")
def take_action(request: Request, sending: Sending, case_id: PublicId, action: Action) -> Response:
    """Move a case, or show the page again with what was typed and why it was not done."""
    visitor = sending.visitor
    before = file_of(visitor, case_id)
    schema = sent_form(before, action)
    typed = answers(schema, sending.form)
    if (longer := with_more_rows(schema, typed, sending.form)) is not None:
        return case_response(request, visitor, before, typed=Typed(action, longer))
    effective_on, wrong_day = day(sending.form, EFFECTIVE_ON)
    wrong: dict[str, Sequence[Text]] = {name: (words,) for name, words in unreadable(schema, typed).items()}
    if wrong_day:
        refused = Typed(action, typed, {**wrong, EFFECTIVE_ON: wrong_day})
        return case_response(request, visitor, before, typed=refused, status=422)
    asked = engine.Request(
        case_id,
        action,
        visitor.actor,
        _version(sending),
        effective_on,
        {name: value for name, value in typed.items() if name not in (COMMENT, EFFECTIVE_ON)},
        str(typed.get(COMMENT, "")),
        one(sending.form, "idempotency_key")[:_LONGEST_KEY],
    )

    def move(connection: Connection) -> Advanced:
        advanced = advance(connection, asked, now=visitor.now)
        # Who moved it has decided: what the same person had begun to type for other actions of the step goes too.
        stays = _decision(before, action).to == STAY
        discard_drafts(connection, case_id=case_id, actor=visitor.actor, action=action if stays else "")
        return advanced

    try:
        advanced = visitor.caller.write(move)
    except (CaseHasMoved, ActionNotAllowed, Invalid) as refusal:
        again = Typed(action, typed, **_told(refusal, schema, wrong))
        after = file_of(visitor, case_id, mentioned=forms.chosen(schema, typed))
        if isinstance(refusal, CaseHasMoved) and after.case.open:
            case_drafts.keep(visitor, before, action, typed, one(sending.form, case_drafts.SEEN))
        return case_response(request, visitor, after, typed=again, status=refusal.status)
    if not visitor.caller.read(lambda connection: sees_case(connection, visitor.actor, case_id)):
        # A member who stands aside, a substitute whose part is done.
        return go(request, "/worklist", _farewell(before, action, advanced))
    return go(request, f"/cases/{case_id}", _done(before, action, advanced))


@router.post("/cases/{case_id}/drafts/{action}")
def save_draft(request: Request, sending: Sending, case_id: PublicId, action: Action) -> Response:
    """Keep what stands in a form: by the button with the page as the answer, by script (`quietly`) with a line of text."""
    visitor = sending.visitor
    file = file_of(visitor, case_id)
    seen = one(sending.form, case_drafts.SEEN)
    case_drafts.keep(visitor, file, action, answers(case_drafts.schema_of(file, action, seen), sending.form), seen)
    if one(sending.form, "quietly"):
        with speaking(visitor.language):
            when = moment(visitor.now).rpartition(" ")[2]
        said = Text("已暂存 {when}", "Draft saved {when}").fill(when=when)
        return PlainTextResponse(said.en if visitor.language is Language.EN else said.zh)
    words = Text("已暂存，您可以随时回来继续填写。", "Saved as a draft: come back to it when you like.")
    return go(request, f"/cases/{case_id}?action={quote(action)}#act", words)


@router.post("/cases/{case_id}/drafts/{action}/discard")
def discard_draft(request: Request, sending: Sending, case_id: PublicId, action: Action) -> Response:
    """Throw a draft of one's own away."""
    visitor = sending.visitor
    visitor.caller.write(
        lambda connection: discard_drafts(connection, case_id=case_id, actor=visitor.actor, action=action)
    )
    return go(request, f"/cases/{case_id}", Text("已清除草稿", "The draft is cleared"))


def file_of(visitor: Visitor, case_id: str, *, mentioned: Collection[str] = ()) -> CaseFile:
    """The case as this visitor sees it now; NotFound outside the area. `mentioned` are public ids to be named besides."""
    return visitor.caller.read(
        lambda connection: read_case(connection, visitor.actor, case_id, visitor.now, mentioned=mentioned)
    )


def case_response(
    request: Request,
    visitor: Visitor,
    file: CaseFile,
    *,
    chosen: str = "",
    typed: Typed | None = None,
    refused_files: RefusedFiles | None = None,
    status: int = 200,
) -> Response:
    """The page of a case."""
    drafts: Sequence[Drafted] = ()
    if file.case.open:
        drafts = visitor.caller.read(lambda connection: drafts_of(connection, visitor.actor, file.case.id, visitor.now))
    grant = visitor.caller.read(lambda connection: grant_of(connection, visitor.actor, file.case))
    shown = case_page(
        file, visitor.actor, visitor.today, chosen=chosen, typed=typed, refused_files=refused_files, drafts=drafts,
        project=grant["href"] if grant else "",
    )  # fmt: skip
    most = visitor.service.settings.upload_limit_mb * 1024 * 1024
    return page(
        request, visitor.reader, "case.html", here="worklist", status=status, max_bytes=most, grant=grant, **shown
    )  # fmt: skip


def _version(sending: Sender) -> int:
    version = whole(sending.form, "expected_version")
    if version is None:
        raise Invalid(
            Text(
                "页面不完整或已过期，未作任何更改。请重新打开案件后办理。",
                "The page was incomplete or too old; nothing was changed. Open the case again.",
            )
        )
    return version


def _told(refusal: Refused, schema: Mapping[str, Any], wrong: Mapping[str, Sequence[Text]]) -> dict[str, Any]:
    """What the page says of a refusal: at the fields, above the form, or that the case has moved."""
    fields: Mapping[str, Sequence[Text]] = getattr(refusal, "fields", {})
    errors = {**_at_fields(fields, schema), **wrong}
    match refusal:
        case CaseHasMoved():
            return {"moved": {"title": refusal.title, "detail": refusal.detail}}
        case IdempotencyKeyReused():
            words = Text(
                "本页此前已提交过一次，该次提交已办理。请核对案件现状，再决定是否提交下面的内容。",
                "This page was sent once before, and that was done. Look at where the case stands before you send this.",
            )
            return {"refused": {"title": Text("请勿重复提交", "Sent before"), "detail": words}}
        case ActionNotAllowed():
            refused = {"title": refusal.title, "blockers": refusal.blockers}
            return {"errors": errors, "refused": refused}
        case _:
            return {"errors": errors}


def _at_fields(fields: Mapping[str, Sequence[Text]], schema: Mapping[str, Any]) -> dict[str, Sequence[Text]]:
    """The errors where the page has a field for them: of one item among several, at the field that holds them."""
    found: dict[str, Sequence[Text]] = {}
    for path, texts in fields.items():
        first = path.partition(".")[0]
        field = schema["properties"].get(first, {})
        found.setdefault(path if "properties" in field or forms.is_table(field) else first, tuple(texts))
    return found


def _farewell(before: CaseFile, action: str, advanced: Advanced) -> Text:
    """What is said to somebody whom the case is not shown to any more."""
    done = _done(before, action, advanced)
    words = Text("本案已无须您办理，不再向您显示。", "It needs nothing more of you and is no longer shown to you.")
    return Text(f"{done.zh}{words.zh}", f"{done.en} {words.en}")


def _done(before: CaseFile, action: str, advanced: Advanced) -> Text:
    """What was done and where the case now stands."""
    decision = _decision(before, action)
    step = before.definition.step(advanced.step)
    zh, en = f"已办理“{decision.title.zh}”", f"Done: {decision.title.en}"
    if decision.to == STAY:
        return Text(f"{zh}，案件仍在“{step.title.zh}”环节。", f"{en}. The case stays at {step.title.en}.")
    match step.kind:
        case StepKind.END:
            return Text(f"{zh}，案件办结：{step.title.zh}。", f"{en}. The case has ended: {step.title.en}.")
        case StepKind.AUTOMATED | StepKind.TIMER:
            return Text(
                f"{zh}，案件进入“{step.title.zh}”环节，由系统自动办理。",
                f"{en}. The case goes to {step.title.en}, which the system does by itself.",
            )
        case StepKind.HUMAN | StepKind.PANEL:
            who = names_of(step.by)
            return Text(
                f"{zh}，案件进入“{step.title.zh}”环节，由{who.zh}办理。",
                f"{en}. The case goes to {step.title.en}, for the {who.en}.",
            )


def _decision(file: CaseFile, action: str) -> Decision:
    """The decision that was made: the present step's, or of a repeated request that of the step it was made in."""
    steps = (file.step, *file.definition.steps)
    return next(step.by_name[action] for step in steps if action in step.by_name)
