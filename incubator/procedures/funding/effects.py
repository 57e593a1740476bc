"""What funding's decisions do beyond the case: an award and its taking back, and the project that an agreement starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from incubator.engine.effects import EffectContext, effect
from incubator.facts import registry
from incubator.facts.funding import work_key
from incubator.models.base import table
from incubator.models.funding import Call, Project, ProjectStatus
from incubator.procedures.funding.applied import application_of, code_of
from incubator.services import projects


@effect("funding.award")
def award(context: EffectContext) -> Mapping[str, Any]:
    """The award takes the call's money for a project."""
    said, case = application_of(context.case.data), context.case
    calls = table(Call)
    call = context.connection.execute(
        select(calls).where(calls.c.street_id == case.street_id, calls.c.number == case.period)
    ).one()
    (known,) = registry.load(context.connection, [case], {"funding.payee"}, registry.AsOf(context.now))
    field = code_of(context.policy.get("funding.fields"), str(said["field"])) or str(said["field"])
    title = str(said["title"]).strip()
    awarded = projects.award(
        context.connection,
        case=case,
        call=call,
        payee_id=known["funding.payee"]["id"],
        title=title,
        field=field,
        work_key=work_key(title, field),
        asked_fen=int(said["asked_fen"]),
        awarded_fen=int(context.data["awarded_fen"]),
        minutes_number=str(context.data["minutes_number"]),
        actor=context.actor,
        now=context.now,
        effective_on=context.effective_on,
    )
    return {"project": awarded.public_id, "number": awarded.number, "awarded_fen": int(context.data["awarded_fen"])}


@effect("funding.take_back")
def take_back(context: EffectContext) -> Mapping[str, Any]:
    """The award is taken back and its money is the call's again."""
    project = _project(context)
    projects.take_back_award(
        context.connection,
        project_id=project.id,
        reason=context.comment or str(context.data.get("reason") or ""),
        actor=context.actor,
        now=context.now,
        effective_on=context.effective_on,
    )
    return {"project": project.public_id, "taken_back_fen": project.awarded_fen}


@effect("funding.start")
def start(context: EffectContext) -> Mapping[str, Any]:
    """The signed agreement starts the project: its lines, its tranches, and the case in which it is carried out."""
    project, said = _project(context), context.data
    kinds = context.policy.get("funding.costs.kinds")
    lines = [
        {
            "line": place,
            "title": str(line["title"]).strip(),
            "kind": code_of(kinds, str(line["kind"])) or str(line["kind"]),
            "planned_fen": int(line["fen"]),
        }
        for place, line in enumerate(said["lines"], start=1)
    ]
    case_id = projects.start(
        context.connection,
        project_id=project.id,
        agreement_number=str(said["agreement_number"]),
        agreed_on=date.fromisoformat(said["agreed_on"]),
        starts_on=date.fromisoformat(said["starts_on"]),
        ends_on=date.fromisoformat(said["ends_on"]),
        lines=lines,
        policy=context.policy,
        actor=context.actor,
        now=context.now,
        effective_on=context.effective_on,
    )
    return {"project": project.public_id, "case": case_id}


def _project(context: EffectContext) -> Row[Any]:
    """The project that this case's award stands for."""
    rows = table(Project)
    return context.connection.execute(
        select(rows).where(
            rows.c.application_case_id == context.case.id, rows.c.status == ProjectStatus.AWARDED.value
        )
    ).one()  # fmt: skip
