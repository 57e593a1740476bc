"""Who has a step, in words; and who looks after it while that person is away."""

from __future__ import annotations

from datetime import date

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import ROLE_NAMES, Actor
from incubator.queries.absences import AbsenceLine
from incubator.queries.holding import Holding
from incubator.text import Text


def who_has(held: Holding) -> Text:
    """Who has a step: a colleague with the role, whether still in it and at work, or nobody yet."""
    role = ROLE_NAMES[held.role]
    if not held.person_id:
        return Text(f"尚无人认领（{role.zh}）", f"nobody yet ({role.en})")
    if held.lapsed:
        return Text(f"{held.name}（已不任{role.zh}，可认领）", f"{held.name} (no longer {role.en}: free to claim)")
    if held.deputy:
        away = away_words(held.deputy, held.away_until)
        return Text(f"{held.name}（{role.zh}，{away.zh}）", f"{held.name} ({role.en}, {away.en})")
    return Text(f"{held.name}（{role.zh}）", f"{held.name} ({role.en})")


def away_words(deputy: str, until: date | None) -> Text:
    """That somebody is away, until when, and who looks after the work."""
    if until is None:
        return Text(f"离岗，由{deputy}代办", f"away: {deputy} looks after it")
    last = in_words(until)
    return Text(f"离岗至{last.zh}，由{deputy}代办", f"away until {last.en}: {deputy} looks after it")


def with_absence(name: str, absence: AbsenceLine | None) -> Text:
    """A colleague's name as it stands in a list to choose from."""
    if absence is None:
        return Text(name, name)
    away = away_words(absence.deputy.name, absence.until)
    return Text(f"{name}（{away.zh}）", f"{name} ({away.en})")


def on_behalf(actor: Actor, assignee_id: str) -> Text | None:
    """That the actor looks after what somebody has (by public id) who is away; None where it is not so."""
    absent = next((each for each in actor.deputy_for if each.public_id == assignee_id), None)
    return Text(f"代{absent.name}办理", f"on behalf of {absent.name}") if absent else None
