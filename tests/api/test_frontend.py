"""The shared parts of the pages: what they render, the policy they keep, and the libraries they stand on."""

import asyncio
import importlib.util
import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from jinja2 import Environment, FileSystemLoader
from lxml import html
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from api import assets, i18n
from api.security_headers import CONTENT_SECURITY_POLICY, SecurityHeaders
from incubator.text import Text

HERE = Path(__file__).parent
API = Path(i18n.__file__).parent
FRONTEND = API / "frontend"
MOMENT = datetime(2026, 9, 18, 6, 5, tzinfo=UTC)


def environment() -> Environment:
    """The pages' Jinja environment, with nothing undefined let pass inside a macro's arguments."""
    env = Environment(loader=FileSystemLoader(API / "templates"), autoescape=True)
    i18n.install(env)
    assets.install(env)
    return env


def sample() -> dict[str, Any]:
    """One of everything, as pages will hand it over; some of it as stored pairs and ISO dates, some as objects."""
    values: dict[str, Any] = json.loads((HERE / "sample_page.json").read_text("utf-8"))
    values["events"][0] |= {"when": MOMENT, "effective_on": date(2026, 9, 17), "title": Text("补正收到", "Corrected")}
    values["proof"]["due"] = date(2026, 10, 19)
    return values


def render(language: str = "zh", **changes: Any) -> str:
    """The sample page."""
    with i18n.speaking(language):
        return environment().from_string((HERE / "sample_page.html").read_text("utf-8")).render({**sample(), **changes})


def pages() -> Iterator[str]:
    """Every kind of page in both languages."""
    env = environment()
    for language in ("zh", "en"):
        yield render(language)
        yield render(
            language, errors={}, values={}, rows=[], events=[], actions=[], proof=None, uploaded=[], actor=None
        )
        with i18n.speaking(language):
            yield env.get_template("signin.html").render(error=Text("账号或密码不正确。", "Wrong account or password."))
            blockers = sample()["actions"][3]["blockers"]
            problem = {"status": 409, "title": Text("状态已变化", "Moved"), "detail": "x", "blockers": blockers}
            yield env.get_template("error.html").render(problem, reference="r-1", csrf="token", back="/cases/1")


@pytest.fixture(scope="module", params=range(8))
def page(request: pytest.FixtureRequest) -> Any:
    """One page as a parsed document."""
    return html.document_fromstring(list(pages())[request.param])


def test_no_page_carries_a_script_or_style_of_its_own(page: Any) -> None:
    assert not [script for script in page.iter("script") if not script.get("src") or script.text]
    assert not list(page.iter("style"))
    for element in page.iter():
        if isinstance(element.tag, str):
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")], element.tag


def test_everything_a_page_loads_comes_from_the_server_itself(page: Any) -> None:
    for element in page.iter("script", "link", "img", "use", "form", "a"):
        for name in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//|data:|javascript:", element.get(name, ""))


def test_every_field_has_its_label_and_every_reference_its_target(page: Any) -> None:
    ids = [element.get("id") for element in page.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in page.iter("label")}
    for field in page.iter("input", "select", "textarea"):
        if field.get("type") != "hidden":
            assert field.get("id") in labelled
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "form", "data-dialog", "data-why"):
            assert not set((element.get(name) or "").split()) - set(ids), (element.tag, name, element.get(name))
    for link in page.iter("a"):
        if link.get("href", "").startswith("#"):
            assert link.get("href")[1:] in ids


def test_every_form_that_changes_something_carries_the_token(page: Any) -> None:
    for form in page.iter("form"):
        assert form.get("method") == "post"
        assert form.xpath(".//input[@name='csrf']") or form.get("action") == "/language"


def test_headings_step_down_one_at_a_time(page: Any) -> None:
    levels = [int(element.tag[1]) for element in page.iter("h1", "h2", "h3", "h4")]
    if levels:
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_a_refused_action_shows_what_is_unmet_who_can_cure_it_and_by_which_article() -> None:
    page = html.document_fromstring(render())
    (button,) = page.xpath("//button[@data-why='why-decide']")
    assert button.get("type") == "button"
    assert button.get("aria-disabled") == "true"
    reasons = page.get_element_by_id("why-decide").text_content()
    for words in (
        "“准予备案”暂不能办理",
        "受理人不得同时作出决定",
        "中心主任，或事先指定的代理人",
        "请转交",
        "第十二条",
        "不足 10 人",
    ):
        assert words in reasons


def test_an_action_that_asks_first_submits_only_from_its_dialog() -> None:
    page = html.document_fromstring(render())
    (submits,) = page.xpath("//button[@type='submit' and @form='case-form']")
    assert submits.getparent().getparent().tag == "dialog"


def test_a_wrong_field_says_so_at_the_field_and_at_the_top() -> None:
    page = html.document_fromstring(render())
    members = page.get_element_by_id("f-members")
    assert members.get("aria-invalid") == "true"
    assert members.get("aria-describedby").split() == ["f-members-errors"]
    assert (members.get("min"), members.get("max"), members.get("value")) == ("1", "5000", "8")
    assert page.xpath("//*[@role='alert']//a[@href='#f-members']")
    assert "有 3 处需要修改" in page.text_content()


