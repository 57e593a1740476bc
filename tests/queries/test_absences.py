"""Who is away and who looks after the work: whom one may name, what the deputy sees, on whose behalf it is done; where it comes back to."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from incubator.clock import today
from incubator.engine.advance import Request, advance
from incubator.engine.roles import Actor, Role
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.automation import Notice, Outbox
from incubator.models.base import table
from incubator.models.cases import WorkItem
from incubator.models.events import Event
from incubator.models.streets import RoleGrant
from incubator.queries.absences import AbsenceState, absence, absences, away_on
from incubator.queries.worklist import Filters, View, worklist
from incubator.services.absences import end_absence, record_absence
from incubator.services.assignments import assign, claim
from incubator.services.automation.notices import ASSIGNED
from incubator.services.people import actor_of
from tests.engine.whole import assert_whole
from tests.procedures.world import CHECKED, Centre
from tests.queries.test_assignments import at_acceptance, do, somebody
from tests.queries.town import community, person, selects

DAY = date(2026, 9, 18)


def signed_in(centre: Centre, who: str) -> Actor:
    """The person as signing in today would tell."""
    with centre.database.read() as connection:
        return actor_of(connection, centre.people[who].person_id, centre.clock.now())


def go_away(
    centre: Centre, who: str, deputy: str, since: str = "2026-09-18", until: str = "2026-09-25", by: str = ""
) -> str:
    actor = signed_in(centre, by or who)
    people = [somebody(centre, each).public_id for each in (who, deputy)]
    return centre.database.write(
        lambda connection: record_absence(
            connection, person=people[0], deputy=people[1], since=date.fromisoformat(since),
            until=date.fromisoformat(until), reason="公出", actor=actor, now=centre.clock.now(),
        )
    )  # fmt: skip


def end(centre: Centre, absence_id: str, by: str) -> Any:
    actor = signed_in(centre, by)
    return centre.database.write(
        lambda connection: end_absence(connection, absence_id=absence_id, actor=actor, now=centre.clock.now())
    )


def mine(centre: Centre, who: str) -> list[str]:
    with centre.database.read() as connection:
        page = worklist(connection, signed_in(centre, who), Filters(view=View.MINE), day=today(centre.clock.now()))
    return [line.case_id for line in page.items]


def refused(centre: Centre, *asked: str, by: str = "", **days: str) -> tuple[str, str]:
    """At which field naming is refused, and in which words."""
    with pytest.raises(Invalid) as refusal:
        go_away(centre, *asked, by=by, **days)
    ((field, words),) = refusal.value.fields.items()
    return field, words[0].zh


def test_the_deputy_finds_the_absent_ones_work_and_does_it_on_that_ones_behalf(centre: Centre) -> None:
    case = at_acceptance(centre)
    do(centre, claim, case, "officer")
    assert mine(centre, "other_officer") == []
    absence_id = go_away(centre, "officer", "other_officer", since="2026-09-21")
    assert mine(centre, "other_officer") == []  # not yet
    centre.on("2026-09-21")
    assert mine(centre, "other_officer") == mine(centre, "officer") == [case]
    assert mine(centre, "director") == []  # holds another role
    with selects(centre.database) as sent:
        mine(centre, "other_officer")
    assert len(sent) == 3  # two that tell who it is, one for the list

    def accept(connection: Any) -> None:
        request = Request(case, "accept", signed_in(centre, "other_officer"), None, None, CHECKED)
        advance(connection, request, now=centre.clock.now())

    centre.database.write(accept)
    events = table(Event)
    with centre.database.read() as connection:
        accepted = connection.execute(
            select(events.c.body, events.c.actor_id).where(events.c.type == "case.accept")
        ).one()
        assert_whole(connection, case)
    assert json.loads(accepted.body)["on_behalf_of"] == "officer"
    assert accepted.actor_id == centre.people["other_officer"].person_id  # four eyes go by the deputy's own person
    centre.act(case, "approve", "director")
    with centre.database.read() as connection:
        bodies = connection.scalars(select(events.c.body).where(events.c.type == "case.approve"))
        assert [json.loads(body)["on_behalf_of"] for body in bodies] == [""]

    over = end(centre, absence_id, "officer")
    assert (over.state(date(2026, 9, 21)), over.until) == (AbsenceState.OVER, date(2026, 9, 20))
    assert signed_in(centre, "other_officer").deputy_for == ()
    with pytest.raises(NotFound):
        end(centre, absence_id, "officer")
    notices = table(Notice)
    with centre.database.read() as connection:
        told = connection.execute(
            select(notices.c.kind, notices.c.person_id).where(notices.c.kind.startswith("absence."))
        ).all()
        recorded = connection.scalars(select(events.c.type).where(events.c.stream == "person"))
        assert list(recorded)[-2:] == ["person.absence_recorded", "person.absence_ended"]
    other = centre.people["other_officer"].person_id
    assert told == [("absence.recorded", other), ("absence.ended", other)]


def test_only_a_colleague_who_may_act_is_a_deputy_and_nobody_is_away_twice(centre: Centre) -> None:
    assert refused(centre, "officer", "officer")[0] == "deputy"
    field, words = refused(centre, "officer", "director")
    assert (field, "可选：other_officer" in words) == ("deputy", True)
    assert refused(centre, "expert_1", "expert_2")[0] == "person"  # a seat is for one person alone
    assert refused(centre, "officer", "other_officer", since="2026-09-17")[0] == "since"
    assert refused(centre, "officer", "other_officer", until="2026-09-17")[0] == "until"
    assert refused(centre, "officer", "other_officer", until="2028-09-17")[0] == "until"
    with pytest.raises(NotAllowed):
        go_away(centre, "officer", "other_officer", by="other_officer")
    with pytest.raises(NotAllowed):
        go_away(centre, "director", "other_director", by="officer")

    ahead = go_away(centre, "officer", "other_officer", since="2026-09-21", by="director")
    assert refused(centre, "officer", "other_officer", since="2026-09-25", until="2026-09-28")[0] == "since"
    assert "代办" in refused(centre, "other_officer", "officer", until="2026-09-21", by="director")[1]
    third = person(centre, "third", Role.OFFICER)
    centre.people["third"] = third
    grants = table(RoleGrant)
    row = {"street_id": centre.street_id, "person_id": third.person_id, "role": "officer", "since": date(2020, 1, 1)}
    centre.database.write(lambda connection: connection.execute(grants.insert(), {**row, "until": date(2026, 9, 22)}))
    assert refused(centre, "third", "officer", until="2026-09-21", by="director")[0] == "deputy"  # away as well
    assert refused(centre, "other_officer", "third", since="2026-09-21", by="director")[0] in ("since", "deputy")
    with pytest.raises(NotAllowed):
        end(centre, ahead, "other_officer")
    withdrawn = end(centre, ahead, "officer")
    assert withdrawn.state(date(2026, 9, 22)) is AbsenceState.WITHDRAWN
    go_away(centre, "other_officer", "officer", since="2026-09-21")
    # The role must last through the absence.
    assert refused(centre, "officer", "third", since="2026-09-21", by="director")[0] == "deputy"
    with centre.database.read() as connection:
        director, worker = signed_in(centre, "director"), signed_in(centre, "worker")
        listed = absences(connection, director, until_at_least=DAY)
        assert [(each.person.name, each.reason, each.own) for each in listed] == [("other_officer", "公出", True)]
        shared = absences(connection, worker, until_at_least=DAY)
        assert [(each.deputy.name, each.reason, each.own) for each in shared] == [("officer", "", False)]
        assert away_on(connection, worker, DAY) == {}
        assert list(away_on(connection, worker, date(2026, 9, 21))) == [centre.people["other_officer"].person_id]
        expert = signed_in(centre, "expert_1")
        assert absences(connection, expert, until_at_least=DAY) == []  # whoever is asked into a case is no staff
        with pytest.raises(NotFound):
            absence(connection, expert, ahead)


def test_a_worker_of_one_community_is_no_deputy_for_another(centre: Centre) -> None:
    places = [community(centre, name) for name in ("桂花社区", "梧桐社区")]
    for name, place in zip(("here", "there", "here_too"), (*places, places[0]), strict=True):
        centre.people[name] = person(centre, name, Role.COMMUNITY_WORKER, place)
        row = {
            "street_id": centre.street_id, "person_id": centre.people[name].person_id, "role": "community_worker",
            "community_id": place, "since": date(2020, 1, 1), "until": date(2099, 1, 1),
        }  # fmt: skip
        centre.database.write(lambda connection, row=row: connection.execute(table(RoleGrant).insert(), row))
    field, words = refused(centre, "here", "there")
    assert field == "deputy"
    assert words.endswith("可选：here_too、worker")
    go_away(centre, "here", "here_too")


def test_what_is_assigned_to_somebody_away_is_told_to_the_deputy_too(centre: Centre) -> None:
    case = at_acceptance(centre)
    go_away(centre, "officer", "other_officer")
    do(centre, assign, case, "director", person=somebody(centre, "officer").public_id)
    outbox, notices = table(Outbox), table(Notice)
    with centre.database.read() as connection:
        row = connection.execute(select(outbox).where(outbox.c.task == ASSIGNED).order_by(outbox.c.id.desc())).first()
    assert row is not None
    centre.perform(row)
    with centre.database.read() as connection:
        told = connection.execute(
            select(notices.c.person_id, notices.c.title_zh)
            .where(notices.c.cause.startswith(f"outbox:{row.id}"))
            .order_by(notices.c.id)
        ).all()
    assert [each.person_id for each in told] == [centre.people[who].person_id for who in ("officer", "other_officer")]
    assert told[1].title_zh == f"（代officer）{told[0].title_zh}"


def holder(centre: Centre, case: str) -> int:
    items = table(WorkItem)
    with centre.database.read() as connection:
        return connection.scalars(
            select(items.c.person_id).where(items.c.case_id == centre.case(case).id, items.c.done_at.is_(None))
        ).one()


def test_a_case_that_comes_back_goes_to_whoever_had_it_while_that_one_holds_the_role(centre: Centre) -> None:
    case = at_acceptance(centre)
    do(centre, claim, case, "officer")
    for expected in (centre.people["officer"].person_id, 0):
        centre.act(case, "return_for_correction", "officer", {"points": "补充花名册"})
        centre.upload(case, "roster")
        if not expected:
            gone = update(table(RoleGrant)).where(table(RoleGrant).c.person_id == centre.people["officer"].person_id)
            centre.database.write(
                lambda connection, gone=gone: connection.execute(gone.values(until=date(2026, 9, 17)))
            )
        centre.act(case, "resubmit", "worker", {"note": "已补交"})
        assert holder(centre, case) == expected
        with centre.database.read() as connection:
            assert_whole(connection, case)
