"""A leader's phone at a link: three photos over a connection that is lost, a page that is loaded anew, then sent and accepted."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Request, expect

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.queries.asking import Point
from incubator.services import asking, links
from tests.api.centre import WebCentre, web_centre
from tests.api.test_request_links import position, returned
from tests.browser.serving import served
from tests.factories import PASSWORD
from tests.processes import until

pytestmark = pytest.mark.xdist_group("processes")

PATIENT = 30_000  # milliseconds: nothing here is a measurement
SIX_MEGABYTES = 6 * 1000 * 1000
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 3 * 1024 * 1024}


@dataclass
class Sent:
    """The pieces of files that the page sent: the address of each and where it began; and the files that it announced."""

    announced: int = 0
    pieces: list[tuple[str, int]] = field(default_factory=list)

    def note(self, request: Request) -> None:
        if request.method == "PATCH":
            self.pieces.append((request.url, int(request.headers["upload-offset"])))
        elif request.method == "POST" and request.url.endswith("/files"):
            self.announced += 1


def photo(path: Path) -> Path:
    """A real photo of six megabytes, as a phone takes it."""
    width, height = 2000, 1500
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(path, "JPEG", quality=97)
    with path.open("ab") as file:  # what follows a JPEG's end belongs to nobody, and phones write it too
        file.write(b"\0" * max(0, SIX_MEGABYTES - path.stat().st_size))
    return path


def link_of(centre: WebCentre, case: str) -> tuple[str, str, str]:
    """A request of the officer's own, a link to it, and the link's id."""
    officer, now = centre.people["officer"], centre.clock.now()
    request = centre.database.write(
        lambda connection: asking.ask(
            connection, case=case, kind=asking.INFORMATION, points=[Point("请拍活动室的照片三张", "premises_proof")],
            due_on=date(2026, 9, 24), actor=officer, now=now,
        )
    )  # fmt: skip
    made = centre.database.write(
        lambda connection: links.make_link(connection, case=case, request=request, actor=officer, now=now)
    )
    return request, f"/r/{made.token}", made.public_id


def test_three_photos_survive_a_lost_connection_and_a_reload_and_are_accepted_without_moving_the_case(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    photos = [photo(tmp_path / f"活动室{number}.jpg") for number in (1, 2, 3)]
    with web_centre(database, clock, tmp_path) as centre:
        case = returned(centre)
        request, link, link_id = link_of(centre, case)
        before = position(centre, case)
        with (
            served(centre.app) as address,
            chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True) as phone,
        ):
            page = phone.new_page()
            page.set_default_timeout(PATIENT)
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
            sent = Sent()
            page.on("request", sent.note)
            page.goto(address + link)
            expect(page.get_by_role("heading", level=1)).to_have_text("请补充材料", timeout=PATIENT)
            expect(page.get_by_text("请拍活动室的照片三张")).to_be_visible(timeout=PATIENT)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.get_by_label("文字说明（选填）").fill("活动室在二楼，周二、周四开放")
            expect(page.locator("#note")).to_contain_text("已保存", timeout=PATIENT)

            # The connection is lost in the middle of the first photo, comes back, and it goes on where it was.
            network = phone.new_cdp_session(page)
            network.send("Network.emulateNetworkConditions", SLOW)
            page.get_by_label("选择照片或文件").set_input_files(photos)
            until(lambda: any(offset > 0 for _, offset in sent.pieces) or page.wait_for_timeout(20), "a piece went")
            network.send("Network.emulateNetworkConditions", {**SLOW, "offline": True})
            expect(page.get_by_text("网络已断开，恢复后自动接着传")).to_be_visible(timeout=PATIENT)
            lost = len(sent.pieces)
            network.send("Network.emulateNetworkConditions", SLOW)
            until(lambda: len(sent.pieces) > lost or page.wait_for_timeout(20), "it goes on by itself")
            again_at, again_from = sent.pieces[lost]
            assert again_from > 0
            assert again_at == sent.pieces[0][0]

            # The page is loaded anew in the middle of the last: chosen again, that one goes on too.
            until(lambda: len({at for at, _ in sent.pieces}) == 3 or page.wait_for_timeout(20), "the last has begun")
            network.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": 1024 * 1024})
            until(lambda: sent.pieces[-1][1] > 0 or page.wait_for_timeout(20), "a piece of it went")
            page.reload()
            network.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
            expect(page.get_by_label("文字说明（选填）")).to_have_value("活动室在二楼，周二、周四开放", timeout=PATIENT)
            expect(page.get_by_text("再次选择同一文件即可接着传")).to_be_visible(timeout=PATIENT)
            reloaded = len(sent.pieces)
            page.get_by_label("选择照片或文件").set_input_files(photos[2])
            expect(page.locator("[data-arrived] .remove")).to_have_count(3, timeout=PATIENT)
            assert sent.pieces[reloaded][1] > 0
            assert sent.announced == 3  # no file was ever begun anew
            page.get_by_role("button", name="提交给街道").click()
            expect(page.get_by_text("已提交，谢谢")).to_be_visible(timeout=PATIENT)
            expect(page.get_by_text("已提交，正在核对")).to_be_visible(timeout=PATIENT)
            assert position(centre, case) == before

            with chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN") as desk:
                officer = desk.new_page()
                officer.set_default_timeout(PATIENT)
                officer.goto(f"{address}/signin?next=/cases/{case}/requests/{request}")
                officer.get_by_label("账号").fill("officer")
                officer.get_by_label("密码").fill(PASSWORD)
                officer.get_by_role("button", name="登录").click()
                picture = officer.locator(".sent-picture img").first
                expect(picture).to_be_visible(timeout=PATIENT)
                assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 2000
                officer.get_by_role("button", name="收下").click()
                expect(officer.get_by_text("案件环节未变")).to_be_visible(timeout=PATIENT)
                expect(officer.get_by_text("已归入案卷")).to_have_count(3, timeout=PATIENT)
            page.reload()
            expect(page.get_by_text("已收下")).to_be_visible(timeout=PATIENT)
            assert position(centre, case) == before

            # Revoked, it shows nothing.
            database.write(
                lambda connection: links.revoke_link(
                    connection, case=case, request=request, link=link_id, actor=centre.people["officer"],
                    now=centre.clock.now(),
                )
            )  # fmt: skip
            page.reload()
            expect(page.get_by_role("heading", level=1)).to_have_text("链接已失效", timeout=PATIENT)
            assert "常青合唱团" not in page.content()
            assert complaints == []
    database.close()
