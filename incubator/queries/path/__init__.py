"""The path of an organization, stage by stage, and which procedures may be opened for it now."""

from incubator.queries.path.openings import Opening, openings
from incubator.queries.path.stages import STAGE_TITLES, Line, LineKind, Stage, StageState
from incubator.queries.path.whole import path

__all__ = ["STAGE_TITLES", "Line", "LineKind", "Opening", "Stage", "StageState", "openings", "path"]
