"""The stages of the path as people take them over HTTP: each function is one stage, each turn by whose turn it is."""

from __future__ import annotations

from typing import Any

from tests.journey.office import Office, People
from tests.procedures.affiliation.street import RECOGNITION
from tests.procedures.evaluation.evaluating import REPORT_PAPERS, SELF_REPORT, VISIT, scores_of
from tests.procedures.funding.grants import PAPERS
from tests.procedures.project.running import ACCOUNT, REPORT
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED

HUB = "春风社会工作服务中心"
EXPERTS = tuple(f"expert{place}" for place in range(1, 6))
LINES = [
    {"title": "活动物料", "kind": "materials", "fen": 1_500_000},
    {"title": "志愿者补贴", "kind": "volunteers", "fen": 1_499_999},
]
YEARLY_REPORT = {
    "activities": 24, "participants": 480, "members": 24, "income_fen": 600_000, "spending_fen": 520_000,
    "work": "每周排练，重阳节演出",
}  # fmt: skip


def day_of(moment: str) -> str:
    """The day of a moment such as `2026-09-18 09:00`."""
    return moment[:10]


def filed(office: Office, people: People, organization: str, name: str, *, served_on: str) -> str:
    """Filed within days: applied for, screened, heard, accepted, approved, served; the case's id."""
    case = people.worker.open(organization, "filing")
    people.worker.hand_in(case, *APPLICATION_PAPERS)
    people.worker.act(case, "submit", {**APPLICATION, "category": "culture_and_sports", "name": name})
    people.worker.until_at(case, "committee_opinion")
    people.worker.hand_in(case, "committee_opinion")
    people.worker.act(case, "give_opinion", {**OPINION, "held_on": day_of(served_on)})
    people.officer.act(case, "accept", CHECKED)
    people.director.act(case, "approve")
    people.officer.until_at(case, "service")
    people.officer.hand_in(case, "sealed_certificate")
    assert people.officer.act(case, "serve", SERVED)["outcome"] == "filed"
    return case


def hub(office: Office, people: People, community: str, *, on: str) -> str:
    """A registered body, recognised as a hub for what it does, with somebody who speaks for it; its id."""
    body = {
        "community_id": community,
        "name": HUB,
        "registration_number": "51510105MJY0000001",
        "members": 12,
        "leader": "赵敏",
    }
    organization = people.officer.enter(body)
    for place in range(6):
        people.worker.record_activity(organization, f"邻里服务第 {place + 1} 场", on=on, participants=40)
    case = people.worker.open(organization, "hub_recognition")
    people.worker.hand_in(case, "hub_application", "satisfaction_survey")
    people.worker.act(case, "submit", RECOGNITION)
    people.officer.act(case, "accept", CHECKED)
    decided = people.director.act(case, "approve")
    if decided["step"] == "public_notice":
        raise AssertionError("the national baseline puts no recognition up for notice")
    people.officer.hand_in(case, "sealed_recognition")
    assert people.officer.act(case, "serve", SERVED)["outcome"] == "recognised"
    (speaker,) = people.ids("hub")
    people.director.name_representative(organization, speaker)
    return organization


def affiliated(office: Office, people: People, organization: str, hub: str, *, since: str, until: str) -> str:
    """Carried by the hub, which consents through its own representative; the case's id."""
    case = people.worker.open(organization, "affiliation")
    people.worker.hand_in(case, "affiliation_application")
    people.worker.act(case, "submit", {"hub": hub, "purpose": "共享场地和师资", "support": "参加培训", "months": 24})
    people.officer.act(case, "accept", CHECKED)
    assert "role_lacking" in people.worker.may_not(case, "consent", {"statement": "同意"})
    assert [each["case_id"] for each in people.hub.get("worklist")["items"]] == [case]
    people.hub.act(case, "consent", {"statement": "同意联系该组织"})
    people.director.act(case, "approve")
    people.officer.hand_in(case, "affiliation_agreement")
    term = {"since": since, "until": until, "for_member": "王桂兰", "for_hub": "赵敏"}
    assert people.officer.act(case, "sign", term)["outcome"] == "affiliated"
    return case


