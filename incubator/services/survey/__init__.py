"""Reading a street's survey: a file into rows with fates, and those not taken back into a workbook to mend."""

from incubator.services.survey.communities import name_key
from incubator.services.survey.mending import mending_workbook
from incubator.services.survey.readings import (
    FATE_NAMES,
    LABELS,
    ColumnReading,
    Fate,
    Field,
    Normalised,
    RawCell,
    Reason,
    SheetReading,
    SkipKind,
    SkippedRow,
    Survey,
    SurveyRow,
    Values,
)
from incubator.services.survey.rows import read_survey
from incubator.services.survey.vocabulary import Category, ExcludedKind, Vocabulary

__all__ = [
    "FATE_NAMES",
    "LABELS",
    "Category",
    "ColumnReading",
    "ExcludedKind",
    "Fate",
    "Field",
    "Normalised",
    "RawCell",
    "Reason",
    "SheetReading",
    "SkipKind",
    "SkippedRow",
    "Survey",
    "SurveyRow",
    "Values",
    "Vocabulary",
    "mending_workbook",
    "name_key",
    "read_survey",
]
