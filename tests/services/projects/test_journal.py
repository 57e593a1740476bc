"""The journal when several post and reverse at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from incubator.errors import Conflict
from incubator.services import journal
from incubator.services.journal import Movement
from incubator.text import Text
from tests.procedures.world import Centre

PEOPLE, ENTRIES = 4, 12


def test_of_several_who_reverse_one_entry_at_once_one_does_and_the_others_are_told(centre: Centre) -> None:
    now, actor = centre.clock.now(), centre.people["director"]

    def lay(connection: Any) -> list[int]:
        for code in ("one", "other"):
            journal.open_account(
                connection, street_id=centre.street_id, code=code, title=Text("科目", "account"), guarded=False
            )
        return [
            journal.post(
                connection,
                Movement(centre.street_id, f"laid {fen}", "test", {"one": -fen, "other": fen}, now.date(), actor),
                now=now,
            )
            for fen in range(1, ENTRIES + 1)
        ]

    entries = centre.database.write(lay)

    def reverse(person: int) -> list[str]:
        answers = []
        for entry in entries:
            try:
                centre.database.write(
                    lambda connection: journal.reverse(
                        connection, entry, cause=f"{person} {entry}", memo="x", actor=actor,  # noqa: B023
                        effective_on=now.date(), now=now,
                    )
                )  # fmt: skip
                answers.append("reversed")
            except Conflict:
                answers.append("refused")
        return answers

    with ThreadPoolExecutor(PEOPLE) as threads:
        answers = list(zip(*threads.map(reverse, range(PEOPLE)), strict=True))
    assert [sorted(each) for each in answers] == [["refused"] * (PEOPLE - 1) + ["reversed"]] * ENTRIES
    with centre.database.read() as connection:
        assert journal.balance(connection, centre.street_id, "other") == 0
