"""Chasing: who is to be told or called for what, the message to copy, the call list to print, and what came of it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection, select
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import due
from api.pages.communities import communities_of
from api.pages.rendering import go, page
from api.pages.submitted import day as day_of
from api.pages.submitted import one
from api.pages.visitors import Sending, Visiting, Visitor
from incubator.errors import Invalid
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Organization
from incubator.queries.chase_matters import MOST, Chased, Matter
from incubator.queries.chase_words import message_of
from incubator.queries.chasing import PHONE, Chasing, Kind, Recipient, chasing
from incubator.queries.status import SOON
from incubator.queries.visibility import Permission, may, require, visible_to
from incubator.services.chasing import LONGEST_NOTE, MEANS, RESULTS, Means, Result, log_chase
from incubator.services.personal import Subject, reveal
from incubator.text import Text

router = APIRouter()

ADDRESS = "/chasing"
_ID = re.compile("[0-9a-f]{1,64}")
_KINDS = {
    Kind.LEADER: Text("社会组织负责人", "Leaders of organizations"),
    Kind.WORKER: Text("社区工作者", "Community workers"),
    Kind.COLLEAGUE: Text("同事", "Colleagues"),
}
_LATE = 1
_CALL_COLUMNS = (
    Text("序号", "No."), Text("组织", "Organization"), Text("负责人", "Leader"), Text("电话", "Telephone"),
    Text("事项", "Matter"), Text("逾期天数", "Days late"), Text("通话结果", "Result of the call"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address: the chosen cases, or a community of the whole area."""

    cases: tuple[str, ...] = ()
    community: str = ""

    def address(self, path: str = ADDRESS) -> str:
        """The address of a page that shows the same."""
        said = [("case", case) for case in self.cases]
        if self.community:
            said.append(("community", self.community))
        return f"{path}?{urlencode(said)}" if said else path


@dataclass(frozen=True, slots=True)
class Typed:
    """What came back from the form of one recipient and did not fit."""

    recipient: str
    values: Mapping[str, str]
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)


