"""The difference between two versions in plain words: what changed and nothing else, item by item."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from incubator.policies import packs
from incubator.policies.difference import Difference, by_section, differences
from incubator.policies.schema import all_leaves
from incubator.text import Text

PRACTICE = {"practice": {"zh": "本街道规定", "en": "as this street does"}}


def changed(**values: Any) -> list[Difference]:
    """What differs when these paths (dots written `__`) of the national pack get other values, each with its own source."""
    before = packs.shipped()
    after = deepcopy(before)
    for path, value in values.items():
        leaf(after, path.replace("__", "."))["value"] = value
    return differences(before, after)


def leaf(content: dict[str, Any], path: str) -> dict[str, Any]:
    node = content["values"]
    for part in path.split("."):
        node = node[part]
    found: dict[str, Any] = node
    return found


def test_equal_contents_do_not_differ() -> None:
    assert differences(packs.shipped(), packs.shipped()) == []


def test_only_what_changed_is_told_in_the_schemas_order_under_its_section() -> None:
    found = changed(funding__review__least=70, filing__conditions__members=15, filing__conditions__leader=False)
    order = list(all_leaves())
    assert [each.path for each in found] == sorted((each.path for each in found), key=order.index)
    assert [(section.zh, len(each)) for section, each in by_section(found)] == [("备案", 2), ("项目资助", 1)]
    members = found[0]
    assert (members.before, members.after) == (Text("10 人", "10"), Text("15 人", "15"))
    assert members.changes == (Text("由 10 人改为 15 人", "from 10 to 15"),)
    assert not members.only_citation


def test_of_a_time_limit_it_is_told_what_changed_of_it() -> None:
    due = {"length": 15, "unit": "calendar_days", "starts_on": "complete", "on_correction": "restart"}
    (found,) = changed(filing__decision__due=due)
    assert [change.zh for change in found.changes] == [
        "由 10 个工作日改为 15 日（自然日）",
        "起算由受理之日改为材料齐全之日",
        "“补正期间不计入”改为“补正后重新计算”",
        "取消：可延长一次（至多 5 个工作日）",
    ]
    assert (
        found.changes[1].en == "counted from the day the documents were complete, no longer from the day of acceptance"
    )


def test_of_a_list_it_is_told_which_items_came_went_and_changed() -> None:
    (found,) = changed(
        filing__application__documents=[
            {"kind": "application", "title": {"zh": "备案申请表", "en": "application form"}, "required": True},
            {"kind": "roster", "title": {"zh": "成员花名册", "en": "roster of members"}, "required": False},
            {"kind": "charter", "title": {"zh": "章程或活动规则", "en": "charter"}, "required": True},
            {"kind": "pledge", "title": {"zh": "承诺书", "en": "pledge"}, "required": True},
        ]
    )
    assert [change.zh for change in found.changes] == [
        "“成员花名册”改为“成员花名册（可不提交）”",
        "增加：承诺书",
        "取消：活动场所证明",
    ]


def test_a_list_in_another_order_says_so() -> None:
    (found,) = changed(filing__committee_opinion__by=["officer", "community_worker"])
    assert [change.zh for change in found.changes] == ["顺序改为：经办人、社区工作者"]


def test_a_band_that_ends_elsewhere_a_synonym_and_a_sheet_are_told_though_the_brief_words_may_stay() -> None:
    content = packs.shipped()
    bands = deepcopy(leaf(content, "evaluation.bands")["value"])
    bands[-1]["least"] = 950
    categories = deepcopy(leaf(content, "filing.conditions.categories")["value"])
    categories[0]["synonyms"] = ["便民"]
    sheet = deepcopy(leaf(content, "funding.review.sheet")["value"])
    sheet["criteria"][0]["most"] = 40
    sheet["drop_extremes"] = False
    found = changed(evaluation__bands=bands, filing__conditions__categories=categories, funding__review__sheet=sheet)
    told = {each.path: [change.zh for change in each.changes] for each in found}
    assert told["evaluation.bands"] == [
        "“四星级：800 分以上不满 900 分”改为“四星级：800 分以上不满 950 分”",
        "“五星级：900 分以上”改为“五星级：950 分以上”",
    ]
    assert told["filing.conditions.categories"][0].endswith("改为“生活服务（也作：便民）”")
    assert told["funding.review.sheet"] == [
        "“需求与受益 30 分”改为“需求与受益 40 分”",
        "取消：去掉最高分和最低分",
    ]


def test_a_band_that_also_says_where_it_ends_says_the_same_in_another_way() -> None:
    bands = deepcopy(leaf(packs.shipped(), "evaluation.bands")["value"])
    bands[0]["below"] = bands[1]["least"]
    (found,) = changed(evaluation__bands=bands)
    assert [change.zh for change in found.changes] == ["写法有调整，所列内容相同"]


def test_another_source_for_the_same_value_is_told_apart() -> None:
    before = packs.shipped()
    after = deepcopy(before)
    leaf(after, "filing.conditions.members")["cite"] = PRACTICE
    (found,) = differences(before, after)
    assert found.only_citation
    assert found.before == found.after
    assert found.cite_after == Text("本街道惯例：本街道规定", "this street's own practice: as this street does")
    assert found.cite_before != found.cite_after


def test_either_version_may_lack_what_the_other_says() -> None:
    before, after = packs.shipped(), packs.shipped()
    del after["values"]["filing"]["conditions"]["founders"]
    after["values"]["filing"]["conditions"]["colour"] = {"value": ["red"], "cite": PRACTICE}
    gone, unknown = differences(before, after)
    assert (gone.path, gone.after, gone.cite_after) == ("filing.conditions.founders", None, None)
    assert gone.changes == (Text("不再规定，原为：3 人", "no longer said; it was: 3"),)
    # A path that today's software does not know is shown as it is written.
    assert (unknown.title.zh, unknown.before) == ("filing.conditions.colour", None)
    assert unknown.changes == (Text("新增规定：red", "newly said: red"),)


def test_words_that_only_one_language_changes_are_told_as_that() -> None:
    documents = [dict(each) for each in leaf(packs.shipped(), "filing.application.documents")["value"]]
    documents[1] = {**documents[1], "title": {**documents[1]["title"], "en": "who belongs to it"}}
    (found,) = changed(filing__application__documents=documents)
    assert [change.zh for change in found.changes] == ["“成员花名册”的英文改写"]
