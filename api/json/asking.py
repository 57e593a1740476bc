"""What a case asks of its organization: `/cases/{case_id}/requests`, their links, and what arrived by them."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.shapes import Body, Listed, refusals
from incubator.clock import SHANGHAI
from incubator.queries.asking import (
    LinkLine,
    Point,
    RequestLine,
    SubmissionView,
    find_request,
    links_of,
    requests_of,
    submissions_of,
)
from incubator.queries.visibility import Permission, require
from incubator.services import asking, links, submission_review
from incubator.services.submissions import NOTE

router = APIRouter(tags=["requests"])

_A = 404, 422


class PointShape(Body):
    """One thing that is asked, in words for the organization; `kind` is the document wanted, empty where words do."""

    words: str = Field(min_length=1, max_length=asking.LONGEST_POINT)
    kind: str = Field(default="", max_length=60)


class NewRequest(Body):
    """What is asked by which day. `correction` repeats the points that the case was returned with."""

    kind: str = Field(default=asking.INFORMATION, pattern=f"^({asking.CORRECTION}|{asking.INFORMATION})$")
    points: list[PointShape] = Field(min_length=1, max_length=asking.MOST_POINTS)
    due_on: date


class RequestOut(BaseModel):
    """A request; `waiting` submissions are to be looked at."""

    id: str
    case_id: str
    kind: str
    points: list[PointShape]
    due_on: date
    state: str
    asked_at: datetime
    closing_words: str
    waiting: int


class LinkOut(BaseModel):
    """A link to a request; its secret was shown when it was made."""

    id: str
    made_at: datetime
    expires_at: datetime
    revoked: bool
    opened_at: datetime | None


class NewLinkOut(BaseModel):
    """A link as it was made: `url` is said here and never again."""

    id: str
    url: str
    expires_at: datetime


class FileOut(BaseModel):
    """A file that arrived; `point` counts from 0, `document_id` is what it became in the case."""

    id: str
    point: int
    filename: str
    media_type: str
    size: int
    sha256: str
    document_id: str | None


class SubmissionOut(BaseModel):
    """What arrived by a link: words by the point's number (from 0), `note` for what was said besides."""

    id: str
    state: str
    sent_at: datetime | None
    texts: dict[str, str]
    note: str
    files: list[FileOut]
    decision_words: str


class RequestWhole(RequestOut):
    """A request with its links and what arrived."""

    links: list[LinkOut]
    submissions: list[SubmissionOut]


class Words(Body):
    """A reason, or what is told to the organization."""

    words: str = Field(default="", max_length=asking.LONGEST_WORDS)


class Acceptance(Words):
    """By a file's id the kind of document that it becomes in the case; `answered` closes the request."""

    kinds: dict[str, str] = Field(default_factory=dict, max_length=100)
    answered: bool = True


@router.get("/cases/{case_id}/requests", responses=refusals(403, *_A))
def get_requests(caller: Reading, case_id: PublicId) -> Listed[RequestOut]:
    """The requests of a case, whole, the newest first; none where the case is not the caller's to see."""
    require(caller.actor, Permission.ASK_ORGANIZATION)
    found = caller.read(lambda connection: requests_of(connection, caller.actor, case_id))
    return Listed(items=[_request(line) for line in found], next_cursor="")


@router.post("/cases/{case_id}/requests", status_code=201, responses=refusals(403, 409, *_A))
def post_request(caller: Working, case_id: PublicId, body: NewRequest) -> RequestOut:
    """Ask the organization for something by a day. The case does not move and no clock stops."""

    def work(connection: Connection) -> RequestLine:
        made = asking.ask(
            connection, case=case_id, kind=body.kind, points=[Point(each.words, each.kind) for each in body.points],
            due_on=body.due_on, actor=caller.actor, now=caller.now,
        )  # fmt: skip
        return find_request(connection, caller.actor, case_id, made)

    return _request(caller.write(work))


