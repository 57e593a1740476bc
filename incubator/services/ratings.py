"""Ratings are written here only: given, put right, lowered, revoked; each with an event in the organization's stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating, RatingKind, RatingStatus
from incubator.models.organizations import Organization
from incubator.services.organizations import organization_not_found
from incubator.text import Text

_RATINGS = table(Rating)
GIVEN = {
    RatingKind.STAR: "organization.rated",
    RatingKind.REGISTRAR_GRADE: "organization.grade_recorded",
}
BANDS = "evaluation.bands"


@dataclass(frozen=True, slots=True)
class NewRating:
    """What a rating says. `score` is text to two decimals; `paper` is the paper that an opening stock cites."""

    kind: RatingKind
    band: str
    title: Text
    announced_on: date
    valid_from: date
    valid_until: date
    score: str = ""
    document_number: str = ""
    case_id: int = 0
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A rating as it was written."""

    id: int
    public_id: str


class NotRated(Conflict):
    """The organization has no rating of this kind that could be changed."""

    code = "not_rated"
    title = Text("没有有效的评估等级", "There is no rating in force")


def give(
    connection: Connection, *, organization_id: int, rating: NewRating, actor: Actor, now: datetime,
    effective_on: date | None = None, comment: str = "",
) -> Given:  # fmt: skip
    """Give a rating in the place of the valid one of its kind, which holds until the new one begins. Raises NotFound."""
    street_id = _locked(connection, organization_id)
    former = _valid(connection, organization_id, rating.kind)
    _end(connection, former, RatingStatus.REPLACED, rating.valid_from, now)
    given = _insert(connection, street_id, organization_id, rating, now)
    changed = {"band": [former[-1].band if former else "", rating.band]}
    _record(
        connection, organization_id, street_id, GIVEN[RatingKind(rating.kind)],
        {**_told(rating), "rating": given.public_id, "changed": changed}, actor, now, effective_on, comment,
    )  # fmt: skip
    return given


def correct(
    connection: Connection, *, case_id: int, changes: Mapping[str, Any], actor: Actor, now: datetime,
    effective_on: date, comment: str = "",
) -> Given:  # fmt: skip
    """Put another row in the place of the valid rating that a case gave, with these columns changed; both stay on record.

    The event holds old and new. Raises NotRated where the case's rating is valid no more.
    """
    old = given_by(connection, case_id)
    _locked(connection, old.organization_id)
    # What was wrong was so from its first day on: the corrected row holds from then.
    _end(connection, [old], RatingStatus.REPLACED, old.valid_from, now)
    given = _copy(connection, old, changes, now)
    changed = {name: [getattr(old, name), value] for name, value in changes.items() if getattr(old, name) != value}
    _record(
        connection, old.organization_id, old.street_id, "organization.rating_corrected",
        {"kind": old.kind, "rating": given.public_id, "changed": changed}, actor, now, effective_on, comment,
    )  # fmt: skip
    return given


