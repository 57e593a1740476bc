"""What a person chooses of suspected duplicates: merged into what is there, entered, left out; without a choice nothing."""

from __future__ import annotations

import io
import json

from openpyxl import load_workbook
from sqlalchemy import select

from incubator.engine.streams import verify
from incubator.models.base import table
from incubator.models.events import Event
from incubator.queries.survey_imports import survey_import
from incubator.services.personal import masked_values
from incubator.services.survey import Fate
from incubator.services.survey.choosing import Choice
from incubator.services.survey.imported import ImportedSurvey

from .tables import workbook
from .test_importing import Office, contents, office

__all__ = ["office"]

HEADING = ["组织名称", "类别", "负责人", "联系电话", "成员人数", "活动场所"]
KNOWN = workbook([HEADING, ["晨曦太极拳队", "文体", "赵甲", "13800000001", 20, ""]])
SHEET = [
    HEADING,
    ["晨曦太极拳队", "文体", "赵甲", "13800000002", 25, "桂花活动室"],  # the same name: more members, a place, a phone
    ["晨曦太极拳", "文体", "钱乙", "13800000001", 18, ""],  # its phone and a similar name
    ["秋韵合唱团", "文体", "孙丙", "13800000003", 15, ""],
    ["秋韵合唱", "文体", "孙丙", "13800000003", 15, "东门广场"],  # the row above, most likely
    ["秋韵合唱分团", "文体", "孙丙", "13800000003", 9, ""],
    ["秋韵合唱二团", "文体", "孙丙", "13800000003", 8, ""],
]
SURVEY = workbook(SHEET)


def fates(result: ImportedSurvey) -> list[str]:
    return [row.fate.value for row in result.rows]


def test_without_a_choice_a_suspected_row_is_left_out_and_told_with_what_it_may_repeat(office: Office) -> None:
    office.read_in(KNOWN)
    told = office.read_in(SURVEY, dry_run=True)
    suspected = [row for row in told.rows if row.fate is Fate.SUSPECTED_DUPLICATE]
    assert fates(told)[2] == "normalised"
    assert [row.options for row in suspected] == [
        (Choice.JOIN, Choice.SKIP), *[(Choice.JOIN, Choice.OWN, Choice.SKIP)] * 4,
    ]  # fmt: skip
    first, by_phone, within = (row.candidate for row in suspected[:3])
    assert first is not None
    assert by_phone is not None
    assert within is not None
    assert (first.name, first.leader, first.members) == ("晨曦太极拳队", "赵**", 20)
    assert by_phone.organization == first.organization == suspected[0].organization
    assert (within.name, within.place) == ("秋韵合唱团", (suspected[2].reading.sheet, 4))
    done = office.read_in(SURVEY)
    assert (done.entered, len(office.organizations())) == (1, 2)
    assert load_workbook(io.BytesIO(done.mending())).worksheets[0].max_row == 6


def test_each_choice_is_followed_in_the_import_and_stands_in_its_account(office: Office) -> None:
    office.read_in(KNOWN)
    (sheet,) = {row.reading.sheet for row in office.read_in(SURVEY, dry_run=True).rows}
    places = {row: (sheet, row) for row in range(2, 8)}
    choices = {
        places[2]: Choice.JOIN, places[3]: Choice.OWN, places[5]: Choice.JOIN, places[6]: Choice.SKIP,
    }  # fmt: skip
    done = office.read_in(SURVEY, choices=choices)
    assert fates(done) == [
        "merged", "normalised", "normalised", "merged", "suspected_duplicate", "suspected_duplicate",
    ]  # fmt: skip
    known, own, choir = office.organizations()
    # What was blank is filled in; what is recorded stays, and so does its phone, beside which the new one is sealed.
    assert (known.members, known.premises) == (20, "桂花活动室")
    assert (own.name, choir.premises) == ("晨曦太极拳", "东门广场")
    with office.database.read() as connection:
        phones = masked_values(connection, "organization", [known.id])[known.id]
        assert phones == {"leader_phone": "138****0001", "other_phone": "138****0002"}
        events = table(Event)
        joined = select(events.c.body, events.c.actor_id).where(events.c.type == "organization.survey_joined")
        (row, _) = connection.execute(joined.order_by(events.c.id)).all()
        change = json.loads(row.body)["change"]
        assert (row.actor_id, change["choice"], change["survey"]["row"]) == (office.officer.person_id, "join", 2)
        assert all(verify(connection, "organization", each.id) == [] for each in (known, own, choir))
        line, recorded = survey_import(connection, office.officer, done.public_id)
    assert [row.chosen for row in recorded.rows] == [Choice.JOIN, Choice.OWN, None, Choice.JOIN, Choice.SKIP, None]
    assert line.imported_by == "测试officer"
    # Only the row of which nothing was said comes back to be mended.
    assert [row.place for row in recorded.rows if row.to_mend] == [places[7]]
    before = contents(office.database)
    again = office.read_in(SURVEY, choices=choices)
    assert (again.public_id, contents(office.database) == before) == (done.public_id, True)


def test_a_choice_that_does_not_fit_leaves_the_row_out_and_says_so(office: Office) -> None:
    office.read_in(KNOWN)
    (sheet,) = {row.reading.sheet for row in office.read_in(SURVEY, dry_run=True).rows}
    done = office.read_in(SURVEY, choices={(sheet, 2): Choice.OWN})
    assert done.rows[0].fate is Fate.SUSPECTED_DUPLICATE
    assert done.rows[0].reading.reasons[0].text.zh == "不能选择“作为新组织”，本行未导入"
    assert [each.name for each in office.organizations()] == ["晨曦太极拳队", "秋韵合唱团"]
