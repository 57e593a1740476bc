"""The workbook of the opening stock: its sheets, their columns, and how each column is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from incubator.text import Text


class Kind(StrEnum):
    """What a sheet's rows are."""

    ORGANIZATION = "organization"
    FILING = "filing"
    HUB = "hub"
    AFFILIATION = "affiliation"
    PROJECT = "project"
    BUDGET_LINE = "budget_line"
    TRANCHE = "tranche"
    RATING = "rating"
    RESTRICTION = "restriction"


class Reads(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    DAY = "day"  # to the day
    LAST_DAY = "last_day"  # to the day, or 长期
    PARTIAL_DAY = "partial_day"  # as far as it is known
    MONEY = "money"  # yuan, kept in fen
    PERCENT = "percent"  # kept in hundredths of a percent
    WHOLE = "whole"
    PHONE = "phone"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading, other headings that mean it, and what may stand in it.

    `options` names the list that a choice is made from; `most` is the longest text that is kept.
    """

    key: str
    title: Text
    help: Text
    reads: Reads = Reads.TEXT
    required: bool = False
    also: tuple[str, ...] = ()
    options: str = ""
    most: int = 100
    width: int = 14

    @property
    def holds_numbers(self) -> bool:
        """Whether it holds numbers of papers, which are kept as they stand however much they look like a telephone's."""
        return self.key.endswith(("number", "voucher"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLayout:
    """A sheet: what its rows are, and its columns in their order."""

    kind: Kind
    title: Text
    help: Text
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(column for column in self.columns if column.key == key)


EXPLANATION = Text("填写说明", "How to fill this in")
LISTS = Text("选项", "Lists")  # what the cells' lists are made from

_COMMUNITY = Column(
    key="community", title=Text("社区", "Community"), also=("所在社区", "所属社区"), options="community",
    help=Text("组织所在社区。组织名称在全街道只有一个的，可不填", "Where the group belongs; may be left out where no other community has a group of the name"),
)  # fmt: skip
_ORGANIZATION = Column(
    key="organization", title=Text("组织名称", "Organization"), also=("名称", "社会组织名称", "组织"), required=True, width=28,
    help=Text("与系统中或“组织”表中的名称一致", "As the service or the sheet 组织 knows it"),
)  # fmt: skip
_PAPER = Column(
    key="paper", title=Text("依据材料", "Paper"), also=("依据", "依据文件", "凭据", "材料出处"), required=True, most=200, width=34,
    help=Text(
        "这一行出自哪一份材料：文件名称、文号、档案盒号等，以便日后查对。不要填电话和身份证号",
        "The paper this row comes from: title, number, where it is filed, so that it can be found again. No telephone or "
        "identity numbers",
    ),
)  # fmt: skip
_UNTIL = Text("最后一日；没有期限的填“长期”", "The last day; 长期 where there is no end")
_NUMBER = Text("项目编号，与“项目”表一致", "The project's number, as on the sheet 项目")


LAYOUT: tuple[SheetLayout, ...] = (
    SheetLayout(
        kind=Kind.ORGANIZATION, title=Text("组织", "Organizations"),
        help=Text(
            "系统中还没有的组织，每个一行。已经有的（例如摸底导入的）不必再填，除非要登记它已在登记机关登记",
            "One row for each organization that the service does not know yet, or that is registered with the registrar",
        ),
        columns=(
            Column(key="community", title=_COMMUNITY.title, also=_COMMUNITY.also, options="community", required=True,
                   help=Text("组织所在社区，须是本街道的社区", "A community of the street")),
            Column(key="organization", title=_ORGANIZATION.title, also=_ORGANIZATION.also, required=True, width=28,
                   help=Text("组织的全称", "The organization's full name")),
            Column(key="standing", title=Text("登记情况", "Registration"), also=("是否登记",), reads=Reads.CHOICE, options="standing",
                   help=Text("已在登记机关登记的填“已登记”，其余不填", "已登记 where it is registered with the registrar, else blank")),
            Column(key="registration_number", title=Text("登记证号", "Registration number"),
                   also=("统一社会信用代码", "登记证书号"), most=60, width=22,
                   help=Text("统一社会信用代码或登记证号；已登记的必填", "The unified social credit code or the certificate's number; needed where it is registered")),
            Column(key="category", title=Text("类别", "Category"), also=("组织类别",), reads=Reads.CHOICE, options="category",
                   help=Text("政策所列的类别", "One of the policy's categories")),
            Column(key="leader", title=Text("负责人", "Leader"), also=("负责人姓名",), most=60, help=Text("负责人姓名", "The leader's name")),
            Column(key="leader_phone", title=Text("联系电话", "Phone"), also=("电话", "负责人电话"), reads=Reads.PHONE, width=16,
                   help=Text("负责人的电话，加密保存", "The leader's telephone; kept sealed")),
            Column(key="members", title=Text("成员人数", "Members"), also=("人数",), reads=Reads.WHOLE, help=Text("人数", "How many")),
            Column(key="founded_on", title=Text("成立时间", "Founded on"), also=("成立日期",), reads=Reads.PARTIAL_DAY,
                   help=Text("年、年月或年月日", "A year, a month or a day")),
            Column(key="premises", title=Text("活动场所", "Premises"), also=("活动地点", "地址"), most=200, width=24,
                   help=Text("活动地址", "Where it meets")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.FILING, title=Text("备案", "Filings"),
        help=Text(
            "每张备案证一行。换过证的，旧证也可各填一行，以最后一张为现行有效的证",
            "One row for each filing certificate; earlier certificates may stand in rows of their own, and the last one holds",
        ),
        columns=(
            _COMMUNITY, _ORGANIZATION,
            Column(key="number", title=Text("备案证号", "Certificate number"), also=("备案号", "证号", "备案编号"), required=True, most=60, width=24,
                   help=Text("备案证上的编号，不得与其他证重复", "As it stands on the certificate; no two are alike")),
            Column(key="signed_on", title=Text("签发日期", "Signed on"), also=("发证日期", "备案日期"), reads=Reads.DAY, required=True,
                   help=Text("备案证的签发日期", "The day the certificate was signed")),
            Column(key="valid_from", title=Text("有效期起", "Valid from"), also=("有效期自", "起始日期"), reads=Reads.DAY,
                   help=Text("不填时同签发日期", "The day of signature where it is blank")),
            Column(key="valid_until", title=Text("有效期止", "Valid until"), also=("有效期至", "到期日期", "截止日期"), reads=Reads.DAY, required=True,
                   help=Text("有效期的最后一日", "The last day of its validity")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.HUB, title=Text("枢纽", "Hubs"),
        help=Text("街道已认定的枢纽型社会组织，每个一行", "One row for each organization that the street recognised as a hub"),
        columns=(
            _COMMUNITY, _ORGANIZATION,
            Column(key="since", title=Text("认定日期", "Recognised on"), also=("认定时间",), reads=Reads.DAY, required=True,
                   help=Text("认定文件的日期", "The day of the recognition")),
            Column(key="until", title=Text("有效期止", "Valid until"), also=("有效期至", "到期日期"), reads=Reads.LAST_DAY, help=_UNTIL),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.AFFILIATION, title=Text("挂靠", "Affiliations"),
        help=Text("每份挂靠协议一行。枢纽须在“枢纽”表中，或已在系统中认定", "One row for each agreement; its hub stands on the sheet 枢纽 or is recognised in the service"),
        columns=(
            _COMMUNITY, _ORGANIZATION,
            Column(key="hub", title=Text("枢纽组织", "Hub"), also=("枢纽", "挂靠组织", "枢纽名称"), required=True, width=28,
                   help=Text("枢纽组织的名称", "The hub's name")),
            Column(key="agreement_number", title=Text("协议编号", "Agreement number"), also=("挂靠协议编号",), required=True, most=60, width=20,
                   help=Text("挂靠协议的编号，不得重复", "The agreement's number; no two are alike")),
            Column(key="since", title=Text("协议起始日期", "From"), also=("起始日期", "协议期起"), reads=Reads.DAY, required=True,
                   help=Text("协议期的第一日", "The first day of the term")),
            Column(key="until", title=Text("协议终止日期", "Until"), also=("终止日期", "协议期止", "有效期至"), reads=Reads.DAY, required=True,
                   help=Text("协议期的最后一日", "The last day of the term")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.PROJECT, title=Text("项目", "Projects"),
        help=Text(
            "已签协议、还没有结项的资助项目，每个一行；预算和各期拨款在后面两张表中",
            "One row for each project with an agreement that is not settled yet; budget and tranches stand on the next two sheets",
        ),
        columns=(
            _COMMUNITY, _ORGANIZATION,
            Column(key="number", title=Text("项目编号", "Project number"), required=True, most=60, width=20,
                   help=Text("项目的编号，不得重复", "The project's number; no two are alike")),
            Column(key="title", title=Text("项目名称", "Title"), required=True, width=28, help=Text("协议上的项目名称", "As the agreement calls it")),
            Column(key="call", title=Text("批次", "Call"), also=("资助批次", "批次编号"), most=60,
                   help=Text("立项所在的批次，仅作说明", "The call it was awarded in; told only")),
            Column(key="fund", title=Text("资金来源", "Fund"), also=("资金类别", "资金性质"), reads=Reads.CHOICE, options="fund", required=True, width=18,
                   help=Text("政策所列的资金来源", "One of the policy's fund sources")),
            Column(key="field", title=Text("服务领域", "Field"), also=("领域",), reads=Reads.CHOICE, options="field",
                   help=Text("政策所列的服务领域", "One of the policy's fields")),
            Column(key="payee", title=Text("收款单位", "Payee"), also=("收款组织",), width=28,
                   help=Text("有法人资格的收款单位；不填时为项目承担组织自己", "The legal person that is paid; the organization itself where it is blank")),
            Column(key="awarded", title=Text("立项金额（元）", "Award (yuan)"), also=("立项金额", "资助金额", "资助金额（元）"), reads=Reads.MONEY, required=True,
                   help=Text("协议约定的资助总额", "What the agreement grants in all")),
            Column(key="agreement_number", title=Text("协议编号", "Agreement number"), also=("资助协议编号",), required=True, most=60, width=20,
                   help=Text("资助协议的编号", "The agreement's number")),
            Column(key="agreed_on", title=Text("协议签订日期", "Agreed on"), also=("签订日期", "签约日期"), reads=Reads.DAY, required=True,
                   help=Text("协议的签订日期", "The day the agreement was signed")),
            Column(key="starts_on", title=Text("开始日期", "Starts on"), also=("项目开始日期",), reads=Reads.DAY,
                   help=Text("不填时同协议签订日期", "The day of the agreement where it is blank")),
            Column(key="ends_on", title=Text("结束日期", "Ends on"), also=("项目结束日期",), reads=Reads.DAY, required=True,
                   help=Text("协议约定的最后一日", "The last day that the agreement gives")),
            Column(key="minutes_number", title=Text("会议纪要编号", "Minutes"), also=("纪要编号",), most=60,
                   help=Text("集体决定立项的会议纪要编号", "The number of the minutes of the collective decision")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.BUDGET_LINE, title=Text("项目预算", "Budget lines"),
        help=Text("项目预算的每个科目一行，合计须等于立项金额", "One row for each line of a project's budget; they add up to the award"),
        columns=(
            Column(key="number", title=Text("项目编号", "Project number"), required=True, most=60, width=20, help=_NUMBER),
            Column(key="title", title=Text("支出项目", "Line"), also=("科目", "预算科目", "支出内容"), required=True, width=28,
                   help=Text("预算科目名称", "What the line is called")),
            Column(key="kind", title=Text("支出类别", "Kind of cost"), also=("费用类别",), reads=Reads.CHOICE, options="cost_kind",
                   help=Text("政策所列的支出类别", "One of the policy's kinds of cost")),
            Column(key="planned", title=Text("预算金额（元）", "Planned (yuan)"), also=("预算金额", "金额", "金额（元）"), reads=Reads.MONEY, required=True,
                   help=Text("该科目的预算", "What is planned on the line")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.TRANCHE, title=Text("项目拨款", "Tranches"),
        help=Text(
            "协议约定的每一期拨款一行，比例合计 100%。已经拨付的填金额、日期和凭证号，还没有拨付的这三列留空",
            "One row for each tranche of the agreement, 100 % in all. What is paid says amount, day and voucher; the three are "
            "blank where it is not",
        ),
        columns=(
            Column(key="number", title=Text("项目编号", "Project number"), required=True, most=60, width=20, help=_NUMBER),
            Column(key="place", title=Text("期次", "Tranche"), also=("拨款期次", "第几期"), reads=Reads.WHOLE, required=True,
                   help=Text("1、2、3……", "1, 2, 3 ...")),
            Column(key="gate", title=Text("拨付条件", "Gate"), also=("拨款条件", "拨付节点"), reads=Reads.CHOICE, options="gate", required=True,
                   help=Text("签约、中期或结项", "签约 (signed), 中期 (mid-term) or 结项 (final)")),
            Column(key="share", title=Text("比例", "Share"), also=("拨付比例", "比例（%）", "拨款比例"), reads=Reads.PERCENT, required=True,
                   help=Text("占立项金额的百分比，如 50%", "In percent of the award, such as 50%")),
            Column(key="paid", title=Text("已拨金额（元）", "Paid (yuan)"), also=("已拨金额", "已拨付金额"), reads=Reads.MONEY,
                   help=Text("实际拨付的金额", "What was paid")),
            Column(key="paid_on", title=Text("拨付日期", "Paid on"), also=("到账日期", "已拨日期"), reads=Reads.DAY,
                   help=Text("银行拨付日期", "The day the bank paid it")),
            Column(key="voucher", title=Text("凭证号", "Voucher"), also=("记账凭证号",), most=60, width=18,
                   help=Text("财务凭证号", "The finance office's voucher number")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.RATING, title=Text("评级", "Ratings"),
        help=Text("街道评定的星级、登记机关评定的等级，每次一行", "One row for each star rating of the street or grade of the registrar"),
        columns=(
            _COMMUNITY, _ORGANIZATION,
            Column(key="kind", title=Text("评级类型", "Kind"), also=("评估类型",), reads=Reads.CHOICE, options="rating_kind", required=True,
                   help=Text("“星级”用于备案组织，“登记机关等级”用于已登记组织", "星级 for filed groups, 登记机关等级 for registered bodies")),
            Column(key="band", title=Text("等级", "Rating"), also=("评估等级", "星级等级", "结果"), required=True, most=20,
                   help=Text("政策所列的星级，或登记机关的等级，如三星级、3A", "A star of the policy or a grade of the registrar, such as 三星级 or 3A")),
            Column(key="document_number", title=Text("文号", "Document number"), also=("公布文号",), most=60, width=20,
                   help=Text("公布结果的文号；登记机关等级必填", "The number of the announcement; needed for a registrar's grade")),
            Column(key="announced_on", title=Text("公布日期", "Announced on"), also=("公告日期", "评定日期"), reads=Reads.DAY, required=True,
                   help=Text("结果公布的日期", "The day the result was announced")),
            Column(key="valid_from", title=Text("有效期起", "Valid from"), also=("有效期自",), reads=Reads.DAY,
                   help=Text("不填时同公布日期", "The day of the announcement where it is blank")),
            Column(key="valid_until", title=Text("有效期止", "Valid until"), also=("有效期至", "到期日期"), reads=Reads.DAY, required=True,
                   help=Text("有效期的最后一日", "The last day of its validity")),
            _PAPER,
        ),
    ),
    SheetLayout(
        kind=Kind.RESTRICTION, title=Text("限制", "Restrictions"),
        help=Text("仍在执行的禁入、名录、重点监管，每项一行", "One row for each ban, list or closer supervision that still holds"),
        columns=(
            _COMMUNITY, _ORGANIZATION,
            Column(key="kind", title=Text("限制类型", "Kind"), also=("类型",), reads=Reads.CHOICE, options="restriction_kind", required=True, width=22,
                   help=Text("项目禁入、活动异常名录、严重违法失信名单或重点监管", "项目禁入 (ban from projects), 活动异常名录 (abnormal list), 严重违法失信名单 (serious-breach list) or 重点监管 (closer supervision)")),
            Column(key="since", title=Text("开始日期", "Since"), also=("起始日期", "列入日期"), reads=Reads.DAY, required=True,
                   help=Text("开始执行的日期", "The first day it held")),
            Column(key="until", title=Text("终止日期", "Until"), also=("截止日期", "有效期止"), reads=Reads.LAST_DAY, help=_UNTIL),
            Column(key="document_number", title=Text("文号", "Document number"), also=("决定文号",), most=60, width=20,
                   help=Text("决定或名录的文号；名录必填", "The number of the decision; needed for the registrar's lists")),
            Column(key="reason", title=Text("原因", "Reason"), also=("事由",), required=True, most=500, width=34,
                   help=Text("限制的原因", "Why")),
            _PAPER,
        ),
    ),
)  # fmt: skip

SHEETS: dict[Kind, SheetLayout] = {sheet.kind: sheet for sheet in LAYOUT}
