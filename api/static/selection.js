/* Ticked lines of the worklist: all of the page at once, and how many they are. Without script each is ticked by itself. */
(() => {
  "use strict";

  const form = document.getElementById("selection");
  if (!form) return;
  const boxes = [...form.elements].filter((each) => each.name === "case");
  const all = form.querySelector("[data-select-all]");
  const count = form.querySelector("[data-select-count]");

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked);
    /* A case that awaits two people stands in two lines and is one. */
    const number = new Set(ticked.map((box) => box.value)).size;
    count.textContent = count.dataset.selectCount.replace("{count}", number);
    all.checked = ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
    for (const button of form.querySelectorAll("button")) button.disabled = !number;
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    if (event.target === all || boxes.includes(event.target)) tell();
  });
  all.closest("label").hidden = false;
  count.hidden = false;
  form.querySelector(".selection-hint").hidden = true;
  tell();
  /* Coming back to the page brings the ticks back after the script has run. */
  window.addEventListener("pageshow", tell);
})();
