"""Cursors lead through a list once, and one that no list gave is refused in words."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.cases import WorkItem
from incubator.models.organizations import Organization
from incubator.queries.paging import decode, encode, window

ITEMS, ORGANIZATIONS = table(WorkItem), table(Organization)


@given(
    st.dates(), st.integers(0, 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
def test_a_cursor_gives_back_its_key_and_needs_no_quoting(day: date, number: int, name: str) -> None:
    cursor = encode([day, name, number])
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    if len(cursor) <= 2000:
        assert decode(cursor, [date, str, int]) == (day, name, number)


def raw(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "?", "é", "abc", "A" * 5001, raw("7"), raw("[]"), raw('["2026-10-09"]'), raw('["2026-10-09",7,7]'),
        raw('["2026-02-30",7]'), raw('["2026-10-09","7"]'), raw('["2026-10-09",true]'), raw('["2026-10-09",-1]'),
        raw(f'["2026-10-09",{2**63}]'), raw('["2026-10-09",7.5]'), raw('["2026-10-09",null]'), raw("[7,7]"),
        raw("[" * 1400), raw('{"a":1}'), raw("[1e999,7]"),
    ],
)  # fmt: skip
def test_a_cursor_that_no_list_gave_is_refused_in_words(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        window(select(ITEMS.c.id), (ITEMS.c.due_on, ITEMS.c.id), cursor, 50)
    assert "从第一页" in refused.value.detail.zh
    assert list(refused.value.fields) == ["cursor"]


@pytest.mark.parametrize("text", ['["\\ud800",7]', '["\\u0000",7]'])
def test_text_that_no_database_takes_is_refused_in_a_cursor_too(text: str) -> None:
    with pytest.raises(Invalid):
        window(select(ORGANIZATIONS.c.id), (ORGANIZATIONS.c.name, ORGANIZATIONS.c.id), raw(text), 50)


@pytest.mark.parametrize("limit", [-1, 0, 201])
def test_a_page_holds_between_one_and_two_hundred_items(limit: int) -> None:
    with pytest.raises(Invalid) as refused:
        window(select(ITEMS.c.id), (ITEMS.c.id,), "", limit)
    assert list(refused.value.fields) == ["limit"]
