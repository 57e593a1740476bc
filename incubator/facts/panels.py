"""Facts that forms of a panel offer: whose scores are awaited, whose came on paper, and the scans of signed sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import and_, select

from incubator.engine import panel
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.cases import Case, PanelSeat
from incubator.models.organizations import Document
from incubator.models.streets import Person

_SEATS, _CASES, _PEOPLE, _DOCUMENTS = table(PanelSeat), table(Case), table(Person), table(Document)
_SITTING = (
    select(_SEATS.c.case_id, _SEATS.c.state, _SEATS.c.review, _PEOPLE.c.public_id, _PEOPLE.c.name)
    .join_from(_SEATS, _PEOPLE, _PEOPLE.c.id == _SEATS.c.person_id)
    .join(_CASES, and_(_CASES.c.id == _SEATS.c.case_id, _CASES.c.visit == _SEATS.c.visit))
    .where(among(_SEATS.c.case_id, "cases"), _SEATS.c.state.in_(("seated", "declared", "given")))
    .order_by(_SEATS.c.id)
)
_SCANS = (
    select(_DOCUMENTS.c.case_id, _DOCUMENTS.c.public_id, _DOCUMENTS.c.filename)
    .where(
        among(_DOCUMENTS.c.case_id, "cases"), _DOCUMENTS.c.kind == panel.SCORE_SHEET, _DOCUMENTS.c.replaced_at.is_(None)
    )
    .order_by(_DOCUMENTS.c.id)
)


@provides(Fact("panel.awaited", dict), Fact("panel.on_paper", dict))
def sitting(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Public id -> name of the present panel's members whose scores are awaited, and of those whose came on paper."""
    awaited: dict[int, dict[str, str]] = defaultdict(dict)
    on_paper: dict[int, dict[str, str]] = defaultdict(dict)
    for row in (yield Question(_SITTING, {"cases": {case.id for case in cases if case.id}})):
        if row.state != "given":
            awaited[row.case_id][row.public_id] = row.name
        elif panel.SCAN in row.review:
            on_paper[row.case_id][row.public_id] = row.name
    return [{"panel.awaited": awaited[case.id], "panel.on_paper": on_paper[case.id]} for case in cases]


@provides(Fact("panel.scans", dict))
def scans(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Public id -> file name of the scans of signed score sheets that lie in the case."""
    lying: dict[int, dict[str, str]] = defaultdict(dict)
    for row in (yield Question(_SCANS, {"cases": {case.id for case in cases if case.id}})):
        lying[row.case_id][row.public_id] = row.filename
    return [{"panel.scans": lying[case.id]} for case in cases]
