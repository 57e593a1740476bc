"""The notices that a case sends by itself: correction asked for, decided, served, assigned, overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import Definition, Step
from incubator.engine.roles import Role
from incubator.engine.tasks import Settlement, Work, task
from incubator.models.base import NO_DATE, NOBODY, table
from incubator.models.cases import Case, Deadline, WorkItem
from incubator.models.desk import Absence
from incubator.models.organizations import Organization
from incubator.models.streets import Person
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.text import Text

CORRECTION, DECISION, SERVED, ASSIGNED = "notice.correction", "notice.decision", "notice.served", "notice.assigned"
DEADLINE_MOVED = "notice.deadline_moved"
SCORED_ON_PAPER, PAPER_STRUCK = "notice.scored_on_paper", "notice.paper_struck"
REMIND = "case.remind"
NAMES = frozenset({CORRECTION, DECISION, SERVED, ASSIGNED, DEADLINE_MOVED, SCORED_ON_PAPER, PAPER_STRUCK, REMIND})

REMINDER, SECOND_REMINDER, ESCALATION = "reminder", "second_reminder", "escalation"
# These ask for something that nobody need do any more once the case has moved on.
_OF_THE_MOMENT = frozenset({ASSIGNED, DEADLINE_MOVED, REMINDER, SECOND_REMINDER, ESCALATION})

_ABOUT = Text("{organization}（{number}，{procedure}）", "{organization} ({number}, {procedure})")
_UNTIL = Text("办理期限：{due}{certain}。", "It is due on {due}{certain}.")
_PROVISIONAL = Text("（暂定，放假安排公布后可能变动）", " (provisional: it may move when the days off are announced)")

_IN_STEAD = Text("（代{name}）{title}", "(for {name}) {title}")
_TITLES: dict[str, Text] = {
    CORRECTION: Text("{about}需要补正", "{about} needs correction"),
    DECISION: Text("{about}已作出决定：{decision}", "{about} has been decided: {decision}"),
    SERVED: Text("{about}的决定已送达", "The decision on {about} has been served"),
    ASSIGNED: Text("{about}待您办理：{now_at}", "{about} awaits you: {now_at}"),
    DEADLINE_MOVED: Text("{about}的办理期限有变动", "{about}: the date has moved"),
    SCORED_ON_PAPER: Text("{about}：您的纸质评分已录入", "{about}: your scores on paper were entered"),
    PAPER_STRUCK: Text("{about}：代您录入的评分已撤销", "{about}: the scores entered for you were struck out"),
    REMINDER: Text("提醒：请及时办理{about}", "Reminder: {about} waits to be dealt with"),
    SECOND_REMINDER: Text("再次提醒：{about}尚未办理", "Second reminder: {about} is still open"),
    ESCALATION: Text("督促：{about}逾期未办", "Escalation: {about} is overdue"),
}
_BODIES: dict[str, Text] = {
    CORRECTION: Text(
        "请告知该组织按补正要求修改材料后交回，并在案件中登记收到日期。",
        "Tell the organization what to correct, and record in the case when it comes back.",
    ),
    DECISION: Text(
        "“{step}”环节已作出决定：{decision}。案件现处于“{now_at}”环节。",
        "The step {step} was decided: {decision}. The case is now at {now_at}.",
    ),
    SERVED: Text(
        "决定自送达之日起生效，异议和复核期限自送达次日起算。请告知该组织并留存送达凭证。",
        "It takes effect on service, and the periods for objection and internal review run from the day after. Tell the"
        " organization and keep the proof of service.",
    ),
    ASSIGNED: Text("请在工作台打开案件办理。", "Open the case in the workbench."),
    DEADLINE_MOVED: Text(
        "工作日历有变动，“{step}”环节的期限随之重算，原为{before}。依据：{why}。",
        "The working calendar has changed, and the limit of the step {step} was counted anew; it was {before}. Why: {why}.",
    ),
    SCORED_ON_PAPER: Text(
        "经办人已按您签名的评分表录入评分。请打开案件核对，与评分表不符的，在评审结束前提出异议。",
        "The officer entered them from the sheet that you signed. Check them in the case, and object before the panel"
        " concludes if they are not yours.",
    ),
    PAPER_STRUCK: Text(
        "该评分不计入结果，请重新评分，或由经办人按您签名的评分表重新录入。",
        "They do not count. Score in the case yourself, or let the officer enter your signed sheet again.",
    ),
    REMINDER: Text("“{step}”环节尚未办结，请及时办理。", "The step {step} is not done yet; please see to it."),
    SECOND_REMINDER: Text(
        "“{step}”环节经提醒仍未办结，请尽快办理，并说明原因。",
        "The step {step} is still not done after a reminder; see to it and say why it is late.",
    ),
    ESCALATION: Text(
        "“{step}”环节经两次提醒仍未办结，已报中心主任督办。",
        "The step {step} is not done after two reminders; the matter is now before the centre director.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Matter:
    """The case that a notice speaks of."""

    case: Any
    organization: str
    definition: Definition
    step: Step  # where the cause arose
    now_at: Step
    decision: Text

    def words(self) -> dict[str, Any]:
        about = _ABOUT.fill(organization=self.organization, number=self.case.number, procedure=self.definition.title)
        return {
            "about": about,
            "step": self.step.title,
            "now_at": self.now_at.title,
            "decision": self.decision,
        }


@task(CORRECTION)
def tell_of_correction(work: Work) -> Settlement:
    """Tell the community worker, who brings the organization's papers, that a correction is asked for."""
    return _notice(work, CORRECTION, to=Role.COMMUNITY_WORKER, with_due=True)


