"""Who acts in the steps of the stages, and what automation sends."""

from __future__ import annotations

from incubator.engine.roles import Role

APPLICANT = (Role.COMMUNITY_WORKER, Role.OFFICER)
OFFICER = (Role.OFFICER,)
DIRECTOR = (Role.DIRECTOR,)
FINANCE = (Role.FINANCE,)
EXPERT = (Role.EXPERT,)
SERVICE = (Role.AUTOMATION,)
