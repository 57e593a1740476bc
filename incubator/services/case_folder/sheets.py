"""The sheets of a folder in filing order: each document, and each decision with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from incubator.clock import today
from incubator.engine import forms
from incubator.engine.deadline_words import in_words
from incubator.queries.event_titles import event_title
from incubator.queries.explanation import OPENED, Explanation
from incubator.queries.limits_then import decision_of
from incubator.queries.projects import ExpenseLine
from incubator.queries.rules_asked import as_text
from incubator.queries.said import Table
from incubator.services.case_documents import MADE
from incubator.services.case_folder.filing_order import (
    FIRST,
    MEMBERS_OWN,
    MINUTES,
    SEALED,
    VOUCHER,
    Dated,
    section_of_document,
    section_of_step,
)
from incubator.services.case_folder.lacking import kind_titles
from incubator.services.case_folder.material import Material
from incubator.services.case_folder.money_sheets import money_sheets
from incubator.services.case_folder.panel_sheets import panel_sheets
from incubator.services.case_folder.plan import Block, Facts, Grid, Heading, Scan, Section, Sheet, Words
from incubator.services.case_folder.record_sheets import limit_sheets, record_sheets
from incubator.services.case_folder.sheet_words import (
    AUTOMATION,
    NONE,
    counted,
    lines,
    moment,
    same,
    table_of,
)
from incubator.text import Text

_PAYMENT_TITLES = {
    "payment_request": Text("拨付申请表", "Request for payment"),
    MINUTES: Text("会议纪要", "Minutes of the meeting"),
}


def sheets_of(material: Material) -> tuple[Sheet, ...]:
    """Every sheet, in filing order: by section, and within one by the day it came about."""
    dated = [
        *_documents(material),
        *_decisions(material),
        *panel_sheets(material),
        *money_sheets(material),
        *_personal(material),
    ]
    # Sorting keeps the order of what came at the same moment.
    dated.sort(key=lambda each: (list(Section).index(each[1].section), each[0]))
    return (*(sheet for _, sheet in dated), *limit_sheets(material), *record_sheets(material))


def _documents(material: Material) -> Iterator[Dated]:
    titles, order = kind_titles(material), list(kind_titles(material))
    kinds: dict[str, list[Any]] = {}
    for row in material.file.documents:
        kinds.setdefault(row.kind, []).append(row)
    for row in material.file.documents:
        alike = kinds[row.kind]
        section = section_of_document(material, row.kind)
        title = titles.get(row.kind, Text(row.kind, row.kind))
        if len(alike) > 1:
            title = counted(title, alike.index(row) + 1, len(alike))
        # The application's documents stand as its list has them, vouchers after the payments; everything else as it came.
        place = 1 if row.kind == VOUCHER else 0
        if section is Section.APPLICATION and row.kind in order:
            place = order.index(row.kind) - len(order)
        yield (place, row.recorded_at), _scan(material, row, section, title)
    for row in material.payments:
        title = titles.get(row.kind) or _PAYMENT_TITLES.get(row.kind) or Text(row.kind, row.kind)
        yield (0, row.recorded_at), _scan(material, row, Section.MONEY, title, number=row.case_number)


def _scan(material: Material, row: Any, section: Section, title: Text, number: str = "") -> Sheet:
    by = row.made_by_name or ""
    if section is Section.APPLICATION:
        by = material.file.organization.organization_name
    elif (row.kind in MADE and row.kind != VOUCHER) or row.kind.startswith(SEALED):
        by = material.street
    expense = next((each for each in _expenses(material) if each.document_public_id == row.public_id), None)
    return Sheet(
        section=section,
        title=title,
        number=number or (expense.voucher_number if expense else _number_of(material, row.kind)),
        responsible=same(by) if by else AUTOMATION,
        dated=expense.spent_on if expense else today(row.recorded_at),
        remark=same(expense.purpose) if expense else NONE,
        content=Scan(row.public_id, row.filename, row.media_type, row.size, row.sha256),
    )


def _expenses(material: Material) -> Sequence[ExpenseLine]:
    return material.project.expenses if material.project is not None else ()


def _number_of(material: Material, kind: str) -> str:
    """The number that a paper bears, where the case's record says it."""
    said = {name: value for answers in material.file.case.data.values() for name, value in answers.items()}
    if kind == MINUTES:
        return str(said.get("minutes_number") or "")
    if kind == "signed_agreement":
        return str(said.get("agreement_number") or "")
    if kind.startswith(SEALED) or (kind in MADE and kind != VOUCHER):
        # A paper that has no number of its own bears the case's.
        certified = "certificate" in kind and material.numbers
        return material.numbers[-1] if certified else material.file.case.number
    return ""


