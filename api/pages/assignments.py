"""Whose a case's step is, as pages change it: claimed or released with a button, assigned to a colleague in a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.cases import file_of
from api.pages.holders import away_words, who_has, with_absence
from api.pages.rendering import go, own_address, page
from api.pages.submitted import answers, one
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.roles import ROLE_NAMES
from incubator.errors import Conflict, Invalid, NotAllowed
from incubator.queries.absences import away_on
from incubator.queries.holding import Holding, holding_of
from incubator.queries.people import holders_of
from incubator.queries.visibility import Permission, require
from incubator.services.assignments import LONGEST_REASON, assign, claim, nothing_to_claim, release
from incubator.text import Text

router = APIRouter()


@router.get("/cases/{case_id}/assignment")
def assignment_page(
    request: Request, visiting: Visiting, case_id: PublicId, back: Annotated[str, Query(max_length=2000)] = ""
) -> Response:
    """Who has the step, and the form that gives it to a colleague."""
    require_staff(visiting.actor)
    return _form_page(request, visiting, case_id, back, {})


@router.post("/cases/{case_id}/assignment")
def change(request: Request, sending: Sending, case_id: PublicId) -> Response:
    """Claim, release or assign, as the button says, and go back to where it was pressed."""
    visitor, form = sending.visitor, sending.form
    back = one(form, "back")
    typed = answers(_FORM, form)

    def work(connection: Connection) -> tuple[Holding, str]:
        asked: dict[str, Any] = {"case": case_id, "actor": visitor.actor, "now": visitor.now}
        match one(form, "act"):
            case "claim":
                return claim(connection, **asked), "claimed"
            case "release":
                return release(connection, **asked), "released"
            case _:
                seen, person = one(form, "seen"), str(typed.get("person_id") or "")
                if not person:
                    raise Invalid(_CHOOSE, fields={"person_id": [_CHOOSE]})
                reason = str(typed.get("reason") or "")
                return assign(connection, **asked, person=person, reason=reason, seen=seen), "assigned"

    where = own_address(back, f"/cases/{case_id}") if back else f"/cases/{case_id}"
    try:
        held, done = visitor.caller.write(work)
    except Invalid as refusal:
        return _form_page(request, visitor, case_id, back, typed, refusal.fields, refusal.status)
    except (Conflict, NotAllowed) as refusal:
        return go(request, where, refusal.detail, kind="warning")
    away = visitor.caller.read(lambda connection: away_on(connection, visitor.actor, visitor.today)).get(held.person_id)
    if done == "assigned" and away is not None:
        words = away_words(away.deputy.name, away.until)
        told = Text(
            f"已指派给{held.name}。{held.name}{words.zh}，已一并通知{away.deputy.name}。",
            f"Assigned to {held.name}, who is {words.en}. Both are told.",
        )
        return go(request, where, told, kind="warning")
    return go(request, where, _done(held, done))


_CHOOSE = Text("请选择由谁办理", "Choose who is to have it")
_REASON = forms.text(
    "reason", Text("原因", "Reason"), longest=LONGEST_REASON, lines=True, required=False,
    hint=Text("可不填；填写的内容记入办理经过", "May be left out; what you write stands in the case's history"),
)  # fmt: skip
_FORM = forms.form(forms.text("person_id", Text("由谁办理", "Who is to have it"), longest=64), _REASON)


def _form_page(
    request: Request, visitor: Visitor, case_id: str, back: str, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    file = file_of(visitor, case_id)
    case = file.case
    require(visitor.actor, Permission.ASSIGN_WORK, street_id=case.street_id, community_id=case.community_id)

    def look(connection: Connection) -> tuple[Holding, list[tuple[str, Text]]]:
        held = holding_of(connection, case.id, visitor.today)
        if held is None:
            raise nothing_to_claim(connection, case)
        colleagues = holders_of(
            connection, street_id=case.street_id, role=held.role, day=visitor.today, community_id=case.community_id
        )
        away = away_on(connection, visitor.actor, visitor.today)
        names = [
            (each.public_id, with_absence(each.name, away.get(each.id)))
            for each in colleagues
            if each.id != held.person_id
        ]
        return held, names

    held, colleagues = visitor.caller.read(look)
    schema = forms.form(forms.choice("person_id", Text("由谁办理", "Who is to have it"), colleagues), _REASON)
    return page(
        request, visitor.reader, "assignment.html", here="worklist", status=status, id=case_id, number=case.number,
        organization=file.organization.organization_name, procedure=file.definition.title, step=file.step.title,
        who=who_has(held), seen=held.public_id, back=own_address(back, "") if back else "", schema=schema,
        anybody=bool(colleagues), role=ROLE_NAMES[held.role], values=dict(values), errors=dict(errors or {}),
    )  # fmt: skip


def _done(held: Holding, done: str) -> Text:
    match done:
        case "claimed":
            return Text("已认领，由您办理。", "It is yours now.")
        case "released":
            role = ROLE_NAMES[held.role]
            return Text(f"已退回，本辖区的{role.zh}均可认领。", f"Released: any {role.en} of the area may claim it.")
        case _:
            return Text(f"已指派给{held.name}，并已通知。", f"Assigned to {held.name}, who is told of it.")
