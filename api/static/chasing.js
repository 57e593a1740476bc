/* Copies the message to one recipient; without script the text is selected and copied by hand. */
(() => {
  "use strict";

  const buttons = document.querySelectorAll("[data-copy]");
  for (const button of buttons) button.hidden = false;

  /* An office's intranet is often without HTTPS, where a browser has no clipboard for pages. */
  const copied = async (area) => {
    area.focus();
    area.select();
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(area.value);
        return true;
      } catch {
        /* Not permitted: the old way may be. */
      }
    }
    return document.execCommand("copy");
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const done = await copied(document.getElementById(button.dataset.copy));
    if (done) button.focus();
    button.parentElement.querySelector("[role=status]").textContent = done ? button.dataset.copied : button.dataset.notCopied;
  });
})();
