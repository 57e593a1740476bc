"""What should lie in a case's folder and does not: documents of the steps passed, seals, service, answers, vouchers."""

from __future__ import annotations

from collections.abc import Iterator

from incubator.engine.deadline_words import in_words
from incubator.engine.definition import Step
from incubator.engine.soundness import goes_back
from incubator.services.case_documents import titles_of, wanted
from incubator.services.case_folder.material import Material
from incubator.services.case_folder.plan import Missing
from incubator.text import Text
from incubator.wording import amount

_SEALED = "sealed_"  # how the kinds of stamped scans begin


def lacking(material: Material) -> tuple[Missing, ...]:
    """Everything that is missing by the record itself; what cannot be printed is found when the folder is bound."""
    found = [
        *_documents_of_steps_passed(material),
        *_documents_of_this_step(material),
        *_service(material),
        *_answers(material),
        *_vouchers(material),
    ]
    return tuple(dict.fromkeys(found))


def _documents_of_steps_passed(material: Material) -> Iterator[Missing]:
    lying = {row.kind for row in material.file.documents}
    told: set[str] = set()
    for decision in material.decisions:
        for need in decision.documents:
            if need.required and need.kind not in lying and need.kind not in told and decision.step is not None:
                told.add(need.kind)
                words = Text("“{step}”环节应有的材料", "the step {step} asks for it")
                yield Missing(need.title, words.fill(step=decision.step))


def _documents_of_this_step(material: Material) -> Iterator[Missing]:
    file = material.file
    if not file.case.open:
        return
    lying = {row.kind for row in file.documents}
    for kind, need in wanted(material.definition, file.step, file.policy).items():
        if kind in lying or not need.required:
            continue
        if kind.startswith(_SEALED):
            yield Missing(need.title, Text("文书尚未盖章归入", "the paper is not sealed yet"))
        else:
            words = Text("案件正在“{step}”环节，尚未提交", "the case is at {step}, and it has not come yet")
            yield Missing(need.title, words.fill(step=file.step.title))


def _service(material: Material) -> Iterator[Missing]:
    """A decision that went out to be served: its service is on record, or it is missing."""
    for step in material.definition.steps:
        serves = {decision.name for decision in step.decisions if "served" in decision.marks}
        came = [each for each in material.written if each.change.get("to") == step.key] if serves else []
        if not came:
            continue
        after = [each for each in material.written if each.seq > came[-1].seq]
        if not any(each.change.get("step") == step.key and each.change.get("decision") in serves for each in after):
            title = Text("送达记录（{step}）", "Record of service ({step})").fill(step=step.title)
            words = Text("{day}进入送达环节，没有送达记录", "to be served since {day}, and no service is on record")
            yield Missing(title, words.fill(day=in_words(came[-1].effective_on)))


def _answers(material: Material) -> Iterator[Missing]:
    file = material.file
    if file.case.open and _is_correction(file.step, material):
        yield Missing(
            Text("补正材料", "The correction"),
            Text("案件已退回补正，尚未收到答复", "the case was returned for correction and has not come back"),
        )
    for request in material.open_requests:
        words = "；".join(str(point.get("words") or point.get("text") or "") for point in request.points)
        yield Missing(
            Text(f"对所提问题的答复：{words}", f"The answer to what was asked: {words}"),
            Text("应于{day}前答复", "due on {day}").fill(day=in_words(request.due_on)),
        )


def _is_correction(step: Step, material: Material) -> bool:
    definition = material.definition
    return goes_back(step) and step.by == definition.step(definition.start).by


def _vouchers(material: Material) -> Iterator[Missing]:
    project = material.project
    if project is None or project.project.case_public_id != material.file.case.public_id:
        return
    for expense in project.expenses:
        what = Text(
            f"支出凭证 {expense.voucher_number}（{expense.purpose}，{amount(expense.fen).zh}）",
            f"Voucher {expense.voucher_number} ({expense.purpose}, {amount(expense.fen).en})",
        )
        if not expense.document_public_id and expense.status != "rejected":
            yield Missing(
                what, Text("支出已登记，没有凭证影像", "the expense is recorded without its voucher's picture")
            )
        if expense.status == "recorded" and not material.file.case.open:
            yield Missing(what, Text("支出尚未审核", "nobody has decided the expense"))
    lying = {row.case_number for row in material.payments}
    for tranche in project.tranches:
        if tranche.status == "paid" and tranche.case_number and tranche.case_number not in lying:
            title = Text(f"第 {tranche.place} 笔拨付的材料", f"Documents of tranche {tranche.place}")
            yield Missing(title, Text("款项已拨付，拨付案件中没有材料", "it is paid, and its case holds no document"))


def kind_titles(material: Material) -> dict[str, Text]:
    """What each kind of document is called in this case."""
    return titles_of(material.definition, material.file.policy)
