"""Where what blocks an action can be cured: one table from a blocker to a page, a section, a field or a form."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from incubator.engine.definition import Decision, PolicyRef
from incubator.engine.eligibility import persons_barred
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.engine.rules import RULES, Blocker
from incubator.queries.case_file import CaseFile
from incubator.queries.visibility import Permission, covers_area, may
from incubator.text import Text

_NAMED = 4  # of colleagues who may act so many are named
_NUMBER = re.compile(r"[A-Z]{2,4}-\d{4}-\d{4,}")

UPLOAD = Text("去上传", "Upload it")
FILL_IN = Text("去填写", "Fill it in")
ASSIGN = Text("去指派", "Assign it")
NAME_SUBSTITUTE = Text("去指定代理人", "Name a substitute")
SEE_LIMIT = Text("查看期限", "See the limit")
SEE_PANEL = Text("查看评审", "See the panel")
SEE_CASE = Text("查看该案件", "See that case")
SEE_SAID = Text("查看填写内容", "See what was said")
RETURN = Text("退回补正", "Return it for correction")
SEE_ORGANIZATION = Text("查看组织情况", "See the organization")
SEE_RECORDS = Text("查看活动记录", "See its activities")
SEE_TEAMS = Text("查看枢纽与小队", "See hub and sub-teams")
SEE_RATINGS = Text("查看评级", "See its ratings")
SEE_PROJECTS = Text("查看资助项目", "See its projects")
SEE_HUBS = Text("查看枢纽组织", "See the hubs")
SEE_CENTRES = Text("查看服务中心", "See the service centres")
SEE_CALLS = Text("查看资助批次", "See the calls")
SEE_PROJECT = Text("查看项目", "See the project")

# By what a rule needs to know, the closest first; {organization} is the case's own, {project} the project it belongs to.
_BY_FACT: tuple[tuple[str, str, Text], ...] = (
    ("organization.activities", "/organizations/{organization}#records", SEE_RECORDS),
    ("organization.quiet", "/organizations/{organization}#records", SEE_RECORDS),
    ("organization.failed_contacts", "/organizations/{organization}#records", SEE_RECORDS),
    ("case.signs_in_time", "/organizations/{organization}#records", SEE_RECORDS),
    ("organization.sub_teams", "/organizations/{organization}#sub-teams", SEE_TEAMS),
    ("organization.carries", "/organizations/{organization}#sub-teams", SEE_TEAMS),
    ("organization.members_carried", "/organizations/{organization}#sub-teams", SEE_TEAMS),
    ("organization.star", "/organizations/{organization}#ratings", SEE_RATINGS),
    ("case.rating_stands", "/organizations/{organization}#ratings", SEE_RATINGS),
    ("organization.projects_open", "/organizations/{organization}#projects", SEE_PROJECTS),
    ("organization.service_centres", "/service-centres", SEE_CENTRES),
    ("street.hub", "/hubs", SEE_HUBS),
    ("project.undecided", "{project}#undecided", SEE_PROJECT),
    ("project.tranches", "{project}#tranches", SEE_PROJECT),
    ("project.", "{project}", SEE_PROJECT),
    ("payment.", "{project}", SEE_PROJECT),
    ("call.", "/calls", SEE_CALLS),
    ("case.others_open", "/organizations/{organization}#cases", SEE_ORGANIZATION),
    ("case.same_period", "/organizations/{organization}#cases", SEE_ORGANIZATION),
    ("organization.", "/organizations/{organization}", SEE_ORGANIZATION),
    ("funding.", "/organizations/{organization}", SEE_ORGANIZATION),
)


@dataclass(frozen=True, slots=True)
class Cure:
    """Where a blocker can be cured, by whom by name, and where its article is read. Empty strings lead nowhere."""

    href: str = ""
    label: Text = field(default_factory=lambda: Text("去办理", "Go there"))
    people: Text | None = None
    cite_href: str = ""


def without_case(blocker: Blocker) -> Cure:
    """What can be told of a blocker where no case stands around it."""
    if blocker.code == "four_eyes" and blocker.who == ROLE_NAMES[Role.ADMINISTRATOR]:
        return Cure("/substitutes", NAME_SUBSTITUTE)  # nobody is left, and nobody was named beforehand
    number = _NUMBER.search(blocker.message.zh)
    return Cure(f"/case-numbers/{number[0]}", SEE_CASE) if number else Cure()


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a case's blockers: the case, who reads, the forms that may be opened, its project's page."""

    file: CaseFile
    actor: Actor
    forms: Collection[str]  # the actions that are allowed now
    project: str = ""

    def cure(self, blocker: Blocker, decision: Decision | None) -> Cure:
        """Where and by whom a blocker of a decision is cured."""
        href, label = self._place(blocker, decision)
        return Cure(href, label, self._people(blocker, decision), self._article(blocker, decision))

    def _place(self, blocker: Blocker, decision: Decision | None) -> tuple[str, Text]:
        nowhere = "", Cure().label
        match blocker.kind:
            case "document":
                return f"#document-{blocker.code.partition(':')[2]}", UPLOAD
            case "who":
                return self._to_somebody(blocker) or nowhere
            case "window" | "state":
                return ("#deadline", SEE_LIMIT) if self.file.deadlines else nowhere
            case "panel":
                return ("#panel-1", SEE_PANEL) if self.file.panels else nowhere
            case "checklist":
                return "#act", FILL_IN
            case _:
                return self._by_rule(blocker, decision) or nowhere

    def _to_somebody(self, blocker: Blocker) -> tuple[str, Text] | None:
        case = self.file.case
        alone = without_case(blocker)
        if alone.href:
            return alone.href, alone.label
        held = self.file.holding
        may_assign = may(self.actor, Permission.ASSIGN_WORK, street_id=case.street_id, community_id=case.community_id)
        if held is not None and may_assign and held.role in _roles_of(blocker):
            return f"/cases/{case.public_id}/assignment", ASSIGN
        return None

    def _by_rule(self, blocker: Blocker, decision: Decision | None) -> tuple[str, Text] | None:
        """Where what a rule found can be changed: the other case it names, a field, what was said, a page of records."""
        case = self.file.case
        number = _NUMBER.search(blocker.message.zh)
        if number is not None and number[0] != case.number:
            return f"/case-numbers/{number[0]}", SEE_CASE
        rule = RULES.get(blocker.code)
        needs = rule.needs if rule else ()
        for need in needs:
            if need.startswith(f"data.{case.step}."):
                return f"#f-{need.rpartition('.')[2]}" if decision and decision.name in self.forms else "#act", FILL_IN
        if covers_area(self.actor, case.street_id, case.community_id):
            for beginning, address, label in _BY_FACT:
                told = "{project}" not in address or self.project
                if told and any(need.startswith(beginning) for need in needs):
                    organization = self.file.organization.organization_public_id
                    return address.format(organization=organization, project=self.project), label
        if any(need.startswith("data.") for need in needs):
            if "return_for_correction" in self.forms:
                return f"/cases/{case.public_id}?action=return_for_correction#act", RETURN
            return "#said", SEE_SAID
        return None

    def _people(self, blocker: Blocker, decision: Decision | None) -> Text | None:
        """Who may act, the reader first and the others by name; whoever took an earlier part is left out where four eyes
        ask for it."""
        case = self.file.case
        if not covers_area(self.actor, case.street_id, case.community_id):
            return None
        roles = _roles_of(blocker)
        barred = persons_barred(case, decision) if decision and blocker.kind == "who" else frozenset()
        able = [each for each in self.file.colleagues if each.role in roles and each.person_id not in barred]
        names = [Text(name, name) for name in dict.fromkeys(
            each.name for each in able if each.person_id != self.actor.person_id
        )]  # fmt: skip
        if any(each.person_id == self.actor.person_id for each in able):
            names.insert(0, Text("您", "you"))
        if not names:
            return None
        zh = "、".join(each.zh for each in names[:_NAMED])
        en = ", ".join(each.en for each in names[:_NAMED])
        if len(names) > _NAMED:
            return Text(f"{zh}等 {len(names)} 人", f"{en} and {len(names) - _NAMED} more")
        return Text(zh, en)

    def _article(self, blocker: Blocker, decision: Decision | None) -> str:
        """The line of the policy's page that says what is cited; empty where it cannot be told."""
        if blocker.cite is None:
            return ""
        policy = self.file.policy
        rule = RULES.get(blocker.code)
        paths = [*rule.reads] if rule else [ref.policy for ref in _refs(self.file, decision) if ref is not None]
        path = next((each for each in paths if policy.has(each) and policy.cite(each) == blocker.cite), "")
        return f"/policies/{policy.hash}#{path}" if path else ""


def _refs(file: CaseFile, decision: Decision | None) -> list[PolicyRef | None]:
    window = decision.window.length if decision and decision.window else None
    return [file.step.documents, decision.documents if decision else None, window, file.step.due]


def _roles_of(blocker: Blocker) -> frozenset[Role]:
    """The roles that a blocker names as those who can cure it."""
    said = blocker.who.zh.split("、")
    return frozenset(role for role, name in ROLE_NAMES.items() if name.zh in said)
