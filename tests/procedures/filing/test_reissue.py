"""A certificate that was lost or damaged is reissued: another number for the same time, the old one void with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.engine import streams
from incubator.engine.refusals import ActionNotAllowed
from tests.procedures.filing.test_corrected_certificate import certificates, papers, voids
from tests.procedures.world import SERVED, Centre

DECLARED = {"cause": "lost", "circumstances": "搬迁时遗失", "declared_by": "王桂兰", "declared": True}


def reissued(centre: Centre, cause: str = "lost") -> str:
    """A reissue asked for by one person, approved by another, served."""
    case_id = centre.open("filing_reissue")
    centre.upload(case_id, "loss_declaration", "sealed_certificate")
    centre.act(case_id, "submit", "worker", {**DECLARED, "cause": cause})
    centre.act(case_id, "approve", "director")
    centre.automate()
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def test_a_lost_certificate_is_void_and_another_holds_for_the_same_time(centre: Centre, tmp_path: Path) -> None:
    centre.filed()
    centre.on("2026-11-02")
    reissued(centre)
    (old, new), organization = centre.filings(), centre.organization()
    assert certificates(centre) == [("BAZ-2026-0001", "replaced"), ("BAZ-2026-0002", "valid")]
    assert old[2:] == new[2:]
    assert (organization.filing_number, organization.filing_valid_until) == ("BAZ-2026-0002", new[3])
    assert voids(centre) == {"BAZ-2026-0001": "遗失补发，以BAZ-2026-0002代替", "BAZ-2026-0002": ""}
    *_, paper = papers(centre, tmp_path)
    for words in (
        "编号：BAZ-2026-0002",
        "本证为遗失补发，原 BAZ-2026-0001 号备案证作废。",
        "丰富居民文化生活",
        "2026年9月18日",
    ):
        assert words in paper
    assert centre.events("organization")[-1] == "organization.certificate_reissued"
    with centre.database.read() as connection:
        assert streams.verify(connection, "organization", organization.id) == []
    reissued(centre, "damaged")
    assert voids(centre)["BAZ-2026-0002"] == "损毁补发，以BAZ-2026-0003代替"


def test_nobody_approves_the_reissue_they_asked_for_and_none_comes_without_a_declaration(centre: Centre) -> None:
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("filing_reissue")
    assert [blocker.code for blocker in refused.value.blockers] == ["is_filed@1"]
    centre.filed()
    case_id = centre.open("filing_reissue")
    centre.upload(case_id, "loss_declaration")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "submit", "officer", {**DECLARED, "declared": False})
    assert [blocker.code for blocker in refused.value.blockers] == ["declares_the_old_one_void@1"]
    with pytest.raises(ActionNotAllowed):
        centre.open("filing_reissue")
    centre.act(case_id, "submit", "officer", DECLARED)
    with pytest.raises(ActionNotAllowed):
        centre.act(case_id, "approve", "officer")
    centre.act(case_id, "decline", "director", comment="原证已找到")
    assert certificates(centre) == [("BAZ-2026-0001", "valid")]


def test_a_reissued_certificate_falls_with_the_filing_that_the_lost_one_came_from(centre: Centre) -> None:
    filed = centre.filed()
    reissued(centre)
    centre.act(filed, "reopen", "other_director", comment="材料系伪造")
    centre.act(filed, "refuse", "director", {"reason": "材料系伪造", "basis": "条件"})
    centre.upload(filed, "sealed_refusal")
    centre.act(filed, "serve", "officer", SERVED)
    assert certificates(centre) == [("BAZ-2026-0001", "replaced"), ("BAZ-2026-0002", "revoked")]
    assert centre.organization().filing_number == ""
