"""The sheets of a folder in filing order: each document, each decision with what it rests on, panels, money, limits, record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from incubator.clock import SHANGHAI, today
from incubator.engine import forms
from incubator.engine.deadline_proof import Proof, Unit
from incubator.engine.deadline_words import days, explain, in_words
from incubator.engine.definition import PanelAct, Step, StepKind
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.engine.soundness import goes_back
from incubator.models.base import NO_DATE
from incubator.queries.event_titles import event_title
from incubator.queries.explanation import Explanation
from incubator.queries.limits_then import decision_of
from incubator.queries.panels import Member, Round
from incubator.queries.rules_asked import as_text
from incubator.queries.said import Table, scores
from incubator.services.case_documents import MADE
from incubator.services.case_folder.lacking import kind_titles
from incubator.services.case_folder.material import Material, Written
from incubator.services.case_folder.plan import Block, Facts, Grid, Heading, Scan, Section, Sheet, Words
from incubator.services.projects.tranches import PAYMENT
from incubator.text import Text
from incubator.wording import amount

_AUTOMATION = ROLE_NAMES[Role.AUTOMATION]
_NONE = Text("", "")
_SEALED, _MINUTES, _VOUCHER = "sealed_", "minutes", "voucher"
_NOTICE_STEPS, _AFTER_STEPS = frozenset({"objection"}), frozenset({"internal_review", "result_correction"})
_MONEY_STEPS = frozenset({"voucher", "bank"})
_AGREEMENT = "agreement"
_WEEKDAYS = (
    Text("一", "Mon"), Text("二", "Tue"), Text("三", "Wed"), Text("四", "Thu"), Text("五", "Fri"), Text("六", "Sat"),
    Text("日", "Sun"),
)  # fmt: skip
_LONGEST_BY_DAY = 400  # days; a term of years is proven in sentences alone
_MEMBER_STATES = {
    "alternate": Text("候补，未参加", "alternate, did not join"),
    "seated": Text("未声明回避情况", "did not declare"),
    "declared": Text("未提交评审意见", "gave no review"),
    "conflicted": Text("已回避", "stood aside"),
    "given": Text("已评审", "review given"),
}


def sheets_of(material: Material) -> tuple[Sheet, ...]:
    """Every sheet, in filing order: by section, and within one by the day it came about."""
    dated = [*_documents(material), *_decisions(material), *_panels(material), *_money(material), *_personal(material)]
    # Sorting keeps the order of what came at the same moment.
    dated.sort(key=lambda each: (list(Section).index(each[1].section), each[0]))
    return (*(sheet for _, sheet in dated), *_limits(material), *_record(material))


_Dated = tuple[tuple[int, datetime], Sheet]  # where it stands in its section, and since when it is on record


def _documents(material: Material) -> Iterator[_Dated]:
    titles, order = kind_titles(material), list(kind_titles(material))
    kinds: dict[str, list[Any]] = {}
    for row in material.file.documents:
        kinds.setdefault(row.kind, []).append(row)
    for row in material.file.documents:
        same = kinds[row.kind]
        section = _section_of_document(material, row.kind)
        title = titles.get(row.kind, Text(row.kind, row.kind))
        if len(same) > 1:
            title = _counted(title, same.index(row) + 1, len(same))
        # The application's documents stand as its list has them; everything else as it came.
        place = order.index(row.kind) if section is Section.APPLICATION and row.kind in order else 0
        yield (place - len(order) if place else 0, row.recorded_at), _scan(material, row, section, title)
    for row in material.payments:
        title = titles.get(row.kind) or _PAYMENT_TITLES.get(row.kind) or Text(row.kind, row.kind)
        yield (0, row.recorded_at), _scan(material, row, Section.MONEY, title, number=row.case_number)


_PAYMENT_TITLES = {
    "payment_request": Text("拨付申请表", "Request for payment"),
    _MINUTES: Text("会议纪要", "Minutes of the meeting"),
}


def _scan(material: Material, row: Any, section: Section, title: Text, number: str = "") -> Sheet:
    by = row.made_by_name or ""
    if section is Section.APPLICATION:
        by = material.file.organization.organization_name
    elif (row.kind in MADE and row.kind != _VOUCHER) or row.kind.startswith(_SEALED):
        by = material.street
    return Sheet(
        section=section,
        title=title,
        number=number or _number_of(material, row.kind),
        responsible=_same(by) if by else _AUTOMATION,
        dated=today(row.recorded_at),
        remark=_NONE,
        content=Scan(row.public_id, row.filename, row.media_type, row.size, row.sha256),
    )


def _number_of(material: Material, kind: str) -> str:
    """The number that a paper bears, where the case's record says it."""
    said = {name: value for answers in material.file.case.data.values() for name, value in answers.items()}
    if kind == _MINUTES:
        return str(said.get("minutes_number") or "")
    if kind == "signed_agreement":
        return str(said.get("agreement_number") or "")
    if kind.startswith(_SEALED) or (kind in MADE and kind != _VOUCHER):
        return material.numbers[0] if material.numbers else ""
    return ""


