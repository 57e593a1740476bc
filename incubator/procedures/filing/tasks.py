"""The automated work of filing: the screening, and the certificate as a number and a document, also when corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Role, automation
from incubator.engine.tasks import Settlement, Work, task
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Street
from incubator.papers.wording import office, written
from incubator.procedures.automated import STALE, case_of, move, waiting_case
from incubator.procedures.filing.applied import application_of, category_code
from incubator.procedures.filing.certificate import STATED, Issued, issue_certificate, reissue_corrected
from incubator.procedures.filing.procedure import BARS
from incubator.procedures.shared.papers import write
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.services.documents import Added
from incubator.services.organizations import change_organization
from incubator.settings import Settings
from incubator.text import Text

KIND = "filing_certificate"
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
    data_dir = Settings().data_dir

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        policy = library.policy(connection, case.policy_hash)
        issued = issue_certificate(connection, case, policy=policy, now=work.now)
        document = write(
            connection, case, words(connection, case, policy, issued), kind=KIND,
            filename=f"备案证-{issued.number}.docx", data_dir=data_dir, now=work.now,
        )  # fmt: skip
        dates = {"valid_from": issued.valid_from.isoformat(), "valid_until": issued.valid_until.isoformat()}
        advanced = move(connection, work, case, "issue", {"number": issued.number, **dates})
        return {**_made(issued, document), "step": advanced.step}

    return settle


@task("filing.corrected_certificate")
def corrected_certificate(work: Work) -> Settlement:
    """Issue a corrected certificate in the place of the valid one, and tell the officer, who has it sealed and handed over.

    The old paper stays in the case beside the new one.
    """
    data_dir = Settings().data_dir

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = case_of(connection, work)
        corrected_on = date.fromisoformat(work.payload["corrected_on"])
        issued = reissue_corrected(connection, case, signed_on=corrected_on, now=work.now)
        if issued is None:
            return {"no_valid_certificate": True}
        policy = library.policy(connection, case.policy_hash)
        said = words(connection, case, policy, issued)
        document = write(
            connection, case, said, kind=KIND, filename=f"备案证（更正）-{issued.number}.docx", data_dir=data_dir,
            now=work.now, replaces=False,
        )  # fmt: skip
        change_organization(
            connection,
            case.organization_id,
            event="organization.certificate_corrected",
            changes={"filing_number": issued.number},
            actor=automation(case.street_id),
            now=work.now,
            effective_on=corrected_on,
            also={"case": case.public_id, "filing": issued.number, "replaces": issued.replaces},
        )
        write_notice(connection, _to_be_sealed(work, case, said), now=work.now)
        return {**_made(issued, document), "replaces": issued.replaces}

    return settle


def _to_be_sealed(work: Work, case: CaseView, said: Mapping[str, str]) -> NewNotice:
    return NewNotice(
        cause=f"outbox:{work.outbox_id}",
        kind="filing.corrected_certificate",
        street_id=case.street_id,
        community_id=case.community_id,
        case_id=case.id,
        role=Role.OFFICER.value,
        title=Text("{name}：更正后的备案证 {number} 已制成", "{name}: the corrected certificate {number} is made").fill(
            **said
        ),
        body=Text(
            "结果更正已生效，备案证 {replaces} 作废。请将新证盖章后交给该组织，并收回旧证。",
            "The correction holds and certificate {replaces} is void. Have the new one sealed, hand it over and take the old"
            " one back.",
        ).fill(**said),
    )


def _made(issued: Issued, document: Added) -> dict[str, Any]:
    return {"number": issued.number, "document": document.public_id, "sha256": document.sha256}


def words(connection: Connection, case: CaseView, policy: Policy, issued: Issued) -> dict[str, str]:
    """What the certificate says: the organization as approved, whatever the application leaves out as it is known.

    A certificate that corrects another says what stands after the correction, which no application asked for.
    """
    organizations, communities, streets = table(Organization), table(Community), table(Street)
    known = connection.execute(
        select(organizations, communities.c.name.label("community"), streets.c.name.label("street"))
        .join_from(organizations, communities, communities.c.id == organizations.c.community_id)
        .join(streets, streets.c.id == organizations.c.street_id)
        .where(organizations.c.id == case.organization_id)
    ).one()
    said = application_of(case.data)
    if issued.replaces:
        said |= {name: getattr(known, name) for name in STATED}
    categories = policy.get("filing.conditions.categories")
    word = str(said.get("category") or known.category)
    code = category_code(categories, word)
    category = next((each["name"]["zh"] for each in categories if each["code"] == code), word)
    return {
        "number": issued.number,
        "replaces": issued.replaces,
        "replaced_because": issued.because,
        "name": str(said.get("name") or known.name),
        "leader": str(said.get("leader") or known.leader),
        "category": category,
        "premises": str(said.get("premises") or known.premises),
        "purpose": str(said.get("purpose") or _purpose(connection, case)),
        "community": known.community,
        "street": known.street,
        "office": office(known.street),
        "valid_from": written(issued.valid_from),
        "valid_until": written(issued.valid_until),
        "signed_on": written(issued.signed_on),
    }


def _purpose(connection: Connection, case: CaseView) -> str:
    """What the organization was filed for, where the case itself does not say it; empty for a filing older than the service."""
    cases = table(Case)
    data = connection.scalar(
        select(cases.c.data)
        .where(
            cases.c.organization_id == case.organization_id, cases.c.procedure == "filing", cases.c.outcome == "filed"
        )
        .order_by(cases.c.id.desc())
        .limit(1)
    )
    return str(application_of(data or {}).get("purpose") or "")
