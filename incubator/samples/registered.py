"""The bodies of the sample that are registered with the district's registrar, entered by their registration number."""

from __future__ import annotations

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.streets import Community
from incubator.samples.groups import Group, handled_by
from incubator.samples.people import worker_of
from incubator.samples.stage import Stage
from incubator.services.entry import REGISTRATION_NUMBER, enter_organization

# By the name that the stories know it by: name, community, category, leader, members, premises.
BODIES: dict[str, tuple[str, str, str, str, int, str]] = {
    "centre": ("示例街道社会组织服务中心", "东门社区", "community_affairs", "示例负责人甲", 12, "东门社区党群服务中心三楼"),
    "sunshine": ("示例区阳光社会工作服务中心", "桂花社区", "public_benefit", "示例负责人乙", 18, "桂花社区为老服务中心"),
    "sunset": ("示例区夕阳红养老服务中心", "望江社区", "daily_services", "示例负责人丙", 26, "望江社区日间照料中心"),
    "youth": ("示例区青禾青少年事务服务中心", "书院社区", "public_benefit", "示例负责人丁", 15, "书院社区青少年空间"),
    "neighbours": ("示例区益邻公益发展中心", "新桥社区", "public_benefit", "示例负责人戊", 11, "新桥社区邻里中心"),
    "books": ("示例区书香文化传播中心", "书院社区", "culture_and_sports", "示例负责人己", 14, "书院社区文化活动室"),
}  # fmt: skip


def enter_bodies(stage: Stage) -> None:
    """Enter every body, so that the stage knows it."""
    communities = table(Community)
    with stage.service.database.read() as connection:
        areas = {
            row.name: row.public_id for row in connection.execute(select(communities.c.name, communities.c.public_id))
        }
    for place, (key, (name, community, category, leader, members, premises)) in enumerate(BODIES.items()):
        phone = f"1390001{place:04d}"
        values = {
            "name": name, "category": category, "leader": leader, "members": members, "premises": premises,
            REGISTRATION_NUMBER: f"52000000SHILI00{place + 1:02d}X",
        }  # fmt: skip
        written = stage.write(
            "officer",
            lambda connection, actor, now, area=areas[community], said=values, number=phone: enter_organization(  # type: ignore[misc]
                connection, community=area, values=said, personal={"leader_phone": number}, actor=actor, now=now
            ),
        )  # fmt: skip
        stage.known[key] = Group(
            organization_id=written.id, public_id=written.public_id, name=name, community=community, category=category,
            leader=leader, phone=phone, members=members, premises=premises, activity="每周", worker=worker_of(community),
            **handled_by(place * 7),
        )  # fmt: skip
