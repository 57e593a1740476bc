"""Everything in hand goes to a colleague at one moment: what goes and what stays with why, the list, its signatures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from incubator.engine.roles import Role
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.automation import Notice
from incubator.models.base import table
from incubator.models.cases import PanelSeat, WorkItem
from incubator.models.desk import HandoverState
from incubator.models.streets import RoleGrant, Substitute
from incubator.queries.handovers import HandoverFile, handover_of, handovers
from incubator.queries.in_hand import Held
from incubator.services.assignments import claim
from incubator.services.handovers import (
    ListHasChanged,
    NothingToHandOver,
    attach_signed_list,
    countersign,
    hand_over,
    seen_as,
    to_hand_over,
)
from incubator.services.uploads import PDF, Upload
from tests.engine.whole import assert_whole
from tests.procedures.world import CHECKED, OPINION, Centre
from tests.queries.test_absences import go_away, holder, mine, signed_in
from tests.queries.test_assignments import at_acceptance, do, somebody
from tests.queries.town import community, person

SCAN = Upload("移交清单.pdf", PDF, 3, "0" * 64)


def another(centre: Centre, name: str) -> str:
    """The filing of a further group, waiting to be accepted."""
    group = centre.with_group(name)
    case = group.submitted(name=f"桂花社区{name}")
    group.upload(case, "committee_opinion")
    group.act(case, "give_opinion", "worker", OPINION)
    return case


def preview(centre: Centre, giver: str, taker: str, by: str = "") -> tuple[Held, ...]:
    people = [somebody(centre, each).public_id for each in (giver, taker)]
    actor = signed_in(centre, by or giver)
    with centre.database.read() as connection:
        return to_hand_over(
            connection, giver=people[0], taker=people[1], actor=actor, now=centre.clock.now()
        )[2]  # fmt: skip


def make(centre: Centre, giver: str, taker: str, by: str = "", **asked: Any) -> HandoverFile:
    people = [somebody(centre, each).public_id for each in (giver, taker)]
    actor = signed_in(centre, by or giver)

    def work(connection: Any) -> HandoverFile:
        made = hand_over(
            connection, giver=people[0], taker=people[1], reason="调离", actor=actor, now=centre.clock.now(), **asked
        )
        return handover_of(connection, actor, made)

    return centre.database.write(work)


def sign(centre: Centre, act: Callable[..., HandoverFile], made: HandoverFile, by: str, **asked: Any) -> HandoverFile:
    actor = signed_in(centre, by)
    return centre.database.write(
        lambda connection: act(connection, handover=made.public_id, actor=actor, now=centre.clock.now(), **asked)
    )


def test_all_that_can_go_goes_in_one_moment_and_what_cannot_is_listed_with_why(centre: Centre) -> None:
    first, second = at_acceptance(centre), another(centre, "百花书画社")
    for case in (first, second):
        do(centre, claim, case, "officer")
    centre.act(second, "accept", "officer", CHECKED)  # it awaits the director now, and is nothing of the officer's
    officer = centre.people["officer"]

    def beside(connection: Any) -> None:
        """A place on a panel, a case of another role, a substitution."""
        case = centre.case(second)
        own = {"street_id": centre.street_id, "case_id": case.id, "visit": case.visit, "person_id": officer.person_id}
        connection.execute(insert(table(PanelSeat)).values(**own, state="alternate"))
        item = {**own, "community_id": case.community_id, "step": case.step, "created_at": centre.clock.now()}
        for kind, role in (("seat", "expert"), ("step", "finance")):
            connection.execute(insert(table(WorkItem)).values(**item, kind=kind, role=role))
        connection.execute(
            insert(table(Substitute)).values(
                street_id=centre.street_id, role="director", person_id=officer.person_id,
                named_by=centre.people["director"].person_id, named_at=centre.clock.now(), until=date(2026, 12, 31),
            )
        )  # fmt: skip

    centre.database.write(beside)
    go_away(centre, "other_officer", "officer", since="2026-09-22", by="director")
    listed = preview(centre, "officer", "other_officer")
    assert (listed[0].item.kind, listed[0].item.goes) == ("step", True)
    kinds = sorted((each.item.kind, each.item.goes) for each in listed[1:])
    assert kinds == [(kind, False) for kind in ("absence", "seat", "seat", "step", "substitute")]
    assert all(each.item.remark for each in listed if not each.item.goes)
    with pytest.raises(NotAllowed):
        make(centre, "officer", "other_officer", by="worker")
    with pytest.raises(NotAllowed):
        make(centre, "officer", "other_officer", by="other_officer")
    with pytest.raises(Invalid):
        make(centre, "officer", "officer")
    with pytest.raises(NothingToHandOver):
        make(centre, "officer", "worker")
    third = another(centre, "长青太极队")
    do(centre, claim, third, "officer")
    with pytest.raises(ListHasChanged):
        make(centre, "officer", "other_officer", seen=seen_as(listed))
    assert holder(centre, first) == officer.person_id  # nothing went

    seen = seen_as(preview(centre, "officer", "other_officer", by="director"))
    made = make(centre, "officer", "other_officer", by="director", seen=seen, key="k")
    assert make(centre, "officer", "other_officer", by="director", seen=seen, key="k") == made
    assert (made.number, made.state) == ("移交〔2026〕1号", HandoverState.MADE)
    assert [item.case_id for item in made.gone] == [first, third]
    assert len(made.left) == 5
    assert holder(centre, first) == holder(centre, third) == centre.people["other_officer"].person_id
    assert set(mine(centre, "other_officer")) == {first, third}
    assert centre.events("case")[-2:] == ["case.handed_over"] * 2
    assert centre.events("person")[-2:] == ["person.handed_over", "person.took_over"]
    with centre.database.read() as connection:
        for case in (first, third):
            assert_whole(connection, case)
        told = connection.scalars(select(table(Notice).c.person_id).where(table(Notice).c.kind == "handover.made"))
        assert told.all() == [centre.people["other_officer"].person_id]
    with pytest.raises(NothingToHandOver):
        make(centre, "officer", "other_officer")


def test_the_taker_countersigns_and_the_scan_of_the_signed_list_is_kept(centre: Centre) -> None:
    case = at_acceptance(centre)
    do(centre, claim, case, "officer")
    made = make(centre, "officer", "other_officer")
    for who in ("officer", "director"):
        with pytest.raises(NotAllowed):
            sign(centre, countersign, made, who)
    signed = sign(centre, countersign, made, "other_officer")
    assert (signed.state, signed.countersigned_at) == (HandoverState.COUNTERSIGNED, centre.clock.now())
    assert sign(centre, countersign, made, "other_officer") == signed
    for who in ("worker", "finance"):
        with pytest.raises(NotAllowed):
            sign(centre, attach_signed_list, made, who, upload=SCAN)
    scanned = sign(centre, attach_signed_list, made, "director", upload=SCAN)
    assert scanned.signed_list is not None
    assert scanned.signed_list.name == "移交清单.pdf"
    assert centre.events("person")[-2:] == ["person.handover_countersigned", "person.handover_scan_added"]

    place = community(centre, "梧桐社区")
    outsider = centre.people["outsider"] = person(centre, "outsider", Role.COMMUNITY_WORKER, place)
    row = {
        "street_id": centre.street_id, "person_id": outsider.person_id, "role": "community_worker",
        "community_id": place, "since": date(2020, 1, 1), "until": date(2099, 1, 1),
    }  # fmt: skip
    centre.database.write(lambda connection: connection.execute(table(RoleGrant).insert(), row))
    with centre.database.read() as connection:
        for who in ("officer", "other_officer", "director"):
            page = handovers(connection, signed_in(centre, who))
            assert [each.number for each in page.items] == ["移交〔2026〕1号"]
        assert handovers(connection, signed_in(centre, "outsider")).items == ()
        with pytest.raises(NotFound):
            handover_of(connection, signed_in(centre, "outsider"), made.public_id)


def test_whoever_took_part_before_takes_the_work_and_is_told_that_somebody_else_decides(centre: Centre) -> None:
    case = at_acceptance(centre)
    both = centre.people["officer"]
    grant = {
        "street_id": centre.street_id, "person_id": both.person_id, "role": "director", "community_id": 0,
        "since": date(2020, 1, 1), "until": date(2099, 1, 1),
    }  # fmt: skip
    centre.database.write(lambda connection: connection.execute(table(RoleGrant).insert(), grant))
    centre.act(case, "accept", "officer", CHECKED)
    do(centre, claim, case, "director")
    (held,) = preview(centre, "director", "officer")
    assert held.item.goes
    assert held.item.remark is not None
    assert "须由他人作出" in held.item.remark.zh
