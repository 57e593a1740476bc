"""What an organization sends through its link: kept as a draft, sent, and then accepted or declined by staff. Never a transition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from incubator.canonical import canonical, public_id
from incubator.engine.loading import case_view
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.asking import AskedState, Submission, SubmissionFile, SubmissionState
from incubator.models.base import NOBODY, table
from incubator.models.cases import WorkItem
from incubator.queries.opened_links import Opened
from incubator.queries.visibility import ONLY_OWN_CASES
from incubator.sealing import current_sealer
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.services.links import opened
from incubator.services.uploads import Upload
from incubator.text import Text

NOTE = "note"  # the words that belong to no point
LONGEST_TEXT = 4000  # characters of one answer
MOST_FILES = 30  # of one request, whatever link they came by
MOST_BYTES = 200 * 1024 * 1024  # of one request
RECEIVED = "case.submission_received"
_SUBMISSIONS, _FILES, _ITEMS = table(Submission), table(SubmissionFile), table(WorkItem)


class NothingMoreAsked(Conflict):
    """The request was answered, or the case has ended: what else is sent would be read by nobody."""

    code: ClassVar[str] = "nothing_more_asked"
    title: ClassVar[Text] = Text("无需再提交", "Nothing more is needed")

    def __init__(self) -> None:
        super().__init__(
            Text(
                "这项要求已经结束，无需再提交。如需补充，请联系工作人员。",
                "This request is closed: nothing more is needed. If you want to add something, talk to the staff.",
            )
        )


class TooMuch(Conflict):
    """A request takes so many files of so many bytes, whatever links they come by."""

    code: ClassVar[str] = "too_much"
    title: ClassVar[Text] = Text("文件过多", "Too many files")

    def __init__(self) -> None:
        megabytes = MOST_BYTES // (1024 * 1024)
        super().__init__(
            Text(
                f"最多上传 {MOST_FILES} 个文件，合计不超过 {megabytes} MB。请删去不需要的文件后再传。",
                f"At most {MOST_FILES} files of {megabytes} MB together: remove those that are not needed.",
            )
        )


def keep_texts(connection: Connection, *, token: str, texts: Mapping[str, str], now: datetime) -> Opened:
    """Keep what was typed so far, sealed, in place of what was kept before. Raises LinkIsDead, NothingMoreAsked, Invalid."""
    link = _open_link(connection, token, now)
    kept = _checked(link, texts)
    draft = _draft(connection, link, now)
    connection.execute(
        update(_SUBMISSIONS)
        .where(_SUBMISSIONS.c.id == draft)
        .values(sealed=current_sealer().seal(canonical(kept)) if kept else "")
    )
    return link


def room_for(connection: Connection, *, token: str, files: int, size: int, now: datetime) -> Opened:
    """The live link, where so many further files of so many bytes are still taken. Raises LinkIsDead, TooMuch."""
    link = _open_link(connection, token, now)
    count, lying = connection.execute(
        select(func.count(), func.coalesce(func.sum(_FILES.c.size), 0))
        .select_from(_FILES.join(_SUBMISSIONS, _SUBMISSIONS.c.id == _FILES.c.submission_id))
        .where(_SUBMISSIONS.c.request_id == link.request_id)
    ).one()
    if count + files > MOST_FILES or lying + size > MOST_BYTES:
        raise TooMuch
    return link


def note_file(connection: Connection, *, token: str, name: str, point: int, upload: Upload, now: datetime) -> None:
    """Note an upload that is whole and checked; noted again under the same `name`, nothing changes.

    `point` is the number of the request's point that it belongs to. Raises LinkIsDead, NothingMoreAsked, TooMuch.
    """
    link = room_for(connection, token=token, files=1, size=upload.size, now=now)
    draft = _draft(connection, link, now)
    known = select(_FILES.c.id).where(_FILES.c.submission_id == draft, _FILES.c.upload == name)
    if connection.scalar(known) is not None:
        return
    connection.execute(
        insert(_FILES).values(
            public_id=public_id(), street_id=link.street_id, submission_id=draft, upload=name,
            point=point if 0 <= point < len(link.points) else 0, filename=upload.filename, media_type=upload.media_type,
            size=upload.size, sha256=upload.sha256, received_at=now,
        )
    )  # fmt: skip


def size_of_upload(connection: Connection, link: Opened, name: str) -> int | None:
    """How many bytes an upload of the link has that arrived whole; None where none of that name did."""
    return connection.scalar(
        select(_FILES.c.size)
        .join_from(_FILES, _SUBMISSIONS, _SUBMISSIONS.c.id == _FILES.c.submission_id)
        .where(_SUBMISSIONS.c.link_id == link.link_id, _FILES.c.upload == name)
    )


def remove_file(connection: Connection, *, token: str, file: str, now: datetime) -> None:
    """Take a file (by its public id) out of the link's draft; one that is not there is gone already. Raises LinkIsDead."""
    link = _open_link(connection, token, now)
    drafts = select(_SUBMISSIONS.c.id).where(
        _SUBMISSIONS.c.link_id == link.link_id, _SUBMISSIONS.c.state == SubmissionState.DRAFT
    )
    connection.execute(delete(_FILES).where(_FILES.c.public_id == file, _FILES.c.submission_id.in_(drafts)))


