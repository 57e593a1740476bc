"""One row of a survey read cell by cell, keeping every old and new value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from incubator.services.survey.communities import community_in_cell, without_repeat_mark
from incubator.services.survey.dates import is_certainly_after
from incubator.services.survey.headings import Heading
from incubator.services.survey.judging import is_marked_repeated
from incubator.services.survey.readings import (
    LABELS,
    Fate,
    Field,
    Normalised,
    RawCell,
    Reason,
    SurveyRow,
    Values,
)
from incubator.services.survey.sheets import Cell, Sheet
from incubator.services.survey.values import (
    Read,
    T,
    read_count,
    read_founded_on,
    read_party_members,
    read_phone,
    read_premises,
    read_text,
    read_yes_no,
    says_dormant,
    split_leader,
)
from incubator.services.survey.vocabulary import Vocabulary
from incubator.text import Text
from incubator.wording import is_ditto, is_unknown, squeeze, tidy

_LONGEST_NAME = 100
_AMBIGUOUS_MONTH = re.compile(r"^\d{4}\.1$")
_DITTO_FIELDS = (
    Field.COMMUNITY,
    Field.CATEGORY,
    Field.LEADER,
    Field.PHONE,
    Field.FOUNDED_ON,
    Field.PREMISES,
    Field.HAS_CHARTER,
    Field.PARTY_MEMBERS,
    Field.ACTIVITY_FREQUENCY,
    Field.MEMBERS,
)


class RowReader:
    """Reads one row; `above` is the row of the survey before it on the sheet, which `同上` speaks of."""

    def __init__(self, sheet: Sheet, row: int, heading: Heading, vocabulary: Vocabulary) -> None:
        self.sheet, self.row, self.heading, self.vocabulary = sheet, row, heading, vocabulary
        self.raw: dict[str, RawCell] = {}
        self.cells: dict[Field, Cell] = {}
        self.normalised: list[Normalised] = []
        self.notes: list[Text] = []
        self.reasons: list[Reason] = []
        self.resolved: dict[Field, str] = {}
        """What each cell says once `同上` is replaced by what stands above; blank where that says nothing either."""

        labels = {column.field: column.heading for column in heading.columns if column.field}
        for field, column in heading.by_field.items():
            cell = self._cell(column)
            if cell is not None:
                self.cells[field] = cell
                self.resolved[field] = cell.text
                self.raw[field.value] = RawCell(cell.ref, cell.text, labels[field])
        for column, label in heading.others.items():
            cell = self._cell(column)
            if cell is not None:
                self.raw[f"column:{label}"] = RawCell(cell.ref, cell.text, label)

    def read(self, above: RowReader | None, community: str | None, survey_date: str | None) -> SurveyRow:
        """The row with its fate, duplicates not yet looked for."""
        self._resolve_dittos(above)
        values = self._values(survey_date)
        community = self._community(community)
        self._judge(values, community)
        fate = Fate.NORMALISED if self.normalised else Fate.ACCEPTED
        if any(reason.code != "marked_repeated" for reason in self.reasons):
            fate = Fate.REFUSED
        elif self.reasons:
            fate = Fate.SUSPECTED_DUPLICATE
        return SurveyRow(
            sheet=self.sheet.name,
            row=self.row,
            community=community,
            values=values,
            raw=self.raw,
            normalised=tuple(sorted(self.normalised, key=lambda each: list(Field).index(each.field))),
            notes=tuple(self.notes),
            fate=fate,
            reasons=tuple(self.reasons),
        )

    def _cell(self, column: int) -> Cell | None:
        """The cell of a column; one merged sideways speaks for its first column only."""
        cell = self.sheet.at(self.row, column)
        return cell if cell is not None and cell.column == column else None

    def _ref(self, field: Field) -> str:
        if field in self.cells:
            return self.cells[field].ref
        column = next((each for each in self.heading.columns if each.field is field), None)
        return re.sub(r"\d+$", str(self.row), column.ref) if column else f"A{self.row}"

    def _note(self, field: Field, text: Text) -> None:
        label, ref = LABELS[field], self._ref(field)
        self.notes.append(Text(f"{ref}（{label.zh}）：{text.zh}。", f"{ref} ({label.en}): {text.en}."))

    def _refuse(self, code: str, field: Field, text: Text) -> None:
        self.reasons.append(Reason(code, text, self._ref(field)))

    def _resolve_dittos(self, above: RowReader | None) -> None:
        for field in _DITTO_FIELDS:
            if field not in self.cells or not is_ditto(self.cells[field].text):
                continue
            found = above.resolved.get(field, "") if above else ""
            if field is Field.PHONE and read_phone(found).value is None:
                found = ""
            self.resolved[field] = found
            if not found.strip():
                label = LABELS[field]
                zh = f"写“同上”，但上一行没有可用的{label.zh}，请补充"
                self._note(
                    field,
                    Text(zh, f"it says “as above”, but the row above has no usable {label.en.lower()}: please ask"),
                )
                self.normalised.append(Normalised(field, self._ref(field), self.cells[field].text, None))
            elif field is Field.PHONE and above and above.resolved.get(Field.LEADER) != self.resolved.get(Field.LEADER):
                zh = f"“同上”取自第 {above.row} 行的电话，但两行负责人不同，请核实"
                en = f"“as above” was taken from row {above.row}, whose leader is another person: please check"
                self._note(field, Text(zh, en))

    def _take(self, field: Field, read: Read[T]) -> T | None:
        """Keep a cell's value, with the note of how it differs from what was written."""
        cell = self.cells.get(field)
        if (
            cell is not None
            and not (is_ditto(cell.text) and not self.resolved[field].strip())
            and cell.text != read.shown
        ):
            self.normalised.append(Normalised(field, cell.ref, cell.text, read.shown))
        for note in read.notes:
            self._note(field, note)
        return read.value

    def _values(self, survey_date: str | None) -> Values:
        said = {field: self.resolved.get(field, "") for field in Field}
        leader_text, phone_with_leader = split_leader(said[Field.LEADER])
        phone = self._take(Field.PHONE, read_phone(said[Field.PHONE]))
        if phone is None and phone_with_leader:
            beside = read_phone(phone_with_leader)
            phone = beside.value
            for note in beside.notes:
                self._note(Field.LEADER, note)
            if phone is not None and Field.LEADER in self.cells:
                cell = self.cells[Field.LEADER]
                self.normalised.append(Normalised(Field.PHONE, cell.ref, cell.text, phone))
        count = self._take(Field.MEMBERS, read_count(said[Field.MEMBERS]))
        frequency = self._take(Field.ACTIVITY_FREQUENCY, read_text(said[Field.ACTIVITY_FREQUENCY]))
        remark = self._take(Field.REMARK, read_text(said[Field.REMARK]))
        return Values(
            name=self._name(said[Field.NAME]),
            category=self._category(said[Field.CATEGORY]),
            leader=self._take(Field.LEADER, read_text(leader_text)),
            phone=phone,
            members=count.number if count else None,
            members_approximate=count.approximate if count else False,
            founded_on=self._founded_on(said[Field.FOUNDED_ON], survey_date),
            premises=self._take(Field.PREMISES, read_premises(said[Field.PREMISES])),
            has_charter=self._take(Field.HAS_CHARTER, read_yes_no(said[Field.HAS_CHARTER])),
            party_members=self._take(Field.PARTY_MEMBERS, read_party_members(said[Field.PARTY_MEMBERS])),
            activity_frequency=frequency,
            dormant_hint=says_dormant(said[Field.ACTIVITY_FREQUENCY]) or says_dormant(said[Field.REMARK]),
            remark=remark,
        )

    def _name(self, text: str) -> str:
        name = without_repeat_mark(tidy(text))
        unusable = is_unknown(name) or is_ditto(name) or name.startswith(("=", "#"))
        return self._take(Field.NAME, Read("", None) if unusable else Read(name, name)) or ""

    def _category(self, text: str) -> str | None:
        found = self.vocabulary.category_of(text)
        if found is None:
            unknown = is_unknown(text)
            names = "、".join(category.name.zh for category in self.vocabulary.categories)
            en_names = ", ".join(category.name.en for category in self.vocabulary.categories)
            if not unknown:
                zh = f"“{tidy(text)}”不在类别目录（{names}）中，请选定"
                self._note(
                    Field.CATEGORY, Text(zh, f"“{tidy(text)}” is none of the categories ({en_names}): choose one")
                )
            self._take(Field.CATEGORY, Read(None, None))
            return None
        shown = tidy(text) if tidy(text) in {found.code, found.name.en} else found.name.zh
        self._take(Field.CATEGORY, Read(found.code, shown))
        return found.code

    def _founded_on(self, text: str, survey_date: str | None) -> str | None:
        cell = self.cells.get(Field.FOUNDED_ON)
        if cell is not None and cell.numeric and _AMBIGUOUS_MONTH.match(text):
            zh = f"“{text}”是数值，可能是 1 月，也可能是 10 月，只采用年份，请核实"
            ask = Text(
                zh, f"“{text}” is a number and may mean January or October; only the year was kept: please check"
            )
            return self._take(Field.FOUNDED_ON, Read(text[:4], text[:4], (ask,)))
        founded = self._take(Field.FOUNDED_ON, read_founded_on(text))
        if founded and survey_date and is_certainly_after(founded, survey_date):
            zh = f"成立时间 {founded} 晚于填表日期 {survey_date}，请核实"
            self._note(
                Field.FOUNDED_ON, Text(zh, f"{founded} is later than the survey itself ({survey_date}): please check")
            )
        return founded

    def _community(self, around: str | None) -> str | None:
        text = self.resolved.get(Field.COMMUNITY, "")
        found = None if is_unknown(text) else community_in_cell(text, self.vocabulary.communities)
        if found is not None:
            self._take(Field.COMMUNITY, Read(found, found))
        return found or around

    def _judge(self, values: Values, community: str | None) -> None:
        name_text, remark_text = self.resolved.get(Field.NAME, ""), self.resolved.get(Field.REMARK, "")
        if not values.name:
            zh = "没有填写组织名称，请核实后补填"
            self._refuse(
                "name_missing", Field.NAME, Text(zh, "The organization's name is missing: find it out and fill it in")
            )
        elif len(values.name) > _LONGEST_NAME or not re.search(r"[^\W\d_]", values.name):
            zh = f"“{values.name[:30]}”不像组织名称，请改正"
            self._refuse(
                "name_unfit", Field.NAME, Text(zh, f"“{values.name[:30]}” is no name of an organization: correct it")
            )
        name = without_repeat_mark(name_text)
        if excluded := self.vocabulary.excluded_as(name, remark_text):
            kind, field = excluded[0], (Field.NAME, Field.REMARK)[excluded[1]]
            zh = f"属于{kind.name.zh}，不予备案：{kind.reason.zh}（{kind.cite.zh}）"
            en = f"It is of a kind that may not be filed ({kind.name.en}): {kind.reason.en} ({kind.cite.en})"
            self._refuse(kind.code, field, Text(zh, en))
        elif mentioned := self.vocabulary.mentioned_in(name, remark_text):
            kind, word = mentioned
            field = Field.NAME if squeeze(word) in squeeze(name_text) else Field.REMARK
            zh = f"提到“{word}”，请核实是否属于不予备案的{kind.name.zh}"
            self._note(
                field,
                Text(zh, f"it mentions “{word}”: check that it is none of the {kind.name.en}, which may not be filed"),
            )
        self._judge_community(community, self.vocabulary.communities)
        if is_marked_repeated(name_text, remark_text):
            zh = "表中注明“重复”，疑似重复，请核实后删去该行或删去“重复”字样"
            en = "The sheet itself marks it as repeated: delete the row, or the mark if it is wrong"
            field = Field.REMARK if "重复" in remark_text else Field.NAME
            self._refuse("marked_repeated", field, Text(zh, en))
        for field, value in ((Field.LEADER, values.leader), (Field.PHONE, values.phone)):
            if value is None and field not in self.cells:
                label = LABELS[field]
                self._note(field, Text(f"没有填写{label.zh}，请补充", f"the {label.en.lower()} is missing: please ask"))

    def _judge_community(self, community: str | None, known: Sequence[str]) -> None:
        if community is None:
            zh = "不知属于哪个社区，请增加“社区”一列，或以社区名称为工作表或文件命名"
            en = "The community is not said: add a column 社区 (community), or name the sheet or the file after it"
            self._refuse("community_missing", Field.COMMUNITY, Text(zh, en))
        elif known and community not in known:
            zh = f"“{community}”不是本街道的社区（{'、'.join(known)}），请改正"
            en = f"“{community}” is none of this street's communities ({', '.join(known)}): correct it"
            self._refuse("community_unknown", Field.COMMUNITY, Text(zh, en))
