/* The folder is made while the page says how far it is. Without script the browser waits for the file. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-folder]");
  if (!form || !window.ReadableStream) return;
  const button = form.querySelector(".folder-button");
  const area = form.querySelector(".folder-progress");
  const bar = area.querySelector("progress");
  const step = area.querySelector("p");
  const answer = form.querySelector(".folder-answer");

  const say = (words, bad) => {
    answer.textContent = words;
    answer.classList.toggle("is-bad", Boolean(bad));
  };
  const told = (event) => {
    if (event.of) {
      bar.max = event.of;
      bar.value = event.done;
      step.textContent = form.dataset.step.replace("{done}", event.done).replace("{of}", event.of);
    }
    if (event.error) say(event.error, true);
    if (event.href) {
      say(event.words);
      window.location.assign(event.href);
    }
    return Boolean(event.href || event.error);
  };
  const listen = async (body) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let ended = false;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return ended;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) ended = told(JSON.parse(part.slice("data: ".length))) || ended;
    }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const sent = new FormData(form);
    button.disabled = true;
    area.hidden = false;
    bar.removeAttribute("value");
    step.textContent = document.body.dataset.working;
    say("");
    try {
      const response = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "text/event-stream" } });
      if (!(response.headers.get("content-type") || "").startsWith("text/event-stream")) {
        /* A reason is missing, the session has ended: the page itself says so. */
        HTMLFormElement.prototype.submit.call(form);
        return;
      }
      if (!(await listen(response.body))) say(form.dataset.failed, true);
    } catch {
      say(form.dataset.failed, true);
    }
    button.disabled = false;
    area.hidden = true;
  });
})();
