"""The API's document: whole, true, and no request that fits or misfits it breaks the service."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from itertools import product
from typing import Any
from unittest import SkipTest

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.centre import PDF, WebCentre
from tests.procedures.world import APPLICATION

DESIGNED = {
    "/session": {"post", "delete"},
    "/organizations": {"get", "post"},
    "/organizations/{organization_id}": {"get"},
    "/organizations/{organization_id}/path": {"get"},
    "/cases": {"post"},
    "/cases/{case_id}": {"get"},
    "/cases/{case_id}/events": {"get"},
    "/cases/{case_id}/actions/{action}": {"post"},
    "/cases/{case_id}/documents": {"post"},
    "/documents/{document_id}": {"get", "delete"},
    "/worklist": {"get"},
    "/procedures": {"get"},
    "/procedures/{key}": {"get"},
    "/procedures/{key}/bpmn": {"get"},
    "/status": {"get"},
    "/review-runs": {"get"},
    "/calls": {"get", "post"},
}


def test_the_document_holds_the_contract_and_every_refusal_is_a_problem(centre: WebCentre) -> None:
    document = centre.stranger().get("/api/v1/openapi.json").json()
    for path, methods in DESIGNED.items():
        assert methods <= document["paths"][f"/api/v1{path}"].keys(), path
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (path, method)
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], (path, method, status)
    missing = set(re.findall(r"#/components/schemas/([^\"]+)", str(document).replace("'", '"')))
    assert missing <= document["components"]["schemas"].keys()


def test_no_request_made_from_the_document_or_against_it_breaks_the_service(centre: WebCentre) -> None:
    officer = centre.program("officer", "read", "cases:write", "import")
    case = officer.post("cases", json={"organization_id": centre.organization, "procedure": "filing"}).json()
    community = officer.get(f"organizations/{centre.organization}").json()["community"]["id"]
    upload = {"files": {"file": ("章程.pdf", PDF)}, "data": {"kind": "charter"}}
    document = officer.post(f"cases/{case['id']}/documents", **upload).json()["id"]
    known = {
        "organization_id": centre.organization, "case_id": case["id"], "document_id": document, "community_id": community,
        "action": "submit", "key": "filing", "procedure": "filing", "kind": "charter", "category": "",
    }  # fmt: skip
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", centre.app)
    headers = {"authorization": officer.headers["authorization"]}
    truths = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    answered: Counter[int] = Counter()

    def ask(made: Any) -> None:
        """Every other request speaks of things that are there."""
        if len(repr(made.path_parameters) + repr(made.body)) % 2:
            for values in (made.path_parameters, made.body):
                if isinstance(values, dict):
                    values |= {name: known[name] for name in known.keys() & values.keys()}
                    if isinstance(values.get("data"), dict):
                        values["data"] = {**APPLICATION, **values["data"]}
        answered[made.call_and_validate(headers=headers, checks=truths).status_code] += 1

    for operation, mode in product(schema.get_all_operations(), GenerationMode):
        made_so = operation.ok().as_strategy(generation_mode=mode)
        with suppress(Unsatisfiable, SkipTest):  # where nothing can be wrong with a request
            settings(
                max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(given(made=made_so)(ask))()  # fmt: skip
    assert {200, 201, 204, 404, 409, 422} <= answered.keys()


def test_the_web_process_loads_neither_prefect_nor_the_scheduler() -> None:
    look = (
        "import sys, api.app, api.serving, incubator.procedures.catalogue;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'prefect', 'apscheduler', 'flows', 'schedules'}))"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
