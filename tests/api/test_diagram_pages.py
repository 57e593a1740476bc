"""A case on its diagram, and the procedures in words, as pages."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from incubator.engine import library
from tests.api.centre import WebCentre
from tests.api.desk import do, document_of, heard, words_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def test_a_case_shows_where_it_stands_what_it_went_through_and_what_comes_next(centre: WebCentre) -> None:
    case = heard(centre)
    do(centre, case, "return_for_correction", "officer", {"points": "名单缺两人"})
    do(centre, case, "resubmit", "worker", {"note": "已补齐"})
    browser = centre.browser("officer")
    page = browser.get(f"/cases/{case}/diagram")
    (area,) = document_of(page).find_class("diagram")
    marks = json.loads(area.get("data-marks"))
    assert marks["acceptance"] == ["stands", "again"]
    assert marks["correction"] == marks["application"] == ["went"]
    assert "decision" not in marks
    assert marks["flow_correction_decided__acceptance_in"] == ["passed"]
    assert "flow_correction_decided__decision_in" not in marks
    gone = [
        each.text_content() for each in document_of(page).xpath("//ol[@class='steps-gone']//p[@class='steps-title']")
    ]
    assert gone[-3:] == ["受理：退回补正", "补正：提交补正材料", "现在：受理"]
    assert "不予受理" in words_of(page)
    drawn = ElementTree.fromstring(browser.get(area.get("data-diagram")).content)
    ids = {each.get("id") for each in drawn.iter()}
    assert marks.keys() <= ids
    # Of another's community nothing is shown.
    assert centre.browser("hub").get(f"/cases/{case}/diagram").status_code == 404


def test_every_procedure_is_told_in_words_with_its_diagram(centre: WebCentre) -> None:
    browser = centre.browser("worker")
    every = document_of(browser.get("/procedures")).xpath("//ul[@class='procedure-list']//a")
    assert len(every) == len(library.current_definitions())
    for link in every[::4]:
        page = browser.get(link.get("href"))
        assert page.status_code == 200, link.get("href")
        drawing = browser.get(document_of(page).find_class("diagram")[0].get("data-diagram"))
        assert drawing.headers["content-type"] == "application/xml"
        steps = {each.get("id") for each in document_of(page).xpath("//ol[@id='steps']//section")}
        assert {step.removeprefix("step-") for step in steps} <= {
            each.get("id") for each in ElementTree.fromstring(drawing.content).iter()
        }
    filing = words_of(browser.get("/procedures/filing"))
    assert "5 个工作日" in filing
    assert "在本案办理过以下事项的人不得办理：受理" in filing
    assert browser.get("/procedures/nothing").status_code == 404


def test_a_program_reads_the_bpmn_of_a_version_in_its_language(centre: WebCentre) -> None:
    program = centre.program("officer", **{"accept-language": "en"})
    filing = library.current_definition("filing")
    for query in ({}, {"version": filing.hash}):
        answer = program.get("procedures/filing/bpmn", params=query)
        assert answer.headers["content-type"] == "application/xml"
        tasks = {
            each.get("id"): each.get("name") for each in ElementTree.fromstring(answer.content).iter(f"{BPMN}userTask")
        }
        assert tasks["acceptance"] == "Acceptance"
    assert program.get("procedures/filing/bpmn", params={"version": "0" * 64}).status_code == 404
    other = library.current_definition("payment").hash
    assert program.get("procedures/filing/bpmn", params={"version": other}).status_code == 404
    assert program.get("procedures/filing/bpmn", params={"version": "x"}).status_code == 422
