"""What the API says of policies: versions, proposals with what may be done, differences, checks and migrations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from api.callers import Caller
from api.json.refs import PersonRef
from api.json.rehearsals import RehearsalOut
from incubator.clock import SHANGHAI
from incubator.models.events import ProposalState
from incubator.queries.people import PersonName
from incubator.queries.policies import Proposal, VersionInForce
from incubator.rehearsal import Kind
from incubator.services.policies.deciding import Act, refused_because
from incubator.text import Text


class VersionOut(BaseModel):
    """A version that new cases come under from `since`; `until` is its last day where the next one is known."""

    policy: str
    name: str
    jurisdiction: str
    since: date
    until: date | None
    recorded_at: datetime
    proposal: str | None


class ActOut(BaseModel):
    """What may be done with a proposal; `why_not` says what stands against it."""

    name: Act
    allowed: bool
    why_not: str | None


class ProposalOut(BaseModel):
    """A proposed version; who proposed and who decided are null for the console and for nobody."""

    id: str
    policy: str
    name: str
    effective_from: date
    state: ProposalState
    reason: str
    file_name: str
    rehearsed_at: datetime
    proposed_by: PersonRef | None
    proposed_at: datetime
    decided_by: PersonRef | None
    decided_at: datetime | None
    decision_comment: str
    actions: list[ActOut]


class WholeProposalOut(ProposalOut):
    """A proposal with its rehearsal, for those who may decide: it speaks of every area's cases."""

    rehearsal: RehearsalOut | None


class ProposalsOut(BaseModel):
    """The proposals that one file made, a version each."""

    proposals: list[ProposalOut]


class PoliciesOut(BaseModel):
    """The street's policies, each list newest first and whole: a street has a handful."""

    in_force: VersionOut | None
    coming: list[VersionOut]
    past: list[VersionOut]
    proposals: list[ProposalOut]


class FileOut(BaseModel):
    """The file that a version was proposed with, as it was written."""

    name: str
    text: str


class PolicyOut(BaseModel):
    """A version's whole content: `values` by section, each leaf with `value` and `cite`, words in both languages."""

    hash: str
    name: str
    jurisdiction: str
    effective_from: date
    effective_until: date | None
    sources: dict[str, Any]
    values: dict[str, Any]
    file: FileOut | None


class DifferenceOut(BaseModel):
    """One value that is not the same in two versions; null where a version does not say it."""

    path: str
    section: str
    title: str
    before: str | None
    after: str | None
    cite_before: str | None
    cite_after: str | None
    changes: list[str]


class DifferencesOut(BaseModel):
    """What changes from one version to another."""

    before: str
    after: str
    differences: list[DifferenceOut]


class FaultOut(BaseModel):
    """One thing that is wrong in a pack, and where."""

    file: str
    line: int
    path: str
    message: str


class CheckedVersionOut(BaseModel):
    """A version that the file is cut into, from its first day."""

    effective_from: date
    policy: str


class CheckOut(BaseModel):
    """All faults at once; `versions` where there are none."""

    faults: list[FaultOut]
    versions: list[CheckedVersionOut]


class RehearsedOut(BaseModel):
    """The rehearsal of one version from its day."""

    effective_from: date
    rehearsal: RehearsalOut


class RehearsalsOut(BaseModel):
    """The rehearsals of a file's versions from a day on."""

    rehearsals: list[RehearsedOut]


class RefusedOut(BaseModel):
    """Why a case was not moved."""

    code: str
    detail: str


class FoundOut(BaseModel):
    """What the rehearsal found in a case under that version."""

    kind: Kind
    step: str
    words: str
    before: str
    after: str


class MigratedOut(BaseModel):
    """What became of one case, in plain data as its event holds it; or why it was not moved."""

    case_id: str
    number: str
    change: dict[str, Any] | None
    refused: RefusedOut | None
    found: list[FoundOut]


class MigrationOut(BaseModel):
    """What became of each case."""

    policy: str
    dry_run: bool
    results: list[MigratedOut]


def version_out(version: VersionInForce, caller: Caller) -> VersionOut:
    """A version for a caller."""
    return VersionOut(
        policy=version.policy_hash,
        name=version.name,
        jurisdiction=version.jurisdiction.read(caller.language),
        since=version.since,
        until=version.until,
        recorded_at=version.recorded_at.astimezone(SHANGHAI),
        proposal=version.proposal or None,
    )


def proposal_out(found: Proposal, caller: Caller) -> dict[str, Any]:
    """The values of a ProposalOut, with what the caller may do."""
    row = found.row
    actions = []
    for act in Act:
        why_not = refused_because(act, row, caller.actor, caller.now, found.names)
        told = None if why_not is None else why_not.detail.read(caller.language)
        actions.append(ActOut(name=act, allowed=why_not is None, why_not=told))
    return {
        "id": row.public_id,
        "policy": row.policy_hash,
        "name": found.name,
        "effective_from": row.effective_from,
        "state": found.state,
        "reason": row.reason,
        "file_name": row.file_name,
        "rehearsed_at": row.rehearsed_at.astimezone(SHANGHAI),
        "proposed_by": _ref(found.proposed_by),
        "proposed_at": row.proposed_at.astimezone(SHANGHAI),
        "decided_by": _ref(found.decided_by),
        "decided_at": row.decided_at and row.decided_at.astimezone(SHANGHAI),
        "decision_comment": row.decision_comment,
        "actions": actions,
    }


def _ref(person: PersonName | None) -> PersonRef | None:
    return None if person is None else PersonRef(id=person.public_id, name=person.name)


def migrated_out(result: dict[str, Any], language: str) -> MigratedOut:
    """A migration's result for one case."""
    refused = result["refused"]
    return MigratedOut(
        case_id=result["case_id"],
        number=result["number"],
        change=result["change"],
        found=[
            FoundOut(
                kind=each["kind"],
                step=each["step"],
                **{name: Text.from_pair(each[name]).read(language) for name in ("words", "before", "after")},
            )
            for each in result["found"]
        ],
        refused=refused and RefusedOut(code=refused["code"], detail=Text.from_pair(refused["detail"]).read(language)),
    )


def said(text: Text | None, language: str) -> str | None:
    """A sentence in a language, where there is one."""
    return None if text is None else text.read(language)
