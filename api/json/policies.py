"""Policies: versions in force, coming and past, a pack checked and rehearsed, proposed, decided, and cases moved to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, UploadFile
from pydantic import AfterValidator, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.policy_shapes import (
    CheckedVersionOut,
    CheckOut,
    DifferenceOut,
    DifferencesOut,
    FaultOut,
    FileOut,
    MigrationOut,
    PoliciesOut,
    PolicyOut,
    ProposalOut,
    ProposalsOut,
    RehearsalsOut,
    RehearsedOut,
    WholeProposalOut,
    migrated_out,
    proposal_out,
    said,
    version_out,
)
from api.json.rehearsals import rehearsal_out
from api.json.shapes import Body, IdempotencyKey, cannot_be_kept, refusals
from incubator.clock import today
from incubator.policies.difference import differences
from incubator.policies.packs import json_schema
from incubator.queries.policies import (
    Proposal,
    file_of,
    find_policy,
    find_proposal,
    policies,
    rehearsal_of,
)
from incubator.queries.visibility import Permission, may
from incubator.rehearsal import Rehearsal, snapshot
from incubator.services.policies import deciding
from incubator.services.policies.files import PackFile, pack_file, propose_pack, rehearsed, versions_to_propose
from incubator.services.policies.migrating import AT_MOST, migrate, would_migrate
from incubator.text import Text

router = APIRouter(tags=["policies"])

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


def _kept(text: str) -> str:
    if cannot_be_kept(text):
        raise ValueError("the text holds a character that cannot be kept")
    return text


Words = Annotated[str, AfterValidator(_kept)]


def _sent(
    file: Annotated[UploadFile | None, File(description="The pack as a YAML file, at most 1 MB")] = None,
    text: Annotated[Words, Form(description="The pack's text, where no file is sent")] = "",
    name: Annotated[Words, Form(max_length=150, description="What the text is called in faults")] = "pack.yaml",
) -> PackFile:
    """The pack that a request brings, as a file or as text."""
    if file is not None:
        return pack_file(_kept_name(file.filename), file.file.read())
    return pack_file(name, text.encode())


def _kept_name(filename: str | None) -> str:
    return "pack.yaml" if not filename or cannot_be_kept(filename) else filename[:150]


Sent = Annotated[PackFile, Depends(_sent)]


class Decided(Body):
    """Why; needed to reject and to revoke."""

    comment: str = Field(default="", max_length=2000)


class Migration(Body):
    """Which running cases are moved to which version, and why; `dry_run` only says what would become of them."""

    cases: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=AT_MOST)
    policy: str = Field(pattern="^[0-9a-f]{64}$")
    reason: str = Field(default="", max_length=2000, description="Needed unless `dry_run`")
    dry_run: bool = False


@router.get("/policies", responses=refusals(403))
def list_policies(caller: Reading) -> PoliciesOut:
    """The version in force, those coming and past, and every proposal."""
    found = caller.read(lambda connection: policies(connection, caller.actor, caller.now))
    return PoliciesOut(
        in_force=None if found.in_force is None else version_out(found.in_force, caller),
        coming=[version_out(each, caller) for each in found.coming],
        past=[version_out(each, caller) for each in found.past],
        proposals=[ProposalOut(**proposal_out(each, caller)) for each in found.proposals],
    )


@router.get("/policies/schema", responses=refusals(403))
def get_schema(caller: Reading) -> dict[str, Any]:
    """The JSON Schema of a pack, for editors."""
    return json_schema()


@router.post("/policies/check", responses=refusals(403, 413, 422))
def post_check(caller: Reading, pack: Sent) -> CheckOut:
    """Check a pack: every fault at once, each with its line. Nothing is kept."""
    faults = pack.faults()
    versions = [] if faults else pack.versions()
    return CheckOut(
        faults=[
            FaultOut(file=each.file, line=each.line, path=each.path, message=each.message.read(caller.language))
            for each in faults
        ],
        versions=[CheckedVersionOut(effective_from=since, policy=policy.hash) for since, policy in versions],
    )


@router.post("/policies/rehearsals", responses=refusals(403, 409, 413, 422))
def post_rehearsal(caller: Working, pack: Sent, on: Annotated[date | None, Form()] = None) -> RehearsalsOut:
    """Say what a pack would do to the caseload from a day on, today where none is given. Nothing is written or sent."""
    actor = caller.actor
    versions = versions_to_propose(pack, on or today(caller.now))
    with snapshot(caller.service.database) as connection:
        made = rehearsed(connection, versions, street_id=actor.street_id, actor=actor, now=caller.now)
    return RehearsalsOut(
        rehearsals=[
            RehearsedOut(effective_from=each.effective_from, rehearsal=rehearsal_out(each.rehearsal, caller.language))
            for each in made
        ]
    )


@router.post("/policies/proposals", status_code=201, responses=refusals(403, 409, 413, 422))
def post_proposal(
    caller: Working,
    pack: Sent,
    effective_from: Annotated[date, Form(description="Today or later")],
    reason: Annotated[Words, Form(min_length=1, max_length=2000)],
    idempotency_key: IdempotencyKey = "",
) -> ProposalsOut:
    """Rehearse a pack and propose that it comes into force; another person decides. A file with dated values makes several."""
    made = propose_pack(
        caller.service.database, pack, versions_to_propose(pack, effective_from), street_id=caller.actor.street_id,
        reason=reason, actor=caller.actor, now=caller.now, key=idempotency_key,
    )  # fmt: skip
    found = caller.read(lambda connection: [find_proposal(connection, caller.actor, each) for each in made])
    return ProposalsOut(proposals=[ProposalOut(**proposal_out(each, caller)) for each in found])


@router.get("/policies/proposals/{proposal_id}", responses=refusals(403, 404, 422))
def get_proposal(caller: Reading, proposal_id: PublicId) -> WholeProposalOut:
    """One proposal with what it would do."""

    def look(connection: Connection) -> WholeProposalOut:
        found = find_proposal(connection, caller.actor, proposal_id)
        rehearsal = None
        if may(caller.actor, Permission.ACTIVATE_POLICY, street_id=found.row.street_id):
            rehearsal = rehearsal_out(Rehearsal.from_json(rehearsal_of(connection, found)), caller.language)
        return WholeProposalOut(**proposal_out(found, caller), rehearsal=rehearsal)

    return caller.read(look)


@router.post("/policies/proposals/{proposal_id}/activate", responses=refusals(403, 404, 409, 422))
def post_activate(
    caller: Working, proposal_id: PublicId, body: Decided, idempotency_key: IdempotencyKey = ""
) -> ProposalOut:
    """Let new cases come under a version that somebody else proposed, from its day."""
    return _decide(caller, proposal_id, body, idempotency_key, deciding.activate)


@router.post("/policies/proposals/{proposal_id}/reject", responses=refusals(403, 404, 409, 422))
def post_reject(
    caller: Working, proposal_id: PublicId, body: Decided, idempotency_key: IdempotencyKey = ""
) -> ProposalOut:
    """Do not let a version that somebody else proposed come into force."""
    return _decide(caller, proposal_id, body, idempotency_key, deciding.reject)


@router.post("/policies/proposals/{proposal_id}/withdraw", responses=refusals(403, 404, 409, 422))
def post_withdraw(
    caller: Working, proposal_id: PublicId, body: Decided, idempotency_key: IdempotencyKey = ""
) -> ProposalOut:
    """Take back one's own proposal."""
    return _decide(caller, proposal_id, body, idempotency_key, deciding.withdraw)


