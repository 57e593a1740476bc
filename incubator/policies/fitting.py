"""What values of a pack do not go together: asked of a pack, and of a call's terms over the policy in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from incubator.engine.panel import SCORE_SHEET
from incubator.policies.fault_words import unknown
from incubator.policies.misstated import Where
from incubator.policies.schema import all_paths
from incubator.text import Text

# The plain value at a path; KeyError where there is none, or none that could be read.
ValueAt = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Values that do not go together: the one to change first, then the others; where below the first it shows; in words."""

    paths: tuple[str, ...]
    words: Text
    below: Where = ()


def misfits(value: ValueAt) -> Iterator[Misfit]:
    """Every relation between values that does not hold. One whose values are not all there is not asked."""
    for relation in _RELATIONS:
        try:
            yield from relation(value)
        except KeyError:
            continue


def _panels(value: ValueAt) -> Iterator[Misfit]:
    for section in ("funding.review", "evaluation.review"):
        size, quorum, sheet = f"{section}.size", f"{section}.quorum", f"{section}.sheet"
        if value(quorum) > value(size):
            words = Text(
                f"评审意见最低份数不能多于评审专家人数：现为 {value(quorum)} 份、{value(size)} 人",
                f"No more reviews can be needed ({value(quorum)}) than the panel has members ({value(size)})",
            )
            yield Misfit((quorum, size), words)
        if value(sheet)["drop_extremes"] and value(quorum) < 3:
            words = Text(
                f"评分表去掉最高分和最低分，评审意见不能少于 3 份，现为 {value(quorum)} 份",
                f"The sheet drops the highest and the lowest score, so 3 reviews are needed at least and not {value(quorum)}",
            )
            yield Misfit((quorum, sheet), words)


def _score_sheets(value: ValueAt) -> Iterator[Misfit]:
    for section in ("funding.review", "evaluation.review"):
        paper = f"{section}.paper"
        if all(need["kind"] != SCORE_SHEET for need in value(paper)):
            words = Text(
                f"纸质评分表的材料类型应为 {SCORE_SHEET}，否则无法录入纸质评分",
                f"A score sheet on paper is a document of the kind {SCORE_SHEET}: without it none can be entered",
            )
            yield Misfit((paper,), words)


def _most(sheet: dict[str, Any]) -> int:
    return sum(each["most"] for each in sheet["criteria"])


def _least_score(value: ValueAt) -> Iterator[Misfit]:
    least, sheet = "funding.review.least", "funding.review.sheet"
    most = _most(value(sheet))
    if value(least) > most:
        words = Text(f"立项最低得分不能高于评分表满分 {most} 分", f"No panel can give more than {most} points")
        yield Misfit((least, sheet), words)


def _bands_in_reach(value: ValueAt) -> Iterator[Misfit]:
    bands, sheet = "evaluation.bands", "evaluation.review.sheet"
    most = _most(value(sheet))
    for place, band in enumerate(value(bands)):
        if band["least"] > most:
            words = Text(
                f"“{band['title']['zh']}”从 {band['least']} 分起，高于评分表满分 {most} 分，无法达到",
                f"{band['title']['en']!r} begins at {band['least']} points, and no panel can give more than {most}",
            )
            yield Misfit((bands, sheet), words, (place, "least"))


def _caps_in_reach(value: ValueAt) -> Iterator[Misfit]:
    cap, sheet = "funding.cap", "funding.review.sheet"
    tiers, most = value(cap).get("tiers"), _most(value(sheet))
    if tiers is None or tiers["by"] != "score":
        return
    for place, step in enumerate(tiers["steps"]):
        if step["least"] > most:
            words = Text(
                f"这一档从 {step['least']} 分起，高于评分表满分 {most} 分，无法达到",
                f"This step begins at {step['least']} points, and no panel can give more than {most}",
            )
            yield Misfit((cap, sheet), words, ("tiers", "steps", place, "least"))


