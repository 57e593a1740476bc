"""Documents of a case: which are wanted at its step, added and taken back with an event each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, func, select, update

from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.choices import Choice, choices
from incubator.engine.definition import Definition, Step
from incubator.engine.loading import case_view
from incubator.engine.policy import DocumentNeed, Policy
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import Actor
from incubator.engine.soundness import goes_back
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Document
from incubator.papers.catalogue import PAPERS
from incubator.queries.panels import may_open_sheet
from incubator.queries.visibility import Permission, may, require, visible_to
from incubator.services.documents import Added, add_document
from incubator.services.uploads import Upload
from incubator.text import Text

_DOCUMENTS = table(Document)
# A case file of more sheets than this is a mistake, or an attack on the disk.
MOST = 300

# What automation writes and what comes with an expense; what else people hand in is named by the policy.
MADE = {
    **{key: Text(f"{paper.title.zh}（待盖章）", f"{paper.title.en}, to be sealed") for key, paper in PAPERS.items()},
    "voucher": Text("支出凭证", "Vouchers of expenses"),
}
# Whatever an organization is asked for beside the lists of the policy.
SUPPLEMENT = DocumentNeed(kind="supplement", title=Text("补充材料", "Supplement"), required=False)


class DocumentNotWanted(Conflict):
    """The case does not take a document of this kind where it stands now."""

    code: ClassVar[str] = "document_not_wanted"
    title: ClassVar[Text] = Text("本环节不收这种材料", "No such document is taken here")


def wanted(definition: Definition, step: Step, policy: Policy) -> dict[str, DocumentNeed]:
    """What may be handed in at a step, by kind: its own documents, those of its decisions, and at a correction by the
    applicant what the application asked for, none of which has to be handed in again."""
    needs = {need.kind: need for ref in _refs(step) for need in policy.documents(ref)}
    start = definition.step(definition.start)
    if goes_back(step) and step.by == start.by:
        for ref in _refs(start):
            for need in policy.documents(ref):
                needs.setdefault(need.kind, need.model_copy(update={"required": False}))
    return needs


def titles_of(definition: Definition, policy: Policy) -> dict[str, Text]:
    """What every kind of document that can lie in a case of the procedure is called."""
    asked = (need for step in definition.steps for need in wanted(definition, step, policy).values())
    return {**MADE, SUPPLEMENT.kind: SUPPLEMENT.title, **{need.kind: need.title for need in asked}}


def attach(
    connection: Connection, *, case: str, kind: str, upload: Upload, actor: Actor, now: datetime,
    also: Mapping[str, DocumentNeed] | None = None, origin: Mapping[str, str] | None = None,
) -> Added:  # fmt: skip
    """Add an upload to a case (by its public id) and append `case.document_added`; several of a kind stand side by side.

    `also` are kinds that are taken besides those of the step, and `origin` stands in the event: for what somebody else
    was asked for and sent. Raises NotFound, NotAllowed, DocumentNotWanted with the kinds that are taken, Invalid where the case is full.
    """
    view = _seen(connection, case, actor, now)
    definition = library.definition(connection, view.definition_hash)
    taken = wanted(definition, definition.step(view.step), library.policy(connection, view.policy_hash))
    taken = {**(also or {}), **taken}
    if kind not in taken:
        raise _not_wanted(kind, taken)
    count = connection.scalar(select(func.count()).where(_DOCUMENTS.c.case_id == view.id)) or 0
    if count >= MOST:
        full = Text(
            f"本案材料已达 {MOST} 份，请合并后上传", f"The case holds {MOST} documents already: join some of them"
        )
        raise Invalid(full, fields={"file": [full]})
    added = add_document(
        connection,
        street_id=view.street_id,
        organization_id=view.organization_id,
        case_id=view.id,
        kind=kind,
        filename=upload.filename,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        made_by=actor.person_id,
        now=now,
        replaces=False,
    )
    change = {
        "document": added.public_id,
        "kind": kind,
        "filename": upload.filename,
        "size": upload.size,
        "sha256": upload.sha256,
        **(origin or {}),
    }
    _record(connection, view, "case.document_added", actor, change, "", now)
    return added


def take_back(connection: Connection, *, document: str, actor: Actor, now: datetime, comment: str = "") -> str:
    """Take a document out of a case that still wants its kind; it stays readable. Returns the case's public id."""
    row = document_row(connection, actor, document)
    if not row.case_id or row.replaced_at is not None:
        raise _no_document()
    view = _seen(connection, row.case_public_id, actor, now)
    definition = library.definition(connection, view.definition_hash)
    taken = wanted(definition, definition.step(view.step), library.policy(connection, view.policy_hash))
    if row.kind not in taken or not row.made_by:
        raise DocumentNotWanted(
            Text(
                "该材料已随案件流转，不能移除；需要更正的，请退回补正",
                "The case has moved on with this document, so it stays; return the case for correction instead",
            )
        )
    connection.execute(
        update(_DOCUMENTS).where(_DOCUMENTS.c.id == row.id, _DOCUMENTS.c.replaced_at.is_(None)).values(replaced_at=now)
    )
    change = {"document": document, "kind": row.kind, "filename": row.filename, "sha256": row.sha256}
    _record(connection, view, "case.document_taken_back", actor, change, comment, now)
    return view.public_id


