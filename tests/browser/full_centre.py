"""A centre that has something on each of its pages, behind the real application on a port of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select, update

from incubator.clock import today
from incubator.engine.policy import Policy
from incubator.engine.roles import Role
from incubator.models.base import table
from incubator.models.desk import BulkKind
from incubator.models.organizations import Organization, Standing
from incubator.policies import packs
from incubator.queries.asking import Point
from incubator.rehearsal import rehearse, snapshot
from incubator.services.absences import record_absence
from incubator.services.asking import ask
from incubator.services.assignments import claim
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.bulk.asking import Chosen, Wanted
from incubator.services.bulk.asking import ask as ask_together
from incubator.services.calls import draft_call
from incubator.services.documents import store_content
from incubator.services.handovers import hand_over
from incubator.services.hubs import Deed, affiliate, recognise
from incubator.services.links import make_link
from incubator.services.submissions import note_file, send
from incubator.services.uploads import Upload
from tests.api.centre import WebCentre
from tests.api.desk import filed, open_case_for
from tests.api.granted import as_centre, granted
from tests.api.reading import community, hidden
from tests.api.street_pack import SOUND
from tests.api.test_policy_pages import carried, proposed, rehearsed
from tests.browser.serving import served
from tests.factories import make_user
from tests.procedures.funding import grants
from tests.procedures.project.running import Running

STRICTER = SOUND.replace("value: 30", "value: 40")
SURVEY = (
    "社区,组织名称,负责人,成员人数,联系电话\n桂花社区,桂花太极队,李某,约１５人,13911112222\n书院社区,书画社,张某,12,\n"
    "桂花社区,常青合唱团,王某,20,\n"
)


@dataclass(frozen=True, slots=True)
class FullCentre:
    """The centre where it is served. `ids` by the names that the routes' parameters have; cases by what they are."""

    web: WebCentre
    address: str
    ids: dict[str, str]
    applying: str
    scoring: str
    queries: dict[str, str]


@contextmanager
def full_centre(web: WebCentre) -> Iterator[FullCentre]:
    """Fill the centre, and serve it on the day on which much of it is overdue."""
    case = filed(web)
    hub = _hub(web)
    project = granted(web)
    project.paid(1)
    project.accept(project.spend(100_000))
    project.spend(50_000, line=2)
    scoring = _scored_by_a_panel(web, project)
    ids = {
        "organization_id": web.organization, "case_id": case, "seq": "3", "action": "submit", "hub_id": hub, "project_id": project.public_id,
        "call_id": _draft(web), "centre_id": _premises(web), "survey_id": _survey(web), "run_id": _review_run(web),
    }  # fmt: skip
    _lived(web)
    director = web.browser("director")
    _activated(web, proposed(director, SOUND, "2026-09-21").headers["location"])
    web.on("2026-10-15")
    web.automate()
    applying = open_case_for(web, organization=web.enter("朝阳舞蹈队"))
    director = web.browser("director")
    ids["proposal_id"] = proposed(director, STRICTER, "2026-11-02").headers["location"].rpartition("/")[2]
    ids["kept"] = carried(rehearsed(director, STRICTER, "2026-11-03"), "/policies/new/propose")["rehearsal"]
    ids |= {"case_id": applying, "seq": "1"}
    ids["digest"] = web.case_row(applying).policy_hash
    ids |= _asked(web, applying)
    ids["bulk_id"] = _together(web, applying)
    ids["handover_id"] = _handed_over(web)
    queries = {
        "kept": f"?group={_a_group(web, STRICTER)}",
        "differences": f"?from={web.case_row(case).policy_hash}",
    }
    with served(web.app) as address:
        yield FullCentre(web, address, ids, applying, scoring, queries)


def _hub(web: WebCentre) -> str:
    """A recognised hub that carries the filed group, a quarter and more behind with what it owes; its public id."""
    made = web.enter("枢纽联合会")
    groups, day = table(Organization), today(web.clock.now())

    def recognised(connection: Connection) -> None:
        connection.execute(
            update(groups).where(groups.c.public_id == made).values(standing=Standing.FILED.value, filed_on=date(2024, 1, 8))
        )  # fmt: skip
        keys: dict[str, int] = {
            row.public_id: row.id for row in connection.execute(select(groups.c.public_id, groups.c.id))
        }
        deed = Deed(web.people["officer"], web.clock.now(), day)
        recognise(connection, organization_id=keys[made], since=date(2026, 3, 2), until=date(2029, 3, 1), deed=deed)
        affiliate(
            connection, organization_id=keys[web.organization], hub_id=keys[made], number="GKX-2026-0001",
            since=day - timedelta(days=100), until=day + timedelta(days=600), deed=deed,
        )  # fmt: skip

    web.database.write(recognised)
    return made


def _scored_by_a_panel(web: WebCentre, project: Running) -> str:
    """An application that a panel of five is scoring: one has given, one has declared; the case."""
    web.people["worker2"] = make_user(
        web.database, web.street, Role.COMMUNITY_WORKER, web.clock.now(), username="worker2",
        community_id=web.street.communities["桂花社区"],
    )  # fmt: skip
    for username in grants.EXPERTS:
        web.people[username] = make_user(web.database, web.street, Role.EXPERT, web.clock.now(), username=username)
    (group,) = grants.with_filed_groups(as_centre(web))
    partner = project.centre.organization().public_id
    case = grants.accepted(group, project.call, title="困境儿童课后陪伴", field="orphans", co_applicant=partner)
    grants.seated(group, case)
    first, second, *_ = grants.EXPERTS
    grants.reviewed(group, case, {first: 88})
    group.act(case, "declare", second, {"conflict": False})
    return case


