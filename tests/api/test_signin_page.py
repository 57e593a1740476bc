"""Signing in on the page, and what keeps others out."""

from __future__ import annotations

from tests.api.centre import WebCentre


def test_a_page_leads_to_the_sign_in_and_back(centre: WebCentre) -> None:
    browser = centre.stranger()
    answer = browser.get("/organizations?q=合唱")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/signin?next=%2Forganizations%3Fq%3D%25E5%2590%2588%25E5%2594%25B1"
    page = browser.get(answer.headers["location"])
    assert "登录工作台" in page.text


def test_a_wrong_password_is_refused_in_words_and_an_address_elsewhere_is_not_followed(centre: WebCentre) -> None:
    browser = centre.stranger()
    answer = browser.post("/signin", data={"username": "officer", "password": "wrong", "next": "//evil.example"})
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert "evil.example" not in answer.text


def test_a_form_from_another_site_is_refused(centre: WebCentre) -> None:
    answer = centre.stranger(**{"sec-fetch-site": "cross-site"}).post("/signin", data={"username": "officer"})
    assert answer.status_code == 403
    assert "请求来源无法确认" in answer.text


def test_signing_out_needs_the_page_s_own_token_and_ends_the_session(centre: WebCentre) -> None:
    browser = centre.browser("officer")
    assert browser.client.post("/signout", data={"csrf": "forged"}).status_code == 403
    token = browser.client.cookies["session"]
    assert browser.post("/signout").status_code == 303
    browser.client.cookies.set("session", token)
    assert browser.get("/").headers["location"] == "/signin"


def test_the_chosen_language_stays_with_the_account(centre: WebCentre) -> None:
    browser = centre.browser("officer")
    browser.client.post("/language", data={"language": "en", "next": "/nowhere"})
    assert "Not found" in browser.get("/nowhere").text
    assert "Not found" in centre.browser("officer").get("/nowhere").text
