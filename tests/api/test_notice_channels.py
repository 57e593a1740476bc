"""One's own channels for notices on their page: added, tried out for real, refused with words, removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.centre import WebCentre
from tests.api.desk import document_of, follow
from tests.api.reading import hidden, text_of
from tests.services.automation.post_office import PostOffice, post_office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/notices/channels"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A mail server that the operator has named, before the service starts."""
    with post_office() as made:
        monkeypatch.setenv("INCUBATOR_SMTP_URL", made.url)
        yield made


def test_a_channel_is_added_tried_out_and_removed_by_whose_it_is_alone(office: PostOffice, centre: WebCentre) -> None:
    officer = centre.browser("officer")
    said = {
        **hidden(officer.get(PAGE), PAGE),
        "means": "mail",
        "when": "daily",
        "address": "officer@example.cn",
        "groups": "work",
    }
    for _ in range(2):  # a double click
        answer = officer.client.post(PAGE, data=said)
    page = follow(officer, answer)
    assert text_of(page).count("o***@example.cn") >= 1
    assert "officer@example.cn" not in page.text
    assert len(document_of(page).xpath("//tbody/tr")) == 1
    assert "交办、补正等待办" in text_of(page)
    assert "每天 8:30 汇总" in text_of(page)
    (trial,) = document_of(page).xpath("//form[contains(@action, '/test')]/@action")
    assert officer.post(trial).status_code == 303
    assert "正在发送" in text_of(officer.get(PAGE))
    centre.automate()
    assert office.recipients == ["officer@example.cn"]
    assert "已发出" in text_of(officer.get(PAGE))
    assert "已试发过" in text_of(follow(officer, officer.post(trial)))
    stranger = centre.browser("director")
    assert "还没有其他通知方式" in text_of(stranger.get(PAGE))
    assert stranger.post(trial).status_code == 404
    follow(officer, officer.post(trial.replace("/test", "/remove")))
    assert "还没有其他通知方式" in text_of(officer.get(PAGE))


def test_without_a_mail_server_the_page_says_so_and_a_robot_elsewhere_is_refused(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    assert "尚未设置邮件服务器" in text_of(officer.get(PAGE))
    said = {"when": "at_once", "address": "officer@example.cn"}
    assert officer.post(PAGE, {**said, "means": "mail"}).status_code == 422
    elsewhere = officer.post(
        PAGE, {**said, "means": "wecom", "address": "https://127.0.0.1/cgi-bin/webhook/send?key=0123456789"}
    )
    assert elsewhere.status_code == 422
    assert "请粘贴群机器人的完整地址" in text_of(elsewhere)
    assert "127.0.0.1" in elsewhere.text  # what was typed stays
    assert 'href="/notices/channels"' in officer.get("/notices").text
