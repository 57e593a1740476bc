"""Ratings: the street's stars for filed groups, and the registrar's grades as recorded for registered bodies."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from incubator.models.base import NO_DATE, big, key, moment, ref


class RatingKind(StrEnum):
    """Whose rating it is."""

    STAR = "star"  # the street's, of filed groups
    REGISTRAR_GRADE = "registrar_grade"  # the registrar's 1A to 5A, recorded here and never issued


class RatingStatus(StrEnum):
    """What became of a rating."""

    VALID = "valid"
    REPLACED = "replaced"  # valid -> replaced, by a later one
    LOWERED = "lowered"  # valid -> lowered, by a decision; the lower one follows
    REVOKED = "revoked"  # valid -> revoked
    ENDED = "ended"  # valid -> ended, with the filing


class Rating(SQLModel, table=True):
    """One rating with the decision or the paper that it comes from."""

    __tablename__ = "rating"
    __table_args__ = (
        Index("ix_rating_organization_id_kind_status", "organization_id", "kind", "status"),
        Index("ix_rating_street_id_status_valid_until", "street_id", "status", "valid_until"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id")
    case_id: int = big(0)
    kind: str = RatingKind.STAR
    band: str  # the band's code in the policy, such as star_3, or 3A
    title_zh: str
    title_en: str
    score: str = ""  # to two decimals, as the panel gave it
    document_number: str = ""
    status: str = RatingStatus.VALID
    announced_on: date
    valid_from: date
    valid_until: date = Field(default=NO_DATE)
    paper: str = ""
    recorded_at: datetime = moment()
    ended_on: date = Field(default=NO_DATE)  # the first day on which it no longer holds, once it was ended early
    ended_at: datetime | None = moment(default=None, nullable=True)  # when that was recorded: as-of views read it