def document_row(connection: Connection, actor: Actor, document: str) -> Row[Any]:
    """A document's row with its case's public id (`case_public_id`, None for an organization's own); NotFound."""
    cases = table(Case)
    row = connection.execute(
        select(_DOCUMENTS, cases.c.public_id.label("case_public_id"))
        .join_from(_DOCUMENTS, cases, cases.c.id == _DOCUMENTS.c.case_id, isouter=True)
        .where(_DOCUMENTS.c.public_id == document, visible_to(actor, _DOCUMENTS))
    ).one_or_none()
    if row is None or not may_open_sheet(connection, actor, row):
        raise _no_document()
    return row


def note_reading(connection: Connection, actor: Actor, row: Row[Any], now: datetime) -> None:
    """Write on the reader's access stream which document was opened: papers hold personal data."""
    if actor.account_id:
        change = {"document": row.public_id, "kind": row.kind}
        append(
            connection,
            Entry("access", actor.account_id, row.street_id, "access.document_read", actor, change),
            now=now,
        )


def _refs(step: Step) -> list[str]:
    refs = [step.documents, *(decision.documents for decision in step.decisions)]
    return list(dict.fromkeys(ref.policy for ref in refs if ref))


def may_hand_in(case: CaseView, step: Step, shown: Sequence[Choice], actor: Actor) -> bool:
    """Whether the actor may add documents: by a role in the area, or because the step is this very person's."""
    if may(actor, Permission.ADD_DOCUMENT, street_id=case.street_id, community_id=case.community_id):
        return True
    mine = any(all(blocker.kind != "who" for blocker in choice.blockers) for choice in shown)
    return bool(step.persons) and mine


def _seen(connection: Connection, case: str, actor: Actor, now: datetime) -> CaseView:
    view = case_view(connection, case, lock=True)
    if view is None or not actor.roles_at(view.street_id, view.community_id):
        raise case_not_found()
    step = library.definition(connection, view.definition_hash).step(view.step)
    shown = choices(connection, [view], actor, now)[0] if step.persons else ()
    if not may_hand_in(view, step, shown, actor):
        require(actor, Permission.ADD_DOCUMENT, street_id=view.street_id, community_id=view.community_id)
    return view


def _record(
    connection: Connection, case: CaseView, kind: str, actor: Actor, change: dict[str, Any], comment: str, now: datetime
) -> None:
    entry = Entry("case", case.id, case.street_id, kind, actor, change, subject=case.public_id, comment=comment)
    append(connection, entry, now=now)


def _not_wanted(kind: str, taken: dict[str, DocumentNeed]) -> DocumentNotWanted:
    zh = "、".join(f"{need.title.zh}（{need.kind}）" for need in taken.values()) or "无"
    en = ", ".join(f"{need.title.en} ({need.kind})" for need in taken.values()) or "none"
    return DocumentNotWanted(
        Text(f"本环节不收“{kind}”；可提交：{zh}", f"No {kind!r} is taken at this step; it takes: {en}"),
        extra={"kinds": list(taken)},
    )


def _no_document() -> NotFound:
    return NotFound(
        Text("没有这份材料，或不在您的管辖范围内", "There is no such document, or it lies outside your area")
    )