def call(office: Office, people: People, *, opens_on: str, closes_on: str, **terms: Any) -> str:
    """A call of lottery money that an officer drafted and the director published; its number."""
    said = {
        "title": "公益创投第一批", "document_number": "草街办〔2026〕10号", "fund_source": "lottery", "budget_fen": 10_000_000,
        "opens_on": opens_on, "closes_on": closes_on, "terms": terms,
    }  # fmt: skip
    drafted = people.officer.draft_call(said)
    assert people.officer.refused(f"calls/{drafted}/publish", {})["status"] == 403
    people.director.publish_call(drafted)
    published = people.director.get(f"calls/{drafted}")
    assert published["left_fen"] == 10_000_000
    return str(published["number"])


def applied(office: Office, people: People, organization: str, call: str, partner: str, **changes: Any) -> str:
    """An application handed in together with the registered partner, screened and accepted; the case's id."""
    case = people.worker.open(organization, "funding", call)
    people.worker.hand_in(case, *PAPERS)
    said: dict[str, Any] = {
        "title": "长者助餐上门", "field": "elder_care", "summary": "为独居长者送餐", "beneficiaries": "独居长者60人",
        "starts_on": "2026-12-01", "ends_on": "2027-06-30", "lines": LINES, "asked_fen": 2_999_999,
        "funded_elsewhere": False, "co_applicant": partner,
    }  # fmt: skip
    people.worker.act(case, "submit", {**said, **changes})
    people.officer.until_at(case, "acceptance")
    assert people.officer.act(case, "accept", CHECKED)["step"] == "review"
    return case


def points(total: int) -> dict[str, Any]:
    """A review by the default sheet of 30, 30, 20 and 20 points that makes this total."""
    left, given = total, {}
    for code, most in (("need", 30), ("plan", 30), ("budget", 20), ("team", 20)):
        given[code] = min(most, left)
        left -= given[code]
    return {"scores": given}


def reviewed_again(office: Office, people: People, case: str, score: int) -> str:
    """Another panel, in which whoever declared a conflict cannot sit any more; the score."""
    assert "declared_a_conflict" in people.officer.may_not(case, "seat", {"members": people.ids(*EXPERTS)})
    members = (*EXPERTS[:4], "expert6")
    people.officer.act(case, "seat", {"members": people.ids(*members)})
    for name in members:
        expert = getattr(people, name)
        expert.act(case, "declare", {"conflict": False})
        expert.act(case, "give", points(score))
    people.officer.act(case, "conclude")
    return str(people.officer.get(f"cases/{case}")["data"]["review"]["panel"]["score"])


def reviewed(office: Office, people: People, case: str, scores: tuple[int, ...] = (92, 88, 85, 60, 97)) -> str:
    """A panel of five; one has a conflict and it is blocked until the alternate joins; the score, extremes dropped."""
    people.officer.act(case, "seat", {"members": people.ids(*EXPERTS), "alternates": people.ids("expert6")})
    experts = [getattr(people, name) for name in (*EXPERTS, "expert6")]
    conflicted, others, alternate = experts[4], experts[:4], experts[5]
    for expert, score in zip(others, scores, strict=False):
        assert "seat_not_declared" in expert.may_not(case, "give", points(score))
        expert.act(case, "declare", {"conflict": False})
        expert.act(case, "give", points(score))
    conflicted.act(case, "declare", {"conflict": True})
    assert "panel_seat_vacant" in people.officer.may_not(case, "conclude")
    people.officer.act(case, "promote")
    alternate.act(case, "declare", {"conflict": False})
    assert "panel_waits" in people.officer.may_not(case, "conclude")
    alternate.act(case, "give", points(scores[4]))
    people.officer.act(case, "conclude")
    return str(people.officer.get(f"cases/{case}")["data"]["review"]["panel"]["score"])


def awarded(office: Office, people: People, case: str, fen: int, *, met_on: str) -> Any:
    """Awarded by a meeting, within the call's money; the case as it is put up for notice."""
    people.director.hand_in(case, "minutes")
    award = {"awarded_fen": fen, "met_on": met_on, "minutes_number": "会纪〔2026〕9号", "list_approved": True}
    assert people.director.act(case, "approve", award)["step"] == "public_notice"
    return people.officer.get(f"cases/{case}")


