"""A deadline's proof in words: a handful of sentences, and each day with its number or the reason it was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from incubator.engine.calendars import WEEKEND, WorkCalendar
from incubator.engine.deadline_proof import ONE_DAY, Direction, Proof, Skipped, Term, Unit
from incubator.text import Text

PAUSED = Text("补正期间", "out for correction")
NOT_COUNTED = Text("当日不计入", "this day is not counted")
ROLLED_TO = Text("顺延后的期限届满日", "last day after rolling forward")
SAFE_DAY = Text("最后一个可办理的工作日", "last safe working day")

# What starts a clock, after "on <date>"; a kind without words of its own is shown as the bare start.
_STARTS = {
    "received": Text("收到申请之日", "the day the application was received"),
    "accepted": Text("受理之日", "the day of acceptance"),
    "complete": Text("材料齐全之日", "the day the documents were complete"),
    "returned": Text("收到补正材料之日", "the day the correction came back"),
    "signed": Text("签署之日", "the day of signature"),
    "served": Text("送达之日", "the day of service"),
    "entered": Text("进入本环节之日", "the day this step began"),
    "published": Text("公示之日", "the day the public notice began"),
    "awarded": Text("立项之日", "the day of award"),
    "starts": Text("项目开始之日", "the day the project began"),
    "ends": Text("项目结束之日", "the day the project ends"),
    "gate_passed": Text("达到拨付条件之日", "the day the tranche became payable"),
    "paid": Text("拨付之日", "the day of payment"),
    "handed_over": Text("报送登记机关之日", "the day of handing over to the registrar"),
    "consented": Text("枢纽组织同意之日", "the day the hub consented"),
    "approved": Text("批准之日", "the day of approval"),
    "agreed": Text("签订协议之日", "the day the agreement was signed"),
    "sent": Text("提交银行之日", "the day it was sent to the bank"),
    "midterm_concluded": Text("中期评估结论之日", "the day the mid-term review was concluded"),
    "reported": Text("收到报告之日", "the day the report was received"),
    "asked": Text("提出要求之日", "the day it was asked for"),
    "expiry": Text("有效期届满之日", "the day of expiry"),
    "date": Text("规定之日", "the day set by the rule"),
}
_START = Text("起算之日", "the day of the event")

_LENGTHS = {
    Unit.WORKING_DAYS: (Text("{n}个工作日", "{n} working day"), Text("{n}个工作日", "{n} working days")),
    Unit.CALENDAR_DAYS: (Text("{n}日", "{n} calendar day"), Text("{n}日", "{n} calendar days")),
    Unit.MONTHS: (Text("{n}个月", "{n} month"), Text("{n}个月", "{n} months")),
    Unit.YEARS: (Text("{n}年", "{n} year"), Text("{n}年", "{n} years")),
}

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def in_words(day: date) -> Text:
    """A date as it is written: `2026年9月18日`, `18 September 2026`."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def month_day(month: int, day: int) -> Text:
    """A day of every year: `3 月 31 日`, `31 March`."""
    return Text(f"{month} 月 {day} 日", f"{day} {_MONTHS[month - 1]}")


def start_words(kind: str) -> Text:
    """What starts a clock of that kind: `受理之日`, `the day of acceptance`."""
    return _STARTS.get(kind, _START)


def explain(proof: Proof) -> list[Text]:
    """The proof as an office states it: start, term, days left out, pauses, extensions, rolling, date, certainty."""
    sentences = [_opening(proof)]
    if proof.term and proof.term.unit is Unit.WORKING_DAYS:
        left_out = [span for span in _before_rolling(proof) if span.reason != PAUSED]
        if left_out:
            sentences.append(Text("其间{spans}不计入。", "Not counted: {spans}.").fill(spans=_spans(left_out)))
    sentences += _pauses(proof)
    if proof.extensions and proof.term:
        sentences.append(
            Text("经延长，期限增加{lengths}。", "The term was extended by {lengths}.").fill(
                lengths=_joined([length_words(n, proof.term.unit) for n in proof.extensions])
            )
        )
    if proof.rolled_from:
        sentences.append(_rolled(proof))
    sentences.append(_conclusion(proof))
    if proof.due_on:
        sentences.append(_certainty(proof))
    return sentences


def days(proof: Proof, calendar: WorkCalendar) -> Iterator[tuple[date, int | None, Text | None]]:
    """Each day of the proof in the order it was counted: the day, its number (None if not counted) and a note.

    The note is why the day was left out, or why a counted calendar day is off, or what the due day is when it is not
    the last one counted. A backward deadline runs from the expiry to the earlier due day; a paused one stops on the
    pause's first day. `calendar` (the proof's own) only names the days off among those counted.
    """
    step = -ONE_DAY if proof.direction is Direction.BACKWARD else ONE_DAY
    end = proof.due_on or next(span.first for span in proof.skipped if span.last is None)
    day, number = proof.start, 0
    while True:
        reason = _reason_left_out(day, proof.skipped)
        counted = day != proof.start and (reason is None or day == proof.rolled_from) and number < proof.counted
        if counted:
            number += 1
            yield day, number, reason or calendar.why_off(day)
        elif reason is None and day == proof.start:
            yield day, None, None if proof.direction is Direction.FIXED else NOT_COUNTED
        elif reason is None:
            yield day, None, SAFE_DAY if proof.direction is Direction.BACKWARD else ROLLED_TO
        else:
            yield day, None, reason
        if day == end:
            return
        day += step


