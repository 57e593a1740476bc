"""What cases ask of their organizations: requests with their links, and what arrived and waits for staff."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.models.asking import (
    AskedState,
    InformationRequest,
    RequestLink,
    Submission,
    SubmissionFile,
    SubmissionState,
)
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Person
from incubator.queries.visibility import visible_to
from incubator.sealing import current_sealer
from incubator.text import Text

_REQUESTS, _LINKS = table(InformationRequest), table(RequestLink)
_SUBMISSIONS, _FILES = table(Submission), table(SubmissionFile)
_CASES, _PEOPLE, _ORGANIZATIONS = table(Case), table(Person), table(Organization)
_DECIDERS = _PEOPLE.alias()

_WAITING = (
    select(func.count())
    .select_from(_SUBMISSIONS)
    .where(_SUBMISSIONS.c.request_id == _REQUESTS.c.id, _SUBMISSIONS.c.state == SubmissionState.SENT)
    .correlate(_REQUESTS)
    .scalar_subquery()
)
# One row of a case (by its key, `case`): how many requests are open, and how many submissions wait to be looked at.
ASKED_OF: Select[Any] = (
    select(
        select(func.count())
        .select_from(_REQUESTS)
        .where(_REQUESTS.c.case_id == _CASES.c.id, _REQUESTS.c.state == AskedState.OPEN)
        .correlate(_CASES)
        .scalar_subquery()
        .label("open_requests"),
        select(func.count())
        .select_from(_SUBMISSIONS.join(_REQUESTS, _REQUESTS.c.id == _SUBMISSIONS.c.request_id))
        .where(_REQUESTS.c.case_id == _CASES.c.id, _SUBMISSIONS.c.state == SubmissionState.SENT)
        .correlate(_CASES)
        .scalar_subquery()
        .label("submissions_waiting"),
    )
    .select_from(_CASES)
    .where(_CASES.c.id == bindparam("case"))
)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is asked; `kind` is the kind of document wanted for it, empty where words do."""

    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link to a request; its secret is kept nowhere."""

    public_id: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    opened_at: datetime | None

    def live(self, now: datetime) -> bool:
        """Whether it still opens."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a submission; `document` is the public id of what it became in the case, empty before."""

    public_id: str
    point: int
    filename: str
    media_type: str
    size: int
    sha256: str
    received_at: datetime
    document: str


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """What arrived: words by the point's number (`note` for what was said besides), and files."""

    id: int
    public_id: str
    state: SubmissionState
    begun_at: datetime
    sent_at: datetime | None
    texts: Mapping[str, str]
    files: tuple[FileLine, ...]
    decided_by: str
    decided_at: datetime | None
    decision_words: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as lists show it."""

    id: int
    public_id: str
    case_id: str
    street_id: int
    community_id: int
    kind: str  # correction or information
    step: str
    points: tuple[Point, ...]
    due_on: date
    asked_at: datetime
    asked_by: str
    state: AskedState
    closed_at: datetime | None
    closed_by: str
    closing_words: str
    waiting: int


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A submission that waits for staff."""

    case_id: str
    request_id: str
    organization_name: str
    number: str
    sent_at: datetime
    files: int


def asked_of(connection: Connection, case_id: int) -> tuple[int, int]:
    """How many requests of a case (by its key) are open, and how many submissions wait; one statement.

    That the caller sees the case is the caller's question. `ASKED_OF` is the same for `together`.
    """
    row = connection.execute(ASKED_OF, {"case": case_id}).one()
    return row.open_requests, row.submissions_waiting


def requests_of(connection: Connection, actor: Actor, case: str) -> list[RequestLine]:
    """The requests of a case (by its public id) that the actor sees, the newest first; one statement."""
    rows = connection.execute(_lines(actor).where(_CASES.c.public_id == case).order_by(_REQUESTS.c.id.desc()))
    return [_line(row) for row in rows]


def find_request(connection: Connection, actor: Actor, case: str, request: str) -> RequestLine:
    """A request by the public ids of its case and of itself. NotFound outside the area."""
    row = connection.execute(
        _lines(actor).where(_CASES.c.public_id == case, _REQUESTS.c.public_id == request)
    ).one_or_none()
    if row is None:
        raise NotFound(
            Text("没有这项请求，或不在您的管辖范围内", "There is no such request, or it lies outside your area")
        )
    return _line(row)


def links_of(connection: Connection, request_id: int) -> list[LinkLine]:
    """The links that were made for a request (by its key), the newest first."""
    rows = connection.execute(
        select(_LINKS, _PEOPLE.c.name)
        .join_from(_LINKS, _PEOPLE, _PEOPLE.c.id == _LINKS.c.made_by)
        .where(_LINKS.c.request_id == request_id)
        .order_by(_LINKS.c.id.desc())
    )
    return [
        LinkLine(row.public_id, row.made_at, row.name, row.expires_at, row.revoked_at, row.opened_at) for row in rows
    ]