def send(connection: Connection, *, token: str, texts: Mapping[str, str], now: datetime) -> str:
    """Hand what was typed and uploaded over to staff, who are told; returns the submission's public id.

    The case's stream notes it; its step, version and limits stay. Raises LinkIsDead, NothingMoreAsked, Invalid where
    there is nothing to send.
    """
    # The case before the link, in the order in which whoever revokes a link locks them.
    case_view(connection, opened(connection, token, now).case.public_id, lock=True)
    link = keep_texts(connection, token=token, texts=texts, now=now)
    draft = _draft(connection, link, now)
    files = connection.scalar(select(func.count()).select_from(_FILES).where(_FILES.c.submission_id == draft)) or 0
    if not files and not _checked(link, texts):
        raise _invalid(Text("请先填写内容或上传照片，再提交", "Write something or add a photo first"))
    row = connection.execute(
        update(_SUBMISSIONS)
        .where(_SUBMISSIONS.c.id == draft)
        .values(state=SubmissionState.SENT, sent_at=now)
        .returning(_SUBMISSIONS.c.public_id)
    ).one()
    nobody = Actor(NOBODY, "", link.street_id, ())
    told = {"request": link.request_public_id, "submission": row.public_id, "files": files}
    case = link.case
    append(
        connection,
        Entry("case", case.id, link.street_id, RECEIVED, nobody, told, subject=case.public_id),
        now=now,
    )
    _tell(connection, link, row.public_id, files, now)
    return str(row.public_id)


def _open_link(connection: Connection, token: str, now: datetime) -> Opened:
    """The live link of an open request, kept to this transaction: a link has one draft."""
    link = opened(connection, token, now, lock=True)
    if link.state is not AskedState.OPEN or not link.case.open:
        raise NothingMoreAsked
    return link


def _draft(connection: Connection, link: Opened, now: datetime) -> int:
    """The key of the link's draft, begun where there is none."""
    found = connection.scalar(
        select(_SUBMISSIONS.c.id).where(
            _SUBMISSIONS.c.request_id == link.request_id, _SUBMISSIONS.c.link_id == link.link_id,
            _SUBMISSIONS.c.state == SubmissionState.DRAFT,
        )
    )  # fmt: skip
    if found is None:
        found = connection.scalar(
            insert(_SUBMISSIONS)
            .values(
                public_id=public_id(), street_id=link.street_id, request_id=link.request_id, link_id=link.link_id,
                begun_at=now,
            )
            .returning(_SUBMISSIONS.c.id)
        )  # fmt: skip
    return int(found or 0)


def _checked(link: Opened, texts: Mapping[str, str]) -> dict[str, str]:
    names = {*(str(number) for number in range(len(link.points))), NOTE}
    kept = {name: text.strip() for name, text in texts.items() if name in names and text.strip()}
    if any(len(text) > LONGEST_TEXT for text in kept.values()):
        raise _invalid(Text(f"每处最多填写 {LONGEST_TEXT} 个字", f"At most {LONGEST_TEXT} characters in each place"))
    return kept


def _tell(connection: Connection, link: Opened, submission: str, files: int, now: datetime) -> None:
    """A notice to who asked, and to whom the case awaits."""
    case = link.case
    items = connection.execute(
        select(_ITEMS.c.role, _ITEMS.c.person_id).where(
            _ITEMS.c.case_id == case.id, _ITEMS.c.done_at.is_(None), _ITEMS.c.role.not_in(sorted(ONLY_OWN_CASES))
        )
    )
    readers = {("", link.asked_by)} | {("", row.person_id) if row.person_id else (row.role, NOBODY) for row in items}
    title = Text(
        f"{link.organization_name}（{case.number}）通过链接提交了材料",
        f"{link.organization_name} ({case.number}) sent something by its link",
    )
    body = Text(
        f"收到文字和文件（{files} 个）。请在案件的“向组织征集材料”中查看，决定收下或退回；收下前案件不发生变化。",
        f"Words and {files} files arrived. Look at them under the case's requests and accept or decline them; until then"
        " nothing in the case changes.",
    )
    for role, person_id in sorted(readers):
        notice = NewNotice(
            cause=f"submission:{submission}:{role or person_id}", kind="submission.sent", street_id=link.street_id,
            community_id=case.community_id, case_id=case.id, role=role, person_id=person_id, title=title, body=body,
        )  # fmt: skip
        write_notice(connection, notice, now=now)


def sent_submission(connection: Connection, request_id: int, submission: str) -> Row[Any]:
    """A submission of a request (by its key) that was sent, locked. Raises NotFound."""
    row = connection.execute(
        select(_SUBMISSIONS)
        .where(
            _SUBMISSIONS.c.request_id == request_id, _SUBMISSIONS.c.public_id == submission,
            _SUBMISSIONS.c.state != SubmissionState.DRAFT,
        )
        .with_for_update()
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(Text("没有这次提交，请刷新页面后重试", "There is no such submission: reload the page"))
    return row


def _invalid(words: Text) -> Invalid:
    return Invalid(words, fields={NOTE: [words]})
