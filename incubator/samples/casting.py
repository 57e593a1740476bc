"""Who plays what: the career of every organization that is taken along, through filing, hubs, projects, reviews and stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from incubator.clock import months_before
from incubator.procedures.affiliation.quarters import days_of, last_quarter
from incubator.samples import careers
from incubator.samples.agenda import Agenda, Moves, Story, ago, on
from incubator.samples.careers import Career
from incubator.samples.groups import Group
from incubator.samples.life import Diary
from incubator.samples.opening import OnPaper
from incubator.samples.premises import plan_centres
from incubator.samples.stories import evaluation, filing, funding, hubs
from incubator.samples.stories.yearly_review import PASSED

_FIRST_FILINGS = 2  # working days after the street was set up
# Days after which an evaluation that became due was surely opened by a monthly look, and the group has reported.
_EVALUATED_AFTER = 45
_STARS = (93, 88, 76, 84, 66, 79, 71, 86)


@dataclass(slots=True)
class Casting:
    """Plans everything on the agenda, group by group in the order of the careers."""

    agenda: Agenda
    groups: Mapping[str, Group]
    known: Mapping[str, Group]
    stock: Sequence[OnPaper]
    diary: Diary = field(init=False)

    def __post_init__(self) -> None:
        self.diary = Diary(self.agenda)

    def plan(self) -> None:
        """What everybody does: the calls and the hubs first, upon whom the others build."""
        self._calls()
        self._bodies()
        plan_centres(self.agenda, dict(self.groups))
        filed: dict[str, date] = {}
        for place, career in enumerate(careers.CAREERS):
            filed[career.group] = self._filed(career, place)
        # By their days of filing, not in the order above: a hub is recognised before anybody is affiliated with it.
        for place, career in enumerate(careers.CAREERS):
            self._lives(career, place, filed[career.group])
        for place, each in enumerate(self.stock):
            self._on_paper(each, place)
        for group, story in zip(careers.UNDER_WAY, filing.UNDER_WAY, strict=True):
            self.agenda.tell(self.groups[group], story)
        self.diary.plan()

    def _calls(self) -> None:
        """Last year's call, and this year's, which takes applications all the year round."""
        at, agenda = self.agenda.at, self.agenda
        at(ago(520)(agenda), funding.call_drafted(
            funding.LAST, "{year}年公益微创投", 20_000_000, "street_public_benefit", 110, "示例街办〔{year}〕8号",
        ))  # fmt: skip
        at(ago(515)(agenda), funding.call_published(funding.LAST))
        at(ago(280)(agenda), funding.call_closed(funding.LAST))
        cap = {"funding.cap": {"fen": 6_000_000}}
        at(ago(176)(agenda), funding.call_drafted(
            funding.THIS, "{year}年公益微创投（常年受理、分批评审）", 60_000_000, "street_public_benefit", 190,
            "示例街办〔{year}〕5号", **cap,
        ))  # fmt: skip
        at(ago(172)(agenda), funding.call_published(funding.THIS))

    def _bodies(self) -> None:
        for key, body in self.known.items():
            self.diary.live(body, self.agenda.first_day, self.agenda.last_day, apart=(6, 10))
            for story in careers.BODIES.get(key, ()):
                self.agenda.tell(body, story)
        for key, since, speaker, last in careers.REPORTING:
            self._reports(self.known.get(key) or self.groups[key], ago(since)(self.agenda), speaker, last)

    def _reports(self, hub: Group, since: date, speaker: str, last: str) -> None:
        """A report for each quarter since the recognition; of the last one `last` says what has become."""
        period, told = last_quarter(self.agenda.today), {"reported": hubs.reported, "checked": hubs.checked}.get(last)
        while (days := days_of(period)) is not None and days[1] >= since:
            if told is not None:
                self.agenda.tell(hub, Story(moves=told(period, speaker), begins=on(days[1] + timedelta(days=12))))
            told, period = hubs.checked, last_quarter(days[0])

    def _filed(self, career: Career, place: int) -> date:
        """The day on which the group is filed: as its career says, or one after the other from the beginning."""
        group = self.groups[career.group]
        if career.filed is not None:
            return self.agenda.tell(group, Story(moves=filing.FILED, ends=career.filed))
        begins = self.agenda.after(self.agenda.first_day, _FIRST_FILINGS + place)
        return self.agenda.tell(group, Story(moves=filing.FILED, begins=on(begins)))

    def _lives(self, career: Career, place: int, filed_on: date) -> None:
        group, agenda = self.groups[career.group], self.agenda
        if career.leaves:
            self._leaves(career, place, filed_on)
            return
        self.diary.live(group, filed_on, career.quiet(agenda) if career.quiet else agenda.last_day)
        if career.revived:
            self.diary.live(group, career.revived(agenda), agenda.last_day)
        if career.unreached:
            self.diary.fail_to_reach(group, *(day(agenda) for day in career.unreached))
        registered_on = agenda.tell(group, career.upgrades) if career.upgrades else agenda.today
        self._reviews(group, place, filed_on, career, until=registered_on.year)
        if career.evaluation != ():
            self._evaluation(group, place, filed_on, career.evaluation)
        for story in career.stories:
            agenda.tell(group, story)
        if career.hub:
            hub = self.known.get(career.hub) or self.groups[career.hub]
            since = ago(career.affiliated)(agenda)
            moves = hubs.affiliated(career.hub, career.months, careers.SPEAKERS.get(career.hub, ""))
            self.diary.carry(hub, group, agenda.tell(group, Story(moves=moves, begins=on(since))), agenda.last_day,
                             trained=place % 5 != 1)  # fmt: skip

    def _leaves(self, career: Career, place: int, filed_on: date) -> None:
        """Its filing ends before an evaluation is due, and not while a yearly review runs: nothing else may be open."""
        group = self.groups[career.group]
        last = filed_on + timedelta(days=210)
        if (last.month, last.day) >= (12, 15) or (last.month, last.day) < (4, 25):
            last = date(last.year + (last.month == 12), 4, 25)
        unreached = [last - timedelta(days=days) for days in career.unreached_before]
        self.diary.live(group, filed_on, min([last, *unreached]) - timedelta(days=5))
        self.diary.fail_to_reach(group, *unreached)
        self._reviews(group, place, filed_on, None, until=last.year)
        self.agenda.tell(group, Story(moves=career.leaves, ends=on(last)))

    def _reviews(self, group: Group, place: int, filed_on: date, career: Career | None, *, until: int = 0) -> None:
        """A review for each year after the filing: passed in spring, unless the career says otherwise."""
        agenda = self.agenda
        for year in range(max(filed_on.year + 1, agenda.first_day.year), (until or agenda.today.year) + 1):
            new_year = date(year, 1, 1)
            ordinary = max(date(year, 2, 15) + timedelta(days=place * 3 % 38), agenda.first_day + timedelta(days=40))
            if career is not None and year == agenda.today.year - 1 and place % 9 == 8:
                ordinary += timedelta(days=55)  # reported late
            told: Story | None = Story(moves=PASSED, begins=on(ordinary))
            if career is not None and year == agenda.today.year and career.this_year is not careers.ORDINARY:
                told = career.this_year
            if career is not None and year == agenda.today.year - 1 and career.last_year:
                told = Story(moves=career.last_year, begins=on(ordinary))
            if told is not None:
                agenda.tell(group, told, not_before=new_year + timedelta(days=1))

    def _evaluation(self, group: Group, place: int, filed_on: date, moves: Moves | Story | None) -> None:
        if isinstance(moves, Story):
            self.agenda.tell(group, moves)
            return
        due = max(months_before(filed_on, -12), self.agenda.first_day)
        told = moves or evaluation.rated(_STARS[place % len(_STARS)], place)
        self.agenda.tell(group, Story(moves=told, begins=on(due + timedelta(days=_EVALUATED_AFTER + place % 20))))

    def _on_paper(self, each: OnPaper, place: int) -> None:
        """A filing of the opening stock: reviewed, evaluated, and renewed where its time comes."""
        self.diary.live(each.group, self.agenda.first_day, self.agenda.last_day)
        self._reviews(each.group, place, each.signed_on, None)
        if each.stars_until is None:
            self._evaluation(each.group, place, each.signed_on, None)
        if each.until < self.agenda.today - timedelta(days=60):
            self.agenda.tell(each.group, Story(moves=filing.RENEWED, begins=on(each.until - timedelta(days=50))))
