/* A case's documents: photographs from the camera join what was chosen, and large files show how far they have come.
   Small ones, and all where there is no script, go as any form does. */
(() => {
  "use strict";

  const LARGE = 1024 * 1024;
  const input = (form) => form.querySelector("input[type=file]");
  const size = (form) => [...input(form).files].reduce((all, file) => all + file.size, 0);

  /* The camera: each photograph is added to the files that lie in the field already. */
  const photograph = (form) => {
    const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
    camera.addEventListener("change", () => {
      const all = new DataTransfer();
      for (const file of input(form).files) all.items.add(file);
      for (const photo of camera.files) {
        const ending = /\.[a-z0-9]+$/i.exec(photo.name);
        const name = `${form.dataset.photo} ${all.items.length + 1}${ending ? ending[0] : ".jpg"}`;
        all.items.add(new File([photo], name, { type: photo.type }));
      }
      input(form).files = all.files;
      input(form).dispatchEvent(new Event("change", { bubbles: true }));
    });
    camera.click();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-camera]");
    if (button) photograph(button.closest("form"));
  });
  if (matchMedia("(pointer: coarse)").matches) {
    document.querySelectorAll("[data-camera]").forEach((button) => (button.hidden = false));
  }

  /* Large files travel with a bar; the answer is an address to go to, or why they were not taken. */
  const told = (form, words) => {
    const problem = form.querySelector(".drop-error");
    problem.textContent = words;
    problem.hidden = false;
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) {
      button.removeAttribute("aria-disabled");
      button.classList.remove("is-working");
    }
    form.querySelector("progress").remove();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-progress]") || event.defaultPrevented || size(form) < LARGE) return;
    event.preventDefault();
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0, className: "drop-progress" });
    bar.setAttribute("aria-label", form.dataset.progress);
    form.append(bar);
    const body = new FormData(form);
    body.set("quietly", "1");
    const sending = new XMLHttpRequest();
    sending.open("POST", form.action);
    sending.upload.addEventListener("progress", (travelled) => {
      if (travelled.lengthComputable) bar.value = (travelled.loaded / travelled.total) * 100;
    });
    sending.addEventListener("load", () => {
      const text = (sending.getResponseHeader("Content-Type") || "").startsWith("text/plain");
      if (sending.status === 200 && text) {
        history.replaceState(null, "", sending.responseText);
        location.reload();
      } else {
        told(form, text ? sending.responseText : document.body.dataset.offline);
      }
    });
    sending.addEventListener("error", () => told(form, document.body.dataset.offline));
    sending.send(body);
  });
})();
