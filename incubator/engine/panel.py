"""Panels: who sits, who is conflicted, when a panel is complete, and how its scores become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from incubator.engine import forms
from incubator.engine.case import Seat
from incubator.engine.definition import Panel, PanelAct
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role, names_of
from incubator.engine.rules import Blocker
from incubator.text import Text

# What a form says of scores given on paper: whose they are, the scan of the signed sheet, and that it declares no conflict.
MEMBER, SCAN, DECLARED = "member", "scan", "declared"
SCORE_SHEET = "score_sheet"  # the kind of document that such a scan is
# Without these a panel cannot do its work; that scores may come on paper is the definition's to allow.
NEEDED_ACTS = (PanelAct.SEAT, PanelAct.DECLARE, PanelAct.GIVE, PanelAct.PROMOTE)
ACTIVE = frozenset({"seated", "declared", "given"})
_OFFICER = names_of((Role.OFFICER,))
_EXPERT = names_of((Role.EXPERT,))


@dataclass(frozen=True, slots=True)
class PanelResult:
    """What a complete panel says: the reviews counted, those dropped, and their mean to two decimals."""

    given: int
    dropped: tuple[str, ...]
    score: str

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; scores as text, so that no digit is lost."""
        return {"given": self.given, "dropped": list(self.dropped), "score": self.score}


def active(seats: Iterable[Seat]) -> list[Seat]:
    """The seats that count: neither conflicted nor waiting as alternates."""
    return [seat for seat in seats if seat.state in ACTIVE]


def waiting_alternates(seats: Iterable[Seat]) -> list[Seat]:
    """The alternates that may still be called."""
    return [seat for seat in seats if seat.state == "alternate"]


def incomplete(panel: Panel, seats: tuple[Seat, ...], policy: Policy) -> list[Blocker]:
    """Why the panel cannot conclude yet; empty when it can."""
    size, quorum = policy.whole(panel.size.policy), policy.whole(panel.quorum.policy)
    sitting = active(seats)
    given = [seat for seat in sitting if seat.state == "given"]
    cite = policy.cite(panel.quorum.policy)
    if not seats:
        message = Text("尚未组成评审小组", "No panel has been seated")
        return [
            _blocker("panel_not_seated", message, _OFFICER, Text("请先确定评审专家", "Name the reviewers first"), cite)
        ]
    blockers = []
    if len(sitting) < size and waiting_alternates(seats):
        message = Text(
            f"评审小组应为 {size} 人，现为 {len(sitting)} 人，尚有候补专家未递补",
            f"The panel has {len(sitting)} of {size} members and an alternate has not joined yet",
        )
        blockers.append(
            _blocker("panel_seat_vacant", message, _OFFICER, Text("请递补候补专家", "Let the alternate join"), cite)
        )
    waiting = len(sitting) - len(given)
    if waiting:
        message = Text(f"还有 {waiting} 位专家未提交评审意见", f"{waiting} of the members have not given their review")
        blockers.append(
            _blocker("panel_waits", message, _EXPERT, Text("请提醒专家评审", "Remind them to review"), cite)
        )
    if len(given) < quorum:
        message = Text(
            f"评审意见 {len(given)} 份，未达到规定的 {quorum} 份",
            f"{len(given)} reviews are in and {quorum} are required",
        )
        blockers.append(
            _blocker("panel_below_quorum", message, _OFFICER, Text("请补足评审专家", "Fill the panel"), cite)
        )
    return blockers


