"""Addresses of notice channels: read as people paste them, kept sealed, shown so that one is told from another."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

from incubator.errors import Invalid
from incubator.models.automation import Means
from incubator.sealing import current_sealer
from incubator.services.automation.messengers import Address
from incubator.text import Text

LONGEST = 300
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}")
_KEY = {Means.WECOM: "[A-Za-z0-9_-]{8,100}", Means.DINGTALK: "[A-Za-z0-9]{8,100}", Means.FEISHU: "[A-Za-z0-9_-]{8,100}"}
_SECRET = re.compile("[A-Za-z0-9]{8,100}")
# The address that each messenger shows for a robot: host, path, and the parameter that holds the key, or none.
_ROBOTS = {
    Means.WECOM: ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key"),
    Means.DINGTALK: ("oapi.dingtalk.com", "/robot/send", "access_token"),
    Means.FEISHU: ("open.feishu.cn", "/open-apis/bot/v2/hook/", ""),
}


def read_address(means: Means, typed: str, secret: str = "") -> Address:
    """The address of what was typed: of a robot its whole address, on the messenger's own host alone, or the key in it.

    Raises Invalid with what is wrong.
    """
    typed, secret = typed.strip(), secret.strip()
    if means is Means.MAIL:
        if len(typed) > LONGEST or not _MAIL.fullmatch(typed):
            raise _invalid(
                "address", Text("请填写邮箱地址，例如 name@example.cn", "Give a mail address, such as name@example.cn")
            )
        return Address(means, typed)
    key = _key_in(means, typed) if "/" in typed else typed
    if not re.fullmatch(_KEY[means], key):
        host = _ROBOTS[means][0]
        words = Text(
            f"请粘贴群机器人的完整地址（https://{host}/…）", f"Paste the whole address of the robot (https://{host}/…)"
        )
        raise _invalid("address", words)
    if secret and (means is not Means.DINGTALK or not _SECRET.fullmatch(secret)):
        raise _invalid(
            "secret", Text("加签密钥以 SEC 开头，仅钉钉使用", "A signing secret begins with SEC; only DingTalk has one")
        )
    return Address(means, key, secret)


def sealed(address: Address) -> str:
    """What is stored."""
    return current_sealer().seal(json.dumps({"to": address.to, "secret": address.secret}))


def address_from(means: str, stored: str) -> Address:
    """The address that was stored."""
    said = json.loads(current_sealer().open(stored))
    return Address(Means(means), said["to"], said["secret"])


def shown(address: Address) -> str:
    """So much of it that its owner knows it: the first letter and the domain of a mail address, the end of a key."""
    if address.means is Means.MAIL:
        name, _, domain = address.to.partition("@")
        return f"{name[0]}***@{domain}"
    return f"…{address.to[-4:]}"


def _key_in(means: Means, typed: str) -> str:
    host, path, parameter = _ROBOTS[means]
    try:
        said = urlsplit(typed)
        fits = said.scheme == "https" and said.netloc == host
    except ValueError:
        fits = False
    if not fits:
        return ""
    if not parameter:
        return said.path.removeprefix(path) if said.path.startswith(path) else ""
    return parse_qs(said.query).get(parameter, [""])[0] if said.path == path else ""


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("填写有误，请改正后重新提交", "It does not fit: correct what is marked"), fields={field: [words]}
    )
