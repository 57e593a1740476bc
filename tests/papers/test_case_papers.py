"""The papers of real cases: wherever a tour rests, what may be had is filled whole, kept with the case, and says what holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.engine.roles import Actor, Grant, Role
from incubator.errors import Conflict
from incubator.models.base import NO_DATE
from incubator.models.desk import HandoverState
from incubator.papers.catalogue import PAPERS
from incubator.papers.filling import filled, shipped
from incubator.papers.handover_list import handover_values
from incubator.queries.handovers import HandoverFile, HandoverItem
from incubator.queries.people import PersonName
from incubator.services import case_papers
from incubator.services.case_documents import document_row
from incubator.services.case_papers import PaperNotDue
from incubator.services.documents import read_content
from incubator.text import Text
from tests.papers.conftest import text_of
from tests.procedures.tours import setting_out
from tests.procedures.world import SERVED, Centre

# What is to be had on the way of each; between them every paper that a case fills.
MADE = {
    "filing": {"correction_list", "public_notice", "refusal"},
    "funding": {"correction_list", "refusal", "public_notice", "award_notice", "funding_agreement"},
    "affiliation": {"correction_list", "refusal", "hub_agreement"},
    "hub_recognition": {"correction_list", "refusal", "public_notice", "result_notice"},
    "rectification": {"rectification_notice", "result_notice"},
    "dormancy": {"result_notice", "refusal"},
    "yearly_review": {"correction_list", "result_notice"},
    "project": {"correction_list", "result_notice"},
}


def make(centre: Centre, case_id: str, key: str, data_dir: Path, by: str = "officer") -> tuple[str, str]:
    """The document's public id and what it says."""
    actor = centre.people[by]
    with centre.database.read() as connection:
        prepared = case_papers.prepare(
            connection, case_id=case_id, key=key, actor=actor, now=centre.clock.now(), data_dir=data_dir
        )
    document = centre.database.write(
        lambda connection: case_papers.keep(
            connection, prepared, actor=actor, now=centre.clock.now(), data_dir=data_dir
        )
    )
    with centre.database.read() as connection:
        row = document_row(connection, actor, document)
    return document, text_of(read_content(data_dir, row.sha256))


def to_be_had(centre: Centre, case_id: str, by: str = "officer") -> dict[str, str]:
    """Key and title of what may be made now."""
    with centre.database.read() as connection:
        known = case_papers.material(connection, centre.people[by], case_id, centre.clock.now())
        return {each.paper.key: each.title for each in case_papers.offered(known)}


# On one kind of database: papers are filled from what other tests read on both.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("procedure", MADE)
def test_wherever_a_case_rests_its_papers_are_filled_whole(
    procedure: str, database: Database, clock: FixedClock, data_dir: Path
) -> None:
    tour, visit = setting_out(procedure, database, clock)
    centre, made = tour.centre, set()
    for case_id in visit:
        if centre.case(case_id).procedure != procedure:
            continue
        for key, title in to_be_had(centre, case_id).items():
            made.add(key)
            _, said = make(centre, case_id, key, data_dir)
            assert "{" not in said
            assert "None" not in said
            assert centre.case(case_id).number in said
            if PAPERS[key].called:
                assert title in said
    assert made == MADE[procedure]


def test_between_them_the_tours_make_every_paper_that_a_case_fills() -> None:
    assert set().union(*MADE.values()) == {key for key, paper in PAPERS.items() if paper.build}


def test_a_correction_list_tells_the_points_and_counts_the_date(centre: Centre, data_dir: Path) -> None:
    case_id = centre.submitted()
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", {"stance": "agree", "opinion": "同意", "held_on": "2026-09-17"})
    centre.act(case_id, "return_for_correction", "officer", {"points": "花名册缺三人签名\n场所证明须盖章"})
    _, said = make(centre, case_id, "correction_list", data_dir)
    limit = centre.case(case_id).limit
    assert limit is not None
    due = limit.due_on
    for words in (
        "1．花名册缺三人签名", "2．场所证明须盖章", f"请于{due.year}年{due.month}月{due.day}日前（含当日）", "当日不计入",
        "逾期未补正，视为撤回。", "成员花名册", "已提交",
    ):  # fmt: skip
        assert words in said