def result(panel: Panel, seats: Iterable[Seat], policy: Policy) -> PanelResult:
    """The mean of the members' totals, rounded half up to two decimals; without the highest and lowest where the sheet says so."""
    scores = sorted(total(seat.review) for seat in seats if seat.state == "given")
    dropped: list[Decimal] = []
    if policy.get(panel.sheet.policy)["drop_extremes"] and len(scores) > 2:
        dropped = [scores[0], scores[-1]]
        scores = scores[1:-1]
    mean = (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return PanelResult(len(scores) + len(dropped), tuple(str(score) for score in dropped), str(mean))


def total(review: Mapping[str, Any]) -> Decimal:
    """What one member gave in all: the points of every criterion of the sheet."""
    return sum((Decimal(str(points)) for points in review[forms.SCORES].values()), Decimal(0))


def seat_changes(
    act: str, actor_id: int, data: Mapping[str, Any], seats: tuple[Seat, ...], people: Mapping[str, int]
) -> list[Seat]:
    """The seats as they become by a panel act: the whole list when seated, else only the seat that changes."""
    match act:
        case "seat":
            members = [Seat(people[public_id], False, "seated") for public_id in data["members"]]
            return members + [Seat(people[public_id], True, "alternate") for public_id in data.get("alternates", [])]
        case "declare":
            own = _own(seats, actor_id)
            return [Seat(own.person_id, own.alternate, "conflicted" if data["conflict"] else "declared", own.review)]
        case "give":
            own = _own(seats, actor_id)
            return [Seat(own.person_id, own.alternate, "given", dict(data))]
        case "give_on_paper":
            own = _own(seats, people[data[MEMBER]])
            return [Seat(own.person_id, own.alternate, "given", {k: v for k, v in data.items() if k != MEMBER})]
        case "strike":
            own = _own(seats, people[data[MEMBER]] if MEMBER in data else actor_id)
            return [Seat(own.person_id, own.alternate, "seated")]
        case _:
            first = waiting_alternates(seats)[0]
            return [Seat(first.person_id, True, "seated", first.review)]


def _own(seats: tuple[Seat, ...], person_id: int) -> Seat:
    return next(seat for seat in seats if seat.person_id == person_id)


def _blocker(code: str, message: Text, who: Text, following: Text, cite: Text) -> Blocker:
    return Blocker(code, "panel", message, who, following, cite)


def act_blockers(
    panel: Panel,
    act: PanelAct,
    seats: tuple[Seat, ...],
    recused: frozenset[int],
    actor: Actor,
    data: Mapping[str, Any],
    facts: Mapping[str, Any],
    policy: Policy,
) -> list[Blocker]:
    """Why seats cannot change in this way; empty when they can."""
    cite = policy.cite(panel.size.policy)
    match act:
        case PanelAct.SEAT:
            return _seating_blockers(panel, seats, recused, data, facts, policy)
        case PanelAct.PROMOTE:
            size = policy.whole(panel.size.policy)
            if waiting_alternates(seats) and len(active(seats)) < size:
                return []
            message = Text("没有空缺的席位或候补专家", "No seat is vacant, or no alternate is left")
            return [_blocker("nobody_to_promote", message, _OFFICER, Text("无需递补", "There is nothing to do"), cite)]
        case PanelAct.GIVE_ON_PAPER:
            return _paper_blockers(seats, actor, data, facts, cite)
        case PanelAct.STRIKE:
            return _strike_blockers(seats, actor, data, facts, cite)
        case PanelAct.DECLARE:
            expected, message = "seated", Text("您已作过回避声明", "You have made your declaration already")
        case PanelAct.GIVE:
            expected, message = "declared", Text("请先声明是否需要回避；每位专家只评审一次", "Declare first whether you have a conflict of interest; each member reviews once")  # fmt: skip
    own = [seat for seat in seats if seat.person_id == actor.person_id]
    if own and own[0].state == expected:
        return []
    return [
        _blocker(f"seat_not_{expected}", message, _EXPERT, Text("请查看本人的评审记录", "See your own record"), cite)
    ]


def _paper_blockers(
    seats: tuple[Seat, ...], actor: Actor, data: Mapping[str, Any], facts: Mapping[str, Any], cite: Text
) -> list[Blocker]:
    """Why nobody's scores can be entered from paper, or not these."""
    waiting = {seat.person_id for seat in seats if seat.state in ("seated", "declared")}
    if not waiting:
        message = Text("没有待评分的专家", "No member's scores are awaited")
        return [_blocker("no_scores_awaited", message, _OFFICER, Text("无需录入", "There is nothing to enter"), cite)]
    if any(seat.person_id == actor.person_id for seat in seats):
        message = Text(
            "您是本案评审小组成员，不得代他人录入评分",
            "You are on this panel and may not enter another member's scores",
        )
        following = Text("请由评审小组以外的经办人录入", "Let an officer who is not on the panel enter them")
        return [_blocker("sits_on_the_panel", message, _OFFICER, following, cite)]
    if not data:
        return []
    if facts.get("staff.people", {}).get(data[MEMBER]) not in waiting:
        message = Text("该专家不在待评分之列", "No scores of this member are awaited")
        following = Text("请核对专家姓名", "Check whose sheet it is")
        return [_blocker("member_not_awaited", message, _OFFICER, following, cite)]
    if not data[DECLARED]:
        message = Text(
            "评分表上没有该专家无利害关系的签名声明", "The sheet bears no signed declaration that there is no conflict"
        )
        following = Text("请退回该专家补签声明；需要回避的，由其本人声明回避", "Have it signed; a member with a conflict stands aside")  # fmt: skip
        return [_blocker("not_declared_on_paper", message, _EXPERT, following, cite)]
    if any(seat.review.get(SCAN) == data[SCAN] for seat in seats):
        message = Text(
            "该扫描件已作为另一位专家的评分表", "This scan was entered already as the sheet of another member"
        )
        following = Text("请上传并选择该专家本人签名的评分表", "Upload and choose the sheet that this member signed")
        return [_blocker("scan_cited_already", message, _OFFICER, following, cite)]
    return []


def _strike_blockers(
    seats: tuple[Seat, ...], actor: Actor, data: Mapping[str, Any], facts: Mapping[str, Any], cite: Text
) -> list[Blocker]:
    """Why no scores entered from paper can be struck out by this person, or not those of this member."""
    on_paper = {seat.person_id for seat in seats if seat.state == "given" and SCAN in seat.review}
    nothing = Text("请核对评审记录", "See the record of the panel")
    if not on_paper:
        message = Text("没有代录的纸质评分", "No scores were entered from paper")
        return [_blocker("nothing_on_paper", message, _OFFICER, nothing, cite)]
    own = any(seat.person_id == actor.person_id for seat in seats)
    whose = facts.get("staff.people", {}).get(data[MEMBER]) if MEMBER in data else actor.person_id
    if (own or data) and whose not in on_paper:
        message = Text("该专家的评分不是代录的", "The scores of this member were not entered from paper")
        return [_blocker("not_on_paper", message, _OFFICER, nothing, cite)]
    return []


def _seating_blockers(
    panel: Panel,
    seats: tuple[Seat, ...],
    recused: frozenset[int],
    data: Mapping[str, Any],
    facts: Mapping[str, Any],
    policy: Policy,
) -> list[Blocker]:
    size, cite = policy.whole(panel.size.policy), policy.cite(panel.size.policy)
    following = Text("请核对评审专家名单", "Check the list of reviewers")
    if seats:
        message = Text("评审小组已经组成", "The panel is seated already")
        return [_blocker("panel_is_seated", message, _OFFICER, following, cite)]
    if not data:
        return []
    members, alternates = list(data.get("members", [])), list(data.get("alternates", []))
    if len(members) != size:
        message = Text(
            f"评审小组应为 {size} 人，选了 {len(members)} 人",
            f"The panel has {size} members; {len(members)} were named",
        )
        return [_blocker("panel_size", message, _OFFICER, following, cite)]
    if len({*members, *alternates}) != len(members) + len(alternates):
        message = Text("同一人不得重复入选", "Somebody is named twice")
        return [_blocker("named_twice", message, _OFFICER, following, cite)]
    experts = facts.get("staff.holders", {}).get(Role.EXPERT.value, ())
    known = facts.get("staff.people", {})
    strangers = [name for name in [*members, *alternates] if known.get(name) not in experts]
    if strangers:
        message = Text("名单中有人不在专家库中", "Somebody on the list is not in the pool of experts")
        return [_blocker("not_in_the_pool", message, _OFFICER, following, cite)]
    standing_aside = [name for name in [*members, *alternates] if known[name] in recused]
    if standing_aside:
        names = facts.get("staff.experts", {})
        listed = Text("、".join(names.get(each, each) for each in standing_aside), "")
        message = Text("{names}已在本案中声明回避", "Declared a conflict of interest in this case: {names}").fill(
            names=Text(listed.zh, listed.zh)
        )
        return [_blocker("declared_a_conflict", message, _OFFICER, following, cite)]
    return []
