"""Surveys of other streets: other words, other orders, other kinds of file."""

from __future__ import annotations

from datetime import date

import pytest

from incubator.services.survey import Fate, SkipKind, Vocabulary, name_key, read_survey

from .tables import workbook, workbooks
from .vocabulary import CATEGORIES, EXCLUDED, SICHUAN, SICHUAN_STREET


def test_other_words_in_another_order_are_recognised_by_meaning() -> None:
    content = workbook(
        [
            ["2024年辖区群众团队情况统计表"],
            [],
            [
                "编号",
                "所属居委会",
                "队长",
                "手机号码",
                "队伍名称",
                "队员数",
                "所属类型",
                "组建年份",
                "活动地点",
                "备注说明",
            ],
            [1, "东门居委会", "甲", 13800000001.0, "东门晨练队", "二十余人", "文体类", 2009, "河边"],
            [2, "书院", "乙", "028-86661234", "书院缝补组", "8", "便民", date(2010, 3, 5), "无", "营利性"],
        ],
        title="Sheet1",
        merged=("A1:J1",),
    )
    survey = read_survey(content, "统计.xlsx", SICHUAN_STREET)
    first, second = survey.rows
    assert (first.community, first.values.name, first.values.leader) == ("东门社区", "东门晨练队", "甲")
    assert (first.values.phone, first.values.founded_on, first.values.category) == (
        "13800000001", "2009", "culture_and_sports",
    )  # fmt: skip
    assert (first.values.members, first.values.members_approximate, first.values.premises) == (20, True, "河边")
    assert (second.community, second.values.phone, second.values.founded_on) == (
        "书院社区",
        "028-86661234",
        "2010-03-05",
    )
    assert (second.values.premises, second.fate, second.reasons[0].ref) == (None, Fate.REFUSED, "J5")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_whatever_its_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    lines = [
        ["桂花社区团队摸底表", "", "", "", ""],
        ["序号", "社团名称", "负责人", "", "规模"],
        ["", "", "姓名", "联系方式", ""],
        ["1", "晨曦腰鼓队", "甲", "13800000001", "约20人"],
        ["合计", "2个", "", "", ""],
    ]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    survey = read_survey(text.encode(encoding), "表.csv", SICHUAN)
    [row] = survey.rows
    assert (row.row, row.community, row.values.name, row.values.leader) == (4, "桂花社区", "晨曦腰鼓队", "甲")
    assert (row.values.phone, row.values.members, row.values.members_approximate) == ("13800000001", 20, True)
    assert survey.sheets[0].header_rows == (2, 3)
    total = survey.sheets[0].skipped[-1]
    assert (total.kind, total.stated, total.listed, total.agrees) == (SkipKind.TOTAL, 2, 1, False)
    assert any("合计为 2" in note.zh for note in survey.sheets[0].notes)


def test_english_headings_are_recognised() -> None:
    content = workbook(
        [
            ["Community", "Organization name", "Category", "Leader", "Phone", "Members", "Founded on", "Charter"],
            ["桂花社区", "Morning choir", "Culture and sports", "A", "+86 138 0000 0001", "about", "2013-05", "yes"],
        ],
        title="Survey",
    )
    [row] = read_survey(content, "survey.xlsx", SICHUAN).rows
    assert (row.values.name, row.values.category, row.values.phone) == (
        "Morning choir", "culture_and_sports", "13800000001",
    )  # fmt: skip
    assert (row.values.has_charter, row.values.members) == (True, None)
    assert any("could not be read" in note.en for note in row.notes)


def test_a_community_merged_down_belongs_to_each_of_its_rows() -> None:
    content = workbook(
        [["社区", "组织名称", "负责人"], ["桂花社区", "甲队", "甲"], [None, "乙队", "乙"], ["东门社区", "甲队", "丙"]],
        title="汇总",
        merged=("A2:A3",),
    )
    rows = read_survey(content, "汇总.xlsx", SICHUAN_STREET).rows
    assert [(row.community, row.values.name) for row in rows] == [
        ("桂花社区", "甲队"), ("桂花社区", "乙队"), ("东门社区", "甲队"),
    ]  # fmt: skip
    assert not any(row.duplicate_of for row in rows)


def test_section_rows_say_the_community_of_the_rows_below() -> None:
    content = workbook(
        [["组织名称", "负责人", "电话"], ["一、桂花社区"], ["甲队", "甲"], ["二、东门社区"], ["甲队", "乙"]],
        title="汇总",
        merged=("A2:C2", "A4:C4"),
    )
    survey = read_survey(content, "汇总.xlsx", SICHUAN_STREET)
    assert [row.community for row in survey.rows] == ["桂花社区", "东门社区"]
    assert [skip.kind for skip in survey.sheets[0].skipped] == ["section", "section"]


def test_a_heading_repeated_on_a_second_page_is_no_organization() -> None:
    content = workbook(
        [["组织名称", "负责人"], ["甲队", "甲"], ["负责人", "组织名称"], ["乙", "乙队"], [None, None], [None, "丙队"]]
    )
    survey = read_survey(content, "页.xlsx", SICHUAN)
    assert [row.values.name for row in survey.rows] == ["甲队", "乙队", "丙队"]
    assert [(skip.row, skip.kind) for skip in survey.sheets[0].skipped] == [(3, "heading"), (5, "blank")]


