"""Calls: what they may say for themselves, who publishes them, and what becomes of their money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Role
from incubator.engine.streams import verify
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.funding import Call
from incubator.models.money import MoneyAccount
from incubator.models.streets import IssuedNumber
from incubator.policies.packs import shipped
from incubator.queries.calls import calls, read_call
from incubator.services import journal
from incubator.services.calls import (
    CallHasMoved,
    CallNotDone,
    FourEyes,
    cancel_call,
    change_call,
    close_call,
    draft_call,
    publish_call,
)
from incubator.services.substitutes import name_substitute
from tests.procedures.funding.grants import awarded, call_values, published, registered, submitted, with_filed_groups
from tests.procedures.world import Centre, add_person, build


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build(database, clock)


ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def draft(centre: Centre, by: str = "officer", **changes: Any) -> str:
    drafted = centre.database.write(
        lambda connection: draft_call(
            connection, call_values(**changes), actor=centre.people[by], now=centre.clock.now()
        )
    )
    return drafted.public_id


def do(centre: Centre, act: Any, call: str, by: str, **more: Any) -> Any:
    return centre.database.write(
        lambda connection: act(connection, call, actor=centre.people[by], now=centre.clock.now(), **more)
    )


def change(centre: Centre, call: str, by: str, expected_version: int | None = None, **changes: Any) -> Any:
    return centre.database.write(
        lambda connection: change_call(
            connection, call, call_values(**changes), expected_version=expected_version, actor=centre.people[by],
            now=centre.clock.now(),
        )
    )  # fmt: skip


def row(centre: Centre, call: str) -> Any:
    calls = table(Call)
    with centre.database.read() as connection:
        return connection.execute(select(calls).where((calls.c.public_id == call) | (calls.c.number == call))).one()


def balance(centre: Centre, code: str) -> int:
    with centre.database.read() as connection:
        return journal.balance(connection, centre.street_id, code)


def test_a_call_is_drafted_changed_and_published_by_somebody_else(centre: Centre) -> None:
    call = draft(centre)
    assert (row(centre, call).number, row(centre, call).status) == ("PC-2026-0001", "draft")
    changed = change(centre, call, "other_officer", 1, budget_fen=20_000_000)
    assert changed.version == 2
    with pytest.raises(CallHasMoved):
        change(centre, call, "officer", 1, budget_fen=30_000_000)
    with pytest.raises(NotAllowed):
        do(centre, publish_call, call, "worker")
    do(centre, publish_call, call, "director", expected_version=2)
    assert row(centre, call).status == "published"
    assert balance(centre, "call:PC-2026-0001:free") == 20_000_000
    assert balance(centre, "source:lottery") == -20_000_000
    accounts = table(MoneyAccount)
    with centre.database.read() as connection:
        titles = dict(connection.execute(select(accounts.c.code, accounts.c.title_zh)).all())
    assert titles["source:lottery"] == "资金来源：彩票公益金"
    with pytest.raises(CallHasMoved):
        change(centre, call, "officer", budget_fen=30_000_000)
    events = table(Event)
    with centre.database.read() as connection:
        told = connection.scalars(
            select(events.c.type).where(events.c.stream == "call").order_by(events.c.seq)
        ).all()  # fmt: skip
        assert told == ["call.drafted", "call.changed", "call.published"]
        assert verify(connection, "call", row(centre, call).id) == []


@ONE_DATABASE
def test_who_drafted_or_changed_a_call_does_not_publish_it(centre: Centre) -> None:
    drafted = draft(centre, "director")
    with pytest.raises(FourEyes):
        do(centre, publish_call, drafted, "director")
    changed = draft(centre, "officer")
    change(centre, changed, "director", title="改过的批次")
    with pytest.raises(FourEyes):
        do(centre, publish_call, changed, "director")
    do(centre, publish_call, drafted, "other_director")


@ONE_DATABASE
def test_the_substitute_publishes_only_where_no_other_director_is_left(centre: Centre) -> None:
    deputy = centre.database.write(lambda connection: add_person(connection, centre.street_id, "代理人", Role.MANAGER))
    centre.people["deputy"] = deputy
    call = draft(centre, "director")
    centre.database.write(
        lambda connection: name_substitute(
            connection,
            street_id=centre.street_id,
            role=Role.DIRECTOR,
            person_id=deputy.person_id,
            until=date(2027, 12, 31),
            actor=centre.people["other_director"],
            now=centre.clock.now(),
        )
    )
    with pytest.raises(NotAllowed):
        do(centre, publish_call, call, "deputy")
    change(centre, call, "other_director", title="两位主任都改过")
    do(centre, publish_call, call, "deputy")
    assert row(centre, call).published_by == deputy.person_id


@ONE_DATABASE
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "批" * 101}, "title"),
        ({"budget_fen": 0}, "budget_fen"),
        ({"closes_on": date(2026, 9, 17)}, "closes_on"),
        ({"fund_source": "lotto"}, "fund_source"),
        ({"terms": {"filing.conditions.members": 1}}, "terms.filing.conditions.members"),
        ({"terms": {"funding.fields": ["culture_and_sports"]}}, "terms.funding.fields"),
        ({"terms": {"funding.fields": "elder_care"}}, "terms.funding.fields"),
        ({"terms": {"funding.cap": {"fen": 1, "share": 1}}}, "terms.funding.cap"),
        ({"terms": {"funding.cap": {"fen": 10_000_001}}}, "terms.funding.cap"),
        (
            {"terms": {"funding.cap": {"tiers": {"by": "score", "steps": [{"least": 0, "fen": 1}]}}}},
            "terms.funding.cap",
        ),
        ({"terms": {"funding.review.size": 0}}, "terms.funding.review.size"),
        ({"terms": {"funding.review.quorum": 6}}, "terms.funding.review.quorum"),
        ({"terms": {"funding.review.least": 101}}, "terms.funding.review.least"),
        ({"terms": {"funding.tranches": [{"gate": "signed", "share": 9_999}]}}, "terms.funding.tranches"),
        ({"terms": {"project.midterm.enabled": False}}, "terms.funding.tranches"),
        ({"terms": {"project.final.report_due": -1}}, "terms.project.final.report_due.length"),
        ({"terms": {"funding.tranches": [{"gate": "never", "share": 10_000}]}}, "terms.funding.tranches.0.gate"),
    ],
)
def test_a_call_that_does_not_fit_is_refused_where_it_does_not(
    centre: Centre, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        draft(centre, **changes)
    assert field in refused.value.fields
    assert all(name.startswith(field.rpartition(".0.")[0]) for name in refused.value.fields)
    for words in refused.value.fields[field]:
        assert words.zh
        assert words.en


@ONE_DATABASE
def test_a_publication_needs_its_announcement_and_a_day_that_is_to_come(centre: Centre) -> None:
    for changes, field in (({"document_number": ""}, "document_number"), ({}, "closes_on")):
        call = draft(centre, **changes)
        if field == "closes_on":
            centre.on("2026-12-19")
        with pytest.raises(Invalid) as refused:
            do(centre, publish_call, call, "director")
        assert list(refused.value.fields) == [field]


def test_a_call_pins_its_terms_over_the_pack_in_force_and_its_cases_keep_them(centre: Centre) -> None:
    call = published(centre, terms={
        "funding.cap": {"fen": 2_000_000}, "funding.fields": ["orphans", "扶老"], "project.final.report_due": 20,
    })  # fmt: skip
    content = shipped()
    content["values"]["funding"]["cap"]["value"] = {"fen": 9_000_000}
    day = centre.clock.now().date()

    def activate(connection: Any) -> None:
        policy = library.store_policy(connection, content, centre.clock.now())
        library.put_policy_in_force(connection, centre.street_id, policy, day, centre.clock.now())

    centre.database.write(activate)
    (group,) = with_filed_groups(centre)
    case: CaseView = group.case(submitted(group, call, co_applicant=registered(group)))
    with centre.database.read() as connection:
        policy = library.policy(connection, case.policy_hash)
        in_force = library.policy_in_force(connection, centre.street_id, day)
    assert case.policy_hash == row(centre, call).policy_hash != in_force.hash
    assert policy.get("funding.cap") == {"fen": 2_000_000, "share": None, "tiers": None}
    assert [each["code"] for each in policy.get("funding.fields")] == ["orphans", "elder_care"]
    assert policy.due("project.final.report_due").term.length == 20
    assert policy.due("project.final.report_due").starts_on == in_force.due("project.final.report_due").starts_on
    assert policy.cite("funding.cap").zh == "《2026年公益创投第一批》（草街办〔2026〕10号）"
    assert policy.cite("funding.costs.prohibited") == in_force.cite("funding.costs.prohibited")
    assert case.step == "correction"  # 29,999.99 is within the pack's cap, and above the call's


@ONE_DATABASE
def test_without_fields_of_its_own_a_call_supports_what_its_fund_may_pay_for(centre: Centre) -> None:
    call = row(centre, published(centre))
    with centre.database.read() as connection:
        fields = library.policy(connection, call.policy_hash).get("funding.fields")
    assert [each["code"] for each in fields] == ["elder_care", "disability", "orphans", "hardship"]


@ONE_DATABASE
def test_cases_are_opened_under_open_calls_only(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    drafted = row(centre, draft(centre)).number
    coming = published(centre, opens_on=date(2026, 9, 21))
    for period in ("PC-2026-0099", drafted, coming, ""):
        with pytest.raises(ActionNotAllowed) as refused:
            group.open("funding", period=period)
        assert [blocker.code for blocker in refused.value.blockers] == ["call_is_open@1"]
    group.on("2026-09-21").open("funding", period=coming)


def test_what_is_left_of_a_call_goes_back_when_it_is_closed(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    call = published(centre)
    public_id = row(centre, call).public_id
    with pytest.raises(CallNotDone):
        do(centre, close_call, public_id, "director")
    case_id = awarded(group, call, co_applicant=registered(group))
    centre.on("2026-12-19")
    with pytest.raises(CallNotDone) as refused:
        do(centre, close_call, public_id, "director")
    assert refused.value.extra == {"open_applications": 1}
    group.act(case_id, "withdraw", "worker", {"reason": "人手不足", "asked_by": "王桂兰"})
    with pytest.raises(NotAllowed):
        do(centre, close_call, public_id, "officer")
    do(centre, close_call, public_id, "director")
    assert row(centre, call).status == "closed"
    assert balance(centre, f"call:{call}:free") == balance(centre, "source:lottery") == 0


@ONE_DATABASE
def test_a_call_is_cancelled_while_it_has_awarded_nothing(centre: Centre) -> None:
    (group,) = with_filed_groups(centre)
    call = published(centre)
    public_id = row(centre, call).public_id
    with pytest.raises(NotAllowed):
        do(centre, cancel_call, public_id, "officer", reason="资金调整")
    with pytest.raises(Invalid):
        do(centre, cancel_call, public_id, "director", reason=" ")
    case_id = awarded(group, call, co_applicant=registered(group))
    with pytest.raises(CallNotDone):
        do(centre, cancel_call, public_id, "director", reason="资金调整")
    group.act(case_id, "withdraw", "worker", {"reason": "人手不足", "asked_by": "王桂兰"})
    do(centre, cancel_call, public_id, "director", reason="资金调整")
    assert balance(centre, "source:lottery") == 0
    drafted = draft(centre)
    do(centre, cancel_call, drafted, "officer", reason="重复起草")
    numbers = table(IssuedNumber)
    with centre.database.read() as connection:
        void = connection.execute(select(numbers.c.number, numbers.c.void_reason).order_by(numbers.c.id)).all()
    assert [tuple(each) for each in void] == [("PC-2026-0001", "资金调整"), ("PC-2026-0002", "重复起草")]


@ONE_DATABASE
def test_a_list_of_calls_counts_what_is_asked_awarded_and_left(centre: Centre) -> None:
    first, second = with_filed_groups(centre, 2)
    call, partner = published(centre), registered(centre)
    draft(centre, title="第二批")
    awarded(first, call, co_applicant=partner)
    submitted(second, call, co_applicant=partner, title="社区助残理发")
    with centre.database.read() as connection:
        page = calls(connection, centre.people["worker"], limit=1)
        (drafted,) = page.items
        (line,) = calls(connection, centre.people["worker"], cursor=page.next_cursor).items
    assert (drafted.row.title, drafted.applications, drafted.left_fen) == ("第二批", (), 0)
    assert (line.asked_fen, line.awarded_fen, line.left_fen) == (5_999_998, 2_999_999, 7_000_001)
    assert [each.step for each in line.applications] == ["public_notice", "acceptance"]
    assert line.applications[0].score == "90.00"


@ONE_DATABASE
def test_another_streets_call_is_not_there(centre: Centre) -> None:
    call = row(centre, published(centre)).public_id
    stranger = replace(centre.people["director"], street_id=99, grants=())
    with centre.database.read() as connection, pytest.raises(NotFound):
        read_call(connection, stranger, call)


@ONE_DATABASE
def test_the_same_draft_under_one_key_is_one_call(centre: Centre) -> None:
    first, again = (
        centre.database.write(
            lambda connection: draft_call(
                connection, call_values(), actor=centre.people["officer"], now=centre.clock.now(), key="a key"
            )
        )
        for _ in range(2)
    )
    assert first == again
