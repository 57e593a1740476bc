"""The careers of the sample's organizations, by name: what of each differs from being filed, reviewed and rated in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from incubator.samples.agenda import Moves, Story, When, ago, waiting
from incubator.samples.stories import aftercare, evaluation, filing, funding, hubs, projects
from incubator.samples.stories.funding import LAST, THIS, Grant
from incubator.samples.stories.telling import then
from incubator.samples.stories.yearly_review import BASICALLY, FAILED, NEVER_REPORTED, THIS_YEAR

ORDINARY = Story(moves=(), ends=ago(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """What becomes of a group.

    `filed` is the day of its filing, else it is filed in its turn at the beginning; `last_year` and `this_year` are its
    yearly reviews where they are not simply passed, None where no report came; `evaluation` the stars where they are not
    simply given, () where there is none to be; `hub` carries it since `affiliated` days ago for `months`; from `quiet`
    on it does nothing, until it is `revived`, and on the days `unreached` nobody was met. What
    `upgrades` it ends its yearly reviews here. With `leaves` its filing ends within a year, nobody having been met `unreached_before` so many days.
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


# Last year's projects.
SETTLED = Grant(
    call=LAST, title="银龄关爱上门服务", field="elder_care", beneficiaries="辖区独居老人 60 人", partner="centre",
    lines=(("服务物料", "materials", 600_000), ("上门服务活动", "activities", 1_200_000),
           ("志愿者补贴", "volunteers", 800_000), ("意外伤害保险", "insurance", 399_999)),
)  # fmt: skip
RETURNED = Grant(
    call=LAST, title="助老送餐进家门", field="elder_care", beneficiaries="高龄老人 40 人", partner="sunset", turn=2,
    lines=(("餐盒和保温箱", "materials", 700_000), ("送餐交通", "transport", 500_000), ("志愿者补贴", "volunteers", 1_200_000)),
)  # fmt: skip
FAILING = Grant(
    call=LAST, title="残健同行手工坊", field="disability", beneficiaries="残障人士 25 人", partner="sunshine", turn=4,
    lines=(("手工材料", "materials", 900_000), ("手工培训", "training", 1_100_000)),
)  # fmt: skip
ENDING = Grant(
    call=LAST, title="望江敬老月", field="elder_care", beneficiaries="老年居民 300 人次", partner="centre", turn=1, days=365,
    lines=(("活动物料", "materials", 600_000), ("敬老活动", "activities", 900_000), ("宣传品", "publicity", 300_000)),
)  # fmt: skip
TURNED_DOWN = Grant(
    call=LAST, title="楼道绿植共享", field="environment", beneficiaries="楼栋居民 200 户", partner="neighbours", turn=3,
    lines=(("绿植和花盆", "materials", 800_000), ("认养活动", "activities", 400_000)),
)  # fmt: skip
# This year's.
CLASSROOM = Grant(
    call=THIS, title="银龄数字课堂", field="elder_care", beneficiaries="老年居民 120 人", partner="centre", turn=3, cut_fen=200_000,
    lines=(("教材和耗材", "materials", 500_000), ("授课劳务", "labour", 1_000_000), ("场地布置", "venue", 700_000)),
)  # fmt: skip
LATE = Grant(
    call=THIS, title="心手相牵助残陪伴", field="disability", beneficiaries="残障居民 30 人", partner="sunshine", turn=5,
    lines=(("陪伴服务", "activities", 1_300_000), ("志愿者补贴", "volunteers", 700_000)),
)  # fmt: skip
BRIDGE = Grant(
    call=THIS, title="四点半快乐成长", field="youth", beneficiaries="小学生 80 人", partner="centre", turn=6,
    lines=(("课后辅导", "labour", 3_000_000), ("图书和教具", "materials", 1_400_000), ("成长营", "activities", 600_000)),
)  # fmt: skip
HEALTH = Grant(
    call=THIS, title="健康小屋慢病管理", field="elder_care", beneficiaries="慢病居民 150 人", partner="sunset", turn=1,
    lines=(("检测耗材", "materials", 900_000), ("健康讲座", "training", 600_000), ("随访交通", "transport", 300_000)),
)  # fmt: skip
NOTES = Grant(
    call=THIS, title="非遗剪纸进社区", field="culture_and_sports", beneficiaries="居民 400 人次", partner="books", turn=2,
    lines=(("剪纸材料", "materials", 500_000), ("传习课程", "training", 700_000)),
)  # fmt: skip
FIRST_AID = Grant(
    call=THIS, title="急救技能人人会", field="volunteering", beneficiaries="居民 500 人", partner="neighbours", turn=4,
    lines=(("急救教具", "materials", 1_000_000), ("培训课程", "training", 1_500_000)),
)  # fmt: skip
COMPANION = Grant(
    call=THIS, title="居家陪护互助", field="elder_care", beneficiaries="失能老人 20 人", partner="sunset", turn=5,
    lines=(("陪护培训", "training", 800_000), ("互助积分物资", "materials", 1_000_000)),
)  # fmt: skip
MEALS = Grant(
    call=THIS, title="邻里饭桌", field="hardship", beneficiaries="困难家庭 35 户", partner="sunset",
    lines=(("食材", "materials", 1_200_000), ("志愿者补贴", "volunteers", 600_000)),
)  # fmt: skip
WORKSHOP = Grant(
    call=THIS, title="助残辅具修配角", field="disability", beneficiaries="残障居民 45 人", partner="sunshine", turn=3,
    lines=(("修配工具", "materials", 900_000), ("技能培训", "training", 500_000)),
)  # fmt: skip
ERRANDS = Grant(
    call=THIS, title="义工跑腿代办", field="volunteering", beneficiaries="行动不便居民 60 人", partner="centre",
    lines=(("服务马甲和证件", "materials", 300_000), ("交通补贴", "transport", 500_000)),
)  # fmt: skip
SHARING = Grant(
    call=THIS, title="旧物新生互助集市", field="hardship", beneficiaries="居民 600 人次", partner="centre",
    lines=(("集市物料", "materials", 600_000), ("运输", "transport", 300_000)),
)  # fmt: skip
GREEN = Grant(
    call=THIS, title="河道巡护志愿行", field="environment", beneficiaries="沿河居民 800 户", partner="youth",
    lines=(("巡护装备", "materials", 700_000), ("宣传活动", "publicity", 300_000)),
)  # fmt: skip


