"""Each condition of filing from both sides, under the national baseline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES, Blocker
from incubator.policies.packs import shipped
from incubator.procedures.catalogue import DEFINITIONS
from incubator.procedures.filing.applied import category_code
from incubator.procedures.filing.exit import SETTLED

TIERS = "goes_to_filing_by_its_size@1"


class Facts(dict[str, Any]):
    """Unanswered fields of forms are None, as decide presents them."""

    def __missing__(self, key: str) -> Any:
        if key.startswith("data."):
            return None
        raise KeyError(key)


def ask(name: str, change: Callable[[dict[str, Any]], None] | None = None, **facts: Any) -> Blocker | None:
    content = shipped()
    if change:
        change(content["values"])
    spelled = Facts({key.replace("__", "."): value for key, value in facts.items()})
    return RULES[name].blocker(spelled, Policy(content))


PLACE: dict[str, Any] = {
    "organization__community_name": "桂花社区",
    "organization__street_name": "草堂街道",
    "organization__district": "青羊区",
}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("has_enough_members@1", {"data__application__members": 10}, {"data__application__members": 9}),
    ("has_enough_founders@1", {"data__application__founders": 3}, {"data__application__founders": 2}),
    ("names_a_leader@1", {"data__application__leader": "王桂兰"}, {"data__application__leader": " "}),
    ("has_premises@1", {"data__application__premises": "活动室"}, {}),
    ("has_a_charter@1", {"case__documents": frozenset({"charter"})}, {"case__documents": frozenset({"roster"})}),
    ("is_in_the_list_of_categories@1", {"data__application__category": "文体类"}, {"data__application__category": "商业"}),
    (
        "is_no_excluded_body@1",
        {"data__application__name": "桂花社区常青合唱团", "organization__remark": "非营利性"},
        {"data__application__name": "桂花社区业主委员会", "organization__remark": ""},
    ),
    (
        "name_is_in_proper_form@1",
        {"data__application__name": "桂花社区常青合唱团", **PLACE},
        {"data__application__name": "常青合唱团", **PLACE},
    ),
    ("name_is_unique@1", {"organization__name_taken": False}, {"organization__name_taken": True}),
    ("leader_consents@1", {"data__application__consent": True}, {"data__application__consent": False}),
    ("committee_does_not_object@1", {"data__committee_opinion__stance": "agree"}, {"data__committee_opinion__stance": "object"}),
    (
        "is_not_filed_already@2",
        {"organization__standing": "informal", "organization__filing_number": ""},
        {"organization__standing": "registered", "organization__filing_number": ""},
    ),
    ("is_filed@1", {"organization__standing": "filed"}, {"organization__standing": "exited"}),
    ("has_no_other_open_filing@1", {"case__others_open": {"filing_exit": ["ZX-1"]}}, {"case__others_open": {"filing": ["BA-1"]}}),
    ("has_no_other_open_renewal@1", {"case__others_open": {}}, {"case__others_open": {"filing_renewal": ["YX-1"]}}),
    ("has_no_other_open_change@1", {"case__others_open": {}}, {"case__others_open": {"filing_change": ["BG-1"]}}),
    ("has_no_other_open_reissue@1", {"case__others_open": {}}, {"case__others_open": {"filing_reissue": ["BF-1"]}}),
    ("declares_the_old_one_void@1", {"data__application__declared": True}, {"data__application__declared": False}),
    ("has_no_other_open_exit@1", {"case__others_open": {}}, {"case__others_open": {"filing_exit": ["ZX-1"]}}),
    ("nothing_else_is_open@1", {"case__others_open": {}}, {"case__others_open": {"yearly_review": ["NJ-1"]}}),
    (
        "is_within_the_renewal_window@1",
        {"case__today": date(2029, 6, 19), "organization__filing_valid_until": date(2029, 9, 17)},
        {"case__today": date(2029, 6, 18), "organization__filing_valid_until": date(2029, 9, 17)},
    ),
    ("changes_something@1", {"data__application__leader": "李明"}, {}),
    ("corrects_known_entries@1", {"data__filed__corrected": {"members": 3}}, {"data__filed__corrected": {"members": "3"}}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "met", "unmet"), CASES, ids=[name for name, _, _ in CASES])
def test_the_condition_holds_on_one_side_and_is_explained_on_the_other(
    name: str, met: dict[str, Any], unmet: dict[str, Any]
) -> None:
    assert ask(name, **met) is None
    blocker = ask(name, **unmet)
    assert blocker is not None
    for text in (blocker.message, blocker.who, blocker.next):
        assert text.zh
        assert text.en
    assert (blocker.cite is not None) == bool(RULES[name].reads)


def test_every_rule_of_filing_is_tried() -> None:
    used = {
        name for definition in DEFINITIONS if definition.key.startswith("filing") for name in definition.rule_names()
    }
    # What is settled before a filing ends has tests of its own, with the records that it is judged by; the tiers have theirs.
    assert {name for name, _, _ in CASES} | set(SETTLED) | {TIERS} == used


def test_who_is_filed_already_is_told_to_change_or_renew() -> None:
    facts = {"organization__standing": "filed", "organization__filing_number": "BAZ-2026-0001"}
    blocker = ask("is_not_filed_already@2", **facts)
    assert blocker is not None
    assert blocker.message.zh == "该组织已备案（BAZ-2026-0001）"


@pytest.mark.parametrize(
    ("members", "told"),
    [
        (0, "成员 0 人，属“松散团队”，由社区党组织和居民委员会台账管理，不作备案"),
        (9, "成员 9 人，属“松散团队”，由社区党组织和居民委员会台账管理，不作备案"),
        (10, None),
        (19, None),
        (20, "成员 20 人，属“达到登记条件”，应向登记机关申请登记，不作备案"),
        (300, "成员 300 人，属“达到登记条件”，应向登记机关申请登记，不作备案"),
    ],
)
def test_a_group_of_a_tier_that_is_not_filed_is_told_where_it_goes(members: int, told: str | None) -> None:
    def tiers(values: dict[str, Any]) -> None:
        values["filing"]["tiers"]["value"] = [
            {"code": code, "name": {"zh": zh, "en": code}, "least_members": least, "goes_to": goes_to,
             "next": {"zh": f"请办理{zh}", "en": f"See to {code}"}}
            for code, zh, least, goes_to in (
                ("loose", "松散团队", 0, "ledger"), ("filed", "备案组织", 10, "filing"),
                ("fit", "达到登记条件", 20, "registration"),
            )
        ]  # fmt: skip

    blocker = ask(TIERS, tiers, data__application__members=members)
    assert (blocker and blocker.message.zh) == told
    assert ask(TIERS, data__application__members=members) is None  # the baseline files groups of any size


def test_what_a_correction_says_stands_over_the_application() -> None:
    facts: dict[str, Any] = {"data__application__members": 6, "data__correction__members": 12}
    assert ask("has_enough_members@1", **facts) is None


def test_a_condition_that_policy_switches_off_is_not_asked() -> None:
    def off(values: dict[str, Any]) -> None:
        for name in ("leader", "premises", "charter", "unique_name"):
            values["filing"]["conditions"][name]["value"] = False
        values["filing"]["committee_opinion"]["must_agree"]["value"] = False

    unmet: dict[str, dict[str, Any]] = defaultdict(dict, {name: facts for name, _, facts in CASES})
    for name in (
        "names_a_leader@1",
        "has_premises@1",
        "has_a_charter@1",
        "name_is_unique@1",
        "committee_does_not_object@1",
    ):
        assert ask(name, off, **unmet[name]) is None


@pytest.mark.parametrize(
    ("name", "nature", "remark", "code"),
    [
        ("桂花社区居委会文体小组", "", "", "居民委员会的内设或下属工作机构"),
        ("三号楼楼栋自治小组", "", "", "楼栋自治组织"),
        ("便民维修队", "个体工商户", "", "营利性主体"),
        ("便民维修队", "", "该组织实际为营利性机构", "营利性主体"),
        ("常青合唱团", "for_profit", "", "营利性主体"),
    ],
)
def test_an_excluded_body_is_known_by_its_name_by_what_it_says_and_by_its_remark(
    name: str, nature: str, remark: str, code: str
) -> None:
    blocker = ask(
        "is_no_excluded_body@1",
        data__application__name=name,
        data__application__nature=nature,
        organization__remark=remark,
    )
    assert blocker is not None
    assert code in blocker.message.zh
    assert blocker.cite is not None
    assert "四川省2023年" in blocker.cite.zh


@pytest.mark.parametrize(
    ("name", "nature", "remark"),
    [("公司退休职工艺术团", "", ""), ("业主互助队", "", "与业委会共用活动室"), ("爱心队", "非营利性", "不属于企业")],
)
def test_a_body_that_only_mentions_an_excluded_kind_may_be_filed(name: str, nature: str, remark: str) -> None:
    facts: dict[str, Any] = {
        "data__application__name": name,
        "data__application__nature": nature,
        "organization__remark": remark,
    }
    assert ask("is_no_excluded_body@1", **facts) is None


def test_a_name_must_end_with_a_form_of_organization() -> None:
    blocker = ask("name_is_in_proper_form@1", data__application__name="桂花社区常青", **PLACE)
    assert blocker is not None
    assert "组织形式" in blocker.message.zh


def test_the_window_of_renewal_closes_with_the_certificate() -> None:
    until = date(2029, 9, 17)
    name = "is_within_the_renewal_window@1"
    assert ask(name, case__today=until, organization__filing_valid_until=until) is None
    late = ask(name, case__today=date(2029, 9, 18), organization__filing_valid_until=until)
    never = ask(name, case__today=until, organization__filing_valid_until=None)
    assert late is not None
    assert never is not None


@pytest.mark.parametrize(
    "word", ["culture_and_sports", "文体活动", "文体", "文体活动类", "Culture and sports", "体 育"]
)
def test_a_category_is_known_by_code_name_or_synonym(word: str) -> None:
    assert (
        category_code(shipped()["values"]["filing"]["conditions"]["categories"]["value"], word) == "culture_and_sports"
    )
