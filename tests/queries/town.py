"""More communities, organizations and people for the centre, and a random history of their filings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import event, insert

from incubator.canonical import public_id
from incubator.clock import today
from incubator.database import Database
from incubator.engine.opening import open_cases
from incubator.engine.roles import Actor, Grant, Role
from incubator.models.base import table
from incubator.models.streets import Person
from incubator.queries.due_reviews import due_reviews
from incubator.queries.paging import Page
from incubator.services.organizations import create_organization
from incubator.services.streets import communities_of, create_community
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED, Centre

CORRECTION = {"corrected": {"leader": "李明"}}
REFUSAL = {"reason": "不符合条件", "basis": "备案条件"}


def community(centre: Centre, name: str) -> int:
    """The key of the street's community of that name, added where it is missing."""

    def find(connection: Any) -> int:
        known = communities_of(connection, centre.street_id)
        return known.get(name) or create_community(connection, street_id=centre.street_id, name=name)

    return centre.database.write(find)


def group(centre: Centre, name: str, place: str = "桂花社区") -> Centre:
    """The centre with a further informal group in hand."""
    community_id = community(centre, place)
    written = centre.database.write(
        lambda connection: create_organization(
            connection, street_id=centre.street_id, community_id=community_id,
            values={"name": name, "leader": "王桂兰", "members": 20}, actor=centre.people["worker"],
            now=centre.clock.now(),
        )
    )  # fmt: skip
    return replace(centre, community_id=community_id, organization_id=written.id)


def person(centre: Centre, name: str, role: Role, community_id: int = 0) -> Actor:
    """A person of the street with one role, over the whole street or one community."""
    row = {"public_id": public_id(), "street_id": centre.street_id, "name": name}
    people = table(Person)
    key = centre.database.write(lambda connection: connection.scalars(insert(people).returning(people.c.id), row).one())
    return Actor(key, name, centre.street_id, (Grant(role, centre.street_id, community_id),))


def whole(read: Callable[[str], Page[Any]]) -> list[Any]:
    """Every item of a list, page after page."""
    page = read("")
    items, seen = list(page.items), {""}
    while page.next_cursor:
        assert page.next_cursor not in seen, "the list leads in a circle"
        seen.add(page.next_cursor)
        page = read(page.next_cursor)
        items += page.items
    return items


@contextmanager
def selects(database: Database) -> Iterator[list[str]]:
    """The SELECT statements that are sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def grown(centre: Centre, seed: int) -> None:
    """Let a dozen groups of three communities go their ways side by side until spring, each as far as chance takes it."""
    random = Random(seed)
    lives = []
    for place in range(12):
        where = random.choice(["桂花社区", "梧桐社区", "银杏社区"])
        lives.append(_life(group(centre, f"{where}第{place}合唱团", where), f"{where}第{place}合唱团", random))
    patience = [random.randint(0, 7) for _ in lives]
    while any(patience):
        place = random.choice([place for place, left in enumerate(patience) if left])
        patience[place] = patience[place] - 1 if next(lives[place], None) else 0
        centre.clock.move_by(timedelta(days=random.choice([0, 0, 1, 3])))
    centre.on(max("2027-01-04", today(centre.clock.now()).isoformat()))
    now = centre.clock.now()
    centre.database.write(
        lambda connection: open_cases(
            connection, procedure="yearly_review", street_id=centre.street_id, period="2027", now=now,
            organizations=due_reviews(connection, centre.street_id, "2027", today(now)),
        )
    )  # fmt: skip


def _life(group: Centre, name: str, random: Random) -> Iterator[str]:
    """One group's filing, a truthy word after each act."""
    case_id = group.open("filing")
    yield "opened"
    group.upload(case_id, *APPLICATION_PAPERS)
    group.act(case_id, "submit", "worker", {**APPLICATION, "name": name})
    yield "submitted"
    group.automate()
    if random.random() < 0.1:
        group.act(case_id, "withdraw", "worker", {"reason": "不再申请", "asked_by": "王桂兰"})
        return
    group.upload(case_id, "committee_opinion", "sealed_certificate", "sealed_refusal")
    group.act(case_id, "give_opinion", "worker", OPINION)
    yield "judged"
    if random.random() < 0.2:
        group.act(case_id, "return_for_correction", "officer", {"points": "补充花名册"})
        yield "returned"
        return
    group.act(case_id, "accept", "officer", CHECKED)
    yield "accepted"
    refused = random.random() < 0.3
    group.act(case_id, "refuse" if refused else "approve", "director", REFUSAL if refused else {})
    yield "decided"
    group.automate()
    group.act(case_id, "serve", "officer", SERVED)
    if random.random() < 0.4:
        yield "served"
        return
    # At once: the window for asking is short.
    if refused or random.random() < 0.5:
        group.act(case_id, "request_internal_review", "worker", {"grounds": "情况有变"})
    else:
        group.act(case_id, "propose_result_correction", "officer", CORRECTION, comment="登记有误")
    yield "questioned"
    if refused and random.random() < 0.5:
        group.act(case_id, "uphold", "other_director", {"reason": "属实"})


def days() -> tuple[date, ...]:
    """Days on which the figures are read: early, when little is late, and when all is."""
    return date(2026, 9, 18), date(2026, 10, 9), date(2027, 1, 5), date(2027, 4, 20)
