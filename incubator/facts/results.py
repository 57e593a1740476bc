"""Facts about what a case brought about: the certificate that it issued, the ban that it laid down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from incubator.facts.bulk import among
from incubator.facts.registry import AsOf, CaseRef, Fact, provides
from incubator.models.activities import Restriction, RestrictionKind
from incubator.models.base import table
from incubator.models.organizations import Filing

Facts = Sequence[Mapping[str, Any]]

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
def certificate(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """When the case's certificate is valid, `{"from", "until"}`; None where it has issued none."""
    found = _of_cases(connection, _CERTIFICATES, cases)
    return [
        {"case.certificate": {"from": row.valid_from, "until": row.valid_until} if row else None}
        for row in (found.get(case.id) for case in cases)
    ]


@provides(Fact("case.ban", dict))
def ban(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """The project ban that the case laid down, `{"since", "until"}`; None without one."""
    found = _of_cases(connection, _BANS, cases)
    return [
        {"case.ban": {"since": row.since, "until": row.until} if row else None}
        for row in (found.get(case.id) for case in cases)
    ]


def _of_cases(connection: Connection, query: Select[Any], cases: Sequence[CaseRef]) -> dict[int, Row[Any]]:
    asked = {"organizations": {case.organization_id for case in cases}}
    return {row.case_id: row for row in connection.execute(query, asked) if row.case_id}
