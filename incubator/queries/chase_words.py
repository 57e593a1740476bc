"""What is written to whoever is chased, as an office writes it in WeChat: one message for all that waits for one recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from incubator.models.base import NO_DATE
from incubator.queries.chase_matters import Matter
from incubator.queries.chasing import Kind, Recipient
from incubator.text import Text

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CENTRE = Text("社区社会组织培育指导中心", "the guidance centre for community organizations")


def message_of(recipient: Recipient, *, sender: str, street: str, day: date) -> Text:
    """The message in both languages; `sender` is the name of whoever sends it, `day` the day on which it is read."""
    matters = recipient.matters
    if recipient.kind is Kind.LEADER:
        return _to_leader(recipient, sender, street, day)
    return Text(
        f"{recipient.name}，您好！{_asked(matters).zh}\n{_lines(matters, day).zh}\n"
        f"如有困难请及时与我联系。{sender}（{street}指导中心）",
        f"Hello {recipient.name.replace('、', ', ')}, {_asked(matters).en}\n{_lines(matters, day).en}\n"
        f"Tell me if anything stands in the way. {sender}, {street}",
    )


def due_words(matter: Matter, day: date) -> Text:
    """When it is due and how it stands on the day."""
    if matter.due_on == NO_DATE:
        return Text("尚未办理", "is still open")
    due, late = _day(matter.due_on, day), (day - matter.due_on).days
    if late > 0:
        days = f"{late} day{'s' if late > 1 else ''}"
        return Text(f"应于{due.zh}前办理，已逾期 {late} 天", f"was due on {due.en} and is {days} late")
    if late == 0:
        return Text("今天到期", "is due today")
    return Text(f"将于{due.zh}到期", f"is due on {due.en}")


def _to_leader(recipient: Recipient, sender: str, street: str, day: date) -> Text:
    first, several = recipient.matters[0], len(recipient.matters) > 1
    greeting = Text(
        f"{recipient.name or '负责人'}您好！这里是{street}{CENTRE.zh}。{_whose(first)}",
        f"Hello {recipient.name or 'there'}, this is {CENTRE.en} of {street}. ",
    )
    if several:
        number = len(recipient.matters)
        body = Text(
            f"有 {number} 件事项需要办理：\n"
            + "\n".join(
                f"{place}. {_named(each).zh}{due_words(each, day).zh}{_wanted(each).zh}。"
                for place, each in enumerate(recipient.matters, start=1)
            )
            + "\n",
            f"{number} matters of {first.organization} ({first.community}) wait for you:\n"
            + "\n".join(
                f"{place}. {_named(each).en} {due_words(each, day).en}{_wanted(each).en}."
                for place, each in enumerate(recipient.matters, start=1)
            )
            + "\n",
        )
    else:
        body = Text(
            f"的{_named(first).zh}{due_words(first, day).zh}{_wanted(first).zh}。",
            f"{_named(first).en} of {first.organization} ({first.community}) {due_words(first, day).en}{_wanted(first).en}. ",
        )
    closing = Text(
        f"请尽快准备好，交社区工作者或指导中心；已经交来的，不必理会本条消息。联系人：{sender}。",
        "Please bring it to your community worker or to the centre soon; if you have done so, ignore this message. "
        f"Contact: {sender}.",
    )
    return Text(greeting.zh + body.zh + closing.zh, greeting.en + body.en + closing.en)


def _asked(matters: Sequence[Matter]) -> Text:
    number = len(matters)
    theirs = sum(each.by_organization for each in matters)
    if theirs == number:
        return Text(
            f"以下 {number} 件事项需社会组织准备材料，请协助催办：",
            f"please help to bring in what these organizations owe ({number}):",
        )
    if theirs:
        return Text(f"以下 {number} 件事项请尽快办理或协助催办：", f"please see to these matters ({number}):")
    return Text(f"以下 {number} 件事项由您办理，请尽快办结：", f"these matters wait for you ({number}):")


def _lines(matters: Sequence[Matter], day: date) -> Text:
    lines = [
        Text(
            f"{place}. {_whose(each)}{_named(each).zh}（{each.number}）{due_words(each, day).zh}{_wanted(each).zh}。",
            f"{place}. {each.organization} ({each.community}): {_named(each).en} ({each.number}) "
            f"{due_words(each, day).en}{_wanted(each).en}.",
        )
        for place, each in enumerate(matters, start=1)
    ]
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _named(matter: Matter) -> Text:
    if matter.asked:
        return Text(f"{matter.procedure.zh}{matter.step.zh}", f"{matter.step.en} ({matter.procedure.en})")
    procedure = "" if matter.step.zh.startswith(matter.procedure.zh) else matter.procedure.zh
    return Text(f"{procedure}“{matter.step.zh}”环节", f"“{matter.step.en}” ({matter.procedure.en})")


def _whose(matter: Matter) -> str:
    """The organization, with its community where its name does not begin with it."""
    community = "" if matter.organization.startswith(matter.community) else matter.community
    return f"{community}“{matter.organization}”"


def _wanted(matter: Matter) -> Text:
    if not matter.wanted:
        return Text("", "")
    if matter.to_mend:
        zh = "；".join(each.zh.rstrip("。；") for each in matter.wanted)
        return Text(
            f"，需要补正：{zh}", f". To be corrected: {'; '.join(each.en.rstrip('。；.;') for each in matter.wanted)}"
        )
    return Text(
        f"，还缺：{'、'.join(each.zh for each in matter.wanted)}",
        f". Missing: {', '.join(each.en for each in matter.wanted)}",
    )


def _day(due_on: date, day: date) -> Text:
    """A date as people write it to each other: without the year where it is this one."""
    month = _MONTHS[due_on.month - 1]
    if due_on.year == day.year:
        return Text(f"{due_on.month}月{due_on.day}日", f"{due_on.day} {month}")
    return Text(f"{due_on.year}年{due_on.month}月{due_on.day}日", f"{due_on.day} {month} {due_on.year}")
