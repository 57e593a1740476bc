"""The projects of the sample: what is applied for under its two calls, and how those go that are carried out."""

from __future__ import annotations

from incubator.samples.agenda import Moves, Story, ago, waiting
from incubator.samples.stories import aftercare, funding, projects
from incubator.samples.stories.funding import LAST, THIS, Grant
from incubator.samples.stories.telling import then

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


def spent(grant: Grant, *each: tuple[int, int, str, str]) -> Moves:
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
    Story(moves=spent(
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
    Story(moves=(
        *spent(RETURNED, (1, 690_000, "保温箱二十个", "24-2001"), (2, 480_000, "送餐电动车租用", "24-2002")),
        (6, projects.spends(RETURNED, 3, 1_150_000, "志愿者补贴", "24-2003")),
        (3, projects.accepts(RETURNED, "24-2003", 1_120_000, "三人次补贴无签领记录，不予认可")),
    ), begins=ago(405)),
    Story(moves=((0, projects.changes_lines(RETURNED, (1, 720_000), (2, 480_000))),
                 (3, projects.agrees_to_change(RETURNED))), begins=ago(300)),
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
    Story(moves=spent(FAILING, (1, 320_000, "手工材料一批", "24-3001")), begins=ago(410)),
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
    Story(moves=spent(ENDING, (1, 560_000, "展板和桌椅", "25-4001"), (2, 610_000, "敬老活动两场", "25-4002")), begins=ago(340)),
    Story(moves=_midterm(ENDING), begins=ago(308)),
    Story(moves=spent(ENDING, (2, 270_000, "敬老活动一场", "25-4003"), (3, 280_000, "宣传折页", "25-4004")), begins=ago(200)),
    Story(moves=((0, projects.reports(ENDING, "final_report", "final_accounts", activities=12, beneficiaries=320)),
                 (6, projects.proposes_acceptance(ENDING))), ends=waiting(4)),
)  # fmt: skip
RUNNING: tuple[Story, ...] = (
    Story(moves=funding.agreed(CLASSROOM), ends=ago(112)),
    Story(moves=projects.paid(CLASSROOM, 1), begins=ago(108)),
    Story(moves=spent(CLASSROOM, (1, 210_000, "教材三百册", "26-5001"), (2, 300_000, "授课劳务六次", "26-5002")), begins=ago(95)),
    Story(moves=((0, projects.reports(CLASSROOM, "midterm_report")), (5, projects.passes_midterm(CLASSROOM))), begins=ago(26)),
    Story(moves=projects.sent(CLASSROOM, 2), ends=waiting(3)),
    Story(moves=((0, projects.spends(CLASSROOM, 3, 180_000, "投影和网络布线", "26-5003")),), ends=waiting(5)),
    Story(moves=((0, projects.spends(CLASSROOM, 2, 250_000, "授课劳务五次", "26-5004")),), ends=waiting(1)),
)  # fmt: skip
