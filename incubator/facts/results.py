"""Facts about what a case brought about: the certificate that it issued, the ban that it laid down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.activities import Restriction, RestrictionKind
from incubator.models.base import table
from incubator.models.organizations import Filing

_FILINGS, _RESTRICTIONS = table(Filing), table(Restriction)
# The last of a case's rows counts: an unserved certificate gives way to the one issued after it.
_CERTIFICATES = (
    select(_FILINGS.c.case_id, _FILINGS.c.organization_id, _FILINGS.c.valid_from, _FILINGS.c.valid_until)
    .where(among(_FILINGS.c.organization_id, "organizations"))
    .order_by(_FILINGS.c.id)
)
_BANS = (
    select(
        _RESTRICTIONS.c.case_id, _RESTRICTIONS.c.organization_id, _RESTRICTIONS.c.since, _RESTRICTIONS.c.until
    )
    .where(
        among(_RESTRICTIONS.c.organization_id, "organizations"),
        _RESTRICTIONS.c.kind == RestrictionKind.PROJECT_BAN.value,
    )
    .order_by(_RESTRICTIONS.c.id)
)  # fmt: skip


@provides(Fact("case.certificate", dict))
def certificate(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """When the case's certificate is valid, `{"from", "until"}`; None where it has issued none."""
    found = _by_case((yield _of_organizations(_CERTIFICATES, cases)))
    return [
        {"case.certificate": {"from": row.valid_from, "until": row.valid_until} if row else None}
        for row in (found.get(case.id) for case in cases)
    ]


@provides(Fact("case.ban", dict))
def ban(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The project ban that the case laid down, `{"since", "until"}`; None without one."""
    found = _by_case((yield _of_organizations(_BANS, cases)))
    return [
        {"case.ban": {"since": row.since, "until": row.until} if row else None}
        for row in (found.get(case.id) for case in cases)
    ]


def _of_organizations(query: Select[Any], cases: Sequence[CaseRef]) -> Question:
    return Question(query, {"organizations": {case.organization_id for case in cases}})


def _by_case(rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    return {row.case_id: row for row in rows if row.case_id}