def _spent(grant: Grant, *each: tuple[int, int, str, str]) -> Moves:
    """Expenses, each on another day, and each accepted some days later."""
    return tuple(
        move
        for line, fen, purpose, number in each
        for move in ((6, projects.spends(grant, line, fen, purpose, number)), (3, projects.accepts(grant, number)))
    )


def _midterm(grant: Grant) -> Moves:
    """The mid-term report passes, and the second tranche is paid."""
    return (
        (0, projects.reports(grant, "midterm_report")),
        (5, projects.passes_midterm(grant)),
        *then(3, projects.paid(grant, 2)),
    )


SETTLED_WELL: tuple[Story, ...] = (
    Story(moves=funding.agreed(SETTLED), ends=ago(440)),
    Story(moves=projects.paid(SETTLED, 1), begins=ago(437)),
    Story(moves=_spent(
        SETTLED, (1, 580_000, "爱心包、血压计", "24-1001"), (2, 900_000, "上门服务二十场", "24-1002"),
        (3, 600_000, "志愿者补贴（上半期）", "24-1003"), (4, 300_000, "志愿者保险", "24-1004"),
    ), begins=ago(420)),
    Story(moves=_midterm(SETTLED), begins=ago(360)),
    Story(moves=(
        (0, projects.spends(SETTLED, 2, 261_000, "上门服务六场", "24-1005")),
        (2, projects.accepts(SETTLED, "24-1005")),
        (1, projects.spends(SETTLED, 3, 50_000, "聚餐费", "24-1006")),
        (2, projects.rejects(SETTLED, "24-1006", "聚餐不属于项目支出")),
    ), begins=ago(320)),
    Story(moves=(
        (0, projects.reports(SETTLED, "final_report", "final_accounts", activities=26, beneficiaries=1560)),
        (8, projects.proposes_acceptance(SETTLED)),
        (4, projects.settles(SETTLED)),
        *then(4, projects.paid(SETTLED, 3)),
        (3, projects.closes(SETTLED)),
    ), begins=ago(235)),
)  # fmt: skip
PAID_AT_LAST: tuple[Story, ...] = (
    Story(moves=funding.agreed(RETURNED, funding.FAIR), ends=ago(438)),
    Story(moves=projects.returned_and_paid(RETURNED, 1), begins=ago(436)),
    Story(moves=_spent(
        RETURNED, (1, 690_000, "保温箱二十个", "24-2001"), (2, 480_000, "送餐电动车租用", "24-2002"),
        (3, 1_150_000, "志愿者补贴", "24-2003"),
    ), begins=ago(405)),
    Story(moves=((0, projects.reports(RETURNED, "midterm_report")), (3, projects.asks_to_mend(RETURNED)),
                 (6, projects.mends(RETURNED)), (3, projects.passes_midterm(RETURNED)),
                 *then(3, projects.paid(RETURNED, 2))), begins=ago(365)),
    Story(moves=(
        (0, projects.reports(RETURNED, "final_report", "final_accounts", activities=40, beneficiaries=2400)),
        (6, projects.proposes_acceptance(RETURNED)),
        (4, projects.settles(RETURNED)),
        *then(3, projects.paid(RETURNED, 3)),
        (3, projects.closes(RETURNED)),
    ), begins=ago(232)),
)  # fmt: skip
CLAWED_BACK: tuple[Story, ...] = (
    Story(moves=funding.agreed(FAILING, funding.FAIR), ends=ago(436)),
    Story(moves=projects.paid(FAILING, 1), begins=ago(433)),
    Story(moves=_spent(FAILING, (1, 320_000, "手工材料一批", "24-3001")), begins=ago(410)),
    Story(moves=((0, projects.reports(FAILING, "midterm_report", activities=2, beneficiaries=18)),
                 *projects.fails_midterm(FAILING, 300_000)), begins=ago(365)),
    Story(moves=((0, projects.refunds(FAILING, 300_000, "银行回单 0315")),), begins=ago(318)),
    Story(moves=projects.terminated(FAILING, 380_000), begins=ago(300)),
    Story(moves=(*aftercare.ordered("project", "项目款挪作他用\n活动签到代签", "退还挪用款项\n建立项目收支和签到制度"),
                 *aftercare.RECTIFIED), begins=ago(266)),
    Story(moves=((0, projects.refunds(FAILING, 380_000, "银行回单 0561")), (3, projects.closes(FAILING))), begins=ago(255)),
)  # fmt: skip
AWAITING_SETTLEMENT: tuple[Story, ...] = (
    Story(moves=funding.agreed(ENDING), ends=ago(385)),
    Story(moves=projects.paid(ENDING, 1), begins=ago(382)),
    Story(moves=_spent(ENDING, (1, 560_000, "展板和桌椅", "25-4001"), (2, 610_000, "敬老活动两场", "25-4002")), begins=ago(340)),
    Story(moves=_midterm(ENDING), begins=ago(308)),
    Story(moves=_spent(ENDING, (2, 270_000, "敬老活动一场", "25-4003"), (3, 280_000, "宣传折页", "25-4004")), begins=ago(200)),
    Story(moves=((0, projects.reports(ENDING, "final_report", "final_accounts", activities=12, beneficiaries=320)),
                 (6, projects.proposes_acceptance(ENDING))), ends=waiting(4)),
)  # fmt: skip
RUNNING: tuple[Story, ...] = (
    Story(moves=funding.agreed(CLASSROOM), ends=ago(112)),
    Story(moves=projects.paid(CLASSROOM, 1), begins=ago(108)),
    Story(moves=_spent(CLASSROOM, (1, 210_000, "教材三百册", "26-5001"), (2, 300_000, "授课劳务六次", "26-5002")), begins=ago(95)),
    Story(moves=((0, projects.reports(CLASSROOM, "midterm_report")), (5, projects.passes_midterm(CLASSROOM))), begins=ago(26)),
    Story(moves=projects.sent(CLASSROOM, 2), ends=waiting(3)),
    Story(moves=((0, projects.spends(CLASSROOM, 3, 180_000, "投影和网络布线", "26-5003")),), ends=waiting(5)),
    Story(moves=((0, projects.spends(CLASSROOM, 2, 250_000, "授课劳务五次", "26-5004")),), ends=waiting(1)),
)  # fmt: skip

