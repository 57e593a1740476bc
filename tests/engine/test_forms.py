"""Forms: what is wrong with an answer is told by its path, and only what a fact or a sheet offers may be chosen."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.engine import forms, panel
from incubator.engine.case import Seat
from incubator.engine.definition import Panel, policy
from incubator.engine.policy import Policy
from tests.engine.world import pack, words

SHEET = {
    "criteria": [
        {"code": "need", "title": {"zh": "需求", "en": "need"}, "most": 60, "dimension": {"zh": "设计", "en": "design"}},
        {"code": "team", "title": {"zh": "团队", "en": "team"}, "most": 40},
    ],
    "drop_extremes": True,
}  # fmt: skip
FORM = forms.form(
    forms.text("title", words("title")),
    forms.rows(
        "lines", words("lines"),
        (
            forms.text("item", words("item"), longest=5), forms.money("fen", words("fen"), most=1_000_00),
            forms.picked("hub", words("hub"), options_fact="tests.hubs", required=False),
        ),
        most=3,
    ),
    forms.picked("co", words("co"), options_fact="tests.hubs", required=False),
    forms.people("members", words("members"), options_fact="tests.people", least=2, required=False),
    forms.scores("panel.sheet", words("scores")),
)  # fmt: skip
FACTS: dict[str, Any] = {"tests.hubs": {"h1": "枢纽甲"}, "tests.people": {"p1": "专家甲", "p2": "专家乙"}}
GOOD = {
    "title": "x", "lines": [{"item": "横幅", "fen": 5}], "co": "h1", "members": ["p1", "p2"],
    "scores": {"need": 60, "team": 0},
}  # fmt: skip


def told(**changes: Any) -> dict[str, str]:
    """What is said of a good answer with these changes; None takes an entry away."""
    answer = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    found = forms.faults(forms.offered(FORM, Policy(pack(panel__sheet=SHEET)), FACTS), answer)
    return {path: "；".join(text.zh for text in texts) for path, texts in found.items()}


def test_a_good_answer_has_no_fault() -> None:
    assert told() == {}


def test_faults_of_a_table_say_the_row_and_the_column_in_the_form_s_order() -> None:
    lines = [
        {"item": "横幅", "fen": 5},
        {"fen": "五元"},
        {"item": "一二三四五六", "fen": 1_000_01, "hub": "h2", "x": 1},
    ]
    faults = told(title=None, lines=lines)
    assert list(faults) == [
        "title",
        "lines.1.item",
        "lines.1.fen",
        "lines.2.item",
        "lines.2.fen",
        "lines.2.hub",
        "lines.2.x",
    ]
    assert faults == {
        "title": "此项必填",
        "lines.1.item": "此项必填",
        "lines.1.fen": "金额应为整数，以分为单位",
        "lines.2.item": "最多 5 个字",
        "lines.2.fen": "金额不得超过 1,000 元",
        "lines.2.hub": "请从给出的选项中选择",
        "lines.2.x": "没有这一项",
    }
    assert told(lines=[]) == {"lines": "此项必填"}
    assert list(told(lines=[GOOD["lines"][0]] * 4)) == ["lines"]  # type: ignore[index]


def test_only_what_the_fact_names_may_be_chosen_and_nobody_twice() -> None:
    assert told(co="h9") == {"co": "请从给出的选项中选择"}
    assert told(members=["p1", "p9"]) == {"members.1": "请从给出的选项中选择"}
    assert list(told(members=["p1", "p1"])) == ["members"]
    assert told(members=["p1"]) == {"members": "此项必填"}


def test_points_are_whole_and_at_most_the_criterion_s_and_none_is_left_out() -> None:
    assert told(scores={"need": 61}) == {"scores.need": "不得大于 60", "scores.team": "此项必填"}
    assert told(scores={"need": 1.5, "team": -1}) == {"scores.need": "请填写整数", "scores.team": "不得小于 0"}
    assert told(scores={"need": 1, "team": 1, "style": 9}) == {"scores.style": "没有这一项"}


def test_what_is_offered_stands_in_the_form_with_names_dimensions_and_mosts() -> None:
    fields = (forms.offered(FORM, Policy(pack(panel__sheet=SHEET)), FACTS) or {})["properties"]
    assert fields["co"]["x-options"] == [{"value": "h1", "zh": "枢纽甲", "en": "枢纽甲"}]
    assert fields["lines"]["items"]["properties"]["hub"]["enum"] == ["h1"]
    assert fields["members"]["items"]["enum"] == ["p1", "p2"]
    need, team = fields["scores"]["properties"]["need"], fields["scores"]["properties"]["team"]
    assert (need["maximum"], need["x-dimension"]["zh"], "x-dimension" in team) == (60, "设计", False)


def test_what_was_picked_is_found_in_tables_too() -> None:
    answer = {**GOOD, "lines": [{"item": "x", "fen": 1, "hub": "h7"}, {"item": "y", "fen": 1}]}
    assert forms.chosen(FORM, answer) == {"h1", "h7", "p1", "p2"}


@pytest.mark.parametrize(
    ("drop", "score", "dropped"), [(True, "88.33", ("60", "97")), (False, "84.40", ())], ids=["dropped", "kept"]
)
def test_a_panel_s_score_is_the_mean_of_totals_and_drops_extremes_where_the_sheet_says_so(
    drop: bool, score: str, dropped: tuple[str, ...]
) -> None:
    points = [(58, 34), (50, 38), (50, 35), (40, 20), (57, 40)]
    seats = [
        *(Seat(place, False, "given", {"scores": {"need": need, "team": team}}) for place, (need, team) in enumerate(points)),
        Seat(9, False, "conflicted", {"scores": {"need": 0, "team": 0}}),
    ]  # fmt: skip
    judged = Panel(size=policy("panel.size"), quorum=policy("panel.quorum"), sheet=policy("panel.sheet"))
    result = panel.result(judged, seats, Policy(pack(panel__sheet={**SHEET, "drop_extremes": drop})))
    assert (result.given, result.score, result.dropped) == (5, score, dropped)


def test_of_two_reviews_none_is_dropped() -> None:
    seats = [Seat(place, False, "given", {"scores": {"need": place}}) for place in (1, 2)]
    judged = Panel(size=policy("panel.size"), quorum=policy("panel.quorum"), sheet=policy("panel.sheet"))
    assert panel.result(judged, seats, Policy(pack(panel__sheet=SHEET))).as_json() == {
        "given": 2, "dropped": [], "score": "1.50",
    }  # fmt: skip
