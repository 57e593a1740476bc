/* The text of a policy pack with the numbers of its lines, and choosing many cases at once. Everything works without it too. */
(() => {
  "use strict";

  /* The numbers follow what is typed; those of the faults stay where the check found them. */
  const number = (box) => {
    const text = box.querySelector("textarea");
    const gutter = box.querySelector(".code-lines");
    const wanted = text.value.split("\n").length;
    while (gutter.children.length > wanted) gutter.lastElementChild.remove();
    const fresh = document.createDocumentFragment();
    for (let line = gutter.children.length + 1; line <= wanted; line += 1) {
      fresh.append(Object.assign(document.createElement("span"), { textContent: `${line}\n` }));
    }
    gutter.append(fresh);
    text.rows = Math.max(wanted + 1, 16);
  };
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-code]");
    if (box) number(box);
  });

  /* A fault leads to its line in the text. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    const box = link && document.querySelector("[data-code]");
    if (!box) return;
    event.preventDefault();
    const text = box.querySelector("textarea");
    const lines = text.value.split("\n");
    const line = Math.min(Number(link.dataset.line), lines.length);
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start, start + lines[line - 1].length);
    box.scrollIntoView({ block: "nearest" });
    box.scrollTop = (line - 5) * Number.parseFloat(getComputedStyle(text).lineHeight);
    box.scrollLeft = 0;
  });

  /* One box for all. */
  const cases = (all) => document.querySelectorAll(`#${CSS.escape(all.dataset.checkAll)} input[name=case]`);
  const follow = (all) => {
    const boxes = [...cases(all)];
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-check-all]")) {
      for (const box of cases(event.target)) box.checked = event.target.checked;
    } else if (event.target.name === "case") {
      document.querySelectorAll("[data-check-all]").forEach(follow);
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const all of document.querySelectorAll("[data-check-all]")) {
      all.closest("[hidden]")?.removeAttribute("hidden");
      follow(all);
    }
  });
})();
