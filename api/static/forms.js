/* Tables and long lists in forms: rows added and taken away, sums that follow, options narrowed by what is typed.
   Everything works without it too, only less comfortably. */
(() => {
  "use strict";

  /* Tables: names and ids hold the row's number, `lines.2.fen`. */
  const NUMBERED = ["id", "name", "aria-labelledby", "aria-describedby"];
  const renumber = (table) => {
    const field = table.dataset.rows.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const place = new RegExp(`(^|[ -])${field}\\.\\d+\\.`, "g");
    [...table.tBodies[0].rows].forEach((row, number) => {
      for (const element of row.querySelectorAll("*")) {
        for (const name of NUMBERED) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replace(place, `$1${table.dataset.rows}.${number}.`));
        }
      }
      row.querySelector(".rows-number").textContent = number + 1;
    });
    const add = document.querySelector(`[data-row-add="${CSS.escape(table.dataset.rows)}"]`);
    if (add) add.hidden = table.tBodies[0].rows.length >= Number(table.dataset.most);
  };
  const blank = (row) => {
    for (const control of row.querySelectorAll("input, select, textarea")) {
      if (control.type === "checkbox") control.checked = false;
      else control.value = "";
      for (const option of control.options || []) option.defaultSelected = false;
      control.classList.remove("is-invalid");
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    }
    row.querySelectorAll(".field-errors").forEach((each) => each.remove());
    row.querySelectorAll(".cell-bad").forEach((each) => each.classList.remove("cell-bad"));
  };
  const first = (row) => row.querySelector("input, select, textarea");
  const changed = (table) => table.dispatchEvent(new Event("input", { bubbles: true }));
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-row-add]");
    if (add) {
      const table = document.querySelector(`table[data-rows="${CSS.escape(add.dataset.rowAdd)}"]`);
      const rows = table.tBodies[0].rows;
      if (rows.length >= Number(table.dataset.most)) return;
      const row = rows[rows.length - 1].cloneNode(true);
      blank(row);
      table.tBodies[0].append(row);
      renumber(table);
      first(row).focus();
      return;
    }
    const remove = event.target.closest("[data-row-remove]");
    if (remove) {
      const row = remove.closest("tr");
      const table = row.closest("table");
      const next = row.nextElementSibling || row.previousElementSibling;
      if (next) {
        row.remove();
        renumber(table);
        first(next).focus();
      } else {
        blank(row);
        first(row).focus();
      }
      changed(table);
    }
  });

  /* Sums, in fen where money is typed: only what the server would read counts. */
  const figure = (input) => {
    const plain = input.value.normalize("NFKC").replace(/[, ]/g, "").replace(/^¥/, "").replace(/元$/, "");
    const found = /^([+-]?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
    if (!found) return 0;
    const whole = Number(found[2]);
    const size = input.hasAttribute("data-money") ? whole * 100 + Number((found[3] || "").padEnd(2, "0")) : whole;
    return found[1] === "-" ? -size : size;
  };
  const yuan = (fen) => {
    const size = Math.abs(fen);
    const digits = String(Math.floor(size / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${fen < 0 ? "-" : ""}${digits}.${String(size % 100).padStart(2, "0")}`;
  };
  const sum = (inputs) => inputs.reduce((all, input) => all + figure(input), 0);
  const total = (root) => {
    for (const output of root.querySelectorAll("table[data-rows] output")) {
      const cells = output.closest("table").querySelectorAll(`[data-sum="${CSS.escape(output.id)}"] input`);
      output.textContent = yuan(sum([...cells]));
    }
    for (const sheet of root.querySelectorAll("[data-sums]")) {
      document.getElementById(sheet.dataset.sums).textContent = sum([...sheet.querySelectorAll("input")]);
    }
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (form) total(form);
  });

  /* Long lists: options that do not hold what is typed step aside; what is chosen stays. */
  const narrow = (filter) => {
    const wanted = filter.value.trim().toLowerCase();
    const fits = (each) => each.textContent.toLowerCase().includes(wanted);
    const list = document.getElementById(filter.dataset.filter);
    if (list.matches("select")) {
      list.allOptions ||= [...list.options];
      const chosen = list.value;
      list.replaceChildren(...list.allOptions.filter((each) => !each.value || each.value === chosen || fits(each)));
      list.value = chosen;
    } else {
      for (const label of list.children) {
        label.hidden = !fits(label) && !label.querySelector("input").checked;
      }
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) narrow(event.target);
  });

  const begin = (root) => {
    for (const button of root.querySelectorAll("[data-row-add]")) button.type = "button";
    for (const hidden of root.querySelectorAll("[data-row-remove], [data-filter]")) hidden.hidden = false;
    root.querySelectorAll("table[data-rows]").forEach(renumber);
    total(root);
  };
  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
})();
