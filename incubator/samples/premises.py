"""The eight service centres of the sample: raised by the street and its communities, handed over to run, one still free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.streets import Community
from incubator.samples.agenda import Agenda, Deed, ago
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.services.premises import enter_centre, hand_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A service centre: where, how large in m², by whom raised, for what; who runs it since so many days ago."""

    name: str
    community: str
    area: int
    provider: str
    purpose: str
    operator: str = ""
    handed_over: int = 0
    years: int = 3


CENTRES = (
    Centre(name="桂花社区为老服务中心", community="桂花社区", area=320, provider="示例街道办事处", purpose="日间照料、助餐、健康讲座",
           operator="桂花社区金秋助老服务队", handed_over=590),
    Centre(name="东门社区助残工坊", community="东门社区", area=180, provider="东门社区居民委员会", purpose="残障人士手工和技能培训",
           operator="东门社区常青助残之家", handed_over=520),
    Centre(name="书院社区青少年空间", community="书院社区", area=210, provider="共建单位：示例小学", purpose="四点半课堂、亲子阅读",
           operator="书院社区康乐四点半课堂", handed_over=430),
    Centre(name="水井社区文化活动中心", community="水井社区", area=260, provider="示例街道办事处", purpose="排练、展演、展览",
           operator="水井社区晨曦民乐队", handed_over=330),
    Centre(name="新桥社区邻里中心", community="新桥社区", area=150, provider="新桥社区居民委员会", purpose="议事、调解、便民服务",
           operator="新桥社区常青物业协商会", handed_over=260),
    Centre(name="北塔社区健康驿站", community="北塔社区", area=140, provider="辖区单位：示例卫生服务中心", purpose="义诊、急救培训",
           operator="北塔社区阳光红十字志愿队", handed_over=180),
    Centre(name="望江社区志愿服务站", community="望江社区", area=130, provider="望江社区居民委员会", purpose="志愿者招募和派单",
           operator="望江社区常青助老服务队", handed_over=75),
    Centre(name="东门社区社会组织活动中心", community="东门社区", area=230, provider="示例街道办事处", purpose="各队伍共用的会议和培训场地"),
)  # fmt: skip


def plan_centres(agenda: Agenda, groups: dict[str, Group]) -> None:
    """Each is entered when it is made ready, and handed over some days later."""
    for place, centre in enumerate(CENTRES):
        ready = centre.handed_over + 25 if centre.operator else 50
        agenda.at(ago(ready + place)(agenda), _enter(centre))
        if centre.operator:
            agenda.at(ago(centre.handed_over)(agenda), _hand_over(centre, groups[centre.operator]))


def _enter(centre: Centre) -> Deed:
    def deed(stage: Stage) -> None:
        areas = table(Community)
        values: dict[str, Any] = {
            "name": centre.name, "address": f"{centre.community}示例路{centre.area}号", "provider": centre.provider,
            "purpose": centre.purpose, "area": centre.area, "rent_free": True,
        }  # fmt: skip
        with stage.service.database.read() as connection:
            area = connection.execute(select(areas.c.public_id).where(areas.c.name == centre.community)).scalar_one()
        entered = stage.write(
            "officer",
            lambda connection, actor, now: enter_centre(
                connection, community=area, values=values, actor=actor, now=now
            ),
        )
        stage.centres[centre.name] = entered.public_id

    return deed


def _hand_over(centre: Centre, group: Group) -> Deed:
    def deed(stage: Stage) -> None:
        until = stage.day + timedelta(days=365 * centre.years - 1)
        stage.write(
            "officer",
            lambda connection, actor, now: hand_over(
                connection, stage.centres[centre.name], organization=group.public_id, on=stage.day, until=until,
                actor=actor, now=now, comment="无偿交付使用，自行管理",
            ),
        )  # fmt: skip

    return deed
