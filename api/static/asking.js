/* Copying a message, where the browser lets a page do so: over plain HTTP it marks the words and copies the old way. */
(() => {
  "use strict";

  const said = document.getElementById("copied");
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      source.focus();
      source.select();
      try {
        await navigator.clipboard.writeText(source.value);
      } catch {
        document.execCommand("copy");
      }
      said.textContent = button.dataset.copied;
    });
  }
})();
