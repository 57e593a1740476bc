"""An evaluation as tests play it: the own report, the visit, a panel that gives a total, and the way to the stars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, update

from incubator.clock import today
from incubator.models.base import table
from incubator.models.evaluations import Rating
from incubator.models.organizations import Organization
from incubator.models.streets import Person
from incubator.policies.packs import shipped
from tests.procedures.world import SERVED, Centre

CRITERIA = {
    each["code"]: each["most"] for each in shipped()["values"]["evaluation"]["review"]["sheet"]["value"]["criteria"]
}
REPORT_PAPERS = ("self_report", "activity_records")


def scores_of(total: int) -> dict[str, int]:
    """Points by the sheet's criteria that make this total."""
    left, given = total, {}
    for code, most in CRITERIA.items():
        given[code] = min(most, left)
        left -= given[code]
    assert left == 0
    return given


SELF_REPORT: dict[str, Any] = {
    "basic_conditions": "成员 22 人，有固定活动室",
    "internal_governance": "每季度议事，收支公开",
    "performance": "全年演出 20 场",
    "public_opinion": "居民欢迎",
    "scores": scores_of(900),
}
VISIT: dict[str, Any] = {
    "visited_on": "2028-01-10", "met": "王桂兰", "findings": "排练有序，台账齐全",
    "checklist": ["premises_seen", "files_seen", "members_heard", "report_compared"],
}  # fmt: skip
GRADE: dict[str, Any] = {
    "grade": "3A", "document_number": "民评〔2026〕7号", "issued_by": "青羊区民政局", "announced_on": "2026-03-01",
}  # fmt: skip


def public_ids(centre: Centre) -> dict[str, str]:
    """The public ids of the centre's people by their names."""
    people = table(Person)
    with centre.database.read() as connection:
        return {row.name: row.public_id for row in connection.execute(select(people.c.name, people.c.public_id))}


def seat_panel(centre: Centre, members: int = 5, alternates: int = 1, first: int = 1) -> dict[str, Any]:
    """The form that seats experts of the pool from the `first` on, the next ones as alternates."""
    known = public_ids(centre)
    names = [f"expert_{place}" for place in range(first, first + members + alternates)]
    chosen = [known[name] for name in names]
    return {"members": chosen[:members], "alternates": chosen[members:]}


def opened(centre: Centre, by: str = "worker", day: str = "2028-01-04") -> str:
    """An evaluation of the one group, filed a year and more before."""
    centre.filed()
    centre.on(day)
    return centre.open("evaluation", by, day[:4])


def visited(centre: Centre, case_id: str = "") -> str:
    """Reported, screened and visited: the panel's turn."""
    case_id = case_id or opened(centre)
    centre.upload(case_id, *REPORT_PAPERS)
    centre.act(case_id, "submit", "worker", SELF_REPORT)
    centre.automate()
    centre.clock.move_by(timedelta(days=6))
    centre.upload(case_id, "visit_record")
    visited_on = today(centre.clock.now()).isoformat()
    centre.act(case_id, "record_visit", "officer", {**VISIT, "visited_on": visited_on})
    return case_id


def panel(centre: Centre, case_id: str, *totals: int, first: int = 1) -> str:
    """A panel of the experts from the `first` on that gives these totals; the answer is the score."""
    centre.act(case_id, "seat", "officer", seat_panel(centre, len(totals), 0, first))
    for place, total in enumerate(totals, start=first):
        centre.act(case_id, "declare", f"expert_{place}", {"conflict": False})
        centre.act(case_id, "give", f"expert_{place}", {"scores": scores_of(total)})
    centre.act(case_id, "conclude", "officer")
    return str(centre.case(case_id).data["review"]["panel"]["score"])


def scored(centre: Centre, total: int, case_id: str = "") -> str:
    """Scored alike by all five."""
    case_id = visited(centre, case_id)
    panel(centre, case_id, *[total] * 5)
    return case_id


def decided(centre: Centre, case_id: str, band: str, **more: str) -> str:
    """Concluded, put up for notice, and approved; the paper is made."""
    centre.act(case_id, "conclude", "officer", {"band": band, **more})
    centre.act(case_id, "elapse", "automation")
    centre.act(case_id, "approve", "director")
    centre.automate()
    return case_id


def served(centre: Centre, case_id: str) -> str:
    """The sealed paper is handed over; the answer is the outcome."""
    centre.upload(case_id, "sealed_star_certificate", "sealed_result", "sealed_refusal")
    return centre.act(case_id, "serve", "officer", SERVED).outcome


def rated(centre: Centre, total: int = 850, band: str = "star_4") -> str:
    """An evaluation served with its stars."""
    case_id = decided(centre, scored(centre, total), band)
    assert served(centre, case_id) == "rated"
    return case_id


def ratings(centre: Centre) -> list[Row[Any]]:
    """Every rating on record, oldest first."""
    rows = table(Rating)
    with centre.database.read() as connection:
        return list(connection.execute(select(rows).order_by(rows.c.id)).all())


def registered(centre: Centre) -> Centre:
    """The group is with the registrar, as the opening stock brings such a body."""
    groups = table(Organization)
    centre.database.write(
        lambda connection: connection.execute(
            update(groups).where(groups.c.id == centre.organization_id).values(standing="registered")
        )
    )
    return centre
