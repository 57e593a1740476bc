"""What people do on the pages of a case: fill in the form that stands open, hand in files, and see what came of it."""

from __future__ import annotations

from typing import Any

from lxml import html

from incubator.engine.advance import Request, advance
from incubator.services.opening import open_for_organization
from tests.api.centre import PDF, Browser, WebCentre
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED

FORM = "act-form"


def document_of(answer: Any) -> Any:
    """An answer's page, parsed."""
    return html.document_fromstring(answer.text)


def words_of(answer: Any) -> str:
    """Everything a page says, its parts a space apart."""
    return " ".join(" ".join(part.split()) for part in document_of(answer).itertext() if part.strip())


def sent_by(answer: Any, form: str = FORM) -> dict[str, Any]:
    """What a browser would send of a form as it stands on the page."""
    sent: dict[str, Any] = {}
    for name, value in document_of(answer).get_element_by_id(form).form_values():
        # A browser drops the line break that a text area begins with.
        sent.setdefault(name, []).append(value.removeprefix("\n"))
    return sent


def open_case_for(
    centre: WebCentre, procedure: str = "filing", *, organization: str = "", by: str = "worker", period: str = ""
) -> str:
    """A case opened by the service; its public id."""
    return centre.database.write(
        lambda connection: open_for_organization(
            connection,
            organization=organization or centre.organization,
            procedure=procedure,
            period=period,
            effective_on=None,
            actor=centre.people[by],
            key="",
            now=centre.clock.now(),
        )
    ).case_id


def do(centre: WebCentre, case: str, action: str, by: str, data: dict[str, Any] | None = None) -> None:
    """An action through the service, where a test is not about its page."""
    request = Request(case, action, centre.people[by], None, None, data or {})
    centre.database.write(lambda connection: advance(connection, request, now=centre.clock.now()))


def hand_in(browser: Browser, case: str, *kinds: str) -> None:
    """A paper of each kind, uploaded on the page."""
    for kind in kinds:
        answer = browser.post(
            f"/cases/{case}/documents", {"kind": kind}, files={"file": (f"{kind}.pdf", PDF, "application/pdf")}
        )
        assert answer.status_code == 303, answer.text


def act(browser: Browser, case: str, action: str = "", **typed: Any) -> Any:
    """Open a case, change what the form holds and send it; the answer to that."""
    page = browser.get(f"/cases/{case}", **({"action": action} if action else {}))
    assert page.status_code == 200, page.text
    form = document_of(page).get_element_by_id(FORM)
    if action:
        assert form.action.endswith(f"/actions/{action}")
    return browser.client.post(form.action, data={**sent_by(page), **typed})


def follow(browser: Browser, answer: Any) -> Any:
    """The page that an answer leads to."""
    assert answer.status_code == 303, words_of(answer)
    return browser.get(answer.headers["location"])


def heard(centre: WebCentre, organization: str = "", **changes: Any) -> str:
    """A filing that waits for an officer to accept it, through the services; `changes` to what is applied for."""
    case, worker = open_case_for(centre, organization=organization), centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "worker", {**APPLICATION, **changes})
    centre.automate()
    hand_in(worker, case, "committee_opinion")
    do(centre, case, "give_opinion", "worker", OPINION)
    return case


def filed(centre: WebCentre, **changes: Any) -> str:
    """A filing in effect, through the services; `changes` to what is applied for."""
    case = heard(centre, **changes)
    do(centre, case, "accept", "officer", CHECKED)
    do(centre, case, "approve", "director")
    centre.automate()
    hand_in(centre.browser("officer"), case, "sealed_certificate")
    do(centre, case, "serve", "officer", SERVED)
    return case
