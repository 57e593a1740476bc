"""The numbers of the papers that an evaluation issues: each void, with its reason, once another takes its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from incubator.engine.case import CaseView
from incubator.models.base import table
from incubator.models.streets import IssuedNumber
from incubator.services.numbers import next_number, void_number

CERTIFICATES, RESULTS = "XJZ", "PGT"  # 星级证, 评估通知
ISSUED_ANEW = "重新评定，以{number}重新制发"
CORRECTED = "内容更正，以{number}重新制发"


def next_paper(connection: Connection, case: CaseView, series: str, year: int, reason: str, now: datetime) -> str:
    """The next number of a series for the case; whatever it issued before is void, for `reason` with the new number."""
    number = next_number(connection, case.street_id, series, year, now, case.id)
    issued = table(IssuedNumber)
    former = connection.scalars(
        select(issued.c.number).where(
            issued.c.case_id == case.id, issued.c.number != number, issued.c.voided_at.is_(None)
        )
    ).all()
    for each in former:
        void_number(connection, case.street_id, each, reason.format(number=number), now)
    return number