# In the order in which they are filed at the beginning; the last ones say themselves when.
CAREERS: tuple[Career, ...] = (
    Career(group="桂花社区金秋助老服务队", hub="centre", affiliated=620, stories=(*SETTLED_WELL, *RUNNING)),
    Career(group="书院社区阳光助老服务队", hub="centre", affiliated=615, stories=PAID_AT_LAST),
    Career(group="东门社区常青助残之家", hub="centre", affiliated=610, evaluation=evaluation.rated(55, 2), stories=CLAWED_BACK),
    Career(group="望江社区常青助老服务队", hub="centre", affiliated=600, stories=AWAITING_SETTLEMENT),
    Career(group="水井社区福满环保志愿队", stories=(
        Story(moves=funding.refused(TURNED_DOWN), begins=ago(485)), Story(moves=funding.submitted(GREEN), ends=waiting(2)),
    )),
    Career(group="书院社区春晖环保志愿队", stories=(
        Story(moves=(
            (0, hubs.forms_team("春晖一号楼环保小队", "书院社区1号楼", "示例小队长甲", 8)),
            (5, hubs.forms_team("春晖六号楼环保小队", "书院社区6号楼", "示例小队长乙", 6)),
        ), begins=ago(400)),
        Story(moves=hubs.RECOGNISED, begins=ago(330)),
    )),
    Career(group="新桥社区翠竹助残之家", hub="sunshine", affiliated=420, months=36, stories=(
        Story(moves=funding.agreed(LATE), ends=ago(103)), Story(moves=projects.paid(LATE, 1), begins=ago(98)),
        Story(moves=_spent(LATE, (1, 260_000, "陪伴活动四场", "26-6001")), begins=ago(80)),
    )),
    Career(group="书院社区康乐四点半课堂", hub="书院社区春晖环保志愿队", affiliated=240, stories=(
        Story(moves=funding.agreed(BRIDGE), ends=waiting(12)), Story(moves=projects.requested(BRIDGE, 1), ends=waiting(4)),
    )),
    Career(group="东门社区金秋健康小屋", hub="centre", affiliated=345, months=12, stories=(
        Story(moves=funding.agreed(HEALTH), ends=ago(80)), Story(moves=projects.paid(HEALTH, 1), begins=ago(77)),
        Story(moves=(*_spent(HEALTH, (1, 420_000, "血糖试纸", "26-7001")),
                     (4, projects.changes_lines(HEALTH, (1, 700_000), (2, 800_000)))), ends=waiting(3)),
    )),
    Career(group="北塔社区阳光红十字志愿队", hub="centre", affiliated=300,
           stories=(Story(moves=funding.awarded(FIRST_AID), ends=waiting(11)),)),
    Career(group="水井社区晨曦民乐队", hub="centre", affiliated=250,
           stories=(Story(moves=funding.agreed(NOTES), ends=ago(88)), Story(moves=projects.paid(NOTES, 1), begins=ago(85)),
                    Story(moves=((0, projects.reports(NOTES, "midterm_report")),), ends=waiting(6)))),
    Career(group="东门社区邻里居家养老服务社", stories=(Story(moves=funding.objected(COMPANION), ends=waiting(2)),)),
    Career(group="桂花社区红烛居家养老服务社", stories=(Story(moves=funding.scored(MEALS, funding.FAIR), ends=waiting(3)),)),
    Career(group="北塔社区金秋助残之家", stories=(Story(moves=funding.half_scored(WORKSHOP), ends=waiting(1)),)),
    Career(group="望江社区银龄义工队", stories=(Story(moves=funding.returned(ERRANDS), ends=waiting(2)),)),
    Career(group="桂花社区晨曦捐赠互助站", stories=(Story(moves=funding.begun(SHARING), ends=waiting(1)),)),
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
    Career(group="水井社区翠竹民乐队", stories=(Story(moves=filing.CHANGED, begins=ago(210)),)),
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