def test_rows_numbered_beforehand_and_left_empty_are_no_organizations() -> None:
    survey = read_survey(workbook([["序号", "组织名称", "负责人"], [1, "甲队", "甲"], [2]]), "表.xlsx", SICHUAN)
    assert len(survey.rows) == 1
    assert survey.sheets[0].skipped[0].kind is SkipKind.UNFILLED


def test_a_row_of_another_streets_community_is_refused() -> None:
    content = workbook([["社区", "组织名称", "负责人"], ["外地社区", "甲队", "甲"]], title="表")
    [row] = read_survey(content, "表.xlsx", SICHUAN_STREET).rows
    assert (row.fate, row.reasons[0].code, row.reasons[0].ref) == (Fate.REFUSED, "community_unknown", "A2")


def test_a_row_without_any_community_is_refused_unless_the_caller_says_it() -> None:
    content = "组织名称,负责人\n甲队,甲\n".encode()
    assert read_survey(content, "a.csv", SICHUAN).rows[0].reasons[0].code == "community_missing"
    [row] = read_survey(content, "a.csv", SICHUAN, community="桂花社区").rows
    assert (row.community, row.fate) == ("桂花社区", Fate.ACCEPTED)
    assert read_survey(content, "桂花社区.csv", SICHUAN).rows[0].community == "桂花社区"


def test_the_same_leader_phone_and_nearly_the_same_name_is_suspected() -> None:
    content = workbook(
        [
            ["组织名称", "负责人", "电话"],
            ["晨曦太极拳队", "甲", "13800000001"],
            ["晨曦太极拳", "甲", "13800000001"],
            ["红烛合唱团", "甲", "13800000001"],
        ]
    )
    rows = read_survey(content, "表.xlsx", SICHUAN).rows
    assert [row.fate for row in rows] == [Fate.ACCEPTED, Fate.SUSPECTED_DUPLICATE, Fate.ACCEPTED]
    assert rows[1].duplicate_of == ("桂花社区", 2)


def test_a_mere_mention_of_an_excluded_kind_is_asked_about_and_not_refused() -> None:
    content = workbook(
        [
            ["组织名称", "负责人", "备注"],
            ["甲队", "甲", "与业委会合作"],
            ["乙队", "乙", "不以营利性为目的，非个体工商户"],
            ["同心公司职工合唱团", "丙", None],
            ["丁业委会（筹）", "丁", None],
            ["戊队", "戊", "属个体工商户性质"],
        ]
    )
    rows = read_survey(content, "表.xlsx", SICHUAN).rows
    assert [row.fate is Fate.REFUSED for row in rows] == [False, False, False, True, True]
    assert any("业委会" in note.zh for note in rows[0].notes)


def test_a_row_marked_as_repeated_whose_first_is_not_here_is_still_suspected() -> None:
    [row] = read_survey(workbook([["名称", "负责人"], ["甲队（重复）", "甲"]]), "表.xlsx", SICHUAN).rows
    assert (row.fate, row.duplicate_of, row.reasons[0].code) == (Fate.SUSPECTED_DUPLICATE, None, "marked_repeated")


def test_identity_numbers_are_not_taken_over_and_unknown_columns_are_named() -> None:
    content = workbook([["组织名称", "负责人", "身份证号码", "经费来源"], ["甲队", "甲", "11010119900101123X", "自筹"]])
    survey = read_survey(content, "表.xlsx", SICHUAN)
    assert "11010119900101123X" not in repr(survey)
    assert survey.rows[0].raw["column:经费来源"].text == "自筹"
    assert len(survey.sheets[0].notes) == 2


def test_a_sheet_without_a_heading_beside_a_survey_is_accounted_for() -> None:
    content = workbooks({"说明": [["请如实填写"]], "桂花社区": [["组织名称", "负责人"], ["甲队", "甲"]]})
    survey = read_survey(content, "表.xlsx", SICHUAN)
    assert [(skip.row, skip.kind, skip.text) for skip in survey.sheets[0].skipped] == [(1, "no_heading", "请如实填写")]


def test_a_formula_without_its_value_is_not_dropped() -> None:
    content = workbook([["组织名称", "负责人"], ["=B9", "甲"], ["乙队", "乙"]])
    first, second = read_survey(content, "表.xlsx", SICHUAN).rows
    assert (first.fate, first.reasons[0].code, first.raw["name"].text) == (Fate.REFUSED, "name_missing", "=B9")
    assert second.fate is Fate.ACCEPTED


def test_without_excluded_kinds_nothing_is_refused_for_its_kind() -> None:
    content = workbook([["组织名称", "负责人"], ["桂花业主委员会", "甲"]])
    assert read_survey(content, "表.xlsx", Vocabulary(CATEGORIES)).rows[0].fate is Fate.ACCEPTED
    assert EXCLUDED
    assert name_key("ＡＢ 合唱团", None) == "ab合唱团"
