"""Who is chased for what, with which words, and what an answered, an unanswered and a doubly sent call leave behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine import library, streams
from incubator.engine.roles import Role
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.activities import Activity
from incubator.models.base import table
from incubator.models.streets import Person
from incubator.queries.asking import Point
from incubator.queries.chase_words import message_of
from incubator.queries.chasing import Chasing, Kind, Recipient, chasing
from incubator.queries.worklist import Filters, View, worklist
from incubator.services.absences import record_absence
from incubator.services.asking import ask
from incubator.services.chasing import Logged, Means, Result, log_chase
from tests.procedures.rectification.test_rectification import known
from tests.procedures.world import OPINION, Centre, build
from tests.queries.town import group, person, selects

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POINTS = "花名册缺少联系电话\n章程未由负责人签字。"


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(library, "_current", {})
    made = build(database, clock)
    with database.read() as connection:
        people = table(Person)
        ids = {row.id: row.public_id for row in connection.execute(select(people.c.id, people.c.public_id))}
    for name, actor in made.people.items():
        made.people[name] = replace(actor, public_id=ids.get(actor.person_id, ""))
    return made


def chased_by(centre: Centre, who: str, *cases: str) -> Chasing:
    with centre.database.read() as connection:
        return chasing(connection, centre.people[who], day=today(centre.clock.now()), cases=cases)


def of(found: Chasing, kind: Kind) -> list[Recipient]:
    return [each for each in found.recipients if each.kind is kind]


def returned(centre: Centre, name: str = "桂花社区常青合唱团") -> str:
    """A filing that was returned with two points."""
    case = centre.submitted(name=name)
    centre.upload(case, "committee_opinion")
    centre.act(case, "give_opinion", "worker", OPINION)
    centre.act(case, "return_for_correction", "officer", {"points": POINTS})
    return case


def log(centre: Centre, case: str, result: Result, who: str = "officer", **more: Any) -> Logged:
    said = {"cases": [case], "means": Means.PHONE, **more}
    return centre.database.write(
        lambda connection: log_chase(
            connection, result=result, actor=centre.people[who], now=centre.clock.now(), **said
        )
    )  # fmt: skip


def failed_contacts(centre: Centre) -> Any:
    """What a dormancy is decided by."""
    return [known(centre, f"organization.{name}") for name in ("failed_contacts", "last_sign_on")]


@ONE_DATABASE
def test_the_organization_is_told_what_to_mend_and_the_worker_to_help_in_one_message_each(centre: Centre) -> None:
    case = returned(centre)
    centre.on("2026-11-20")
    found = chased_by(centre, "officer", case)
    (leader,), (worker,) = of(found, Kind.LEADER), of(found, Kind.WORKER)
    (matter,) = leader.matters
    assert (matter.to_mend, [each.zh for each in matter.wanted]) == (True, POINTS.splitlines())
    words = message_of(leader, sender="孙慧", street="草堂街道", day=date(2026, 11, 20))
    due = matter.due_on
    late = (date(2026, 11, 20) - due).days
    assert words.zh.startswith("王桂兰您好！这里是草堂街道")
    assert f"应于{due.month}月{due.day}日前办理，已逾期 {late} 天" in words.zh
    assert "需要补正：花名册缺少联系电话；章程未由负责人签字。请尽快" in words.zh
    assert words.zh.endswith("联系人：孙慧。")
    assert f"{late} days late" in words.en
    assert [each.name for each in worker.people] == ["worker"]
    assert "请协助催办" in message_of(worker, sender="孙慧", street="草堂街道", day=due).zh
    assert not found.nobody


@ONE_DATABASE
def test_each_is_chased_for_what_waits_for_them_and_nobody_for_what_waits_for_the_reader(centre: Centre) -> None:
    opinion = centre.submitted()  # the residents' committee's own
    second = group(centre, "书画社")
    accepted = second.accepted(name="桂花社区书画社")
    third = group(centre, "秧歌队")
    missing = third.open("filing")
    found = chased_by(centre, "officer", opinion, accepted, missing)
    assert {(each.kind, each.name): [matter.case_id for matter in each.matters] for each in found.recipients} == {
        (Kind.LEADER, "王桂兰"): [missing],
        (Kind.WORKER, "worker"): [opinion, missing],
        (Kind.COLLEAGUE, "director、other_director"): [accepted],
    }
    (leader,) = of(found, Kind.LEADER)
    assert not leader.matters[0].to_mend
    assert "章程" in message_of(leader, sender="孙慧", street="草堂街道", day=date(2026, 9, 18)).zh
    centre.database.write(
        lambda connection: record_absence(
            connection, person=centre.people["director"].public_id, deputy=centre.people["other_director"].public_id,
            since=date(2026, 9, 18), until=date(2026, 9, 22), reason="", actor=centre.people["director"],
            now=centre.clock.now(),
        )
    )  # fmt: skip
    assert [each.name for each in of(chased_by(centre, "officer", accepted), Kind.COLLEAGUE)] == ["other_director"]
    # The director is not chased for what may be the director's own.
    assert [matter.case_id for matter in chased_by(centre, "other_director", accepted).nobody] == [accepted]
    # The worker chases the organization, and not oneself.
    assert [each.kind for each in chased_by(centre, "worker", missing).recipients] == [Kind.LEADER]
    assert not chased_by(centre, "finance", missing).recipients


def test_without_a_choice_it_is_all_of_the_area_that_is_late_or_due_soon_in_a_few_statements(centre: Centre) -> None:
    first = returned(centre)
    second = returned(group(centre, "书画社"), "桂花社区书画社")
    with centre.database.read() as connection:
        due = (
            worklist(connection, centre.people["worker"], Filters(view=View.ALL), day=date(2026, 9, 18)).items[0].due_on
        )
    assert not chased_by(centre, "officer").recipients
    centre.on((due - timedelta(days=7)).isoformat())
    with selects(centre.database) as sent:
        found = chased_by(centre, "officer")
    assert {matter.case_id for each in of(found, Kind.LEADER) for matter in each.matters} == {first, second}
    assert len(of(found, Kind.WORKER)) == 1
    assert len(sent) <= 7
    elsewhere = person(centre, "外社区", Role.COMMUNITY_WORKER, centre.community_id + 1000)
    with centre.database.read() as connection:
        assert not chasing(connection, elsewhere, day=due).recipients


def test_a_call_that_nobody_answered_counts_for_dormancy_a_message_left_does_not_and_an_answer_is_a_sign_of_life(
    centre: Centre,
) -> None:
    case = returned(centre)
    version = centre.case(case).version
    log(centre, case, Result.MESSAGE_LEFT, means=Means.WECHAT)
    assert failed_contacts(centre) == [(), None]
    missed = log(centre, case, Result.NOT_REACHED, note="无人接听")
    assert failed_contacts(centre) == [(date(2026, 9, 18),), None]
    centre.on("2026-09-21")
    log(centre, case, Result.PROMISED, promised_by=date(2026, 9, 25))
    assert failed_contacts(centre) == [(), date(2026, 9, 21)]
    with centre.database.read() as connection:
        rows = connection.execute(select(table(Activity)).order_by(table(Activity).c.id)).all()
        assert not streams.verify(connection, "case", centre.case(case).id)
        assert not streams.verify(connection, "organization", centre.organization_id)
    assert [(row.kind, row.reached, row.details["result"]) for row in rows] == [
        ("contact", False, "not_reached"),
        ("contact", True, "promised"),
    ]
    assert rows[0].public_id == missed.activity
    assert rows[0].details["cases"] == [case]
    assert centre.events("case").count("case.chased") == 3
    assert centre.case(case).version == version
    (leader,) = of(chased_by(centre, "officer", case), Kind.LEADER)
    last = leader.matters[0].last
    assert last is not None
    assert (last.by, last.whom, last.result, last.promised_by) == ("officer", "王桂兰", "promised", date(2026, 9, 25))
    # Whoever chased has not acted on it: the case still waits for others in the eyes of who returned it.
    with centre.database.read() as connection:
        waits = worklist(
            connection, centre.people["officer"], Filters(view=View.ALL, handed_on=True), day=date(2026, 9, 21)
        )
    assert [line.case_id for line in waits.items] == [case]


@ONE_DATABASE
def test_a_call_logged_twice_by_a_double_click_is_logged_once(centre: Centre) -> None:
    case = returned(centre)
    once = log(centre, case, Result.NOT_REACHED, key="a-click")
    assert log(centre, case, Result.NOT_REACHED, key="a-click") == once
    assert centre.events("case").count("case.chased") == 1
    assert centre.events("organization").count("organization.contacted") == 1


@ONE_DATABASE
def test_a_colleague_who_was_chased_is_no_contact_of_the_organization(centre: Centre) -> None:
    case = centre.accepted()
    director = centre.people["director"]
    logged = log(centre, case, Result.REACHED, persons=[director.public_id])
    assert logged.activity == ""
    assert "organization.contacted" not in centre.events("organization")
    assert centre.events("case")[-1] == "case.chased"


@ONE_DATABASE
def test_what_does_not_fit_is_refused_and_who_may_not_chase_writes_nothing(centre: Centre) -> None:
    case = returned(centre)
    second = returned(group(centre, "书画社"), "桂花社区书画社")
    for wrong in ({"promised_by": None}, {"promised_by": date(2026, 9, 17)}, {"promised_by": date(2028, 1, 1)}):
        with pytest.raises(Invalid) as refusal:
            log(centre, case, Result.PROMISED, **wrong)
        assert set(refusal.value.fields) == {"promised_by"}
    with pytest.raises(Invalid):
        log(centre, case, Result.REACHED, cases=[case, second])
    with pytest.raises(NotFound):
        log(centre, "0" * 32, Result.REACHED)
    with pytest.raises(NotAllowed):
        log(centre, case, Result.REACHED, who="finance")
    assert "case.chased" not in centre.events("case")


@ONE_DATABASE
def test_what_was_asked_of_an_organization_is_chased_whoever_has_the_step(centre: Centre) -> None:
    case = centre.accepted()
    asked = {"kind": "information", "points": [Point("近三个月的活动照片")], "due_on": date(2026, 9, 22)}
    centre.database.write(
        lambda connection: ask(
            connection, case=case, actor=centre.people["officer"], now=centre.clock.now(), **asked
        )
    )  # fmt: skip
    for found in (chased_by(centre, "officer"), chased_by(centre, "officer", case)):
        (leader,) = of(found, Kind.LEADER)
        words = message_of(leader, sender="孙慧", street="草堂街道", day=date(2026, 9, 18))
        assert "的备案补充材料将于9月22日到期，还缺：近三个月的活动照片。" in words.zh
    # The director, who has the step, still chases the organization for it.
    found = chased_by(centre, "director", case)
    assert ([each.kind for each in found.recipients], found.nobody) == ([Kind.LEADER], ())