def test_a_paper_is_made_once_and_again_only_when_what_it_says_has_changed(centre: Centre, data_dir: Path) -> None:
    case_id = centre.accepted()
    assert to_be_had(centre, case_id) == {}
    with pytest.raises(PaperNotDue):
        make(centre, case_id, "refusal", data_dir)
    centre.act(case_id, "refuse", "director", {"reason": "成员不足", "basis": "《试行办法》第三条"})
    assert to_be_had(centre, case_id) == {"refusal": "不予备案决定书"}
    first, said = make(centre, case_id, "refusal", data_dir)
    for words in (
        "不予备案决定书",
        "成员不足",
        "《试行办法》第三条",
        "5个工作日内",
        "书面申请复核",
        "2026年9月18日",
        "草堂街道办事处（盖章）",
    ):
        assert words in said
    again, _ = make(centre, case_id, "refusal", data_dir, by="director")
    assert again == first
    assert centre.events("case").count("case.paper_made") == 1
    with centre.database.read() as connection:
        assert streams.verify(connection, "case", centre.case(case_id).id) == []
        row = document_row(connection, centre.people["officer"], first)
    assert (row.kind, row.made_by, row.replaced_at) == ("refusal", centre.people["officer"].person_id, None)


def test_a_paper_of_a_case_that_moves_meanwhile_is_not_kept(centre: Centre, data_dir: Path) -> None:
    case_id, officer = centre.accepted(), centre.people["officer"]
    centre.act(case_id, "refuse", "director", {"reason": "成员不足", "basis": "条件第一项"})
    with centre.database.read() as connection:
        prepared = case_papers.prepare(
            connection, case_id=case_id, key="refusal", actor=officer, now=centre.clock.now(), data_dir=data_dir
        )
    centre.upload(case_id, "sealed_refusal")
    centre.act(case_id, "serve", "officer", SERVED)
    with pytest.raises(Conflict):
        centre.database.write(
            lambda connection: case_papers.keep(
                connection, prepared, actor=officer, now=centre.clock.now(), data_dir=data_dir
            )
        )
    assert "case.paper_made" not in centre.events("case")


def test_who_does_not_work_on_a_case_makes_no_paper_of_it(centre: Centre, data_dir: Path) -> None:
    case_id = centre.accepted()
    centre.act(case_id, "refuse", "director", {"reason": "成员不足", "basis": "条件第一项"})
    manager: Any = Actor(99, "领导", centre.street_id, (Grant(Role.MANAGER, centre.street_id),))
    centre.people["manager"] = manager
    assert to_be_had(centre, case_id, by="manager")
    with pytest.raises(Exception, match="community worker"):
        make(centre, case_id, "refusal", data_dir, by="manager")


def test_a_handover_list_tells_what_went_and_what_could_not() -> None:
    item = HandoverItem("step", "a", "BA-2026-0001", "常青合唱团", Text("备案", "Filing"), Text("受理", "Acceptance"),
                        date(2026, 9, 25), goes=True, remark=None)  # fmt: skip
    left = replace(
        item, number="BA-2026-0002", due_on=NO_DATE, goes=False, remark=Text("已由接收人办理过前一环节", "four eyes")
    )
    giver, taker = PersonName(1, "a", "经办人甲"), PersonName(2, "b", "经办人乙")
    made_at = datetime(2026, 9, 18, 1, tzinfo=UTC)
    handover = HandoverFile(
        1, "x", 1, "移交〔2026〕1号", giver, taker, giver, made_at, "岗位调整", HandoverState.MADE, None, None, (item, left)
    )  # fmt: skip
    said = text_of(filled(shipped("handover_list"), handover_values(handover, "草堂街道")))
    for words in (
        "移交〔2026〕1号", "经办人甲于2026年9月18日将全部在办工作移交经办人乙", "共1件", "备案：受理", "2026年9月25日",
        "1．BA-2026-0002　常青合唱团　备案：受理（已由接收人办理过前一环节）", "接收人（签字）",
    ):  # fmt: skip
        assert words in said
    assert "{" not in said