@router.post("/policies/proposals/{proposal_id}/revoke", responses=refusals(403, 404, 409, 422))
def post_revoke(
    caller: Working, proposal_id: PublicId, body: Decided, idempotency_key: IdempotencyKey = ""
) -> ProposalOut:
    """Take back an activation whose day has not come."""
    return _decide(caller, proposal_id, body, idempotency_key, deciding.revoke)


@router.post("/policies/migrations", responses=refusals(403, 409, 422))
def post_migration(caller: Working, body: Migration, idempotency_key: IdempotencyKey = "") -> MigrationOut:
    """Move running cases to a version that is or was in force. A case that cannot be moved holds up no other."""

    def work(connection: Connection) -> list[dict[str, Any]]:
        return migrate(
            connection, cases=body.cases, policy_hash=body.policy, actor=caller.actor, reason=body.reason,
            now=caller.now, key=idempotency_key,
        )  # fmt: skip

    def look(connection: Connection) -> list[dict[str, Any]]:
        return would_migrate(
            connection, cases=body.cases, policy_hash=body.policy, actor=caller.actor, now=caller.now
        )  # fmt: skip

    results = caller.read(look) if body.dry_run else caller.write(work)
    return MigrationOut(
        policy=body.policy, dry_run=body.dry_run, results=[migrated_out(each, caller.language) for each in results]
    )


@router.get("/policies/{policy_hash}", responses=refusals(403, 404, 422))
def get_policy(caller: Reading, policy_hash: Hash) -> PolicyOut:
    """One version, with the file it came as."""

    def look(connection: Connection) -> PolicyOut:
        policy = find_policy(connection, caller.actor, policy_hash)
        file = file_of(connection, caller.actor, policy_hash)
        content = policy.content
        return PolicyOut(
            hash=policy.hash,
            name=policy.name,
            jurisdiction=Text.from_pair(content["jurisdiction"]).read(caller.language),
            effective_from=content["effective_from"],
            effective_until=content.get("effective_until"),
            sources=content["sources"],
            values=content["values"],
            file=None if file is None else FileOut(name=file[0], text=file[1]),
        )

    return caller.read(look)


@router.get("/policies/{policy_hash}/differences", responses=refusals(403, 404, 422))
def get_differences(
    caller: Reading,
    policy_hash: Hash,
    before: Annotated[str, Query(alias="from", pattern="^[0-9a-f]{64}$", description="The version compared with")],
) -> DifferencesOut:
    """What a version says otherwise than another, in plain words."""

    def look(connection: Connection) -> DifferencesOut:
        old = find_policy(connection, caller.actor, before)
        new = find_policy(connection, caller.actor, policy_hash)
        language = caller.language
        found = [
            DifferenceOut(
                path=each.path,
                section=each.section.read(language),
                title=each.title.read(language),
                before=said(each.before, language),
                after=said(each.after, language),
                cite_before=said(each.cite_before, language),
                cite_after=said(each.cite_after, language),
                changes=[change.read(language) for change in each.changes],
            )
            for each in differences(old.content, new.content)
        ]
        return DifferencesOut(before=old.hash, after=new.hash, differences=found)

    return caller.read(look)


def _decide(
    caller: Caller, proposal_id: str, body: Decided, key: str, decide: Callable[..., None]
) -> ProposalOut:  # fmt: skip
    def work(connection: Connection) -> Proposal:
        decide(
            connection, proposal=proposal_id, actor=caller.actor, comment=body.comment, now=caller.now, key=key
        )  # fmt: skip
        return find_proposal(connection, caller.actor, proposal_id)

    return ProposalOut(**proposal_out(caller.write(work), caller))
