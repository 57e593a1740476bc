"""Organizations of the opening stock: those the street does not know yet, and those that are registered."""

from __future__ import annotations

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.organizations import Organization, Standing
from incubator.services.opening_stock.account import StockRow
from incubator.services.opening_stock.entering import Entering, Verdict
from incubator.services.opening_stock.street import Body, KnownStreet
from incubator.services.organizations import LENGTHS, change_organization, create_organization
from incubator.services.survey.communities import name_key
from incubator.text import Text

REGISTRATION_NUMBER = "registration_number"
_PARTICULARS = ("category", "leader", "members", "founded_on", "premises")


def judge_organization(row: StockRow, street: KnownStreet) -> Verdict:
    """An organization by its name in its community; what the street knows of it already stays as it is."""
    name, said = str(row.values.get("organization") or ""), row.values.get("community")
    community = street.community(said)
    verdict = Verdict(f"{community}/{name_key(name, community)}", {**row.values, "community": community})
    if said and community is None:
        listed = "、".join(street.communities) or "（尚未添加社区）"
        zh, en = f"“{said}”不是本街道的社区；本街道有：{listed}", f"“{said}” is no community of the street: {listed}"
        verdict.reasons.append(row.refusal("community_unknown", "community", zh, en))
    if community is None or not name:
        return verdict
    verdict.body = known = street.named(name, community)
    if street.settles(row, verdict):
        return verdict
    for column, value in (("organization", name), ("leader", row.values.get("leader"))):
        longest = LENGTHS["name" if column == "organization" else column]
        if len(str(value or "")) > longest:
            zh, en = f"超过 {longest} 个字，请删减", f"is longer than {longest} characters: shorten it"
            verdict.reasons.append(row.refusal("too_long", column, zh, en))
    founded_on = row.values.get("founded_on")
    if founded_on and founded_on > street.day.isoformat()[: len(founded_on)]:
        verdict.reasons.append(
            row.refusal("in_the_future", "founded_on", "成立时间晚于今天", "It is founded after today")
        )
    registered = row.values.get("standing") == Standing.REGISTERED
    number = row.values.get(REGISTRATION_NUMBER)
    if registered and not number:
        zh, en = "已登记的须填写登记证号", "A registered body needs its registration number"
        verdict.reasons.append(row.refusal("registration_number_missing", REGISTRATION_NUMBER, zh, en))
    if number and not registered and not row.reasons:
        zh, en = "填了登记证号的，“登记情况”应为“已登记”", "What has a registration number is registered: say so"
        verdict.reasons.append(row.refusal("standing_missing", "standing", zh, en))
    bearer = street.registered.get(number or "")
    if registered and bearer is not None and bearer is not known:
        zh = f"登记证号与“{bearer.name}”相同，请核对"
        verdict.reasons.append(
            row.refusal("registration_number_taken", REGISTRATION_NUMBER, zh, f"“{bearer.name}” bears this number")
        )
    if verdict.reasons or row.reasons:
        return verdict
    if known is None:
        verdict.body = body = Body(name, community, street.communities[community])
        body.standing = Standing.REGISTERED if registered else Standing.INFORMAL
        street.add(body)
        verdict.write = lambda entering: _enter(entering, row, body)
    elif registered and known.standing != Standing.REGISTERED:
        _judge_registration(row, known, verdict)
    else:
        verdict.notes.append(
            Text("系统中已有该组织，信息未作改动", "The service knows it already; nothing of it was changed")
        )
    if registered and not verdict.reasons:
        assert verdict.body is not None
        verdict.body.standing = Standing.REGISTERED
        street.registered[str(number)] = verdict.body
    return verdict


def _judge_registration(row: StockRow, known: Body, verdict: Verdict) -> None:
    if known.standing == Standing.FILED:
        zh = "该组织在系统中为已备案，登记后的转换请办理“注销备案（升级登记）”"
        en = "It is filed in the service: what is registered since goes through the end of the filing"
        verdict.reasons.append(row.refusal("is_filed", "standing", zh, en))
        return
    verdict.write = lambda entering: _register(entering, row, known)


def _enter(entering: Entering, row: StockRow, body: Body) -> str:
    values = {name: row.values[name] for name in _PARTICULARS if row.values.get(name) is not None}
    registered = body.standing == Standing.REGISTERED
    details = {REGISTRATION_NUMBER: row.values[REGISTRATION_NUMBER]} if registered else {}
    phone = row.values.get("leader_phone")
    written = create_organization(
        entering.connection,
        street_id=entering.street_id,
        community_id=body.community_id,
        values={
            **values, "name": body.name, "standing": str(body.standing),
            "details": {**details, "opening_stock": entering.source(row)},
        },
        actor=entering.actor,
        now=entering.now,
        personal={"leader_phone": phone} if phone else None,
        event="organization.brought_in",
        comment=entering.comment(row),
    )  # fmt: skip
    body.id, body.public_id = written.id, written.public_id
    return f"organization:{written.id}"


def _register(entering: Entering, row: StockRow, body: Body) -> str:
    organizations = table(Organization)
    details = entering.connection.execute(
        select(organizations.c.details).where(organizations.c.id == body.id)
    ).scalar_one()
    change_organization(
        entering.connection,
        body.id,
        event="organization.registration_brought_in",
        changes={
            "standing": Standing.REGISTERED.value,
            "details": {**details, REGISTRATION_NUMBER: row.values[REGISTRATION_NUMBER]},
        },
        actor=entering.actor,
        now=entering.now,
        also=entering.source(row),
        comment=entering.comment(row),
    )
    return f"organization:{body.id}"
