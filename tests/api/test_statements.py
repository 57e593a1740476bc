"""How many statements a page takes, the sign-in among them: a few, however many rows there are, on either database.

Counted is every statement of one warm request, in whatever connection. (A first one also reads what the process keeps:
the pinned versions, the street's name, once a minute what stands in the worklist's menus, which is one; and once in some
seconds whether automation works, which is two.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, select, update

from incubator.canonical import public_id
from incubator.engine import library
from incubator.engine.definition import Definition
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, PanelSeat
from incubator.models.events import Event
from incubator.models.funding import BudgetLine, Project, Tranche
from incubator.models.organizations import Document
from tests.api.centre import WebCentre
from tests.api.desk import do, hand_in, open_case_for
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS

WORKLIST, CASE = 3, 8
VIEWS = ("mine", "team", "unassigned", "all", "ended")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.upper().startswith(("BEGIN", "COMMIT", "PRAGMA")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def counted(centre: WebCentre, who: str, address: str) -> int:
    browser = centre.browser(who)
    browser.get(address)
    with statements() as sent:
        answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return len(sent)


def test_a_worklist_page_takes_three_statements_at_most_however_many_rows_there_are(centre: WebCentre) -> None:
    people = ("officer", "director", "worker")
    lists = [(who, f"/worklist?view={view}") for who in people for view in VIEWS]
    open_case_for(centre)
    few = {each: counted(centre, *each) for each in lists}
    assert max(few.values()) <= WORKLIST, few
    for number in range(12):
        open_case_for(centre, organization=centre.enter(f"桂花社区第{number}队"))
    assert {each: counted(centre, *each) for each in lists} == few


def fill(connection: Connection, centre: WebCentre, case: Any) -> None:
    """Lay into a case many papers, limits, seats and events."""
    now = centre.clock.now()
    own = {"street_id": case.street_id, "case_id": case.id}
    paper = {"organization_id": case.organization_id, "filename": "a.pdf", "media_type": "application/pdf", "size": 1}
    for number in range(30):
        row = {
            **own,
            **paper,
            "public_id": public_id(),
            "kind": "committee_opinion",
            "sha256": "0" * 64,
            "recorded_at": now,
        }
        connection.execute(insert(table(Document)).values(row))
        old = connection.execute(select(table(Deadline)).where(table(Deadline).c.case_id == case.id)).first()
        if old is not None:
            kept = {name: value for name, value in old._mapping.items() if name not in ("id", "visit", "state")}
            connection.execute(insert(table(Deadline)).values(**kept, visit=100 + number, state="met"))
        last = connection.execute(
            select(table(Event)).where(table(Event).c.stream == "case", table(Event).c.subject_id == case.id)
        ).first()
        assert last is not None
        again = {name: value for name, value in last._mapping.items() if name not in ("id", "seq")}
        connection.execute(insert(table(Event)).values(**again, seq=1000 + number))
    for person in centre.people.values():
        connection.execute(insert(table(PanelSeat)).values(**own, visit=case.visit, person_id=person.person_id))


def give_project(connection: Connection, centre: WebCentre, case: Any) -> None:
    """A project with many lines and tranches, under the number that cases of projects and payments bear as period."""
    street = {"street_id": case.street_id}
    project = connection.scalar(
        insert(table(Project))
        .values(
            **street, community_id=case.community_id, organization_id=case.organization_id, payee_id=case.organization_id,
            public_id=public_id(), number="XM-1", title="邻里照护", status="running", recorded_at=centre.clock.now(),
        )
        .returning(table(Project).c.id)
    )  # fmt: skip
    for place in range(1, 9):
        connection.execute(insert(table(BudgetLine)).values(**street, project_id=project, line=place, title="科目"))
        connection.execute(
            insert(table(Tranche)).values(**street, project_id=project, place=place, gate="signed", share="10")
        )


def stand_at(centre: WebCentre, case: str, definition: Definition, step: str) -> None:
    """Let the case stand at a step of any procedure: only what its page reads there is looked at."""
    cases = table(Case)
    period = {"payment": "XM-1/1", "project": "XM-1"}.get(definition.key, "2026")
    place = {
        "procedure": definition.key,
        "definition_hash": definition.hash,
        "step": step,
        "period": period,
        "came_from": definition.start,
    }
    centre.database.write(
        lambda connection: connection.execute(update(cases).where(cases.c.public_id == case).values(**place))
    )


def test_a_case_page_takes_eight_statements_at_most_at_every_step_of_every_procedure(centre: WebCentre) -> None:
    case = open_case_for(centre)
    hand_in(centre.browser("worker"), case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "worker", APPLICATION)
    centre.database.write(lambda connection: give_project(connection, centre, centre.case_row(case)))
    browser = centre.browser("officer")
    browser.get(f"/cases/{case}")
    every = [(definition, step.key) for definition in library.current_definitions() for step in definition.steps]
    steps = [each for each in every if (each[0].key, each[1]) != ("funding", "application")]  # hangs on a call's terms
    if not centre.database.is_sqlite:
        steps = steps[::3]  # what is asked is the same on both: here only that it is not split up

    def at(places: Sequence[tuple[Definition, str]]) -> dict[str, int]:
        found = {}
        for definition, step in places:
            stand_at(centre, case, definition, step)
            with statements() as sent:
                assert browser.get(f"/cases/{case}").status_code == 200, (definition.key, step)
            found[f"{definition.key}.{step}"] = len(sent)
        return found

    few = at(steps)
    assert max(few.values()) <= CASE, few
    row = centre.case_row(case)
    centre.database.write(lambda connection: fill(connection, centre, row))
    many = at(steps[::4])
    assert many == {place: few[place] for place in many}
