"""Diagrams: a case on its procedure's diagram, and the procedures themselves for whoever learns them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.cases import file_of
from api.pages.diagram_view import STAGES, case_diagram, opened_by, procedure_page
from api.pages.rendering import page
from api.pages.visitors import Visiting, Visitor, require_staff
from incubator.bpmn import settled
from incubator.engine import library
from incubator.engine.definition import Definition
from incubator.engine.policy import Policy
from incubator.queries.case_file import CaseFile
from incubator.queries.procedures import bpmn, version_of

router = APIRouter()


@router.get("/cases/{case_id}/diagram")
def diagram_of_case(request: Request, visiting: Visiting, case_id: PublicId) -> Response:
    """Where a case stands and has been, drawn and as a list."""
    require_staff(visiting.actor)
    file = file_of(visiting, case_id)
    shown = case_diagram(file, _running(file), visiting.today)
    return page(request, visiting.reader, "case_diagram.html", here="worklist", **shown)


@router.get("/cases/{case_id}/diagram.bpmn")
def drawing_of_case(visiting: Visiting, case_id: PublicId) -> Response:
    """The diagram that the page draws: the case's own version under the case's policy."""
    require_staff(visiting.actor)
    return _xml(bpmn(_running(file_of(visiting, case_id)), visiting.language))


@router.get("/procedures")
def procedures(request: Request, visiting: Visiting) -> Response:
    """Every procedure, by stage."""
    require_staff(visiting.actor)
    every = library.current_definitions()
    stages = [
        {
            "title": title,
            "procedures": [
                {"key": each.key, "title": each.title, "opens": opened_by(each)}
                for each in every
                if each.stage == stage
            ],
        }
        for stage, title in STAGES.items()
    ]
    shown = [stage for stage in stages if stage["procedures"]]
    return page(request, visiting.reader, "procedures.html", here="procedures", stages=shown)


@router.get("/procedures/{key}")
def procedure(request: Request, visiting: Visiting, key: str) -> Response:
    """A procedure as it runs under the policy in force."""
    require_staff(visiting.actor)
    running, policy = _today(visiting, key)
    shown = procedure_page(running, policy)
    return page(request, visiting.reader, "procedure.html", here="procedures", policy=policy.hash, **shown)


@router.get("/procedures/{key}/diagram.bpmn")
def drawing(visiting: Visiting, key: str) -> Response:
    """A procedure's diagram as it runs under the policy in force."""
    require_staff(visiting.actor)
    return _xml(bpmn(_today(visiting, key)[0], visiting.language))


def _running(file: CaseFile) -> Definition:
    return settled(file.definition, file.policy)


def _today(visitor: Visitor, key: str) -> tuple[Definition, Policy]:
    """A procedure settled under the policy in force, and that policy."""

    def look(connection: Connection) -> tuple[Definition, Policy]:
        policy = library.policy_in_force(connection, visitor.actor.street_id, visitor.today)
        return settled(version_of(connection, key), policy), policy

    return visitor.caller.read(look)


def _xml(content: bytes) -> Response:
    return Response(content, media_type="application/xml")
