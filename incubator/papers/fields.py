"""The fields that many papers have in common, and what they say on a case."""

from __future__ import annotations

from incubator.engine.definition import Decision
from incubator.papers.paper import Field, Material, Values
from incubator.papers.wording import article, office, within, written
from incubator.queries.said import said
from incubator.text import Text

STREET = Field("street", Text("街道名称", "Street"), "样例街道")
OFFICE = Field("office", Text("街道办事处名称，用于落款", "The street office, as it signs"), "样例街道办事处")
NAME = Field("name", Text("组织名称", "Organization"), "样例社区合唱团", required=True)
COMMUNITY = Field("community", Text("所在社区", "Community"), "样例社区")
NUMBER = Field("number", Text("编号", "Number"), "AA-2026-0001", required=True)
CASE_NUMBER = Field("number", Text("案件编号", "The case's number"), "BA-2026-0001", required=True)
SUBJECT = Field("subject", Text("所办事项", "What the case is about"), "备案")
# What every paper of a case may say of it.
OF_A_CASE = (CASE_NUMBER, NAME, COMMUNITY, STREET, OFFICE, SUBJECT)
TITLE = Field("title", Text("文书标题", "Title of the paper"), "文书标题", required=True)
SIGNED_ON = Field("signed_on", Text("成文日期", "Date of the paper"), "2026年9月18日", required=True)
REASONS = Field("reasons", Text("理由", "Reasons"), "成员不足规定人数。")
REVIEW_PERIOD = Field(
    "review_period",
    Text("申请复核的期限；不能申请的为空", "Time for an internal review; empty where there is none"),
    "5个工作日",
)
REVIEW_BASIS = Field(
    "review_basis",
    Text("复核期限的依据；没有条款的为空", "What that time rests on; empty without an article"),
    "《样例办法》第九条",
)
WORDS_ROWS = (
    Field("no", Text("序号", "No."), "1"),
    Field("words", Text("内容", "Words"), ""),
)


def list_of(name: str, title: Text, *lines: str, required: bool = False) -> Field:
    """A numbered list, with these lines as its sample."""
    sample = [{"no": str(place), "words": line} for place, line in enumerate(lines, start=1)]
    return Field(name, title, sample, required, WORDS_ROWS)


def of_case(material: Material) -> Values:
    """What every paper of a case says of it."""
    file = material.file
    return {
        "street": material.street,
        "office": office(material.street),
        "name": file.organization.organization_name,
        "community": file.organization.community_name,
        "number": file.case.number,
        "subject": file.definition.title.zh.removesuffix("申请"),
        "signed_on": written(material.signed_on()),
    }


def remedy(material: Material) -> Values:
    """How long an internal review may be asked for once this paper is served, and by which article."""
    definition, policy = material.file.definition, material.file.policy
    for served in definition.step(material.step).decisions:
        target = definition.by_key.get(served.to)
        review: Decision | None = target.by_name.get("request_internal_review") if target else None
        path = review.window.length.policy if review is not None and review.window is not None else ""
        if not path and target is not None and target.lasts is not None and review is not None:
            path = target.lasts.policy  # a window that is a step of its own
        if path:
            return {"review_period": within(policy, path), "review_basis": article(policy, path)}
    return {"review_period": "", "review_basis": ""}


def answered(material: Material, step: str, name: str) -> str:
    """What was answered at a step, in words."""
    value = material.answers(step).get(name)
    if value in (None, ""):
        return ""
    asked = material.file.definition.step(step)
    schemas = [asked.form, *(decision.form for decision in asked.decisions)]
    fields = [schema["properties"][name] for schema in schemas if schema and name in schema["properties"]]
    told = said(fields[0], value, material.file.names) if fields else value
    return told.zh if isinstance(told, Text) else str(told)