def _gates(value: ValueAt) -> Iterator[Misfit]:
    tranches, midterm = "funding.tranches", "project.midterm.enabled"
    if not value(midterm) and any(part["gate"] == "midterm" for part in value(tranches)):
        words = Text(
            "不进行中期评估的，拨付计划不能以中期评估为条件", "Without a mid-term review no part can wait for it"
        )
        yield Misfit((tranches, midterm), words)


def _fields_of_funds(value: ValueAt) -> Iterator[Misfit]:
    funds, fields = "funding.funds", "funding.fields"
    known = [each["code"] for each in value(fields)]
    for place, fund in enumerate(value(funds)):
        for inner, code in enumerate(fund["fields"]):
            if code not in known:
                near = unknown(code, known)
                words = Text(
                    f"{fund['name']['zh']}的资助领域没有列在 funding.fields 中：{near.zh}",
                    f"A field of {fund['name']['en']} is not listed in funding.fields: {near.en}",
                )
                yield Misfit((funds, fields), words, (place, "fields", inner))


def _caps_of_vetoes(value: ValueAt) -> Iterator[Misfit]:
    vetoes, bands = "evaluation.vetoes", "evaluation.bands"
    known = [band["code"] for band in value(bands)]
    for place, veto in enumerate(value(vetoes)):
        if veto["cap"] not in known:
            near = unknown(veto["cap"], known)
            words = Text(
                f"“{veto['name']['zh']}”的最高等级没有列在 evaluation.bands 中：{near.zh}",
                f"The band of {veto['name']['en']!r} is not listed in evaluation.bands: {near.en}",
            )
            yield Misfit((vetoes, bands), words, (place, "cap"))


def _known_words(value: ValueAt) -> Iterator[Misfit]:
    """Results of reviews and kinds of restriction are the software's words: another would never be met, and bar nobody."""
    from incubator.models.activities import RestrictionKind
    from incubator.procedures.yearly_review.forms import RESULTS

    results, kinds = [name for name, _ in RESULTS], list(RestrictionKind)
    said: list[tuple[str, Where, list[str], list[str]]] = [
        ("funding.bars.reviews", (), value("funding.bars.reviews"), results),
        ("funding.bars.lists", (), value("funding.bars.lists"), [kind.value for kind in kinds]),
    ]
    for place, veto in enumerate(value("evaluation.vetoes")):
        said.append(("evaluation.vetoes", (place, "reviews"), veto["reviews"], results))
        said.append(
            ("evaluation.vetoes", (place, "restrictions"), veto["restrictions"], [kind.value for kind in kinds])
        )
    for path, below, names, known in said:
        for place, name in enumerate(names):
            if name not in known:
                near = unknown(name, known)
                words = Text(f"{near.zh}可写：{'、'.join(known)}", f"{near.en} Known are {', '.join(known)}")
                yield Misfit((path,), words, (*below, place))


def _path_leads_on(value: ValueAt) -> Iterator[Misfit]:
    path = "path.prerequisites.affiliation"
    if "affiliation" in value(path):
        words = Text(
            "挂靠不能以已经挂靠为前提，否则无人可以挂靠",
            "An affiliation cannot ask for an affiliation first: nobody could begin",
        )
        yield Misfit((path,), words, (list(value(path)).index("affiliation"),))


def _codes(value: ValueAt) -> Iterator[Misfit]:
    """Each entry of a list that people choose from has a code of its own."""
    for path in sorted(all_paths()):
        try:
            entries = value(path)
        except KeyError:
            continue
        if not isinstance(entries, list):
            continue
        codes = [each.get("code") if isinstance(each, dict) else None for each in entries]
        for place, code in enumerate(codes):
            if code is not None and code in codes[:place]:
                yield Misfit((path,), Text(f"代码“{code}”重复", f"The code {code!r} is given twice"), (place, "code"))


_RELATIONS = (
    _panels,
    _score_sheets,
    _least_score,
    _bands_in_reach,
    _caps_in_reach,
    _gates,
    _fields_of_funds,
    _caps_of_vetoes,
    _known_words,
    _path_leads_on,
    _codes,
)
