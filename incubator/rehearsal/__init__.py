"""Rehearsal: what a changed policy would do to a street's caseload, worked out without writing or sending anything."""

from incubator.rehearsal.rehearsing import rehearse
from incubator.rehearsal.result import CaseLine, Group, Kind, NotRehearsed, OldPolicy, Rehearsal
from incubator.rehearsal.snapshot import snapshot

__all__ = ["CaseLine", "Group", "Kind", "NotRehearsed", "OldPolicy", "Rehearsal", "rehearse", "snapshot"]