def given_by(connection: Connection, case_id: int) -> Row[Any]:
    """The valid rating that a case gave; NotRated where there is none, or none any more."""
    row = connection.execute(
        select(_RATINGS)
        .where(_RATINGS.c.case_id == case_id, _RATINGS.c.status == RatingStatus.VALID.value)
        .order_by(_RATINGS.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise _not_rated()
    return row


def lower(
    connection: Connection, *, organization_id: int, to_band: str, reason: str, case_id: int, actor: Actor,
    now: datetime, effective_on: date,
) -> Given:  # fmt: skip
    """Lower the stars in force to a band of the policy in force; the validity stays.

    Raises NotFound, NotRated, and Invalid for a band that is unknown, not lower, or below the lowest star (revoke it then).
    """
    street_id = _locked(connection, organization_id)
    (old,) = _valid(connection, organization_id, RatingKind.STAR, on=effective_on)[-1:] or (None,)
    if old is None:
        raise _not_rated()
    bands = library.policy_in_force(connection, street_id, effective_on).get(BANDS)
    codes = [str(band["code"]) for band in bands]
    if to_band not in codes[1:]:
        words = Text(
            "请从政策规定的星级中选择；低于最低星级的，请撤销评级", "Choose a star of the policy; below that, revoke it"
        )
        raise _invalid("to_band", words)
    if old.band in codes and codes.index(to_band) >= codes.index(old.band):
        raise _invalid("to_band", Text(f"应低于现有的{old.title_zh}", f"It must be lower than {old.title_en}"))
    title = Text.from_pair(bands[codes.index(to_band)]["title"])
    _end(connection, [old], RatingStatus.LOWERED, effective_on, now)
    lowered = {"band": to_band, "title_zh": title.zh, "title_en": title.en, "announced_on": effective_on}
    given = _copy(connection, old, {**lowered, "valid_from": effective_on, "case_id": case_id, "score": ""}, now)
    change = {"kind": old.kind, "rating": given.public_id, "changed": {"band": [old.band, to_band]}}
    _record(
        connection, organization_id, street_id, "organization.rating_lowered", change, actor, now, effective_on, reason
    )  # fmt: skip
    return given


def revoke(
    connection: Connection, *, organization_id: int, reason: str, actor: Actor, now: datetime, effective_on: date,
    kind: RatingKind = RatingKind.STAR, of_case: int = 0,
) -> tuple[str, ...]:  # fmt: skip
    """End the valid ratings of a kind from a day on (of one case alone where `of_case`); the numbers of their papers."""
    street_id = _locked(connection, organization_id)
    valid = _valid(connection, organization_id, kind)
    ended = [row for row in valid if of_case in (0, row.case_id)]
    if not ended:
        return ()
    _end(connection, ended, RatingStatus.REVOKED, effective_on, now)
    change = {"kind": kind.value, "rating": ended[-1].public_id, "changed": {"band": [ended[-1].band, ""]}}
    _record(
        connection, organization_id, street_id, "organization.rating_revoked", change, actor, now, effective_on, reason
    )  # fmt: skip
    return tuple(row.document_number for row in ended)


def _locked(connection: Connection, organization_id: int) -> int:
    """Lock the organization, by whose row ratings are decided; its street."""
    organizations = table(Organization)
    street_id = connection.scalar(
        select(organizations.c.street_id).where(organizations.c.id == organization_id).with_for_update()
    )
    if street_id is None:
        raise organization_not_found()
    return int(street_id)


def _valid(connection: Connection, organization_id: int, kind: RatingKind, *, on: date | None = None) -> list[Row[Any]]:
    """The valid ratings of a kind, latest last; those alone that have not run out by a day where one is given."""
    rows = select(_RATINGS).where(
        _RATINGS.c.organization_id == organization_id,
        _RATINGS.c.kind == RatingKind(kind).value,
        _RATINGS.c.status == RatingStatus.VALID.value,
    )
    if on is not None:
        rows = rows.where(_RATINGS.c.valid_from <= on, _RATINGS.c.valid_until >= on)
    return list(connection.execute(rows.order_by(_RATINGS.c.valid_from, _RATINGS.c.id)).all())


def _end(connection: Connection, rows: list[Row[Any]], status: RatingStatus, day: date, now: datetime) -> None:
    ended = {"status": status.value, "ended_on": day, "ended_at": now}
    for row in rows:
        connection.execute(update(_RATINGS).where(_RATINGS.c.id == row.id).values(ended))


def _insert(
    connection: Connection, street_id: int, organization_id: int, rating: NewRating, now: datetime
) -> Given:  # fmt: skip
    return _write(
        connection,
        {
            "street_id": street_id,
            "organization_id": organization_id,
            "kind": RatingKind(rating.kind).value,
            "band": rating.band,
            "title_zh": rating.title.zh,
            "title_en": rating.title.en,
            "score": rating.score,
            "document_number": rating.document_number,
            "announced_on": rating.announced_on,
            "valid_from": rating.valid_from,
            "valid_until": rating.valid_until,
            "case_id": rating.case_id,
            "paper": rating.paper,
        },
        now,
    )


def _copy(connection: Connection, old: Row[Any], changes: Mapping[str, Any], now: datetime) -> Given:
    kept = {name: value for name, value in old._mapping.items() if name not in ("id", "public_id")}
    return _write(connection, {**kept, **changes}, now)


def _write(connection: Connection, values: Mapping[str, Any], now: datetime) -> Given:
    fresh = public_id()
    own = {"status": RatingStatus.VALID.value, "ended_on": NO_DATE, "ended_at": None}
    key = connection.execute(
        insert(_RATINGS).values({**values, **own, "public_id": fresh, "recorded_at": now}).returning(_RATINGS.c.id)
    ).scalar_one()
    return Given(int(key), fresh)


def _told(rating: NewRating) -> dict[str, Any]:
    return {
        "kind": RatingKind(rating.kind).value,
        "band": rating.band,
        "score": rating.score,
        "document_number": rating.document_number,
        "announced_on": rating.announced_on.isoformat(),
        "valid_from": rating.valid_from.isoformat(),
        "valid_until": rating.valid_until.isoformat(),
    }


def _record(
    connection: Connection, organization_id: int, street_id: int, event: str, change: Mapping[str, Any], actor: Actor,
    now: datetime, effective_on: date | None, comment: str,
) -> None:  # fmt: skip
    entry = Entry(
        "organization", organization_id, street_id, event, actor,
        {name: value for name, value in change.items() if value != ""}, effective_on=effective_on, comment=comment,
    )  # fmt: skip
    append(connection, entry, now=now)


def _not_rated() -> NotRated:
    return NotRated(
        Text(
            "该组织没有可更改的有效评级，请核对", "The organization has no valid rating that could be changed: check it"
        )
    )


def _invalid(field: str, words: Text) -> Invalid:
    detail = Text("填写内容有误，请改正后重新提交", "The input does not fit: correct what is marked")
    return Invalid(detail, fields={field: [words]})
