"""The papers of a case: which are to be had where it stands, and one made and kept with it, so that it is provable later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, select

from incubator.canonical import canonical, sha256
from incubator.clock import today
from incubator.engine.case import CaseView
from incubator.engine.loading import case_view
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict
from incubator.models.base import table
from incubator.models.funding import Call, Project
from incubator.models.hubs import Affiliation
from incubator.models.organizations import Organization
from incubator.models.streets import Street
from incubator.papers.catalogue import PAPERS, paper_of
from incubator.papers.filling import filled
from incubator.papers.paper import Material, Paper
from incubator.queries.case_file import CaseFile, Recorded, read_case
from incubator.queries.visibility import Permission, may, require
from incubator.services.case_documents import wanted
from incubator.services.documents import add_document, store_content
from incubator.services.paper_templates import in_use
from incubator.services.projects.sums import in_percent, planned
from incubator.services.uploads import DOCX
from incubator.text import Text

MADE = "case.paper_made"
_AFFILIATION = ("affiliation", "affiliation_renewal")
_PROJECTS, _CALLS, _ORGANIZATIONS, _PAYEES = (
    table(Project),
    table(Call),
    table(Organization),
    table(Organization).alias(),
)


class PaperNotDue(Conflict):
    """No such paper is to be had where the case stands."""

    code: ClassVar[str] = "paper_not_due"
    title: ClassVar[Text] = Text("目前不能生成该文书", "This paper is not to be had now")


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper that may be made now; `document` is the one that lies in the case, if any."""

    paper: Paper
    title: str
    document: Row[Any] | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paper filled and not kept yet. `document` names the one that says the same already, empty where none does."""

    case: CaseView
    key: str
    filename: str
    content: bytes
    source: str  # of what it says and its template: equal where another one would be the same
    template_version: int
    document: str = ""


def material(connection: Connection, actor: Actor, case_id: str, now: datetime) -> Material:
    """What the papers of a case are filled from, as the actor may see it. Raises what `read_case` does."""
    file = read_case(connection, actor, case_id, now)
    case = file.case
    streets = table(Street)
    street = connection.execute(select(streets.c.name).where(streets.c.id == case.street_id)).scalar_one()
    project = _project(connection, file) if case.procedure in ("funding", "project") else None
    lying = {row.kind for row in file.documents}
    needs = wanted(file.definition, file.step, file.policy).values()
    return Material(
        file,
        street,
        today(now),
        project=project,
        lines=tuple(file.case.data.get("application", {}).get("lines") or ()) if project is not None else (),
        tranches=_tranches(file, project) if project is not None else (),
        hub=_hub(connection, file) if case.procedure in _AFFILIATION else "",
        wanted=tuple((need.title, need.kind in lying) for need in needs),
    )


def offered(known: Material) -> list[Offered]:
    """The papers that may be made where the case stands, with those that were made before."""
    taken = wanted(known.file.definition, known.file.step, known.file.policy)
    # A street's own list of documents may call the sealed scan by a paper's key: a draft must not pass for it.
    due = [paper for key, paper in PAPERS.items() if paper.build and key not in taken and paper.due(known)]
    return [Offered(paper, paper.title_on(known), _latest(known, paper.key)) for paper in due]


def may_make(known: Material, actor: Actor) -> bool:
    """Whether the actor makes papers of this case."""
    case = known.file.case
    return may(actor, Permission.ADD_DOCUMENT, street_id=case.street_id, community_id=case.community_id)


def prepare(connection: Connection, *, case_id: str, key: str, actor: Actor, now: datetime, data_dir: Path) -> Prepared:
    """Fill a paper, in a reading transaction: it takes longer than others should wait for. `keep` keeps it.

    Raises NotFound, NotAllowed, PaperNotDue, TemplateDoesNotFill.
    """
    paper, known = paper_of(key), material(connection, actor, case_id, now)
    case = known.file.case
    require(actor, Permission.ADD_DOCUMENT, street_id=case.street_id, community_id=case.community_id)
    found = next((each for each in offered(known) if each.paper is paper), None)
    if found is None or paper.build is None:
        raise PaperNotDue(
            Text(
                "本案目前所处的环节不出具{paper}，请到案件页面查看当前环节",
                "No {paper} is written where the case stands: see on its page where that is",
            ).fill(paper=paper.title)
        )
    values, template = paper.build(known), in_use(connection, case.street_id, key, data_dir)
    source = sha256(canonical([values, template.version]))
    if found.document is not None and _source(known, found.document) == source:
        return Prepared(
            case, key, str(found.document.filename), b"", source, template.version, found.document.public_id
        )
    return Prepared(
        case, key, f"{found.title}-{case.number}.docx", filled(template.content, values), source, template.version
    )


def keep(connection: Connection, prepared: Prepared, *, actor: Actor, now: datetime, data_dir: Path) -> str:
    """Keep a paper with its case in the place of an earlier one; the document's public id.

    Where nothing has changed since one was made, it is that one. Raises Conflict where the case has moved meanwhile.
    """
    if prepared.document:
        return prepared.document
    case = case_view(connection, prepared.case.public_id, lock=True)
    if case is None or case.version != prepared.case.version:
        raise Conflict(
            Text(
                "案件刚刚有变动，请刷新页面后重新生成",
                "The case has moved in this moment: load the page anew and make it again",
            )
        )
    added = add_document(
        connection, street_id=case.street_id, organization_id=case.organization_id, case_id=case.id, kind=prepared.key,
        filename=prepared.filename, media_type=DOCX, size=len(prepared.content),
        sha256=store_content(data_dir, prepared.content), made_by=actor.person_id, now=now,
    )  # fmt: skip
    change = {
        "document": added.public_id,
        "kind": prepared.key,
        "filename": prepared.filename,
        "size": len(prepared.content),
        "sha256": added.sha256,
        "template_version": prepared.template_version,
        "source": prepared.source,
    }
    append(connection, Entry("case", case.id, case.street_id, MADE, actor, change, subject=case.public_id), now=now)
    return added.public_id


def _latest(known: Material, key: str) -> Row[Any] | None:
    return next((row for row in reversed(known.file.documents) if row.kind == key), None)


def _source(known: Material, document: Row[Any]) -> str:
    """What a kept paper was made from, as its event says; empty for one that was not made here."""
    made: Recorded | None = next(
        (
            event
            for event in known.file.events
            if event.type == MADE and event.body["change"]["document"] == document.public_id
        ),
        None,
    )
    return str(made.body["change"]["source"]) if made is not None else ""


def _project(connection: Connection, file: CaseFile) -> Row[Any] | None:
    """The award of an application, or the project that the case carries out."""
    own = _PROJECTS.c.application_case_id if file.case.procedure == "funding" else _PROJECTS.c.case_id
    return connection.execute(
        select(_PROJECTS, _PAYEES.c.name.label("payee"), _CALLS.c.title.label("call_title"))
        .join_from(_PROJECTS, _PAYEES, _PAYEES.c.id == _PROJECTS.c.payee_id)
        .join(_CALLS, _CALLS.c.id == _PROJECTS.c.call_id, isouter=True)
        .where(own == file.case.id, _PROJECTS.c.status != "lapsed")
        .order_by(_PROJECTS.c.id.desc())
        .limit(1)
    ).one_or_none()


def _tranches(file: CaseFile, project: Row[Any]) -> tuple[Mapping[str, Any], ...]:
    """The award shared out as the terms plan it; the agreement lays down the same."""
    plan = file.policy.get("funding.tranches")
    sums = planned(project.awarded_fen, plan)
    return tuple(
        {"gate": part["gate"], "share": in_percent(part["share"]), "fen": fen}
        for part, fen in zip(plan, sums, strict=True)
    )


def _hub(connection: Connection, file: CaseFile) -> str:
    """The hub's name: as picked in the application, or for a renewal that of the agreement that is renewed."""
    picked = str(file.case.data.get("application", {}).get("hub") or "")
    if picked:
        return file.names.get(picked, "")
    agreements = table(Affiliation)
    return str(
        connection.scalar(
            select(_ORGANIZATIONS.c.name)
            .join_from(agreements, _ORGANIZATIONS, _ORGANIZATIONS.c.id == agreements.c.hub_id)
            .where(agreements.c.organization_id == file.case.organization_id)
            .order_by(agreements.c.id.desc())
            .limit(1)
        )
        or ""
    )
