"""The filing stage: the certificate that holds, from a case or from the papers before, its renewal, and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Filing, Standing
from incubator.queries.path.stages import (
    FILING,
    Situation,
    Stage,
    StageState,
    how,
    in_hand,
    joined,
    reason,
    result,
    runs,
    stage,
    unstanding,
    until_words,
)
from incubator.queries.visibility import visible_to
from incubator.text import Text

_FIRST, _RENEWAL, _LATER = "filing", "filing_renewal", ("filing_renewal", "filing_change")
_FILINGS = table(Filing)


def filing_stage(situation: Situation, certificate: Row[Any] | None) -> Stage:
    """How the organization stands towards its filing."""
    cases = situation.cases_in(_FIRST, *_LATER)
    running = in_hand(cases)
    if running is not None:
        found = stage(FILING, StageState.RUNNING, runs(running), running)
    else:
        found = _settled(situation, certificate) or _open(situation)
    since, until = _validity(certificate, situation.organization)
    return replace(found, valid_from=since, valid_until=until)


def certificate_of(connection: Connection, actor: Actor, organization: Row[Any]) -> Row[Any] | None:
    """The certificate that is valid, as far as the actor may see it."""
    row: Row[Any] | None = connection.execute(
        select(_FILINGS)
        .where(_FILINGS.c.organization_id == organization.id, _FILINGS.c.status == "valid", visible_to(actor, _FILINGS))
        .order_by(_FILINGS.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row


def _settled(situation: Situation, certificate: Row[Any] | None) -> Stage | None:
    """The stage where it asks for nothing: a registered body, or a certificate that holds."""
    organization = situation.organization
    if organization.standing == Standing.REGISTERED:
        words = Text("已在登记机关登记，无需备案", "Registered with the registrar: it needs no filing")
        return stage(FILING, StageState.NOT_APPLICABLE, words)
    until = organization.filing_valid_until
    if organization.standing != Standing.FILED or until < situation.day:
        return None
    number, ends = organization.filing_number, until_words(until)
    words = Text(f"备案证 {number}{ends.zh}", f"Filing certificate {number}{ends.en}")
    paper = certificate.paper if certificate is not None else ""
    cited = Text(f"期初录入，依据：{paper}", f"From the opening stock, by {paper}") if paper else None
    case = next((each for each in situation.cases if certificate is not None and each.id == certificate.case_id), None)
    return stage(FILING, StageState.DONE, joined(words, cited, _renewal(situation)), case)


def _renewal(situation: Situation) -> Text | None:
    """That a renewal is to be opened, while its window is open."""
    opening = next((each for each in situation.openings_of(_RENEWAL) if each.stands), None)
    if opening is None:
        return None
    said = how(opening)
    return Text(f"已到延续期，{said.zh}", f"It is time to renew: {said.en}")


def _open(situation: Situation) -> Stage:
    """The stage of whoever has no certificate that holds."""
    filed = situation.organization.standing == Standing.FILED
    cases = situation.cases_in(_FIRST, *_LATER)
    last = cases[0] if cases else None
    before = _lapsed(situation.organization) or (result(last) if last else None)
    # Whoever is filed needs a renewal; a change could be opened when the certificate lapsed, but would not bring it back.
    entries = situation.openings_of(*(_LATER if filed else (_FIRST,)))
    refused = unstanding(entries)
    if not refused and entries:
        return stage(FILING, StageState.NEXT, joined(before, how(entries[0])), last)
    return stage(FILING, StageState.BLOCKED, joined(before, reason(refused)), last, refused)


def _lapsed(organization: Row[Any]) -> Text | None:
    if organization.standing == Standing.FILED:
        until = in_words(organization.filing_valid_until)
        return Text(f"备案证已于{until.zh}到期", f"The filing certificate ended on {until.en}")
    if organization.standing == Standing.EXITED:
        return Text("备案已终止", "The filing has ended")
    return None


def _validity(certificate: Row[Any] | None, organization: Row[Any]) -> tuple[date | None, date | None]:
    if organization.standing != Standing.FILED:
        return None, None
    since = certificate.valid_from if certificate is not None else organization.filed_on
    until = organization.filing_valid_until
    return (None if since == NO_DATE else since), (None if until == NO_DATE else until)
