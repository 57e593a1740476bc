"""A survey brought into the street's records, once and for good, on both databases."""

from __future__ import annotations

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection, Row, func, select
from sqlmodel import SQLModel

from incubator.canonical import canonical
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Actor, Role
from incubator.engine.streams import verify
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.events import Event, PersonalValue
from incubator.models.organizations import Organization, SurveyImport, SurveyRowFate
from incubator.queries.survey_imports import survey_import, survey_imports
from incubator.services.organizations import change_organization
from incubator.services.personal import masked_values, places_of
from incubator.services.setup import set_up_street
from incubator.services.streets import communities_of
from incubator.services.survey import Fate, Field
from incubator.services.survey.imported import ImportedRow, ImportedSurvey
from incubator.services.survey.importing import import_survey, read_file, vocabulary_of
from tests.factories import StreetWorld, make_user

from .tables import workbook
from .vocabulary import CATEGORIES, COMMUNITIES, EXCLUDED

SAMPLE = files("incubator.samples").joinpath("survey.xlsx").read_bytes()


@dataclass
class Office:
    """A street whose officer imports surveys."""

    database: Database
    clock: FixedClock
    street: StreetWorld
    officer: Actor

    def read_in(
        self, content: bytes, filename: str = "survey.xlsx", *, by: Actor | None = None, **how: Any
    ) -> ImportedSurvey:
        actor, now = by or self.officer, self.clock.now()
        with self.database.read() as connection:
            file = read_file(
                connection, street_id=self.street.street_id, content=content, filename=filename, actor=actor, now=now
            )
        return self.database.write(lambda connection: import_survey(connection, file, actor=actor, now=now, **how))

    def organizations(self) -> list[Row[Any]]:
        organizations = table(Organization)
        with self.database.read() as connection:
            return list(connection.execute(select(organizations).order_by(organizations.c.id)).all())


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Office:
    def make(connection: Connection) -> StreetWorld:
        street_id = set_up_street(connection, code="000001", name="示例街道", communities=COMMUNITIES, now=clock.now())
        return StreetWorld(street_id, communities_of(connection, street_id))

    street = database.write(make)
    return Office(database, clock, street, make_user(database, street, Role.OFFICER, clock.now()))


