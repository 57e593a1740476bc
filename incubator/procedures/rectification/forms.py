"""The forms of rectification: the notice, the organization's report, the verification, what follows from a failure."""

from __future__ import annotations

from incubator.engine.forms import choice, day, form, text
from incubator.text import Text

DRAFT = form(
    text("cause", Text("整改事由", "Cause"), longest=60, options_from="rectification.causes"),
    text("problems", Text("存在的问题", "What is wrong"), longest=2000, lines=True, hint=Text("每行一项", "One point a line")),
    text("measures", Text("整改要求", "What is to be done"), longest=2000, lines=True,
         hint=Text("每行一项，与问题逐一对应", "One point a line, each answering a problem")),
    text("basis", Text("依据", "Legal basis"), longest=500, required=False),
)  # fmt: skip
REPORT = form(
    text("report", Text("整改情况", "What was done"), longest=4000, lines=True,
         hint=Text("逐项说明整改结果", "Say of each point what came of it")),
)  # fmt: skip
VERIFICATION = form(
    day("checked_on", Text("核查日期", "Checked on")),
    text("found", Text("核查情况", "What was found"), longest=2000, lines=True),
)

CONSEQUENCES = (
    ("none", Text("通报整改不到位，不另作处理", "told that it was not mended, and nothing further")),
    ("supervision", Text("列入重点监管", "closer supervision")),
    ("lower_star", Text("列入重点监管，并降低星级", "closer supervision and a lower star")),
    ("cancellation", Text("列入重点监管，并提请撤销备案", "closer supervision, and the proposal to cancel the filing")),
)
FAILURE = form(
    choice("consequence", Text("处理意见", "What follows"), CONSEQUENCES),
    text("reason", Text("理由", "Reasons"), longest=2000, lines=True),
)
