"""The opening stock enters what the papers say, as history, once, and tells the fate of every row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from incubator.engine.streams import verify
from incubator.errors import Invalid, NotAllowed
from incubator.models.activities import Restriction
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.evaluations import Rating
from incubator.models.events import Event, PersonalValue
from incubator.models.hubs import Affiliation, Hub
from incubator.models.organizations import Filing, OpeningStockRow, Organization, OrganizationRevision
from incubator.models.streets import IssuedNumber, NumberSeries, Person
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.bootstrap import Service
from incubator.services.opening_stock.layout import Kind
from incubator.settings import Settings
from tests.procedures.world import Centre
from tests.services.opening_stock.books import PAPER, brought_in, codes, fates

WRITTEN = (
    Organization, OrganizationRevision, Filing, Hub, Affiliation, Rating, Restriction, OpeningStockRow, IssuedNumber,
    NumberSeries, Event, PersonalValue, Case, Person,
)  # fmt: skip
CHOIR = {"community": "桂花社区", "organization": "常青合唱团"}
HUB = {"community": "桂花社区", "organization": "晚晴服务中心"}
REGISTERED = {**HUB, "standing": "已登记", "registration_number": "52510105MJQ0000001", "leader": "孙某"}
CERTIFICATE = {
    **CHOIR,
    "number": "青羊备字〔2024〕12号",
    "signed_on": date(2024, 10, 8),
    "valid_until": date(2026, 10, 7),
}
STOCK: dict[Kind, list[dict[str, Any]]] = {
    Kind.ORGANIZATION: [REGISTERED],
    Kind.FILING: [CERTIFICATE],
    Kind.HUB: [{**HUB, "since": date(2025, 1, 1), "until": "长期"}],
    Kind.AFFILIATION: [
        {**CHOIR, "hub": "晚晴服务中心", "agreement_number": "挂靠2025-3", "since": date(2025, 3, 1), "until": date(2027, 2, 28)}
    ],
    Kind.RATING: [
        {**HUB, "kind": "登记机关等级", "band": "３Ａ级", "document_number": "青民发〔2025〕7号", "announced_on": date(2025, 12, 1),
         "valid_until": date(2030, 12, 31)}
    ],
    Kind.RESTRICTION: [
        {**CHOIR, "kind": "项目禁入", "since": date(2025, 6, 1), "until": date(2028, 5, 31), "reason": "项目未结项"}
    ],
}  # fmt: skip


def counted(centre: Centre) -> list[int]:
    with centre.database.read() as connection:
        return [connection.scalar(select(func.count()).select_from(table(each))) or 0 for each in WRITTEN]


def rows(centre: Centre, model: Any) -> list[Any]:
    found = table(model)
    with centre.database.read() as connection:
        return list(connection.execute(select(found).order_by(found.c.id)).all())


def changed(
    rows_of: dict[Kind, list[dict[str, Any]]], kind: Kind, /, **values: Any
) -> dict[Kind, list[dict[str, Any]]]:
    return {**rows_of, kind: [{**rows_of[kind][0], **values}, *rows_of[kind][1:]]}


def test_what_the_papers_say_is_entered_as_history_and_no_approval_is_invented(centre: Centre) -> None:
    before = counted(centre)
    shown = brought_in(centre, STOCK, dry_run=True)
    assert (fates(shown), counted(centre)) == (["entered"] * 6, before), "a preview writes nothing"
    done = brought_in(centre, STOCK)
    assert (fates(done), done.counts) == (["entered"] * 6, {"entered": 6, "unchanged": 0, "refused": 0})
    assert (rows(centre, Case), len(rows(centre, Person))) == ([], before[-1]), "no case and nobody is invented"

    choir, hub = rows(centre, Organization)
    assert (choir.standing, choir.filing_number, choir.filed_on, choir.filing_valid_until) == (
        "filed", "青羊备字〔2024〕12号", date(2024, 10, 8), date(2026, 10, 7),
    )  # fmt: skip
    assert (hub.standing, hub.details["registration_number"], hub.leader) == (
        "registered",
        "52510105MJQ0000001",
        "孙某",
    )
    (filing,) = rows(centre, Filing)
    assert (filing.status, filing.case_id, filing.valid_from, filing.paper) == ("valid", 0, date(2024, 10, 8), PAPER)
    (recognised,), (agreement,) = rows(centre, Hub), rows(centre, Affiliation)
    assert (recognised.status, recognised.until, recognised.paper) == ("valid", NO_DATE, PAPER)
    assert (agreement.hub_id, agreement.status, agreement.agreement_number) == (hub.id, "valid", "挂靠2025-3")
    (rating,), (restriction,) = rows(centre, Rating), rows(centre, Restriction)
    assert (rating.band, rating.kind, rating.status, rating.paper) == ("3A", "registrar_grade", "valid", PAPER)
    assert (restriction.kind, restriction.until, restriction.reason) == ("project_ban", date(2028, 5, 31), "项目未结项")
    assert {(row.kind, row.paper, row.recorded_by) for row in rows(centre, OpeningStockRow)} == {
        (kind.value, PAPER, centre.people["director"].person_id) for kind in STOCK
    }
    types = centre.events("organization")
    assert [each for each in types if each.endswith(("_brought_in", ".brought_in"))] == [
        "organization.brought_in", "organization.filing_brought_in", "organization.hub_brought_in",
        "organization.affiliation_brought_in", "organization.rating_brought_in", "organization.restriction_brought_in",
    ]  # fmt: skip
    with centre.database.read() as connection:
        assert [verify(connection, "organization", each.id) for each in (choir, hub)] == [[], []]


def test_a_second_import_changes_nothing_and_a_changed_row_is_refused(centre: Centre) -> None:
    brought_in(centre, STOCK)
    after = counted(centre)
    assert fates(brought_in(centre, STOCK)) == ["unchanged"] * 6
    assert fates(brought_in(centre, STOCK, filename="又一份.xlsx")) == ["unchanged"] * 6
    mended = changed(STOCK, Kind.FILING, valid_until=date(2027, 10, 7))
    refused = brought_in(centre, mended)
    assert codes(refused)[1] == ["changed"]
    assert "“期初.xlsx”录入，现在的内容与当时不同" in refused.rows[1].reasons[0].text.zh
    assert fates(refused) == ["unchanged", "refused", *["unchanged"] * 4]
    assert counted(centre) == after


def test_the_same_said_in_another_way_is_the_same(centre: Centre) -> None:
    brought_in(centre, STOCK)
    again = changed(
        STOCK,
        Kind.FILING,
        community=None,
        signed_on="二〇二四年十月八日",
        valid_until="２０２６.１０.７",
        valid_from="2024/10/8",
    )
    again = changed(again, Kind.RATING, band="3a", kind="登记机关 等级")
    assert fates(brought_in(centre, again)) == ["unchanged"] * 6


def test_bad_rows_change_nothing_and_good_rows_enter(centre: Centre) -> None:
    stock = changed(STOCK, Kind.ORGANIZATION, registration_number=None)
    done = brought_in(centre, stock)
    assert fates(done) == ["refused", "entered", "refused", "refused", "refused", "entered"]
    assert codes(done)[0] == ["registration_number_missing"]
    assert codes(done)[2] == codes(done)[4] == ["organization_unknown"]
    assert codes(done)[3] == ["organization_unknown"], "what builds on a refused row is refused with it"
    assert (len(rows(centre, Organization)), len(rows(centre, Filing)), len(rows(centre, Hub))) == (1, 1, 0)
    mended = brought_in(centre, STOCK)
    assert fates(mended) == ["entered", "unchanged", "entered", "entered", "entered", "unchanged"]


def test_a_number_of_the_service_s_form_moves_its_series_on(centre: Centre) -> None:
    stock = {Kind.FILING: [{**CERTIFICATE, "number": " baz-2026-0007 "}]}
    assert fates(brought_in(centre, stock)) == ["entered"]
    centre = centre.with_group("桂花舞蹈队")
    centre.filed(name="桂花社区桂花舞蹈队")
    assert [number for number, *_ in centre.filings()] == ["BAZ-2026-0007", "BAZ-2026-0008"]
    taken = brought_in(centre, {Kind.FILING: [{**CERTIFICATE, "number": "BAZ-2026-0008"}]})
    assert codes(taken) == [["number_taken"]]
    assert "已由本系统发出" in taken.rows[0].reasons[0].text.zh


def test_the_last_of_several_certificates_holds(centre: Centre) -> None:
    older = {**CERTIFICATE, "number": "旧1号", "signed_on": date(2021, 10, 8), "valid_until": date(2024, 10, 7)}
    done = brought_in(centre, {Kind.FILING: [CERTIFICATE, older]})
    assert fates(done) == ["entered", "entered"]
    assert [(number, state) for number, state, *_ in centre.filings()] == [
        ("旧1号", "replaced"),
        (CERTIFICATE["number"], "valid"),
    ]
    assert (centre.organization().filing_number, centre.organization().filed_on) == (
        CERTIFICATE["number"],
        date(2021, 10, 8),
    )
    oldest = {**CERTIFICATE, "number": "旧0号", "signed_on": date(2018, 10, 8), "valid_until": date(2021, 10, 7)}
    later = brought_in(centre, {Kind.FILING: [oldest]})
    assert later.rows[0].notes[0].zh == "作为历史备案证录入"
    assert (centre.organization().filing_number, centre.organization().filed_on) == (
        CERTIFICATE["number"],
        date(2018, 10, 8),
    )


def test_a_filing_that_the_service_decided_is_not_overwritten(centre: Centre) -> None:
    centre.filed()
    refused = brought_in(centre, {Kind.FILING: [{**CERTIFICATE, "valid_until": date(2027, 10, 7)}]})
    assert codes(refused) == [["is_filed_already"]]
    earlier = brought_in(centre, {Kind.FILING: [{**CERTIFICATE, "valid_until": date(2026, 9, 1)}]})
    assert fates(earlier) == ["entered"]
    assert centre.organization().filing_number == "BAZ-2026-0001"
    assert centre.organization().filed_on == date(2024, 10, 8)


def refusal(centre: Centre, kind: Kind, /, **values: Any) -> str:
    """Why the row of the kind is refused when it says this instead, everything else standing as it should."""
    done = brought_in(centre, changed(STOCK, kind, **values), dry_run=True)
    (account,) = [each for each in done.rows if each.row.kind is kind]
    assert account.fate.value == "refused", account
    assert all(reason.text.zh and reason.text.en and reason.ref for reason in account.reasons)
    return " ".join(reason.code for reason in account.reasons)


REFUSALS: tuple[tuple[Kind, dict[str, Any], str], ...] = (
    (Kind.ORGANIZATION, {"community": "书院社区"}, "community_unknown"),
    (Kind.ORGANIZATION, {"organization": None}, "required"),
    (Kind.ORGANIZATION, {"organization": "长" * 101}, "unreadable"),
    (Kind.ORGANIZATION, {"paper": "不详"}, "required"),
    (Kind.ORGANIZATION, {"paper": None}, "required"),
    (Kind.ORGANIZATION, {"standing": "也许"}, "unreadable"),
    (Kind.ORGANIZATION, {"standing": None}, "standing_missing"),
    (Kind.ORGANIZATION, {"registration_number": None}, "registration_number_missing"),
    (Kind.ORGANIZATION, {"members": "几十"}, "unreadable"),
    (Kind.ORGANIZATION, {"founded_on": "2027"}, "in_the_future"),
    (Kind.ORGANIZATION, {"leader_phone": "12345"}, "unreadable"),
    (Kind.ORGANIZATION, {"category": "航天"}, "unreadable"),
    (Kind.FILING, {"organization": "无此队"}, "organization_unknown"),
    (Kind.FILING, {"organization": "晚晴服务中心"}, "is_registered"),
    (Kind.FILING, {"number": None}, "required"),
    (Kind.FILING, {"signed_on": "2024-10"}, "unreadable"),
    (Kind.FILING, {"signed_on": "=A1+1"}, "unreadable"),
    (Kind.FILING, {"signed_on": date(2026, 9, 19)}, "in_the_future"),
    (Kind.FILING, {"valid_from": date(2024, 10, 7)}, "dates_reversed"),
    (Kind.FILING, {"valid_until": date(2024, 10, 7)}, "dates_reversed"),
    (Kind.HUB, {"since": date(2026, 12, 1)}, "in_the_future"),
    (Kind.HUB, {"until": date(2024, 1, 1)}, "dates_reversed"),
    (Kind.AFFILIATION, {"hub": "无此枢纽"}, "organization_unknown"),
    (Kind.AFFILIATION, {"hub": "常青合唱团"}, "own_hub"),
    (Kind.AFFILIATION, {"organization": "晚晴服务中心", "hub": "常青合唱团"}, "is_a_hub"),
    (Kind.AFFILIATION, {"until": date(2025, 1, 1)}, "dates_reversed"),
    (Kind.RATING, {"band": "9A"}, "band_unknown"),
    (Kind.RATING, {"document_number": None}, "document_missing"),
    (Kind.RATING, {"organization": "常青合唱团"}, "is_not_registered"),
    (Kind.RATING, {"valid_until": date(2025, 1, 1)}, "dates_reversed"),
    (Kind.RESTRICTION, {"kind": "活动异常名录"}, "document_missing is_not_registered"),
    (Kind.RESTRICTION, {"until": date(2025, 1, 1)}, "dates_reversed"),
    (Kind.RESTRICTION, {"reason": None}, "required"),
    (Kind.RESTRICTION, {"kind": "疑似僵尸"}, "unreadable"),
)  # fmt: skip


def test_every_refusal_says_what_to_do(centre: Centre) -> None:
    for kind, values, expected in REFUSALS:
        assert refusal(centre, kind, **values) == expected, (kind, values)


def test_hubs_and_affiliations_keep_one_hub_at_a_time(centre: Centre) -> None:
    brought_in(centre, STOCK)
    second = {Kind.AFFILIATION: [{**STOCK[Kind.AFFILIATION][0], "agreement_number": "挂靠2026-9"}]}
    assert codes(brought_in(centre, second)) == [["is_affiliated_already"]]
    assert codes(brought_in(centre, {Kind.HUB: [{**CHOIR, "since": date(2025, 1, 1)}]})) == [["is_affiliated"]]
    past = {
        **STOCK[Kind.AFFILIATION][0],
        "agreement_number": "挂靠2022-1",
        "since": date(2022, 3, 1),
        "until": date(2025, 2, 28),
    }
    done = brought_in(centre, {Kind.AFFILIATION: [past]})
    assert (fates(done), done.rows[0].notes[0].zh) == (["entered"], "已过有效期，作为历史录入")
    assert [(row.agreement_number, row.status) for row in rows(centre, Affiliation)] == [
        ("挂靠2025-3", "valid"), ("挂靠2022-1", "expired"),
    ]  # fmt: skip


def test_a_row_that_stands_twice_is_entered_once(centre: Centre) -> None:
    done = brought_in(centre, {Kind.FILING: [CERTIFICATE, CERTIFICATE]})
    assert sorted(fates(done)) == ["entered", "refused"]
    assert ["repeated"] in codes(done)


def test_an_organization_that_the_survey_found_is_not_entered_again(centre: Centre) -> None:
    done = brought_in(centre, {Kind.ORGANIZATION: [{**CHOIR, "leader": "另一人"}]})
    assert (fates(done), done.rows[0].notes[0].zh) == (["unchanged"], "系统中已有该组织，信息未作改动")
    assert (len(rows(centre, Organization)), centre.organization().leader) == (1, "王桂兰")
    registered = brought_in(centre, {Kind.ORGANIZATION: [{**CHOIR, "standing": "已登记", "registration_number": "X1"}]})
    assert (fates(registered), centre.organization().standing) == (["entered"], "registered")
    assert centre.events("organization")[-1] == "organization.registration_brought_in"


def test_a_fresh_street_takes_its_whole_stock_in_seconds(centre: Centre) -> None:
    names = [f"第{place}互助队" for place in range(200)]
    stock = {
        Kind.ORGANIZATION: [
            {"community": "桂花社区", "organization": name, "leader": "李某", "leader_phone": "13800001234", "members": 15}
            for name in names
        ],
        Kind.FILING: [
            {"organization": name, "number": f"旧备{place}", "signed_on": date(2025, 1, 6), "valid_until": date(2027, 1, 5)}
            for place, name in enumerate(names)
        ],
    }  # fmt: skip
    done = brought_in(centre, stock)
    assert done.counts == {"entered": 400, "unchanged": 0, "refused": 0}
    with centre.database.read() as connection:
        phones = table(PersonalValue)
        assert connection.scalar(select(func.count()).select_from(phones)) == 200
    assert brought_in(centre, stock).counts["unchanged"] == 400


@pytest.mark.parametrize("who", ["worker", "officer", "finance"])
def test_only_a_director_brings_it_in(centre: Centre, who: str) -> None:
    with pytest.raises(NotAllowed):
        brought_in(centre, STOCK, by=who, dry_run=True)


def test_a_file_that_is_no_opening_stock_is_refused(centre: Centre) -> None:
    for content in (b"", b"PK\x03\x04broken", b"a,b\n1,2\n"):
        with pytest.raises(Invalid):
            brought_in(centre, content)


def test_one_sheet_may_come_as_a_table_of_its_own(centre: Centre) -> None:
    table_ = (
        "备案登记表,,,,\n社区,组织名称,备案证号,发证日期,有效期至,依据材料\n桂花社区,常青合唱团,旧1号,2024年10月8日,2027年10月7日,第1盒\n"
        "合计,1,,,,\n"
    )
    done = brought_in(centre, table_.encode("gb18030"), filename="备案.csv")
    assert fates(done) == ["entered"]
    assert centre.organization().filing_number == "旧1号"


def test_what_is_due_already_opens_at_the_first_sweep(centre: Centre) -> None:
    """The certificate and the agreement end soon, the stars have ended, and the group was filed years ago."""
    ends = {"until": date(2026, 10, 31)}
    stars = {**CHOIR, "kind": "星级", "band": "三星", "announced_on": date(2023, 7, 3), "valid_until": date(2026, 7, 2)}
    stock = changed({**STOCK, Kind.RATING: [stars]}, Kind.AFFILIATION, **ends)
    done = brought_in(centre, stock)
    assert fates(done) == ["entered"] * 6, codes(done)
    assert (rows(centre, Rating)[0].band, rows(centre, Rating)[0].status) == ("star_3", "valid")
    service = Service(Settings(), centre.database, centre.clock)
    open_due_reviews(service, as_of=date(2026, 9, 18), run_key="first")
    opened = {row.procedure: row.organization_id for row in rows(centre, Case)}
    due = ("filing_renewal", "affiliation_renewal", "yearly_review", "evaluation")
    assert {procedure: opened.get(procedure) for procedure in due} == dict.fromkeys(due, centre.organization_id)
    assert "dormancy" not in opened, "nobody could have recorded its activities before it was on record"
    cases = len(rows(centre, Case))
    open_due_reviews(service, as_of=date(2026, 9, 21), run_key="second")
    assert len(rows(centre, Case)) == cases
