"""Notices by mail: at once or once a day, through a real mail server; retried, never doubled, holding up nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.errors import Invalid, NotFound
from incubator.models.automation import Means, NoticeChannel, NoticeDelivery, Outbox
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.streets import Account
from incubator.queries.notice_channels import Channel, Group, channels_of
from incubator.services.automation import notice_sending, outbox
from incubator.services.automation.digests import ask_for_digests
from incubator.services.automation.messengers import MailNotSetUp
from incubator.services.automation.performing import perform
from incubator.services.automation.sweeps import run_period
from incubator.services.bootstrap import Service
from incubator.services.notice_addresses import read_address
from incubator.services.notice_channels import add_channel, ask_test, remove_channel
from incubator.settings import Settings
from schedules.clock import claim_due
from tests.procedures.world import OPINION, Centre, build
from tests.services.automation.post_office import PostOffice, post_office

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_DELIVERIES = table(NoticeDelivery)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def centre(
    database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: PostOffice
) -> Centre:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INCUBATOR_SMTP_URL", office.url)
    monkeypatch.setenv("INCUBATOR_PUBLIC_URL", "https://centre.example.cn")
    monkeypatch.setattr(library, "_current", {})
    monkeypatch.setattr(notice_sending, "_resting", {})
    made = build(database, clock)
    for name in ("officer", "worker", "director"):
        _can_sign_in(made, made.people[name], name, "en" if name == "director" else "zh")
    return made


def _can_sign_in(centre: Centre, person: Actor, name: str, language: str) -> None:
    row = {
        "public_id": f"{person.person_id:032x}", "street_id": centre.street_id, "person_id": person.person_id,
        "username": name, "password_hash": "-", "language": language,
    }  # fmt: skip
    centre.database.write(lambda connection: connection.execute(table(Account).insert(), row))


def add(centre: Centre, who: str, address: str = "", *, digest: bool = False, **more: Any) -> str:
    said = {"means": Means.MAIL, "address": address or f"{who}@example.cn", "mail": True, **more}
    return centre.database.write(
        lambda connection: add_channel(
            connection, digest=digest, actor=centre.people[who], now=centre.clock.now(), **said
        )
    )  # fmt: skip


def service_of(centre: Centre) -> Service:
    return Service(Settings(), centre.database, centre.clock)


def work(centre: Centre) -> list[str]:
    """Do everything that waits in the outbox by now, as a worker does; what became of each row of notices."""
    done: list[str] = []
    while rows := outbox.lease(centre.database, owner="test", now=centre.clock.now()):
        for row in rows:
            _, error = perform(service_of(centre), row.outbox_id, row.attempt)
            assert not error, (row.task, error)
            done += [row.task] if row.task == "notice.send" else []
    return done


def deliveries(centre: Centre) -> list[tuple[str, int]]:
    with centre.database.read() as connection:
        return [
            tuple(row)
            for row in connection.execute(select(_DELIVERIES.c.state, _DELIVERIES.c.attempt).order_by(_DELIVERIES.c.id))
        ]


def mine(centre: Centre, who: str) -> list[Channel]:
    with centre.database.read() as connection:
        return channels_of(connection, centre.people[who])


def returned(centre: Centre) -> str:
    """A filing that the officer sent back, of which the worker is told."""
    case = centre.submitted()
    centre.upload(case, "committee_opinion")
    centre.act(case, "give_opinion", "worker", OPINION)
    centre.act(case, "return_for_correction", "officer", {"points": "花名册"})
    return case


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def test_a_notice_arrives_once_by_mail_with_a_link_to_its_case_in_the_readers_language(
    centre: Centre, office: PostOffice
) -> None:
    add(centre, "worker")
    add(centre, "director")  # of whom nothing is asked
    add(centre, "officer", groups=[Group.SYSTEM])
    case = returned(centre)
    assert work(centre) == ["notice.send"]
    (message,), (words,) = office.messages, office.words()
    assert office.recipients == ["worker@example.cn"]
    assert message["subject"].endswith("需要补正")
    assert "centre@example.cn" in message["from"]
    assert f"https://centre.example.cn/cases/{case}" in words
    # The row is done again, as after a kill: what is known to be sent is not sent again.
    rows = table(Outbox)
    centre.database.write(
        lambda connection: connection.execute(
            update(rows).where(rows.c.task == "notice.send").values(settled_at=None, lease_until=None)
        )
    )
    assert work(centre) == ["notice.send"]
    assert len(office.messages) == 1
    assert deliveries(centre) == [("sent", 1)]


def test_a_mailbox_that_refuses_is_told_in_plain_words_tried_a_few_times_and_holds_up_no_case(
    centre: Centre, office: PostOffice
) -> None:
    add(centre, "worker")
    office.refuses = True
    case = returned(centre)
    assert centre.case(case).step == "correction"
    for _ in range(notice_sending.MOST_ATTEMPTS + 2):
        work(centre)
        centre.clock.move_by(timedelta(hours=2))
    assert deliveries(centre) == [("failed", notice_sending.MOST_ATTEMPTS)]
    (channel,) = mine(centre, "worker")
    assert channel.last[0].error is not None
    assert "邮件服务器没有接受这封邮件" in channel.last[0].error.zh
    with centre.database.read() as connection:  # nothing of it stays in the queue
        assert outbox.waiting(connection, centre.clock.now()).rows == 0
    office.refuses = False
    centre.database.write(
        lambda connection: ask_test(
            connection, channel=channel.public_id, actor=centre.people["worker"], now=centre.clock.now()
        )
    )
    work(centre)
    assert "说明此通知方式可用" in office.words()[0]


def test_a_server_that_does_not_answer_is_left_alone_for_a_while_and_nothing_waits_behind_it(
    centre: Centre, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def slow(*_: Any, title: str, **__: Any) -> None:
        tried.append(title)
        monkeypatch.setattr(notice_sending, "SLOW_SECONDS", -1.0)
        raise notice_sending.NotSent(notice_sending.Text("没有应答", "no answer"))

    with monkeypatch.context() as broken:
        broken.setattr(notice_sending, "send", slow)
        for place in range(3):
            add(centre, "worker", f"worker{place}@example.cn")
        returned(centre)
        work(centre)
    assert len(tried) == 1
    centre.clock.move_by(timedelta(minutes=2))
    work(centre)
    assert sorted(office.recipients) == [f"worker{place}@example.cn" for place in range(3)]


def test_a_digest_comes_once_a_day_by_the_moved_clock_with_what_presses_and_what_was_told(
    centre: Centre, office: PostOffice
) -> None:
    service = service_of(centre)
    centre.clock.move_to(at("2026-09-18 09:00"))
    assert claim_due(service) == []
    add(centre, "worker", digest=True)
    add(centre, "director", digest=True)
    case = returned(centre)
    work(centre)
    assert office.messages == []  # together, and not at once

    def morning(moment: str) -> list[str]:
        """What arrives when a worker looks at the clock at that moment."""
        before = len(office.messages)
        centre.clock.move_to(at(moment))
        for claim in claim_due(service):
            if claim.schedule == "send_digests":
                run_period(service, claim)
                ask_for_digests(service, day=at(moment).date())  # a second run doubles nothing
        work(centre)
        return office.words()[before:]

    (first,) = morning("2026-09-19 08:31")
    assert office.recipients == ["worker@example.cn"]  # nothing presses on the director
    assert "【新通知】1 条" in first
    assert f"https://centre.example.cn/cases/{case}" in first
    assert "https://centre.example.cn/today" in first
    assert "新通知 1 条" in office.messages[0]["subject"]
    assert morning("2026-09-19 12:00") == []
    assert morning("2026-09-20 08:31") == []  # nothing new, nothing presses yet
    due = centre.case(case).due_on
    # Three days of standstill: the newest missed digest alone is made up for.
    (late,) = morning(f"{due + timedelta(days=3)} 08:31")
    assert "【已逾期】1 项" in late
    assert "逾期 3 天" in late
    assert "新通知" not in late


@ONE_DATABASE
def test_a_digest_speaks_the_persons_language_and_not_to_whoever_cannot_sign_in(
    centre: Centre, office: PostOffice
) -> None:
    accounts = table(Account)
    add(centre, "director", digest=True)
    channel = add(centre, "officer", digest=True)
    centre.accepted()
    work(centre)
    centre.clock.move_to(at("2026-10-20 08:30"))
    centre.database.write(
        lambda connection: connection.execute(
            update(accounts).where(accounts.c.username == "officer").values(disabled=True)
        )
    )
    assert ask_for_digests(service_of(centre), day=at("2026-10-20 08:30").date()) == 1
    work(centre)
    assert office.recipients == ["director@example.cn"]
    assert "Overdue: 1" in office.words()[0]
    assert "day" in office.words()[0]
    assert channel


@ONE_DATABASE
def test_channels_are_ones_own_sealed_and_their_address_is_gone_when_they_are_removed(centre: Centre) -> None:
    first = add(centre, "worker", key="twice")
    assert add(centre, "worker", key="twice") == first
    (channel,) = mine(centre, "worker")
    assert (channel.shown, channel.means) == ("w***@example.cn", Means.MAIL)
    assert mine(centre, "officer") == []
    with pytest.raises(NotFound):
        centre.database.write(
            lambda connection: remove_channel(
                connection, channel=first, actor=centre.people["officer"], now=centre.clock.now()
            )
        )
    rows, events = table(NoticeChannel), table(Event)
    with centre.database.read() as connection:
        stored = connection.scalar(select(rows.c.sealed_address)) or ""
        told = "".join(connection.scalars(select(events.c.body).where(events.c.stream == "person")))
    assert stored
    assert "worker@" not in stored + told
    centre.database.write(
        lambda connection: remove_channel(
            connection, channel=first, actor=centre.people["worker"], now=centre.clock.now()
        )
    )
    assert mine(centre, "worker") == []
    with centre.database.read() as connection:
        assert connection.scalar(select(rows.c.sealed_address)) == ""
    with pytest.raises(MailNotSetUp):
        add(centre, "worker", mail=False)


@pytest.mark.parametrize(
    ("means", "typed", "key"),
    [
        (Means.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123-abcd-4567", "0123-abcd-4567"),
        (Means.DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=0123abcd4567", "0123abcd4567"),
        (Means.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/0123-abcd-4567", "0123-abcd-4567"),
        (Means.FEISHU, "0123-abcd-4567", "0123-abcd-4567"),
        (Means.WECOM, "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=0123-abcd-4567", None),
        (Means.WECOM, "http://127.0.0.1:8000/cgi-bin/webhook/send?key=0123-abcd-4567", None),
        (Means.WECOM, "https://qyapi.weixin.qq.com@10.0.0.1/cgi-bin/webhook/send?key=0123-abcd-4567", None),
        (Means.WECOM, "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=0123-abcd-4567", None),
        (Means.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/../../x", None),
        (Means.MAIL, "a@example.cn\r\nBcc: b@example.cn", None),
        (Means.MAIL, "a@localhost", None),
        (Means.MAIL, "a@example.cn", "a@example.cn"),
    ],
)  # fmt: skip
def test_a_robot_is_on_the_messengers_own_host_and_nowhere_else(means: Means, typed: str, key: str | None) -> None:
    if key is None:
        with pytest.raises(Invalid):
            read_address(means, typed)
    else:
        assert read_address(means, typed).to == key
