/* A bulk action goes on by itself, a few cases at a time, until none waits. Without script its button does it. */
(() => {
  "use strict";

  const area = document.getElementById("bulk-results");
  const stopped = document.getElementById("bulk-stopped");
  const said = document.getElementById("bulk-said");
  let running = false;

  const waiting = () => area.querySelector("form[data-bulk-continue]");
  const goOn = async () => {
    if (running) return;
    running = true;
    stopped.hidden = true;
    try {
      for (let form = waiting(); form; form = waiting()) {
        form.querySelector("button").hidden = true;
        const sent = new URLSearchParams(new FormData(form));
        sent.set("quietly", "1");
        /* An ended session answers with the sign-in page, which does nothing. */
        const answer = await fetch(form.action, { method: "POST", body: sent, redirect: "manual" });
        if (!answer.ok) throw new Error(answer.status);
        area.innerHTML = await answer.text();
        said.textContent = area.querySelector("#bulk-progress-title").textContent;
      }
    } catch {
      /* What the answer would have told is on the server; whoever goes on sees it. */
      waiting().querySelector("button").hidden = false;
      stopped.hidden = false;
    }
    running = false;
  };
  area.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-bulk-continue")) return;
    event.preventDefault();
    goOn();
  });
  window.addEventListener("online", goOn);
  goOn();
})();
