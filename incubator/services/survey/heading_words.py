"""The headings that people put over a survey's columns, by what they mean."""

from __future__ import annotations

from incubator.services.survey.readings import Field
from incubator.wording import words

EXACT: dict[Field, frozenset[str]] = {
    # Headings that mean the field and nothing else, as `squeeze` leaves them.
    Field.NUMBER: words(
        """
        序号 编号 序 号 no number 序列 seq index
        """
    ),
    Field.COMMUNITY: words(
        """
        社区 所属社区 所在社区 社区名称 居委会 所属居委会 居委会名称 村社区 社区村 所属村社区 所辖社区
        填报社区 community communityname neighbourhood neighborhood residentscommittee
        """
    ),
    Field.NAME: words(
        """
        组织名称 社会组织名称 社区社会组织名称 社区组织名称 团队名称 队伍名称 社团名称 团体名称 群众团体名称
        名称 机构名称 队名 协会名称 组织团队名称 全称 组织全称 队伍 团队 社团 name organization organisation
        organizationname organisationname groupname group nameoforganization nameofgroup nameoforganisation
        teamname team
        """
    ),
    Field.CATEGORY: words(
        """
        类别 类型 所属类别 所属类型 组织类别 组织类型 团队类别 团队类型 队伍类别 队伍类型 业务类别 活动类别
        活动类型 分类 种类 性质 组织性质 服务类别 类 所属领域 领域 category type kind field
        """
    ),
    Field.LEADER: words(
        """
        负责人 负责人姓名 队长 队长姓名 联系人 联系人姓名 主要负责人 主要负责人姓名 团队负责人 组织负责人
        社团负责人 队伍负责人 会长 领队 领队姓名 带头人 召集人 牵头人 骨干 法定代表人 法人 姓名 负责人情况姓名
        leader leadername nameofleader contact contactperson contactname head personincharge responsibleperson
        """
    ),
    Field.PHONE: words(
        """
        联系电话 电话 手机 手机号 手机号码 电话号码 联系方式 联系手机 联系号码 负责人电话 负责人联系电话
        负责人手机 负责人手机号 负责人联系方式 队长电话 队长手机 队长联系电话 队长联系方式 联系人电话
        联系人手机 联系人联系电话 联系人联系方式 phone telephone tel mobile phonenumber mobilephone
        contactnumber contactphone leaderphone
        """
    ),
    Field.MEMBERS: words(
        """
        成员人数 人数 队员数 成员数 队员人数 会员数 会员人数 规模 人员规模 组织规模 团队规模 团队人数 组织人数
        队伍人数 现有人数 总人数 参加人数 成员数量 人员数量 成员 队员 成员情况人数 成员情况总人数 members
        membership numberofmembers membercount size noofmembers
        """
    ),
    Field.FOUNDED_ON: words(
        """
        成立时间 成立日期 组建时间 组建日期 成立年月 成立年份 创建时间 创办时间 创立时间 建立时间 建队时间
        成队时间 组建年份 founded foundedon dateoffounding foundingdate dateestablished established
        establishedon start startdate since
        """
    ),
    Field.PREMISES: words(
        """
        活动场所 活动地点 场地 场所 活动场地 地点 活动地址 活动阵地 阵地 办公场所 办公地点 有无场地 有无场所
        有无固定场所 固定场所 premises venue place location meetingplace activityvenue
        """
    ),
    Field.HAS_CHARTER: words(
        """
        有无章程 章程 是否有章程 是否制定章程 有否章程 章程有无 组织章程 章程情况 charter hascharter
        constitution bylaws
        """
    ),
    Field.PARTY_MEMBERS: words(
        """
        党员情况 党员数 党员人数 党员 中共党员 党员数量 中共党员数 中共党员人数 其中党员 其中党员数
        其中党员人数 成员情况党员 partymembers numberofpartymembers partymembership cpcmembers
        """
    ),
    Field.ACTIVITY_FREQUENCY: words(
        """
        活动频次 活动频率 活动时间 频次 频率 活动次数 活动周期 活动情况 开展活动情况 活动安排 frequency
        activityfrequency activity activities howoften meets activitytime
        """
    ),
    Field.REMARK: words(
        """
        备注 说明 备注说明 其他说明 备注栏 情况说明 注 remark remarks note notes comment comments
        """
    ),
    Field.REASON: words(
        """
        原因 refusalreason reason
        """
    ),
    Field.ORIGIN_SHEET: words(
        """
        原工作表 originalsheet
        """
    ),
    Field.ORIGIN_ROW: words(
        """
        原行号 originalrow
        """
    ),
}
SUGGESTS: dict[Field, frozenset[str]] = {
    # Words that suggest the field at the end of a longer heading.
    Field.COMMUNITY: words(
        """
        社区
        """
    ),
    Field.NAME: words(
        """
        组织名称 团队名称 队伍名称 社团名称 团体名称 名称
        """
    ),
    Field.CATEGORY: words(
        """
        类别 类型 分类 种类
        """
    ),
    Field.LEADER: words(
        """
        负责人 队长 联系人 负责人姓名 带头人 姓名
        """
    ),
    Field.PHONE: words(
        """
        电话 手机 手机号 手机号码 联系方式 号码
        """
    ),
    Field.MEMBERS: words(
        """
        成员人数 队员人数 人数 规模 成员数
        """
    ),
    Field.FOUNDED_ON: words(
        """
        成立时间 成立日期 组建时间 成立年月
        """
    ),
    Field.PREMISES: words(
        """
        场所 地点 场地
        """
    ),
    Field.HAS_CHARTER: words(
        """
        章程
        """
    ),
    Field.PARTY_MEMBERS: words(
        """
        党员人数 党员数 党员情况 党员
        """
    ),
    Field.ACTIVITY_FREQUENCY: words(
        """
        频次 频率 活动时间 活动次数
        """
    ),
    Field.REMARK: words(
        """
        备注
        """
    ),
}
