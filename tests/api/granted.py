"""A running project behind the real web application."""

from __future__ import annotations

from tests.api.centre import WebCentre
from tests.procedures.funding.grants import published
from tests.procedures.project.running import Running, awarded, body, started
from tests.procedures.world import Centre

NAMES = {"other_officer": "officer2", "other_director": "director2"}


def as_centre(web: WebCentre) -> Centre:
    """The same street and people as the procedures' tests know them."""
    people = {**web.people, **{name: web.people[username] for name, username in NAMES.items()}}
    community = web.street.communities["桂花社区"]
    return Centre(web.database, web.clock, web.street.street_id, community, 0, people)


def granted(web: WebCentre) -> Running:
    """A project of 29,999.99 yuan whose agreement is just signed."""
    centre = body(as_centre(web))
    call = published(centre)
    return started(centre, call, awarded(centre, call))
