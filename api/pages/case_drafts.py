"""Drafts on a case's page: which form they fill, and what is shown of those whose form stands open no more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.case_form import in_words, seen_form
from api.pages.visitors import Visitor
from incubator.engine import forms
from incubator.engine.choices import Choice
from incubator.errors import NotFound
from incubator.queries.case_file import CaseFile
from incubator.queries.drafts import Drafted
from incubator.services.drafts import keep_draft
from incubator.text import Text

SEEN = "seen"  # the hidden field of a form that says where the case stood when it was opened: `step:visit`


def schema_of(file: CaseFile, action: str, seen: str) -> forms.Schema:
    """The form that is kept. NotFound for an action that no step of the case has."""
    if not any(action in step.by_name for step in file.definition.steps):
        raise NotFound(Text("没有该办理事项", "There is no such action"))
    return seen_form(file, action, *_where(file, seen))


def keep(visitor: Visitor, file: CaseFile, action: str, values: Mapping[str, Any], seen: str) -> None:
    """Keep what somebody has typed for an action, as of where the form was opened."""
    step, visit = _where(file, seen)
    visitor.caller.write(
        lambda connection: keep_draft(
            connection, case_id=file.case.public_id, action=action, step=step, visit=visit, values=values,
            actor=visitor.actor, now=visitor.now,
        )
    )  # fmt: skip


def latest(file: CaseFile, drafts: Sequence[Drafted], shown: Sequence[Choice]) -> str:
    """The action that the reader last typed something for and may take now; empty where there is none."""
    allowed = {choice.decision.name for choice in shown if choice.allowed}
    return next((each.action for each in drafts if _is_here(file, each) and each.action in allowed), "")


def of_form(file: CaseFile, drafts: Sequence[Drafted], action: str) -> Drafted | None:
    """What fills the form of an action: typed where the case still stands."""
    return next((each for each in drafts if _is_here(file, each) and each.action == action), None)


def left(file: CaseFile, drafts: Sequence[Drafted], shown: Sequence[Choice]) -> list[dict[str, Any]]:
    """The drafts that fill no form any more, to copy from: the case has moved, or the action is refused at present."""
    allowed = {choice.decision.name for choice in shown if choice.allowed}
    parts = []
    for draft in drafts:
        here = _is_here(file, draft)
        step = file.definition.by_key.get(draft.step)
        if step is None or draft.action not in step.by_name or (here and draft.action in allowed):
            continue
        schema = seen_form(file, draft.action, draft.step, draft.visit)
        parts.append(
            {
                "action": draft.action,
                "title": step.by_name[draft.action].title,
                "saved_at": draft.saved_at,
                "why": _refused() if here else _moved(file, step.title),
                "values": in_words(file, schema, draft.values),
            }
        )
    return parts


def _is_here(file: CaseFile, draft: Drafted) -> bool:
    return (draft.step, draft.visit) == (file.case.step, file.case.visit)


def _where(file: CaseFile, seen: str) -> tuple[str, int]:
    """The step and visit that a form says it was opened at; where the case stands now if that was never so."""
    found = re.fullmatch("([a-z0-9_]{1,60}):([0-9]{1,6})", seen)
    if found and found[1] in file.definition.by_key and int(found[2]) <= file.case.visit:
        return found[1], int(found[2])
    return file.case.step, file.case.visit


def _refused() -> Text:
    return Text("该事项目前不能办理，原因见下方。", "This cannot be done at present: the reasons stand below.")


def _moved(file: CaseFile, at: Text) -> Text:
    """Who brought the case to where it stands, after something was typed at that step."""
    moves = (event for event in file.events if (event.body.get("change") or {}).get("to") == file.case.step)
    last = next(moves, None)
    zh, en = (last.actor, last.actor) if last and last.actor else ("系统", "automation")
    return Text(
        f"您在“{at.zh}”环节填写时，{zh}已办理本案，现处于“{file.step.title.zh}”环节。",
        f"While you were writing at {at.en}, {en} moved the case; it is now at {file.step.title.en}.",
    )