@task(DECISION)
def tell_of_decision(work: Work) -> Settlement:
    """Tell the community worker what was decided."""
    return _notice(work, DECISION, to=Role.COMMUNITY_WORKER)


@task(SERVED)
def tell_of_service(work: Work) -> Settlement:
    """Tell the community worker that the decision was served, for the periods that run from it."""
    return _notice(work, SERVED, to=Role.COMMUNITY_WORKER)


@task(ASSIGNED)
def tell_of_assignment(work: Work) -> Settlement:
    """Tell whoever the case now awaits: the person named in the payload, else the open work item's person or role."""
    return _notice(work, ASSIGNED, to=None, with_due=True)


@task(DEADLINE_MOVED)
def tell_of_moved_date(work: Work) -> Settlement:
    """Tell whoever the case awaits that its date is another now, and why."""
    return _notice(work, DEADLINE_MOVED, to=None, with_due=True)


@task(SCORED_ON_PAPER)
def tell_of_scores_on_paper(work: Work) -> Settlement:
    """Tell a panel's member, named in the payload, that the own scores were entered from paper."""
    return _notice(work, SCORED_ON_PAPER, to=None)


@task(PAPER_STRUCK)
def tell_of_struck_paper(work: Work) -> Settlement:
    """Tell a panel's member, named in the payload, that what was entered from paper counts no more."""
    return _notice(work, PAPER_STRUCK, to=None)


@task(REMIND)
def tell_of_overdue(work: Work) -> Settlement:
    """Remind whoever the case awaits; at escalation tell the centre director."""
    level = str(work.payload["level"])
    return _notice(work, level, to=Role.DIRECTOR if level == ESCALATION else None, with_due=True)


