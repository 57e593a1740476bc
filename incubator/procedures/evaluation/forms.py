"""The forms of evaluation: the organization's own report, the visit, the panel's scores, the conclusion, the grade."""

from __future__ import annotations

from incubator.engine.forms import day, form, optional, people, scores, text, values
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

SHEET = "evaluation.review.sheet"

# One for each dimension of the sheet, in the organization's words.
_REPORT = (
    text("basic_conditions", Text("基础条件", "Basic conditions"), longest=2000, lines=True,
         hint=Text("负责人、成员、场所、章程等情况", "Leader, members, premises, charter")),
    text("internal_governance", Text("内部治理", "Internal governance"), longest=2000, lines=True,
         hint=Text("议事、财务、档案、党建等情况", "Meetings, accounts, files, Party work")),
    text("performance", Text("工作绩效", "Performance"), longest=2000, lines=True,
         hint=Text("开展的活动、服务的居民、承接的项目", "Activities, residents served, projects")),
    text("public_opinion", Text("社会评价", "Public opinion"), longest=2000, lines=True,
         hint=Text("居民、社区、合作单位的评价和所获荣誉", "What residents, the community and partners say; honours")),
)  # fmt: skip
SELF_REPORT = form(*_REPORT, scores(SHEET, Text("自评分", "Self-scores")))
CORRECTION = form(*optional(*_REPORT), NOTE)
FINDINGS = form(text("findings", Text("资料核查情况", "What the records say"), longest=4000, lines=True))

VISIT = form(
    day("visited_on", Text("走访日期", "Visited on")),
    text("met", Text("接待人员", "Who was met"), longest=200),
    text("findings", Text("走访情况", "Findings"), longest=2000, lines=True),
)

SEAT = form(
    people("members", Text("评审专家", "Members"), options_fact="staff.experts", least=1),
    people("alternates", Text("候补专家", "Alternates"), options_fact="staff.experts", required=False),
)
REVIEW = form(
    scores(SHEET, Text("评分", "Scores")),
    text("remarks", Text("评审意见", "Remarks"), longest=1000, lines=True, required=False),
)

_BAND = text("band", Text("星级", "Band"), longest=60, options_from="evaluation.bands")
_REASONS = text("reasons", Text("理由", "Reasons"), longest=2000, lines=True, required=False,
                hint=Text("低于得分所在等次的，须写明理由", "Needed where the band is lower than the score's"))  # fmt: skip
CONCLUSION = form(
    _BAND,
    text("veto", Text("降低等次的情形", "What lowers the band"), longest=60, options_from="evaluation.vetoes",
         required=False, hint=Text("经查实存在的，请选择", "Choose it where it was found to be so")),
    _REASONS,
)  # fmt: skip
ISSUED = form(text("number", Text("文书编号", "Number of the paper"), longest=60))
CORRECTED = form(
    values("corrected", Text("更正内容", "Corrected entries"),
           (_BAND, text("score", Text("得分", "Score"), longest=7, pattern=r"^(1000|[0-9]{1,3})\.[0-9]{2}$")),
           hint=Text("只填写需要更正的项目", "Fill in only what is to be corrected")),
)  # fmt: skip

_GRADE = (
    text("grade", Text("评估等级", "Grade"), longest=20, options_from="evaluation.registrar.grades"),
    text("document_number", Text("公告或证书文号", "Number of the announcement or certificate"), longest=100),
    text("issued_by", Text("公布机关", "Announced by"), longest=100),
    day("announced_on", Text("公布日期", "Announced on")),
)
GRADE = form(*_GRADE)
CORRECTED_GRADE = form(
    values("corrected", Text("更正内容", "Corrected entries"), _GRADE,
           hint=Text("只填写需要更正的项目", "Fill in only what is to be corrected")),
)  # fmt: skip
