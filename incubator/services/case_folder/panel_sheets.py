"""The sheets of a case's panels: who sat, what each declared, and the points once nobody is blind any more."""

from __future__ import annotations

from collections.abc import Iterator

from incubator.clock import today
from incubator.engine import forms
from incubator.queries.limits_then import decision_of
from incubator.queries.panels import Member, Round
from incubator.queries.rules_asked import as_text
from incubator.queries.said import scores
from incubator.services.case_folder.filing_order import (
    MEMBERS_OWN,
    Dated,
)
from incubator.services.case_folder.material import Material
from incubator.services.case_folder.plan import Block, Grid, Heading, Section, Sheet, Words
from incubator.services.case_folder.sheet_words import (
    NONE,
    lines,
    moment,
    same,
    table_of,
)
from incubator.text import Text

_MEMBER_STATES = {
    "alternate": Text("候补，未参加", "alternate, did not join"),
    "seated": Text("未声明回避情况", "did not declare"),
    "declared": Text("未提交评审意见", "gave no review"),
    "conflicted": Text("已回避", "stood aside"),
    "given": Text("已评审", "review given"),
}


def panel_sheets(material: Material) -> Iterator[Dated]:
    """A sheet for each panel, the first one first."""
    rounds = list(reversed(material.file.panels))
    for place, each in enumerate(rounds, start=1):
        title = each.step.title
        if len(rounds) > 1:
            title = Text(f"{title.zh}（第 {place} 组）", f"{title.en} (panel {place})")
        # After what was decided in the step, for it sums that up.
        at = max((told.event.recorded_at for told in material.decisions if told.step == each.step.title), default=None)
        when = at or material.written[-1].recorded_at
        yield (
            (1, when),
            Sheet(
                section=Section.PANEL,
                title=Text("评审意见汇总：{step}", "Reviews: {step}").fill(step=title),
                number=material.file.case.number,
                responsible=Text("评审小组", "the panel"),
                dated=today(when),
                remark=NONE,
                content=tuple(_panel(each, material)),
            ),
        )


def _panel(panel: Round, material: Material) -> Iterator[Block]:
    def total(member: Member) -> Text:
        return same("" if member.total is None else str(member.total))

    yield Grid(
        (Text("专家", "Member"), Text("情况", "State"), Text("得分", "Points"), Text("说明", "Note")),
        tuple((same(each.name), _MEMBER_STATES[each.state], total(each), same(each.grounds)) for each in panel.members),
        (40, 36, 24, 70),
        frozenset((2,)),
    )
    if panel.spread is not None:
        low, high = panel.spread
        yield Words(Text(f"最低 {low} 分，最高 {high} 分。", f"Lowest {low}, highest {high}."))
    acts = list(_acts(panel, material))
    if acts:
        heads = (Text("时间", "When"), Text("专家", "Member"), Text("事项", "What"), Text("内容", "Said"))
        yield Grid(heads, tuple(acts), (34, 36, 36, 64))
    for member in panel.members:
        if member.review is None or panel.step.panel is None:
            continue
        yield Heading(same(member.name))
        _, declared = forms.scores(panel.step.panel.sheet.policy, panel.step.title)
        sheet = forms.offered(forms.form((forms.SCORES, declared)), material.file.policy, {}) or {}
        yield table_of(scores(sheet["properties"][forms.SCORES], member.review[forms.SCORES]))
        for name, value in member.review.items():
            if name != forms.SCORES and value:
                yield Words(same(str(value)))


def _acts(panel: Round, material: Material) -> Iterator[tuple[Text, ...]]:
    """What the members of that panel declared and when they gave their reviews."""
    members = {member.person_id for member in panel.members}
    for told in material.decisions:
        decision = decision_of(material.definition, told.event.body.get("change") or {})
        if decision is None or decision.panel not in MEMBERS_OWN or told.event.body["actor"] not in members:
            continue
        said = [
            Text("{name}：{value}", "{name}: {value}").fill(name=name, value=as_text(value))
            for name, value in told.said
        ]
        yield moment(told.event.recorded_at), same(told.event.actor), decision.title, lines(said)
