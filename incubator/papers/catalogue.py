"""The catalogue of the office's papers; each has a template of its key in `incubator.paper`."""

from __future__ import annotations

from incubator.errors import NotFound
from incubator.papers.agreements import AWARD_NOTICE, FUNDING_AGREEMENT, HUB_AGREEMENT
from incubator.papers.certificates import EVALUATION_RESULT, FILING_CERTIFICATE, STAR_CERTIFICATE
from incubator.papers.correction_list import CORRECTION_LIST
from incubator.papers.handover_list import HANDOVER_LIST
from incubator.papers.paper import Paper
from incubator.papers.public_notice import PUBLIC_NOTICE
from incubator.papers.rectification_notice import RECTIFICATION_NOTICE
from incubator.papers.refusal import REFUSAL
from incubator.papers.result_notice import RESULT_NOTICE
from incubator.text import Text

PAPERS: dict[str, Paper] = {
    paper.key: paper
    for paper in (
        FILING_CERTIFICATE,
        CORRECTION_LIST,
        REFUSAL,
        PUBLIC_NOTICE,
        RESULT_NOTICE,
        AWARD_NOTICE,
        FUNDING_AGREEMENT,
        HUB_AGREEMENT,
        STAR_CERTIFICATE,
        EVALUATION_RESULT,
        RECTIFICATION_NOTICE,
        HANDOVER_LIST,
    )
}


def paper_of(key: str) -> Paper:
    """The paper of that key; NotFound."""
    if key not in PAPERS:
        raise NotFound(Text("没有这种文书", "There is no such paper"))
    return PAPERS[key]
