"""What a row of a survey says of an organization, as the organization's record takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from incubator.sealing import normalised
from incubator.services.survey.masking import masked_column, masked_text, number_in
from incubator.services.survey.readings import SurveyRow
from incubator.wording import is_unknown, tidy

_OTHER_COLUMN = "column:"
_IDENTITY_LENGTHS = (15, 18)


@dataclass(frozen=True, slots=True)
class Said:
    """An organization's fields, its further particulars, and the personal values that are sealed apart from both."""

    values: dict[str, Any]
    details: dict[str, Any]
    personal: dict[str, str]


def said_by(row: SurveyRow) -> Said:
    """What the row says; a telephone number within a text is masked there, and the first one sealed as `other_phone`.

    What the survey does not say is left out.
    """
    stated = row.values
    texts = {
        "leader": stated.leader,
        "premises": stated.premises,
        "activity_frequency": stated.activity_frequency,
        "remark": stated.remark,
    }
    columns = {
        key.removeprefix(_OTHER_COLUMN): tidy(cell.text)
        for key, cell in row.raw.items()
        if key.startswith(_OTHER_COLUMN) and not is_unknown(cell.text)
    }
    values: dict[str, Any] = {name: masked_text(text) for name, text in texts.items() if text}
    values["name"] = masked_text(stated.name)
    for name, value in (
        ("category", stated.category),
        ("members", stated.members),
        ("founded_on", stated.founded_on),
    ):
        if value is not None:
            values[name] = value
    details: dict[str, Any] = {
        "has_charter": stated.has_charter,
        "party_members": stated.party_members,
        "members_approximate": stated.members_approximate or None,
        "dormant_hint": stated.dormant_hint or None,
        "columns": {masked_text(heading): masked_column(heading, text) for heading, text in columns.items()} or None,
    }
    phones = {
        "leader_phone": stated.phone,
        "other_phone": _further_phone(row, (*(("", text) for text in texts.values() if text), *columns.items())),
    }
    return Said(
        values,
        {name: value for name, value in details.items() if value is not None},
        {name: phone for name, phone in phones.items() if phone},
    )


def _further_phone(row: SurveyRow, texts: Iterable[tuple[str, str]]) -> str | None:
    known = normalised(row.values.phone or "")
    for heading, text in texts:
        found = number_in(text, heading)
        # An identity number is none of the things that a survey needs.
        if found and normalised(found) != known and len(normalised(found)) not in _IDENTITY_LENGTHS:
            return found
    return None
