/* A form's words are kept as a draft: a moment after the last keystroke, and on leaving. Without script its button does it. */
(() => {
  "use strict";

  const PAUSE = 800;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const note = document.getElementById(form.dataset.draftNote);
  let typed = 0;
  let kept = 0;
  let failed = false;
  let over = false;
  let timer;

  const body = () => {
    const sent = new URLSearchParams(new FormData(form));
    sent.set("quietly", "1");
    return sent;
  };
  const say = (text) => {
    note.textContent = text;
    note.classList.toggle("text-danger", failed);
  };
  const keep = async () => {
    clearTimeout(timer);
    const upTo = typed;
    try {
      /* An ended session answers with the sign-in page, which keeps nothing. */
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), redirect: "manual" });
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (over) return;
      failed = false;
      kept = Math.max(kept, upTo);
      say(text);
    } catch {
      if (over) return;
      failed = true;
      say(form.dataset.draftFailed);
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.closest("form") !== form && event.target.form !== form) return;
    typed += 1;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });

  /* What is sent or cleared is no draft any more. */
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target === form || event.target.hasAttribute("data-draft-clear")) {
      over = true;
      clearTimeout(timer);
    }
  });
  const leave = () => {
    if (over || typed === kept) return;
    if (!failed && navigator.sendBeacon(form.dataset.draft, body())) kept = typed;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("beforeunload", (event) => {
    leave();
    if (over || typed === kept) return;
    event.preventDefault();
    event.returnValue = document.body.dataset.leave;
  });
})();
