"""What was typed on a case's page and not sent: there again after a lost session, and after somebody else moved the case."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from incubator.models.base import table
from incubator.models.desk import Draft
from incubator.models.events import Event
from tests.api.centre import Browser, WebCentre
from tests.api.desk import do, follow, hand_in, open_case_for, sent_by, words_of
from tests.api.test_case_page import TYPED
from tests.factories import PASSWORD
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS

PURPOSE = "丰富退休居民的文化生活"


def drafts(centre: WebCentre) -> int:
    with centre.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table(Draft))) or 0


def typed(browser: Browser, case: str, action: str = "submit", **changes: str) -> dict[str, object]:
    """Everything that the form holds once these fields are typed, kept as a draft by the page's script."""
    sent = {**sent_by(browser.get(f"/cases/{case}", action=action)), **changes}
    answer = browser.client.post(f"/cases/{case}/drafts/{action}", data={**sent, "quietly": "1"})
    assert (answer.status_code, answer.text) == (200, "已暂存 09:00")
    return sent


def test_what_was_typed_is_there_again_after_a_new_sign_in_for_its_writer_alone_and_gone_once_it_is_sent(
    centre: WebCentre, tmp_path: Path
) -> None:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    with centre.database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(table(Event)))
    typed(worker, case, **{**TYPED, "purpose": PURPOSE, "members": "二十"})
    with centre.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(table(Event))) == before
    if centre.database.is_sqlite:
        database = Path(centre.database.url.removeprefix("sqlite:///"))
        stored = b"".join(each.read_bytes() for each in database.parent.glob(f"{database.name}*"))
        assert "常青合唱团".encode() in stored  # this does find plain words
        assert PURPOSE.encode() not in stored
    # The session ended: sending leads to the sign-in and from there back to the form, as it was left.
    client = centre.stranger(referer=f"http://testserver/cases/{case}?action=submit")
    lost = client.post(f"/cases/{case}/actions/submit", data={"purpose": PURPOSE})
    assert lost.headers["location"] == f"/signin?next=%2Fcases%2F{case}%3Faction%3Dsubmit"
    entered = client.post(
        "/signin", data={"username": "worker", "password": PASSWORD, "next": f"/cases/{case}?action=submit"}
    )
    page = client.get(entered.headers["location"])
    assert "已恢复 2026年9月18日 09:00 暂存的内容" in words_of(page)
    again = sent_by(page)
    assert (again["purpose"], again["members"], again["leader_phone"]) == ([PURPOSE], ["二十"], ["13800001234"])
    assert PURPOSE not in centre.browser("officer").get(f"/cases/{case}").text
    # By the button, which works without script; then sent.
    button = client.post(f"/cases/{case}/drafts/submit", data={**again, "members": "22"})
    assert button.headers["location"].startswith(f"/cases/{case}?action=submit")
    again = sent_by(client.get(f"/cases/{case}"))
    assert again["members"] == ["22"]
    assert client.post(f"/cases/{case}/actions/submit", data=again).status_code == 303
    assert drafts(centre) == 0


def test_a_case_moved_by_somebody_else_keeps_what_was_typed_to_copy_from_until_it_is_cleared(centre: WebCentre) -> None:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    typed(worker, case, **{**TYPED, "purpose": PURPOSE})
    do(centre, case, "submit", "officer", APPLICATION)
    page = worker.get(f"/cases/{case}")
    said = words_of(page)
    assert "您在“申请”环节填写时，测试officer已办理本案，现处于“自动初审”环节。" in said
    assert f"宗旨 {PURPOSE}" in said
    assert "您在“申请”环节" not in words_of(centre.browser("officer").get(f"/cases/{case}"))
    told = words_of(follow(worker, worker.post(f"/cases/{case}/drafts/submit/discard")))
    assert "已清除草稿" in told
    assert (PURPOSE in told, drafts(centre)) == (False, 0)


def test_words_sent_to_a_case_that_has_moved_are_kept_and_nothing_is_kept_for_what_is_no_action(
    centre: WebCentre,
) -> None:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    seen = {**sent_by(worker.get(f"/cases/{case}", action="submit")), **TYPED, "purpose": PURPOSE}
    do(centre, case, "submit", "officer", APPLICATION)
    answer = worker.client.post(f"/cases/{case}/actions/submit", data=seen)
    assert (answer.status_code, words_of(answer).count(PURPOSE)) == (409, 1)
    assert f"宗旨 {PURPOSE}" in words_of(worker.get(f"/cases/{case}"))
    assert worker.get(f"/cases/{case}/actions/submit").headers["location"] == f"/cases/{case}?action=submit"
    assert worker.post(f"/cases/{case}/drafts/vanish", {"purpose": "x"}).status_code == 404
    assert worker.client.post(f"/cases/{case}/drafts/submit", data={"csrf": "forged"}).status_code == 403
    assert drafts(centre) == 1
