"""The automated work of filing: the screening, and the certificate as a number and a document."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.tasks import Settlement, Work, task
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Street
from incubator.procedures.automated import STALE, move, waiting_case
from incubator.procedures.filing.applied import application_of, category_code
from incubator.procedures.filing.certificate import Issued, issue_certificate
from incubator.procedures.filing.procedure import BARS
from incubator.services.documents import add_document, store_content
from incubator.settings import Settings

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATE = "filing_certificate.docx"
LONGEST_FINDINGS = 4000


@task("filing.screen")
def screen(work: Work) -> Settlement:
    """Judge the application by the conditions: pass it, return it with findings, or refer to the officer what is barred."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        try:
            advanced = move(connection, work, case, "pass", {})
        except ActionNotAllowed as refused:
            if any(blocker.kind != "rule" for blocker in refused.blockers):
                raise
            lines = [f"{blocker.message.zh}。{blocker.next.zh}。" for blocker in refused.blockers]
            barred = any(blocker.code in BARS for blocker in refused.blockers)
            action = "refer" if barred else "return_for_correction"
            advanced = move(connection, work, case, action, {"findings": "\n".join(lines)[:LONGEST_FINDINGS]})
            return {"action": action, "step": advanced.step, "unmet": [blocker.code for blocker in refused.blockers]}
        return {"action": "pass", "step": advanced.step, "unmet": []}

    return settle


@task("filing.certificate")
def certificate(work: Work) -> Settlement:
    """Issue the number and write the certificate to be sealed, in the transaction that moves the case on to service."""
    template = files("incubator.paper").joinpath(TEMPLATE).read_bytes()
    data_dir = Settings().data_dir

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        policy = library.policy(connection, case.policy_hash)
        issued = issue_certificate(connection, case, policy=policy, now=work.now)
        content = rendered(template, words(connection, case, policy, issued))
        document = add_document(
            connection,
            street_id=case.street_id,
            organization_id=case.organization_id,
            case_id=case.id,
            kind="filing_certificate",
            filename=f"备案证-{issued.number}.docx",
            media_type=DOCX,
            size=len(content),
            sha256=store_content(data_dir, content),
            made_by=0,
            now=work.now,
        )
        dates = {"valid_from": issued.valid_from.isoformat(), "valid_until": issued.valid_until.isoformat()}
        advanced = move(connection, work, case, "issue", {"number": issued.number, **dates})
        return {
            "number": issued.number,
            "document": document.public_id,
            "sha256": document.sha256,
            "step": advanced.step,
        }

    return settle


def words(connection: Connection, case: CaseView, policy: Policy, issued: Issued) -> dict[str, str]:
    """What the certificate says: the organization as approved, whatever the application leaves out as it is known."""
    organizations, communities, streets = table(Organization), table(Community), table(Street)
    known = connection.execute(
        select(organizations, communities.c.name.label("community"), streets.c.name.label("street"))
        .join_from(organizations, communities, communities.c.id == organizations.c.community_id)
        .join(streets, streets.c.id == organizations.c.street_id)
        .where(organizations.c.id == case.organization_id)
    ).one()
    said = application_of(case.data)
    categories = policy.get("filing.conditions.categories")
    word = str(said.get("category") or known.category)
    code = category_code(categories, word)
    category = next((each["name"]["zh"] for each in categories if each["code"] == code), word)
    return {
        "number": issued.number,
        "name": str(said.get("name") or known.name),
        "leader": str(said.get("leader") or known.leader),
        "category": category,
        "premises": str(said.get("premises") or known.premises),
        "purpose": str(said.get("purpose") or ""),
        "community": known.community,
        "street": known.street,
        "valid_from": _written(issued.valid_from),
        "valid_until": _written(issued.valid_until),
        "signed_on": _written(issued.signed_on),
    }


def rendered(template: bytes, values: Mapping[str, str]) -> bytes:
    """The template filled in. What people typed is escaped: it is text, never markup."""
    from docxtpl import DocxTemplate  # heavy, and needed by the worker alone

    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(values), autoescape=True)
    filled = io.BytesIO()
    document.save(filled)
    return filled.getvalue()


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
