/* Behaviour that pages share: dialogs, forms sent once, uploads checked before they travel, unsaved words kept.
   Everything works without it too, only less comfortably. */
(() => {
  "use strict";

  const say = (key) => document.body.dataset[key] || "";
  const live = (text) => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };

  /* Dialogs: data-dialog names the <dialog>; data-dialog-form a form that must be valid before the question is asked. A
     button that would send the form asks first. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      const form = opener.dataset.dialogForm && document.getElementById(opener.dataset.dialogForm);
      if (form && !form.reportValidity()) return;
      const dialog = document.getElementById(opener.dataset.dialog);
      dialog.showModal();
      dialog.addEventListener("close", () => opener.focus(), { once: true });
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      closer.closest("dialog").close();
      return;
    }
    /* A refused button leads to its reasons. */
    const refused = event.target.closest("[data-why]");
    if (refused) {
      const card = document.getElementById(refused.dataset.why);
      card.scrollIntoView({ block: "nearest" });
      card.focus({ preventScroll: true });
      return;
    }
    if (event.target.closest("[data-print]")) window.print();
  });

  /* The menu closes when one goes elsewhere, by pointer or by keyboard, or presses Escape. */
  const menu = document.querySelector(".mainnav-more");
  if (menu) {
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }

  /* A form is sent once; the answer, or coming back to the page, opens it again. One that is answered with a file stays on
     its page and says data-again. */
  const lock = (form, button) => {
    form.dataset.sent = "true";
    for (const each of form.elements) {
      if (each.type === "submit") each.setAttribute("aria-disabled", "true");
    }
    if (button) button.classList.add("is-working");
    live(say("working"));
  };
  const unlock = (form) => {
    delete form.dataset.sent;
    for (const each of form.elements) {
      if (each.type === "submit") {
        each.removeAttribute("aria-disabled");
        each.classList.remove("is-working");
      }
    }
    live("");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.matches("[data-drop]") && !checkFiles(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const dialog = event.submitter && event.submitter.closest("dialog");
    if (dialog) dialog.close();
    changed.delete(form);
    if (form.hasAttribute("data-again")) return;
    lock(form, event.submitter);
  }, true);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(unlock);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) unlock(form);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) changed.add(form);
    banner(say("offline"));
  });

  const banner = (text) => {
    const area = document.getElementById("banners");
    if (!area || !text) return;
    let box = area.querySelector(".banner-offline");
    if (!box) {
      box = document.createElement("div");
      box.className = "banner banner-offline";
      box.append(Object.assign(document.createElement("div"), { className: "container-xl" }));
      area.append(box);
    }
    box.firstElementChild.textContent = text;
  };

  /* Leaving with unsaved words asks first: forms marked data-guard. */
  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) changed.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    for (const form of changed) if (!form.isConnected) changed.delete(form);
    if (changed.size) {
      event.preventDefault();
      event.returnValue = say("leave");
    }
  });

  /* Uploads: size and kind are checked here for speed and on the server for safety. */
  const checkFiles = (form) => {
    const input = form.querySelector("input[type=file]");
    const problem = form.querySelector(".drop-error");
    const most = Number(form.dataset.maxBytes);
    const kinds = input.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
    const files = [...input.files];
    /* All that is sent at once counts together. */
    const all = files.reduce((sum, file) => sum + file.size, 0);
    const large = most && all > most ? files : [];
    const wrong = files.filter((file) => kinds.length && !kinds.some((kind) => file.name.toLowerCase().endsWith(kind)));
    const words = [
      large.length ? say("tooLarge") + large.map((file) => file.name).join("; ") : "",
      wrong.length ? say("wrongType") + wrong.map((file) => file.name).join("; ") : "",
    ].filter(Boolean);
    problem.textContent = words.join(" ");
    problem.hidden = !words.length;
    const label = form.querySelector(".drop-label span");
    if (label && files.length) label.textContent = files.map((file) => file.name).join("; ");
    form.classList.toggle("has-files", files.length > 0 && !words.length);
    return !words.length;
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-drop]");
    if (form && event.target.type === "file") checkFiles(form);
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest && event.target.closest("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    zone.querySelector("input[type=file]").files = event.dataTransfer.files;
    checkFiles(zone);
  });

  /* What needs attention after a refused form gets the focus. */
  const attend = (root) => {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  };
  document.addEventListener("DOMContentLoaded", () => attend(document));
  document.addEventListener("htmx:afterSettle", (event) => attend(event.target));
})();
