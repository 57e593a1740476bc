"""What is wrong with a pack is told all at once, each fault at its line and in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from incubator.policies.packs import DEFAULT, PackFault, check, check_text, versions_of_text
from tests.policies.writing import CITE, cited, pack, small, small_text

# Name, values from line 6 on, and what is told: (line, words of the Chinese, words of the English).
BROKEN: list[tuple[str, str, list[tuple[int, str, str]]]] = [
    (
        "an unknown name, with the nearest known one",
        f"  filing:\n    conditions:\n      leadr: {cited('true')}\n    validty: {cited('3')}\n",
        [(8, "没有“leadr”这一项，是否应为“leader”？", "There is no 'leadr': did you mean 'leader'?"),
         (9, "没有“validty”这一项，请检查名称", "There is no 'validty': check its name")],
    ),
    (
        "a name in the wrong section",
        f"  filing:\n    members: {cited('12')}\n",
        [(7, "“members”不在这一级，是否应写在“filing.conditions.members”？", "did you mean 'filing.conditions.members'?")],
    ),
    (
        "an unknown name within a value",
        f"  filing:\n    certificate:\n      validity:\n        value: {{lenght: 3, unit: years}}\n        {CITE}\n",
        [(9, "没有“lenght”这一项，是否应为“length”？", "did you mean 'length'?"),
         (9, "缺少“length”", "'length' is missing")],
    ),
    (
        "a missing citation",
        "  filing: {conditions: {members: {value: 5}}}\n",
        [(6, "缺少出处（cite）", "The citation (`cite`) is missing")],
    ),
    (
        "a value without anything",
        "  filing:\n    conditions:\n      members: 5\n",
        [(8, "请写明数值（value）和出处（cite）", "Say its value (`value`) and where it comes from (`cite`)")],
    ),
    (
        "a practice without words, a third language, and a yes for a number",
        "  filing:\n    conditions:\n      members: {value: 5, cite: {practice: {zh: '', en: ' '}}}\n"
        "      founders: {value: 5, cite: {practice: {zh: 惯例, en: practice, fr: usage}}}\n"
        f"    acceptance:\n      due: {cited('{length: true, unit: months}')}\n    decision:\n      due: {cited('{length: 5, unit: months, count_sending_day: true}')}\n",
        [(8, "请用中英文写明是何惯例", "Say what the practice is"),
         (9, "没有“fr”这一项", "There is no 'fr'"),
         (11, "应为整数", "A whole number is expected")],
    ),
    (
        "a source and a practice at once",
        "  filing:\n    conditions:\n      members:\n        value: 5\n        cite: {source: companies, practice: {zh: 惯例, en: practice}}\n",
        [(10, "二者取其一", "one of the two"), (10, "出处没有列在 sources 中", "not listed under `sources`")],
    ),
    (
        "an article that YAML takes for a number",
        "  filing:\n    conditions:\n      members:\n        value: 5\n        cite: {source: associations_2016, article: 10}\n",
        [(10, '应为文字，请加引号："10"', 'put it in quotes, "10"')],
    ),
    (
        "an unknown source, with the nearest known one",
        "  filing:\n    conditions:\n      members:\n        value: 5\n        cite: {source: asociations_2016}\n",
        [(10, "是否应为“associations_2016”？", "did you mean 'associations_2016'?")],
    ),
    (
        "a deadline without a unit",
        f"  filing:\n    acceptance:\n      due: {cited('{length: 7}')}\n    decision:\n      due: {cited('{unit: months}')}\n",
        [(8, "期限 7 没有写明单位（unit）：working_days、calendar_days、months、years", "The time limit 7 has no unit: say working_days"),
         (10, "期限没有写明长度（length）", "The time limit has no length")],
    ),
    (
        "a day that not every year has",
        f"  yearly_review:\n    report:\n      due: {cited('{month: 2, day: 29}')}\n",
        [(8, "每年都须有这一天", "Name a day that every year has")],
    ),
    (
        "an unknown unit, with the known ones",
        f"  filing:\n    acceptance:\n      due: {cited('{length: 7, unit: workdays}')}\n",
        [(8, "只能是 working_days、calendar_days、months、years；是否应为 working_days？", "did you mean working_days?")],
    ),
    (
        "bands that do not touch",
        f"  evaluation:\n    bands:\n      {CITE}\n      value:\n"
        "        - {code: below, title: {zh: 未达标, en: below}, least: 100, below: 500}\n"
        "        - {code: star_1, title: {zh: 一星级, en: one star}, least: 600, below: 850}\n"
        "        - {code: star_2, title: {zh: 二星级, en: two stars}, least: 800}\n"
        "        - {code: star_2, title: {zh: 三星级, en: three stars}, least: 750}\n"
        "        - {code: star_4, title: {zh: 四星级, en: four stars}, least: 900, below: 1000}\n",
        [(10, "从 500 分到不足 600 分的不属于任何等级", "From 500 up to 600 points (not included) there is no band"),
         (10, "从 0 分到不足 100 分的不属于任何等级", "From 0 up to 100 points (not included) there is no band"),
         (11, "从 800 分到不足 850 分的同属“一星级”和“二星级”", "there are two bands, 'one star' and 'two stars'"),
         (13, "等级代码“star_2”重复", "Two bands have the code 'star_2'"),
         (13, "“三星级”从 750 分起，不高于前一等级“二星级”的 800 分", "'three stars' begins at 750 points"),
         (14, "从 1000 分起的不属于任何等级", "From 1000 points on there is no band")],
    ),
    (
        "a tranche plan that is not 100 %",
        f"  funding:\n    tranches: {cited('[{gate: signed, share: 5000}, {gate: final, share: 4550}]')}\n",
        [(7, "各期拨付比例合计须为 100%（10000），现为 95.5%（9550）", "these make 95.5 % (9550)")],
    ),
    (
        "a role that may not act there",
        f"  filing:\n    acceptance:\n      by: {cited('[officer, expert, officer]')}\n",
        [(8, "评审专家（expert）不能办理这一环节", "The step cannot be done by expert"),
         (8, "officer 写了两次", "officer is named twice")],
    ),
    (
        "two values whose dates overlap",
        f"  filing:\n    conditions:\n      members:\n        - {cited('12', 'effective_until: 2027-06-30')}\n"
        f"        - {cited('15', 'effective_from: 2027-01-01')}\n        - {cited('20', 'effective_from: 2027-01-01')}\n",
        [(10, "第 9 行与第 10 行的生效日期重叠（2027-01-01 至 2027-06-30）", "Lines 9 and 10 both hold from 2027-01-01 until 2027-06-30"),
         (11, "第 9 行与第 11 行的生效日期重叠", "Lines 9 and 11 both hold"),
         (11, "第 10 行与第 11 行的生效日期重叠（2027-01-01 起）", "Lines 10 and 11 both hold from 2027-01-01 on")],
    ),
    (
        "a value that ends before it begins, and a list without any",
        f"  filing:\n    conditions:\n      members: {cited('12', 'effective_from: 2027-01-01, effective_until: 2026-06-30')}\n      founders: []\n",
        [(8, "失效日期 2026-06-30 早于生效日期 2027-01-01", "before it takes effect on 2027-01-01"),
         (9, "至少要有一项", "At least one entry is needed")],
    ),
    (
        "more reviews than members, and scores dropped where too few are left",
        f"  funding:\n    review:\n      size: {cited('1')}\n      quorum: {cited('2')}\n",
        [(9, "评审意见最低份数不能多于评审专家人数：现为 2 份、1 人", "No more reviews can be needed (2) than the panel has members (1)"),
         (9, "评审意见不能少于 3 份，现为 2 份", "3 reviews are needed at least and not 2")],
    ),
    (
        "a score sheet on paper that nobody could enter",
        f"  funding:\n    review:\n      paper:\n        {CITE}\n        value: [{{kind: sheet, title: {{zh: 评分表, en: sheet}}}}]\n",
        [(10, "纸质评分表的材料类型应为 score_sheet，否则无法录入纸质评分", "is a document of the kind score_sheet")],
    ),
    (
        "a score and a band that no panel can give",
        f"  funding:\n    review:\n      least: {cited('101')}\n  evaluation:\n    review:\n      sheet:\n        {CITE}\n"
        "        value: {criteria: [{code: all, title: {zh: 总评, en: all}, most: 899}]}\n",
        [(8, "立项最低得分不能高于评分表满分 100 分", "No panel can give more than 100 points"),
         (13, "“五星级”从 900 分起，高于评分表满分 899 分，无法达到", "'five stars' begins at 900 points")],
    ),
    (
        "a tranche that waits for a mid-term review that is not held",
        f"  project:\n    midterm:\n      enabled: {cited('false')}\n",
        [(8, "不进行中期评估的，拨付计划不能以中期评估为条件", "Without a mid-term review no part can wait for it")],
    ),
    (
        "a faulty plan alone, and not what lies below it as well",
        f"  funding:\n    tranches: {cited('[{gate: signed, share: 9000}]')}\n  project:\n    midterm:\n      enabled: {cited('false')}\n",
        [(7, "现为 90%（9000）", "these make 90 % (9000)")],
    ),
    (
        "fields of a fund that are not listed",
        f"  funding:\n    funds:\n      {CITE}\n      value:\n        - code: street\n          name: {{zh: 街道资金, en: street}}\n"
        "          fields: [elder_care, elder_car]\n",
        [(12, "没有“elder_car”这一项，是否应为“elder_care”？", "not listed in funding.fields")],
    ),
    (
        "a veto that names an unknown band, review and restriction",
        f"  evaluation:\n    vetoes:\n      {CITE}\n      value:\n        - code: late\n          name: {{zh: 迟报, en: late}}\n"
        "          cap: star_9\n          reviews: [faild]\n          restrictions: [project_bans]\n",
        [(12, "“迟报”的最高等级没有列在 evaluation.bands 中", "not listed in evaluation.bands"),
         (13, "是否应为“failed”？", "did you mean 'failed'?"),
         (14, "是否应为“project_ban”？", "did you mean 'project_ban'?")],
    ),
    (
        "an unknown stage of the path, and one before itself",
        f"  path:\n    prerequisites:\n      funding: {cited('[afiliation]')}\n      affiliation: {cited('[filing, affiliation]')}\n",
        [(8, "只能是 filing、affiliation；是否应为 affiliation？", "did you mean affiliation?"),
         (9, "挂靠不能以已经挂靠为前提", "An affiliation cannot ask for an affiliation first")],
    ),
    (
        "one code given twice",
        f"  referral:\n    causes:\n      {CITE}\n      value:\n        - {{code: other, name: {{zh: 其他, en: other}}}}\n"
        "        - {code: other, name: {zh: 另外, en: else}}\n",
        [(11, "代码“other”重复", "The code 'other' is given twice")],
    ),
    (
        "a limit that would never begin",
        f"  filing:\n    acceptance:\n      due: {cited('{length: 5, unit: working_days, starts_on: accepted}')}\n"
        f"    decision:\n      due: {cited('{length: 5, unit: working_days, starts_on: acepted}')}\n"
        f"  funding:\n    decision:\n      due: {cited('{length: 5, unit: working_days, starts_on: signed}')}\n",
        [(8, "期限自“accepted”起算，但“备案”到“受理”环节时还没有这一日期，期限永远不会起算；可写：entered、complete、received",
          "it would never begin. It can run from entered, complete, received"),
         (10, "是否应为“accepted”？", "did you mean 'accepted'?"),
         # After a refusal that is reopened there is a signature; on the way to the first award there is none.
         (13, "“项目资助申请”到“立项审批”环节时还没有这一日期", "nothing in 'Application for funding' sets before 'Award'")],
    ),
    (
        "two steps left to one person that four eyes keep apart",
        f"  filing:\n    acceptance:\n      by: {cited('[director]')}\n",
        [(8, "“备案”的“审批”与“受理”须由不同的人办理，不能都只交给中心主任", "left to the centre director alone")],
    ),
    (
        "a form with nothing to choose, and a notice without a length",
        f"  rectification:\n    causes: {cited('[]')}\n  evaluation:\n    public_notice:\n      lasts: {cited('{month: 4, day: 30}')}\n",
        [(7, "“整改”的“拟定整改通知”环节须从这里选择，至少要有一项", "must choose from this list"),
         (10, "须写长度和单位", "has a length and a unit")],
    ),
]  # fmt: skip


def told(faults: list[PackFault]) -> list[str]:
    return [fault.shown() for fault in faults]


@pytest.mark.parametrize(("values", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_pack_is_told(values: str, expected: list[tuple[int, str, str]]) -> None:
    faults = check_text("pack.yaml", small_text(values))
    assert sorted(fault.line for fault in faults) == [fault.line for fault in faults]
    assert [fault.line for fault in faults] == [line for line, _, _ in expected], told(faults)
    for line, zh, en in expected:
        assert any(fault.line == line and zh in fault.message.zh and en in fault.message.en for fault in faults), (
            line, zh, en, told(faults),
        )  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        # A limit may run from any milestone that is there by then, be it only on some of the ways.
        f"  filing: {{decision: {{due: {cited('{length: 20, unit: calendar_days, starts_on: complete}')}}}}}\n",
        f"  evaluation: {{visit: {{due: {cited('{length: 30, unit: calendar_days, starts_on: received}')}}}}}\n",
        f"  project: {{final: {{report_due: {cited('{length: 2, unit: months, starts_on: ends}')}}}}}\n",
        # Several officers are at work in a centre, and two roles are two people.
        f"  filing: {{decision: {{by: {cited('[officer]')}}}}}\n",
        f"  filing: {{acceptance: {{by: {cited('[director, officer]')}}}}}\n",
        # Without the review nothing waits for it.
        f"  project: {{midterm: {{enabled: {cited('false')}}}}}\n"
        f"  funding: {{tranches: {cited('[{gate: signed, share: 6000}, {gate: final, share: 4000}]')}}}\n",
        # Bands that touch, said on both sides.
        f"  evaluation:\n    bands:\n      {CITE}\n      value:\n"
        "        - {code: below_stars, title: {zh: 未达标, en: below}, least: 0, below: 600}\n"
        "        - {code: star_1, title: {zh: 一星级, en: one}, least: 600, below: 900}\n"
        "        - {code: star_2, title: {zh: 二星级, en: two}, least: 900}\n",
    ],
)
def test_what_is_in_order_is_not_complained_of(values: str) -> None:
    assert told(check_text("pack.yaml", small_text(values))) == []


def test_a_source_of_another_meaning_may_not_take_an_inherited_name(tmp_path: Path) -> None:
    head = "extends: national\nsources: {associations_2016: {title: {zh: 别的, en: another}}, call: {title: {zh: 公告, en: notice}}}"
    faults = check(small(tmp_path, "  {}\n", head))
    assert [(fault.line, fault.path) for fault in faults] == [
        (4, "sources.associations_2016"),
        (4, "sources.call"),
    ]
    assert "以免改变继承规定的出处" in faults[0].message.zh


def test_the_header_is_told_its_unknown_names_and_yaml_dates_are_taken_as_written(tmp_path: Path) -> None:
    head = "extend: national\nsources: {local: {title: {zh: 本地办法, en: local rules}, date: 2026-03-01, nmae: x}}"
    faults = check(small(tmp_path, "  {}\n", head))
    assert told(faults)[:2] == [
        "pack.yaml:3: extend: 没有“extend”这一项，是否应为“extends”？",
        "pack.yaml:4: sources.local.nmae: 没有“nmae”这一项，是否应为“named”？",
    ]


@pytest.mark.parametrize("name", ["../national", "/etc/passwd", "a/b", "..", "c:\\x", ".hidden"])
def test_what_a_pack_extends_is_never_a_path(tmp_path: Path, name: str) -> None:
    (fault,) = check(small(tmp_path, "  {}\n", head=f"extends: '{name}'"))
    assert (fault.line, fault.path) == (3, "extends")
    assert "不能写路径" in fault.message.zh


def test_a_text_extends_shipped_packs_only(tmp_path: Path) -> None:
    pack(tmp_path, small_text("  {}\n"), "base.yaml")
    assert check(small(tmp_path, "  {}\n", head="extends: base")) == []
    (fault,) = check_text("pack.yaml", small_text("  {}\n", head="extends: base"))
    assert "There is no 'base'" in fault.message.en
    assert DEFAULT in fault.message.zh
    (fault,) = check_text("pack.yaml", small_text("  {}\n", head="extends: nationel"))
    assert "是否应为“national”？" in fault.message.zh
    assert [since.isoformat() for since, _ in versions_of_text("pack.yaml", small_text("  {}\n"))] == ["2026-01-01"]


def _laughs() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    return "\n".join(lines)


HOSTILE: list[tuple[str, Callable[[], str], str]] = [
    ("aliases that multiply", _laughs, "more than 100000 entries"),
    ("an alias within itself", lambda: "name: &a [*a, *a]\n", "nested deeper than 30"),
    ("deep nesting", lambda: "name: " + "[" * 200_000, "nested deeper than 30"),
    ("deep mappings", lambda: "name: " + "{a: " * 5_000, "nested deeper than 30"),
    ("a large file", lambda: "name: " + "x" * 1_000_001, "larger than 1 MB"),
    ("a control character", lambda: "name: \x07\n", "not valid YAML"),
    ("a long number", lambda: "name: " + "9" * 10_000, "cannot be understood"),
    ("an object of Python's", lambda: "name: !!python/object/apply:os.system [ls]\nvalues: !!python/name:os.system\n", ""),
    ("a list for a name", lambda: "? [a, b]\n: c\n", "A name is a single word"),
    ("a merge", lambda: "base: &b {name: x}\n<<: *b\n", "There is no '<<'"),
    ("nothing", lambda: "", "must consist of"),
    ("values that are a word", lambda: small_text("  word\n"), "Entries are expected here"),
    ("an unknown hour", lambda: small_text("  {}\n").replace("2026-01-01", "2026-13-41"), "A date is expected"),
    ("a moment for a day", lambda: small_text("  {}\n").replace("2026-01-01", "2026-01-01T10:00:00"), "A date is expected"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_no_text_does_more_than_be_told_its_faults(text: Callable[[], str], words: str) -> None:
    faults = check_text("pack.yaml", text())
    assert faults
    assert any(words in fault.message.en for fault in faults), told(faults)
    assert len(faults) < 1_000
