"""What a paper is: its fields with their explanation and a sample, and what fills them on a case where it is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from incubator.queries.case_file import CaseFile, Recorded
from incubator.text import Text

Values = dict[str, Any]  # field -> str, or a list of mappings for a table


@dataclass(frozen=True, slots=True)
class Field:
    """A name that a template may use. With `rows` it is a table: a list whose entries have those fields."""

    name: str
    title: Text
    sample: Any = ""
    required: bool = False  # a template that leaves it out makes no such paper
    rows: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What papers of a case are filled from, read beforehand; builders ask nothing of the database."""

    file: CaseFile
    street: str
    today: date
    project: Row[Any] | None = None  # the award or project of the case, with `payee` and `call_title`
    lines: tuple[Mapping[str, Any], ...] = ()  # of its budget: title, kind, fen
    tranches: tuple[Mapping[str, Any], ...] = ()  # gate, share, fen
    hub: str = ""  # the hub that an affiliation is with
    wanted: tuple[tuple[Text, bool], ...] = ()  # the documents of the step, and whether each lies in the case

    @property
    def step(self) -> str:
        """The key of the step in which the case stands."""
        return self.file.case.step

    @property
    def place(self) -> tuple[str, str]:
        """Procedure and step."""
        return self.file.case.procedure, self.file.case.step

    def answers(self, step: str) -> Mapping[str, Any]:
        """What was filled in at a step, empty where nothing was; of an application as its correction left it."""
        data = self.file.case.data
        return {**data.get(step, {}), **(data.get("correction", {}) if step == "application" else {})}

    def brought_here(self) -> Recorded | None:
        """The latest decision that brought the case to where it stands."""
        for event in self.file.events:
            if (event.body.get("change") or {}).get("to") == self.step:
                return event
        return None

    def signed_on(self) -> date:
        """The day of the decision that brought the case here, today where none did."""
        event = self.brought_here()
        return event.effective_on if event is not None else self.today


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the office. Adding one is an entry of the catalogue, its builder, and a template of its key."""

    key: str
    title: Text
    use: Text  # when it is written
    fields: tuple[Field, ...]
    build: Callable[[Material], Values] | None = None  # None: automation or another page fills it
    due: Callable[[Material], bool] = lambda material: False  # whether a case stands where it may be had
    called: Callable[[Material], str] | None = None  # the title on this case, where it depends on it

    @property
    def required(self) -> frozenset[str]:
        """The fields that no template may leave out."""
        return frozenset(field.name for field in self.fields if field.required)

    def sample(self) -> Values:
        """Every field with its sample."""
        return {field.name: field.sample for field in self.fields}

    def title_on(self, material: Material) -> str:
        """What it is called on this case, in Chinese as it prints."""
        return self.called(material) if self.called else self.title.zh
