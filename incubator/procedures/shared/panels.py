"""Scores that a panel's member gave on paper: entered from the signed sheet, objected to by the member, struck out."""

from __future__ import annotations

from incubator.engine import panel
from incubator.engine.definition import STAY, Decision, JsonSchema, PanelAct, PolicyRef
from incubator.engine.forms import form, merged, picked, text, yes_no
from incubator.procedures.shared.roles import DIRECTOR, EXPERT, OFFICER
from incubator.text import Text

# How a member declares, before anything is scored, whether there is a conflict of interest.
DECLARATION = form(
    yes_no("conflict", Text("您与该组织或其负责人有没有利害关系？", "Have you a conflict of interest?"),
           hint=Text("近亲属、任职、出资、业务往来，或者其他可能影响公正评审的关系",
                     "A near relative, an office, money, business, or whatever else might sway your review"),
           words=(Text("有，我申请回避", "Yes, I stand aside"), Text("没有，我可以公正评审", "No, I can review it fairly"))),
    text("grounds", Text("回避原因", "Why you stand aside"), longest=500, lines=True, required=False,
         hint=Text("申请回避的请简要说明，只有经办人和中心主任可以看到", "In a few words; only the officer and the director read it")),
)  # fmt: skip
_SHEET = form(
    picked(panel.MEMBER, Text("评审专家", "Whose scores"), options_fact="panel.awaited",
           hint=Text("只列出尚未评分的专家", "Members whose scores are awaited")),
    picked(panel.SCAN, Text("签名评分表扫描件", "Scan of the signed sheet"), options_fact="panel.scans",
           hint=Text("请先在“材料”中上传，每位专家一份", "Upload it under the documents first, one for each member")),
    yes_no(panel.DECLARED, Text("评分表上有该专家签名的无利害关系声明", "The sheet bears the member's signed declaration of no conflict")),
)  # fmt: skip
_STRUCK = form(picked(panel.MEMBER, Text("评审专家", "Whose scores"), options_fact="panel.on_paper"))


def on_paper(review: JsonSchema, scan: PolicyRef) -> tuple[Decision, ...]:
    """The decisions of a panel step by which scores come on paper; `review` is the form of a member's own review."""
    return (
        Decision(name="give_on_paper", title=Text("录入纸质评分", "Enter scores given on paper"), to=STAY, by=OFFICER,
                 panel=PanelAct.GIVE_ON_PAPER, form=merged(_SHEET, review), documents=scan, needs_complete_step=False,
                 notices=("notice.scored_on_paper",)),
        Decision(name="object_to_paper", title=Text("对代录评分提出异议", "Object to the scores entered for me"), to=STAY,
                 by=EXPERT, panel=PanelAct.STRIKE, needs_complete_step=False, needs_comment=True, style="danger"),
        Decision(name="strike_paper", title=Text("撤销代录评分", "Strike out scores entered from paper"), to=STAY,
                 by=(*OFFICER, *DIRECTOR), panel=PanelAct.STRIKE, form=_STRUCK, needs_complete_step=False,
                 needs_comment=True, notices=("notice.paper_struck",), style="danger"),
    )  # fmt: skip
