"""The steps that filing, renewal, change and exit have in common beside those of all stages."""

from __future__ import annotations

from incubator.engine.definition import Decision, Step, StepKind
from incubator.procedures.filing.forms import CERTIFICATE
from incubator.procedures.shared.roles import SERVICE
from incubator.procedures.shared.steps import Steps
from incubator.text import Text

steps = Steps("filing", refused=Text("不予备案", "refusal of the filing"))


def certificate() -> Step:
    """Automation issues the certificate: number, validity and the paper to be sealed."""
    return Step(
        key="certificate", kind=StepKind.AUTOMATED, title=Text("制证", "Certificate"), by=SERVICE,
        task="filing.certificate",
        decisions=(Decision(name="issue", title=Text("制发备案证", "Issue"), to="service", form=CERTIFICATE,
                            notices=("notice.assigned",), style="primary"),),
    )  # fmt: skip