def submissions_of(connection: Connection, request_id: int, *, drafts_of: int | None = None) -> list[SubmissionView]:
    """What arrived for a request (by its key), the newest first; two statements.

    Drafts are nobody's to read but the sender's: `drafts_of` is the key of the link whose draft is wanted besides.
    """
    shown = _SUBMISSIONS.c.state != SubmissionState.DRAFT
    if drafts_of is not None:
        shown = shown | (_SUBMISSIONS.c.link_id == drafts_of)
    rows = connection.execute(
        select(_SUBMISSIONS, _DECIDERS.c.name)
        .join_from(_SUBMISSIONS, _DECIDERS, _DECIDERS.c.id == _SUBMISSIONS.c.decided_by, isouter=True)
        .where(_SUBMISSIONS.c.request_id == request_id, shown)
        .order_by(_SUBMISSIONS.c.id.desc())
    ).all()
    files = files_of(connection, [row.id for row in rows])
    return [_submission(row, files[row.id]) for row in rows]


def files_of(connection: Connection, submissions: Sequence[int]) -> Mapping[int, list[FileLine]]:
    """The files of submissions (by their keys), by the submission's key, in the order of their points."""
    documents = table(Document)
    found: defaultdict[int, list[FileLine]] = defaultdict(list)
    if submissions:
        for row in connection.execute(
            select(_FILES, documents.c.public_id.label("document"))
            .join_from(_FILES, documents, documents.c.id == _FILES.c.document_id, isouter=True)
            .where(_FILES.c.submission_id.in_(submissions))
            .order_by(_FILES.c.point, _FILES.c.id)
        ):
            found[row.submission_id].append(
                FileLine(
                    row.public_id, row.point, row.filename, row.media_type, row.size, row.sha256, row.received_at,
                    row.document or "",
                )
            )  # fmt: skip
    return found


def waiting_submissions(connection: Connection, actor: Actor, *, limit: int) -> tuple[list[WaitingLine], int]:
    """The submissions that wait for staff and the actor sees, the oldest first, and how many there are; one statement."""
    files = (
        select(func.count())
        .select_from(_FILES)
        .where(_FILES.c.submission_id == _SUBMISSIONS.c.id)
        .correlate(_SUBMISSIONS)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            _SUBMISSIONS.c.sent_at, _REQUESTS.c.public_id.label("request"), _CASES.c.public_id.label("case"),
            _CASES.c.number, _ORGANIZATIONS.c.name, files.label("files"), func.count().over().label("number_of_all"),
        )
        .join_from(_SUBMISSIONS, _REQUESTS, _REQUESTS.c.id == _SUBMISSIONS.c.request_id)
        .join(_CASES, _CASES.c.id == _REQUESTS.c.case_id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _REQUESTS.c.organization_id)
        .where(_SUBMISSIONS.c.state == SubmissionState.SENT, visible_to(actor, _REQUESTS))
        .order_by(_SUBMISSIONS.c.sent_at, _SUBMISSIONS.c.id)
        .limit(limit)
    ).all()  # fmt: skip
    lines = [WaitingLine(row.case, row.request, row.name, row.number, row.sent_at, row.files) for row in rows]
    return lines, rows[0].number_of_all if rows else 0


def _lines(actor: Actor) -> Select[Any]:
    closers = _PEOPLE.alias("closers")
    return (
        select(
            _REQUESTS, _CASES.c.public_id.label("case_public_id"), _PEOPLE.c.name.label("asked_by_name"),
            closers.c.name.label("closed_by_name"), _WAITING.label("waiting"),
        )
        .join_from(_REQUESTS, _CASES, _CASES.c.id == _REQUESTS.c.case_id)
        .join(_PEOPLE, _PEOPLE.c.id == _REQUESTS.c.asked_by)
        .join(closers, closers.c.id == _REQUESTS.c.closed_by, isouter=True)
        .where(visible_to(actor, _REQUESTS))
    )  # fmt: skip


def _line(row: Row[Any]) -> RequestLine:
    return RequestLine(
        row.id, row.public_id, row.case_public_id, row.street_id, row.community_id, row.kind, row.step,
        points_of(row.points), row.due_on, row.asked_at, row.asked_by_name, AskedState(row.state), row.closed_at,
        row.closed_by_name or "", row.closing_words, row.waiting,
    )  # fmt: skip


def points_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Point, ...]:
    """The points of a request as they are stored."""
    return tuple(Point(str(point["words"]), str(point.get("kind") or "")) for point in stored)


def _submission(row: Row[Any], files: Sequence[FileLine]) -> SubmissionView:
    texts = json.loads(current_sealer().open(row.sealed)) if row.sealed else {}
    return SubmissionView(
        row.id, row.public_id, SubmissionState(row.state), row.begun_at, row.sent_at, texts, tuple(files),
        row.name or "", row.decided_at, row.decision_words,
    )  # fmt: skip
