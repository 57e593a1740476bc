"""A thousand random awards, payments, returns and reversals at once: nothing is overdrawn and everything balances."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from incubator.engine import streams
from incubator.engine.loading import case_view
from incubator.errors import Conflict
from incubator.models.base import table
from incubator.models.funding import Call, Project
from incubator.models.money import JournalEntry, JournalLine, MoneyAccount, MoneyBook
from incubator.services import journal, projects
from incubator.services.journal import Overdrawn
from incubator.services.projects.accounts import Occasion, Place, move, of_project
from tests.procedures.funding.grants import published
from tests.procedures.project.running import body
from tests.procedures.world import Centre

BUDGET, APPLICANTS, THREADS, TURNS = 1_000_000, 12, 8, 126  # 8 * 126: more than a thousand


@dataclass(frozen=True)
class Deeds:
    """What happens to a call's money at random, each deed in a transaction of its own."""

    centre: Centre
    call: Any
    cases: list[str]

    def play(self, seed: int) -> Counter[str]:
        """As many turns as one thread takes; what came of them."""
        chance, done = random.Random(seed), Counter[str]()
        for turn in range(TURNS):
            deed = chance.choice(
                [self.award, self.award, self.send, self.send, self.pay, self.give_back, self.lapse, self.reverse]
            )
            try:
                self.centre.database.write(lambda connection: deed(connection, chance, f"{seed}.{turn}"))  # noqa: B023
                done[deed.__name__] += 1
            except Overdrawn:
                done["overdrawn"] += 1
            except Conflict:
                done["refused"] += 1
        return done

    def award(self, connection: Any, chance: random.Random, cause: str) -> None:
        locked = case_view(connection, chance.choice(self.cases), lock=True)  # as advance does
        assert locked is not None
        case = replace(locked, version=chance.randrange(10**9))
        projects.award(
            connection, case=case, call=self.call, payee_id=case.organization_id, title="x", field="x", work_key="x",
            asked_fen=1, awarded_fen=chance.randrange(1, BUDGET // 4), minutes_number="1", **self._told(),
        )  # fmt: skip

    def lapse(self, connection: Any, chance: random.Random, cause: str) -> None:
        project = self._project(connection, chance)
        if project is not None:
            projects.take_back_award(connection, project_id=project.id, reason="x", **self._told())

    def send(self, connection: Any, chance: random.Random, cause: str) -> None:
        self._move(connection, chance, cause, Place.COMMITTED, Place.IN_PAYMENT)

    def pay(self, connection: Any, chance: random.Random, cause: str) -> None:
        self._move(connection, chance, cause, Place.IN_PAYMENT, Place.PAID)

    def give_back(self, connection: Any, chance: random.Random, cause: str) -> None:
        self._move(connection, chance, cause, Place.IN_PAYMENT, Place.COMMITTED)

    def reverse(self, connection: Any, chance: random.Random, cause: str) -> None:
        entries = table(JournalEntry)
        ids = list(connection.scalars(select(entries.c.id).where(entries.c.purpose.startswith("payment."))))
        if ids:
            told = self._told()
            journal.reverse(connection, chance.choice(ids), cause=f"undo {cause}", memo="x", **told)

    def _move(self, connection: Any, chance: random.Random, cause: str, out_of: Place, into: Place) -> None:
        project = self._project(connection, chance)
        if project is None:
            return
        told = self._told()
        move(
            connection, self.centre.street_id, cause=f"test {cause}", purpose=f"payment.{into}",
            fen=chance.randrange(1, BUDGET // 8), out_of=of_project(project.number, out_of),
            into=of_project(project.number, into),
            occasion=Occasion(told["actor"], told["now"], told["effective_on"]),
        )  # fmt: skip

    def _project(self, connection: Any, chance: random.Random) -> Any:
        rows = table(Project)
        found = connection.execute(select(rows.c.id, rows.c.number)).all()
        return chance.choice(found) if found else None

    def _told(self) -> dict[str, Any]:
        now = self.centre.clock.now()
        return {"actor": self.centre.people["director"], "now": now, "effective_on": now.date()}


def applied(centre: Centre, call: str) -> list[str]:
    """Applications of as many registered bodies."""
    bodies = [body(centre, f"服务中心{place}") for place in range(APPLICANTS)]
    return [each.open("funding", period=call) for each in bodies]


def test_a_thousand_random_deeds_at_once_never_overdraw_and_always_balance(centre: Centre) -> None:
    call = published(centre, budget_fen=BUDGET)
    calls = table(Call)
    with centre.database.read() as connection:
        row = connection.execute(select(calls).where(calls.c.number == call)).one()
    deeds = Deeds(centre, row, applied(centre, call))
    with ThreadPoolExecutor(THREADS) as threads:
        done = sum(threads.map(deeds.play, range(THREADS)), Counter[str]())
    assert sum(done.values()) == THREADS * TURNS
    assert all(
        done[each] for each in ("award", "lapse", "send", "pay", "give_back", "reverse", "overdrawn", "refused")
    ), done
    accounts, lines = table(MoneyAccount), table(JournalLine)
    with centre.database.read() as connection:
        lying = {each.code: each for each in connection.execute(select(accounts))}
        assert all(each.balance >= 0 for each in lying.values() if each.guarded)
        assert sum(each.balance for each in lying.values()) == 0
        assert sum(each.balance for each in lying.values() if each.guarded) == BUDGET
        # Each balance is what its lines say, and each entry balances in itself.
        sums = dict(
            connection.execute(select(lines.c.account_id, func.sum(lines.c.fen)).group_by(lines.c.account_id)).all()
        )
        assert {each.id: each.balance for each in lying.values() if each.balance} == {
            key: int(fen) for key, fen in sums.items() if fen
        }
        unbalanced = select(lines.c.entry_id).group_by(lines.c.entry_id).having(func.sum(lines.c.fen) != 0)
        assert connection.execute(unbalanced).all() == []
        (book,) = connection.scalars(select(table(MoneyBook).c.id))
        assert streams.verify(connection, "money", book) == []
