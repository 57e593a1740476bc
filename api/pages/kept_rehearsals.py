"""Rehearsals that were just made, kept for an hour for the person who saw them: proposed as seen, and opened group by group."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from api.pages import kept_uploads, rehearsal_view
from api.pages import policies_view as view
from api.pages.rendering import page
from api.pages.visitors import Visitor
from incubator.canonical import canonical
from incubator.errors import NotFound
from incubator.rehearsal import Group, Rehearsal, snapshot
from incubator.services.policies.files import PackFile, rehearsed, versions_to_propose
from incubator.services.policies.proposing import Version
from incubator.text import Text

ADDRESS = f"{view.ADDRESS}/new/rehearsals"


def keep_rehearsals(visitor: Visitor, versions: Sequence[Version]) -> str:
    """Keep what was just rehearsed for the person who sees it; what it is asked for by."""
    stored = [
        {"policy": each.policy.hash, "from": each.effective_from.isoformat(), "rehearsal": each.rehearsal.as_json()}
        for each in versions
    ]
    content = canonical({"versions": stored}).encode()
    return kept_uploads.keep(visitor.service.settings.data_dir, visitor.actor.person_id, content, visitor.now)


def leads(name: str, place: int = 0) -> Callable[[Group], str]:
    """Where all cases of a group of such a rehearsal are listed."""
    return lambda group: f"{ADDRESS}/{name}?{urlencode({'version': place, 'group': group.key})}"


def kept_rehearsal(visitor: Visitor, name: str, place: int) -> Rehearsal | None:
    """The rehearsal of one version, None where there is no such version. Raises NotFound once it is not kept any more."""
    stored = _versions(visitor, name)
    return Rehearsal.from_json(stored[place]["rehearsal"]) if place < len(stored) else None


def whole_group(
    request: Request, visitor: Visitor, rehearsal: Rehearsal | None, key: str, number: int, here: str, back: str | None
) -> Response:  # fmt: skip
    """A page of all the cases of one group of a rehearsal."""
    group = next((each for each in rehearsal.groups if each.key == key), None) if rehearsal else None
    if group is None:
        raise NotFound(Text("预演中没有这一组案件", "The rehearsal has no such group"))
    return page(
        request, visitor.reader, "policies_group.html", here="policies", address=here, back=back,
        **rehearsal_view.group_page(group, number),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A draft with the rehearsal of each version that it would bring, kept under `name` for an hour."""

    draft: PackFile
    since: date
    versions: list[Version]
    name: str

    @classmethod
    def anew(cls, visitor: Visitor, draft: PackFile, since: date) -> Rehearsed:
        """Rehearsed now; the person who sees it proposes this very result."""
        actor = visitor.actor
        with snapshot(visitor.service.database) as connection:
            versions = rehearsed(
                connection, versions_to_propose(draft, since), street_id=actor.street_id, actor=actor, now=visitor.now
            )
        return cls(draft, since, versions, keep_rehearsals(visitor, versions))

    @classmethod
    def kept(cls, visitor: Visitor, draft: PackFile, since: date, name: str) -> Rehearsed | None:
        """As it was shown; None where it is not kept any more, or is not of what the draft says now."""
        try:
            stored = _versions(visitor, name)
        except NotFound:
            return None
        wanted = versions_to_propose(draft, since)
        if [(each["policy"], each["from"]) for each in stored] != [
            (policy.hash, on.isoformat()) for on, policy in wanted
        ]:
            return None
        versions = [
            Version(policy, on, Rehearsal.from_json(each["rehearsal"]))
            for (on, policy), each in zip(wanted, stored, strict=True)
        ]
        return cls(draft, since, versions, name)


def _versions(visitor: Visitor, name: str) -> list[dict[str, Any]]:
    content = kept_uploads.kept(visitor.service.settings.data_dir, visitor.actor.person_id, name, visitor.now)
    try:
        versions: list[dict[str, Any]] = json.loads(content)["versions"]
    except (ValueError, TypeError, KeyError):  # another kind of file that this person sent
        raise NotFound(Text("没有这一预演", "There is no such rehearsal")) from None
    return versions
