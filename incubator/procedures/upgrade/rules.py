"""The conditions of an upgrade; pure. What the registrar asks is shown as findings and bars nobody here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.conditions import no_other_open
from incubator.text import Text
from incubator.wording import amount

no_other_open("has_no_other_open_upgrade@1", "upgrade", Text("升级登记", "upgrade"))

_PERSONS, _UNITS, _MIXED, _FUNDS = (f"upgrade.conditions.{name}" for name in ("persons", "units", "mixed", "funds_fen"))


@rule("was_registered_by_today@1", needs=("data.answer.registered_on", "organization.filed_on", "case.today"))
def was_registered_by_today(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The registration lies between the filing and today."""
    day, filed = facts["data.answer.registered_on"], facts["organization.filed_on"]
    if day is None or ((filed is None or filed.isoformat() <= day) and day <= facts["case.today"].isoformat()):
        return None
    return Unmet(
        Text("登记日期早于备案日期，或晚于今天", "The registration lies before the filing, or in the future"),
        Text("请按登记证书核对日期", "Check the day against the certificate"),
        (Role.OFFICER,),
    )


def findings(said: Mapping[str, Any], policy: PolicyValues) -> list[str]:
    """What an application shows against each condition of registration, a sentence each with its source."""
    persons, units, funds = said["persons"], said["units"], said["funds_fen"]
    enough = (
        persons >= policy.get(_PERSONS)
        or units >= policy.get(_UNITS)
        or (persons and units and persons + units >= policy.get(_MIXED))
    )
    found = []
    if said["kind"] == "association":
        found.append(
            f"会员：个人 {persons}、单位 {units}，{'符合' if enough else '不足'}（{_members_asked(policy)}）。"
        )
        least = policy.get(_FUNDS)
        found.append(
            f"活动资金 {amount(funds).zh}，{'符合' if funds >= least else '不足'}（{amount(least).zh}以上；{policy.cite(_FUNDS).zh}）。"
        )
    else:
        found.append("社会服务机构的会员和资金条件由登记机关核定。")
    return found


def _members_asked(policy: PolicyValues) -> str:
    """What is asked of members, any of the three, each with its source where they come from more than one."""
    parts = [
        (f"{words} {policy.get(path)} 个以上", policy.cite(path).zh)
        for words, path in (("个人会员", _PERSONS), ("单位会员", _UNITS), ("混合会员", _MIXED))
    ]
    sources = {source for _, source in parts}
    if len(sources) == 1:
        return f"{'，或'.join(words for words, _ in parts)}；{sources.pop()}"
    return "，或".join(f"{words}（{source}）" for words, source in parts)
