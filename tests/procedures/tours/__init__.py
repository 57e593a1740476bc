"""Tours: real cases of each procedure, taken through every one of its steps; a module a stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incubator.clock import FixedClock
from incubator.database import Database
from tests.procedures.tours import affiliation, consequences, evaluation, filing, funding, projects, tour, yearly_review
from tests.procedures.tours.tour import COMMENT, Tour, Visit
from tests.procedures.world import build

__all__ = ["COMMENT", "TOURS", "WHO", "Tour", "setting_out"]

STAGES = (affiliation, filing, yearly_review, evaluation, funding, projects, consequences)

TOURS: dict[str, Visit] = {procedure: visit for stage in STAGES for procedure, visit in stage.TOURS.items()}
WHO: dict[str, str] = {procedure: told for stage in STAGES for procedure, told in stage.WHO.items()}


def setting_out(procedure: str, database: Database, clock: FixedClock) -> tuple[Tour, Iterator[str]]:
    """A fresh centre and the tour of a procedure; whatever may be put up for notice is, so that no step is left out."""

    def with_notice(values: dict[str, Any]) -> None:
        for name, section in values.items():
            if name != "filing" and "public_notice" in section:
                section["public_notice"]["enabled"]["value"] = True
        values["filing"]["public_notice"]["enabled"]["value"] = procedure == "filing"

    stage = next(stage for stage in STAGES if procedure in stage.TOURS)
    setting_out = Tour(build(database, clock, change_policy=with_notice), {**tour.ANSWERS, **stage.ANSWERS})
    return setting_out, TOURS[procedure](setting_out)
