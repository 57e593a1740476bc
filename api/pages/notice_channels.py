"""How a person is told beside the page: the own channels, added, tried out and removed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.rendering import go, page
from api.pages.submitted import answers, one
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.errors import Conflict, Invalid, Refused
from incubator.models.automation import Means
from incubator.queries.notice_channels import GROUPS, Channel, Delivered, Group, channels_of
from incubator.services.automation.messengers import has_mail
from incubator.services.automation.notice_sending import MOST_ATTEMPTS
from incubator.services.notice_addresses import LONGEST
from incubator.services.notice_channels import add_channel, ask_test, remove_channel
from incubator.text import Text

router = APIRouter()

ADDRESS = "/notices/channels"
_MEANS = {
    Means.MAIL: Text("电子邮件", "Mail"),
    Means.WECOM: Text("企业微信群机器人", "WeCom robot"),
    Means.DINGTALK: Text("钉钉群机器人", "DingTalk robot"),
    Means.FEISHU: Text("飞书群机器人", "Feishu robot"),
}
_AT_ONCE, _DAILY = "at_once", "daily"


@router.get(ADDRESS)
def channels_page(request: Request, visiting: Visiting) -> Response:
    """The own channels with what became of the last messages, and the form that adds one."""
    require_staff(visiting.actor)
    return _page(request, visiting, {"when": _AT_ONCE})


@router.post(ADDRESS)
def add(request: Request, sending: Sending) -> Response:
    """Add a channel, or show the form again with what was typed."""
    visitor = sending.visitor
    require_staff(visitor.actor)
    mail = has_mail(visitor.service.settings)
    schema = _form(mail)
    typed = answers(schema, sending.form)
    faults: Mapping[str, Sequence[Text]] = forms.faults(schema, typed)
    status = 422
    if not faults:
        try:
            visitor.caller.write(
                lambda connection: add_channel(
                    connection, means=Means(typed["means"]), address=typed["address"], secret=typed.get("secret", ""),
                    groups=[Group(each) for each in typed.get("groups", [])], digest=typed["when"] == _DAILY, mail=mail,
                    actor=visitor.actor, now=visitor.now, key=one(sending.form, "idempotency_key")[:200],
                )
            )  # fmt: skip
        except Invalid as refusal:
            faults = refusal.fields
        except Conflict as refusal:
            faults, status = {"": [refusal.detail]}, refusal.status
        else:
            done = Text("已添加，请点“试发”，并核对是否收到。", "Added: send a trial, and look whether it arrives.")
            return go(request, ADDRESS, done)
    return _page(request, visitor, typed, faults, status)


@router.post(f"{ADDRESS}/{{channel_id}}/test")
def test(request: Request, sending: Sending, channel_id: PublicId) -> Response:
    """Let a message of trial go through."""
    visitor = sending.visitor
    asked = visitor.caller.write(
        lambda connection: ask_test(connection, channel=channel_id, actor=visitor.actor, now=visitor.now)
    )
    if not asked:
        words = Text("一分钟内已试发过，请稍候再试", "A trial was sent within this minute: wait a little")
        return go(request, ADDRESS, words, kind="info")
    return go(
        request, ADDRESS, Text("正在试发，稍后刷新本页查看结果。", "It is on its way: reload this page in a moment.")
    )


@router.post(f"{ADDRESS}/{{channel_id}}/remove")
def remove(request: Request, sending: Sending, channel_id: PublicId) -> Response:
    """Send nothing there any more."""
    visitor = sending.visitor
    try:
        visitor.caller.write(
            lambda connection: remove_channel(connection, channel=channel_id, actor=visitor.actor, now=visitor.now)
        )
    except Refused as refusal:
        return go(request, ADDRESS, refusal.detail, kind="danger")
    return go(request, ADDRESS, Text("已移除，不再向该地址发送", "Removed: nothing is sent there any more"))


def _form(mail: bool) -> forms.Schema:
    means = [(each.value, words) for each, words in _MEANS.items() if mail or each is not Means.MAIL]
    boxes = [(each.value, GROUPS[each][0]) for each in Group]
    name, groups = forms.ticks("groups", Text("接收哪些通知", "Which notices"), boxes)
    # No checklist, which would want every box ticked.
    groups = {key: value for key, value in groups.items() if key != "x-widget"}
    return forms.form(
        forms.choice("means", Text("方式", "Means"), means),
        forms.choice("when", Text("何时发送", "When"), (
            (_AT_ONCE, Text("有通知时立即发送", "at once")),
            (_DAILY, Text("每天 8:30 汇总发送", "together, every day at 8:30")),
        )),
        forms.text("address", Text("邮箱地址或机器人地址", "Mail address, or the robot's address"), longest=LONGEST,
                   hint=Text("机器人请粘贴群设置中给出的完整地址", "Of a robot paste the whole address from the group's settings")),
        forms.text("secret", Text("加签密钥", "Signing secret"), longest=100, required=False,
                   hint=Text("仅钉钉：安全设置选“加签”时给出，以 SEC 开头", "DingTalk alone: of the security setting “sign”, it begins with SEC")),
        (name, groups),
    )  # fmt: skip


def _page(
    request: Request, visitor: Visitor, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    mine = visitor.caller.read(lambda connection: channels_of(connection, visitor.actor))
    mail = has_mail(visitor.service.settings)
    return page(
        request, visitor.reader, "notice_channels.html", here="notices", status=status, channels=[_shown(each) for each in mine],
        mail=mail, schema=_form(mail), values=dict(values), errors=dict(errors or {}), key=secrets.token_urlsafe(16),
    )  # fmt: skip


def _shown(channel: Channel) -> dict[str, Any]:
    groups = [GROUPS[each][0] for each in channel.groups]
    everything = Text("全部通知", "all notices")
    which = Text("、".join(each.zh for each in groups), "; ".join(each.en for each in groups)) if groups else everything
    when = Text("每天 8:30 汇总", "daily at 8:30") if channel.digest else Text("立即发送", "at once")
    return {
        "id": channel.public_id,
        "means": _MEANS[channel.means],
        "address": channel.shown,
        "which": which,
        "when": when,
        "last": [_delivered(each, channel.means) for each in channel.last],
    }


def _delivered(each: Delivered, means: Means) -> dict[str, Any]:
    match each.state:
        case "sent":
            # A messenger takes what it then does not show: whether it arrived is seen in the group.
            words = Text("已发出", "sent") if means is Means.MAIL else Text("已交群机器人", "given to the robot")
            return {"text": words, "tone": "good", "at": each.sent_at, "error": None}
        case "failed":
            words = Text(f"未送达，已试 {each.attempt} 次", f"not delivered after {each.attempt} attempts")
            return {"text": words, "tone": "bad", "at": each.asked_at, "error": each.error}
        case _ if each.attempt:
            words = Text(
                f"未送达，稍后再试（第 {each.attempt}/{MOST_ATTEMPTS} 次）",
                f"not delivered yet, tried again soon ({each.attempt} of {MOST_ATTEMPTS})",
            )
            return {"text": words, "tone": "warn", "at": each.asked_at, "error": each.error}
        case _:
            return {"text": Text("正在发送", "being sent"), "tone": "neutral", "at": each.asked_at, "error": None}
