"""The last sheets of a folder: each time limit counted day by day, the chained events, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incubator.clock import today
from incubator.engine.deadline_proof import Proof, Unit
from incubator.engine.deadline_words import days, explain
from incubator.queries.event_titles import event_title
from incubator.queries.limits_then import decision_of
from incubator.services.case_folder.material import Material, Written
from incubator.services.case_folder.plan import Block, Facts, Grid, Heading, Section, Sheet, Words
from incubator.services.case_folder.sheet_words import (
    AUTOMATION,
    NONE,
    day,
    moment,
    same,
)
from incubator.text import Text

_WEEKDAYS = (
    Text("一", "Mon"), Text("二", "Tue"), Text("三", "Wed"), Text("四", "Thu"), Text("五", "Fri"), Text("六", "Sat"),
    Text("日", "Sun"),
)  # fmt: skip
_LONGEST_BY_DAY = 400  # days; a term of years is proven in sentences alone
_LIMIT_STATES = {
    "met": Text("本期限内已办理。", "It was kept."),
    "missed": Text("办理时已超过本期限。", "It was missed."),
}
_SIGNED = (Text("立卷人", "Made by"), Text("检查人", "Checked by"), Text("立卷日期", "Date"))


def limit_sheets(material: Material) -> Iterator[Sheet]:
    """A sheet for each time limit that the case had."""
    file = material.file
    for row in sorted(file.deadlines, key=lambda each: each.id):
        if not row.proof:
            continue
        proof = Proof.from_json(row.proof)
        step = material.definition.by_key.get(row.step)
        title = step.title if step else Text(row.step, row.step)
        blocks: list[Block] = [Words(sentence) for sentence in explain(proof)]
        state = _LIMIT_STATES.get(row.state)
        if state is not None:
            blocks.append(Words(state))
        if file.policy.has(row.policy_path):
            blocks.append(
                Words(Text("依据：{cite}", "By: {cite}").fill(cite=file.policy.cite(row.policy_path)), quiet=True)
            )
        by_day = proof.term is None or proof.term.unit not in (Unit.MONTHS, Unit.YEARS)
        if by_day and proof.counted <= _LONGEST_BY_DAY:
            blocks += _day_by_day(proof, file.calendars[row.calendar_hash])
        yield Sheet(
            section=Section.PROOF,
            title=Text("期限计算：{step}", "Time limit: {step}").fill(step=title),
            number=file.case.number,
            responsible=AUTOMATION,
            dated=proof.start,
            remark=Text("暂定", "provisional") if proof.provisional else NONE,
            content=tuple(blocks),
        )


def _day_by_day(proof: Proof, calendar: Any) -> list[Block]:
    rows = []
    for each, number, note in days(proof, calendar):
        count = Text(f"第 {number} 天", f"day {number}") if number else Text("—", "—")
        rows.append((day(each), _WEEKDAYS[each.weekday()], count, note or NONE))
    heads = (Text("日期", "Day"), Text("星期", "Weekday"), Text("计数", "Counted"), Text("说明", "Note"))
    return [Heading(Text("逐日计算", "Day by day")), Grid(heads, tuple(rows), (30, 18, 28, 90))]


def record_sheets(material: Material) -> Iterator[Sheet]:
    """The events with their hashes, and the statement of integrity."""
    rows = tuple(
        (same(str(each.seq)), moment(each.recorded_at), _event(material, each), same(each.actor) if each.actor else AUTOMATION,
         same(each.hash))
        for each in material.written
    )  # fmt: skip
    heads = (
        Text("序号", "No."),
        Text("记录时间", "Recorded at"),
        Text("事项", "What"),
        Text("办理人", "By"),
        Text("校验值（SHA-256）", "SHA-256"),
    )
    yield _of_record(
        material, Text("办理经过及校验值", "Events and their hashes"), Grid(heads, rows, (10, 26, 44, 22, 74))
    )
    yield _of_record(material, Text("卷内备考表", "Statement of integrity"), *_statement(material))


def _of_record(material: Material, title: Text, *content: Block) -> Sheet:
    return Sheet(
        section=Section.RECORD,
        title=title,
        number=material.file.case.number,
        responsible=AUTOMATION,
        dated=today(material.written[-1].recorded_at),
        remark=NONE,
        content=content,
    )


def _statement(material: Material) -> list[Block]:
    last = material.written[-1]
    held = Text(
        "经核验，本案 {count} 条办理记录首尾相连，每条记录的校验值均包含上一条的校验值，未发现缺失或改动。",
        "Checked: the {count} events of this case form one chain, each hash covering the one before; none is missing or altered.",
    )
    broken = Text(
        "核验未通过：本案办理记录的校验值不能首尾相连，请系统管理员查明原因。",
        "The check failed: the events of this case do not form one chain. The administrator has to find out why.",
    )
    scans = [
        (same(row.filename), same(f"{row.size:,}"), same(row.sha256))
        for row in (*material.file.documents, *material.payments)
    ]
    blocks: list[Block] = [
        Words(held.fill(count=len(material.written)) if material.unbroken else broken),
        Facts((
            (Text("末条记录", "Last event"), Text("第 {seq} 条，{when}", "no. {seq}, {when}").fill(
                seq=last.seq, when=moment(last.recorded_at))),
            (Text("末条校验值", "Its hash"), same(last.hash)),
        )),
    ]  # fmt: skip
    if scans:
        heads = (Text("材料文件", "File"), Text("字节", "Bytes"), Text("校验值（SHA-256）", "SHA-256"))
        blocks += [
            Heading(Text("材料文件的校验值", "Hashes of the documents")),
            Grid(heads, tuple(scans), (60, 18, 90), frozenset((1,))),
        ]
    blocks += [
        Heading(Text("立卷签署", "Signed by")),
        Facts(tuple((title, Text("＿＿＿＿＿＿＿＿＿＿", "____________________")) for title in _SIGNED)),
    ]
    return blocks


def _event(material: Material, written: Written) -> Text:
    step = material.definition.by_key.get(str(written.change.get("step")))
    decision = decision_of(material.definition, written.change)
    title = event_title(written.type, step.title if step else None, decision.title if decision else None)
    filename = written.change.get("filename")
    return Text(f"{title.zh}：{filename}", f"{title.en}: {filename}") if filename else title
