"""The public notice (公示): what is proposed, until when it may be objected to and where; nothing personal."""

from __future__ import annotations

from incubator.papers.fields import OF_A_CASE, SIGNED_ON, answered, of_case
from incubator.papers.paper import Field, Material, Paper, Values
from incubator.papers.wording import article, within, written
from incubator.text import Text
from incubator.wording import figures


def _public_notice(material: Material) -> Values:
    file, project = material.file, material.project
    said_: list[tuple[str, str]] = [
        ("组织名称", file.organization.organization_name),
        ("所在社区", file.organization.community_name),
    ]
    matter = f"{file.definition.title.zh}事项拟予批准"
    match file.case.procedure:
        case "filing":
            category = answered(material, "application", "category")
            said_.append(("类别", category))
            matter = "拟予备案"
        case "funding" if project is not None:
            said_ += [
                ("项目名称", project.title),
                ("拟资助金额", f"{figures(project.awarded_fen)}元"),
                ("资助批次", project.call_title),
            ]
            matter = "项目拟予立项资助"
        case "evaluation":
            said_ += [("评估年度", file.case.period), ("拟评等级", answered(material, "conclusion", "band"))]
            matter = "拟评定星级"
        case "hub_recognition":
            matter = "拟认定为枢纽型社会组织"
    until = file.case.due_on
    path = file.step.lasts.policy if file.step.lasts is not None else ""
    return {
        **of_case(material),
        "matter": matter,
        "entries": [{"title": title, "value": value} for title, value in said_ if value],
        "since": written(file.case.step_entered_on),
        "until": written(until),
        "days": within(file.policy, path) if path else "",
        "basis": article(file.policy, path) if path else "",
    }


PUBLIC_NOTICE = Paper(
    "public_notice",
    Text("公示", "Public notice"),
    Text("案件处于公示期间", "While the case is in its public notice"),
    (
        *OF_A_CASE,
        Field("matter", Text("公示的事项", "What is proposed"), "拟予备案", required=True),
        Field(
            "entries",
            Text("公示的内容，不含个人信息", "What is put up, nothing personal"),
            [{"title": "组织名称", "value": "样例社区合唱团"}, {"title": "所在社区", "value": "样例社区"}],
            required=True,
            rows=(Field("title", Text("项目", "Entry"), ""), Field("value", Text("内容", "Value"), "")),
        ),
        Field("since", Text("公示起始日", "From"), "2026年9月18日", required=True),
        Field("until", Text("公示截止日", "Until"), "2026年9月25日", required=True),
        Field("days", Text("公示期长度", "How long"), "5个工作日"),
        Field("basis", Text("公示期的依据", "What that time rests on"), "《样例办法》第八条"),
        SIGNED_ON,
    ),
    build=_public_notice,
    due=lambda material: material.step == "public_notice",
)
