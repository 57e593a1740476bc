"""An unsound definition does not load and says where: what it offers, whose steps are, under which terms, by which sheet."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.engine import forms
from incubator.engine.definition import Definition, Panel, PanelAct, policy
from incubator.engine.soundness import UnsoundDefinition, prove
from tests.engine.world import ASSENT, SCORING, known, words


def _with_step(definition: Definition, key: str, **changes: Any) -> Definition:
    steps = tuple(step.model_copy(update=changes) if step.key == key else step for step in definition.steps)
    return definition.model_copy(update={"steps": steps})


def _asking(*fields: forms.Field) -> Definition:
    return _with_step(ASSENT, "application", form=forms.form(forms.whole_number("members", words("members")), *fields))


NAMED = forms.picked("hub", words("hub"), options_fact="tests.nowhere")
PHONE = forms.text("phone", words("phone"), personal=True)
SHEET = "panel.nowhere"


@pytest.mark.parametrize(
    ("definition", "fault"),
    [
        (_asking(NAMED), "application offers what the unknown fact 'tests.nowhere' names"),
        (_asking(forms.rows("lines", words("lines"), (NAMED,))), "application offers what the unknown fact 'tests.nowhere' names"),
        (_asking(forms.scores(SHEET, words("scores"))), "application asks policy for 'panel.nowhere', which no pack can say"),
        (_asking(forms.text("kind", words("kind"), options_from=SHEET)), "application asks policy for 'panel.nowhere', which no pack can say"),
        (
            _asking(forms.rows("people", words("people"), (PHONE,))),
            "application asks for the personal value 'phone' within another field, where it would stand in the record",
        ),
        (
            _asking(forms.values("corrected", words("corrected"), (PHONE,))),
            "application asks for the personal value 'phone' within another field, where it would stand in the record",
        ),
        (
            _with_step(SCORING, "panel", panel=Panel(size=policy("panel.size"), quorum=policy("panel.quorum"), sheet=policy(SHEET))),
            "panel asks policy for 'panel.nowhere', which no pack can say",
        ),
        (_with_step(ASSENT, "decision", persons="tests.nowhere"), "step 'decision' is for the persons of the unknown fact 'tests.nowhere'"),
        (ASSENT.model_copy(update={"terms": "tests.nowhere"}), "its cases come under the unknown terms 'tests.nowhere'"),
    ],
    ids=["picked", "picked in rows", "scores", "listed", "personal in rows", "personal in values", "sheet", "persons", "terms"],
)  # fmt: skip
def test_a_name_that_nobody_provides_is_told_with_its_place(definition: Definition, fault: str) -> None:
    with pytest.raises(UnsoundDefinition) as refused:
        prove(definition, known())
    assert refused.value.faults == [fault]


def test_a_personal_field_of_the_form_itself_is_kept_apart_and_sound() -> None:
    prove(_asking(PHONE), known())


def test_scores_on_paper_stand_on_a_scan_and_can_be_struck_out_or_the_definition_is_unsound() -> None:
    decisions = SCORING.step("panel").decisions
    give = next(decision for decision in decisions if decision.panel is PanelAct.GIVE)
    loose = give.model_copy(update={"name": "paper", "panel": PanelAct.GIVE_ON_PAPER})
    with pytest.raises(UnsoundDefinition) as refused:
        prove(_with_step(SCORING, "panel", decisions=(*decisions, loose)), known())
    assert refused.value.faults == [
        "panel.paper enters scores from paper and does not ask for 'member'",
        "panel.paper enters scores from paper and does not ask for 'scan'",
        "panel.paper enters scores from paper and does not ask for 'declared'",
        "panel.paper enters scores from paper and asks for no scan of the sheet",
        "panel.paper enters scores from paper, and no decision strikes them out",
    ]