def signed(
    office: Office, people: People, case: str, *, on: str, starts_on: str, ends_on: str, lines: Any = LINES
) -> Any:
    """The agreement is signed and the project runs; the project as the API tells it."""
    people.officer.hand_in(case, "signed_agreement")
    agreement = {
        "agreement_number": "协〔2026〕1号", "agreed_on": on, "starts_on": starts_on, "ends_on": ends_on, "lines": lines,
    }  # fmt: skip
    assert people.officer.act(case, "sign", agreement)["outcome"] == "agreed"
    organization = people.officer.get(f"cases/{case}")["organization"]["id"]
    projects = people.officer.get("projects")["items"]
    (project,) = [
        each for each in projects if each["organization"]["id"] == organization and each["status"] == "running"
    ]
    return people.officer.get(f"projects/{project['id']}")


def payment_of(people: People, project: str, place: int) -> str:
    """The case in which a tranche is paid."""
    tranches = people.officer.get(f"projects/{project}")["tranches"]
    return str(next(each["payment"]["id"] for each in tranches if each["place"] == place))


def requested(office: Office, people: People, payment: str) -> None:
    """A payment asked for and approved by another person."""
    people.officer.hand_in(payment, "payment_request")
    people.officer.act(payment, "submit", {**ACCOUNT, "account_name": HUB})
    people.director.act(payment, "approve")
    people.finance.act(payment, "enter_voucher", {"voucher_number": f"记-{payment[:6]}"})


def paid(office: Office, people: People, project: str, place: int) -> None:
    """A tranche paid out."""
    payment = payment_of(people, project, place)
    requested(office, people, payment)
    assert people.finance.act(payment, "confirm_paid")["outcome"] == "paid"


def spent(office: Office, people: People, project: str, fen: int, *, line: int, on: str, number: str) -> str:
    """An expense with its voucher, recorded by one and accepted by another; its id."""
    said = {
        "line": line, "spent_on": on, "fen": fen, "purpose": "助餐食材", "payee": "粮油店", "voucher_number": number,
    }  # fmt: skip
    people.worker.record_expense(project, said)
    known = people.worker.get(f"projects/{project}")["expenses"]
    (expense,) = [each for each in known if each["voucher_number"] == number]
    people.officer.accept_expense(project, expense["id"])
    return str(expense["id"])


def midterm(office: Office, people: People, case: str, action: str = "pass", data: Any = None) -> Any:
    """The mid-term report handed in, and what the officer makes of it."""
    people.worker.hand_in(case, "midterm_report")
    people.worker.act(case, "report", REPORT)
    return people.officer.act(case, action, data or {"opinion": "按计划实施"})


def settled(office: Office, people: People, case: str) -> Any:
    """Reported on, accepted and settled by another person; the case as it is wound up."""
    people.worker.hand_in(case, "final_report", "final_accounts")
    people.worker.act(case, "report", REPORT)
    people.officer.act(case, "propose_acceptance", {"opinion": "成果属实，账目清楚"})
    people.officer.hand_in(case, "acceptance_paper")
    return people.director.act(case, "approve")


def yearly_review(office: Office, people: People, case: str, result: str = "passed", **changes: Any) -> Any:
    """The year's review reported, concluded, signed and served."""
    people.worker.hand_in(case, "yearly_report")
    people.worker.act(case, "submit", {**YEARLY_REPORT, **changes})
    people.officer.until_at(case, "conclusion")
    reasons = {} if result == "passed" else {"reasons": "活动偏少"}
    people.officer.act(case, "conclude", {"result": result, **reasons})
    people.director.act(case, "confirm")
    people.officer.hand_in(case, "sealed_conclusion")
    return people.officer.act(case, f"serve_{result}", SERVED)


def evaluated(office: Office, people: People, case: str, *, visited_on: str, total: int) -> None:
    """Reported, visited and scored by a panel; the conclusion is the officer's next step."""
    people.worker.hand_in(case, *REPORT_PAPERS)
    people.worker.act(case, "submit", SELF_REPORT)
    people.officer.until_at(case, "visit")
    people.officer.hand_in(case, "visit_record")
    people.officer.act(case, "record_visit", {**VISIT, "visited_on": visited_on})
    people.officer.act(case, "seat", {"members": people.ids(*EXPERTS)})
    for name in EXPERTS:
        expert = getattr(people, name)
        expert.act(case, "declare", {"conflict": False})
        expert.act(case, "give", {"scores": scores_of(total)})
    people.officer.act(case, "conclude")


def free_money(people: People, call: str) -> int:
    """What is left of a call's budget, in fen."""
    return int(next(each["left_fen"] for each in people.officer.get("calls")["items"] if each["number"] == call))
