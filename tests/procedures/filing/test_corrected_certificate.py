"""A corrected result is printed anew: the old certificate stays to be read, its number void, and a new one is in force."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document as Docx
from sqlalchemy import select

from incubator.engine import streams
from incubator.models.automation import Notice
from incubator.models.base import table
from incubator.models.organizations import Document
from incubator.models.streets import IssuedNumber
from incubator.services.documents import read_content
from tests.procedures.world import CHECKED, SERVED, Centre


def corrected(centre: Centre, case_id: str, **entries: Any) -> None:
    """A correction of the filing that one proposes and another confirms, with the automated work that follows."""
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": entries}, comment="笔误")
    centre.act(case_id, "confirm", "director")
    centre.automate()


def certificates(centre: Centre) -> list[tuple[str, str]]:
    return [(number, status) for number, status, *_ in centre.filings()]


def papers(centre: Centre, data_dir: Path) -> list[str]:
    """What the certificates that the case holds say, oldest first."""
    documents = table(Document)
    with centre.database.read() as connection:
        kept = connection.scalars(
            select(documents.c.sha256)
            .where(documents.c.kind == "filing_certificate", documents.c.replaced_at.is_(None))
            .order_by(documents.c.id)
        ).all()
    read = [Docx(io.BytesIO(read_content(data_dir, sha256))) for sha256 in kept]
    return [
        "\n".join(
            [*(p.text for p in paper.paragraphs), *(c.text for t in paper.tables for r in t.rows for c in r.cells)]
        )
        for paper in read
    ]


def voids(centre: Centre) -> dict[str, str]:
    numbers = table(IssuedNumber)
    with centre.database.read() as connection:
        return {row.number: row.void_reason for row in connection.execute(select(numbers).order_by(numbers.c.id))}


def test_a_confirmed_correction_prints_a_certificate_beside_the_old_one(centre: Centre, tmp_path: Path) -> None:
    case_id = centre.filed()
    centre.on("2026-10-12")
    corrected(centre, case_id, leader="王贵兰", category="公益慈善")
    (old, new), organization = centre.filings(), centre.organization()
    assert certificates(centre) == [("BAZ-2026-0001", "replaced"), ("BAZ-2026-0002", "valid")]
    assert old[2:] == new[2:]  # for the same time
    assert organization.filing_number == "BAZ-2026-0002"
    assert organization.filing_valid_until == new[3]
    assert voids(centre) == {"BAZ-2026-0001": "内容更正，以BAZ-2026-0002重新制发", "BAZ-2026-0002": ""}
    before, after = papers(centre, tmp_path)
    for paper, number, leader, category in (
        (before, "BAZ-2026-0001", "王桂兰", "文体活动"),
        (after, "BAZ-2026-0002", "王贵兰", "公益慈善"),
    ):
        assert all(words in paper for words in (f"编号：{number}", leader, category, "2029年9月17日"))
        assert "{" not in paper
    assert "作废" not in before
    assert "原 BAZ-2026-0001 号备案证作废" in after
    assert "2026年10月12日" in after
    with centre.database.read() as connection:
        notices = table(Notice)
        told = connection.execute(select(notices).where(notices.c.kind == "filing.corrected_certificate")).one()
        assert streams.verify(connection, "organization", organization.id) == []
    assert told.role == "officer"
    assert "BAZ-2026-0002" in told.title_zh
    assert "BAZ-2026-0001" in told.body_en
    assert centre.events("organization")[-2:] == ["organization.filing_corrected", "organization.certificate_corrected"]


def test_what_no_certificate_states_and_what_was_not_confirmed_print_none(centre: Centre, tmp_path: Path) -> None:
    case_id = centre.filed()
    corrected(centre, case_id, members=25)
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": {"leader": "王贵兰"}}, comment="笔误")
    centre.act(case_id, "reject", "director", comment="无误")
    centre.automate()
    assert certificates(centre) == [("BAZ-2026-0001", "valid")]
    assert len(papers(centre, tmp_path)) == 1


def test_every_correction_is_printed_and_the_last_certificate_is_the_one_in_force(
    centre: Centre, tmp_path: Path
) -> None:
    case_id = centre.filed()
    corrected(centre, case_id, leader="王贵兰")
    corrected(centre, case_id, premises="桂花社区二楼")
    assert [status for _, status in certificates(centre)] == ["replaced", "replaced", "valid"]
    *_, last = papers(centre, tmp_path)
    assert "王贵兰" in last
    assert "桂花社区二楼" in last


def test_a_correction_after_a_change_is_printed_on_the_certificate_in_force(centre: Centre, tmp_path: Path) -> None:
    filed = centre.filed()
    change = centre.on("2026-11-02").open("filing_change")
    centre.upload(change, "change_application", "sealed_certificate")
    centre.act(change, "submit", "worker", {"name": "桂花社区常青艺术团", "reason": "更名"})
    centre.act(change, "accept", "officer", CHECKED)
    centre.act(change, "approve", "director")
    centre.automate()
    centre.act(change, "serve", "officer", SERVED)
    corrected(centre, filed, leader="王贵兰")
    assert certificates(centre) == [
        ("BAZ-2026-0001", "replaced"),
        ("BAZ-2026-0002", "replaced"),
        ("BAZ-2026-0003", "valid"),
    ]
    *_, last = papers(centre, tmp_path)
    assert "桂花社区常青艺术团" in last
    assert "王贵兰" in last


def test_a_correction_once_the_filing_has_ended_prints_none(centre: Centre) -> None:
    filed = centre.filed()
    leaving = centre.open("filing_exit")
    centre.upload(leaving, "exit_statement", "settlement_statement", "sealed_exit_notice")
    ticks = ["funds_settled", "premises_returned", "certificate_returned", "members_told"]
    said = {"kind": "voluntary", "reason": "成员会议决定解散", "settlement": "无结余", "checklist": ticks}
    centre.act(leaving, "submit", "worker", said)
    centre.act(leaving, "accept", "officer", CHECKED)
    centre.act(leaving, "approve", "director")
    centre.act(leaving, "serve", "officer", SERVED)
    corrected(centre, filed, leader="王贵兰")
    assert certificates(centre) == [("BAZ-2026-0001", "cancelled")]


def test_a_corrected_certificate_falls_with_the_filing_that_it_came_from(centre: Centre) -> None:
    case_id = centre.filed()
    corrected(centre, case_id, leader="王贵兰")
    centre.act(case_id, "reopen", "other_director", comment="材料系伪造")
    centre.act(case_id, "refuse", "director", {"reason": "材料系伪造", "basis": "条件"})
    centre.upload(case_id, "sealed_refusal")
    centre.act(case_id, "serve", "officer", SERVED)
    assert certificates(centre) == [("BAZ-2026-0001", "replaced"), ("BAZ-2026-0002", "revoked")]
    assert all(voids(centre).values())
    assert centre.organization().filing_number == ""
