"""A street in a few rows, and small procedures that use every mechanism of the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from incubator.canonical import public_id
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import forms, library
from incubator.engine.advance import Advanced, Request, advance
from incubator.engine.calendars import announced_calendar
from incubator.engine.case import CaseView
from incubator.engine.definition import (
    BACK,
    STAY,
    ClockMove,
    Decision,
    Definition,
    Panel,
    PanelAct,
    Step,
    StepKind,
    Window,
    policy,
)
from incubator.engine.effects import EFFECTS, EffectContext, effect
from incubator.engine.loading import case_view
from incubator.engine.opening import open_case
from incubator.engine.roles import Actor, Grant, Role, automation
from incubator.engine.rules import RULES, Facts, PolicyValues, Unmet, rule
from incubator.engine.soundness import Known
from incubator.engine.tasks import TASKS
from incubator.facts.registry import FACTS
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Community, Person, RoleGrant, Street, Substitute
from incubator.text import Text

FAR = date(2099, 12, 31)


def words(name: str) -> Text:
    return Text(name, name)


def value(plain: Any) -> dict[str, Any]:
    return {"value": plain, "cite": {"source": "", "article": "", "practice": {"zh": "测试", "en": "tests"}}}


SHEET = {"criteria": [{"code": "score", "title": {"zh": "总评", "en": "overall"}, "most": 100}], "drop_extremes": True}


def pack(**changes: Any) -> dict[str, Any]:
    """A policy content for the small procedures; `changes` replace values by their dotted path, dots as `__`."""
    values: dict[str, Any] = {
        "general": {"backdating_days": value(60)},
        "assent": {
            "due": value(
                {"length": 10, "unit": "working_days", "starts_on": "accepted", "extension": {"times": 1, "length": 5}}
            ),
            "correction_due": value({"length": 30, "unit": "working_days"}),
            "documents": value([{"kind": "application", "title": {"zh": "申请书", "en": "application"}}]),
            "members": value(10),
            "notice": value(True),
            "notice_lasts": value({"length": 7, "unit": "working_days"}),
            "review_window": value({"length": 5, "unit": "working_days", "starts_on": "served"}),
            "ladder": value([{"level": "reminder", "after_days": 1}, {"level": "escalation", "after_days": 10}]),
        },
        "panel": {"size": value(5), "quorum": value(5), "sheet": value(SHEET)},
    }
    for path, changed in changes.items():
        section, name = path.split("__")
        values[section][name] = value(changed)
    return {"name": "tests", "sources": {}, "values": values}


def paths() -> frozenset[str]:
    return frozenset(f"{section}.{name}" for section, names in pack()["values"].items() for name in names)


@rule("has_members@1", needs=("data.application.members",), reads=("assent.members",))
def has_members(facts: Facts, policy: PolicyValues) -> Unmet | None:
    if (facts["data.application.members"] or 0) >= policy.get("assent.members"):
        return None
    return Unmet(words("too few members"), words("find more"), (Role.OFFICER,), policy.cite("assent.members"))


@effect("tests.note")
def note(context: EffectContext) -> dict[str, Any]:
    organizations = table(Organization)
    context.connection.execute(
        update(organizations).where(organizations.c.id == context.case.organization_id).values(remark="noted")
    )
    return {"remark": "noted"}


def nothing(work: Any) -> Any:
    return lambda connection: {}


TASKS.setdefault("tests.check", nothing)
TASKS.setdefault("tests.notice", nothing)

OFFICERS = (Role.OFFICER,)
DIRECTORS = (Role.DIRECTOR,)
SERVICE = (Role.AUTOMATION,)

ASSENT = Definition(
    key="assent",
    title=words("assent"),
    stage="filing",
    start="application",
    opens_by=OFFICERS,
    number_series="AS",
    steps=(
        Step(
            key="application", kind=StepKind.HUMAN, title=words("application"), by=OFFICERS,
            form=forms.form(
                forms.whole_number("members", words("members")),
                forms.text("phone", words("phone"), personal=True, required=False),
            ),
            documents=policy("assent.documents"),
            decisions=(
                Decision(name="submit", title=words("submit"), to="check", rules=("has_members@1",), marks=("received", "complete")),
                Decision(name="withdraw", title=words("withdraw"), to="withdrawn", needs_complete_step=False, needs_comment=True),
            ),
        ),
        Step(
            key="check", kind=StepKind.AUTOMATED, title=words("check"), by=SERVICE, task="tests.check",
            decisions=(Decision(name="pass", title=words("pass"), to="acceptance"),),
        ),
        Step(
            key="acceptance", kind=StepKind.HUMAN, title=words("acceptance"), by=OFFICERS, checklist=(("seen", words("seen")),),
            decisions=(
                Decision(name="accept", title=words("accept"), to="decision", marks=("accepted",)),
                Decision(name="return", title=words("return"), to="correction", needs_complete_step=False, clock=ClockMove.PAUSES),
            ),
        ),
        Step(
            key="correction", kind=StepKind.HUMAN, title=words("correction"), by=OFFICERS, due=policy("assent.correction_due"),
            decisions=(
                Decision(name="resubmit", title=words("resubmit"), to=BACK, marks=("complete",)),
                Decision(name="give_up", title=words("give up"), to="withdrawn"),
            ),
        ),
        Step(
            key="decision", kind=StepKind.HUMAN, title=words("decision"), by=(Role.OFFICER, Role.DIRECTOR), due=policy("assent.due"),
            ladder=policy("assent.ladder"),
            decisions=(
                Decision(
                    name="approve", title=words("approve"), to="notice", marks=("signed",), distinct_from=("acceptance.accept",),
                    notices=("tests.notice",),
                ),
                Decision(name="refuse", title=words("refuse"), to="refused", needs_comment=True, distinct_from=("acceptance.accept",)),
                Decision(name="return", title=words("return"), to="correction", needs_complete_step=False, clock=ClockMove.PAUSES),
                Decision(
                    name="extend", title=words("extend"), to=STAY, by=DIRECTORS, clock=ClockMove.EXTENDS, needs_comment=True,
                    form=forms.form(forms.whole_number("length", words("length"), least=1)),
                ),
            ),
        ),
        Step(
            key="notice", kind=StepKind.TIMER, title=words("notice"), by=SERVICE, lasts=policy("assent.notice_lasts"),
            enabled=policy("assent.notice"), skip_to="service", elapsed="elapse",
            decisions=(
                Decision(name="elapse", title=words("elapse"), to="service"),
                Decision(name="object", title=words("object"), to="objection", by=OFFICERS, clock=ClockMove.PAUSES, needs_comment=True),
            ),
        ),
        Step(
            key="objection", kind=StepKind.HUMAN, title=words("objection"), by=DIRECTORS, enabled=policy("assent.notice"), skip_to="service",
            decisions=(
                Decision(name="dismiss", title=words("dismiss"), to=BACK),
                Decision(name="uphold", title=words("uphold"), to="decision"),
            ),
        ),
        Step(
            key="service", kind=StepKind.HUMAN, title=words("service"), by=OFFICERS,
            decisions=(Decision(name="serve", title=words("serve"), to="granted", marks=("served",), effects=("tests.note",)),),
        ),
        Step(
            key="granted", kind=StepKind.END, title=words("granted"), outcome="granted",
            decisions=(
                Decision(
                    name="ask_review", title=words("ask review"), to="review", by=OFFICERS,
                    window=Window(length=policy("assent.review_window")),
                ),
                Decision(name="reopen", title=words("reopen"), to="decision", by=DIRECTORS, needs_comment=True),
            ),
        ),
        Step(
            key="review", kind=StepKind.HUMAN, title=words("review"), by=DIRECTORS, after_end=True,
            decisions=(
                Decision(name="stands", title=words("stands"), to=BACK),
                Decision(name="overturn", title=words("overturn"), to="decision"),
            ),
        ),
        Step(key="refused", kind=StepKind.END, title=words("refused"), outcome="refused"),
        Step(key="withdrawn", kind=StepKind.END, title=words("withdrawn"), outcome="withdrawn"),
    ),
)  # fmt: skip

REVIEW = Definition(
    key="review",
    title=words("review"),
    stage="evaluation",
    start="report",
    opens_by=(Role.AUTOMATION, Role.OFFICER),
    periodic=True,
    number_series="RV",
    steps=(
        Step(
            key="report", kind=StepKind.HUMAN, title=words("report"), by=OFFICERS, due=policy("assent.correction_due"),
            ladder=policy("assent.ladder"), decisions=(Decision(name="pass", title=words("pass"), to="passed"),),
        ),
        Step(key="passed", kind=StepKind.END, title=words("passed"), outcome="passed"),
    ),
)  # fmt: skip

SCORING = Definition(
    key="scoring",
    title=words("scoring"),
    stage="evaluation",
    start="panel",
    opens_by=OFFICERS,
    number_series="SC",
    steps=(
        Step(
            key="panel", kind=StepKind.PANEL, title=words("panel"), by=OFFICERS,
            panel=Panel(size=policy("panel.size"), quorum=policy("panel.quorum"), sheet=policy("panel.sheet")),
            decisions=(
                Decision(
                    name="seat", title=words("seat"), to=STAY, panel=PanelAct.SEAT,
                    form=forms.form(
                        forms.people("members", words("members"), options_fact="staff.experts"),
                        forms.people("alternates", words("alternates"), options_fact="staff.experts", required=False),
                    ),
                ),
                Decision(
                    name="declare", title=words("declare"), to=STAY, by=(Role.EXPERT,), panel=PanelAct.DECLARE,
                    form=forms.form(forms.yes_no("conflict", words("conflict"))),
                ),
                Decision(
                    name="give", title=words("give"), to=STAY, by=(Role.EXPERT,), panel=PanelAct.GIVE,
                    form=forms.form(forms.scores("panel.sheet", words("scores"))),
                ),
                Decision(name="promote", title=words("promote"), to=STAY, panel=PanelAct.PROMOTE),
                Decision(name="conclude", title=words("conclude"), to="scored"),
            ),
        ),
        Step(key="scored", kind=StepKind.END, title=words("scored"), outcome="scored"),
    ),
)  # fmt: skip

DEFINITIONS = (ASSENT, REVIEW, SCORING)


def known(**changes: Any) -> Known:
    names: dict[str, Any] = {
        "rules": RULES, "facts": FACTS, "effects": EFFECTS, "tasks": TASKS, "policy_paths": paths()
    }  # fmt: skip
    return Known(**{**names, **changes})


@dataclass
class World:
    """A street with one community, an organization and people, on a real database."""

    database: Database
    clock: FixedClock
    street_id: int = 0
    community_id: int = 0
    organization_id: int = 0
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def person(self, name: str, *roles: Role) -> Actor:
        """Somebody with roles over the whole street."""
        public = public_id()

        def add(connection: Any) -> int:
            person_id: int = connection.execute(
                insert(table(Person))
                .values(public_id=public, street_id=self.street_id, name=name)
                .returning(table(Person).c.id)
            ).scalar_one()
            for role in roles:
                connection.execute(
                    insert(table(RoleGrant)).values(
                        street_id=self.street_id,
                        person_id=person_id,
                        role=role,
                        community_id=0,
                        since=date(2000, 1, 1),
                        until=FAR,
                    )
                )
            return person_id

        person_id = self.database.write(add)
        grants = tuple(Grant(role, self.street_id) for role in roles)
        self.people[name] = Actor(person_id, name, self.street_id, grants, account_id=person_id, public_id=public)
        return self.people[name]

    def substitute(self, actor: Actor, role: Role, named_by: Actor) -> None:
        self.database.write(
            lambda connection: connection.execute(
                insert(table(Substitute)).values(
                    street_id=self.street_id, role=role, person_id=actor.person_id, named_by=named_by.person_id,
                    named_at=self.now, until=FAR,
                )
            )
        )  # fmt: skip

    def organizations(self, count: int, **values: Any) -> list[int]:
        def add(connection: Any) -> list[int]:
            rows = table(Organization)
            return [
                connection.execute(
                    insert(rows).values(
                        **{
                            "public_id": public_id(), "street_id": self.street_id, "community_id": self.community_id,
                            "name": f"队伍{place}", "name_key": public_id(), "registered_at": self.now, **values,
                        }
                    ).returning(rows.c.id)
                ).scalar_one()
                for place in range(count)
            ]  # fmt: skip

        return self.database.write(add)

    def open(self, procedure: str, actor: Actor, organization_id: int = 0) -> str:
        opened = self.database.write(
            lambda connection: open_case(
                connection,
                procedure=procedure,
                organization_id=organization_id or self.organization_id,
                actor=actor,
                now=self.now,
            )
        )
        return opened.case_id

    def document(self, case_id: str, kind: str = "application") -> None:
        case = self.case(case_id)
        self.database.write(
            lambda connection: connection.execute(
                insert(table(Document)).values(
                    public_id=public_id(), street_id=self.street_id, organization_id=case.organization_id, case_id=case.id,
                    kind=kind, filename="a.pdf", media_type="application/pdf", size=1, sha256="0" * 64, recorded_at=self.now,
                )
            )
        )  # fmt: skip

    def case(self, case_id: str) -> CaseView:
        with self.database.read() as connection:
            view = case_view(connection, case_id)
        assert view is not None
        return view

    def do(self, case_id: str, action: str, actor: Actor | None = None, **request: Any) -> Advanced:
        """Advance with the version that is there; automation acts where nobody is named."""
        asked = {"expected_version": self.case(case_id).version, **request}
        return self.database.write(
            lambda connection: advance(
                connection, Request(case_id, action, actor or automation(self.street_id), **asked), now=self.now
            )
        )

    def rows(self, model: Any, *conditions: Any) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(table(model)).where(*conditions).order_by(table(model).c.id)))


def build(
    database: Database,
    clock: FixedClock,
    content: dict[str, Any] | None = None,
    definitions: Iterable[Definition] = DEFINITIONS,
) -> World:
    """The world, with the small procedures loaded and a policy and calendar in force."""
    world = World(database, clock)

    def lay(connection: Any) -> None:
        library.load_definitions(connection, definitions, known(), world.now)
        world.street_id = connection.execute(
            insert(table(Street))
            .values(public_id=public_id(), code="T1", name="测试街道")
            .returning(table(Street).c.id)
        ).scalar_one()
        world.community_id = connection.execute(
            insert(table(Community))
            .values(public_id=public_id(), street_id=world.street_id, name="桂花社区")
            .returning(table(Community).c.id)
        ).scalar_one()
        stored = library.store_policy(connection, content or pack(), world.now)
        calendar_hash = library.store_calendar(connection, announced_calendar(), world.now)
        library.put_policy_in_force(connection, world.street_id, stored, date(2000, 1, 1), world.now)
        library.put_calendar_in_force(connection, world.street_id, calendar_hash, world.now)

    database.write(lay)
    world.organization_id = world.organizations(1)[0]
    return world


def to_decision(world: World, acceptor: Actor) -> str:
    """A case of `assent`, accepted by this person and waiting for its decision."""
    case_id = world.open("assent", acceptor)
    world.document(case_id)
    world.do(case_id, "submit", acceptor, data={"members": 12})
    world.do(case_id, "pass")
    world.do(case_id, "accept", acceptor, data={"checklist": ["seen"]})
    return case_id


def case_rows(world: World) -> list[Any]:
    return world.rows(Case)


NEVER = NO_DATE
