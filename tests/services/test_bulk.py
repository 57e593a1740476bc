"""Bulk actions on both databases: each case once, with its result and reason, whatever happens in the middle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.refusals import CaseHasMoved, UnknownAction
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.desk import BulkAction, BulkItemState, BulkKind
from incubator.models.events import Event
from incubator.models.streets import Person
from incubator.procedures.catalogue import DEFINITIONS
from incubator.queries.bulk import BulkLine, BulkPart, able_colleagues, bulk_actions, bulk_line, candidates, parts_of
from incubator.services.assignments import claim
from incubator.services.bulk.asking import MOST, Chosen, EachByItself, Wanted, ask, each_by_itself
from incubator.services.bulk.going_on import go_on, try_again
from tests.dying import doers
from tests.engine.deeds import told
from tests.engine.whole import assert_whole
from tests.procedures.world import CHECKED, OPINION, Centre, build
from tests.queries.town import selects
from tests.services.bulk_deeds import GO_ON

ACCEPT = Wanted(BulkKind.ADVANCE, "accept", CHECKED)
DONE, REFUSED, FAILED, WAITING = (
    BulkItemState.DONE, BulkItemState.REFUSED, BulkItemState.FAILED, BulkItemState.WAITING,
)  # fmt: skip


def a_centre(database: Database, clock: FixedClock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """The centre with the real procedures of this version alone."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(folder))
    monkeypatch.setattr(library, "_current", {})
    return build(database, clock)


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre on each kind of database."""
    return a_centre(database, clock, tmp_path, monkeypatch)


def at_acceptance(centre: Centre, number: int, **opinion: str) -> str:
    """A filing of a further group that waits for an officer to accept it."""
    name = f"桂花社区第{number}合唱团"
    group = centre.with_group(name)
    case = group.submitted(name=name)
    group.upload(case, "committee_opinion")
    group.act(case, "give_opinion", "worker", {**OPINION, **opinion})
    return case


def somebody(centre: Centre, who: str) -> Actor:
    """A person of the centre as signing in would tell, with the public id."""
    people = table(Person)
    with centre.database.read() as connection:
        wanted = select(people.c.public_id, people.c.name).where(people.c.id == centre.people[who].person_id)
        found = connection.execute(wanted).one()
    return replace(centre.people[who], public_id=found.public_id, name=found.name)


def seen(centre: Centre, cases: list[str], **more: Any) -> list[Chosen]:
    return [Chosen(case, centre.case(case).version, **more) for case in cases]


def asked(centre: Centre, who: str, wanted: Wanted, chosen: list[Chosen], key: str = "") -> str:
    actor = somebody(centre, who)
    return centre.database.write(
        lambda connection: ask(connection, actor=actor, wanted=wanted, chosen=chosen, now=centre.clock.now(), key=key)
    )


def gone_on(centre: Centre, who: str, bulk: str, at_once: int = MOST) -> BulkLine:
    return go_on(
        centre.database, actor=somebody(centre, who), bulk=bulk, now=centre.clock.now(), at_once=at_once
    )  # fmt: skip


def results(centre: Centre, who: str, bulk: str) -> list[BulkPart]:
    actor = somebody(centre, who)
    with centre.database.read() as connection:
        return parts_of(connection, actor, bulk_line(connection, actor, bulk))


def moves(centre: Centre, case: str, decision: str = "accept") -> int:
    """How often the case's chain, which must hold, tells of the decision."""
    events, key = table(Event).c, centre.case(case).id
    with centre.database.read() as connection:
        assert_whole(connection, case)
        of_case = select(func.count()).where(events.stream == "case", events.subject_id == key)
        return connection.scalar(of_case.where(events.type == f"case.{decision}")) or 0