@router.get(ADDRESS)
def chasing_page(
    request: Request,
    visiting: Visiting,
    case: Annotated[list[str] | None, Query()] = None,
    community: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Whom to chase, one after the other, each with the message and with what came of it before."""
    return _page(request, visiting, Asked(_cases(case or ()), community))


@router.post(ADDRESS)
def choose(request: Request, sending: Sending) -> Response:
    """What was ticked on the worklist, as an address that can be loaded again."""
    cases = _cases([value for value in sending.form.getlist("case") if isinstance(value, str)])
    if not cases:
        words = Text("请先勾选要催办的事项", "Tick what you want to chase first")
        return go(request, "/worklist", words, kind="warning")
    return go(request, Asked(cases).address())


@router.post(f"{ADDRESS}/log")
def log(request: Request, sending: Sending) -> Response:
    """Write down what came of chasing somebody, or show the page again with what was typed."""
    visitor, form = sending.visitor, sending.form
    asked, recipient = _asked(form), one(form, "recipient")[:40]
    typed = {name: one(form, name)[:LONGEST_NOTE] for name in ("means", "note", "promised_by")}
    result, means = one(form, "result"), typed["means"] or Means.PHONE.value
    promised, wrong_day = day_of(form, "promised_by")
    errors: Mapping[str, Sequence[Text]] = {"promised_by": wrong_day} if wrong_day else {}
    if result not in tuple(Result) or means not in tuple(Means):
        errors = {"": [Text("请选择联系方式和结果", "Choose how they were reached and what came of it")]}
    if not errors:
        try:
            visitor.caller.write(
                lambda connection: log_chase(
                    connection, cases=_listed(form, "matter"), persons=_listed(form, "person"), means=Means(means),
                    result=Result(result), promised_by=promised, note=one(form, "note"), actor=visitor.actor,
                    now=visitor.now, key=one(form, "idempotency_key")[:200],
                )
            )  # fmt: skip
        except Invalid as refusal:
            errors = refusal.fields
        else:
            words = RESULTS[Result(result)]
            done = Text(f"已登记：{words.zh}", f"Logged: {words.en}")
            return go(request, f"{asked.address()}#to-{recipient}", done)
    return _page(request, visitor, asked, typed=Typed(recipient, typed, errors), status=422)


@router.post(f"{ADDRESS}/reveal")
def reveal_one(request: Request, sending: Sending) -> Response:
    """Show one leader's telephone number in full, this once, after recording who saw it and why."""
    visitor, form = sending.visitor, sending.form
    organization, reason = one(form, "organization"), one(form, "reason")[:200]
    shown = visitor.caller.write(lambda connection: _revealed(connection, visitor, [organization], reason))
    return _page(request, visitor, _asked(form), shown=shown)


@router.get(f"{ADDRESS}/calls")
def call_list(
    request: Request,
    visiting: Visiting,
    case: Annotated[list[str] | None, Query()] = None,
    community: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The list of calls to print; telephone numbers are masked on it."""
    return _calls(request, visiting, Asked(_cases(case or ()), community))


@router.post(f"{ADDRESS}/calls")
def call_list_with_numbers(request: Request, sending: Sending) -> Response:
    """The list with the numbers in full, each of which is recorded as seen, with the reason."""
    visitor, asked, reason = sending.visitor, _asked(sending.form), one(sending.form, "reason")[:200]

    def work(connection: Connection) -> dict[str, str]:
        found = chasing(
            connection, visitor.actor, day=visitor.today, cases=asked.cases, community=asked.community
        )  # fmt: skip
        known = [each.organization_id for each in found.recipients if each.phone]
        return _revealed(connection, visitor, known, reason)

    return _calls(request, visitor, asked, shown=visitor.caller.write(work))


def _revealed(connection: Connection, visitor: Visitor, organizations: Sequence[str], reason: str) -> dict[str, str]:
    """The leaders' numbers by the organization's public id, each reveal recorded."""
    rows = table(Organization)
    found = connection.execute(
        select(rows.c.id, rows.c.public_id)
        .where(rows.c.public_id.in_(organizations), visible_to(visitor.actor, rows))
        .order_by(rows.c.id)
    )
    return {
        row.public_id: reveal(
            connection, subject=Subject("organization", row.id), field=PHONE, reason=reason, actor=visitor.actor,
            now=visitor.now,
        )
        for row in found.all()
    }  # fmt: skip


def _found(visitor: Visitor, asked: Asked) -> Chasing:
    require(visitor.actor, Permission.RECORD_ACTIVITY)
    return visitor.caller.read(
        lambda connection: chasing(
            connection, visitor.actor, day=visitor.today, cases=asked.cases, community=asked.community
        )
    )


def _page(
    request: Request, visitor: Visitor, asked: Asked, *, typed: Typed | None = None,
    shown: Mapping[str, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    found = _found(visitor, asked)
    groups = [
        {
            "kind": kind.value,
            "title": title,
            "recipients": [_recipient(each, visitor, typed, shown or {}) for each in those],
        }
        for kind, title in _KINDS.items()
        if (those := [each for each in found.recipients if each.kind is kind])
    ]
    communities = communities_of(visitor)
    return page(
        request, visitor.reader, "chasing.html", here="worklist", status=status, groups=groups, cases=asked.cases,
        community=asked.community, communities=communities if len(communities) > 1 else (), soon=SOON,
        nobody=[_matter(each, visitor) for each in found.nobody] if asked.cases else (),
        calls=asked.address(f"{ADDRESS}/calls") if any(each.kind is Kind.LEADER for each in found.recipients) else None,
        means=list(MEANS.items()), results=RESULTS, longest_note=LONGEST_NOTE, first_day=visitor.today.isoformat(),
        may_reveal=may(visitor.actor, Permission.SEE_PERSONAL_VALUES), most=MOST,
    )  # fmt: skip


def _recipient(each: Recipient, visitor: Visitor, typed: Typed | None, shown: Mapping[str, str]) -> dict[str, Any]:
    late = sum(matter.due_on < visitor.today for matter in each.matters)
    is_back = typed is not None and typed.recipient == each.key
    message = message_of(each, sender=visitor.actor.name, street=visitor.reader.street, day=visitor.today)
    text = message.read(visitor.language)
    return {
        "key": each.key,
        "name": each.name or Text("负责人未登记", "no leader on record"),
        "role": each.role,
        "organization": each.matters[0].organization if each.organization_id else "",
        "organization_id": each.organization_id,
        "persons": [person.id for person in each.people],
        "phone": each.phone,
        "shown_phone": shown.get(each.organization_id, "") if each.organization_id else "",
        "late": Text(f"逾期 {late} 项", f"{late} late") if late else None,
        "matters": [_matter(matter, visitor) for matter in each.matters],
        "message": text,
        "rows": min(12, text.count("\n") + 1 + len(text) // (48 if visitor.language == "zh" else 90)),
        "typed": dict(typed.values) if typed and is_back else {"means": "phone"},
        "errors": dict(typed.errors) if typed and is_back else {},
        "once": secrets.token_urlsafe(16),
    }


def _matter(matter: Matter, visitor: Visitor) -> dict[str, Any]:
    words, tone = due.badge(matter.due_on, visitor.today)
    return {
        "case_id": matter.case_id,
        "organization": matter.organization,
        "community": matter.community,
        "procedure": matter.procedure,
        "step": matter.step,
        "number": matter.number,
        "due": words,
        "tone": tone,
        "wanted": matter.wanted,
        "to_mend": matter.to_mend,
        "last": _last(matter.last) if matter.last else None,
    }


def _last(chased: Chased) -> dict[str, Any]:
    return {
        "at": chased.at, "by": chased.by, "whom": chased.whom, "means": MEANS[Means(chased.means)],
        "result": RESULTS[Result(chased.result)], "promised_by": chased.promised_by, "note": chased.note,
    }  # fmt: skip


def _calls(
    request: Request, visitor: Visitor, asked: Asked, *, shown: Mapping[str, str] | None = None
) -> Response:  # fmt: skip
    found = _found(visitor, asked)
    leaders = [each for each in found.recipients if each.kind is Kind.LEADER]
    rows = [
        {
            "organization": each.matters[0].organization,
            "community": each.matters[0].community,
            "leader": each.name,
            "phone": (shown or {}).get(each.organization_id) or each.phone,
            "matters": [{"procedure": matter.procedure, "step": matter.step} for matter in each.matters],
            "late": [_days_late(matter, visitor) for matter in each.matters],
        }
        for each in leaders
    ]
    return page(
        request, visitor.reader, "chasing_calls.html", here="worklist", columns=_CALL_COLUMNS, rows=rows,
        back=asked.address(), cases=asked.cases, community=asked.community, made_by=visitor.actor.name,
        made_at=visitor.now, in_full=shown is not None, any_number=any(each.phone for each in leaders),
        may_reveal=may(visitor.actor, Permission.SEE_PERSONAL_VALUES),
    )  # fmt: skip


def _days_late(matter: Matter, visitor: Visitor) -> int | None:
    late = (visitor.today - matter.due_on).days
    return late if matter.due_on != NO_DATE and late >= _LATE else None


def _asked(form: FormData) -> Asked:
    return Asked(_cases(_listed(form, "case")), one(form, "community")[:64])


def _listed(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _cases(said: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in said if _ID.fullmatch(value)))