def _draft(web: WebCentre) -> str:
    """A call that is still written; its public id."""
    drafted = web.database.write(
        lambda connection: draft_call(
            connection,
            grants.call_values(title="2026年公益创投第二批"),
            actor=web.people["officer"],
            now=web.clock.now(),
        )
    )
    return str(drafted.public_id)


def _premises(web: WebCentre) -> str:
    officer = web.browser("officer")
    typed = {"name": "长者服务中心", "area": "210", "provider": "街道", "rent_free": "true"}
    made = officer.post("/service-centres", {**typed, "community_id": community(web, "桂花社区")}).headers["location"]
    officer.post(f"{made}/hand-over", {"organization_id": web.organization, "on": "2026-09-18"})
    return str(made).split("?")[0].rpartition("/")[2]


def _survey(web: WebCentre) -> str:
    officer = web.browser("officer")
    preview = officer.post("/survey/preview", files={"file": ("摸底表.csv", SURVEY.encode())})
    done = officer.post("/survey/import", hidden(preview, "/survey/import"))
    return str(done.headers["location"]).split("?")[0].rpartition("/")[2]


def _review_run(web: WebCentre) -> str:
    open_due_reviews(web.service, as_of=today(web.clock.now()), run_key="2026-09-18T08:00:00+08:00", caught_up=True)
    listed = web.browser("manager").get("/review-runs")
    return str(listed.text).partition('href="/review-runs/')[2].partition('"')[0]


def _lived(web: WebCentre) -> None:
    """What the filed group did and who stands in for whom."""
    program = web.program("worker")
    activity = {"kind": "activity", "held_on": "2026-09-17", "title": "重阳节排练", "participants": 40}
    assert program.post(f"organizations/{web.organization}/activities", json=activity).status_code == 201
    team = {"name": "三号楼小队", "leader": "李明", "members": "8", "since": "2026-09-01"}
    assert web.browser("officer").post(f"/organizations/{web.organization}/sub-teams", team).status_code == 303
    named = {"role": "director", "person": web.people["officer2"].public_id, "until": "2026-12-31"}
    assert web.browser("director").post("/substitutes", named).status_code == 303


def _asked(web: WebCentre, case: str) -> dict[str, str]:
    """A request of the case with a link through which words and a photo came."""
    now, due_on = web.clock.now(), today(web.clock.now()) + timedelta(days=9)
    photo = Upload("花名册.jpg", "image/jpeg", 3, store_content(web.service.settings.data_dir, b"\xff\xd8\xff"))

    def sent(connection: Connection) -> dict[str, str]:
        officer = web.people["officer"]
        points = [Point("成员花名册缺联系电话", "roster"), Point("请说明活动场地由谁提供")]
        request = ask(
            connection, case=case, kind="information", points=points, due_on=due_on, actor=officer, now=now
        )  # fmt: skip
        link = make_link(connection, case=case, request=request, actor=officer, now=now)
        note_file(connection, token=link.token, name="1", point=0, upload=photo, now=now)
        send(connection, token=link.token, texts={"1": "居委会提供"}, now=now)
        return {"request_id": request, "token": link.token}

    return web.database.write(sent)


def _together(web: WebCentre, case: str) -> str:
    """A bulk action of one case, not gone on with."""
    chosen = [Chosen(case, web.case_row(case).version)]
    return web.database.write(
        lambda connection: ask_together(
            connection,
            actor=web.people["director"],
            wanted=Wanted(BulkKind.RELEASE),
            chosen=chosen,
            now=web.clock.now(),
        )
    )


def _handed_over(web: WebCentre) -> str:
    """One officer away with the other as deputy, and what a director had in hand given to another."""
    now, day = web.clock.now(), today(web.clock.now())
    case = open_case_for(web, organization=web.enter("晚霞书法社"))
    worker, officer, other = (web.people[name] for name in ("worker", "officer", "officer2"))

    def handed(connection: Connection) -> str:
        claim(connection, case=case, actor=worker, now=now)
        record_absence(
            connection, person=officer.public_id, deputy=other.public_id, since=day, until=day + timedelta(days=4),
            reason="年休假", actor=officer, now=now,
        )  # fmt: skip
        return hand_over(
            connection, giver=worker.public_id, taker=web.people["worker2"].public_id, reason="岗位调整",
            actor=web.people["director"], now=now,
        )  # fmt: skip

    return web.database.write(handed)


def _activated(web: WebCentre, proposal: str) -> None:
    other = web.browser("director2")
    sent = carried(other.get(proposal), f"{proposal}/activate")
    assert other.post(f"{proposal}/activate", {**sent, "comment": "同意"}).status_code == 303


def _a_group(web: WebCentre, text: str) -> str:
    """What tells the first group of cases apart that the rehearsal of this pack finds."""
    with snapshot(web.database) as connection:
        found = rehearse(
            connection, street_id=web.street.street_id, policy=Policy(packs.versions_of_text("street.yaml", text)[0][1]),
            now=web.clock.now(), on=date(2026, 11, 2), actor=web.people["director"],
        )  # fmt: skip
    return found.groups[0].key
