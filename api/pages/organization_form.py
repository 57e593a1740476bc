"""The form in which an organization is entered or corrected by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from api.pages.communities import Named
from api.pages.submitted import answers
from incubator.engine import forms
from incubator.engine.policy import Policy
from incubator.models.organizations import Standing
from incubator.procedures.filing.forms import PHONE
from incubator.services.entry import REGISTRATION_NUMBER
from incubator.services.organizations import LENGTHS
from incubator.text import Text

COMMUNITY = "community_id"
PHONE_FIELD = "leader_phone"
_CATEGORIES = "filing.conditions.categories"

_BEFORE = (
    forms.text("name", Text("组织名称", "Name"), longest=LENGTHS["name"]),
    forms.text("category", Text("类别", "Category"), longest=LENGTHS["category"], required=False, options_from=_CATEGORIES),
    forms.text("leader", Text("负责人", "Leader"), longest=LENGTHS["leader"], required=False),
)  # fmt: skip
_AFTER = (
    forms.whole_number("members", Text("成员人数", "Members"), most=1_000_000, required=False),
    forms.text(
        "founded_on", Text("成立时间", "Founded"), longest=10, required=False,
        pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
        hint=Text("可只填年或年月，如 2013、2013-05", "A year or a month is enough: 2013, 2013-05"),
    ),
    forms.text("premises", Text("活动场所", "Premises"), longest=LENGTHS["premises"], required=False),
    forms.text(
        "activity_frequency", Text("活动频次", "How often active"), longest=LENGTHS["activity_frequency"], required=False
    ),
    forms.text(
        REGISTRATION_NUMBER, Text("登记证号", "Registration number"), longest=40, required=False,
        hint=Text("已在民政部门登记的，填写统一社会信用代码；未登记的不填", "Only of a body registered with civil affairs: its unified social credit code"),
    ),
    forms.text("remark", Text("备注", "Remarks"), longest=2000, lines=True, required=False),
)  # fmt: skip
_REASON = forms.text(
    "comment", Text("更正理由", "Why it is corrected"), longest=500, lines=True,
    hint=Text("例如：摸底表填写有误", "For example: the survey's sheet was wrong"),
)  # fmt: skip

_NAMES = tuple(name for name, _ in (*_BEFORE, *_AFTER))


def entering(communities: tuple[Named, ...], policy: Policy) -> forms.Schema:
    """The form of a group that is new to the street."""
    where = forms.choice(
        COMMUNITY, Text("所属社区", "Community"), [(each.id, _plain(each.name)) for each in communities]
    )
    return forms.offered(forms.form(where, *_BEFORE, _phone(), *_AFTER), policy, {}) or {}


def correcting(policy: Policy) -> forms.Schema:
    """The form of one that is known already; the telephone is left blank to keep what stands."""
    keeps = Text(
        "已登记的电话不在此显示，留空则保持不变", "The number on record is not shown here; left blank, it stays"
    )
    return forms.offered(forms.form(*_BEFORE, _phone(keeps), *_AFTER, _REASON), policy, {}) or {}


def typed_in(schema: forms.Schema, form: FormData) -> dict[str, Any]:
    """What was typed, by field."""
    return answers(schema, form)


def split(typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The organization's values (what was left blank is blank now) and the personal ones."""
    values = {name: typed.get(name, 0 if name == "members" else "") for name in _NAMES}
    phone = str(typed.get(PHONE_FIELD) or "")
    return values, {PHONE_FIELD: phone} if phone else {}


def known(row: Any) -> dict[str, Any]:
    """What stands of an organization, for the form."""
    kept = {**row._mapping, **row.details}
    return {name: kept[name] for name in _NAMES if kept.get(name) not in (None, "", 0)}


def may_be_corrected(standing: str) -> bool:
    """Whether its particulars are corrected by hand; those of a filed one stand on its certificate."""
    return standing != Standing.FILED


def _phone(hint: Text | None = None) -> forms.Field:
    return forms.text(
        PHONE_FIELD, Text("负责人电话", "Leader's telephone"), longest=20, required=False, personal=True, pattern=PHONE,
        hint=hint,
    )  # fmt: skip


def _plain(name: str) -> Text:
    return Text(name, name)
