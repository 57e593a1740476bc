"""The pages say everything in both languages."""

from datetime import UTC, date, datetime

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment

from api import i18n
from incubator.text import Text

AUTUMN = date(2026, 9, 18)


def test_every_sentence_of_the_pages_has_its_english_and_the_catalogue_nothing_else() -> None:
    missing, unused = i18n.gaps(i18n.extract(), i18n.read_catalogue())
    assert not missing, "add the English in api/locales/en/LC_MESSAGES/messages.po after `python -m api.i18n update`"
    assert not unused, "`python -m api.i18n update` drops what is no longer said"


def test_english_keeps_the_placeholders_of_the_chinese() -> None:
    for message in i18n.read_catalogue():
        if message.id:
            assert not list(message.check(i18n.read_catalogue())), message.id


def test_a_sentence_without_english_and_one_nobody_says_are_both_gaps() -> None:
    said, written = Catalog(locale="en"), Catalog(locale="en")
    said.add("提交")
    said.add(("%(count)s 项", "%(count)s 项"))
    written.add(("%(count)s 项", "%(count)s 项"), ("%(count)s item", ""))
    written.add("旧句", "an old sentence")
    assert i18n.gaps(said, written) == (["提交", "%(count)s 项"], ["旧句"])


def test_the_account_goes_before_the_cookie_and_the_cookie_before_the_browser() -> None:
    def choose(account: str | None, cookie: str | None, header: str | None) -> str:
        return i18n.choose_language(account=account, cookie=cookie, accept_language=header)

    assert choose("en", "zh", "zh-CN") == "en"
    assert choose(None, "en", "zh-CN") == "en"
    assert choose(None, "klingon", "en-GB,en;q=0.9") == "en"
    assert choose(None, None, "fr, en;q=0.3, zh-CN;q=0.8") == "zh"
    assert choose(None, None, "fr, en;q=0, zh;q=x") == "zh"
    assert choose(None, None, None) == "zh"


@pytest.mark.parametrize(
    ("fen", "plain", "zh", "en"),
    [
        (778_500_000, "7,785,000.00", "778.5万", "7.785 million"),
        (3_000_000, "30,000.00", "3万", "30,000.00"),
        (1_000_000, "10,000.00", "1万", "10,000.00"),
        (999_999, "9,999.99", "9,999.99", "9,999.99"),
        # Nobody says 1.234567万, and 1.23万 is another sum.
        (1_234_567, "12,345.67", "12,345.67", "12,345.67"),
        (1_234_000, "12,340.00", "12,340.00", "12,340.00"),
        (1_230_000, "12,300.00", "1.23万", "12,300.00"),
        (99_999_999, "999,999.99", "999,999.99", "999,999.99"),
        (100_000_000, "1,000,000.00", "100万", "1 million"),
        (12_000_000_000, "120,000,000.00", "1.2亿", "120 million"),
        (12_345_600_000, "123,456,000.00", "12,345.6万", "123.456 million"),
        (-1_000_000, "-10,000.00", "-1万", "-10,000.00"),
        (0, "0.00", "0.00", "0.00"),
        (None, "—", "—", "—"),
    ],
)
def test_money_is_written_in_full_and_as_people_say_it_where_that_is_exact(
    fen: int | None, plain: str, zh: str, en: str
) -> None:
    assert i18n.money(fen) == plain
    assert i18n.money_said(fen) == zh
    with i18n.speaking("en"):
        assert i18n.money_said(fen) == en


def test_days_and_moments_are_those_of_shanghai() -> None:
    late = datetime(2026, 9, 18, 17, 5, tzinfo=UTC)
    assert (i18n.day(AUTUMN), i18n.day(late), i18n.moment(late)) == (
        "2026年9月18日",
        "2026年9月19日",
        "2026年9月19日 01:05",
    )
    assert i18n.moment(late.isoformat()) == "2026年9月19日 01:05"
    with i18n.speaking("en"):
        assert (i18n.day("2026-09-18"), i18n.moment(late)) == ("18 Sep 2026", "19 Sep 2026 01:05")
    assert i18n.day(None) == "—"


def test_a_moment_without_a_zone_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        i18n.moment(datetime(2026, 9, 18, 9, 0))  # noqa: DTZ001 - the case at hand


def test_a_template_speaks_the_readers_language_also_inside_a_macro() -> None:
    env = Environment(autoescape=True)
    i18n.install(env)
    page = env.from_string(
        "{% macro said(days, who) %}{% trans count=days %}还剩 {{ count }} 天{% pluralize %}"
        "还剩 {{ count }} 天{% endtrans %}"
        "{{ _('（代%(person)s办理）', person=who) }}{{ pair|text }}{% endmacro %}{{ said(1, '<b>') }}|{{ note|text }}"
    )
    values = {"note": Text("备案", "Filing")}
    assert page.render(values) == "还剩 1 天（代&lt;b&gt;办理）|备案"
    with i18n.speaking("en"):
        assert page.render(values) == "1 day left (on behalf of &lt;b&gt;)|Filing"
        assert i18n.text({"zh": "登记", "en": "Registration"}) == "Registration"
    assert i18n.language() == "zh"
