"""Streams: everything that changes appends an event, chained by hash, with personal values kept apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, insert, select, update
from sqlmodel import SQLModel

from incubator.canonical import canonical, sha256
from incubator.clock import today
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event, PersonalValue, PolicyPack
from incubator.models.funding import Call
from incubator.models.money import MoneyBook
from incubator.models.organizations import Organization
from incubator.models.premises import ServiceCentre
from incubator.models.streets import Account, Person
from incubator.sealing import current_sealer

# The row that is the head of each kind of stream.
HEADS: dict[str, type[SQLModel]] = {
    "case": Case,
    "organization": Organization,
    "person": Person,
    "access": Account,
    "policy": PolicyPack,
    "money": MoneyBook,
    "call": Call,
    "premises": ServiceCentre,
}

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_RECORD, _KEEP_APART = insert(table(Event)).inline(), insert(table(PersonalValue)).inline()


@cache
def _head(stream: str) -> tuple[Select[Any], Update]:
    """The statements that lock and that move the head of a stream of this kind."""
    heads = table(HEADS[stream])
    subject = heads.c.id == bindparam("subject")
    return select(heads.c.head_seq, heads.c.head_hash).where(subject).with_for_update(), update(heads).where(subject)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded. `type` is in the past tense; `change` and `facts` are JSON-ready and not personal."""

    stream: str
    subject_id: int
    street_id: int
    type: str
    actor: Actor
    change: Mapping[str, Any]
    subject: str = ""  # how the body names the subject: a case by its public id, anything else by its key
    effective_on: date | None = None
    comment: str = ""
    personal: Mapping[str, str] = field(default_factory=dict)
    definition_hash: str = ""
    policy_hash: str = ""
    calendar_hash: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    rules: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chained:
    """An event ready to be written, the personal values that go beside it, and the stream's new head."""

    row: dict[str, Any]
    personal: list[dict[str, Any]]

    @property
    def head(self) -> dict[str, Any]:
        """The columns of the stream's row."""
        return {"head_seq": self.row["seq"], "head_hash": self.row["hash"]}


def body_of(entry: Entry, seq: int, now: datetime, commitments: Mapping[str, str]) -> dict[str, Any]:
    """Everything the hash covers; `open_cases` writes the very same in SQL."""
    return {
        "stream": entry.stream,
        "subject": entry.subject or str(entry.subject_id),
        "seq": seq,
        "type": entry.type,
        "effective_on": (entry.effective_on or today(now)).isoformat(),
        "recorded_at": now.isoformat(),
        "actor": entry.actor.person_id,
        "account": entry.actor.account_id,
        "on_behalf_of": entry.actor.on_behalf_of,
        "definition": entry.definition_hash,
        "policy": entry.policy_hash,
        "calendar": entry.calendar_hash,
        "facts": dict(entry.facts),
        "rules": entry.rules,
        "change": dict(entry.change),
        "comment": entry.comment,
        "personal": dict(commitments),
    }


def chain(entry: Entry, head_seq: int, head_hash: str, now: datetime) -> Chained:
    """The next event of a stream whose head is known and locked by the caller."""
    personal, commitments = [], {}
    for name, value in entry.personal.items():
        sealer = current_sealer()
        salt = sealer.salt()
        commitments[name] = sealer.commitment(salt, value)
        personal.append(
            {
                "street_id": entry.street_id,
                "stream": entry.stream,
                "subject_id": entry.subject_id,
                "field": name,
                "sealed": sealer.seal(value),
                "salt": salt,
                "commitment": commitments[name],
                "search_hash": sealer.search_hash(value),
                "recorded_at": now,
            }
        )
    body = body_of(entry, head_seq + 1, now, commitments)
    text = canonical(body)
    row = {
        "street_id": entry.street_id,
        "stream": entry.stream,
        "subject_id": entry.subject_id,
        "seq": head_seq + 1,
        "type": entry.type,
        "effective_on": entry.effective_on or today(now),
        "recorded_at": now,
        "actor_id": entry.actor.person_id,
        "body": text,
        "prev_hash": head_hash,
        "hash": sha256(head_hash + text),
    }
    return Chained(row, personal)


def write(connection: Connection, chained: Chained) -> None:
    """Write a chained event and its personal values; the caller moves the head."""
    connection.execute(_RECORD, chained.row)
    if chained.personal:
        connection.execute(_KEEP_APART, chained.personal)


def append(connection: Connection, entry: Entry, *, now: datetime) -> None:
    """Record an event in a stream other than a case's position: locks the head, writes, moves the head."""
    lock, move = _head(entry.stream)
    head = connection.execute(lock, {"subject": entry.subject_id}).one()
    chained = chain(entry, head.head_seq, head.head_hash, now)
    write(connection, chained)
    connection.execute(move, {"subject": entry.subject_id, **chained.head})


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """An event that does not fit: what is wrong with it, and where."""

    stream: str
    subject_id: int
    seq: int
    fault: str


def verify(connection: Connection, stream: str, subject_id: int) -> list[BrokenChain]:
    """What is wrong in one stream: gaps, altered bodies, columns that differ from the body, a head that does not match."""
    events, heads = table(Event), table(HEADS[stream])
    rows = connection.execute(
        select(events).where(events.c.stream == stream, events.c.subject_id == subject_id).order_by(events.c.seq)
    ).all()
    faults, previous = [], ""
    for place, row in enumerate(rows, start=1):
        body = json.loads(row.body)
        repeated = (row.seq, row.type, row.effective_on.isoformat(), row.recorded_at.isoformat(), row.actor_id)
        if row.seq != place:
            faults.append(BrokenChain(stream, subject_id, row.seq, "gap"))
        if row.prev_hash != previous or row.hash != sha256(row.prev_hash + row.body):
            faults.append(BrokenChain(stream, subject_id, row.seq, "hash"))
        if repeated != (body["seq"], body["type"], body["effective_on"], body["recorded_at"], body["actor"]):
            faults.append(BrokenChain(stream, subject_id, row.seq, "columns"))
        previous = row.hash
    head = connection.execute(select(heads.c.head_seq, heads.c.head_hash).where(heads.c.id == subject_id)).one()
    if (head.head_seq, head.head_hash) != (len(rows), previous):
        faults.append(BrokenChain(stream, subject_id, head.head_seq, "head"))
    return faults
