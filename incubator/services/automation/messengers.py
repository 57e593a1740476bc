"""Sends one message by mail or by an office messenger's robot; says in plain words why it could not be sent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from email.utils import formataddr
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from incubator.errors import Refused
from incubator.models.automation import Means
from incubator.settings import Settings
from incubator.text import Text

SECONDS = 5  # for a connection and for an answer: work for cases waits behind it
SENDER_NAME = "指导中心"
_SECURITY = {"smtp": "insecure", "smtp+starttls": "starttls", "smtps": "ssl"}
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class NotSent(Exception):  # noqa: N818 - it states the fact, as all errors here do
    """The message did not leave; `words` say why, and what to do."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel leads: a mail address, or a robot's key with its signing secret where it has one."""

    means: Means
    to: str
    secret: str = ""


def has_mail(settings: Settings) -> bool:
    """Whether the operator has set up a mail server."""
    return bool(settings.smtp_url.get_secret_value())


def send(settings: Settings, address: Address, *, title: str, body: str) -> None:
    """Send it now, within seconds. Raises NotSent."""
    # Its own log names robots' addresses, whose keys are secret.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    try:
        made = _sender(settings, address)
    except TypeError:  # what apprise says of an address that cannot be
        raise NotSent(
            Text("地址不正确，请移除后重新添加", "The address does not fit: remove it and add it again")
        ) from None
    made.socket_connect_timeout = made.socket_read_timeout = SECONDS
    mail = address.means is Means.MAIL
    if not made.notify(body=body if mail else f"{title}\n{body}", title=title if mail else ""):
        raise NotSent(_WHY[address.means])


_WHY = {
    Means.MAIL: Text(
        "邮件服务器没有接受这封邮件，请核对邮箱地址；多次失败的，请联系系统管理员检查邮件服务器",
        "The mail server did not take it: check the address, and if it goes on, ask the administrator to look at the server",
    ),
    Means.WECOM: Text(
        "未能送到企业微信，请核对机器人是否仍在群内", "WeCom did not take it: is the robot still in its group?"
    ),
    Means.DINGTALK: Text(
        "未能送到钉钉，请核对机器人和加签密钥", "DingTalk did not take it: check the robot and its signing secret"
    ),
    Means.FEISHU: Text(
        "未能送到飞书，请核对机器人是否仍在群内", "Feishu did not take it: is the robot still in its group?"
    ),
}


# One by one: asked for by name, apprise would load all of its hundred and more.
_SENDERS = {
    Means.MAIL: ("apprise.plugins.email.base", "NotifyEmail"),
    Means.WECOM: ("apprise.plugins.wecombot", "NotifyWeComBot"),
    Means.DINGTALK: ("apprise.plugins.dingtalk", "NotifyDingTalk"),
    Means.FEISHU: ("apprise.plugins.feishu", "NotifyFeishu"),
}


def _sender(settings: Settings, address: Address) -> Any:
    """apprise's sender. A messenger's host is its own: only the key is the person's to say, and nothing leads elsewhere."""
    module, name = _SENDERS[address.means]
    build = getattr(import_module(module), name)
    match address.means:
        case Means.MAIL:
            return build(**_mail(settings, address.to))
        case Means.WECOM:
            return build(key=address.to, redirect="no")
        case Means.DINGTALK:
            return build(token=address.to, secret=address.secret or None, redirect="no", format="text")
        case Means.FEISHU:
            return build(token=address.to, redirect="no")


def _mail(settings: Settings, to: str) -> dict[str, Any]:
    if not has_mail(settings):
        raise NotSent(NO_MAIL)
    said = urlsplit(settings.smtp_url.get_secret_value())
    user = unquote(said.username or "")
    sender = parse_qs(said.query).get("from", [user])[0]
    return {
        "host": sender.rpartition("@")[2],
        "smtp_host": said.hostname,
        "port": said.port or _PORTS[said.scheme],
        "user": user,
        "password": unquote(said.password or ""),
        "from_addr": formataddr((SENDER_NAME, sender)),
        "targets": [to],
        "secure_mode": _SECURITY[said.scheme],
        "format": "text",
    }


NO_MAIL = Text(
    "本系统尚未设置邮件服务器，请联系系统管理员（INCUBATOR_SMTP_URL）",
    "No mail server is set up for this service: ask the administrator (INCUBATOR_SMTP_URL)",
)


class MailNotSetUp(Refused):
    """The operator has named no mail server."""

    status = 409
    code = "mail_not_set_up"
    title = Text("未设置邮件服务器", "No mail server is set up")
