"""The panels of a case on its page: who sits, what is waited for, and once it is over what each came to."""

from __future__ import annotations

from typing import Any

from incubator.engine import forms
from incubator.engine.policy import Policy
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
_OUTLIER = Text("与其他专家相差较大", "far from the others")
_ALTERNATE = Text("候补递补", "joined as an alternate")


def panel_parts(file: CaseFile) -> list[dict[str, Any]]:
    """What `case.html` shows of each panel, the latest first."""
    return [_part(each, file.policy) for each in file.panels]


def _part(panel: Round, policy: Policy) -> dict[str, Any]:
    spread = None
    if panel.spread is not None:
        low, high = panel.spread
        spread = Text(
            f"最低 {low} 分，最高 {high} 分，相差 {high - low} 分",
            f"lowest {low}, highest {high}, {high - low} apart",
        )
    return {
        "title": panel.step.title,
        "concluded": panel.concluded,
        "waits": [blocker.message for blocker in panel.waits],
        "members": [_member(each) for each in panel.members],
        "spread": spread,
        "reviews": [_review(each, panel, policy) for each in panel.members if each.review is not None],
    }


def _member(member: Member) -> dict[str, Any]:
    words, tone = STATES[member.state]
    notes = []
    if member.alternate and member.state != "alternate":
        notes.append(_ALTERNATE)
    if member.grounds:
        notes.append(Text(f"回避原因：{member.grounds}", f"Grounds: {member.grounds}"))
    if member.outlier:
        notes.append(_OUTLIER)
    return {"name": member.name, "state": words, "tone": tone, "total": member.total, "notes": notes}


def _review(member: Member, panel: Round, policy: Policy) -> dict[str, Any]:
    assert panel.step.panel is not None
    assert member.review is not None
    _, declared = forms.scores(panel.step.panel.sheet.policy, panel.step.title)
    sheet = forms.offered(forms.form((forms.SCORES, declared)), policy, {}) or {}
    points: Table = scores(sheet["properties"][forms.SCORES], member.review[forms.SCORES])
    words = [str(value) for name, value in member.review.items() if name != forms.SCORES and value]
    return {"name": member.name, "points": points, "words": words}
