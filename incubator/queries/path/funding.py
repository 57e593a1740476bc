"""The funding stage: the applications and projects of an organization side by side, and the calls that it may apply under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE, table
from incubator.models.funding import Call, CallStatus, Project, ProjectStatus, Tranche
from incubator.queries.organizations import CaseLine
from incubator.queries.path.openings import Opening
from incubator.queries.path.stages import (
    FUNDING,
    Line,
    LineKind,
    Situation,
    Stage,
    StageState,
    joined,
    reason,
    stage,
    unstanding,
)
from incubator.queries.visibility import visible_to
from incubator.text import Text

_APPLICATION, _PROJECT, _PAYMENT = "funding", "project", "payment"
_PROJECTS, _TRANCHES, _CALLS = table(Project), table(Tranche), table(Call)
_STATUS: dict[str, tuple[StageState, Text]] = {
    ProjectStatus.AWARDED: (StageState.RUNNING, Text("已立项，待签协议", "awarded, to be agreed")),
    ProjectStatus.RUNNING: (StageState.RUNNING, Text("实施中", "carried out")),
    ProjectStatus.SETTLED: (StageState.DONE, Text("已结项", "settled")),
    ProjectStatus.TERMINATED: (StageState.DONE, Text("已终止", "terminated")),
    ProjectStatus.LAPSED: (StageState.DONE, Text("立项已取消", "award lapsed")),
}


@dataclass(frozen=True, slots=True)
class FundingRecords:
    """The organization's projects with what was paid, newest first; and the last day of each call that is open."""

    projects: Sequence[Row[Any]]
    closes: dict[str, tuple[str, date]]  # number -> title, last day


def funding_records(connection: Connection, actor: Actor, organization: Row[Any], day: date) -> FundingRecords:
    """What the stage is told from; two statements."""
    paid = (
        select(func.coalesce(func.sum(_TRANCHES.c.paid_fen), 0))
        .where(_TRANCHES.c.project_id == _PROJECTS.c.id)
        .scalar_subquery()
    )
    projects = connection.execute(
        select(_PROJECTS, paid.label("paid_fen"))
        .where(_PROJECTS.c.organization_id == organization.id, visible_to(actor, _PROJECTS))
        .order_by(_PROJECTS.c.id.desc())
    ).all()
    calls = connection.execute(
        select(_CALLS.c.number, _CALLS.c.title, _CALLS.c.closes_on).where(
            _CALLS.c.street_id == organization.street_id,
            _CALLS.c.status == CallStatus.PUBLISHED.value,
            _CALLS.c.opens_on <= day,
            _CALLS.c.closes_on >= day,
        )
    )
    return FundingRecords(projects, {row.number: (row.title, row.closes_on) for row in calls})


def funding_stage(situation: Situation, records: FundingRecords) -> Stage:
    """Running while an application or a project does; next where it may apply under an open call; done after projects."""
    lines = _lines(situation, records)
    entries = situation.openings_of(_APPLICATION)
    ready = [each for each in entries if each.stands and not each.bars]
    may_apply = _may_apply(ready, records)
    running = [line for line in lines if line.state is StageState.RUNNING]
    case = next((each for each in situation.cases if lines and each.public_id == _case_of(running or lines)), None)
    if running:
        words = joined(Text(f"在办 {len(running)} 项", f"{len(running)} running"), may_apply)
        return stage(FUNDING, StageState.RUNNING, words, case, lines=lines)
    done = sum(line.kind is LineKind.PROJECT and line.state is StageState.DONE for line in lines)
    before = Text(f"已办结项目 {done} 个", f"{done} projects have ended") if done else None
    if may_apply is not None:
        return stage(FUNDING, StageState.NEXT, joined(before, may_apply), case, lines=lines)
    blockers = tuple(dict.fromkeys((*unstanding(entries), *(bar for each in entries for bar in each.bars))))
    if done and _only_waits_for_a_call(blockers):
        return stage(FUNDING, StageState.DONE, joined(before, reason(blockers)), case, lines=lines)
    return stage(FUNDING, StageState.BLOCKED, joined(before, reason(blockers)), case, blockers, lines)


