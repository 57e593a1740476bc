"""What a call says when it is drafted or changed, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from incubator.clock import today
from incubator.engine import library
from incubator.errors import Invalid
from incubator.services.call_terms import checked
from incubator.text import Text

LONGEST = {"title": 100, "document_number": 60}
MOST_FEN = 100_000_000_000  # a billion yuan
LONGEST_OPEN = 3650  # days ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class CallValues:
    """What a call says. `terms` holds, by policy path, what differs from the policy (`call_terms.TERM_TITLES`)."""

    title: str
    fund_source: str
    budget_fen: int
    opens_on: date
    closes_on: date
    document_number: str = ""  # of the announcement; needed for the publication
    terms: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def check(connection: Connection, street_id: int, values: CallValues, now: datetime) -> None:
    """Raise Invalid with everything that does not fit, by field; terms as `call_terms.checked` says."""
    faults: dict[str, list[Text]] = {}
    day = today(now)
    for name, longest in LONGEST.items():
        if len(getattr(values, name)) > longest:
            faults[name] = [Text(f"最多 {longest} 个字", f"At most {longest} characters")]
    if not values.title.strip():
        faults["title"] = [Text("此项必填", "This is required")]
    if not 0 < values.budget_fen <= MOST_FEN:
        faults["budget_fen"] = [Text("总预算应大于零，不超过十亿元", "More than nothing, a billion yuan at most")]
    if values.closes_on > day + timedelta(days=LONGEST_OPEN):
        faults["closes_on"] = [Text("截止日期过远，请核对", "The last day lies too far ahead: check it")]
    if values.closes_on < values.opens_on:
        faults["closes_on"] = [Text("截止日期早于开始日期", "It closes before it opens")]
    policy = library.policy_in_force(connection, street_id, day)
    try:
        checked(values.terms, policy, fund_source=values.fund_source, budget_fen=values.budget_fen)
    except Invalid as invalid:
        faults |= {name: list(words) for name, words in invalid.fields.items()}
    if faults:
        raise Invalid(
            Text("批次填写有误，未作任何更改，请按提示改正", "The call does not fit: correct what is marked"),
            fields=faults,
        )


def columns(values: CallValues) -> dict[str, Any]:
    """The columns of a call that the values fill."""
    return {
        **{each.name: getattr(values, each.name) for each in fields(values)},
        "title": values.title.strip(),
        "document_number": values.document_number.strip(),
    }