def _decisions(material: Material) -> Iterator[_Dated]:
    for told in material.decisions:
        change = told.event.body.get("change") or {}
        step = material.definition.by_key.get(str(change.get("step")))
        decision = decision_of(material.definition, change)
        if decision is not None and decision.panel is PanelAct.GIVE:
            continue  # the reviews stand together on the panel's sheet
        section = Section.APPLICATION if step is None else _section_of_step(material, step)
        yield (
            (0, told.event.recorded_at),
            Sheet(
                section=section,
                title=event_title(told.event.type, told.step, told.decision),
                number=told.number,
                responsible=_same(told.event.actor) if told.event.actor else _AUTOMATION,
                dated=told.event.effective_on,
                remark=_NONE,
                content=tuple(_decided(told)),
            ),
        )


def _decided(told: Explanation) -> Iterator[Block]:
    event = told.event
    facts: list[tuple[Text, Text]] = [(Text("办理人", "Done by"), _who(told))]
    facts.append((Text("效力日期", "In effect on"), in_words(event.effective_on)))
    facts.append((Text("记录时间", "Recorded at"), _moment(event.recorded_at)))
    if told.to:
        facts.append((Text("办理后进入", "The case goes to"), told.to))
    if told.outcome:
        facts.append((Text("案件结果", "Outcome"), told.outcome))
    if event.body["comment"]:
        facts.append((Text("办理意见", "Comment"), _same(str(event.body["comment"]))))
    tables = [(title, value) for title, value in told.said if isinstance(value, Table)]
    facts += [(title, as_text(value)) for title, value in told.said if not isinstance(value, Table)]
    yield Facts(tuple(facts))
    for title, value in tables:
        yield Heading(title)
        yield _table(value)
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
                    _lines([Text("{name}：{value}", "{name}: {value}").fill(name=fact.title, value=fact.words) for fact in rule.facts]),
                    _lines([value.cite for value in rule.values] or ([rule.cite] if rule.cite else [])),
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
    who = _same(told.event.actor) if told.event.actor else _AUTOMATION
    behalf = told.event.body["on_behalf_of"] or told.stood_in_for
    if not behalf:
        return who
    named = behalf if isinstance(behalf, Text) else _same(str(behalf))
    return Text("{who}（代{behalf}办理）", "{who} (on behalf of {behalf})").fill(who=who, behalf=named)


def _panels(material: Material) -> Iterator[_Dated]:
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
                remark=_NONE,
                content=tuple(_panel(each, material)),
            ),
        )


def _panel(panel: Round, material: Material) -> Iterator[Block]:
    def total(member: Member) -> Text:
        return _same("" if member.total is None else str(member.total))

    yield Grid(
        (Text("专家", "Member"), Text("情况", "State"), Text("得分", "Points"), Text("说明", "Note")),
        tuple(
            (_same(each.name), _MEMBER_STATES[each.state], total(each), _same(each.grounds)) for each in panel.members
        ),
        (40, 36, 24, 70),
        frozenset((2,)),
    )
    if panel.spread is not None:
        low, high = panel.spread
        yield Words(Text(f"最低 {low} 分，最高 {high} 分。", f"Lowest {low}, highest {high}."))
    for member in panel.members:
        if member.review is None or panel.step.panel is None:
            continue
        yield Heading(_same(member.name))
        _, declared = forms.scores(panel.step.panel.sheet.policy, panel.step.title)
        sheet = forms.offered(forms.form((forms.SCORES, declared)), material.file.policy, {}) or {}
        yield _table(scores(sheet["properties"][forms.SCORES], member.review[forms.SCORES]))
        for name, value in member.review.items():
            if name != forms.SCORES and value:
                yield Words(_same(str(value)))


