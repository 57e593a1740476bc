"""Forms on pages: what a browser sends of a table is read row by row, and what does not fit is told at its cell."""

from __future__ import annotations

from typing import Any

from lxml import html
from starlette.datastructures import FormData

from api.i18n import speaking
from api.pages.rendering import environment
from api.pages.submitted import answers, unreadable, with_more_rows
from incubator.engine import forms
from incubator.engine.policy import Policy
from incubator.queries.said import said
from incubator.text import Text
from tests.engine.world import pack, words

KINDS = (("goods", Text("物料", "goods")), ("venue", Text("场地", "venue")))
LINES = forms.rows(
    "lines", Text("预算明细", "Budget"),
    (
        forms.text("title", Text("支出内容", "Item")), forms.choice("kind", Text("类别", "Kind"), KINDS),
        forms.money("fen", Text("金额", "Amount"), most=10_000_000), forms.yes_no("bought", Text("政府采购", "Procured")),
        forms.picked("payee", Text("收款方", "Payee"), options_fact="x", required=False),
    ),
    most=6,
)  # fmt: skip
SCHEMA = forms.offered(forms.form(LINES), Policy(pack()), {"x": {"o1": "甲中心"}}) or {}
TEMPLATE = '{% import "components/forms.html" as forms %}<form>{{ forms.form_fields(schema, values, errors) }}</form>'


def shown(values: dict[str, Any], errors: dict[str, Any] | None = None, schema: Any = SCHEMA) -> Any:
    """The form as a browser gets it."""
    with speaking("zh"):
        text = environment().from_string(TEMPLATE).render(schema=schema, values=values, errors=errors or {})
    return html.fromstring(text)


def sent(*pairs: tuple[str, str]) -> FormData:
    return FormData(list(pairs))


def test_rows_are_read_in_order_and_those_left_empty_are_dropped() -> None:
    form = sent(
        ("lines.0.title", "横幅"), ("lines.0.kind", "goods"), ("lines.0.fen", "１,２00.5"), ("lines.0.bought", "true"),
        ("lines.1.title", " "), ("lines.1.kind", ""), ("lines.1.fen", ""),
        ("lines.10.title", "音响"), ("lines.10.fen", "五元"), ("lines.10.payee", "o1"),
        ("lines.x.title", "?"), ("linesX.2.title", "?"),
    )  # fmt: skip
    typed = answers(SCHEMA, form)
    assert typed == {
        "lines": [
            {"title": "横幅", "kind": "goods", "fen": 120050, "bought": True},
            {"title": "音响", "fen": "五元", "bought": False, "payee": "o1"},
        ]
    }
    assert list(unreadable(SCHEMA, typed)) == ["lines.1.fen"]
    assert answers(SCHEMA, sent(("lines.0.title", ""))) == {}


def test_a_table_says_its_faults_at_the_cell_and_in_the_summary_with_the_row_s_number_and_sums_its_money() -> None:
    values = {"lines": [{"title": "横幅", "kind": "goods", "fen": 120050, "bought": False}, {"fen": 5, "bought": True}]}
    page = shown(values, forms.faults(SCHEMA, values))
    assert [item.text_content().strip() for item in page.xpath("//li")] == [
        "预算明细第 2 行“支出内容”：此项必填", "预算明细第 2 行“类别”：此项必填",
    ]  # fmt: skip
    for link in page.xpath("//li/a/@href"):
        field = page.get_element_by_id(link.removeprefix("#"))
        assert field.get("aria-invalid") == "true"
        assert page.get_element_by_id(field.get("aria-describedby")).text_content().strip() == "此项必填"
        assert all(page.get_element_by_id(head) is not None for head in field.get("aria-labelledby").split())
    assert page.get_element_by_id("f-lines-fen-total").text_content() == "1,200.55"
    # As it stands it comes back the same, with room for one more line.
    again = [(name, value) for name, value in page.form_values()]
    assert answers(SCHEMA, FormData(again)) == values
    assert len(page.xpath("//tbody/tr")) == 3


def test_without_script_a_button_sends_the_form_back_with_more_rows_up_to_the_most() -> None:
    form = sent(
        ("more_rows", "lines"), *((f"lines.{place}.title", f"第{place}项") for place in range(2)), ("lines.2.title", "")
    )
    longer = with_more_rows(SCHEMA, answers(SCHEMA, form), form)
    assert longer is not None
    assert [row.get("title", "") for row in longer["lines"]] == ["第0项", "第1项", "", "", "", ""]
    assert len(shown(longer).xpath("//tbody/tr")) == 6
    button = shown({}).xpath("//button[@name='more_rows']")[0]
    assert (button.get("type"), button.get("value"), button.get("formnovalidate")) == ("submit", "lines", "")
    assert with_more_rows(SCHEMA, {}, sent(("more_rows", "title"))) is None


def test_a_yes_or_no_that_may_stay_as_it_stands_is_kept_unless_chosen() -> None:
    schema = forms.form(*forms.optional(forms.yes_no("elsewhere", Text("另有资助", "Funded elsewhere"))))
    page = shown({}, schema=schema)
    assert [option.get("value") for option in page.xpath("//select/option")] == ["", "true", "false"]
    assert answers(schema, sent(("elsewhere", ""))) == {}
    assert answers(schema, sent(("elsewhere", "false"))) == {"elsewhere": False}


def test_an_empty_offer_says_so_and_a_long_one_can_be_narrowed() -> None:
    field = forms.form(forms.picked("hub", words("hub"), options_fact="x"))
    none = forms.offered(field, Policy(pack()), {"x": {}})
    assert "目前没有可供选择的对象" in shown({}, schema=none).text_content()
    many = forms.offered(field, Policy(pack()), {"x": {f"o{place}": f"第{place}枢纽" for place in range(13)}})
    assert shown({}, schema=many).xpath("//input[@data-filter='f-hub']/@hidden")


def test_answers_are_told_as_a_table_with_names_and_a_sum() -> None:
    lines = [{"title": "横幅", "kind": "goods", "fen": 120050, "bought": False, "payee": "gone"}]
    table = said(SCHEMA["properties"]["lines"], lines, {"gone": "乙中心"})
    assert [cell.zh if isinstance(cell, Text) else cell for cell in table.rows[0]] == [
        "横幅", "物料", "1,200.50 元", "否", "乙中心",
    ]  # fmt: skip
    assert [cell.zh if isinstance(cell, Text) else cell for cell in table.totals] == ["合计", "", "1,200.50 元", "", ""]
