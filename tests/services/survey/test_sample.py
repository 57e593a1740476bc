"""The sample street's workbook, read as it is."""

from __future__ import annotations

import io
from collections import Counter
from importlib.resources import files

import pytest
from openpyxl import load_workbook

from incubator.services.survey import Fate, SkipKind, Survey, SurveyRow, name_key, read_survey

from .vocabulary import SICHUAN, SICHUAN_STREET

CONTENT = files("incubator.samples").joinpath("survey.xlsx").read_bytes()


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_survey(CONTENT, "survey.xlsx", SICHUAN_STREET)


def row(survey: Survey, community: str, number: int) -> SurveyRow:
    return next(each for each in survey.rows if (each.sheet, each.row) == (community, number))


def test_every_sheet_yields_its_rows_with_their_fates(survey: Survey) -> None:
    fates = Counter((each.sheet, each.fate) for each in survey.rows)
    assert fates == {
        ("桂花社区", Fate.NORMALISED): 20,
        ("桂花社区", Fate.SUSPECTED_DUPLICATE): 1,
        ("桂花社区", Fate.REFUSED): 1,
        ("东门社区", Fate.NORMALISED): 23,
        ("东门社区", Fate.SUSPECTED_DUPLICATE): 1,
        ("东门社区", Fate.REFUSED): 1,
        ("书院社区", Fate.NORMALISED): 21,
        ("水井社区", Fate.NORMALISED): 17,
        ("水井社区", Fate.REFUSED): 1,
        ("新桥社区", Fate.NORMALISED): 21,
        ("新桥社区", Fate.REFUSED): 1,
        ("北塔社区", Fate.NORMALISED): 24,
        ("北塔社区", Fate.REFUSED): 1,
        ("望江社区", Fate.NORMALISED): 16,
    }


def test_communities_need_not_be_known_beforehand(survey: Survey) -> None:
    assert read_survey(CONTENT, "survey.xlsx", SICHUAN) == survey


def test_every_row_that_is_not_blank_is_accounted_for_once(survey: Survey) -> None:
    for sheet in load_workbook(io.BytesIO(CONTENT)).worksheets:
        account = next(each for each in survey.sheets if each.sheet == sheet.title)
        filled = [cells[0].row for cells in sheet.iter_rows() if any(str(cell.value or "").strip() for cell in cells)]
        told = [each.row for each in survey.rows if each.sheet == sheet.title]
        told += [each.row for each in account.skipped if each.kind is not SkipKind.BLANK]
        assert sorted(told + list(account.header_rows)) == filled


def test_headings_on_two_lines_are_found_wherever_they_begin(survey: Survey) -> None:
    assert [each.header_rows for each in survey.sheets] == [(3, 4), (4, 5), (3, 4), (4, 5), (3, 4), (4, 5), (3, 4)]
    for sheet in survey.sheets:
        assert [column.field for column in sheet.columns] == [
            "number", "name", "category", "leader", "phone", "members", "founded_on", "premises", "has_charter",
            "party_members", "activity_frequency", "remark",
        ]  # fmt: skip
        assert sheet.columns[4].heading == "负责人联系电话"


def test_sheets_tell_their_community_date_total_and_signature_rows(survey: Survey) -> None:
    assert [each.community for each in survey.sheets] == [each.sheet for each in survey.sheets]
    dates = ["2013-03", "2013-04", "2013-05", "2013-03", "2013-04", "2013-05", "2013-03"]
    assert [each.survey_date for each in survey.sheets] == dates
    totals = [skip for sheet in survey.sheets for skip in sheet.skipped if skip.kind is SkipKind.TOTAL]
    assert [(each.stated, each.agrees) for each in totals] == [(n, True) for n in (22, 25, 21, 18, 22, 25, 16)]
    kinds = [skip.kind for skip in survey.sheets[1].skipped]
    assert kinds == ["title", "form", "explanation", "total", "blank", "signature"]
    assert all(sheet.notes == () for sheet in survey.sheets)


def test_bodies_that_may_not_be_filed_are_refused_with_the_cell_that_says_so(survey: Survey) -> None:
    refused = {
        (each.sheet, each.row): (each.values.name, each.reasons[0].code, each.reasons[0].ref)
        for each in survey.rows
        if each.fate is Fate.REFUSED
    }
    assert refused == {
        ("桂花社区", 26): ("桂花园小区业主委员会", "owners_committee", "B26"),
        ("东门社区", 30): ("东门家政服务部", "for_profit", "L30"),
        ("水井社区", 23): ("水井社区居委会妇联小组", "committee_organ", "B23"),
        ("新桥社区", 26): ("", "name_missing", "B26"),
        ("北塔社区", 30): ("北塔3号楼楼组自治小组", "building_self_governance", "B30"),
    }


