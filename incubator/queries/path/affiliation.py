"""The affiliation stage: by which hub an organization is carried, and who needs none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.models.organizations import Standing
from incubator.queries.path.stages import (
    AFFILIATION,
    Situation,
    Stage,
    StageState,
    how,
    in_hand,
    joined,
    reason,
    result,
    runs,
    stage,
    unstanding,
    until_words,
)
from incubator.text import Text

FACTS = frozenset({"organization.recognition", "organization.agreement"})
_ENTRY, _RENEWAL, _OWN = "affiliation", "affiliation_renewal", ("affiliation", "affiliation_renewal", "affiliation_end")
_OF_HUBS = ("hub_recognition", "hub_ending", "hub_report")


def affiliation_stage(situation: Situation) -> Stage:
    """How the organization stands towards a hub: carried until a day, being affiliated, or in no need of one."""
    agreement = situation.facts.get("organization.agreement")
    holds = agreement is not None and agreement["until"] >= situation.day
    running = in_hand(situation.cases_in(*_OWN))
    if running is not None:
        found = stage(AFFILIATION, StageState.RUNNING, runs(running), running)
    elif holds:
        found = _carried(situation, agreement)
    else:
        found = _needs_none(situation) or _open(situation, agreement)
    if agreement is None or not holds:
        return found
    return replace(found, valid_from=agreement["since"], valid_until=agreement["until"])


def _carried(situation: Situation, agreement: Any) -> Stage:
    name, number, ends = agreement["name"], agreement["number"], until_words(agreement["until"])
    words = Text(f"挂靠于“{name}”，协议 {number}{ends.zh}", f"Carried by {name!r}, agreement {number}{ends.en}")
    renewal = next((each for each in situation.openings_of(_RENEWAL) if each.stands), None)
    ended = [case for case in situation.cases_in(_ENTRY, _RENEWAL) if not case.in_hand]
    due = None
    if renewal is not None:
        due = Text(f"已到续签期，{how(renewal).zh}", f"It is time to renew: {how(renewal).en}")
    return stage(AFFILIATION, StageState.DONE, joined(words, due), ended[0] if ended else None)


def _needs_none(situation: Situation) -> Stage | None:
    """The stage of a hub, with what runs about it as a hub, and of a registered body."""
    about = in_hand(situation.cases_in(*_OF_HUBS))
    recognition = situation.facts.get("organization.recognition")
    if recognition is not None:
        ends = until_words(recognition["until"])
        words = Text(f"本身是枢纽型组织{ends.zh}，无需挂靠", f"It is a hub itself{ends.en}: it needs none")
        return stage(AFFILIATION, StageState.NOT_APPLICABLE, joined(words, runs(about) if about else None), about)
    if about is not None:
        return stage(AFFILIATION, StageState.RUNNING, runs(about), about)
    if situation.organization.standing == Standing.REGISTERED:
        words = Text("已在登记机关登记，无需挂靠", "Registered with the registrar: it needs no hub")
        return stage(AFFILIATION, StageState.NOT_APPLICABLE, words)
    return None


def _open(situation: Situation, agreement: Any) -> Stage:
    entries = situation.openings_of(_ENTRY)
    cases = situation.cases_in(*_OWN)
    last = cases[0] if cases else None
    before = _lapsed(agreement["until"]) if agreement is not None else result(last) if last else None
    refused = unstanding(entries)
    if entries and not refused:
        return stage(AFFILIATION, StageState.NEXT, joined(before, how(entries[0])), last)
    return stage(AFFILIATION, StageState.BLOCKED, joined(before, reason(refused)), last, refused)


def _lapsed(until: date) -> Text:
    day = in_words(until)
    return Text(f"挂靠协议已于{day.zh}到期", f"The agreement with the hub ended on {day.en}")