def _opening(proof: Proof) -> Text:
    values = {"day": _day(proof.start), "kind": start_words(proof.start_kind)}
    if proof.term is None:
        return Text("期限为规定的日期：{day}。", "The rule names the day itself: {day}.").fill(**values)
    values["term"] = length_words(proof.term.length, proof.term.unit)
    if proof.direction is Direction.BACKWARD:
        return Text(
            "应于{day}（{kind}）前至少{term}办理，当日不计入。",
            "It is to be done at least {term} before {day} ({kind}); that day is not counted.",
        ).fill(**values)
    return Text(
        "自{day}（{kind}）起算，当日不计入，期限为{term}。",
        "The clock started on {day} ({kind}); that day is not counted. The term is {term}.",
    ).fill(**values)


def _pauses(proof: Proof) -> Iterator[Text]:
    for pause in proof.pauses:
        values = {"sent": _day(pause.sent_on), "counting": _pause_days(proof.term)}
        if pause.returned_on is None:
            yield Text(
                "{sent}发出补正通知，尚未收到补正材料，期限中止计算。",
                "A correction was asked for on {sent} and has not come back; the clock stands still.",
            ).fill(**values)
        else:
            yield Text(
                "{sent}发出补正通知，{returned}收到补正材料，其间不计入期限（{counting}）。",
                "A correction was asked for on {sent} and came back on {returned}; the time between is not counted"
                " ({counting}).",
            ).fill(**values, returned=_day(pause.returned_on))


def _pause_days(term: Term | None) -> Text:
    match (bool(term and term.count_sending_day), bool(term and term.count_returning_day)):
        case (False, False):
            return Text("发出和收到当日均不计入", "neither the day of sending nor that of returning counts")
        case (True, False):
            return Text("发出当日计入，收到当日不计入", "the day of sending counts, that of returning does not")
        case (False, True):
            return Text("发出当日不计入，收到当日计入", "the day of returning counts, that of sending does not")
        case _:
            return Text("发出和收到当日均计入", "the days of sending and returning count")


def _rolled(proof: Proof) -> Text:
    values = {"day": _day(proof.rolled_from), "spans": _spans(_rolling(proof))}
    if proof.direction is Direction.BACKWARD:
        return Text(
            "倒推至{day}，遇{spans}，不向后顺延，提前至此前最后一个工作日。",
            "Counting back reaches {day}, a day off: {spans}. It does not roll forward; the working day before is due.",
        ).fill(**values)
    return Text(
        "期限最后一日为{day}，遇{spans}，顺延至其后第一个工作日。",
        "The last day, {day}, cannot be the end: {spans}. It rolls forward to the first working day after.",
    ).fill(**values)


def _conclusion(proof: Proof) -> Text:
    if proof.due_on is None:
        # What is left is counted in the days of the term: working days, or else calendar days.
        unit = Unit.WORKING_DAYS if proof.term and proof.term.unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS
        return Text(
            "已计{counted}，剩余{remaining}，收到补正材料后继续计算。",
            "{counted} counted, {remaining} left; counting goes on when the correction comes back.",
        ).fill(counted=length_words(proof.counted, unit), remaining=length_words(proof.remaining, unit))
    if proof.direction is Direction.BACKWARD:
        return Text("最迟应于{day}办理。", "It is to be done on {day} at the latest.").fill(day=_day(proof.due_on))
    return Text("期限届满日为{day}。", "It is due on {day}.").fill(day=_day(proof.due_on))


def _certainty(proof: Proof) -> Text:
    if proof.unannounced is None:
        return Text(
            "以上日期依据国务院办公厅已公布的放假安排确定。",
            "The date rests on the holiday notices published by the General Office of the State Council.",
        )
    return Text(
        "以上日期为暂定：{year}年放假安排尚未导入，导入后可能调整。",
        "The date is provisional: the holiday notice for {year} is not in yet, and the date may move when it is.",
    ).fill(year=proof.unannounced)


def _rolling(proof: Proof) -> list[Skipped]:
    """The spans that the last day moved over."""
    if proof.rolled_from is None:
        return []
    day = proof.rolled_from
    if proof.direction is Direction.BACKWARD:
        return [span for span in proof.skipped if span.first <= day]
    return [span for span in proof.skipped if span.last is None or span.last >= day]


def _before_rolling(proof: Proof) -> list[Skipped]:
    rolling = _rolling(proof)
    return [span for span in proof.skipped if span not in rolling]


def _spans(spans: Sequence[Skipped]) -> Text:
    """The spans with their reasons; ordinary weekends are only summed up."""
    named = [
        Text("{reason}（{span}）", "{reason} ({span})").fill(reason=span.reason, span=_span(span))
        for span in spans
        if span.reason != WEEKEND
    ]
    weekend_days = sum((span.last - span.first).days + 1 for span in spans if span.last and span.reason == WEEKEND)
    if weekend_days:
        summed = Text("周末{days}", "{days} of weekend").fill(
            days=Text("{n}日", "{n} day" if weekend_days == 1 else "{n} days").fill(n=weekend_days)
        )
        named.append(summed)
    return _joined(named)


def _span(span: Skipped) -> Text:
    if span.last is None:
        return Text("{first}起", "since {first}").fill(first=_day(span.first))
    if span.first == span.last:
        return _day(span.first)
    return Text("{first}至{last}", "{first} to {last}").fill(first=_day(span.first), last=_day(span.last))


def _reason_left_out(day: date, skipped: Sequence[Skipped]) -> Text | None:
    for span in skipped:
        if span.first <= day and (span.last is None or day <= span.last):
            return span.reason
    return None


def length_words(n: int, unit: Unit) -> Text:
    """A number of days, months or years in words."""
    one, many = _LENGTHS[unit]
    return (one if n == 1 else many).fill(n=n)


def _joined(parts: Sequence[Text]) -> Text:
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _day(day: date | None) -> Text:
    assert day is not None
    return in_words(day)