def _money(material: Material) -> Iterator[_Dated]:
    project = material.project
    if project is None:
        return
    line, case = project.project, material.file.case
    when = material.written[-1].recorded_at
    place = case.period.partition("/")[2] if case.procedure == PAYMENT else ""
    tranches = [each for each in project.tranches if place in ("", str(each.place))]
    yuan = Text("金额（元）", "Amount (yuan)")
    blocks: list[Block] = [
        Facts((
            (Text("项目", "Project"), _same(f"{line.number} {line.title}")),
            (Text("收款单位", "Payee"), _same(line.payee_name)),
            (Text("立项金额", "Award"), amount(line.awarded_fen)),
            (Text("协议", "Agreement"), _same(line.agreement_number)),
            (Text("认可支出", "Cost accepted"), amount(project.accepted_fen)),
        )),
        Heading(Text("分期拨付", "Tranches")),
        Grid(
            (Text("款次", "No."), Text("占比", "Share"), yuan, Text("拨付日期", "Paid on"), Text("拨付案件", "Case")),
            tuple(
                (
                    _same(str(each.place)), _same(f"{each.share}%"), _fen(each.paid_fen if each.status == "paid" else each.fen),
                    _day(each.paid_on) if each.status == "paid" else Text("未拨付", "not paid"),
                    _same(each.case_number or each.paper),
                )
                for each in tranches
            ),
            (12, 16, 34, 32, 50), frozenset((2,)),
        ),
    ]  # fmt: skip
    if not place:
        blocks += [
            Heading(Text("预算执行", "Budget")),
            Grid(
                (Text("科目", "Line"), Text("预算（元）", "Planned (yuan)"), Text("认可支出（元）", "Accepted (yuan)")),
                tuple(
                    (_same(f"{each.line}. {each.title}"), _fen(each.planned_fen), _fen(each.accepted_fen))
                    for each in project.lines
                ),
                (70, 40, 40), frozenset((1, 2)),
            ),
            Heading(Text("支出明细", "Expenses")),
            Grid(
                (Text("日期", "Spent on"), Text("用途", "For"), Text("收款方", "Paid to"), Text("凭证号", "Voucher"),
                 yuan, Text("认可（元）", "Accepted (yuan)"), Text("登记 / 审核", "Recorded / decided")),
                tuple(
                    (
                        _day(each.spent_on), _same(each.purpose), _same(each.payee), _same(each.voucher_number),
                        _fen(each.fen), _fen(each.accepted_fen), _same(f"{each.recorder} / {each.decider or '—'}"),
                    )
                    for each in reversed(project.expenses)
                ),
                (21, 34, 28, 24, 24, 24, 28), frozenset((4, 5)),
            ),
        ]  # fmt: skip
    # Before its vouchers.
    yield (
        (-1, when),
        Sheet(
            section=Section.MONEY,
            title=Text("拨付和支出情况", "Payments and expenses"),
            number=line.number,
            responsible=_same(material.street),
            dated=today(when),
            remark=_NONE,
            content=tuple(blocks),
        ),
    )


def _personal(material: Material) -> Iterator[_Dated]:
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
        (titles.get(name, Text(name, name)), _same(material.revealed.get(name, value))) for name, value in known.items()
    )
    yield (
        (0, when),
        Sheet(
            section=Section.APPLICATION,
            title=Text("个人信息", "Personal data"),
            number=material.file.case.number,
            responsible=_same(material.street),
            dated=today(when),
            remark=Text("未遮盖", "in full") if material.revealed else Text("已遮盖", "masked"),
            content=(Facts(rows),),
        ),
    )


def _limits(material: Material) -> Iterator[Sheet]:
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
            responsible=_AUTOMATION,
            dated=proof.start,
            remark=Text("暂定", "provisional") if proof.provisional else _NONE,
            content=tuple(blocks),
        )


_LIMIT_STATES = {
    "met": Text("本期限内已办理。", "It was kept."),
    "missed": Text("办理时已超过本期限。", "It was missed."),
}


def _day_by_day(proof: Proof, calendar: Any) -> list[Block]:
    rows = []
    for day, number, note in days(proof, calendar):
        count = Text(f"第 {number} 天", f"day {number}") if number else Text("—", "—")
        rows.append((_day(day), _WEEKDAYS[day.weekday()], count, note or _NONE))
    heads = (Text("日期", "Day"), Text("星期", "Weekday"), Text("计数", "Counted"), Text("说明", "Note"))
    return [Heading(Text("逐日计算", "Day by day")), Grid(heads, tuple(rows), (30, 18, 28, 90))]


