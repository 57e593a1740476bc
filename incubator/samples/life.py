"""The life of the sample's organizations on record: what they did, who went there, who called, what hubs did for others."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from incubator.engine.roles import Actor
from incubator.models.activities import ActivityKind
from incubator.samples.agenda import Agenda
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.services.activities import record_activity

_DONE = {
    "daily_services": ("便民服务日", "上门服务困难老人", "社区邻里节义务服务", "为老助餐"),
    "community_affairs": ("居民议事会", "楼院环境整治", "社区邻里节政策宣讲", "矛盾调解接待日"),
    "culture_and_sports": ("集中排练", "社区邻里节展演", "重阳节慰问演出", "队伍交流活动"),
    "public_benefit": ("志愿服务日", "走访困难家庭", "义卖募集物资", "重阳节敬老活动"),
}
_VISITED = ("查看活动开展和台账记录", "了解场地使用和成员变化情况", "核对活动安排，听取意见")
_CALLED = "电话了解近期活动安排"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record to be written: who records what of which organization."""

    by: str
    group: Group
    kind: ActivityKind
    held_on: date
    title: str
    note: str = ""
    participants: int = 0
    reached: bool = True
    duty: str = ""
    other: Group | None = None


@dataclass
class Diary:
    """What is recorded on which working day; written at its end in one transaction."""

    agenda: Agenda
    days: defaultdict[date, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def note(self, day: date, entry: Entry) -> None:
        """Have an entry written on the first working day from `day` on."""
        self.days[self.agenda.after(day, 0)].append(entry)

    def live(self, group: Group, since: date, until: date, *, apart: tuple[int, int] = (22, 40)) -> None:
        """Activities between two days, so many days apart at least and at most; now and then a visit and a call."""
        chance = random.Random(group.name)  # noqa: S311 - the same life each time, no secret
        titles = _DONE[group.category]
        for place, day in enumerate(_days(chance, since, until, *apart)):
            came = max(5, group.members * chance.randint(60, 130) // 100)
            title = titles[place % len(titles)]
            self.note(day, Entry(group.worker, group, ActivityKind.ACTIVITY, day, title, participants=came))
        for place, day in enumerate(_days(chance, since, until, 110, 170)):
            who = group.officer if place % 3 == 2 else group.worker
            note = _VISITED[place % len(_VISITED)]
            self.note(day, Entry(who, group, ActivityKind.VISIT, day, "走访", note))
        for day in _days(chance, since, until, 150, 230):
            self.note(day, Entry(group.worker, group, ActivityKind.CONTACT, day, "电话联系", _CALLED))

    def fail_to_reach(self, group: Group, *days: date) -> None:
        """Nobody answers, nobody is there."""
        for place, day in enumerate(days):
            kind, words = ((ActivityKind.CONTACT, "电话联系"), (ActivityKind.VISIT, "上门走访"))[place % 2]
            self.note(day, Entry(group.worker, group, kind, day, words, "无人接听、无人在场", reached=False))

    def carry(self, hub: Group, member: Group, since: date, until: date, *, trained: bool = True) -> None:
        """What a hub does for one that it carries."""
        deeds = [("filing_help", "协助整理备案资料", 30)]
        deeds += [("midterm_check", "半年走访检查", 182 * half - 14) for half in range(1, 9)]
        deeds += [("training", "项目申报和财务培训", 365 * year - 245) for year in range(1, 5) if trained]
        for duty, title, after in deeds:
            day = since + timedelta(days=after)
            if day <= until:
                self.note(day, Entry(hub.officer, hub, ActivityKind.DUTY, day, title, duty=duty, other=member))

    def plan(self) -> None:
        """Put every day's entries on the agenda."""
        for day, entries in sorted(self.days.items()):
            self.agenda.in_the_evening(day, lambda stage, entries=entries: _write(stage, entries))  # type: ignore[misc]


def _write(stage: Stage, entries: list[Entry]) -> None:
    actors = {entry.by: stage.actor(entry.by) for entry in entries}

    def write(connection: Connection, actor: Actor, now: datetime) -> None:
        for entry in entries:
            record_activity(
                connection,
                organization_id=entry.group.organization_id,
                kind=entry.kind,
                held_on=entry.held_on,
                title=entry.title,
                note=entry.note,
                participants=entry.participants,
                reached=entry.reached,
                duty=entry.duty,
                other_organization_id=entry.other.organization_id if entry.other else 0,
                actor=actors[entry.by],
                now=now,
            )

    stage.write(entries[0].by, write)


def _days(chance: random.Random, since: date, until: date, least: int, most: int) -> Iterator[date]:
    day = since + timedelta(days=chance.randint(3, least))
    while day <= until:
        yield day
        day += timedelta(days=chance.randint(least, most))
