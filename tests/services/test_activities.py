"""Activities, visits and contacts: recorded for a day that has come, voided with a reason, never changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.errors import Invalid, NotFound
from incubator.models.activities import Activity, ActivityKind, RestrictionKind
from incubator.models.base import table
from incubator.services.activities import AlreadyVoided, record_activity, void_activity
from incubator.services.restrictions import AlreadyLifted, lift, restrict
from tests.procedures.world import Centre, build


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build(database, clock)


def record(centre: Centre, kind: str, day: str, title: str = "", **more: Any) -> str:
    said = {"organization_id": centre.organization_id, **more}
    return centre.database.write(
        lambda connection: record_activity(
            connection, kind=ActivityKind(kind), held_on=date.fromisoformat(day), title=title,
            actor=centre.people["worker"], now=centre.clock.now(), **said,
        )
    )  # fmt: skip


def void(centre: Centre, activity: str, reason: str = "录错组织") -> None:
    centre.database.write(
        lambda connection: void_activity(
            connection, activity=activity, reason=reason, actor=centre.people["officer"], now=centre.clock.now()
        )
    )


def intact(centre: Centre) -> bool:
    with centre.database.read() as connection:
        return not streams.verify(connection, "organization", centre.organization_id)


def test_each_kind_leaves_its_own_event_in_the_organizations_stream(centre: Centre) -> None:
    record(centre, "activity", "2026-09-10", "重阳节排练", participants=22)
    record(centre, "visit", "2026-09-11")
    record(centre, "contact", "2026-09-12", reached=False, note="电话无人接听")
    record(centre, "duty", "2026-09-13", duty="training", other_organization_id=centre.organization_id)
    assert centre.events("organization")[-4:] == [
        "organization.activity_recorded",
        "organization.visited",
        "organization.contacted",
        "organization.duty_done",
    ]
    assert intact(centre)


def test_an_activity_always_reaches_its_organization_only_a_contact_or_visit_may_fail(centre: Centre) -> None:
    for kind, title in (("activity", "排练"), ("visit", ""), ("contact", "")):
        record(centre, kind, "2026-09-10", title, reached=False)
    activities = table(Activity)
    with centre.database.read() as connection:
        assert list(connection.scalars(select(activities.c.reached).order_by(activities.c.id))) == [True, False, False]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("held_on", {"kind": "visit", "day": "2026-09-19"}),
        ("title", {"kind": "activity", "day": "2026-09-10", "title": " "}),
        ("title", {"kind": "activity", "day": "2026-09-10", "title": "长" * 101}),
        ("participants", {"kind": "activity", "day": "2026-09-10", "title": "排练", "participants": -1}),
        ("duty", {"kind": "duty", "day": "2026-09-10"}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(centre: Centre, field: str, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        record(centre, **said)
    assert list(refused.value.fields) == [field]
    assert record(centre, "visit", "2026-09-18")  # today has come


def test_a_record_is_voided_once_with_a_reason_and_stays_to_be_read(centre: Centre) -> None:
    activity = record(centre, "activity", "2026-09-10", "排练")
    with pytest.raises(Invalid):
        void(centre, activity, " ")
    void(centre, activity)
    with pytest.raises(AlreadyVoided):
        void(centre, activity)
    with pytest.raises(NotFound):
        void(centre, "no such record")
    with centre.database.read() as connection:
        row = connection.execute(select(table(Activity))).one()
    assert (row.title, row.void_reason, row.voided_at) == ("排练", "录错组织", centre.clock.now())
    assert centre.events("organization")[-1] == "organization.record_voided"
    assert intact(centre)


def impose(centre: Centre, since: str, until: str = "9999-12-31") -> int:
    return centre.database.write(
        lambda connection: restrict(
            connection, organization_id=centre.organization_id, kind=RestrictionKind.CLOSER_SUPERVISION,
            since=date.fromisoformat(since), until=date.fromisoformat(until), reason="整改未到位",
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip


def lifted(centre: Centre, restriction: int, on: str, reason: str = "已改正") -> None:
    centre.database.write(
        lambda connection: lift(
            connection, restriction_id=restriction, on=date.fromisoformat(on), reason=reason,
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip


def test_a_restriction_is_lifted_once_with_a_reason_not_before_it_began_nor_in_the_future(centre: Centre) -> None:
    with pytest.raises(Invalid):
        impose(centre, "2026-09-10", "2026-09-09")
    restriction = impose(centre, "2026-09-10")
    for on, reason in (("2026-09-09", "已改正"), ("2026-09-19", "已改正"), ("2026-09-18", " ")):
        with pytest.raises(Invalid):
            lifted(centre, restriction, on, reason)
    lifted(centre, restriction, "2026-09-18")
    with pytest.raises(AlreadyLifted):
        lifted(centre, restriction, "2026-09-18")
    assert centre.events("organization")[-2:] == ["organization.restricted", "organization.restriction_lifted"]
    assert intact(centre)
