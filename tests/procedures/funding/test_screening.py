"""What the screening finds by itself: bars are referred to the officer, what can be mended is returned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from incubator.models.activities import RestrictionKind
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.services.restrictions import restrict
from tests.procedures.funding.grants import APPLICATION, PAPERS, of, published, registered, submitted, with_filed_groups
from tests.procedures.world import Centre

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def found(centre: Centre, case_id: str) -> tuple[str, str]:
    """Where the screening sent the case, and what it found."""
    case = centre.case(case_id)
    return case.step, case.data["screening"]["findings"]


def hold_back(centre: Centre, kind: RestrictionKind) -> None:
    centre.database.write(
        lambda connection: restrict(
            connection, organization_id=centre.organization_id, kind=kind, since=date(2026, 1, 1),
            until=date(2028, 12, 31), document_number="青民〔2026〕3号", reason="违约",
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip


def test_a_group_that_applies_alone_is_asked_for_its_partner(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    step, findings = found(group, submitted(group, published(group)))
    assert step == "correction"
    assert "联合申报" in findings
    assert "收款方不具备法人资格" in findings


def test_a_registered_body_applies_alone_and_is_its_own_payee(centre: Centre) -> None:
    body = of(centre, registered(centre))
    assert body.case(submitted(body, published(body))).step == "acceptance"


@pytest.mark.parametrize("who", ["applicant", "payee"])
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RestrictionKind.PROJECT_BAN, "至2028年12月31日禁止申报"),
        (RestrictionKind.ABNORMAL_LIST, "已列入活动异常名录"),
        (RestrictionKind.SERIOUS_BREACH_LIST, "已列入严重违法失信名单"),
    ],
)
def test_what_holds_applicant_or_payee_back_is_referred(
    centre: Centre, who: str, kind: RestrictionKind, words: str
) -> None:
    (group,) = with_filed_groups(centre)
    call, partner = published(group), registered(group)
    hold_back(group if who == "applicant" else of(group, partner), kind)
    step, findings = found(group, submitted(group, call, co_applicant=partner))
    assert step == "acceptance"
    assert words in findings
    assert ("春风社会工作服务中心" in findings) == (who == "payee")


def test_a_restriction_of_another_kind_is_no_bar(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    hold_back(group, RestrictionKind.CLOSER_SUPERVISION)
    case_id = submitted(group, published(group), co_applicant=registered(group))
    assert group.case(case_id).data.get("screening") is None


@pytest.mark.parametrize(
    ("title", "field", "step"),
    [
        ("社区助残理发", "disability", "acceptance"),
        ("社区助残理发", "hardship", "acceptance"),  # the very same title, whatever the field
        ("社区助残理发队", "disability", "acceptance"),
        ("社区助残理发队", "hardship", None),
        ("独居长者读报", "disability", None),
    ],
)
def test_the_same_work_is_found_by_its_title(centre: Centre, title: str, field: str, step: str | None) -> None:
    first, second = with_filed_groups(centre, 2)
    call, partner = published(centre), registered(centre)
    submitted(first, call, co_applicant=partner, title="社区助残理发", field="disability")
    case_id = submitted(second, call, co_applicant=partner, title=title, field=field)
    findings = second.case(case_id).data.get("screening", {}).get("findings", "")
    assert ("与已立项或在报项目重复" in findings) == bool(step)
    assert second.case(case_id).step == "acceptance"


def test_an_application_that_was_withdrawn_stands_in_nobodys_way(centre: Centre) -> None:
    first, second = with_filed_groups(centre, 2)
    call, partner = published(centre), registered(centre)
    withdrawn = submitted(first, call, co_applicant=partner)
    first.act(withdrawn, "withdraw", "worker", {"reason": "人手不足", "asked_by": "王桂兰"})
    case_id = submitted(second, call, co_applicant=partner)
    assert second.case(case_id).data.get("screening") is None


@pytest.mark.parametrize("failed", [True, False], ids=["failed", "overdue"])
def test_a_failed_review_and_an_overdue_report_are_referred(centre: Centre, failed: bool) -> None:
    (group,) = with_filed_groups(centre)
    group.on("2027-01-04")
    review = group.open("yearly_review", "officer", period="2027")
    group.on("2027-04-01")
    if failed:
        cases = table(Case)
        group.database.write(
            lambda connection: connection.execute(
                update(cases).where(cases.c.public_id == review)
                .values(open=False, step="failed", outcome="failed", ended_at=group.clock.now())
            )
        )  # fmt: skip
    call = published(group, opens_on=date(2027, 4, 1), closes_on=date(2027, 5, 1))
    step, findings = found(group, submitted(group, call, co_applicant=registered(group)))
    assert step == "acceptance"
    assert ("2027 年度年检未通过" if failed else "2027 年度报告逾期未报送") in findings


def test_a_filing_that_expired_meanwhile_is_referred(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    call, partner = published(group), registered(group)
    case_id = group.open("funding", period=call)
    expire(group, group.clock.now().date())
    group.clock.move_by(timedelta(days=1))
    group.upload(case_id, *PAPERS)
    group.act(case_id, "submit", "worker", {**APPLICATION, "co_applicant": partner})
    group.automate()
    assert "备案证已于" in found(group, case_id)[1]


def test_prohibited_costs_a_wrong_field_and_too_much_are_told_at_once(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    lines = [{"title": "购置七座汽车", "kind": "transport", "fen": 4_000_000}]
    case_id = submitted(
        group, published(group), co_applicant=registered(group), lines=lines, asked_fen=4_000_000, field="environment"
    )  # fmt: skip
    step, findings = found(group, case_id)
    assert step == "correction"
    for words in ("“购置七座汽车”属于购置车辆", "不在本批次资助范围内", "超过每个项目的上限 30,000.00 元"):
        assert words in findings


def expire(centre: Centre, day: Any) -> None:
    organizations = table(Organization)
    centre.database.write(
        lambda connection: connection.execute(
            update(organizations).where(organizations.c.id == centre.organization_id).values(filing_valid_until=day)
        )
    )