def _may_apply(ready: Sequence[Opening], records: FundingRecords) -> Text | None:
    """The calls to apply under, each with its last day."""
    named = []
    for each in ready:
        title, closes_on = records.closes.get(each.period, (each.period, NO_DATE))
        last = in_words(closes_on)
        named.append(Text(f"“{title}”（{each.period}），{last.zh}截止", f"{title} ({each.period}), until {last.en}"))
    if not named:
        return None
    return Text(
        f"可申请{'、'.join(each.zh for each in named)}", f"It can apply under {', '.join(each.en for each in named)}"
    )


def _only_waits_for_a_call(blockers: Sequence[Any]) -> bool:
    codes = {blocker.code for blocker in blockers if blocker.kind != "who"}
    return codes <= {"call_is_open@1", "applies_once_to_the_call@1"}


def _case_of(lines: Sequence[Line]) -> str:
    return next((line.case_id for line in lines if line.case_id), "")


def _lines(situation: Situation, records: FundingRecords) -> tuple[Line, ...]:
    """Each project, and each application that is no project (yet), running ones first."""
    applications = {case.id: case for case in situation.cases_in(_APPLICATION)}
    lines = []
    for project in records.projects:
        application = applications.get(project.application_case_id or 0)
        if application is not None and (application.in_hand or project.status == ProjectStatus.LAPSED):
            continue  # told by its application, which decides what becomes of the award
        applications.pop(project.application_case_id or 0, None)
        lines.append(_project(situation, project))
    awards = {project.application_case_id: project for project in records.projects}
    lines += [_application(case, awards.get(key), records) for key, case in applications.items()]
    return tuple(sorted(lines, key=lambda line: line.state is not StageState.RUNNING))


def _project(situation: Situation, project: Row[Any]) -> Line:
    state, words = _STATUS[project.status]
    cases = [case for case in situation.cases if case.id == project.case_id]
    paying = [case for case in situation.cases_in(_PAYMENT) if case.period.partition("/")[0] == project.number]
    moving = [case for case in (*cases, *paying) if case.in_hand]
    case = cases[0] if cases else None
    if state is StageState.RUNNING and case is not None and case.in_hand:
        words = case.step_title
    return Line(
        LineKind.PROJECT, state, Text(project.title, project.title), words, case.public_id if case else "",
        case.number if case else "", project.awarded_fen, int(project.paid_fen), _next(moving, project),
    )  # fmt: skip


def _next(moving: Sequence[CaseLine], project: Row[Any]) -> date | None:
    """The next day by which something of a project is due; else the day it ends while it runs."""
    due = [case.due_on for case in moving if case.due_on != NO_DATE]
    if due:
        return min(due)
    runs_until = project.status == ProjectStatus.RUNNING and project.ends_on != NO_DATE
    return project.ends_on if runs_until else None


def _application(case: CaseLine, award: Row[Any] | None, records: FundingRecords) -> Line:
    title, _ = records.closes.get(case.period, ("", NO_DATE))
    named = Text(f"{case.period} 批次申请", f"Application under {case.period}")
    if title:
        named = Text(f"{title}（{case.period}）申请", f"Application under {title} ({case.period})")
    fen = award.awarded_fen if award is not None and award.status != ProjectStatus.LAPSED else 0
    if case.in_hand:
        due = None if case.due_on == NO_DATE else case.due_on
        return Line(
            LineKind.APPLICATION, StageState.RUNNING, named, case.step_title, case.public_id, case.number, fen,
            next_on=due,
        )  # fmt: skip
    return Line(LineKind.APPLICATION, StageState.DONE, named, case.outcome_title, case.public_id, case.number, fen)
