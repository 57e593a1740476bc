"""`incubator policy activate`: the console proposes, a person activates, and nobody activates what they proposed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from incubator.clock import SystemClock, today
from incubator.database import Database
from incubator.engine.roles import Role
from incubator.models.base import table
from incubator.models.events import PolicyInForce, PolicyProposal
from incubator.models.streets import SignInSession
from incubator.services.setup import set_up_street
from incubator.services.streets import communities_of
from tests.cli.console import Console
from tests.factories import PASSWORD, StreetWorld, make_user

YEAR = today(SystemClock().now()).year + 1
PACK = f"""\
name: riverside  # 草案
jurisdiction: {{zh: 河畔区, en: Riverside}}
extends: national
effective_from: {YEAR}-01-01
values:
  filing:
    conditions:
      members:
        value: 20
        cite: {{practice: {{zh: 成员不少于二十人, en: at least twenty members}}}}
"""


@pytest.fixture
def pack(database: Database, tmp_path: Path) -> str:
    """The pack's file, beside a street with two directors and an officer."""
    now = SystemClock().now()
    street_id = database.write(
        lambda connection: set_up_street(connection, code="000001", name="示例街道", communities=["东社区"], now=now)
    )
    with database.read() as connection:
        street = StreetWorld(street_id, communities_of(connection, street_id))
    for username, role in (("one", Role.DIRECTOR), ("two", Role.DIRECTOR), ("officer", Role.OFFICER)):
        make_user(database, street, role, now, username=username)
    path = tmp_path / "riverside.yaml"
    path.write_text(PACK, encoding="utf-8")
    return str(path)


def days_in_force(database: Database) -> list[date]:
    rows = table(PolicyInForce)
    with database.read() as connection:
        return list(connection.scalars(select(rows.c.effective_from).order_by(rows.c.effective_from)))[1:]


def test_the_console_proposes_and_a_person_activates(console: Console, database: Database, pack: str) -> None:
    asked = ("policy", "activate", pack, "--from", f"{YEAR}-03-01")
    silent = console(*asked)
    assert (silent.code, "请说明启用的理由" in silent.err) == (1, True)
    proposed = console(*asked, "--reason", "区里新办法")
    assert proposed.code == 0, proposed
    assert f"已提议：riverside 自 {YEAR}-03-01 起生效" in proposed.out
    assert "--by ACCOUNT" in proposed.out
    assert days_in_force(database) == []
    again = console(*asked, "--reason", "区里新办法")
    assert (again.code, "在等待审核" in again.err) == (1, True)
    wrong = console(*asked, "--by", "two", typed="not-the-password\n")
    assert (wrong.code, days_in_force(database)) == (1, [])
    officer = console(*asked, "--by", "officer", typed=f"{PASSWORD}\n")
    assert (officer.code, days_in_force(database)) == (1, [])

    activated = console(*asked, "--by", "two", typed=f"{PASSWORD}\n")
    assert activated.code == 0, activated
    assert "已启用：riverside" in activated.out
    assert days_in_force(database) == [date(YEAR, 3, 1)]
    with database.read() as connection:
        row = connection.execute(select(table(PolicyProposal))).one()
        assert connection.execute(select(table(SignInSession))).all() == []
    assert (row.file_name, row.file_text, row.state) == ("riverside.yaml", PACK, "activated")


def test_nobody_activates_what_they_proposed(console: Console, database: Database, pack: str) -> None:
    asked = ("policy", "activate", pack)  # from the pack's own first day
    by_one = (*asked, "--by", "one", "--reason", "区里新办法")
    assert console(*by_one, typed=f"{PASSWORD}\n").code == 0
    own = console(*by_one, typed=f"{PASSWORD}\n")
    assert (own.code, "不能由您本人审核" in own.err) == (1, True)
    assert console(*asked, "--by", "two", typed=f"{PASSWORD}\n").code == 0
    assert days_in_force(database) == [date(YEAR, 1, 1)]


def test_what_cannot_be_proposed_is_told_before_anything_is_rehearsed(
    console: Console, database: Database, pack: str
) -> None:
    early = console("policy", "activate", pack, "--reason", "区里新办法", "--from", f"{YEAR - 1}-12-31")
    assert (early.code, "生效日期不在其中" in early.err) == (1, True)
    Path(pack).write_text(PACK.replace("value: 20", "value: many"), encoding="utf-8")
    faulty = console("policy", "activate", pack, "--reason", "区里新办法")
    assert (faulty.code, faulty.out.startswith("riverside.yaml:9: ")) == (1, True)
    assert console("policy", "activate", "nowhere.yaml").code == 2
    assert console("policy", "activate", pack, "--from", "soon").code == 2
    with database.read() as connection:
        assert connection.execute(select(table(PolicyProposal))).all() == []
