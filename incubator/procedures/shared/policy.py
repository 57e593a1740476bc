"""Sections of a policy pack that several stages have."""

from __future__ import annotations

from incubator.policies.values import Cited, Documents, Due, Roles, Section


class Submission(Section):
    """What is handed in."""

    documents: Cited[Documents]


class Timed(Section):
    """A step with a time limit."""

    due: Cited[Due]


class Assigned(Timed):
    """A step with a time limit, and whose it is."""

    by: Cited[Roles]


class PublicNotice(Section):
    """The optional public notice."""

    enabled: Cited[bool]
    lasts: Cited[Due]


class Service(Section):
    """The service of a decision."""

    due: Cited[Due]
    documents: Cited[Documents]


class InternalReview(Section):
    """The internal review that an organization may ask for."""

    window: Cited[Due]
    due: Cited[Due]
