"""The tables, one module a subject."""

from incubator.models import (
    activities,
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
