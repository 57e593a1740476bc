"""What the page of a survey's import shows: every row with its fate and why, and how each sheet was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import FormData

from incubator.services.survey.choosing import CHOICE_HELP, CHOICE_NAMES, Candidate, Choice, Choices, beside
from incubator.services.survey.imported import TAKEN, ImportedRow, ImportedSurvey
from incubator.services.survey.readings import (
    FATE_NAMES,
    LABELS,
    Fate,
    Normalised,
    SheetReading,
    SkipKind,
    SkippedRow,
    SurveyRow,
)
from incubator.text import Text

TO_MEND = (Fate.REFUSED, Fate.SUSPECTED_DUPLICATE)
# What somebody has to look at stands first.
_ORDER = (*TO_MEND, *(fate for fate in Fate if fate not in TO_MEND))
_TONES = {Fate.REFUSED: "bad", Fate.SUSPECTED_DUPLICATE: "warn"}
COLUMNS = [
    {"key": "name", "title": Text("组织名称", "Organization"), "main": True},
    {"key": "place", "title": Text("工作表和行号", "Sheet and row"), "kind": "short"},
    {"key": "community", "title": Text("社区", "Community"), "kind": "short"},
    {"key": "why", "title": Text("说明", "What and why"), "kind": "lines"},
]
SHEET_COLUMNS = [
    {"key": "sheet", "title": Text("工作表", "Sheet"), "main": True},
    {"key": "used", "title": Text("识别的列", "Columns recognised"), "kind": "lines"},
    {"key": "skipped", "title": Text("不是组织的行", "Rows that are no organization"), "kind": "lines"},
]
_SKIPPED: dict[SkipKind, Text] = {
    SkipKind.TITLE: Text("标题", "title"),
    SkipKind.FORM: Text("填表信息", "who filled it in, and when"),
    SkipKind.EXPLANATION: Text("填表说明", "explanation"),
    SkipKind.HEADING: Text("重复的表头", "headings repeated"),
    SkipKind.SECTION: Text("分组标题", "title of a section"),
    SkipKind.TOTAL: Text("合计", "total"),
    SkipKind.SIGNATURE: Text("签字", "signatures"),
    SkipKind.UNFILLED: Text("只有序号，未填写", "numbered and left empty"),
    SkipKind.BLANK: Text("空行", "blank"),
    SkipKind.NO_HEADING: Text("未找到表头，整表未读", "on a sheet without headings"),
}


def figures(result: ImportedSurvey, addresses: dict[Fate, str], chosen: Fate | None) -> list[dict[str, Any]]:
    """How many rows had each fate, each leading to its rows."""
    return [
        {
            "number": result.counts[fate.value],
            "label": _titled(FATE_NAMES[fate]),
            "tone": _TONES.get(fate) if result.counts[fate.value] else None,
            "href": addresses[fate],
            "current": fate is chosen,
        }
        for fate in Fate
    ]


def groups(result: ImportedSurvey, only: Fate | None = None, *, by: str = "") -> list[dict[str, Any]]:
    """The rows by fate, those to mend first; `by` is who imported them, and chose. Before the import some can be chosen."""
    numbered = [(place, row) for place, row in enumerate(result.rows) if only is None or row.fate is only]
    return [
        {
            "fate": fate.value,
            "title": _titled(FATE_NAMES[fate]),
            "rows": [_row(row, by) for _, row in numbered if row.fate is fate],
            "choices": [_choice(place, row) for place, row in numbered if row.fate is fate and row.options]
            if result.dry_run
            else [],
        }
        for fate in _ORDER
        if any(row.fate is fate for _, row in numbered)
    ]


def chosen(rows: Sequence[SurveyRow], form: FormData) -> Choices:
    """What was chosen on the page of a preview, by sheet and row; whoever chose nothing says an empty word."""
    found: dict[tuple[str, int], Choice] = {}
    for place, row in enumerate(rows):
        said = form.get(_field(place))
        if isinstance(said, str) and said in set(Choice):
            found[row.sheet, row.row] = Choice(said)
    return found


def _field(place: int) -> str:
    return f"choice.{place}"


def _choice(place: int, row: ImportedRow) -> dict[str, Any]:
    """A suspected row beside what it may repeat, and what may be chosen of it."""
    reading, candidate = row.reading, row.candidate
    bodies = [_body(Text("本行", "This row"), beside(reading))]
    if candidate is not None:
        where = Text("已有组织", "On record")
        if candidate.place is not None:
            sheet, number = candidate.place
            where = Text(f"“{sheet}”第 {number} 行", f"“{sheet}”, row {number}")
        href = f"/organizations/{candidate.organization}" if candidate.organization else ""
        bodies.append({**_body(where, candidate), "href": href})
    return {
        "name": _field(place),
        "title": Text(
            f"{reading.values.name}（“{reading.sheet}”第 {reading.row} 行）",
            f"{reading.values.name} (“{reading.sheet}”, row {reading.row})",
        ),
        "why": _why(reading),
        "bodies": bodies,
        "options": [(each.value, CHOICE_NAMES[each], CHOICE_HELP[each]) for each in row.options],
    }


def _body(where: Text, body: Candidate) -> dict[str, Any]:
    members = body.members if body.members is not None else "—"
    return {
        "where": where, "name": body.name, "community": body.community, "leader": body.leader or "—", "members": members,
        "href": "",
    }  # fmt: skip


def sheets(result: ImportedSurvey) -> list[dict[str, Any]]:
    """How each sheet was read, so that nothing of the file goes unaccounted for."""
    return [
        {
            "sheet": {"text": sheet.sheet, "note": _surveyed(sheet)},
            "used": _columns(sheet),
            "skipped": _lines([_skipped(each) for each in sheet.skipped if each.kind is not SkipKind.BLANK]),
        }
        for sheet in result.sheets
    ]


def notes(result: ImportedSurvey) -> list[Text]:
    """What somebody should know of a sheet as a whole."""
    return [
        Text(f"工作表“{sheet.sheet}”：{note.zh}", f"Sheet “{sheet.sheet}”: {note.en}")
        for sheet in result.sheets
        for note in sheet.notes
    ]


def _row(row: ImportedRow, by: str) -> dict[str, Any]:
    reading = row.reading
    name: Any = reading.values.name
    if row.organization:
        name = {"text": reading.values.name or row.organization_name, "href": f"/organizations/{row.organization}"}
    return {
        "name": name,
        "place": Text(f"{reading.sheet} 第 {reading.row} 行", f"{reading.sheet}, row {reading.row}"),
        "community": reading.community or "",
        "why": _lines([_said(row.chosen, by), _why(reading)]) if row.chosen else _why(reading),
    }


def _said(choice: Choice, by: str) -> Text:
    """Who chose what of the row."""
    what = CHOICE_NAMES[choice]
    return Text(f"{by or '导入人'}选择：{what.zh}", f"Chosen by {by or 'whoever imported it'}: {what.en}")


def _why(reading: SurveyRow) -> Text:
    """Reasons with their cells, then what was kept otherwise than it stood, then what a person should look at."""
    lines = [Text(f"{each.ref}：{each.text.zh}", f"{each.ref}: {each.text.en}") for each in reading.reasons]
    if reading.fate in TAKEN:  # of a row that was not taken nothing was kept
        lines += [_kept(each) for each in reading.normalised if not _is_told(each, reading)]
    return _lines([*lines, *reading.notes])


def _is_told(change: Normalised, reading: SurveyRow) -> bool:
    """Whether a note on the very cell says already that its value was left out."""
    return change.new is None and any(note.zh.startswith(f"{change.ref}（") for note in reading.notes)


def _kept(change: Normalised) -> Text:
    label, ref = LABELS[change.field], change.ref
    if change.new is None:
        return Text(f"{ref} {label.zh}：“{change.old}”未采用", f"{ref} {label.en}: “{change.old}” not kept")
    if change.new == change.old:  # the same once the number is masked
        return Text(f"{ref} {label.zh}：已统一写法", f"{ref} {label.en}: written in the usual way")
    return Text(
        f"{ref} {label.zh}：“{change.old}”记为“{change.new}”",
        f"{ref} {label.en}: “{change.old}” kept as “{change.new}”",
    )


def _surveyed(sheet: SheetReading) -> Text | None:
    parts = []
    if sheet.community and sheet.community != sheet.sheet:
        parts.append(Text(sheet.community, sheet.community))
    if sheet.survey_date:
        parts.append(Text(f"填表日期 {sheet.survey_date}", f"filled in {sheet.survey_date}"))
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts)) if parts else None


def _columns(sheet: SheetReading) -> Text:
    found = [
        Text(f"{each.heading}→{LABELS[each.field].zh}", f"{each.heading} → {LABELS[each.field].en}")
        if each.heading != LABELS[each.field].zh
        else Text(each.heading, f"{each.heading} → {LABELS[each.field].en}")
        for each in sheet.columns
        if each.field is not None
    ]
    other = [each.heading for each in sheet.columns if each.field is None and each.heading]
    lines = [Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))] if found else []
    if other:
        named = "、".join(other)
        lines.append(Text(f"其他列，原样保留：{named}", f"Other columns, kept as they stand: {', '.join(other)}"))
    return _lines(lines)


def _skipped(row: SkippedRow) -> Text:
    kind = _SKIPPED[row.kind]
    text = f"“{row.text}”" if row.text else ""
    zh, en = f"第 {row.row} 行 {kind.zh}{text}", f"row {row.row}, {kind.en} {text}".rstrip()
    if not row.agrees:
        zh, en = f"{zh}，实列 {row.listed} 个", f"{en}, but {row.listed} are listed"
    return Text(zh, en)


def _lines(lines: Sequence[Text]) -> Text:
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _titled(words: Text) -> Text:
    return Text(words.zh, words.en[:1].upper() + words.en[1:])
