"""Service centres: premises that the street or a community makes ready and hands to an organization to use and run."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from incubator.models.base import NO_DATE, Streamed, big, key, long_text, moment, ref


class ServiceCentre(Streamed, table=True):
    """A service centre (服务中心) and who runs it now; its stream keeps who ran it before."""

    __tablename__ = "service_centre"
    __table_args__ = (
        UniqueConstraint("street_id", "name"),
        Index("ix_service_centre_operator_id", "operator_id"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = ref("community.id", index=True)
    name: str
    address: str = ""
    area: int = 0  # square metres
    provider: str = ""  # who brings the premises in: the street, a community, a partner or local unit
    rent_free: bool = True
    purpose: str = long_text(default="")
    operator_id: int = big(0)  # the organization that uses and runs it; 0 while nobody does
    handed_over_on: date = Field(default=NO_DATE)
    agreed_until: date = Field(default=NO_DATE)
    version: int = 1
    recorded_at: datetime = moment()