def _record(material: Material) -> Iterator[Sheet]:
    case, last = material.file.case, material.written[-1]
    rows = tuple(
        (_same(str(each.seq)), _moment(each.recorded_at), _event(material, each), _same(each.actor) if each.actor else _AUTOMATION,
         _same(each.hash))
        for each in material.written
    )  # fmt: skip
    heads = (
        Text("序号", "No."),
        Text("记录时间", "Recorded at"),
        Text("事项", "What"),
        Text("办理人", "By"),
        Text("校验值（SHA-256）", "SHA-256"),
    )
    common = {
        "section": Section.RECORD,
        "number": case.number,
        "responsible": _AUTOMATION,
        "dated": today(last.recorded_at),
    }
    yield Sheet(
        title=Text("办理经过及校验值", "Events and their hashes"), remark=_NONE,
        content=(Grid(heads, rows, (10, 26, 44, 22, 74)),), **common,
    )  # fmt: skip
    held = Text(
        "经核验，本案 {count} 条办理记录首尾相连，每条记录的校验值均包含上一条的校验值，未发现缺失或改动。",
        "Checked: the {count} events of this case form one chain, each hash covering the one before; none is missing or altered.",
    )
    broken = Text(
        "核验未通过：本案办理记录的校验值不能首尾相连，请系统管理员查明原因。",
        "The check failed: the events of this case do not form one chain. The administrator has to find out why.",
    )
    scans = [
        (_same(row.filename), _same(f"{row.size:,}"), _same(row.sha256))
        for row in (*material.file.documents, *material.payments)
    ]
    blocks: list[Block] = [
        Words(held.fill(count=len(material.written)) if material.unbroken else broken),
        Facts((
            (Text("末条记录", "Last event"), Text("第 {seq} 条，{when}", "no. {seq}, {when}").fill(
                seq=last.seq, when=_moment(last.recorded_at))),
            (Text("末条校验值", "Its hash"), _same(last.hash)),
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
    yield Sheet(title=Text("卷内备考表", "Statement of integrity"), remark=_NONE, content=tuple(blocks), **common)


_SIGNED = (Text("立卷人", "Made by"), Text("检查人", "Checked by"), Text("立卷日期", "Date"))


def _event(material: Material, written: Written) -> Text:
    step = material.definition.by_key.get(str(written.change.get("step")))
    decision = decision_of(material.definition, written.change)
    title = event_title(written.type, step.title if step else None, decision.title if decision else None)
    filename = written.change.get("filename")
    return Text(f"{title.zh}：{filename}", f"{title.en}: {filename}") if filename else title


def _section_of_document(material: Material, kind: str) -> Section:
    if kind == _MINUTES:
        return Section.MEETING
    if kind == _VOUCHER:
        return Section.MONEY
    if kind.startswith(_SEALED) or kind in MADE:
        return Section.SERVICE
    policy = material.file.policy
    for step in material.definition.steps:
        for ref in (step.documents, *(each.documents for each in step.decisions)):
            if (
                ref is not None
                and policy.has(ref.policy)
                and kind in {need.kind for need in policy.documents(ref.policy)}
            ):
                return _section_of_step(material, step)
    return Section.DECISIONS


def _section_of_step(material: Material, step: Step) -> Section:
    definition = material.definition
    start = definition.step(definition.start)
    if step is start or (goes_back(step) and step.by == start.by):
        return Section.APPLICATION
    if step.kind is StepKind.PANEL:
        return Section.PANEL
    if step.kind is StepKind.TIMER or step.key in _NOTICE_STEPS:
        return Section.NOTICE
    if step.key == _AGREEMENT:
        return Section.AGREEMENT
    if step.key in _MONEY_STEPS:
        return Section.MONEY
    if step.kind is StepKind.END or step.key in _AFTER_STEPS:
        return Section.AFTERWARDS
    if any("served" in each.marks for each in step.decisions) or (
        step.kind is StepKind.AUTOMATED and "certificate" in step.key
    ):
        return Section.SERVICE
    return Section.DECISIONS


def _table(value: Table) -> Grid:
    rows = [tuple(as_text(cell) for cell in row) for row in value.rows]
    if value.totals:
        rows.append(tuple(as_text(cell) for cell in value.totals))
    lengths = [
        max(4, min(24, max((len(row[place].zh) for row in rows), default=4))) for place in range(len(value.heads))
    ]
    return Grid(value.heads, tuple(rows), tuple(lengths), value.figures)


def _counted(title: Text, place: int, of: int) -> Text:
    return Text(f"{title.zh}（{place}/{of}）", f"{title.en} ({place}/{of})")


def _lines(parts: Sequence[Text]) -> Text:
    once = list(dict.fromkeys(parts))
    return Text("\n".join(part.zh for part in once), "\n".join(part.en for part in once))


def _fen(fen: int) -> Text:
    return _same(f"{fen // 100:,}.{fen % 100:02d}")


def _day(day: date) -> Text:
    return _same("" if day == NO_DATE else day.isoformat())


def _moment(moment: datetime) -> Text:
    return _same(f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def _same(words: str) -> Text:
    return Text(words, words)
