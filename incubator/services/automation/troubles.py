"""Tells the officers when automation could not do its part, so that no case stays where nobody looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine.roles import Role
from incubator.engine.tasks import Work
from incubator.models.base import WHOLE_STREET, table
from incubator.models.cases import Case
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.text import Text

CASES = table(Case)

# After about a minute of attempts it is no hiccup; people are told once and the attempts go on.
TELL_AFTER_ATTEMPTS = 5


def tell_of_refusal(connection: Connection, work: Work, reason: Text, now: datetime) -> None:
    """Put a refused piece of automation before an officer, unless the case has left the step that it was for."""
    case = _still_there(connection, work)
    if work.case_id and case is None:
        return
    title = Text("{number}：系统自动办理未能进行", "{number}: automation could not proceed").fill(number=_number(case))
    body = Text(
        "系统自动办理（{task}）未能进行：{reason}。请查看案件，按提示处理。",
        "Automation ({task}) could not proceed: {reason}. Look at the case and do what it asks for.",
    ).fill(task=work.task, reason=reason)
    write_notice(connection, _notice(work, case, "refused", title, body, Role.OFFICER), now=now)


def tell_of_failures(connection: Connection, work: Work, now: datetime) -> None:
    """Tell the administrator once of a row that keeps failing."""
    if work.attempt < TELL_AFTER_ATTEMPTS:
        return
    case = _still_there(connection, work)
    title = Text("{number}：系统自动办理多次失败", "{number}: automation keeps failing").fill(number=_number(case))
    body = Text(
        "系统自动办理（{task}，编号{id}）已失败{attempt}次，系统会继续重试。请查看运行日志并排除故障。",
        "Automation ({task}, number {id}) has failed {attempt} times and goes on trying. Look into the log and mend it.",
    ).fill(task=work.task, id=work.outbox_id, attempt=work.attempt)
    write_notice(connection, _notice(work, case, "failing", title, body, Role.ADMINISTRATOR), now=now)


def _notice(work: Work, case: Row[Any, Any, Any] | None, what: str, title: Text, body: Text, role: Role) -> NewNotice:
    return NewNotice(
        cause=f"outbox:{work.outbox_id}:{what}",
        kind=f"automation.{what}",
        street_id=work.street_id,
        community_id=WHOLE_STREET if case is None else case.community_id,
        case_id=work.case_id,
        role=role,
        title=title,
        body=body,
    )


def _still_there(connection: Connection, work: Work) -> Row[Any, Any, Any] | None:
    """The case, where it still stands at the visit that the row was written for; it may have ended there."""
    case = connection.execute(
        select(CASES.c.number, CASES.c.community_id, CASES.c.visit).where(CASES.c.id == work.case_id)
    ).one_or_none()
    if case is None or work.payload.get("visit", case.visit) != case.visit:
        return None
    return case


def _number(case: Row[Any, Any, Any] | None) -> Text:
    return Text("系统", "The service") if case is None else Text(case.number, case.number)
