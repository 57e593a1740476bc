"""A case's papers: which are to be had where it stands, and one made, kept with the case and downloaded."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.document_response import document_response
from api.pages.rendering import go, page
from api.pages.visitors import Sending, Visiting
from incubator.papers.catalogue import PAPERS
from incubator.papers.filling import filled
from incubator.papers.handover_list import HANDOVER_LIST, handover_values
from incubator.queries.handovers import handover_of
from incubator.queries.visibility import Permission, may
from incubator.services import case_papers
from incubator.services.paper_templates import in_use
from incubator.services.uploads import DOCX
from incubator.text import Text

router = APIRouter()


@router.get("/cases/{case_id}/papers")
def papers(request: Request, visiting: Visiting, case_id: PublicId) -> Response:
    """The papers that may be made now, then those that lie in the case already."""

    def look(connection: Connection) -> dict[str, Any]:
        known = case_papers.material(connection, visiting.actor, case_id, visiting.now)
        offered = case_papers.offered(known)
        now = {each.paper.key for each in offered}
        file = known.file
        return {
            "case": file.case.public_id,
            "number": file.case.number,
            "organization": file.organization.organization_name,
            "procedure": file.definition.title,
            "step": file.step.title,
            "may_make": case_papers.may_make(known, visiting.actor),
            "offered": [
                {
                    "key": each.paper.key,
                    "title": Text(each.title, each.paper.title.en),
                    "use": each.paper.use,
                    "document": each.document,
                }
                for each in offered
            ],
            "kept": [
                {
                    "title": {
                        "text": PAPERS[row.kind].title,
                        "href": f"/documents/{row.public_id}",
                        "note": row.filename,
                    },
                    "when": row.recorded_at,
                    "who": row.made_by_name or Text("系统", "automation"),
                }
                for row in file.documents
                if row.kind in PAPERS and row.kind not in now
            ],
        }

    shown = visiting.caller.read(look)
    return page(
        request, visiting.reader, "case_papers.html", here="worklist", kept_columns=_KEPT,
        may_keep_templates=may(visiting.actor, Permission.MANAGE_TEMPLATES), **shown,
    )  # fmt: skip


@router.post("/cases/{case_id}/papers/{key}")
def make(request: Request, sending: Sending, case_id: PublicId, key: str) -> Response:
    """Make the paper and hand it over; unchanged, it is the one that lies in the case."""
    visitor = sending.visitor
    data_dir = visitor.service.settings.data_dir
    prepared = visitor.caller.read(
        lambda connection: case_papers.prepare(
            connection, case_id=case_id, key=key, actor=visitor.actor, now=visitor.now, data_dir=data_dir
        )
    )
    document = visitor.caller.write(
        lambda connection: case_papers.keep(
            connection, prepared, actor=visitor.actor, now=visitor.now, data_dir=data_dir
        )
    )
    return go(request, f"/documents/{document}")


@router.get("/handovers/{handover_id}/list.docx")
def handover_paper(visiting: Visiting, handover_id: PublicId) -> Response:
    """The list of a handover as a paper for both to sign; it says what was kept when the work went over."""
    data_dir = visiting.service.settings.data_dir

    def fill(connection: Connection) -> tuple[str, bytes]:
        handover = handover_of(connection, visiting.actor, handover_id)
        template = in_use(connection, handover.street_id, HANDOVER_LIST.key, data_dir)
        values = handover_values(handover, visiting.reader.street)
        return handover.number, filled(template.content, values)

    number, content = visiting.caller.read(fill)
    return document_response(content, f"{HANDOVER_LIST.title.zh}-{number}.docx", DOCX)


_KEPT = (
    {"key": "title", "title": Text("文书", "Paper"), "main": True},
    {"key": "when", "title": Text("生成时间", "Made at"), "kind": "moment"},
    {"key": "who", "title": Text("生成人", "Made by")},
)
