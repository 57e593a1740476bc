"""A pack in plain words: every path and every shipped value reads as an office would say it, in both languages."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from incubator.engine.deadline_words import start_words
from incubator.engine.policy import Policy
from incubator.models.activities import RestrictionKind
from incubator.policies import packs, value_words
from incubator.policies.schema import all_leaves, all_paths
from incubator.policies.values import Cited
from incubator.policies.words import parts_of, path_words, section_words
from incubator.policies.words import value_words as words_of
from incubator.procedures.catalogue import DEFINITIONS
from incubator.text import Text

CHINESE = re.compile(r"[\u3400-\u9fff]")
# Of English, the Chinese keeps the registrar's grades alone.
WORD = re.compile(r"[A-Za-z]{2,}|\b(?!\dA\b)[A-Za-z]\b")
MACHINE = re.compile(r"[{}_<>]|\bNone\b|\bTrue\b|\bFalse\b")


def packs_shipped() -> list[dict[str, Any]]:
    return [packs.load(path) for path in sorted(packs.SHIPPED.glob("*.yaml"))]


def reads_plainly(text: Text) -> bool:
    quoted = re.sub(r"recognised by [^);]*|also written [^)]*|it (ends with one of:|may end with) [^;]*", "", text.en)
    return bool(
        text.zh and text.en
        and not WORD.search(text.zh) and not MACHINE.search(text.zh + text.en)
        and not CHINESE.search(quoted)
    )  # fmt: skip


def test_every_path_of_a_pack_is_called_something_in_both_languages() -> None:
    unnamed = [path for path in all_paths() if not reads_plainly(path_words(path))]
    assert unnamed == []
    assert path_words("filing.conditions.members") == Text(
        "备案 · 条件 · 成员人数下限", "Filing · conditions · members at least"
    )
    assert section_words("yearly_review.report.due") == Text("年检", "Yearly review")


def test_no_two_paths_are_called_the_same() -> None:
    for language in ("zh", "en"):
        called = [path_words(path).read(language) for path in all_paths()]
        assert len(set(called)) == len(called)


def test_every_value_of_the_shipped_packs_reads_in_plain_words() -> None:
    for content in packs_shipped():
        policy = Policy(content)
        for path in all_leaves():
            said = words_of(path, policy.get(path), content)
            entries = parts_of(path, policy.get(path), content).values()
            assert all(map(reads_plainly, (said, *entries))), (content["name"], path, said)


def test_a_time_limit_says_what_starts_it_what_pauses_it_and_how_far_it_may_be_extended() -> None:
    due = {"length": 10, "unit": "working_days", "starts_on": "accepted", "extension": {"times": 1, "length": 5}}
    path = "filing.decision.due"
    assert words_of(path, due).zh == "自受理之日起 10 个工作日内，补正期间不计入，可延长一次（至多 5 个工作日）"
    due |= {"unit": "calendar_days", "starts_on": "complete", "on_correction": "restart", "count_sending_day": True}
    del due["extension"]
    assert words_of(path, due).zh == "自材料齐全之日起 10 日（自然日）内，补正后重新计算，发出补正通知当日计入"
    assert words_of(path, due).en == (
        "within 10 calendar days from the day the documents were complete; a correction lets it start anew;"
        " the day a correction is sent counts"
    )
    # Nobody sends anything out for correction while it is being served: what a correction would do matters to nobody.
    assert words_of("filing.service.due", {"length": 1, "unit": "working_days"}).en == (
        "within 1 working day from the day this step began"
    )
    assert words_of("yearly_review.report.due", {"month": 3, "day": 31}) == Text(
        "每年 3 月 31 日", "31 March every year"
    )


def test_whatever_a_decision_marks_can_start_a_time_limit_in_words() -> None:
    marks = {
        mark for each in DEFINITIONS for step in each.steps for decision in step.decisions for mark in decision.marks
    }
    told = {mark: start_words(mark) for mark in {"entered", *marks}}
    assert start_words("anything else") not in told.values()
    assert len(set(told.values())) == len(told)


def test_bands_say_where_they_begin_and_where_they_end() -> None:
    bands = [
        {"code": "low", "title": {"zh": "未达标", "en": "below"}, "least": 0},
        {"code": "mid", "title": {"zh": "一星", "en": "one star"}, "least": 800},
        {"code": "high", "title": {"zh": "二星", "en": "two stars"}, "least": 900},
    ]
    assert (
        words_of("evaluation.bands", bands).zh == "未达标：不满 800 分；一星：800 分以上不满 900 分；二星：900 分以上"
    )


def test_documents_tell_which_may_be_left_out_and_codes_what_the_pack_calls_them() -> None:
    needs = [{"kind": "a", "title": {"zh": "申请表", "en": "form"}},
             {"kind": "b", "title": {"zh": "台账", "en": "accounts"}, "required": False}]  # fmt: skip
    assert words_of("filing.change.documents", needs) == Text("申请表、台账（可不提交）", "form; accounts (optional)")
    assert words_of("filing.change.documents", []) == Text("无", "none")
    content = packs.shipped()
    fund = [{"code": "f", "name": {"zh": "彩票公益金", "en": "lottery"}, "fields": ["elder_care", "hardship"]}]
    assert words_of("funding.funds", fund, content).zh == "彩票公益金（用于扶老、济困）"


def test_amounts_are_told_in_yuan_and_shares_in_percent() -> None:
    assert words_of("funding.cap", {"fen": 3_000_000}).zh == "30,000.00 元"
    assert words_of("payment.collective.above_fen", 2_000_000).en == "20,000.00 yuan"
    parts = [{"gate": "signed", "share": 3333}, {"gate": "signed", "share": 3333}, {"gate": "final", "share": 3334}]
    assert words_of("funding.tranches", parts).zh == "签订协议后 33.33%、签订协议后 33.33%、结项验收通过后 33.34%"
    assert len(parts_of("funding.tranches", parts)) == 3


def test_tiers_and_caps_that_go_by_size_score_or_budget_say_from_where_to_where() -> None:
    tiers = [
        {"code": "a", "name": {"zh": "小型", "en": "small"}, "least_members": 0, "goes_to": "ledger",
         "next": {"zh": "到社区登记", "en": "see the community"}},
        {"code": "b", "name": {"zh": "一般", "en": "usual"}, "least_members": 10, "goes_to": "filing",
         "next": {"zh": "办理备案", "en": "file"}},
    ]  # fmt: skip
    assert words_of("filing.tiers", tiers).zh == "小型：不满 10 人，由社区登记台账；一般：10 人以上，由街道备案"
    assert parts_of("filing.tiers", tiers)["b"].zh == "一般：10 人以上，由街道备案；办理备案"
    steps = [{"least": 0, "fen": 1_000_000}, {"least": 80, "share": 1000}]
    assert words_of("funding.cap", {"tiers": {"by": "score", "steps": steps}}).zh == (
        "按评审得分：不满 80 分的，10,000.00 元；80 分以上的，批次预算的 10%"
    )
    steps[1]["least"] = 50_000_000
    assert words_of("funding.cap", {"tiers": {"by": "budget", "steps": steps}}).en == (
        "by the call's budget: below 500,000 yuan: 10,000.00 yuan; 500,000 yuan and more: 10% of the call's budget"
    )
    powers = [{"act": "dormancy", "over": ["filed"]}]
    assert words_of("jurisdiction.issues", powers).zh == "僵尸组织处置：已备案的组织"


def test_every_restriction_a_pack_can_name_has_words() -> None:
    for kind in RestrictionKind:
        assert not WORD.search(words_of("funding.bars.lists", [kind.value]).zh)


def test_a_value_of_a_type_that_has_no_words_yet_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_words, "all_leaves", lambda: {"filing.conditions.since": Cited[date]})
    with pytest.raises(LookupError, match=r"filing\.conditions\.since.*datetime\.date"):
        words_of("filing.conditions.since", "2026-01-01")


def test_a_path_whose_name_has_no_words_yet_is_told_by_name() -> None:
    with pytest.raises(LookupError, match=r"'colour' of 'filing\.conditions\.colour'"):
        path_words("filing.conditions.colour")
