"""The rectification notice (整改通知书): problems, what is to be done, and by when."""

from __future__ import annotations

from datetime import date

from incubator.papers.fields import CASE_NUMBER, COMMUNITY, NAME, OFFICE, SIGNED_ON, STREET, list_of, of_case
from incubator.papers.paper import Field, Material, Paper, Values
from incubator.papers.wording import article, points, within, written
from incubator.text import Text


def _rectification_notice(material: Material) -> Values:
    draft, file = material.answers("draft"), material.file
    cause = str(draft.get("cause") or "")
    names = {each["code"]: each["name"]["zh"] for each in file.policy.get("rectification.causes")}
    return {
        **of_case(material),
        "signed_on": written(date.fromisoformat(file.case.milestones["signed"])),
        "cause": names.get(cause, cause),
        "problems": points(str(draft.get("problems") or "")),
        "measures": points(str(draft.get("measures") or "")),
        "basis": str(draft.get("basis") or ""),
        "term": within(file.policy, "rectification.cure.due"),
        "term_basis": article(file.policy, "rectification.cure.due"),
    }


RECTIFICATION_NOTICE = Paper(
    "rectification_notice",
    Text("整改通知书", "Rectification notice"),
    Text("整改通知签发后、送达前", "Once the notice is signed, before it is served"),
    (
        CASE_NUMBER,
        NAME,
        COMMUNITY,
        STREET,
        OFFICE,
        Field("cause", Text("整改事由", "Cause"), "年检不合格"),
        list_of("problems", Text("存在的问题", "What is wrong"), "全年未开展活动", required=True),
        list_of("measures", Text("整改要求", "What is to be done"), "制定活动计划并按月开展活动", required=True),
        Field("basis", Text("依据的条款", "Legal basis"), "《样例办法》第十二条"),
        Field("term", Text("整改期限，自送达之日起", "Time to mend, from service"), "60日", required=True),
        Field("term_basis", Text("整改期限的依据", "What that time rests on"), "《样例办法》第十三条"),
        SIGNED_ON,
    ),
    build=_rectification_notice,
    due=lambda material: material.place == ("rectification", "service"),
)