def _decisions(material: Material) -> Iterator[Dated]:
    for told in material.decisions:
        change = told.event.body.get("change") or {}
        step = material.definition.by_key.get(str(change.get("step")))
        decision = decision_of(material.definition, change)
        if decision is not None and decision.panel in MEMBERS_OWN:
            continue  # what the members declared and gave stands together on the panel's sheet
        section = Section.APPLICATION if step is None else section_of_step(material, step)
        yield (
            (FIRST if told.event.type == OPENED else 0, told.event.recorded_at),
            Sheet(
                section=section,
                title=event_title(told.event.type, told.step, told.decision),
                number=told.number,
                responsible=same(told.event.actor) if told.event.actor else AUTOMATION,
                dated=told.event.effective_on,
                remark=NONE,
                content=tuple(_decided(told)),
            ),
        )


def _decided(told: Explanation) -> Iterator[Block]:
    event = told.event
    facts: list[tuple[Text, Text]] = [(Text("办理人", "Done by"), _who(told))]
    facts.append((Text("效力日期", "In effect on"), in_words(event.effective_on)))
    facts.append((Text("记录时间", "Recorded at"), moment(event.recorded_at)))
    if told.to:
        facts.append((Text("办理后进入", "The case goes to"), told.to))
    if told.outcome:
        facts.append((Text("案件结果", "Outcome"), told.outcome))
    if event.body["comment"]:
        facts.append((Text("办理意见", "Comment"), same(str(event.body["comment"]))))
    tables = [(title, value) for title, value in told.said if isinstance(value, Table)]
    facts += [(title, as_text(value)) for title, value in told.said if not isinstance(value, Table)]
    yield Facts(tuple(facts))
    for title, value in tables:
        yield Heading(title)
        yield table_of(value)
    if told.withheld:
        yield Words(
            Text("评审意见的内容按规定不向成册人显示。", "What was said is not shown to who made this folder."),
            quiet=True,
        )
    if told.rules:
        yield Heading(Text("逐条审查的条件", "Conditions asked"))
        yield Grid(
            (Text("条件", "Condition"), Text("结论", "Met"), Text("当时的事实", "Facts at that time"), Text("依据", "By")),
            tuple(
                (
                    rule.sentence, Text("符合", "yes") if rule.met else Text("不符合", "no"),
                    lines([Text("{name}：{value}", "{name}: {value}").fill(name=fact.title, value=fact.words) for fact in rule.facts]),
                    lines([value.cite for value in rule.values] or ([rule.cite] if rule.cite else [])),
                )
                for rule in told.rules
            ),
            (46, 14, 58, 52),
        )  # fmt: skip
    if told.checklist:
        yield Heading(Text("核对事项", "Checklist"))
        done, open_ = Text("已核对", "checked"), Text("未核对", "not checked")
        yield Facts(tuple((done if ticked else open_, words) for words, ticked in told.checklist))
    if told.documents:
        yield Heading(Text("当时的材料", "Documents at that time"))
        there, not_there, need_not = (
            Text("已有", "there"),
            Text("没有", "not there"),
            Text("没有（可不提交）", "not there, not required"),
        )
        yield Facts(tuple(
            (there if need.there else not_there if need.required else need_not, need.title) for need in told.documents
        ))  # fmt: skip
    versions = Text(
        "适用政策：{policy}；工作日历：{calendar}。校验值 {hash}", "Policy: {policy}; calendar: {calendar}. Hash {hash}"
    )
    yield Words(
        versions.fill(policy=told.policy.title, calendar=told.calendar.title, hash=told.policy.hash[:16]), quiet=True
    )


def _who(told: Explanation) -> Text:
    who = same(told.event.actor) if told.event.actor else AUTOMATION
    behalf = told.event.body["on_behalf_of"] or told.stood_in_for
    if not behalf:
        return who
    named = behalf if isinstance(behalf, Text) else same(str(behalf))
    return Text("{who}（代{behalf}办理）", "{who} (on behalf of {behalf})").fill(who=who, behalf=named)


def _personal(material: Material) -> Iterator[Dated]:
    """The personal values of the case: they stand in no other sheet, and are masked unless shown for a reason."""
    known = material.file.personal
    if not known:
        return
    titles = {}
    for step in material.definition.steps:
        asked = forms.merged(*(each.form for each in step.decisions), step.form)
        for name, declared in (asked or {}).get("properties", {}).items():
            titles[f"{step.key}.{name}"] = Text.from_pair(declared["x-title"])
    when = material.written[0].recorded_at
    rows = tuple(
        (titles.get(name, Text(name, name)), same(material.revealed.get(name, value))) for name, value in known.items()
    )
    yield (
        (0, when),
        Sheet(
            section=Section.APPLICATION,
            title=Text("个人信息", "Personal data"),
            number=material.file.case.number,
            responsible=same(material.street),
            dated=today(when),
            remark=Text("未遮盖", "in full") if material.revealed else Text("已遮盖", "masked"),
            content=(Facts(rows),),
        ),
    )
