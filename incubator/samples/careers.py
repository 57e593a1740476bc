"""The careers of the sample's organizations, by name: what of each differs from being filed, reviewed and rated in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from incubator.samples import grants
from incubator.samples.agenda import Moves, Story, When, ago, waiting
from incubator.samples.stories import aftercare, evaluation, filing, funding, hubs, projects
from incubator.samples.stories.yearly_review import BASICALLY, FAILED, NEVER_REPORTED, THIS_YEAR

ORDINARY = Story(moves=(), ends=ago(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """What becomes of a group.

    `filed` is the day of its filing, else it is filed in its turn at the beginning; `last_year` and `this_year` are its
    yearly reviews where they are not simply passed, None where no report came; `evaluation` the stars where they are not
    simply given, () where there is none to be; `hub` carries it since `affiliated` days ago for `months`; from `quiet`
    on it does nothing, until it is `revived`, and on the days `unreached` nobody was met. What `upgrades` it ends its
    yearly reviews here. With `leaves` its filing ends within a year, nobody having been met `unreached_before` so many
    days.
    """

    group: str
    filed: When | None = None
    last_year: Moves = ()
    this_year: Story | None = ORDINARY
    evaluation: Moves | Story | None = None
    hub: str = ""
    affiliated: int = 0
    months: int = 36
    stories: tuple[Story, ...] = ()
    quiet: When | None = None
    revived: When | None = None
    unreached: tuple[When, ...] = ()
    upgrades: Story | None = None
    leaves: Moves = ()
    unreached_before: tuple[int, ...] = ()


def this_year(month: int, day: int) -> When:
    """That day of this year."""
    return lambda agenda: date(agenda.today.year, month, day)


def year_before(month: int, day: int) -> When:
    """That day of last year."""
    return lambda agenda: date(agenda.today.year - 1, month, day)


# In the order in which they are filed at the beginning; the last ones say themselves when.
CAREERS: tuple[Career, ...] = (
    Career(group="桂花社区金秋助老服务队", hub="centre", affiliated=620, stories=(*grants.SETTLED_WELL, *grants.RUNNING)),
    Career(group="书院社区阳光助老服务队", hub="centre", affiliated=615, stories=grants.PAID_AT_LAST),
    Career(group="东门社区常青助残之家", hub="centre", affiliated=610, evaluation=evaluation.rated(55, 2), stories=grants.CLAWED_BACK),
    Career(group="望江社区常青助老服务队", hub="centre", affiliated=600, stories=grants.AWAITING_SETTLEMENT),
    Career(group="水井社区福满环保志愿队", stories=(
        Story(moves=funding.refused(grants.TURNED_DOWN), begins=ago(485)), Story(moves=funding.submitted(grants.GREEN), ends=waiting(2)),
    )),
    Career(group="书院社区春晖环保志愿队", stories=(
        Story(moves=(
            (0, hubs.forms_team("春晖一号楼环保小队", "书院社区1号楼", "示例小队长甲", 8)),
            (5, hubs.forms_team("春晖六号楼环保小队", "书院社区6号楼", "示例小队长乙", 6)),
        ), begins=ago(400)),
        Story(moves=hubs.RECOGNISED, begins=ago(330)),
    )),
    Career(group="新桥社区翠竹助残之家", hub="sunshine", affiliated=420, months=36, stories=(
        Story(moves=funding.agreed(grants.LATE), ends=ago(103)), Story(moves=projects.paid(grants.LATE, 1), begins=ago(98)),
        Story(moves=grants.spent(grants.LATE, (1, 260_000, "陪伴活动四场", "26-6001")), begins=ago(80)),
    )),
    Career(group="书院社区康乐四点半课堂", hub="书院社区春晖环保志愿队", affiliated=240, stories=(
        Story(moves=funding.agreed(grants.BRIDGE), ends=waiting(12)), Story(moves=projects.requested(grants.BRIDGE, 1), ends=waiting(4)),
    )),
    Career(group="东门社区金秋健康小屋", hub="centre", affiliated=345, months=12, stories=(
        Story(moves=funding.agreed(grants.HEALTH), ends=ago(80)), Story(moves=projects.paid(grants.HEALTH, 1), begins=ago(77)),
        Story(moves=(*grants.spent(grants.HEALTH, (1, 420_000, "血糖试纸", "26-7001")),
                     (4, projects.changes_lines(grants.HEALTH, (1, 700_000), (2, 800_000)))), ends=waiting(3)),
    )),
    Career(group="北塔社区阳光红十字志愿队", hub="centre", affiliated=300,
           stories=(Story(moves=funding.awarded(grants.FIRST_AID), ends=waiting(11)),)),
    Career(group="水井社区晨曦民乐队", hub="centre", affiliated=250,
           stories=(Story(moves=funding.agreed(grants.NOTES), ends=ago(88)), Story(moves=projects.paid(grants.NOTES, 1), begins=ago(85)),
                    Story(moves=((0, projects.reports(grants.NOTES, "midterm_report")),), ends=waiting(6)))),
    Career(group="东门社区邻里居家养老服务社", stories=(Story(moves=funding.objected(grants.COMPANION), ends=waiting(2)),)),
    Career(group="桂花社区红烛居家养老服务社", stories=(Story(moves=funding.scored(grants.MEALS, funding.FAIR), ends=waiting(3)),)),
    Career(group="北塔社区金秋助残之家", stories=(Story(moves=funding.half_scored(grants.WORKSHOP), ends=waiting(1)),)),
    Career(group="望江社区银龄义工队", stories=(Story(moves=funding.returned(grants.ERRANDS), ends=waiting(2)),)),
    Career(group="桂花社区晨曦捐赠互助站", stories=(Story(moves=funding.begun(grants.SHARING), ends=waiting(1)),)),
    # Yearly reviews of this year at every step.
    *(
        Career(group=group, this_year=story)
        for group, story in zip((
            "东门社区金秋腰鼓队", "新桥社区和谐太极拳队", "望江社区银龄心理疏导室", "桂花社区春晖书画社",
            "书院社区暖心捐赠互助站", "水井社区红烛腰鼓队", "新桥社区常青物业协商会", "望江社区金秋家电义修队", "东门社区康乐乒乓球队",
            "新桥社区翠竹文明劝导队", "水井社区常青柔力球队", "桂花社区暖心乒乓球队", "北塔社区和谐健身气功站",
        ), THIS_YEAR, strict=True)
    ),
    Career(group="北塔社区和谐棋牌协会", this_year=Story(moves=(
        *NEVER_REPORTED,
        *aftercare.ordered("yearly_review", "未报送年度工作报告", "补报年度工作报告\n明确专人负责报送"),
        *aftercare.RECTIFIED,
    ), begins=this_year(5, 8))),
    # Hubs and those they carry.
    Career(group="北塔社区和谐家政互助社", stories=(Story(moves=hubs.RECOGNITION_ASKED, ends=waiting(3)),)),
    Career(group="望江社区福满合唱团", stories=(
        Story(moves=hubs.affiliated("centre", 24, "hub"), begins=ago(430)), Story(moves=hubs.PARTED, begins=ago(100)),
    )),
    Career(group="东门社区爱馨心理疏导室", stories=(
        Story(moves=hubs.affiliated("centre", 36, "hub"), begins=ago(400)), Story(moves=hubs.PARTING_ASKED, ends=waiting(2)),
    )),
    Career(group="书院社区暖心留守儿童关爱队", hub="书院社区春晖环保志愿队", affiliated=220),
    Career(group="水井社区阳光楼道议事会", hub="书院社区春晖环保志愿队", affiliated=200, months=24),
    Career(group="新桥社区暖心太极拳队", stories=(Story(moves=hubs.accepted("centre"), ends=waiting(3)),)),
    Career(group="北塔社区康乐舞蹈队", stories=(Story(moves=hubs.consented("centre", 36, "hub"), ends=waiting(2)),)),
    Career(group="望江社区翠竹民乐队", stories=(Story(moves=hubs.asked("centre"), ends=waiting(1)),)),
    Career(group="书院社区春晖健身气功站", hub="centre", affiliated=365, months=12,
           stories=(Story(moves=hubs.RENEWAL_ASKED, ends=waiting(2)),)),
    # What goes wrong, and what is mended.
    Career(group="桂花社区邻里红十字志愿队", last_year=FAILED, evaluation=evaluation.rated(56, 5), stories=(
        Story(moves=(*aftercare.ordered("yearly_review", "全年仅开展活动一次\n成员不足十人", "每季度至少开展一次活动\n补足成员并更新花名册"),
                     *aftercare.RECTIFIED), begins=year_before(5, 6)),
    )),
    Career(group="东门社区银龄邻里调解室", last_year=BASICALLY, stories=(
        Story(moves=(*aftercare.COMPLAINED_OF,
                     *aftercare.ordered("complaint", "调解记录缺失\n未公示值班安排", "补齐调解台账\n在公示栏公布值班表"),
                     *aftercare.NOT_RECTIFIED), begins=ago(130)),
    )),
    Career(group="书院社区睦邻书画社", stories=(
        Story(moves=(*aftercare.COMPLAINED_OF,
                     *aftercare.ordered("inspection", "活动室存放易燃物品", "清理易燃物品，配备灭火器")), ends=waiting(8)),
    )),
    Career(group="新桥社区暖心邻里调解室", stories=(
        Story(moves=(*aftercare.COMPLAINED_OF,
                     *aftercare.ordered("complaint", "以队伍名义推销保健品", "停止推销，退还款项，向居民说明"),
                     *aftercare.CANCELLED), ends=waiting(3)),
    )),
    Career(group="望江社区爱馨心理疏导室", leaves=aftercare.STRUCK_OFF, unreached_before=(150, 116)),
    Career(group="桂花社区常青合唱团", quiet=ago(430), stories=(Story(moves=aftercare.NOTICED, begins=ago(29)),)),
    Career(group="东门社区睦邻爱心帮扶会", quiet=ago(405)),
    Career(group="水井社区翠竹民乐队", stories=(
        Story(moves=filing.CHANGED, begins=ago(210)), Story(moves=filing.REISSUE_ASKED, ends=waiting(3)),
    )),
    Career(group="新桥社区同心邻里调解室", stories=(Story(moves=filing.CHANGE_ASKED, ends=waiting(3)),)),
    Career(group="北塔社区邻里助老服务队", stories=(Story(moves=filing.EXIT_ASKED, ends=waiting(2)),)),
    Career(group="书院社区睦邻家电义修队", leaves=filing.EXITED),
    Career(group="水井社区晨曦京剧票友社",
           upgrades=Story(moves=aftercare.registered("示例区晨曦京剧协会", "51000000SHILI0101X"), begins=ago(190))),
    Career(group="桂花社区福满腰鼓队", stories=(Story(moves=aftercare.handed_over("示例区福满腰鼓协会"), ends=waiting(15)),)),
    # Filed in the course of time.
    Career(group="东门社区翠竹合唱团", filed=ago(520), evaluation=Story(moves=evaluation.failed(1), ends=waiting(16)),
        stories=(Story(moves=aftercare.ordered(
            "evaluation", "台账缺失，收支未公开\n活动以负责人个人名义开展", "补齐台账，按季公开收支\n建立议事记录",
        ), ends=waiting(6)),),
    ),
    Career(
        group="书院社区夕阳红民乐队", filed=ago(505), quiet=ago(335), unreached=(ago(330), ago(290)), revived=ago(225),
        stories=(Story(moves=aftercare.CURED, begins=ago(257)),),
    ),
    Career(group="水井社区睦邻心理疏导室", filed=ago(490)),
    Career(
        group="新桥社区邻里腰鼓队", filed=ago(475), evaluation=Story(moves=evaluation.UNREPORTED, ends=waiting(4)),
    ),
    Career(group="北塔社区春晖四点半课堂", filed=ago(462), evaluation=Story(moves=evaluation.put_up(83, 2), ends=waiting(3))),
    Career(group="桂花社区暖心物业协商会", filed=ago(455), evaluation=Story(moves=evaluation.being_scored(80, 3), ends=waiting(1))),
    Career(group="东门社区银龄合唱团", filed=ago(448), evaluation=Story(moves=evaluation.visited(), ends=waiting(2))),
    Career(group="书院社区福满乒乓球队", filed=ago(440), evaluation=()),  # the own report is overdue
    Career(group="水井社区邻里家电义修队", filed=ago(425), evaluation=Story(moves=evaluation.reported(), ends=waiting(2))),
    Career(group="新桥社区同心家政互助社", filed=ago(330)),
    Career(group="北塔社区睦邻爱心帮扶会", filed=ago(260)),
    Career(group="桂花社区晨曦舞蹈队", filed=ago(180)),
    Career(group="东门社区夕阳红柔力球队", filed=ago(120)),
)  # fmt: skip

# Groups whose filing is under way, in the order of the stories that they play.
UNDER_WAY = (
    "书院社区金秋健康小屋", "水井社区晨曦环保志愿队", "新桥社区睦邻矫正帮教小组", "北塔社区同心摄影沙龙", "水井社区银龄民乐队",
    "新桥社区晨曦义工队", "北塔社区暖心四点半课堂", "桂花社区睦邻居家养老服务社", "东门社区红烛助残之家", "书院社区红烛民乐队",
    "水井社区同心文明劝导队", "新桥社区同心义工队", "北塔社区常青红十字志愿队", "桂花社区同心家电义修队", "东门社区福满矫正帮教小组",
    "新桥社区晨曦红十字志愿队", "北塔社区金秋家电义修队", "桂花社区邻里乒乓球队", "东门社区春晖乒乓球队", "新桥社区银龄爱心帮扶会",
    "北塔社区红烛爱心帮扶会", "东门社区红烛四点半课堂", "新桥社区康乐矫正帮教小组", "北塔社区金秋棋牌协会", "北塔社区阳光邻里调解室",
)  # fmt: skip

# Groups whose filing is on paper from before, and when it ends: so many days from today.
ON_PAPER = (
    ("北塔社区晨曦治安巡逻队", -150, "三星级", 60),  # renewed in time; its stars end soon
    ("北塔社区晨曦红十字志愿队", 48, "", 0),  # its renewal has been opened
    ("桂花社区同心红十字志愿队", -12, "", 0),  # its time is over, and no renewal was applied for
)

# Who speaks for a hub with an account of the sample; elsewhere an officer records what came on paper.
SPEAKERS = {"centre": "hub"}
# Hubs, since how many days ago they report, who speaks for them, and what becomes of the last report.
REPORTING = (
    ("centre", 655, "hub", "checked"),
    ("sunshine", 540, "", "missing"),
    ("书院社区春晖环保志愿队", 310, "", "reported"),
)

BODIES: dict[str, tuple[Story, ...]] = {
    "centre": (
        Story(moves=(*hubs.RECOGNISED, (2, hubs.represented_by("hub"))), begins=ago(675)),
    ),
    "sunshine": (
        Story(moves=hubs.RECOGNISED, begins=ago(560)), Story(moves=hubs.ENDING_ASKED, ends=waiting(3)),
    ),
    "sunset": (Story(moves=evaluation.graded("3A", "示例民评〔{year}〕3号"), begins=ago(250)),),
    "books": (Story(moves=evaluation.grade_entered("2A", "示例民评〔{year}〕9号"), ends=waiting(2)),),
    "youth": (Story(moves=aftercare.LISTED, begins=ago(160)),),
    "neighbours": (Story(moves=aftercare.REFERRED, ends=waiting(20)),),
}  # fmt: skip
