"""What the paths of a policy pack are called: words for each name, composed along the path as an office would say it."""

from __future__ import annotations

from functools import cache

from incubator.text import Text


def _names(*entries: tuple[str, str, str]) -> dict[str, Text]:
    return {name: Text(zh, en) for name, zh, en in entries}


# A name means the same wherever it stands; where it does not, the longer ending of the path (`review.size`) says so.
_NAMES = _names(
    # the sections, in the schema's order
    ("general", "通用规定", "general"),
    ("jurisdiction", "职权", "jurisdiction"),
    ("filing", "备案", "filing"),
    ("yearly_review", "年检", "yearly review"),
    ("evaluation", "评估", "evaluation"),
    ("funding", "项目资助", "funding"),
    ("project", "项目实施", "projects"),
    ("payment", "项目款拨付", "payments"),
    ("affiliation", "枢纽和挂靠", "hubs and affiliation"),
    ("rectification", "整改", "rectification"),
    ("supervision", "重点监管", "closer supervision"),
    ("dormancy", "僵尸组织处置", "dormancy"),
    ("referral", "移送登记机关", "referral to the registrar"),
    ("upgrade", "升级登记", "upgrade to registration"),
    ("path", "培育路径", "path"),
    # what several sections have
    ("application", "申请", "application"),
    ("acceptance", "受理", "acceptance"),
    ("correction", "补正", "correction"),
    ("decision", "审批", "decision"),
    ("redecision", "重新审批", "decision made anew"),
    ("public_notice", "公示", "public notice"),
    ("objection", "异议处理", "objection"),
    ("service", "送达", "service"),
    ("refusal", "不予办理的决定", "refusal"),
    ("internal_review", "复核", "internal review"),
    ("result_correction", "结果更正", "correction of the result"),
    ("confirmation", "审签", "confirmation"),
    ("conclusion", "提出结论", "conclusion"),
    ("conditions", "条件", "conditions"),
    ("certificate", "备案证", "certificate"),
    ("renewal", "延续", "renewal"),
    ("change", "变更", "change"),
    ("reissue", "补发", "reissue"),
    ("exit", "注销", "exit"),
    ("report", "报告", "report"),
    ("review", "专家评审", "expert review"),
    ("agreement", "签订协议", "agreement"),
    ("answer", "登记机关处理结果", "the registrar's answer"),
    ("draft", "拟稿", "draft"),
    ("signature", "审签", "signature"),
    ("cure", "改正期", "time to mend"),
    # leaves that several sections have
    ("due", "办理时限", "time limit"),
    ("correction.due", "期限", "time limit"),
    ("cure.due", "期限", "time limit"),
    ("by", "办理人", "done by"),
    ("documents", "所需材料", "documents"),
    ("service_documents", "送达所需材料", "documents for service"),
    ("enabled", "是否进行", "takes place"),
    ("lasts", "公示期", "how long"),
    ("window", "申请期限", "when to apply"),
    ("internal_review.window", "申请复核的期限", "when it may be asked for"),
    ("validity", "有效期", "validity"),
    ("ladder", "催办安排", "overdue ladder"),
    ("conclude_after", "未报送时可作结论的时间", "concluded without a report"),
    ("activities", "活动次数下限", "activities at least"),
    ("members", "成员人数下限", "members at least"),
    ("size", "评审人数", "members of the panel"),
    ("quorum", "有效评审份数下限", "reviews at least"),
    ("sheet", "评分表", "scoring sheet"),
    ("paper", "纸质评分表", "score sheets on paper"),
    ("causes", "事由", "causes"),
    ("late_fails", "逾期或未报送视为不合格", "a late or missing report counts as failed"),
    # general
    ("backdating_days", "补录日期最多追溯", "dates may lie back"),
    # jurisdiction and filing
    ("issues", "街道决定的事项", "what the street issues"),
    ("records", "街道只作登记的事项", "what the street only records"),
    ("jurisdiction.legal_personality", "有法人资格的", "who has legal personality"),
    ("tiers", "按规模分档", "by size"),
    ("founders", "发起人数下限", "founders at least"),
    ("leader", "须有负责人", "a leader is needed"),
    ("premises", "须有活动场所", "premises are needed"),
    ("charter", "须有章程或活动规则", "a charter is needed"),
    ("categories", "组织类别", "categories"),
    ("excluded", "不予备案的情形", "kinds that are not filed"),
    ("conditions.name", "名称规范", "form of the name"),
    ("unique_name", "同一社区内名称不得重复", "a name is unique in its community"),
    ("committee_opinion", "居民委员会意见", "residents' committee's opinion"),
    ("must_agree", "须经同意", "its consent is needed"),
    # yearly review and evaluation
    ("checks", "自动核查", "automated checks"),
    ("opening", "启动", "opening"),
    ("months_filed", "备案满多久参加评估", "filed for at least"),
    ("days_before_end", "星级到期前多久重新评估", "evaluated anew before stars end"),
    ("self_report", "自评", "own report"),
    ("close_after", "未自评时可不予评定的时间", "closed without a report"),
    ("screening", "资料核查", "screening"),
    ("eligibility", "资格核实", "eligibility"),
    ("visit", "实地走访", "visit"),
    ("bands", "星级标准", "bands"),
    ("vetoes", "限制星级的情形", "what caps the stars"),
    ("evaluation.validity", "星级有效期", "validity of stars"),
    ("failure", "未达标的结果", "failed evaluation"),
    ("registrar", "登记机关评估等级", "the registrar's grades"),
    ("registrar.confirmation", "核对", "confirmation"),
    ("record", "录入", "entry"),
    ("grades", "等级", "grades"),
    ("registrar.validity", "等级有效期", "validity of grades"),
    # funding, projects, payments
    ("funds", "资金来源", "funds"),
    ("fields", "资助领域", "fields"),
    ("cap", "单个项目资助上限", "most for one project"),
    ("tranches", "分期拨付计划", "tranche plan"),
    ("actual_cost", "按实际支出结算", "settled at actual cost"),
    ("costs", "费用", "costs"),
    ("kinds", "预算科目", "kinds of cost"),
    ("prohibited", "不得列支的费用", "prohibited costs"),
    ("bars", "不得申报的情形", "bars"),
    ("reviews", "最近一次年检结论", "result of the last yearly review"),
    ("late_report", "年度报告逾期未报送", "an overdue yearly report"),
    ("lists", "列入名单或受到限制", "lists and restrictions"),
    ("ban", "项目禁申期未满", "a project ban still running"),
    ("project.ban", "违约禁申期", "ban after a breach"),
    ("likeness", "视为同一项目的名称相似度", "likeness of titles of the same work"),
    ("joint", "联合申报", "joint application"),
    ("required", "无法人资格的须联合申报", "needed without legal personality"),
    ("entry_days", "截止后补录纸质申请的期限", "time to type in paper"),
    ("least", "立项最低分", "points at least"),
    ("funding.decision", "立项审批", "award"),
    ("midterm", "中期评估", "mid-term review"),
    ("final", "结项验收", "final acceptance"),
    ("report_due", "报告报送时限", "report due"),
    ("review_due", "评估时限", "review due"),
    ("acceptance_due", "验收时限", "acceptance due"),
    ("project.correction", "整改", "mending"),
    ("expenses", "支出", "expenses"),
    ("tolerance", "单项支出可超预算", "a line may be overspent by"),
    ("line_change", "预算调整", "change of lines"),
    ("settlement", "结算", "settlement"),
    ("winding_up", "收尾清算", "winding up"),
    ("project.decision", "不合格或终止的审批", "decision on a failure or termination"),
    ("request", "申请拨付", "request"),
    ("collective", "集体研究", "decided by a meeting"),
    ("above_fen", "须集体研究的单笔金额（超过）", "payments above"),
    # hubs and affiliation
    ("recognition", "枢纽认定", "recognition"),
    ("criteria", "标准", "criteria"),
    ("years_filed", "备案年限下限", "filed for at least"),
    ("review_not_failed", "最近一次年检不得为不合格", "the last yearly review was not failed"),
    ("teams", "带动团队数下限", "groups worked with at least"),
    ("satisfaction", "居民满意率下限", "satisfied residents at least"),
    ("party_organization", "须有党组织", "a Party organization is needed"),
    ("legal_personality", "须有法人资格", "legal personality is needed"),
    ("recognition.window", "再次认定的申请期限", "when to apply anew"),
    ("carrying", "挂靠范围", "carrying"),
    ("registered", "已登记组织可以挂靠", "registered bodies may be affiliated"),
    ("carrying.hubs", "枢纽组织可以挂靠其他枢纽", "hubs may be affiliated with another"),
    ("capacity", "每个枢纽挂靠数上限", "members of one hub at most"),
    ("longest_term", "协议最长期限", "longest term of an agreement"),
    ("consent", "枢纽组织意见", "the hub's consent"),
    ("affiliation.decision", "街道确认", "the street's confirmation"),
    ("affiliation.renewal", "续签", "renewal"),
    ("ending", "解除挂靠", "end of an affiliation"),
    ("hub_ending", "终止枢纽认定", "end of a recognition"),
    ("duties", "枢纽职责", "the hub's duties"),
    ("affiliation.report", "季度报告", "quarterly report"),
    ("affiliation.report.conclude_after", "未报送时可作登记的时间", "recorded as not reported"),
    ("check", "核对", "check"),
    # aftercare
    ("rectification.draft", "拟定整改通知", "draft of the notice"),
    ("rectification.service", "送达整改通知", "service of the notice"),
    ("rectification.cure", "整改期", "time to mend"),
    ("verification", "核查", "verification"),
    ("rectification.confirmation", "审定整改结果", "confirmation"),
    ("result", "送达整改结果", "service of the result"),
    ("term", "期限", "term"),
    ("review_days_before", "期满前多久复核", "looked at again before the end"),
    ("signs", "迹象", "signs"),
    ("quiet_months", "多久未开展活动", "without an activity for"),
    ("failed_contacts_apart", "两次联系未果的间隔", "failed contacts apart by"),
    ("not_again_within", "处置结束后多久不再发起", "not taken up again within"),
    ("dormancy.confirmation", "核实", "confirmation"),
    ("notice", "送达告知书", "service of the notice"),
    ("dormancy.cure", "恢复活动期", "time to show life"),
    ("dormancy.decision", "审批注销", "decision"),
    ("referral.draft", "拟定移送函", "draft of the referral"),
    ("drafting", "拟定和发出移送函", "drafting and sending"),
    ("sending", "发出移送函", "sending"),
    ("removal", "移出名录", "removal from a list"),
    ("persons", "个人会员人数下限", "persons at least"),
    ("units", "单位会员数下限", "units at least"),
    ("mixed", "个人和单位会员合计下限", "persons and units together at least"),
    ("funds_fen", "活动资金下限", "funds at least"),
    ("support", "街道指导意见", "the street's support"),
    ("handover", "报送登记机关", "handover to the registrar"),
    ("handing_over", "报送登记机关", "handing over"),
    ("upgrade.confirmation", "核对登记结果", "check of the record"),
    # the path
    ("prerequisites", "须先完成的阶段", "what is done before"),
    ("prerequisites.affiliation", "挂靠之前", "before affiliation"),
    ("prerequisites.funding", "项目资助之前", "before funding"),
    ("prerequisites.evaluation", "评估之前", "before evaluation"),
)  # fmt: skip


@cache
def path_words(path: str) -> Text:
    """What a path of a pack is called, its sections before it: `备案 · 条件 · 成员人数下限`. LookupError where a name has none."""
    parts = path.split(".")
    words = [_named(parts[: count + 1]) for count in range(len(parts))]
    english = " · ".join(each.en for each in words)
    return Text(" · ".join(each.zh for each in words), english[:1].upper() + english[1:])


def name_words(path: str) -> Text:
    """What the last name of a path is called, without its sections: `成员人数下限`."""
    words = _named(path.split("."))
    return Text(words.zh, words.en[:1].upper() + words.en[1:])


def section_words(path: str) -> Text:
    """What the section is called that a path lies in, the stage: `备案`."""
    return stored_path_words(path.partition(".")[0])


def stored_path_words(path: str) -> Text:
    """What a path is called, or the path itself where only another version of the software knows it."""
    try:
        return path_words(path)
    except LookupError:
        return Text(path, path)


def _named(parts: list[str]) -> Text:
    for first in range(len(parts)):
        found = _NAMES.get(".".join(parts[first:]))
        if found is not None:
            return found
    raise LookupError(
        f"no words for {parts[-1]!r} of {'.'.join(parts)!r}: add them to incubator/policies/path_words.py"
    )