def test_each_case_is_done_refused_or_lost_by_itself_and_what_failed_goes_on_later(centre: Centre) -> None:
    fine, objected, raced, broken, last = cases = [
        at_acceptance(centre, number, **({"stance": "object"} if number == 2 else {})) for number in range(1, 6)
    ]
    bulk = asked(centre, "officer", ACCEPT, seen(centre, cases), key="once")
    assert asked(centre, "officer", ACCEPT, seen(centre, cases), key="once") == bulk  # sent twice, asked once
    assert [part.state for part in results(centre, "officer", bulk)] == [WAITING] * 5
    assert {centre.case(case).step for case in cases} == {"acceptance"}  # nothing is done before it is kept
    centre.act(raced, "accept", "other_officer", CHECKED)

    # What no rule foresees: the policy that the case is pinned to cannot be found.
    rows, pinned = table(Case), centre.case(broken).policy_hash
    with_policy = update(rows).where(rows.c.public_id == broken)
    centre.database.write(lambda connection: connection.execute(with_policy.values(policy_hash="lost")))

    first = gone_on(centre, "officer", bulk, at_once=2)
    assert (first.waiting, first.total, first.finished_at) == (3, 5, None)
    whole = gone_on(centre, "officer", bulk)
    assert (whole.waiting, whole.finished_at) == (0, centre.clock.now())
    parts = {part.case_id: part for part in results(centre, "officer", bulk)}
    assert [parts[case].state for case in cases] == [DONE, REFUSED, REFUSED, FAILED, DONE]
    assert parts[fine].reason["detail"]["zh"] == "案件进入“审批”环节"
    assert [each["code"] for each in parts[objected].reason["blockers"]] == ["committee_does_not_object@1"]
    assert parts[raced].reason["code"] == "case_has_moved"
    assert somebody(centre, "other_officer").name in parts[raced].reason["detail"]["zh"]
    assert "系统故障" in parts[broken].reason["title"]["zh"]
    assert [moves(centre, case) for case in (fine, objected, raced, last)] == [1, 0, 1, 1]

    # Cured meanwhile: both are tried again as they were seen; a lost race is looked at first.
    centre.act(objected, "record_new_opinion", "worker", OPINION)
    centre.database.write(lambda connection: connection.execute(with_policy.values(policy_hash=pinned)))
    officer = somebody(centre, "officer")
    assert centre.database.write(lambda connection: try_again(connection, actor=officer, bulk=bulk)) == 2
    again = gone_on(centre, "officer", bulk)
    assert again.counts == {DONE: 3, REFUSED: 2}
    parts = {part.case_id: part for part in results(centre, "officer", bulk)}
    assert (
        parts[objected].reason["code"] == "case_has_moved"
    )  # the new opinion moved it: nobody acts on what was not seen
    assert [moves(centre, case) for case in cases] == [1, 0, 1, 1, 1]
    with pytest.raises(Conflict):
        centre.database.write(lambda connection: try_again(connection, actor=officer, bulk=bulk))
    assert gone_on(centre, "officer", bulk).counts == again.counts