def _notice(work: Work, kind: str, *, to: Role | None, with_due: bool = False) -> Settlement:
    """The settlement that composes the notice from the case as it stands then, and writes it once."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        matter = _matter(connection, work)
        if kind in _OF_THE_MOMENT and _moved_on(work, matter):
            return {"written": False, "moved_on_to": matter.case.step}
        role, person_id = (to.value, NOBODY) if to else _awaited(connection, work, matter)
        body = _BODIES[kind].fill(**matter.words(), **_said(work))
        due_on = _due_on(work, matter)
        if with_due and due_on != NO_DATE:
            certain = _PROVISIONAL if _is_provisional(connection, work, due_on) else Text("", "")
            until = _UNTIL.fill(due=in_words(due_on), certain=certain)
            body = Text(body.zh + until.zh, f"{body.en} {until.en}")
        notice = NewNotice(
            cause=f"outbox:{work.outbox_id}",
            kind=f"{work.task}.{kind}" if work.task == REMIND else kind,
            street_id=work.street_id,
            community_id=matter.case.community_id,
            case_id=work.case_id,
            role=role,
            person_id=person_id,
            title=_TITLES[kind].fill(**matter.words()),
            body=body,
        )
        written = write_notice(connection, notice, now=work.now)
        if written and person_id:
            _tell_deputy(connection, notice, work.now)
        return {"written": written, "role": role}

    return settle


def _tell_deputy(connection: Connection, notice: NewNotice, now: datetime) -> None:
    """Write what somebody who is away is told to whoever looks after the work too."""
    absences, people = table(Absence), table(Person)
    day = today(now)
    running = connection.execute(
        select(absences.c.deputy_id, people.c.name)
        .join(people, people.c.id == absences.c.person_id)
        .where(absences.c.person_id == notice.person_id, absences.c.since <= day, absences.c.until >= day)
    ).one_or_none()
    if running is not None:
        title = _IN_STEAD.fill(name=running.name, title=notice.title)
        copy = replace(notice, cause=f"{notice.cause}:deputy", person_id=running.deputy_id, title=title)
        write_notice(connection, copy, now=now)


def _moved_on(work: Work, matter: _Matter) -> bool:
    """Whether the case has left the place that the row was written for."""
    if "visit" in work.payload:
        return int(work.payload["visit"]) != int(matter.case.visit)
    return matter.step.key != str(matter.case.step)


def _matter(connection: Connection, work: Work) -> _Matter:
    cases, organizations = table(Case), table(Organization)
    case = connection.execute(
        select(
            cases.c.number,
            cases.c.community_id,
            cases.c.step,
            cases.c.visit,
            cases.c.due_on,
            cases.c.definition_hash,
            organizations.c.name,
        )
        .join(organizations, organizations.c.id == cases.c.organization_id)
        .where(cases.c.id == work.case_id)
    ).one()
    definition = library.definition(connection, case.definition_hash)
    step = definition.step(str(work.payload.get("step") or case.step))
    decided = step.by_name.get(str(work.payload.get("decision", "")))
    title = decided.title if decided else Text("", "")
    return _Matter(case, case.name, definition, step, definition.step(case.step), title)


def _awaited(connection: Connection, work: Work, matter: _Matter) -> tuple[str, int]:
    """Whom the case awaits: role and person, of which one is empty."""
    named = int(work.payload.get("person_id", NOBODY))
    if named:
        return "", named
    items = table(WorkItem)
    item = connection.execute(
        select(items.c.role, items.c.person_id)
        .where(items.c.case_id == work.case_id, items.c.done_at.is_(None), items.c.kind != ESCALATION)
        .order_by(items.c.id)
        .limit(1)
    ).one_or_none()
    if item is None:
        return (matter.step.by[0] if matter.step.by else Role.OFFICER).value, NOBODY
    return ("", item.person_id) if item.person_id else (item.role, NOBODY)


def _is_provisional(connection: Connection, work: Work, due_on: date) -> bool:
    """Whether the limit that ends on that day may still move."""
    limits = table(Deadline)
    found = select(limits.c.id).where(
        limits.c.case_id == work.case_id,
        limits.c.state == "running",
        limits.c.due_on == due_on,
        limits.c.provisional.is_(True),
    )
    return connection.scalar(found.limit(1)) is not None


def _said(work: Work) -> dict[str, Text]:
    """What the row itself says of its cause."""
    if "why" not in work.payload:
        return {}
    before = date.fromisoformat(work.payload["from"])
    none = Text("无期限", "none")
    return {
        "why": Text.from_pair(work.payload["why"]),
        "before": none if before == NO_DATE else in_words(before),
    }


def _due_on(work: Work, matter: _Matter) -> date:
    stated = work.payload.get("due_on")
    return date.fromisoformat(stated) if stated else matter.case.due_on