def test_repeated_rows_name_the_row_they_repeat(survey: Survey) -> None:
    repeats = {
        (each.sheet, each.row): (each.values.name, each.duplicate_of)
        for each in survey.rows
        if each.fate is Fate.SUSPECTED_DUPLICATE
    }
    assert repeats == {
        ("桂花社区", 25): ("夕阳红书画社", ("桂花社区", 8)),
        ("东门社区", 29): ("福满矫正帮教小组", ("东门社区", 26)),
    }


def test_one_name_in_two_communities_is_two_bodies(survey: Survey) -> None:
    namesakes = [each for each in survey.rows if each.values.name == "睦邻爱心帮扶会"]
    assert [(each.sheet, each.fate) for each in namesakes] == [
        ("东门社区", Fate.NORMALISED),
        ("北塔社区", Fate.NORMALISED),
    ]


def test_a_row_keeps_every_old_and_new_value(survey: Survey) -> None:
    first = row(survey, "桂花社区", 5)
    assert [(each.field, each.ref, each.old, each.new) for each in first.normalised] == [
        ("name", "B5", "同心红十字志愿队 ", "同心红十字志愿队"),
        ("category", "C5", "志愿服务类", "公益慈善"),
        ("members", "F5", "12余人", "约12"),
        ("party_members", "J5", "无", "0"),
    ]
    assert (first.values.members, first.values.members_approximate) == (12, True)
    assert first.raw["name"].text == "同心红十字志愿队 "
    assert any("晚于填表日期" in note.zh for note in first.notes)


@pytest.mark.parametrize(
    ("community", "number", "founded_on"),
    [
        ("桂花社区", 5, "2013-11-19"),
        ("桂花社区", 6, "2013-05"),
        ("桂花社区", 7, "2011-03"),
        ("桂花社区", 8, None),
        ("桂花社区", 12, "2005-12-21"),
        ("桂花社区", 13, "2013"),
        ("桂花社区", 14, "2010-12-04"),
        ("桂花社区", 24, "2013-06"),
        ("东门社区", 23, None),
    ],
)
def test_dates_in_every_form_are_read_as_far_as_they_go(
    survey: Survey, community: str, number: int, founded_on: str | None
) -> None:
    assert row(survey, community, number).values.founded_on == founded_on


def test_phones_are_read_resolved_or_kept_out_with_the_reason(survey: Survey) -> None:
    assert row(survey, "桂花社区", 11).values.phone == "13800001115"  # full width
    assert row(survey, "桂花社区", 20).values.phone == "13800002792"  # 138-0000-2792
    same = row(survey, "桂花社区", 7)
    assert same.values.phone == "13800001310"
    assert any("取自第 6 行" in note.zh for note in same.notes)
    short = row(survey, "桂花社区", 18)
    assert short.values.phone is None
    assert any("10 位数字" in note.zh for note in short.notes)
    for community, number in (("东门社区", 6), ("东门社区", 23), ("书院社区", 5), ("书院社区", 6)):
        nothing = row(survey, community, number)
        assert nothing.values.phone is None
        assert any("上一行没有可用的联系电话" in note.zh for note in nothing.notes)


def test_words_about_people_premises_and_activity_become_values(survey: Survey) -> None:
    ten_odd = row(survey, "水井社区", 15).values
    assert (ten_odd.members, ten_odd.members_approximate) == (15, True)
    stopped = row(survey, "桂花社区", 18).values
    assert stopped.dormant_hint
    assert stopped.activity_frequency == "去年停止活动"
    assert row(survey, "桂花社区", 6).values.premises is None  # 无固定场所
    assert [row(survey, "桂花社区", n).values.has_charter for n in (5, 6, 7, 8, 9, 13)] == [
        None, False, False, True, True, False,
    ]  # fmt: skip
    assert [row(survey, "桂花社区", n).values.party_members for n in (5, 6, 8, 13, 16)] == [0, 1, 3, None, None]


def test_every_category_of_the_sample_is_known_but_other(survey: Survey) -> None:
    unknown = {each.raw["category"].text for each in survey.rows if each.values.category is None}
    assert unknown == {"其他"}


def test_the_name_keeps_its_community_and_the_key_does_not(survey: Survey) -> None:
    assert row(survey, "桂花社区", 12).values.name == "桂花社区常青合唱团"
    assert name_key("桂花社区常青合唱团", "桂花社区") == name_key("常青 合唱团（重复）", "桂花社区") == "常青合唱团"
    assert name_key("城中街道桂花社区常青合唱团", "桂花社区") == "常青合唱团"
    assert name_key("桂花社区", "桂花社区") == "桂花社区"
