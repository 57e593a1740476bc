"""The automated work of evaluation: what the records say, and the papers: certificate, notice of the result, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Role
from incubator.engine.tasks import Settlement, Work, task
from incubator.facts import registry
from incubator.models.base import table
from incubator.models.evaluations import Rating, RatingStatus
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Street
from incubator.papers.wording import office, written
from incubator.procedures.automated import STALE, case_of, move, waiting_case
from incubator.procedures.evaluation import bands as ladder
from incubator.procedures.evaluation.findings import FACTS, findings
from incubator.procedures.evaluation.numbering import CERTIFICATES, ISSUED_ANEW, RESULTS, next_paper
from incubator.procedures.evaluation.policy import stars_until
from incubator.procedures.evaluation.rules import BANDS
from incubator.procedures.shared.papers import write
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.settings import Settings
from incubator.text import Text

CERTIFICATE, RESULT = "star_certificate", "evaluation_result"
_PAPERS = {CERTIFICATE: (CERTIFICATES, "星级证书"), RESULT: (RESULTS, "评估结果通知书")}
LONGEST_FINDINGS = 4000


@task("evaluation.screen")
def screen(work: Work) -> Settlement:
    """Tell the officer what the records say; who may not be evaluated any more is referred. Nothing is decided here."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        policy = library.policy(connection, case.policy_hash)
        (known,) = registry.load(connection, [case], FACTS, registry.AsOf(work.now))
        found = findings(known, policy)
        try:
            advanced = move(connection, work, case, "finish", _told(found))
        except ActionNotAllowed as refused:
            if any(blocker.kind != "rule" for blocker in refused.blockers):
                raise
            barred = [f"{blocker.message.zh}。{blocker.next.zh}。" for blocker in refused.blockers]
            advanced = move(connection, work, case, "refer", _told([*barred, *found]))
            return {"action": "refer", "step": advanced.step, "unmet": [each.code for each in refused.blockers]}
        return {"action": "finish", "step": advanced.step, "unmet": []}

    return settle


def _told(lines: list[str]) -> dict[str, str]:
    return {"findings": "\n".join(lines)[:LONGEST_FINDINGS]}


@task("evaluation.certificate")
def certificate(work: Work) -> Settlement:
    """Issue the number and write what is to be sealed: the certificate of the stars, or the notice of a failure."""
    data_dir = Settings().data_dir

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        policy = library.policy(connection, case.policy_hash)
        listed = policy.get(BANDS)
        band = ladder.band_called(listed, str(case.data["conclusion"]["band"]))
        assert band is not None
        kind = RESULT if ladder.is_failure(listed, band["code"]) else CERTIFICATE
        signed_on = date.fromisoformat(case.milestones["signed"])
        series, title = _PAPERS[kind]
        number = next_paper(connection, case, series, signed_on.year, ISSUED_ANEW, work.now)
        said = {
            **_words(connection, case, policy, signed_on),
            "number": number,
            "band": ladder.title_of(band).zh,
            "score": str(case.data["review"]["panel"]["score"]),
        }
        document = write(
            connection, case, said, kind=kind, filename=f"{title}-{number}.docx", data_dir=data_dir, now=work.now
        )
        action = "issue_certificate" if kind == CERTIFICATE else "issue_result"
        advanced = move(connection, work, case, action, {"number": number})
        return {"number": number, "document": document.public_id, "step": advanced.step}

    return settle


@task("evaluation.corrected_certificate")
def corrected_certificate(work: Work) -> Settlement:
    """Issue a certificate that says what was corrected, and tell the officer, who has it sealed and handed over.

    The old paper stays in the case beside the new one.
    """
    data_dir = Settings().data_dir

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = case_of(connection, work)
        rating = _rating_of(connection, case)
        if rating is None:
            return {"no_valid_rating": True}
        policy = library.policy(connection, case.policy_hash)
        corrected_on = date.fromisoformat(work.payload["corrected_on"])
        number, title = rating.document_number, _PAPERS[CERTIFICATE][1]
        said = {
            **_words(connection, case, policy, corrected_on),
            "number": number,
            "replaces": work.payload["replaces"],
            "band": rating.title_zh,
            "score": rating.score,
            "valid_from": written(rating.valid_from),
            "valid_until": written(rating.valid_until),
        }
        document = write(
            connection, case, said, kind=CERTIFICATE, filename=f"{title}（更正）-{number}.docx", data_dir=data_dir,
            now=work.now, replaces=False,
        )  # fmt: skip
        write_notice(connection, _to_be_sealed(work, case, said), now=work.now)
        return {"number": number, "document": document.public_id, "replaces": said["replaces"]}

    return settle


def _to_be_sealed(work: Work, case: CaseView, said: Mapping[str, str]) -> NewNotice:
    return NewNotice(
        cause=f"outbox:{work.outbox_id}",
        kind="evaluation.corrected_certificate",
        street_id=case.street_id,
        community_id=case.community_id,
        case_id=case.id,
        role=Role.OFFICER.value,
        title=Text(
            "{name}：更正后的星级证书 {number} 已制成", "{name}: the corrected certificate {number} is made"
        ).fill(**said),
        body=Text(
            "结果更正已生效，星级证书 {replaces} 作废。请将新证书盖章后交给该组织，并收回旧证书。",
            "The correction holds and certificate {replaces} is void. Have the new one sealed, hand it over and take the old"
            " one back.",
        ).fill(**said),
    )


def _rating_of(connection: Connection, case: CaseView) -> Any:
    ratings = table(Rating)
    return connection.execute(
        select(ratings)
        .where(ratings.c.case_id == case.id, ratings.c.status == RatingStatus.VALID.value)
        .order_by(ratings.c.id.desc())
        .limit(1)
    ).one_or_none()


def _words(connection: Connection, case: CaseView, policy: Policy, signed_on: date) -> dict[str, str]:
    """What both papers say of the organization, the street and the days."""
    organizations, communities, streets = table(Organization), table(Community), table(Street)
    known = connection.execute(
        select(organizations.c.name, communities.c.name.label("community"), streets.c.name.label("street"))
        .join_from(organizations, communities, communities.c.id == organizations.c.community_id)
        .join(streets, streets.c.id == organizations.c.street_id)
        .where(organizations.c.id == case.organization_id)
    ).one()
    until = stars_until(policy.get("evaluation.validity"), signed_on)
    return {
        "name": known.name,
        "community": known.community,
        "street": known.street,
        "office": office(known.street),
        "period": case.period,
        "reasons": str(case.data["conclusion"].get("reasons") or ""),
        "replaces": "",
        "valid_from": written(signed_on),
        "valid_until": written(until),
        "signed_on": written(signed_on),
    }
