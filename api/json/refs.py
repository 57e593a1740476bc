"""What other things are named by in the API: an id and a name."""

from __future__ import annotations

from pydantic import BaseModel


class OrganizationRef(BaseModel):
    """An organization by id and name."""

    id: str
    name: str


class CommunityRef(BaseModel):
    """A community by id and name."""

    id: str
    name: str


class PersonRef(BaseModel):
    """A person by id and name."""

    id: str
    name: str