def test_what_people_typed_is_never_markup() -> None:
    assert "夕阳红&lt;舞蹈队&gt;" in render()


def test_choices_keep_what_was_chosen() -> None:
    page = html.document_fromstring(render())
    chosen = page.xpath("//fieldset[@id='f-category']//input[@checked]/@value")
    assert chosen == ["culture"]
    assert page.xpath("//fieldset[@id='f-fields']//input[@type='checkbox' and @checked]/@value") == ["life"]
    assert page.get_element_by_id("f-units").text.strip() == "甲店\n乙厂"
    assert page.get_element_by_id("f-original_seen").get("checked") is not None


def test_the_page_says_that_automation_waits_only_when_it_does() -> None:
    assert "自动化任务正在等待" in render()
    assert "自动化任务正在等待" not in render(automation_waiting=False)


def test_a_person_sees_only_the_parts_their_role_has() -> None:
    page = html.document_fromstring(render(nav=["worklist", "status"]))
    assert page.xpath("//nav//li/a/@href") == ["/worklist", "/status"]


def test_english_pages_hold_no_chinese_of_ours() -> None:
    with i18n.speaking("en"):
        text = html.document_fromstring(environment().get_template("signin.html").render()).text_content()
    assert re.findall(r"[\u4e00-\u9fff]+", text) == ["中文"]  # the way back, in its own language


def test_every_icon_and_file_a_template_names_is_there() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))["vendor"]["icons"]
    for path in (API / "templates").rglob("*.html"):
        source = path.read_text("utf-8")
        named = set(re.findall(r"icon\('([a-z0-9-]+)'", source))
        assert named <= set(wanted), path
        for file in re.findall(r"asset\('([^']+)'\)", source):
            assert assets.asset(file).startswith(f"/static/{file}?v=")
    sprite = (API / "static/vendor/icons/sprite.svg").read_text("utf-8")
    assert sorted(re.findall(r'<symbol id="([^"]+)"', sprite)) == sorted(wanted)


def test_the_address_of_a_file_changes_with_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "one.css").write_text("a")
    before = assets.asset.__wrapped__("one.css")
    (tmp_path / "one.css").write_text("b")
    assert assets.asset.__wrapped__("one.css") != before
    with pytest.raises(assets.AssetMissing, match=r"pip install"):
        assets.asset.__wrapped__("two.css")


def test_libraries_are_pinned_exactly_and_the_lock_names_no_address() -> None:
    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""][kind] == package[kind]
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry
        assert not name or entry["integrity"].startswith("sha512-")


def vendor_module() -> ModuleType:
    """The build's own script, which is no part of the installed package."""
    spec = importlib.util.spec_from_file_location("vendor", FRONTEND / "vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_up_to_date_folder_is_left_alone_and_a_changed_lock_is_noticed(tmp_path: Path) -> None:
    vendor = vendor_module()
    for name in ("package.json", "package-lock.json", "vendor.py"):
        (tmp_path / name).write_bytes((FRONTEND / name).read_bytes())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stamp.txt").write_text(vendor.stamp_of(tmp_path))
    assert vendor.fill(tmp_path, tmp_path / "out") is False
    before = vendor.stamp_of(tmp_path)
    (tmp_path / "package-lock.json").write_text("{}")
    assert vendor.stamp_of(tmp_path) != before


def test_the_libraries_bring_their_licences() -> None:
    folder = API / "static" / "vendor"
    for name in ("tabler", "htmx", "echarts", "bpmn", "icons"):
        assert (folder / name / "LICENSE.txt").stat().st_size > 30
    everybody = (folder / "LICENSES.txt").read_text("utf-8")
    for name in (
        "@tabler/core 1",
        "htmx.org 2",
        "echarts 6",
        "bpmn-js 18",
        "diagram-js 15",
        "zrender 6",
        "@popperjs/core 2",
    ):
        assert f"\n{name}" in f"\n{everybody}"
    assert "axe-core" not in everybody  # of the tests alone


def served() -> httpx.AsyncClient:
    """An application with a page, a page that sets its own header, and the static files, behind the middleware."""

    async def page(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("page")

    async def own(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("own", headers={"Cache-Control": "private, max-age=5"})

    files = Mount("/static", StaticFiles(directory=API / "static"))
    app = SecurityHeaders(Starlette(routes=[Route("/", page), Route("/own", own), files]))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://street.test")


async def fetch(path: str) -> httpx.Response:
    async with served() as client:
        return await client.get(path)


def get(path: str) -> httpx.Response:
    """One answer of that application."""
    return asyncio.run(fetch(path))


def test_pages_carry_the_policy_and_are_never_stored() -> None:
    answer = get("/")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_a_versioned_file_is_kept_for_good_and_an_unversioned_one_is_asked_for_again() -> None:
    assert "immutable" in get(assets.asset("vendor/htmx/htmx.min.js")).headers["cache-control"]
    assert get("/static/app.css").headers["cache-control"] == "no-cache"
    assert get("/static/vendor/none.js?v=1").headers["cache-control"] == "no-store"


def test_a_response_keeps_the_caching_it_chose_itself() -> None:
    assert get("/own").headers["cache-control"] == "private, max-age=5"
