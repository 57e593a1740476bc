"""Organizations from the day the survey finds them, what is known of them at each moment, and their certificates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import NO_DATE, Streamed, big, json, key, long_text, moment, ref


class Standing(StrEnum):
    """Where an organization stands towards the street office."""

    INFORMAL = "informal"  # found by the survey or entered by hand
    FILED = "filed"  # informal -> filed, by a served filing certificate
    REGISTERED = "registered"  # with the district's registrar
    EXITED = "exited"  # filed -> exited: voluntary, expired, merged, upgraded, withdrawn


class Organization(Streamed, table=True):
    """A community social organization: the subject of every case."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("street_id", "community_id", "name_key"),
        Index("ix_organization_street_id_standing_id", "street_id", "standing", "id"),
        Index("ix_organization_street_id_name", "street_id", "name"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    community_id: int = ref("community.id", index=True)
    name: str
    name_key: str  # the name without community, width and spacing: what duplicates are found by
    initials: str = ""  # pinyin initials, for search
    standing: str = Standing.INFORMAL
    category: str = ""
    leader: str = ""  # a name is public; telephone and identity number are personal values
    members: int = 0
    founded_on: str = ""  # as far as known: 2013, 2013-05 or 2013-05-21
    premises: str = ""
    activity_frequency: str = ""
    remark: str = long_text(default="")
    details: dict[str, Any] = json(default={})
    filing_number: str = ""
    filed_on: date = Field(default=NO_DATE)
    filing_valid_until: date = Field(default=NO_DATE)
    registered_at: datetime = moment()
    version: int = 1


class OrganizationRevision(SQLModel, table=True):
    """What was known of an organization from a moment on; as-of views and facts of the past read it."""

    __tablename__ = "organization_revision"
    __table_args__ = (UniqueConstraint("organization_id", "version"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id")
    version: int
    recorded_at: datetime = moment()
    state: dict[str, Any] = json()


class Filing(SQLModel, table=True):
    """A filing certificate (备案证): number, validity, and what became of it."""

    __tablename__ = "filing"
    __table_args__ = (
        UniqueConstraint("street_id", "number"),
        Index("ix_filing_organization_id_valid_until", "organization_id", "valid_until"),
    )
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id")
    case_id: int = big(0)
    number: str
    status: str = "issued"  # issued -> valid (served) -> expired | replaced | cancelled | revoked | upgraded
    signed_on: date
    valid_from: date
    valid_until: date
    paper: str = ""  # historical: the paper that the opening stock cites


class Document(SQLModel, table=True):
    """A file in a case or of an organization, by the hash of its content."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_case_id_kind", "case_id", "kind"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    organization_id: int = ref("organization.id", index=True)
    case_id: int = big(0)
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    made_by: int = big(0)  # a person, or 0 for automation
    recorded_at: datetime = moment()
    replaced_at: datetime | None = moment(default=None, nullable=True)


class OpeningStockRow(SQLModel, table=True):
    """A row of the opening stock that was entered: what it made, and the paper it cites; its key keeps it from entering twice."""

    __tablename__ = "opening_stock_row"
    __table_args__ = (UniqueConstraint("street_id", "kind", "row_key"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    kind: str  # organization, filing, hub, affiliation, project, rating, restriction
    row_key: str  # what the row is known by on paper
    row_hash: str  # of what the row says: a changed row under a known key is refused, not taken again
    organization_id: int = big(0)
    made: str = ""  # the table and key of what it made
    paper: str
    filename: str = ""
    recorded_by: int = big(0)
    recorded_at: datetime = moment()


class SurveyImport(SQLModel, table=True):
    """One reading of a survey file."""

    __tablename__ = "survey_import"
    __table_args__ = (Index("ix_survey_import_street_id_id", "street_id", "id"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    filename: str
    sha256: str
    imported_by: int = big(0)
    recorded_at: datetime = moment()
    counts: dict[str, int] = json(default={})


class SurveyRowFate(SQLModel, table=True):
    """What became of one row of a survey file."""

    __tablename__ = "survey_row_fate"
    __table_args__ = (UniqueConstraint("import_id", "sheet", "row"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    import_id: int = ref("survey_import.id")
    sheet: str
    row: int
    fate: str
    organization_id: int = big(0)
    account: dict[str, Any] = json(default={})


class PaperTemplate(SQLModel, table=True):
    """A paper's text as the office wrote it: a version of a street's own template, which the shipped one gives way to."""

    __tablename__ = "paper_template"
    __table_args__ = (UniqueConstraint("street_id", "paper", "version"),)
    id: int | None = key()
    public_id: str = Field(unique=True)
    street_id: int = ref("street.id")
    paper: str  # filing_certificate, refusal, correction_list, ...
    version: int
    filename: str
    size: int
    sha256: str
    used: bool = True  # the newest one in use; False: given back to the shipped template
    reason: str = long_text(default="")
    added_by: int = ref("person.id")
    added_at: datetime = moment()
