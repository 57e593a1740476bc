"""An arrangement for 2027 that the tests made up: the real notice was not out when they were written."""

from __future__ import annotations

from incubator.services.calendars.notice import Notice
from incubator.services.calendars.reading import read_notice

MADE_UP_2027 = """\
国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
（测试用，并非真实通知）
一、元旦：1月1日（周五）至3日（周日）放假，共3天。2026年12月26日（周六）上班。
二、春节：2月5日（周五）至12日（周五）放假调休，共8天。2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月20日
"""


def notice_2027(old: str = "", new: str = "") -> Notice:
    """The arrangement, changed where asked."""
    assert old in MADE_UP_2027
    return read_notice("2027.txt", MADE_UP_2027.replace(old, new) if old else MADE_UP_2027)
