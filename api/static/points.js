/* Points to correct, a line each: a button a document begins a line with its name, so that each point says what it is about. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-point-documents]");
  const area = form && form.elements.points;
  if (!area || area.tagName !== "TEXTAREA") return;
  const tools = Object.assign(document.createElement("div"), { className: "point-tools" });
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", form.dataset.pointLabel);
  tools.append(Object.assign(document.createElement("span"), { textContent: form.dataset.pointLabel, className: "field-help" }));
  for (const title of JSON.parse(form.dataset.pointDocuments)) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: title });
    button.addEventListener("click", () => {
      const before = area.value.replace(/\s+$/, "");
      area.value = `${before}${before ? "\n" : ""}${title}${form.dataset.pointColon}`;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
    });
    tools.append(button);
  }
  area.after(tools);
})();
