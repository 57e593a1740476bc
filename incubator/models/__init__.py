"""The tables, one module a subject."""

from incubator.models import (
    activities,
    asking,
    automation,
    cases,
    desk,
    evaluations,
    events,
    funding,
    hubs,
    money,
    organizations,
    premises,
    streets,
)

__all__ = [
    "activities",
    "asking",
    "automation",
    "cases",
    "desk",
    "evaluations",
    "events",
    "funding",
    "hubs",
    "money",
    "organizations",
    "premises",
    "streets",
]
