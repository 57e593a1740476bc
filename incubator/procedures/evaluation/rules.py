"""The conditions of evaluation; pure. `incubator/queries/due_evaluations.py` says the opening rules in SQL."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.engine.deadlines import Unit
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.policies import matching
from incubator.policies.values import Validity
from incubator.procedures.evaluation import bands as ladder
from incubator.procedures.evaluation.policy import grade_validity
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.jurisdiction import FILED, ISSUES, beyond_the_streets_power, recorded_by_the_street
from incubator.procedures.shared.path import lapsed_filing
from incubator.procedures.shared.roles import DIRECTOR, OFFICER
from incubator.text import Text

BANDS, VETOES, SHEET = "evaluation.bands", "evaluation.vetoes", "evaluation.review.sheet"
GRADES, GRADE_VALIDITY = "evaluation.registrar.grades", "evaluation.registrar.validity"


@rule(
    "may_get_stars@1",
    needs=("organization.standing", "organization.filing_valid_until", "case.today"),
    reads=(ISSUES,),
)
def may_get_stars(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The street gives stars to organizations of this standing, and a filed one's certificate holds."""
    return beyond_the_streets_power(facts["organization.standing"], policy, "star_rating") or lapsed_filing(facts)


@rule(
    "star_rating_is_due@2",
    needs=("organization.standing", "organization.star", "organization.filed_on", "case.today"),
    reads=("evaluation.opening.months_filed", "evaluation.opening.days_before_end"),
)
def star_rating_is_due(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The stars in force end soon; or none are in force, and a filed organization was filed long enough ago."""
    star, day = facts["organization.star"], facts["case.today"]
    if star is not None:
        path = "evaluation.opening.days_before_end"
        opens = star["valid_until"] - timedelta(days=policy.get(path))
        if opens <= day:
            return None
        return Unmet(
            Text(
                "现有{zh}有效期至{until}，{opens}起方可重新评估",
                "Its rating ({en}) is valid until {until}; it is evaluated anew from {opens} on",
            ).fill(
                zh=star["title_zh"], en=star["title_en"], until=in_words(star["valid_until"]), opens=in_words(opens)
            ),
            Text("请于{opens}以后办理", "Evaluate it from {opens} on").fill(opens=in_words(opens)),
            OFFICER,
            policy.cite(path),
        )
    path = "evaluation.opening.months_filed"
    months, filed_on = policy.get(path), facts["organization.filed_on"]
    if facts["organization.standing"] != FILED or (
        filed_on is not None and (not months or Validity(length=months, unit=Unit.MONTHS).until(filed_on) < day)
    ):
        return None
    return Unmet(
        Text(f"备案未满 {months} 个月，暂不评估", f"It was filed less than {months} months ago"),
        Text(f"请于备案满 {months} 个月后办理", f"Evaluate it {months} months after its filing"),
        OFFICER,
        policy.cite(path),
    )


@rule("has_no_evaluation_of_the_period@1", needs=("case.same_period", "case.period"))
def has_no_evaluation_of_the_period(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """There is one evaluation a year at most, and it is of a year."""
    if not re.fullmatch("[1-9][0-9]{3}", facts["case.period"]):
        message = Text("评估须写明年度", "An evaluation is of a year")
        return Unmet(message, Text("请填写四位年度，如 2027", "Give the year with four digits, such as 2027"), OFFICER)
    others = facts["case.same_period"].get("evaluation", [])
    if not others:
        return None
    return Unmet(
        Text(f"该年度已有评估案件：{'、'.join(others)}", f"The year's evaluation exists: {', '.join(others)}"),
        Text("请在该案件中办理；已结束的，下一年度再评", "Go on in that case; once it ended, wait for the next year"),
        OFFICER,
    )


no_other_open("has_no_other_open_evaluation@1", "evaluation", Text("等级评估", "evaluation"))
no_other_open("has_no_other_open_grade@1", "registrar_grade", Text("登记机关评估等级登记", "recording of a grade"))


@rule("was_visited_by_today@1", needs=("data.visit.visited_on", "case.today"))
def was_visited_by_today(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The visit took place."""
    visited_on = facts["data.visit.visited_on"]
    if visited_on is None or date.fromisoformat(visited_on) <= facts["case.today"]:
        return None
    return Unmet(
        Text("走访日期不能晚于今天", "The day of the visit lies in the future"),
        Text("请按实际走访日期填写", "Enter the day on which the visit took place"),
        OFFICER,
    )


@rule("has_reported_on_itself@1", needs=("data.self_report.basic_conditions",))
def has_reported_on_itself(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization's own report is there."""
    if facts["data.self_report.basic_conditions"]:
        return None
    return Unmet(
        Text("该组织尚未自评", "The organization has not reported on itself"),
        Text("请先请其自评", "Ask for its own report first"),
        OFFICER,
    )


@rule("was_scored@1", needs=("data.review.panel",))
def was_scored(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A panel has scored."""
    if facts["data.review.panel"]:
        return None
    message = Text("本案未经专家评审，没有可重新作出的结论", "No panel has scored: there is no conclusion to draw anew")
    return Unmet(message, Text("请撤销不予评定，继续评估", "Overturn the refusal and go on"), DIRECTOR)


@rule("was_not_scored@1", needs=("data.review.panel",))
def was_not_scored(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The matter was closed before any panel scored."""
    if not facts["data.review.panel"]:
        return None
    message = Text("本案已经专家评审", "A panel has scored")
    return Unmet(message, Text("请撤销原决定，重新提出结论", "Overturn the decision: it is concluded anew"), DIRECTOR)


_CONCLUDED = ("data.conclusion.band", "data.conclusion.veto", "data.conclusion.reasons", "data.review.panel")


@rule("cites_a_known_veto@1", needs=("data.conclusion.veto",), reads=(VETOES,))
def cites_a_known_veto(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """What is cited for lowering the band is in the policy's list."""
    cited = facts["data.conclusion.veto"]
    if not cited or ladder.veto_called(policy.get(VETOES), cited):
        return None
    names = [Text.from_pair(veto["name"]) for veto in policy.get(VETOES)]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Unmet(
        Text(f"“{cited}”不在规定的降级情形中", f"{cited!r} is nothing for which a band is lowered"),
        Text(f"请从下列情形中选择：{zh}", f"Choose one of: {en}"),
        OFFICER,
        policy.cite(VETOES),
    )


@rule(
    "proposes_the_band_that_is_due@1",
    needs=(*_CONCLUDED, "organization.last_review", "organization.restrictions"),
    reads=(BANDS, VETOES),
)
def proposes_the_band_that_is_due(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The band is that of the panel's score, and no higher than the vetoes allow which the records show or are cited."""
    listed, given = policy.get(BANDS), facts["data.conclusion.band"]
    if given is None:
        return None
    due, vetoes = _due(facts, policy)
    score, called = facts["data.review.panel"]["score"], ladder.band_called(listed, given)
    if called is not None and called["code"] == due["code"]:
        return None
    right, by_score = ladder.title_of(due), ladder.title_of(ladder.band_of(listed, score))
    zh, en = f"评审得分 {score} 分，对应{by_score.zh}", f"The score of {score} means {by_score.en}"
    if due["code"] != ladder.band_of(listed, score)["code"]:
        names = [Text.from_pair(veto["name"]) for veto in vetoes]
        zh += f"；因{'、'.join(name.zh for name in names)}，应为{right.zh}"
        en += f"; for {', '.join(name.en for name in names)} it is {right.en}"
    return Unmet(
        Text(zh, en),
        Text(
            f"请选择{right.zh}；确需降低的，请注明规定的情形和理由",
            f"Choose {right.en}; to lower it, name what the policy lists and give reasons",
        ),
        OFFICER,
        policy.cite(BANDS),
    )


@rule(
    "gives_reasons_for_a_lower_band@1",
    needs=(*_CONCLUDED, "organization.last_review", "organization.restrictions"),
    reads=(VETOES, BANDS),
)
def gives_reasons_for_a_lower_band(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Whoever gets less than the score says is told why."""
    if facts["data.conclusion.band"] is None or (facts["data.conclusion.reasons"] or "").strip():
        return None
    due, _ = _due(facts, policy)
    if due["code"] == ladder.band_of(policy.get(BANDS), facts["data.review.panel"]["score"])["code"]:
        return None
    return Unmet(
        Text("低于得分所在等次的，须写明理由", "A band below that of the score needs reasons"),
        Text("请填写理由", "Give the reasons"),
        OFFICER,
        policy.cite(VETOES),
    )


def _due(facts: Facts, policy: PolicyValues) -> tuple[ladder.Entry, list[ladder.Entry]]:
    """The band that is due, and the vetoes that were counted."""
    return ladder.band_and_vetoes(
        policy.get(BANDS), policy.get(VETOES), facts["data.review.panel"]["score"], facts["organization.last_review"],
        facts["organization.restrictions"], facts["data.conclusion.veto"] or "",
    )  # fmt: skip


def _concluded(facts: Facts, policy: PolicyValues) -> ladder.Entry | None:
    given = facts["data.conclusion.band"]
    return None if given is None else ladder.band_called(policy.get(BANDS), given)


@rule("reached_a_star@1", needs=("data.conclusion.band",), reads=(BANDS,))
def reached_a_star(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """What was concluded is a star."""
    band = _concluded(facts, policy)
    if band is not None and not ladder.is_failure(policy.get(BANDS), band["code"]):
        return None
    return Unmet(
        Text("评估结论未达到最低星级", "The conclusion lies below the lowest star"),
        Text("请制发评估结果通知书", "Issue the notice of the result"),
        OFFICER,
        policy.cite(BANDS),
    )


@rule("stayed_below_the_stars@1", needs=("data.conclusion.band",), reads=(BANDS,))
def stayed_below_the_stars(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """What was concluded is the band below the lowest star."""
    band = _concluded(facts, policy)
    if band is not None and ladder.is_failure(policy.get(BANDS), band["code"]):
        return None
    return Unmet(
        Text("评估结论达到星级", "The conclusion is a star"),
        Text("请制发星级证书", "Issue the certificate"),
        OFFICER,
        policy.cite(BANDS),
    )


@rule(
    "corrects_the_rating_within_its_bands@1",
    needs=("data.rated.corrected", "data.review.panel", "data.conclusion.band"),
    reads=(BANDS, SHEET),
)
def corrects_the_rating_within_its_bands(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A corrected result is a star no higher than its score allows; what is no star any more is decided anew."""
    corrected = facts["data.rated.corrected"] or {}
    listed = policy.get(BANDS)
    score = str(corrected.get("score", facts["data.review.panel"]["score"]))
    band = ladder.band_called(listed, str(corrected.get("band", facts["data.conclusion.band"])))
    most = sum(criterion["most"] for criterion in policy.get(SHEET)["criteria"])
    fits = (
        set(corrected) <= {"band", "score"}
        and re.fullmatch(r"[0-9]{1,4}\.[0-9]{2}", score) is not None
        and float(score) <= most
        and band is not None
        and not ladder.is_failure(listed, band["code"])
        and listed.index(band) <= listed.index(ladder.band_of(listed, score))
    )
    if fits:
        return None
    return Unmet(
        Text("更正后的星级与得分不符，或未达到最低星级", "The corrected band does not fit the score, or is no star"),
        Text(
            "请核对星级和得分；结果是否达标有变化的，请重新办理",
            "Check band and score; where it turns on reaching a star at all, reopen the case",
        ),
        OFFICER,
        policy.cite(BANDS),
    )


@rule("rating_of_the_case_stands@1", needs=("case.rating_stands",))
def rating_of_the_case_stands(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The rating that the case gave is still the one on record: what another case changed since is not corrected here."""
    if facts["case.rating_stands"]:
        return None
    return Unmet(
        Text("本案评定的等级已更替、降低或撤销", "The rating of this case was replaced, lowered or revoked since"),
        Text("请在作出该变更的案件中办理", "Go on in the case that changed it"),
        OFFICER,
    )


recorded_by_the_street(
    "is_registered_with_the_registrar@2",
    ("grade",),
    Text("{whom}没有登记机关评定的等级可登记", "There is no registrar's grade to be recorded of {whom}"),
    Text("已备案的组织请办理星级评估", "Evaluate a filed organization for its stars"),
)


def grade_code(policy: PolicyValues, word: str) -> str | None:
    """The code of the registrar's grade of that code or name; None where the policy has none."""
    return matching.category(
        ((str(each["code"]), (each["code"], each["name"]["zh"], each["name"]["en"])) for each in policy.get(GRADES)),
        word,
    )


def grade_said(data: Facts) -> dict[str, Any]:
    """The grade as it is on record, with what a correction changes standing over it."""
    names = ("grade", "document_number", "issued_by", "announced_on")
    recorded = {name: data.get(f"data.record.{name}") for name in names}
    return {**recorded, **(data.get("data.recorded.corrected") or {})}


_GRADE_NEEDS = tuple(f"data.record.{name}" for name in ("grade", "document_number", "issued_by", "announced_on"))


@rule(
    "grade_is_as_the_registrar_gives_it@1",
    needs=(*_GRADE_NEEDS, "data.recorded.corrected", "case.today"),
    reads=(GRADES, GRADE_VALIDITY),
)
def grade_is_as_the_registrar_gives_it(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The grade is of the registrar's list, and was announced on a day that has come and for which a validity is known."""
    said = grade_said({name: facts[name] for name in (*_GRADE_NEEDS, "data.recorded.corrected")})
    grade, announced_on = said["grade"], said["announced_on"]
    if grade is not None and grade_code(policy, grade) is None:
        names = [Text.from_pair(each["name"]) for each in policy.get(GRADES)]
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        message = Text(f"没有“{grade}”这一等级", f"There is no grade {grade!r}")
        return Unmet(message, Text(f"请选择：{zh}", f"Choose one of: {en}"), OFFICER, policy.cite(GRADES))
    if announced_on is None:
        return None
    day = date.fromisoformat(announced_on)
    if day > facts["case.today"]:
        message = Text("公布日期不能晚于今天", "The day of the announcement lies in the future")
        return Unmet(message, Text("请按公告日期填写", "Enter the day of the announcement"), OFFICER)
    if grade_validity(policy.get(GRADE_VALIDITY), day) is None:
        message = Text("政策未规定该公布日期的有效期", "The policy knows no validity for so early an announcement")
        following = Text("请核对公布日期", "Check the day of the announcement")
        return Unmet(message, following, OFFICER, policy.cite(GRADE_VALIDITY))
    return None
