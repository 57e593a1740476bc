"""The procedures that new cases can be opened in: `/procedures`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.callers import Reading
from api.json.shapes import refusals
from incubator.engine import library
from incubator.engine.definition import Definition, StepKind
from incubator.queries.procedures import bpmn, version_of

router = APIRouter(tags=["procedures"])


class StepOut(BaseModel):
    """A step in brief."""

    key: str
    title: str
    kind: StepKind


class ProcedureOut(BaseModel):
    """A procedure in brief; `hash` is what its cases refer to."""

    key: str
    title: str
    stage: str
    periodic: bool
    hash: str
    steps: list[StepOut]


class WholeProcedureOut(ProcedureOut):
    """A procedure with its definition as it is stored."""

    definition: dict[str, Any]


@router.get("/procedures", responses=refusals(403))
def list_procedures(caller: Reading) -> list[ProcedureOut]:
    """Every procedure of this version."""
    return [ProcedureOut(**_brief(each, caller.language)) for each in library.current_definitions()]


@router.get("/procedures/{key}", responses=refusals(403, 404, 422))
def get_procedure(caller: Reading, key: str) -> WholeProcedureOut:
    """A procedure whole: steps, forms as JSON Schema, decisions, rules, labels in both languages."""
    found = library.current_definition(key)
    return WholeProcedureOut(**_brief(found, caller.language), definition=found.model_dump(mode="json"))


@router.get(
    "/procedures/{key}/bpmn",
    response_class=Response,
    responses={
        200: {"content": {"application/xml": {}}, "description": "BPMN 2.0 with its diagram"},
        **refusals(403, 404, 422),
    },
)
def get_bpmn(
    caller: Reading,
    key: str,
    version: Annotated[
        str, Query(pattern="^([0-9a-f]{64})?$", description="The hash that a case refers to; empty: what new cases get")
    ] = "",
) -> Response:
    """A procedure as BPMN 2.0 XML with its layout, named in the caller's language. Steps bear their own keys as ids."""
    definition = caller.read(lambda connection: version_of(connection, key, version))
    return Response(bpmn(definition, caller.language), media_type="application/xml")


def _brief(definition: Definition, language: str) -> dict[str, Any]:
    return {
        "key": definition.key,
        "title": definition.title.read(language),
        "stage": definition.stage,
        "periodic": definition.periodic,
        "hash": definition.hash,
        "steps": [StepOut(key=step.key, title=step.title.read(language), kind=step.kind) for step in definition.steps],
    }
