/* Photos go up one after another and go on where they were: after a lost connection by themselves, after the page was
   closed once the same file is chosen again. Without script the form carries them. */
(() => {
  "use strict";

  const PIECE = 1024 * 1024;
  const AGAIN = 4000;
  const form = document.getElementById("answer");
  if (!form || !window.tus || !tus.isSupported) return;
  const words = form.dataset;
  const said = document.getElementById("progress");
  const queue = [];
  let running = null;

  document.querySelectorAll("[data-scripted]").forEach((each) => { each.hidden = false; });

  const line = (file, point) => {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "file-name", textContent: file.name });
    const note = Object.assign(document.createElement("span"), { className: "file-note", textContent: words.uploading });
    const bar = Object.assign(document.createElement("progress"), { max: file.size, value: 0 });
    bar.setAttribute("aria-label", file.name);
    item.append(name, note, bar);
    item.dataset.here = "";
    const list = form.querySelector(`[data-arrived="${point}"]`);
    for (const old of list.querySelectorAll(".unfinished")) {
      if (old.querySelector(".file-name").textContent === file.name) old.remove();
    }
    list.append(item);
    return { item, note, bar };
  };
  const tell = (shown, text, state) => {
    shown.note.textContent = text;
    shown.item.className = state;
  };

  /* What the server has is what the page shows. */
  const refresh = async () => {
    try {
      const answer = await fetch(words.page);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const list of form.querySelectorAll("[data-arrived]")) {
        const now = fresh.querySelector(`[data-arrived="${list.dataset.arrived}"]`);
        if (!now) continue;
        const still = [...list.querySelectorAll("[data-here]")].filter((each) => !each.classList.contains("arrived"));
        list.replaceChildren(...[...now.children].filter((each) => !each.classList.contains("unfinished")), ...still);
      }
    } catch { /* the list is as it was; the upload itself is done */ }
  };

  const next = () => {
    running = queue.shift() || null;
    if (running) running.begin();
    else said.hidden = true;
  };
  const over = (shown, text, state) => {
    tell(shown, text, state);
    shown.bar.remove();
    next();
  };

  const take = (file, point) => {
    const shown = line(file, point);
    if (file.size > Number(words.mostMb) * 1024 * 1024) {
      tell(shown, words.tooLarge, "failed");
      shown.bar.remove();
      return;
    }
    let timer;
    const upload = new tus.Upload(file, {
      endpoint: words.files,
      chunkSize: PIECE,
      retryDelays: [0, 1000, 3000, 5000],
      metadata: { filename: file.name, point: String(point) },
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => {
        shown.bar.value = sent;
        tell(shown, `${words.uploading} ${Math.floor((sent / file.size) * 100)}%`, "");
      },
      onSuccess: async () => {
        shown.item.classList.add("arrived");
        await refresh();
        over(shown, words.done, "arrived");
      },
      onError: (error) => {
        const answer = error.originalResponse;
        if (answer && answer.getStatus() >= 400 && answer.getStatus() < 500) {
          over(shown, answer.getBody() || words.failed, "failed");
          return;
        }
        tell(shown, words.waiting, "waits");
        clearTimeout(timer);
        timer = setTimeout(job.begin, AGAIN);
      },
    });
    const job = {
      begin: async () => {
        clearTimeout(timer);
        tell(shown, words.uploading, "");
        if (!upload.url) {
          const before = await upload.findPreviousUploads();
          if (before.length) upload.resumeFromPreviousUpload(before[0]);
        }
        upload.start();
      },
      again: () => {
        if (!shown.item.classList.contains("waits")) return;
        job.begin();
      },
    };
    queue.push(job);
    if (!running) next();
  };

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || input.dataset.point === undefined) return;
    for (const file of input.files) take(file, input.dataset.point);
    input.value = "";
  });
  window.addEventListener("online", () => running && running.again());
  form.addEventListener("submit", (event) => {
    if (!running || (event.submitter && event.submitter.value !== "send")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    said.textContent = words.notYet;
    said.hidden = false;
  }, true);
})();
