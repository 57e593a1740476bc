"""The vocabulary that these tests read surveys with: Sichuan's categories and excluded kinds."""

from __future__ import annotations

from incubator.services.survey import Category, ExcludedKind, Vocabulary
from incubator.text import Text

CITE = Text("四川省2023年规定第二条", "Sichuan's rules of 2023, art. 2")


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CATEGORIES = (
    Category(
        "daily_services",
        Text("生活服务", "Daily services"),
        words("便民服务 服务类 社区服务 便民利民 居民服务 家政服务 为民服务 便民 服务"),
    ),
    Category(
        "community_affairs",
        Text("社区事务", "Community affairs"),
        words("社区治理 社区管理 事务类 治理类 管理类 居民自治 平安建设 协商议事 邻里互助 社区事务管理"),
    ),
    Category(
        "culture_and_sports",
        Text("文体活动", "Culture and sports"),
        words("文体 文娱 文化体育 文化娱乐 文艺 文化 体育 健身 文体娱乐 体育健身 文体队伍 兴趣爱好"),
    ),
    Category(
        "public_benefit",
        Text("公益慈善", "Public benefit and charity"),
        words("公益 慈善 慈善公益 志愿服务 志愿者 志愿 公益服务 慈善救助 互助 扶贫助困 助老助残"),
    ),
)
EXCLUDED = (
    ExcludedKind(
        "committee_organ",
        Text("居民委员会的内设或下属工作机构", "organs of a residents' committee"),
        words(
            "居委会*小组 居委会*委员会 居民委员会*小组 居委会*工作站 居委会妇联 居委会工作机构 居委会内设机构 居委会下属机构 居委会下设机构 "
            "居民小组 社区妇联 社区工会 人民调解委员会"
        ),
        Text(
            "居民委员会内设、下属机构不属于社区社会组织",
            "an organ of the residents' committee is no community social organization",
        ),
        CITE,
    ),
    ExcludedKind(
        "owners_committee",
        Text("业主委员会", "owners' committees"),
        words("业主委员会 业委会 业主大会 物业管理委员会 物管会 业主委员会筹备组"),
        Text(
            "业主大会、业主委员会不属于社区社会组织",
            "an owners' assembly or committee is no community social organization",
        ),
        CITE,
    ),
    ExcludedKind(
        "building_self_governance",
        Text("楼栋自治组织", "building self-governance bodies"),
        words(
            "楼组自治小组 楼栋自治小组 楼院自治小组 单元自治小组 楼组自治* 楼栋自治* 院落自治* 楼门自治* 自管小组 院落自管小组 楼委会"
        ),
        Text(
            "楼组、楼栋自治组织不单独备案，可作为已备案组织的下设小队",
            "a building's self-governance body is not filed by itself: it can be a sub-team of a filed organization",
        ),
        CITE,
    ),
    ExcludedKind(
        "for_profit",
        Text("营利性主体", "for-profit bodies"),
        words(
            "个体工商户 个体户 个体经营 有限公司 有限责任公司 分公司 公司 营利性 营利性机构 企业 个人独资企业 合伙企业"
        ),
        Text("营利性主体不属于社区社会组织", "a for-profit body is no community social organization"),
        CITE,
    ),
)
COMMUNITIES = words("桂花社区 东门社区 书院社区 水井社区 新桥社区 北塔社区 望江社区")

SICHUAN = Vocabulary(categories=CATEGORIES, excluded=EXCLUDED)
SICHUAN_STREET = Vocabulary(categories=CATEGORIES, excluded=EXCLUDED, communities=COMMUNITIES)
