"""Ratings in the API and on an organization's page."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.evaluations import RatingKind
from incubator.models.organizations import Organization
from incubator.services.ratings import NewRating, give, lower
from incubator.text import Text
from tests.api.centre import WebCentre
from tests.api.reading import in_english, text_of

STARS = NewRating(
    kind=RatingKind.STAR, band="star_4", title=Text("四星级", "four stars"), announced_on=date(2026, 9, 18),
    valid_from=date(2026, 9, 18), valid_until=date(2029, 9, 17), score="850.00", document_number="XJZ-2026-0001",
)  # fmt: skip
GRADE = NewRating(
    kind=RatingKind.REGISTRAR_GRADE, band="3A", title=Text("3A级", "grade 3A"), announced_on=date(2026, 9, 1),
    valid_from=date(2027, 1, 1), valid_until=date(2031, 12, 31), document_number="民评〔2026〕7号", paper="青羊区民政局",
)  # fmt: skip


def rate(centre: WebCentre) -> None:
    """Four stars, lowered to two on a later day, and a grade that begins next year."""
    groups, officer = table(Organization), centre.people["officer"]
    with centre.database.read() as connection:
        key = connection.execute(select(groups.c.id).where(groups.c.public_id == centre.organization)).scalar_one()
    for rating in (STARS, GRADE):
        centre.database.write(
            lambda connection, rating=rating: give(
                connection, organization_id=key, rating=rating, actor=officer, now=centre.clock.now()
            )
        )
    centre.on("2026-10-12")
    centre.database.write(
        lambda connection: lower(
            connection, organization_id=key, to_band="star_2", reason="整改不到位", case_id=0, actor=officer,
            now=centre.clock.now(), effective_on=date(2026, 10, 12),
        )
    )  # fmt: skip


def test_a_program_reads_every_rating_newest_first_and_which_is_in_force(centre: WebCentre) -> None:
    rate(centre)
    answer = centre.program("officer").get(f"organizations/{centre.organization}/ratings")
    assert answer.status_code == 200, answer.text
    told = [(each["band"], each["title"], each["status"], each["in_force"], each["ended_on"]) for each in answer.json()]
    assert told == [
        ("3A", "3A级", "valid", False, None),
        ("star_2", "二星级", "valid", True, None),
        ("star_4", "四星级", "lowered", False, "2026-10-12"),
    ]
    grade, _, four = answer.json()
    assert (grade["source"], grade["document_number"]) == ("青羊区民政局", "民评〔2026〕7号")
    assert (four["score"], four["valid_until"], four["case_id"]) == ("850.00", "2029-09-17", None)


def test_ratings_of_another_area_are_not_there(centre: WebCentre) -> None:
    rate(centre)
    other = centre.enter("东门社区棋友会", "东门社区")
    worker = centre.program("worker")
    assert worker.get(f"organizations/{centre.organization}/ratings").status_code == 200
    assert worker.get(f"organizations/{other}/ratings").status_code == 404
    assert worker.get("organizations/nowhere/ratings").status_code in (404, 422)


def test_the_page_tells_what_is_in_force_and_what_was(centre: WebCentre) -> None:
    address = f"/organizations/{centre.organization}"
    assert "尚未评级" in text_of(centre.browser("officer").get(address))
    rate(centre)
    page = text_of(centre.browser("officer").get(address))
    assert "街道星级 二星级 有效期至2029年9月17日" in page
    assert "登记机关评估等级 目前没有有效的等级" in page
    assert "尚未生效" in page
    assert "2026年10月12日起不再有效" in page
    assert "降低星级" in page
    assert "四星级" in page
    english = text_of(in_english(centre.browser("director")).get(address))
    assert "two stars" in english
    assert "no longer from 12 October 2026" in english
