"""What staff makes of a submission: accepted, its files going into the case as documents, or declined with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.asking import AskedState, Submission, SubmissionFile, SubmissionState
from incubator.models.base import table
from incubator.queries.asking import RequestLine
from incubator.services.asking import LONGEST_WORDS, askable, close, locked_request
from incubator.services.case_documents import attach
from incubator.services.submissions import sent_submission
from incubator.services.uploads import Upload
from incubator.text import Text

_SUBMISSIONS, _FILES = table(Submission), table(SubmissionFile)


def accept(
    connection: Connection, *, case: str, request: str, submission: str, kinds: Mapping[str, str], actor: Actor,
    now: datetime, words: str = "", answered: bool = True,
) -> int:  # fmt: skip
    """Accept a submission; returns how many of its files went into the case.

    `kinds` says by a file's public id which kind of document it becomes; a file that is not named, or has an empty kind,
    stays with the submission. `answered` closes the request. The case does not move. Raises NotFound, NotAllowed,
    Conflict where a colleague was quicker, DocumentNotWanted, Invalid.
    """
    view, asked = locked_request(connection, case, request, actor)
    row = sent_submission(connection, asked.id, submission)
    _decide(connection, row, SubmissionState.ACCEPTED, actor, words, now)
    files = {
        file.public_id: file
        for file in connection.execute(select(_FILES).where(_FILES.c.submission_id == row.id).order_by(_FILES.c.id))
    }
    if not kinds.keys() <= files.keys():
        raise NotFound(Text("其中有文件已不存在，请刷新页面后重试", "One of the files is not there: reload the page"))
    definition = library.definition_of(connection, view)
    also = askable(definition, definition.step(view.step), library.policy(connection, view.policy_hash))
    taken = {file_id: kind for file_id, kind in kinds.items() if kind}
    for file_id, kind in taken.items():
        file = files[file_id]
        added = attach(
            connection, case=case, kind=kind, upload=Upload(file.filename, file.media_type, file.size, file.sha256),
            actor=actor, now=now, also=also, origin={"request": asked.public_id, "submission": submission},
        )  # fmt: skip
        connection.execute(update(_FILES).where(_FILES.c.id == file.id).values(document_id=added.id))
    told = {"request": asked.public_id, "submission": submission, "files": len(taken)}
    _record(connection, view, "case.submission_accepted", actor, told, words, now)
    if answered and asked.state is AskedState.OPEN:
        close(connection, view, asked, AskedState.ANSWERED, "case.request_answered", actor, "", now)
    return len(taken)


def decline(
    connection: Connection, *, case: str, request: str, submission: str, words: str, actor: Actor, now: datetime
) -> None:
    """Send a submission back with a reason, which the organization reads at its link; the request stays open.

    Raises NotFound, NotAllowed, Conflict where a colleague was quicker, Invalid without a reason.
    """
    if not words.strip():
        raise _invalid(Text("请写明退回的原因，组织会在链接中看到", "Say why: the organization reads it at its link"))
    view, asked = locked_request(connection, case, request, actor)
    row = sent_submission(connection, asked.id, submission)
    _decide(connection, row, SubmissionState.DECLINED, actor, words, now)
    told = {"request": asked.public_id, "submission": submission}
    _record(connection, view, "case.submission_declined", actor, told, words, now)


def submitted_file(connection: Connection, asked: RequestLine, file: str) -> Row[Any]:
    """A file of a request's sent submissions by its public id. Raises NotFound."""
    row = connection.execute(
        select(_FILES)
        .join_from(_FILES, _SUBMISSIONS, _SUBMISSIONS.c.id == _FILES.c.submission_id)
        .where(
            _FILES.c.public_id == file, _SUBMISSIONS.c.request_id == asked.id,
            _SUBMISSIONS.c.state != SubmissionState.DRAFT,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(Text("没有这个文件，请刷新页面后重试", "There is no such file: reload the page"))
    return row


def note_reading(connection: Connection, actor: Actor, row: Row[Any], now: datetime) -> None:
    """Write on the reader's access stream which file was looked at: papers hold personal data."""
    if actor.account_id:
        change = {"submission_file": row.public_id}
        entry = Entry("access", actor.account_id, row.street_id, "access.submission_read", actor, change)
        append(connection, entry, now=now)


def _decide(
    connection: Connection, row: Row[Any], state: SubmissionState, actor: Actor, words: str, now: datetime
) -> None:
    if len(words.strip()) > LONGEST_WORDS:
        raise _invalid(Text(f"最多 {LONGEST_WORDS} 个字", f"At most {LONGEST_WORDS} characters"))
    decided = connection.execute(
        update(_SUBMISSIONS)
        .where(_SUBMISSIONS.c.id == row.id, _SUBMISSIONS.c.state == SubmissionState.SENT)
        .values(state=state, decided_by=actor.person_id, decided_at=now, decision_words=words.strip())
    )
    if not decided.rowcount:
        raise Conflict(
            Text("这次提交已由同事处理，请刷新页面。", "A colleague has dealt with this submission: reload the page.")
        )


def _record(
    connection: Connection,
    view: CaseView,
    kind: str,
    actor: Actor,
    change: Mapping[str, Any],
    words: str,
    now: datetime,
) -> None:
    entry = Entry("case", view.id, view.street_id, kind, actor, change, subject=view.public_id, comment=words.strip())
    append(connection, entry, now=now)


def _invalid(words: Text) -> Invalid:
    return Invalid(words, fields={"words": [words]})
