"""Stories of funding: calls drafted and published, applications at every step from the form to the signed agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from incubator.samples.agenda import Deed, Moves
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.samples.stories.panels import declare, give, reviewed, seat, stand_aside
from incubator.samples.stories.telling import CHECKED, Period, begin, by
from incubator.services.calls import CallValues, close_call, draft_call, publish_call

FUNDING, SHEET = "funding", "funding.review.sheet"
LAST, THIS = "last", "this"  # the two calls, as the stories know them
GOOD, FAIR = (92, 88, 85, 60, 97), (81, 78, 84, 76, 80)  # percent of the points, expert by expert


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is applied for: the title, who gets the money, the budget's lines (title, kind, fen), and its time in days."""

    call: str
    title: str
    field: str
    beneficiaries: str
    lines: tuple[tuple[str, str, int], ...]
    partner: str
    days: int = 200
    cut_fen: int = 0  # what the meeting takes off the last line
    turn: int = 0  # which experts are drawn

    @property
    def asked_fen(self) -> int:
        """The sum of the lines."""
        return sum(fen for _, _, fen in self.lines)

    @property
    def awarded_fen(self) -> int:
        """What the meeting awards."""
        return self.asked_fen - self.cut_fen

    @property
    def period(self) -> Period:
        """The period of the application's case: the number of its call."""
        return lambda stage, group: stage.calls[self.call]


def call_drafted(key: str, title: str, budget_fen: int, fund: str, days: int, document: str, **terms: Any) -> Deed:
    """An officer drafts a call that opens at once for so many days; `{year}` in title and document is that of the day."""

    def deed(stage: Stage) -> None:
        values = CallValues(
            title=title.format(year=stage.day.year), fund_source=fund, budget_fen=budget_fen, opens_on=stage.day,
            closes_on=stage.day + timedelta(days=days), document_number=document.format(year=stage.day.year),
            terms=terms,
        )  # fmt: skip
        drafted = stage.write(
            "officer", lambda connection, actor, now: draft_call(connection, values, actor=actor, now=now)
        )
        stage.calls[key] = drafted.number
        stage.calls[f"{key}:id"] = drafted.public_id

    return deed


def call_published(key: str) -> Deed:
    """A director publishes what the officer drafted."""

    def deed(stage: Stage) -> None:
        call = stage.calls[f"{key}:id"]
        stage.write("director", lambda connection, actor, now: publish_call(connection, call, actor=actor, now=now))

    return deed


def call_closed(key: str) -> Deed:
    """The call is closed, and what no project has goes back to its fund."""

    def deed(stage: Stage) -> None:
        call = stage.calls[f"{key}:id"]
        stage.write("director", lambda connection, actor, now: close_call(connection, call, actor=actor, now=now))

    return deed


def begun(grant: Grant) -> Moves:
    """The application is being filled in."""
    return ((0, begin(FUNDING, period=grant.period)),)


def submitted(grant: Grant, **changes: Any) -> Moves:
    """The application is handed in; the screening follows at once."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        starts = stage.day + timedelta(days=45)
        return {
            "title": grant.title,
            "field": grant.field,
            "summary": f"由{group.name}组织骨干和志愿者实施，按月开展服务，接受社区监督。",
            "beneficiaries": grant.beneficiaries,
            "starts_on": starts.isoformat(),
            "ends_on": (starts + timedelta(days=grant.days)).isoformat(),
            "lines": _lines(grant, 0),
            "asked_fen": grant.asked_fen,
            **({"co_applicant": stage.known[grant.partner].public_id} if grant.partner else {}),
            "funded_elsewhere": False,
            **changes,
        }

    papers = ("funding_application", "budget", "joint_agreement")
    return (*begun(grant), (2, by("worker", FUNDING, "submit", said, papers=papers, period=grant.period)))


def accepted(grant: Grant) -> Moves:
    """It lies with the panel that is not seated yet."""
    return (*submitted(grant), (3, by("officer", FUNDING, "accept", CHECKED)))


def returned(grant: Grant) -> Moves:
    """It is sent back to be corrected."""
    points = {"points": "预算表未列明单价和数量\n联合申报协议缺少收款账户"}
    return (*submitted(grant), (3, by("officer", FUNDING, "return_for_correction", points)))


def half_scored(grant: Grant) -> Moves:
    """Two have scored, one stands aside, an alternate has joined, the others are still reading."""
    turn = grant.turn
    aside = {"grounds": "本人担任该队伍顾问"}
    return (
        *accepted(grant),
        (2, seat(FUNDING, turn)),
        (1, give(FUNDING, SHEET, 1, 86, turn)),
        (0, give(FUNDING, SHEET, 2, 79, turn)),
        (1, stand_aside(FUNDING, 0, turn, **aside)),
        (0, by("officer", FUNDING, "promote")),
        (0, declare(FUNDING, 3, turn)),
    )


def scored(grant: Grant, percents: tuple[int, ...] = GOOD) -> Moves:
    """It awaits the award."""
    points = tuple(percent - 2 * grant.turn for percent in percents)  # no two applications are equally good
    return (*accepted(grant), *reviewed(FUNDING, SHEET, points, grant.turn))


def awarded(grant: Grant, percents: tuple[int, ...] = GOOD) -> Moves:
    """The meeting has decided; the list is put up for notice, and the clock takes it down."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {
            "awarded_fen": grant.awarded_fen, "met_on": stage.day.isoformat(),
            "minutes_number": f"示例街办纪要〔{stage.day.year}〕{stage.day.month}号", "list_approved": True,
        }  # fmt: skip

    return (
        *scored(grant, percents),
        (3, by("director", FUNDING, "approve", said, papers=("minutes",), handed_by="officer")),
    )


def refused(grant: Grant) -> Moves:
    """The meeting decides against it, and the refusal is served."""
    why = {"reason": "评审得分排名靠后，本批次资金不足以支持", "basis": "本批次申报公告"}
    return (
        *scored(grant, FAIR),
        (3, by("director", FUNDING, "refuse", why)),
        (2, by("officer", FUNDING, "serve", lambda stage, group: {"means": "in_person", "recipient": group.leader},
               papers=("sealed_refusal",))),
    )  # fmt: skip


def objected(grant: Grant) -> Moves:
    """Somebody objects within the notice."""
    grounds = {"objector": "示例居民", "grounds": "同类项目上年已在本小区实施，请核实是否重复"}
    return (*awarded(grant), (3, by("worker", FUNDING, "object", grounds)))


def agreed(grant: Grant, percents: tuple[int, ...] = GOOD) -> Moves:
    """The agreement is signed once the notice is over, and the project begins."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {
            "agreement_number": f"XY{stage.case(group, FUNDING).number.removeprefix('ZZ')}",
            "agreed_on": stage.day.isoformat(),
            "starts_on": stage.day.isoformat(),
            "ends_on": (stage.day + timedelta(days=grant.days)).isoformat(),
            "lines": _lines(grant, grant.cut_fen),
        }

    return (*awarded(grant, percents), (10, by("officer", FUNDING, "sign", said, papers=("signed_agreement",))))


def _lines(grant: Grant, cut_fen: int) -> list[dict[str, Any]]:
    *others, (title, kind, fen) = grant.lines
    return [
        {"title": title, "kind": kind, "fen": fen} for title, kind, fen in (*others, (title, kind, fen - cut_fen))
    ]  # fmt: skip
