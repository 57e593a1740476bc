"""What may be chosen in the opening stock: the policy's lists, and the service's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from incubator.engine.policy import Policy
from incubator.models.activities import RestrictionKind
from incubator.models.evaluations import RatingKind
from incubator.models.organizations import Standing
from incubator.services.opening_stock.cells import Choice
from incubator.services.opening_stock.rows import Options
from incubator.services.restrictions import KIND_NAMES
from incubator.text import Text

_STANDINGS = (
    Choice(Standing.INFORMAL, Text("未登记", "not registered"), ("否", "无", "备案", "已备案", "未备案")),
    Choice(Standing.REGISTERED, Text("已登记", "registered"), ("是", "有", "已在登记机关登记", "登记")),
)
_GATES = (
    Choice("signed", Text("签约", "signed"), ("首款", "签订协议", "协议签订", "签约后", "立项")),
    Choice("midterm", Text("中期", "mid-term"), ("中期评估", "中期检查", "中期评估通过", "中期合格")),
    Choice("final", Text("结项", "final"), ("结项验收", "尾款", "验收", "结项合格", "末期")),
)
_RATINGS = (
    Choice(RatingKind.STAR, Text("星级", "star rating"), ("街道星级", "星级评定")),
    Choice(RatingKind.REGISTRAR_GRADE, Text("登记机关等级", "registrar's grade"), ("评估等级", "等级", "A级")),
)
# A dormancy is not brought in: it is a case that runs.
_RESTRICTIONS = tuple(
    Choice(kind, KIND_NAMES[kind], also)
    for kind, also in (
        (RestrictionKind.PROJECT_BAN, ("项目禁入", "禁入", "禁止申请项目", "project ban")),
        (RestrictionKind.ABNORMAL_LIST, ("活动异常名录", "异常名录", "abnormal list")),
        (RestrictionKind.SERIOUS_BREACH_LIST, ("严重违法失信名单", "严重失信", "serious-breach list")),
        (RestrictionKind.CLOSER_SUPERVISION, ("重点监管", "closer supervision")),
    )
)


def options_of(policy: Policy) -> Options:
    """The choices of a street by the name of their list: what the policy in force says, and what is the same everywhere."""
    return {
        "standing": _STANDINGS,
        "gate": _GATES,
        "rating_kind": _RATINGS,
        "restriction_kind": _RESTRICTIONS,
        "category": _listed(policy, "filing.conditions.categories"),
        "fund": _listed(policy, "funding.funds"),
        "field": _listed(policy, "funding.fields"),
        "cost_kind": _listed(policy, "funding.costs.kinds"),
        "star": _listed(policy, "evaluation.bands")[1:],  # the first band is a failure
        "grade": _listed(policy, "evaluation.registrar.grades"),
    }


def _listed(policy: Policy, path: str) -> tuple[Choice, ...]:
    return tuple(_choices(policy.get(path))) if policy.has(path) else ()


def _choices(entries: Iterable[dict[str, Any]]) -> Iterable[Choice]:
    for entry in entries:
        name = Text.from_pair(entry.get("name") or entry["title"])
        yield Choice(entry["code"], name, (*entry.get("synonyms", ()), name.zh.removesuffix("级")))
