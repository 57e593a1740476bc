"""Who may: roles by area, four eyes by person, panel seats, and the substitute named beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from incubator.engine.case import CaseView
from incubator.engine.definition import Decision, Definition, PanelAct, Step
from incubator.engine.roles import ROLE_NAMES, Actor, Role, names_of
from incubator.engine.rules import Blocker, Facts
from incubator.text import Text

# Whoever holds one of these speaks for somebody, not for an area.
PERSONAL_ROLES = frozenset({Role.HUB_REPRESENTATIVE})


def roles_for(step: Step, decision: Decision) -> tuple[Role, ...]:
    """The roles that may make a decision."""
    return decision.by or step.by


def persons_barred(case: CaseView, decision: Decision) -> frozenset[int]:
    """The persons whose earlier part in the case keeps them from this decision, whichever account they use."""
    return frozenset(person for act in decision.distinct_from for person in case.acts.get(act, []) if person)


def who_blockers(
    definition: Definition, step: Step, decision: Decision, case: CaseView, actor: Actor, facts: Facts, now: datetime
) -> tuple[list[Blocker], Role | None]:
    """Why this person may not, and the role in which a substitute acts.

    A substitute may act only where four eyes leave nobody else who holds the role: never beside an eligible colleague,
    and never on one's own earlier part in the case.
    """
    roles = roles_for(step, decision)
    held = actor.roles_at(case.street_id, case.community_id)
    barred = persons_barred(case, decision)
    eligible = {
        person for role in roles for person in facts.get("staff.holders", {}).get(role.value, ()) if person not in barred
    }  # fmt: skip
    named = {role: facts.get("staff.substitutes", {}).get(role.value, {}) for role in roles}
    substitute = next((role for role in roles if actor.person_id in named[role]), None)
    holding = held.intersection(roles)
    holds_role = bool(holding)
    if actor.person_id and actor.person_id in barred:
        acts = [act for act in decision.distinct_from if actor.person_id in case.acts.get(act, [])]
        return [_barred(definition, acts, roles, eligible, named, barred)], None
    if holds_role:
        if step.persons and holding <= PERSONAL_ROLES and actor.person_id not in facts.get(step.persons, ()):
            return [_not_asked(holding)], None
        return _seat_blockers(decision, case, actor), None
    if substitute is not None and decision.distinct_from and not eligible:
        return [], substitute
    message = Text(f"此操作须由{names_of(roles).zh}办理", f"This is for the {names_of(roles).en}")
    following = Text(f"请转交{names_of(roles).zh}", f"Hand it to the {names_of(roles).en}")
    return [Blocker("role_lacking", "who", message, names_of(roles), following)], None


def _not_asked(holding: frozenset[Role]) -> Blocker:
    message = Text("本案未交由您所代表的组织办理", "This case does not await the organization that you speak for")
    following = Text("请联系经办人", "Ask the officer")
    return Blocker("not_asked", "who", message, names_of(holding), following)


def _seat_blockers(decision: Decision, case: CaseView, actor: Actor) -> list[Blocker]:
    strikes_own = decision.panel is PanelAct.STRIKE and decision.form is None
    if decision.panel not in (PanelAct.DECLARE, PanelAct.GIVE) and not strikes_own:
        return []
    if any(seat.person_id == actor.person_id and seat.state != "alternate" for seat in case.seats):
        return []
    message = Text("您不是本案的评审专家", "You are not on this case's panel")
    following = Text("请联系经办人", "Ask the officer")
    return [Blocker("no_seat", "who", message, ROLE_NAMES[Role.EXPERT], following)]


def _barred(
    definition: Definition,
    acts: Sequence[str],
    roles: tuple[Role, ...],
    eligible: set[int],
    named: dict[Role, dict[int, str]],
    barred: frozenset[int],
) -> Blocker:
    """That the person took part in these acts, and who decides instead."""
    earlier = [definition.step(step).title for step in dict.fromkeys(act.split(".")[0] for act in acts)]
    zh, en = "、".join(title.zh for title in earlier), ", ".join(title.en for title in earlier)
    message = Text(
        f"您已办理本案的“{zh}”环节，同一人不得再作此决定",
        f"You took part in this case before ({en}); somebody else must decide",
    )
    if eligible:
        who = names_of(roles)
        return Blocker(
            "four_eyes",
            "who",
            message,
            who,
            Text(f"请由未参与上述环节的{who.zh}办理", f"Hand it to a {who.en} who took no part in that"),
        )
    substitutes = sorted({name for people in named.values() for person, name in people.items() if person not in barred})
    if substitutes:
        zh_names, en_names = "、".join(substitutes), ", ".join(substitutes)
        following = Text(
            f"已无其他人可办，请事先指定的代理人{zh_names}办理",
            f"Nobody else is left: the named substitute decides ({en_names})",
        )
        return Blocker("four_eyes", "who", message, Text(zh_names, en_names), following)
    following = Text(
        "已无其他人可办，也未事先指定代理人，请系统管理员指定代理人",
        "Nobody else is left and no substitute is named: ask the administrator to name one",
    )
    return Blocker("four_eyes", "who", message, ROLE_NAMES[Role.ADMINISTRATOR], following)
