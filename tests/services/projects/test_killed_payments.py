"""A payment's bank result whose process dies before any write: money and case agree, and asked again it is done once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from incubator.engine import streams
from tests.dying import Doers, doers
from tests.engine import deeds
from tests.engine.deeds import told
from tests.engine.test_kills import KEY, killed_at_every_moment
from tests.engine.whole import assert_whole
from tests.procedures.project.running import running
from tests.procedures.world import Centre


@pytest.fixture(scope="module")
def processes() -> Iterator[Doers]:
    """Processes that do what they are told to, and die when they are told to."""
    with doers() as ready:
        yield ready


def test_the_banks_result_moves_money_and_case_together_whenever_the_process_dies(
    centre: Centre, database_url: str, processes: Doers
) -> None:
    project = running(centre)
    case_id = project.sent(1)
    version = centre.case(case_id).version
    survivor = killed_at_every_moment(
        centre, processes, database_url, deeds.MOVE, case_id=case_id, action="confirm_paid", data={},
        **told(centre, "finance"), expected_version=version, key=KEY,
    )  # fmt: skip
    assert (survivor["step"], centre.case(case_id).outcome) == ("paid", "paid")
    assert project.money() == {"committed": 1_500_000, "paid": 1_499_999, "free": 7_000_001}
    assert project.tranches()[0] == (1, 1_499_999, "paid")
    with centre.database.read() as connection:
        assert_whole(connection, case_id)
        assert streams.verify(connection, "money", 1) == []
