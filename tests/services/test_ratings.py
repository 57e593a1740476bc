"""Ratings given, lowered, revoked, and known as facts: on the day, and as they were known on a past one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.opening import NotYetOpen
from incubator.engine.streams import verify
from incubator.errors import Invalid
from incubator.facts.registry import AsOf, load
from incubator.models.base import table
from incubator.models.evaluations import Rating, RatingKind
from incubator.queries.ratings import ratings_of, state_of
from incubator.services.ratings import Given, NewRating, NotRated, give, lower, revoke
from incubator.text import Text
from tests.procedures.world import Centre, build


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return build(database, clock)


THREE = NewRating(
    kind=RatingKind.STAR, band="star_3", title=Text("三星级", "three stars"), announced_on=date(2026, 9, 18),
    valid_from=date(2026, 9, 18), valid_until=date(2029, 9, 17), score="750.00",
)  # fmt: skip
GRADE = NewRating(
    kind=RatingKind.REGISTRAR_GRADE, band="3A", title=Text("3A级", "grade 3A"), announced_on=date(2026, 9, 18),
    valid_from=date(2027, 1, 1), valid_until=date(2031, 12, 31), document_number="民评〔2026〕7号",
)  # fmt: skip


def given(centre: Centre, rating: NewRating = THREE) -> Given:
    return centre.database.write(
        lambda connection: give(
            connection, organization_id=centre.organization_id, rating=rating, actor=centre.people["officer"],
            now=centre.clock.now(),
        )
    )  # fmt: skip


def lowered(centre: Centre, to_band: str, on: str) -> Given:
    return centre.database.write(
        lambda connection: lower(
            connection, organization_id=centre.organization_id, to_band=to_band, reason="整改不到位", case_id=7,
            actor=centre.people["director"], now=centre.clock.now(), effective_on=date.fromisoformat(on),
        )
    )  # fmt: skip


def revoked(centre: Centre, on: str, **more: Any) -> tuple[str, ...]:
    return centre.database.write(
        lambda connection: revoke(
            connection, organization_id=centre.organization_id, reason="撤销备案", actor=centre.people["director"],
            now=centre.clock.now(), effective_on=date.fromisoformat(on), **more,
        )
    )  # fmt: skip


def band(centre: Centre, moment: datetime | None = None, fact: str = "organization.rating") -> str | None:
    """The band in force, now or as it was known at a moment."""
    as_of = AsOf(moment or centre.clock.now(), is_past=moment is not None)
    with centre.database.read() as connection:
        case = NotYetOpen(centre.organization_id, centre.street_id, centre.community_id)
        (known,) = load(connection, [case], {fact}, as_of)
    return known[fact] and str(known[fact]["band"])


def states(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.read() as connection:
        rows = ratings_of(connection, centre.people["officer"], centre.organization_id)
        assert verify(connection, "organization", centre.organization_id) == []
    return [(row.band, state_of(row, centre.clock.now().date()).zh) for row in rows]


def test_stars_hold_from_their_first_day_to_their_last(centre: Centre) -> None:
    given(centre)
    for day, expected in (
        ("2026-09-17", None),
        ("2026-09-18", "star_3"),
        ("2029-09-17", "star_3"),
        ("2029-09-18", None),
    ):
        assert band(centre.on(day)) == expected
    assert states(centre) == [("star_3", "已到期")]


def test_a_later_rating_takes_the_place_of_the_former_on_its_first_day(centre: Centre) -> None:
    given(centre)
    later = date(2026, 12, 1)
    given(centre, NewRating(RatingKind.STAR, "star_4", Text("四星级", "four stars"), later, later, date(2029, 11, 30)))
    assert band(centre.on("2026-11-30")) == "star_3"
    assert states(centre) == [("star_4", "尚未生效"), ("star_3", "有效")]
    assert band(centre.on("2026-12-01")) == "star_4"
    assert states(centre) == [("star_4", "有效"), ("star_3", "已更替")]


def test_the_registrars_grade_stands_before_the_stars_and_does_not_end_them(centre: Centre) -> None:
    given(centre)
    given(centre, GRADE)
    assert band(centre.on("2026-12-31")) == "star_3"
    assert band(centre.on("2027-01-01")) == "3A"
    assert band(centre, fact="organization.star") == "star_3"


def test_stars_are_lowered_and_their_validity_stays(centre: Centre) -> None:
    given(centre)
    lowered(centre.on("2026-10-08"), "star_1", "2026-10-08")
    assert band(centre) == "star_1"
    assert states(centre) == [("star_1", "有效"), ("star_3", "已降级")]
    rows = table(Rating)
    with centre.database.read() as connection:
        low = connection.execute(select(rows).where(rows.c.band == "star_1")).one()
    assert (low.valid_until, low.case_id, low.title_zh) == (THREE.valid_until, 7, "一星级")
    assert centre.events("organization")[-1] == "organization.rating_lowered"


@pytest.mark.parametrize("to_band", ["star_3", "star_4", "below_stars", "star_9"])
def test_lowering_is_to_a_lower_star_of_the_policy(centre: Centre, to_band: str) -> None:
    given(centre)
    with pytest.raises(Invalid) as invalid:
        lowered(centre, to_band, "2026-09-18")
    assert list(invalid.value.fields) == ["to_band"]
    assert band(centre.on("2026-09-19")) == "star_3"


def test_what_is_not_rated_cannot_be_lowered_and_revoking_it_does_nothing(centre: Centre) -> None:
    with pytest.raises(NotRated):
        lowered(centre, "star_1", "2026-09-18")
    assert revoked(centre, "2026-09-18") == ()
    given(centre, GRADE)
    with pytest.raises(NotRated):
        lowered(centre, "star_1", "2026-09-18")


def test_stars_that_ran_out_cannot_be_lowered(centre: Centre) -> None:
    given(centre)
    centre.on("2029-09-18")
    with pytest.raises(NotRated):
        lowered(centre, "star_1", "2029-09-18")


def test_a_revocation_ends_the_stars_and_the_past_still_knows_them(centre: Centre) -> None:
    given(centre)
    before = centre.on("2026-10-12").clock.now()
    # Decided on the twelfth, with effect from the ninth: entered on the thirteenth.
    revoked(centre.on("2026-10-13"), "2026-10-09")
    assert band(centre) is None
    assert states(centre) == [("star_3", "已撤销")]
    assert band(centre, before) == "star_3"
    assert band(centre, centre.clock.now()) is None
    assert band(centre, centre.on("2026-09-01").clock.now()) is None


def test_a_revocation_may_be_of_one_cases_stars_alone(centre: Centre) -> None:
    given(centre)
    assert revoked(centre, "2026-09-18", of_case=8) == ()
    assert band(centre.on("2026-09-19")) == "star_3"
