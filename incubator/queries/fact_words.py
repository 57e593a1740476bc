"""What a fact that a rule was given is called, and what its recorded value says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.policies.item_words import code_words
from incubator.policies.value_words import NO, NONE, YES
from incubator.policies.words import joined
from incubator.queries.calls import CALL_STATUS_NAMES
from incubator.text import Text
from incubator.wording import amount

Names = Mapping[str, str]  # public id -> name

FACT_NAMES: dict[str, Text] = {
    name: Text(zh, en)
    for name, zh, en in (
        ("case.today", "办理当日", "the day itself"),
        ("case.period", "所属期间", "period"),
        ("case.documents", "已有材料", "documents that lay in the case"),
        ("case.others_open", "该组织其他在办案件", "other open cases of the organization"),
        ("case.same_period", "同一期间的其他案件", "other cases of the period"),
        ("case.signs_in_time", "期限内的活动或联系日期", "signs of life in time"),
        ("case.rating_stands", "本案评定的等级仍为现行等级", "the rating of the case stands"),
        ("case.activities_of_the_year", "年度活动次数", "activities of the year"),
        ("organization.name", "组织名称", "name"),
        ("organization.standing", "组织状态", "standing"),
        ("organization.category", "组织类别", "category"),
        ("organization.leader", "负责人", "leader"),
        ("organization.members", "成员人数", "members"),
        ("organization.premises", "活动场所", "premises"),
        ("organization.remark", "台账备注", "remark"),
        ("organization.filing_number", "备案证编号", "number of the certificate"),
        ("organization.filed_on", "备案日期", "filed on"),
        ("organization.filing_valid_until", "备案证有效期至", "certificate valid until"),
        ("organization.community_name", "所在社区", "community"),
        ("organization.street_name", "所在街道", "street"),
        ("organization.district", "所在区县", "district"),
        ("organization.name_taken", "同一社区内已有同名组织", "another bears the name"),
        ("organization.last_activity_on", "最近一次活动日期", "last activity on"),
        ("organization.last_sign_on", "最近一次活动或联系日期", "last sign of life on"),
        ("organization.activities_in_a_year", "近十二个月活动次数", "activities in twelve months"),
        ("organization.failed_contacts", "联系未果的日期", "failed contacts on"),
        ("organization.quiet_since", "未开展活动起算日期", "quiet since"),
        ("organization.dormancy_ended_on", "上次僵尸组织处置办结日期", "last dormancy case ended on"),
        ("organization.restrictions", "现行限制", "restrictions in force"),
        ("organization.star", "现行星级", "stars in force"),
        ("organization.rating", "现行等级", "rating in force"),
        ("organization.last_review", "最近一次年检", "last yearly review"),
        ("organization.report_overdue", "逾期未报送年度报告的年度", "year of an overdue report"),
        ("organization.is_hub", "是否枢纽", "is a hub"),
        ("organization.hub_id", "该组织作为枢纽", "as a hub"),
        ("organization.recognition", "枢纽认定", "recognition as a hub"),
        ("organization.agreement", "挂靠协议", "agreement with a hub"),
        ("organization.hub", "现行挂靠枢纽", "hub that carries it"),
        ("organization.carries", "挂靠在该组织名下的组织", "organizations that it carries"),
        ("organization.members_carried", "挂靠在该组织名下的组织", "organizations that it carries"),
        ("organization.projects_open", "未结项目", "open projects"),
        ("organization.sub_teams_open", "下设小队", "sub-teams"),
        ("organization.service_centres", "使用的服务中心", "service centres that it runs"),
        ("street.hubs", "街道认定的枢纽", "hubs of the street"),
        ("street.hub_members", "各枢纽挂靠数", "members of each hub"),
        ("street.registered", "街道内已登记组织", "registered bodies of the street"),
        ("call.status", "批次状态", "the call's state"),
        ("call.fund_source", "批次资金来源", "the call's fund"),
        ("call.opens_on", "申报开始日期", "the call opens on"),
        ("call.closes_on", "申报截止日期", "the call closes on"),
        ("call.budget_fen", "批次总预算", "the call's budget"),
        ("call.available_fen", "批次可用余额", "what the call has left"),
        ("funding.payee", "收款方", "payee"),
        ("funding.restrictions", "申请方和收款方的现行限制", "restrictions of applicant and payee"),
        ("funding.same_work", "名称相似的项目和申请", "work that is alike"),
        ("funding.panel_score", "评审得分", "the panel's score"),
        ("project.status", "项目状态", "the project's state"),
        ("project.payee", "项目收款方", "the project's payee"),
        ("project.tranches", "各期款项", "tranches"),
        ("payment.tranche", "本期款项", "the tranche"),
        ("project.undecided", "待审核支出笔数", "expenses not decided"),
        ("project.money", "项目款项", "the project's money"),
        ("project.late_reports", "逾期的报告", "late reports"),
        ("project.report_overdue", "报告是否逾期", "the report is overdue"),
        ("project.midterm_concluded", "中期评估已有结论", "the mid-term review is concluded"),
    )
}

# What stands inside a fact, after the name of its entry; one that is not here is told without a name.
_ENTRIES: dict[str, Text] = {
    name: Text(zh, en)
    for name, zh, en in (
        ("since", "自", "since"),
        ("until", "至", "until"),
        ("valid_until", "有效期至", "valid until"),
        ("document_number", "文号", "paper"),
        ("period", "年度", "year"),
        ("outcome", "结论", "result"),
        ("gate", "拨付条件", "gate"),
        ("status", "状态", "state"),
        ("place", "期次", "part"),
        ("case", "案件", "case"),
        ("committed", "已立项", "awarded"),
        ("in_payment", "拨付中", "in payment"),
        ("paid", "已拨付", "paid"),
        ("due_back", "应收回", "due back"),
        ("number", "编号", "number"),
        ("likeness", "相似度", "alike"),
        ("score", "得分", "score"),
        ("given", "评审份数", "reviews"),
        ("dropped", "去掉的总分", "dropped"),
        ("standing", "组织状态", "standing"),
        ("fen", "金额", "amount"),
    )
}
_MONEY = frozenset({"fen", "committed", "in_payment", "paid", "due_back"})
_LEFT_OUT = frozenset({"id", "public_id", "hub", "itself", "title_en", "band", "version"})
_CODES: dict[str, Text] = {
    **{str(status): words for status, words in CALL_STATUS_NAMES.items()},
    "waiting": Text("未达到拨付条件", "behind its gate"),
    "open": Text("可申请拨付", "open"),
    "requested": Text("拨付办理中", "asked for"),
    "paid": Text("已拨付", "paid"),
    "stopped": Text("已停拨", "stopped"),
    "released": Text("已收回", "released"),
    "awarded": Text("已立项", "awarded"),
    "running": Text("实施中", "running"),
    "settled": Text("已结项", "settled"),
    "terminated": Text("已终止", "terminated"),
    "lapsed": Text("立项失效", "lapsed"),
    "signed": Text("签订协议", "agreement signed"),
    "midterm": Text("中期评估", "mid-term review"),
    "final": Text("结项验收", "final acceptance"),
    "star": Text("星级", "stars"),
    "registrar_grade": Text("登记机关评估等级", "the registrar's grade"),
    "carrying_out": Text("中期报告", "mid-term report"),
    "carrying_on": Text("结项报告", "final report"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PUBLIC_ID = re.compile(r"[0-9a-f]{32}")


def fact_words(name: str) -> Text:
    """What a fact is called, or its name where nobody says; what forms say is called by the form."""
    words = FACT_NAMES.get(name, Text(name, name))
    return Text(words.zh, words.en[:1].upper() + words.en[1:])


def fact_value(name: str, value: Any, codes: Mapping[str, Text], names: Names) -> Text:
    """What a recorded value says; `codes` is what the policy calls its own codes, `names` whom public ids stand for."""
    if name.endswith("_fen") and isinstance(value, int):
        return amount(value)
    return _told(value, codes, names)


def public_ids(value: Any) -> Iterator[str]:
    """The public ids inside a recorded value."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from public_ids(name)
            yield from public_ids(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from public_ids(each)
    elif isinstance(value, str) and _PUBLIC_ID.fullmatch(value):
        yield value


def _told(value: Any, codes: Mapping[str, Text], names: Names) -> Text:
    match value:
        case bool():
            return YES if value else NO
        case None | "" | [] | ():
            return NONE
        case {"title_zh": str(zh), "title_en": str(en), **rest}:
            others = {str(name): each for name, each in rest.items()}
            return joined([Text(zh, en), *_entries(others, codes, names)], Text("，", ", "))
        case Mapping():
            return joined(list(_entries(value, codes, names)), Text("，", ", ")) if value else NONE
        case list() | tuple():
            return joined([_told(each, codes, names) for each in value], Text("；", "; "))
        case str() if _DAY.fullmatch(value):
            return in_words(date.fromisoformat(value))
        case str():
            return _word(value, codes, names)
        case _:
            return Text(str(value), str(value))


def _entries(values: Mapping[str, Any], codes: Mapping[str, Text], names: Names) -> Iterator[Text]:
    for name, value in values.items():
        if name in _LEFT_OUT or value in ("", None, [], "9999-12-31"):
            continue
        said = amount(value) if name in _MONEY and isinstance(value, int) else _told(value, codes, names)
        label = _ENTRIES.get(name) or _known(name, names)
        yield said if label is None else joined([label, said], Text("：", ": "))


def _known(name: str, names: Names) -> Text | None:
    """The name of an entry that is called by a public id or by a procedure."""
    if name in names:
        return Text(names[name], names[name])
    return next((each.title for each in library.current_definitions() if each.key == name), None)


def _word(value: str, codes: Mapping[str, Text], names: Names) -> Text:
    if value in names:
        return Text(names[value], names[value])
    return codes.get(value) or _CODES.get(value) or code_words(value)
