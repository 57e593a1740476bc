"""The part of a tour in which scores come on paper: entered from the signed sheet, and struck out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.organizations import Document
from tests.procedures.funding.grants import people
from tests.procedures.tours.tour import Tour


def on_paper(tour: Tour, case_id: str, name: str, review: dict[str, Any]) -> dict[str, Any]:
    """The form that enters this member's review, with a scan handed in for it."""
    tour.upload(case_id, "score_sheet")
    documents = table(Document)
    scans = select(documents.c.public_id).where(documents.c.kind == "score_sheet").order_by(documents.c.id.desc())
    with tour.centre.database.read() as connection:
        scan = connection.scalars(scans).first()
    (member,) = people(tour.centre, name)
    return {"member": member, "scan": scan, "declared": True, **review}


def entered_and_struck(tour: Tour, case_id: str, name: str, other: str, review: dict[str, Any]) -> Iterator[str]:
    """One member's sheet is entered and struck out; that of another, who gives the scores last, lies there besides."""
    tour.answers["give_on_paper"] = on_paper(tour, case_id, name, review)
    yield case_id
    tour.go(case_id, "give_on_paper", "officer")
    tour.answers["strike_paper"] = {"member": tour.answers["give_on_paper"]["member"]}
    tour.answers["give_on_paper"] = on_paper(tour, case_id, other, review)
    yield case_id
    tour.go(case_id, "strike_paper", "director")
