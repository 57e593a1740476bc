"""A case's documents for its page: what the step takes, what lies there, what became of a file that was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from incubator.engine.panel import SCORE_SHEET
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.queries.case_file import CaseFile
from incubator.services.case_documents import MADE, may_hand_in, titles_of, wanted
from incubator.text import Text


@dataclass(frozen=True, slots=True)
class RefusedFiles:
    """Why files of a kind were not taken, a sentence each."""

    kind: str
    reasons: Sequence[Text]


def documents(file: CaseFile, actor: Actor, refused: RefusedFiles | None = None) -> dict[str, Any]:
    """What `document_list` shows: the kinds that the step takes first, then what else lies in the case."""
    case = file.case
    taken = wanted(file.definition, file.step, file.policy)
    may_add = may_hand_in(case, file.step, file.choices, actor)
    titles = titles_of(file.definition, file.policy)
    others = [kind for kind in dict.fromkeys(row.kind for row in file.documents) if kind not in taken]
    others.sort(key=lambda kind: kind not in MADE)  # what is to be sealed stands beside where its scan goes
    uploaded = [
        {
            "kind": row.kind,
            "name": row.filename,
            "size": row.size,
            "when": row.recorded_at,
            "who": row.made_by_name or ROLE_NAMES[Role.AUTOMATION],
            "url": f"/documents/{row.public_id}",
            "remove_url": f"/documents/{row.public_id}/remove"
            if may_add and row.kind in taken and row.made_by
            else None,
        }
        for row in file.documents
    ]
    # A signed score sheet is asked for only where scores come on paper, and only of whoever enters them.
    held = {row.kind for row in file.documents}
    asked = [
        {"kind": need.kind, "title": need.title, "required": need.required and need.kind != SCORE_SHEET}
        for need in taken.values()
        if may_add or need.kind != SCORE_SHEET or need.kind in held
    ]
    lying = [
        {"kind": kind, "title": titles.get(kind, Text(kind, kind)), "closed": True, "made": kind in MADE}
        for kind in others
    ]
    return {
        "required": [*asked, *lying],
        "uploaded": uploaded,
        "upload_url": f"/cases/{case.public_id}/documents" if may_add and taken else None,
        "refused": {refused.kind: refused.reasons} if refused else {},
    }
