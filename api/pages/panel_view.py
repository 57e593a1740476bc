"""The panels of a case on its page: who sits, what is waited for, and once it is over what each came to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from incubator.engine import forms
from incubator.engine import panel as paper
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.queries.case_file import CaseFile
from incubator.queries.panels import Member, Round
from incubator.queries.said import Table, scores
from incubator.text import Text

STATES = {
    "alternate": (Text("候补", "alternate"), "done"),
    "seated": (Text("待声明回避情况", "to declare"), "warn"),
    "declared": (Text("待评审", "to review"), "warn"),
    "conflicted": (Text("已回避", "stood aside"), "bad"),
    "given": (Text("已评审", "review given"), "good"),
}
_DROPPED = Text("不计入平均分", "left out of the mean")
_ON_PAPER = Text("按签名评分表代录", "entered from the signed sheet")
_NO_WORDS = (forms.SCORES, paper.SCAN, paper.DECLARED)
_FULL = 1000  # a bar's width where all points were given
_ALTERNATE = Text("候补递补", "joined as an alternate")


def panel_parts(file: CaseFile) -> list[dict[str, Any]]:
    """What `case.html` shows of each panel, the latest first."""
    return [_part(each, file.policy) for each in file.panels]


def own_scores(file: CaseFile, actor: Actor) -> dict[str, Any] | None:
    """What a member who has given is told while the panel sits; None for anybody else."""
    sitting = next((each for each in file.panels if not each.concluded), None)
    own = next((each for each in sitting.members if each.person_id == actor.person_id), None) if sitting else None
    if own is None or own.total is None:
        return None
    given = Text(f"您已提交评分，总分 {own.total} 分。", f"Your scores are in: {own.total} in all.")
    if own.scan:
        given = Text(
            f"经办人已按您签名的评分表录入评分，总分 {own.total} 分。请核对下方的评分，与评分表不符的请提出异议。",
            f"The officer entered your signed sheet: {own.total} in all. Check the scores below and object if they differ.",
        )
    blind = Text("评审结束前，评分只有您本人可见。", "Until the panel concludes nobody else sees them.")
    return {"symbol": "circle-check", "text": Text(given.zh + blind.zh, f"{given.en} {blind.en}")}


def _part(panel: Round, policy: Policy) -> dict[str, Any]:
    spread = None
    if panel.spread is not None:
        low, high = panel.spread
        spread = Text(
            f"最低 {low} 分，最高 {high} 分，相差 {high - low} 分；中位数 {panel.median} 分",
            f"lowest {low}, highest {high}, {high - low} apart; the median is {panel.median}",
        )
    return {
        "title": panel.step.title,
        "concluded": panel.concluded,
        "waits": [blocker.message for blocker in panel.waits],
        "members": [_member(each, panel) for each in panel.members],
        "compares": panel.spread is not None,
        "middle": _wide(panel.median, panel) if panel.median is not None else None,
        "spread": spread,
        "rule": _far_rule(panel) if panel.spread is not None and panel.far else None,
        "reviews": [_review(each, panel, policy) for each in panel.members if each.review is not None],
    }


def _far_rule(panel: Round) -> Text:
    points = panel.most * (panel.far or 0) / 100
    return Text(
        f"与中位数相差超过 {points:g} 分（满分的 {panel.far}%）的标为“相差较大”，请核对其评分和意见；是否影响结果由评审规则决定。",
        f"More than {points:g} points ({panel.far} % of all) from the median is called far: look at the scores and what was "
        "said of them. The result goes by the sheet all the same.",
    )


def _wide(total: Decimal, panel: Round) -> int:
    return round(total * _FULL / panel.most)


def _member(member: Member, panel: Round) -> dict[str, Any]:
    words, tone = STATES[member.state]
    notes = []
    if member.alternate and member.state != "alternate":
        notes.append(_ALTERNATE)
    if member.grounds:
        notes.append(Text(f"回避原因：{member.grounds}", f"Grounds: {member.grounds}"))
    off = None
    if member.total is not None and panel.median is not None:
        off = member.total - panel.median
    if member.dropped:
        notes.append(_DROPPED)
    shown = {"name": member.name, "state": words, "tone": tone, "total": member.total, "notes": notes}
    return {
        **shown,
        "far": member.outlier,
        "off": None if off is None else f"{off:+}" if off else "0",
        "wide": None if member.total is None else _wide(member.total, panel),
        "scan": {"href": f"/documents/{member.scan}", "text": _ON_PAPER} if member.scan else None,
    }


def _review(member: Member, panel: Round, policy: Policy) -> dict[str, Any]:
    assert panel.step.panel is not None
    assert member.review is not None
    _, declared = forms.scores(panel.step.panel.sheet.policy, panel.step.title)
    sheet = forms.offered(forms.form((forms.SCORES, declared)), policy, {}) or {}
    points: Table = scores(sheet["properties"][forms.SCORES], member.review[forms.SCORES])
    words = [str(value) for name, value in member.review.items() if value and name not in _NO_WORDS]
    return {"name": member.name, "points": points, "words": words}