@router.get("/cases/{case_id}/requests/{request_id}", responses=refusals(403, *_A))
def get_request(caller: Reading, case_id: PublicId, request_id: PublicId) -> RequestWhole:
    """A request with its links and what arrived."""
    return _whole(caller, case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/withdraw", responses=refusals(403, 409, *_A))
def post_withdraw(caller: Working, case_id: PublicId, request_id: PublicId, body: Words) -> RequestWhole:
    """Ask no more; the request's links show nothing from now on."""
    caller.write(
        lambda connection: asking.withdraw(
            connection, case=case_id, request=request_id, words=body.words, actor=caller.actor, now=caller.now
        )
    )
    return _whole(caller, case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/answered", responses=refusals(403, 409, *_A))
def post_answered(caller: Working, case_id: PublicId, request_id: PublicId, body: Words) -> RequestWhole:
    """Say how it was answered without its link."""
    caller.write(
        lambda connection: asking.answer_otherwise(
            connection, case=case_id, request=request_id, words=body.words, actor=caller.actor, now=caller.now
        )
    )
    return _whole(caller, case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/links", status_code=201, responses=refusals(403, 409, *_A))
def post_link(request: Request, caller: Working, case_id: PublicId, request_id: PublicId) -> NewLinkOut:
    """Make a link for a person without an account; those made before stop working. The address is said once."""
    made = caller.write(
        lambda connection: links.make_link(
            connection, case=case_id, request=request_id, actor=caller.actor, now=caller.now
        )
    )
    base = caller.service.settings.public_url or str(request.base_url).rstrip("/")
    return NewLinkOut(
        id=made.public_id, url=f"{base}/r/{made.token}", expires_at=made.expires_at.astimezone(SHANGHAI)
    )  # fmt: skip


@router.delete(
    "/cases/{case_id}/requests/{request_id}/links/{link_id}", status_code=204, responses=refusals(403, *_A)
)  # fmt: skip
def delete_link(caller: Working, case_id: PublicId, request_id: PublicId, link_id: PublicId) -> None:
    """Revoke a link: it shows nothing from now on, and takes no further piece of a photo."""
    caller.write(
        lambda connection: links.revoke_link(
            connection, case=case_id, request=request_id, link=link_id, actor=caller.actor, now=caller.now
        )
    )


@router.post(
    "/cases/{case_id}/requests/{request_id}/submissions/{submission_id}/accept", responses=refusals(403, 409, *_A)
)
def post_accept(
    caller: Working, case_id: PublicId, request_id: PublicId, submission_id: PublicId, body: Acceptance
) -> RequestWhole:
    """Accept what arrived; its files become documents of the case, which stays where it is."""
    caller.write(
        lambda connection: submission_review.accept(
            connection, case=case_id, request=request_id, submission=submission_id, kinds=body.kinds, words=body.words,
            answered=body.answered, actor=caller.actor, now=caller.now,
        )
    )  # fmt: skip
    return _whole(caller, case_id, request_id)


@router.post(
    "/cases/{case_id}/requests/{request_id}/submissions/{submission_id}/decline", responses=refusals(403, 409, *_A)
)
def post_decline(
    caller: Working, case_id: PublicId, request_id: PublicId, submission_id: PublicId, body: Words
) -> RequestWhole:
    """Send it back with a reason, which the organization reads at its link."""
    caller.write(
        lambda connection: submission_review.decline(
            connection, case=case_id, request=request_id, submission=submission_id, words=body.words, actor=caller.actor,
            now=caller.now,
        )
    )  # fmt: skip
    return _whole(caller, case_id, request_id)


def _whole(caller: Caller, case_id: str, request_id: str) -> RequestWhole:
    def look(connection: Connection) -> RequestWhole:
        line = find_request(connection, caller.actor, case_id, request_id)
        # What people typed is for whoever may ask for it.
        area = {"street_id": line.street_id, "community_id": line.community_id}
        require(caller.actor, Permission.ASK_ORGANIZATION, **area)
        return RequestWhole(
            **_request(line).model_dump(),
            links=[_link(each) for each in links_of(connection, line.id)],
            submissions=[_submission(each) for each in submissions_of(connection, line.id)],
        )

    return caller.read(look)


def _request(line: RequestLine) -> RequestOut:
    return RequestOut(
        id=line.public_id, case_id=line.case_id, kind=line.kind,
        points=[PointShape(words=each.words, kind=each.kind) for each in line.points], due_on=line.due_on,
        state=line.state.value, asked_at=line.asked_at.astimezone(SHANGHAI), closing_words=line.closing_words,
        waiting=line.waiting,
    )  # fmt: skip


def _link(each: LinkLine) -> LinkOut:
    return LinkOut(
        id=each.public_id, made_at=each.made_at.astimezone(SHANGHAI), expires_at=each.expires_at.astimezone(SHANGHAI),
        revoked=each.revoked_at is not None,
        opened_at=each.opened_at.astimezone(SHANGHAI) if each.opened_at else None,
    )  # fmt: skip


def _submission(each: SubmissionView) -> SubmissionOut:
    return SubmissionOut(
        id=each.public_id, state=each.state.value, sent_at=each.sent_at.astimezone(SHANGHAI) if each.sent_at else None,
        texts={number: text for number, text in each.texts.items() if number != NOTE}, note=each.texts.get(NOTE, ""),
        files=[
            FileOut(
                id=file.public_id, point=file.point, filename=file.filename, media_type=file.media_type, size=file.size,
                sha256=file.sha256, document_id=file.document or None,
            )
            for file in each.files
        ],
        decision_words=each.decision_words,
    )  # fmt: skip
