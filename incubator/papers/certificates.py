"""The papers that automation writes when their number is issued: certificates, and the notice of a failed evaluation."""

from __future__ import annotations

from incubator.papers.fields import COMMUNITY, NAME, NUMBER, OFFICE, REASONS, SIGNED_ON, STREET
from incubator.papers.paper import Field, Paper
from incubator.text import Text

_VALID_FROM = Field("valid_from", Text("有效期起始日", "Valid from"), "2026年9月18日")
_VALID_UNTIL = Field("valid_until", Text("有效期届满日", "Valid until"), "2029年9月17日", required=True)
_REPLACES = Field(
    "replaces",
    Text("所替换的原证编号；首次制发的为空", "Number of the one that it replaces; empty for a first one"),
    "BAZ-2026-0001",
)
_RATED = (
    Field("period", Text("评估年度", "Year of the evaluation"), "2026", required=True),
    Field("score", Text("评审得分", "Score"), "862.50"),
    Field("band", Text("评定等级", "Rating"), "三星级", required=True),
)

FILING_CERTIFICATE = Paper(
    "filing_certificate",
    Text("备案证", "Filing certificate"),
    Text(
        "批准备案、延续、变更或补发后由系统编号制发",
        "Written with its number once a filing, renewal, change or reissue is approved",
    ),
    (
        NUMBER,
        _REPLACES,
        Field("replaced_because", Text("替换原证的缘由，如遗失补发", "Why it replaces another"), "遗失补发"),
        NAME,
        Field("leader", Text("负责人", "Leader"), "样例负责人"),
        Field("category", Text("类别", "Category"), "文体活动"),
        Field("premises", Text("活动场所", "Premises"), "样例社区活动室"),
        Field("purpose", Text("宗旨", "Purpose"), "丰富居民文化生活"),
        COMMUNITY,
        STREET,
        OFFICE,
        _VALID_FROM,
        _VALID_UNTIL,
        SIGNED_ON,
    ),
)
STAR_CERTIFICATE = Paper(
    "star_certificate",
    Text("星级证书", "Certificate of the stars"),
    Text("批准评定星级后由系统编号制发", "Written with its number once a rating is approved"),
    (NUMBER, _REPLACES, NAME, COMMUNITY, STREET, OFFICE, *_RATED, REASONS, _VALID_FROM, _VALID_UNTIL, SIGNED_ON),
)
EVALUATION_RESULT = Paper(
    "evaluation_result",
    Text("评估结果通知书", "Notice of the evaluation's result"),
    Text("评估未达最低星级时由系统编号制发", "Written with its number where an evaluation gives no star"),
    (
        NUMBER,
        _REPLACES,
        NAME,
        COMMUNITY,
        STREET,
        OFFICE,
        *_RATED,
        REASONS,
        _VALID_FROM,
        Field("valid_until", Text("有效期届满日", "Valid until"), "2029年9月17日"),
        SIGNED_ON,
    ),
)