def test_a_process_that_dies_in_the_middle_leaves_each_case_done_and_told_or_waiting(
    postgresql_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one database: that a transaction holds on either is the engine's tests' to show."""
    database = Database(postgresql_url)
    centre = a_centre(database, clock, tmp_path, monkeypatch)
    cases = [at_acceptance(centre, 1), at_acceptance(centre, 2, stance="object")]
    bulk = asked(centre, "officer", ACCEPT, seen(centre, cases))
    deaths = 0
    with doers() as processes:
        for ending in processes.deaths(postgresql_url, GO_ON, bulk=bulk, **told(centre, "officer")):
            deaths += ending.killed
            for part in results(centre, "officer", bulk):
                assert moves(centre, part.case_id) == (part.state is DONE)
    assert ending.answer == 0
    assert deaths > 10
    assert [part.state for part in results(centre, "officer", bulk)] == [DONE, REFUSED]
    database.close()


def test_a_bulk_action_is_its_asker_s_alone_and_rights_are_asked_of_each_case_as_it_is_done(centre: Centre) -> None:
    cases = [at_acceptance(centre, 1), at_acceptance(centre, 2)]
    bulk = asked(centre, "officer", ACCEPT, seen(centre, cases))
    other = somebody(centre, "other_officer")
    for act in (
        lambda: gone_on(centre, "other_officer", bulk),
        lambda: results(centre, "other_officer", bulk),
        lambda: centre.database.write(lambda connection: try_again(connection, actor=other, bulk=bulk)),
    ):
        with pytest.raises(NotFound):
            act()
    with centre.database.read() as connection:
        assert bulk_actions(connection, other).items == ()
        assert [line.public_id for line in bulk_actions(connection, somebody(centre, "officer")).items] == [bulk]
    gone_on(centre, "officer", bulk, at_once=1)
    without = replace(somebody(centre, "officer"), grants=somebody(centre, "worker").grants)
    go_on(centre.database, actor=without, bulk=bulk, now=centre.clock.now())
    parts = results(centre, "officer", bulk)
    assert [part.state for part in parts] == [DONE, REFUSED]
    assert [each["kind"] for each in parts[1].reason["blockers"]] == ["who"]
    assert [moves(centre, case) for case in cases] == [1, 0]


def test_what_cannot_be_asked_of_many_is_refused_before_anything_is_kept(centre: Centre) -> None:
    case = at_acceptance(centre, 1)
    filling = centre.with_group("桂花社区书画社").open("filing")
    reviewing = seen(centre, [case])
    for refusal, wanted, chosen in (
        (Invalid, ACCEPT, []),
        (Invalid, ACCEPT, reviewing * 2),
        (Invalid, ACCEPT, [Chosen(f"{number:032x}", 1) for number in range(MOST + 1)]),
        (NotFound, ACCEPT, [Chosen("ab", 1)]),
        (UnknownAction, replace(ACCEPT, action="approve"), reviewing),
        (EachByItself, replace(ACCEPT, action="submit", data={}), seen(centre, [filling])),
        (CaseHasMoved, ACCEPT, [Chosen(case, 1)]),
        (Invalid, replace(ACCEPT, effective_on=date(2026, 12, 1)), reviewing),
        (Invalid, replace(ACCEPT, data={"checklist": ["nothing"]}), reviewing),
        (Invalid, Wanted(BulkKind.ASSIGN), reviewing),
    ):
        with pytest.raises(refusal):
            asked(centre, "officer", wanted, chosen)
    with centre.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(table(BulkAction))) == 0
    assert centre.case(case).step == "acceptance"


def test_what_a_form_says_of_one_case_alone_is_asked_of_each_by_itself() -> None:
    definitions = {each.key: each for each in DEFINITIONS}
    for procedure, step, decision, alone in (
        ("filing", "acceptance", "accept", False),
        ("filing", "decision", "refuse", False),
        ("filing", "application", "submit", True),
        ("filing", "filed", "propose_result_correction", True),
        ("funding", "decision", "approve", True),  # the sum
        ("evaluation", "review", "give", True),
        ("project", "carrying_out", "propose_line_change", True),
    ):
        stands = definitions[procedure].step(step)
        assert each_by_itself(stands, stands.by_name[decision]) is alone, (procedure, step, decision)


def test_work_is_claimed_released_and_assigned_in_bulk_as_whoever_had_it_was_seen(centre: Centre) -> None:
    cases = [at_acceptance(centre, 1), at_acceptance(centre, 2), at_acceptance(centre, 3)]
    taken, other = cases[1], somebody(centre, "other_officer")
    chosen = seen(centre, cases, holder="")
    centre.database.write(lambda connection: claim(connection, case=taken, actor=other, now=centre.clock.now()))
    bulk = asked(centre, "officer", Wanted(BulkKind.CLAIM), chosen)
    assert gone_on(centre, "officer", bulk).counts == {DONE: 2, REFUSED: 1}
    assert results(centre, "officer", bulk)[1].reason["code"] == "somebody_has_it"

    officer = somebody(centre, "officer")
    with centre.database.read() as connection:
        found = candidates(connection, officer, cases, centre.clock.now())
        able = able_colleagues(connection, officer, found, date(2026, 9, 18))
    assert sorted(person.name for person, number in able if number == 3) == sorted([officer.name, other.name])
    assert [each.holding.public_id for each in found if each.holding] == [
        officer.public_id, other.public_id, officer.public_id,
    ]  # fmt: skip
    # The director saw the first with nobody.
    chosen = [replace(chosen[0], holder=""), *seen(centre, cases[1:], holder=None)]
    bulk = asked(centre, "director", Wanted(BulkKind.ASSIGN, person=other.public_id), chosen)
    assert gone_on(centre, "director", bulk).counts == {REFUSED: 1, DONE: 2}
    chosen = [replace(each, holder=officer.public_id) for each in chosen]
    bulk = asked(centre, "officer", Wanted(BulkKind.RELEASE), chosen)
    parts = (gone_on(centre, "officer", bulk), results(centre, "officer", bulk))[1]
    assert [part.state for part in parts] == [DONE, REFUSED, REFUSED]  # what is another's now was not seen so


def test_the_chosen_cases_are_read_in_the_same_few_statements_however_many_they_are(centre: Centre) -> None:
    cases = [at_acceptance(centre, number) for number in range(1, 5)]
    officer = somebody(centre, "officer")

    def counted(ids: list[str]) -> int:
        with selects(centre.database) as sent, centre.database.read() as connection:
            assert len(candidates(connection, officer, ids, centre.clock.now())) == len(ids)
        return len(sent)

    assert counted(cases[:1]) == counted(cases) <= 3
