"""How the effects of all stages write of the organization: one event of its stream, with the case it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incubator.engine.effects import EffectContext
from incubator.services.organizations import change_organization


def change_of(
    context: EffectContext,
    event: str,
    changes: Mapping[str, Any],
    *,
    also: Mapping[str, Any],
    personal: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Change the case's organization and append `event` to its stream; `also` are further JSON-ready particulars.

    With no `changes` the event is a note. Answers what an effect may say of it.
    """
    written = change_organization(
        context.connection,
        context.case.organization_id,
        event=event,
        changes=changes,
        actor=context.actor,
        now=context.now,
        effective_on=context.effective_on,
        comment=context.comment,
        personal=personal,
        also=also,
    )
    return {"organization_version": written.version, **also}