def contents(database: Database) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of them all."""
    found = {}
    with database.read() as connection:
        for each in SQLModel.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(each)))
            found[each.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def row_at(result: ImportedSurvey, sheet: str, number: int) -> ImportedRow:
    return next(each for each in result.rows if (each.reading.sheet, each.reading.row) == (sheet, number))


def test_the_street_reads_surveys_with_its_own_policy_and_communities(office: Office) -> None:
    with office.database.read() as connection:
        vocabulary = vocabulary_of(connection, office.street.street_id, office.clock.now())
    assert vocabulary.categories == CATEGORIES
    assert vocabulary.communities == COMMUNITIES
    assert [kind.patterns for kind in vocabulary.excluded] == [kind.patterns for kind in EXCLUDED]
    assert vocabulary.excluded[0].cite.zh == "本街道惯例：参照四川省2023年的规定，所列主体不予备案"


def test_a_dry_run_tells_every_fate_and_writes_nothing(office: Office) -> None:
    before = contents(office.database)
    told = office.read_in(SAMPLE, dry_run=True)
    assert told.counts == {
        "accepted": 0, "normalised": 142, "suspected_duplicate": 2, "refused": 5, "merged": 0, "unchanged": 0,
    }  # fmt: skip
    assert (told.dry_run, told.public_id, told.entered) == (True, "", 142)
    assert contents(office.database) == before


def test_every_row_becomes_an_organization_or_says_why_not(office: Office) -> None:
    result = office.read_in(SAMPLE)
    assert result.counts["normalised"] == len(office.organizations()) == 142
    first = next(each for each in office.organizations() if each.name == "同心红十字志愿队")
    assert (first.category, first.members, first.standing) == ("public_benefit", 12, "informal")
    assert first.details["members_approximate"] is True
    assert first.details["party_members"] == 0
    source = first.details["survey"]
    assert (source["sheet"], source["row"], source["sha256"]) == ("桂花社区", 5, hashlib.sha256(SAMPLE).hexdigest())
    told = row_at(result, "桂花社区", 5)
    assert (told.organization, told.fate) == (first.public_id, Fate.NORMALISED)
    assert ("members", "F5", "12余人", "约12") in [(c.field, c.ref, c.old, c.new) for c in told.reading.normalised]

    repeat = row_at(result, "桂花社区", 25)
    assert (repeat.reading.duplicate_of, repeat.organization_name) == (("桂花社区", 8), "夕阳红书画社")
    assert [(r.code, r.ref) for r in row_at(result, "桂花社区", 26).reading.reasons] == [("owners_committee", "B26")]

    with office.database.read() as connection:
        assert verify(connection, "organization", first.id) == []
        events = table(Event)
        [body] = connection.scalars(
            select(events.c.body).where(events.c.stream == "organization", events.c.subject_id == first.id)
        )
    assert json.loads(body)["change"]["details"]["survey"] == source
    assert json.loads(body)["comment"] == "摸底导入：survey.xlsx，工作表“桂花社区”第 5 行"


def test_telephones_are_sealed_and_stand_in_clear_nowhere(office: Office) -> None:
    rows = [
        ["组织名称", "负责人", "联系电话", "备注", "紧急联系电话"],
        ["甲队", "赵甲", "１３８－００００－２７９２", "另可拨13900001111", "86661234"],
        ["乙队", "钱乙 13800003333", None, "负责人身份证11010119900101123X", None],
        ["丙业委会", "孙丙", "13800004444", None, None],
        ["丁队", "李丁", "1380000555", "电话：13800006666", None],
    ]
    office.read_in(workbook(rows))
    with office.database.read() as connection:
        written = ""
        for each in SQLModel.metadata.sorted_tables:
            for row in connection.execute(select(each)).mappings():
                written += canonical({key: str(value) for key, value in row.items()})
        street_id = office.street.street_id
        found = {row.name: row.id for row in office.organizations()}
        kept = masked_values(connection, "organization", found.values())
        for phone, name in (("13800002792", "甲队"), ("13900001111", "甲队"), ("13800003333", "乙队")):
            assert [place.subject.id for place in places_of(connection, street_id=street_id, value=phone)] == [
                found[name]
            ]
    for number in (
        "0002792",
        "－２７９２",
        "0001111",
        "86661234",
        "0003333",
        "19900101123",
        "0004444",
        "1380000555",
        "0006666",
    ):
        assert number not in written
    assert kept[found["甲队"]] == {"leader_phone": "138****2792", "other_phone": "139****1111"}
    assert kept[found["丁队"]] == {"other_phone": "138****6666"}
    details = next(row.details for row in office.organizations() if row.name == "甲队")
    assert list(details["columns"]) == ["紧急联系电话"]


def test_a_second_import_of_the_same_file_changes_nothing(office: Office) -> None:
    first = office.read_in(SAMPLE)
    # What has become of the organizations in the meantime is nothing that the old file denies.
    changed = next(each for each in office.organizations() if each.name == "同心红十字志愿队")
    office.database.write(
        lambda connection: change_organization(
            connection, changed.id, event="organization.renamed", changes={"name": "同心互助会", "members": 40},
            actor=office.officer, now=office.clock.now(),
        )
    )  # fmt: skip
    before = contents(office.database)
    second = office.read_in(SAMPLE)
    assert contents(office.database) == before
    assert second.counts == {
        "accepted": 0, "normalised": 0, "suspected_duplicate": 2, "refused": 5, "merged": 0, "unchanged": 142,
    }  # fmt: skip
    assert (second.public_id, second.known_before) == (first.public_id, True)
    assert row_at(second, "桂花社区", 5).organization == changed.public_id
    # The same rows in another file are another reading, and still no new organizations.
    third = office.read_in(SAMPLE[:-22] + SAMPLE[-22:-2] + b"\x01\x00 ", "copy.xlsx")
    assert (third.entered, third.known_before) == (0, False)
    assert len(office.organizations()) == 142


def test_what_is_said_otherwise_of_a_known_organization_is_suspected_and_changes_nothing(office: Office) -> None:
    heading = ["组织名称", "类别", "负责人", "联系电话", "成员人数"]
    office.read_in(workbook([heading, ["晨曦太极拳队", "文体", "赵甲", "13800000001", 20]]))
    before = office.organizations()
    result = office.read_in(
        workbook(
            [
                heading,
                ["桂花社区晨曦太极拳队", "公益", "赵甲", "13800000002", 25],
                ["晨曦太极拳", "文体", "钱乙", "13800000001", 20],
                ["晨曦舞蹈队", "文体", "孙丙", "13800000003", 15],
            ]
        )
    )
    assert [row.fate for row in result.rows] == [Fate.SUSPECTED_DUPLICATE, Fate.SUSPECTED_DUPLICATE, Fate.NORMALISED]
    by_name, by_phone, _ = result.rows
    assert [(each.field, each.ref, each.known.zh, each.said.zh) for each in by_name.differing] == [
        ("category", "B2", "文体活动", "公益慈善"), ("members", "E2", "20", "25"),
        ("phone", "D2", "138****0001", "138****0002"),
    ]  # fmt: skip
    assert "成员人数（E2）登记为“20”，表中为“25”" in by_name.reading.reasons[0].text.zh
    assert by_phone.reading.reasons[0].code == "known_phone_similar_name"
    assert {by_name.organization, by_phone.organization} == {before[0].public_id}
    assert office.organizations()[0] == before[0]
    assert len(office.organizations()) == 2


def test_a_mended_row_is_entered_and_the_rest_stays_as_it_is(office: Office) -> None:
    first = office.read_in(SAMPLE)
    book = load_workbook(io.BytesIO(first.mending()))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        said = dict(zip(headings, row, strict=True))
        if said["原工作表"].value == "新桥社区":
            said["组织名称"].value = "新桥合唱团"
    stream = io.BytesIO()
    book.save(stream)
    before = office.organizations()
    result = office.read_in(stream.getvalue(), "待修改.xlsx")
    assert {row.reading.values.name: row.fate for row in result.rows} == {
        "夕阳红书画社": Fate.SUSPECTED_DUPLICATE, "桂花园小区业主委员会": Fate.REFUSED,
        "福满矫正帮教小组": Fate.UNCHANGED, "东门家政服务部": Fate.REFUSED, "水井社区居委会妇联小组": Fate.REFUSED,
        "新桥合唱团": Fate.NORMALISED, "北塔3号楼楼组自治小组": Fate.REFUSED,
    }  # fmt: skip
    assert office.organizations()[:-1] == before
    assert office.organizations()[-1].name == "新桥合唱团"


def test_an_earlier_import_is_read_back_whole_and_by_whoever_may_see_it(office: Office) -> None:
    told = office.read_in(SAMPLE)
    office.clock.move_to(office.clock.now().replace(hour=7))
    office.read_in(workbook([["组织名称", "负责人"], ["甲队", "赵甲"]]), "second.xlsx")
    other = make_user(office.database, office.street, Role.COMMUNITY_WORKER, office.clock.now(),
                      community_id=office.street.communities["桂花社区"])  # fmt: skip
    with office.database.read() as connection:
        newest = survey_imports(connection, office.officer, limit=1)
        assert [(each.filename, each.imported_by) for each in newest.items] == [("second.xlsx", "测试officer")]
        [before] = survey_imports(connection, office.officer, cursor=newest.next_cursor).items
        assert (before.public_id, before.counts) == (told.public_id, told.counts)
        line, again = survey_import(connection, office.officer, told.public_id)
        assert line == before
        assert again.counts == told.counts
        assert again.sheets == told.sheets
        assert [row.fate for row in again.rows] == [row.fate for row in told.rows]
        mended = load_workbook(io.BytesIO(again.mending("en"))).worksheets[0]
        assert mended.max_row == 8
        phone = [cell.value for cell in mended[1]].index("Phone")
        assert [cell.value for cell in list(mended.columns)[phone]][1] == "138****8728"
        assert survey_imports(connection, other).items == ()
        with pytest.raises(NotFound):
            survey_import(connection, other, told.public_id)


def test_a_failure_leaves_nothing_half_imported(office: Office) -> None:
    before = contents(office.database)

    def fail_at_the_hundredth(done: int, rows: int) -> None:
        if done == 100:
            raise OSError("the power went")

    with pytest.raises(OSError, match="the power went"):
        office.read_in(SAMPLE, progress=fail_at_the_hundredth)
    assert contents(office.database) == before


def test_two_who_import_the_same_file_at_once_enter_it_once(office: Office) -> None:
    content = workbook([["组织名称", "负责人"], *([f"第{number}合唱团", f"负责人{number}"] for number in range(1, 30))])
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: office.read_in(content), range(2)))
    assert sorted(result.entered for result in results) == [0, 29]
    assert results[0].public_id == results[1].public_id
    assert len(office.organizations()) == 29


def test_only_the_streets_own_people_with_the_right_role_import(office: Office) -> None:
    worker = make_user(office.database, office.street, Role.FINANCE, office.clock.now())
    with pytest.raises(NotAllowed):
        office.read_in(SAMPLE, by=worker)
    with pytest.raises(Invalid):
        office.read_in(b"no table at all", "a.xlsx")


def test_what_an_organizations_record_cannot_hold_is_refused_with_its_cell(office: Office) -> None:
    content = workbook(
        [["组织名称", "负责人", "活动场所"], ["甲队", "赵甲", "很长的地址" * 50], ["乙队", "钱乙", None]]
    )
    result = office.read_in(content)
    assert [(reason.code, reason.ref) for reason in result.rows[0].reading.reasons] == [("too_long", "C2")]
    assert [each.name for each in office.organizations()] == ["乙队"]
    with office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(table(SurveyImport))) == 1
        assert connection.scalar(select(func.count()).select_from(table(SurveyRowFate))) == 3
        assert connection.scalar(select(func.count()).select_from(table(PersonalValue))) == 0
    assert result.rows[0].reading.ref(Field.PREMISES) == "C2"
