"""Changes of a project's budget lines, within its total and not below what was spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, case, cast, func, select, update

from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.funding import BudgetLine, Expense, ExpenseStatus
from incubator.text import Text
from incubator.wording import amount

Change = Mapping[str, Any]


class LinesDoNotFit(Invalid):
    """The lines cannot be changed like this."""

    code = "lines_do_not_fit"


_LINES, _EXPENSES = table(BudgetLine), table(Expense)
_RECORDED = case((_EXPENSES.c.status == ExpenseStatus.RECORDED.value, _EXPENSES.c.fen), else_=0)
_SPENT = (
    select(
        _EXPENSES.c.line,
        func.sum(_RECORDED).label("recorded"),
        func.sum(_EXPENSES.c.accepted_fen).label("accepted"),
    )
    .where(_EXPENSES.c.project_id == bindparam("project"))
    .group_by(_EXPENSES.c.line)
    .subquery()
)
# The lines of a `project` with what was spent on each: `recorded_fen` not decided yet, `accepted_fen` accepted.
LINES_OF = (
    select(
        _LINES,
        # PostgreSQL sums whole numbers to decimals.
        cast(func.coalesce(_SPENT.c.recorded, 0), BigInteger).label("recorded_fen"),
        cast(func.coalesce(_SPENT.c.accepted, 0), BigInteger).label("accepted_fen"),
    )
    .join_from(_LINES, _SPENT, _SPENT.c.line == _LINES.c.line, isouter=True)
    .where(_LINES.c.project_id == bindparam("project"))
    .order_by(_LINES.c.line)
)


def lines_of(connection: Connection, project_id: int) -> list[Row[Any]]:
    """A project's lines with what was spent on each, as `LINES_OF` brings them."""
    return list(connection.execute(LINES_OF, {"project": project_id}))


def checked_change(connection: Connection, project: Row[Any], changed: Sequence[Change]) -> dict[int, tuple[int, int]]:
    """Line -> (planned before, planned after) of what changes; raises LinesDoNotFit.

    `changed` are mappings of line and planned_fen. The total stays what was awarded, and no line falls below the
    expenses recorded on it that are not rejected.
    """
    known = {int(row.line): row for row in lines_of(connection, project.id)}
    planned = {line: int(row.planned_fen) for line, row in known.items()}
    asked: dict[int, int] = {}
    for each in changed:
        line, fen = int(each["line"]), int(each["planned_fen"])
        if line not in known or line in asked:
            raise _unfit(
                Text(
                    f"没有第 {line} 项预算科目，或重复填写", f"There is no line {line}, or it is named twice"
                )
            )  # fmt: skip
        spent = int(known[line].recorded_fen + known[line].accepted_fen)
        if fen < spent:
            raise _unfit(
                Text(
                    "第 {line} 项已有支出 {spent}，不能调整到 {fen}",
                    "Line {line} has expenses of {spent} and cannot be changed to {fen}",
                ).fill(line=str(line), spent=amount(spent), fen=amount(fen))
            )
        asked[line] = fen
    total = sum((planned | asked).values())
    if total != project.awarded_fen:
        raise _unfit(
            Text(
                "调整后各科目之和为 {total}，须等于立项金额 {awarded}",
                "After the change the lines make {total}; they must make the award, {awarded}",
            ).fill(total=amount(total), awarded=amount(project.awarded_fen))
        )
    return {line: (planned[line], fen) for line, fen in asked.items() if fen != planned[line]}


def change_lines(connection: Connection, project: Row[Any], changed: Sequence[Change]) -> list[dict[str, int]]:
    """Write a change of lines, and answer what each was before; raises LinesDoNotFit where it fits no more."""
    lines = table(BudgetLine)
    changes = checked_change(connection, project, changed)
    for line, (_, after) in changes.items():
        connection.execute(
            update(lines).where(lines.c.project_id == project.id, lines.c.line == line).values(planned_fen=after)
        )
    return [{"line": line, "before_fen": before, "after_fen": after} for line, (before, after) in changes.items()]


def _unfit(words: Text) -> LinesDoNotFit:
    return LinesDoNotFit(words, fields={"lines": [words]})
