/* Draws a procedure's diagram: an element with data-diagram names the BPMN, data-marks the classes of its elements, data-at
   where one begins to look. What the drawing says stands beside it in words. */
(() => {
  "use strict";

  const READABLE = 0.85;
  const STEP = 1.25;

  const show = async (area) => {
    const answer = await fetch(area.dataset.diagram, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(answer.status);
    area.hidden = false;
    const viewer = new BpmnJS({ container: area.querySelector(".diagram-canvas") });
    await viewer.importXML(await answer.text());
    const canvas = viewer.get("canvas");
    const elements = viewer.get("elementRegistry");
    for (const [id, classes] of Object.entries(JSON.parse(area.dataset.marks))) {
      if (elements.get(id)) classes.forEach((each) => canvas.addMarker(id, `is-${each}`));
    }
    const look = (element) => {
      const { outer } = canvas.viewbox();
      const [width, height] = [outer.width / READABLE, outer.height / READABLE];
      const [x, y] = [element.x + element.width / 2 - width / 2, element.y + element.height / 2 - height / 2];
      canvas.viewbox({ x, y, width, height });
    };
    const begin = () => {
      const { inner, outer } = canvas.viewbox();
      look({ x: inner.x, y: inner.y, width: Math.min(inner.width, outer.width / READABLE) - 20, height: Math.min(inner.height, outer.height / READABLE) - 20 });
    };
    const at = elements.get(area.dataset.at);
    const doing = {
      whole: () => canvas.zoom("fit-viewport"),
      at: () => look(at),
      closer: () => canvas.zoom(canvas.zoom() * STEP),
      farther: () => canvas.zoom(canvas.zoom() / STEP),
    };
    area.addEventListener("click", (event) => {
      const button = event.target.closest("[data-diagram-do]");
      if (button) doing[button.dataset.diagramDo]();
    });
    if (at) look(at);
    else begin();
    area.dataset.drawn = "true";
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const area of document.querySelectorAll("[data-diagram]")) {
      show(area).catch(() => {
        area.hidden = true;
        area.parentElement.querySelector("[data-diagram-failed]").hidden = false;
      });
    }
  });
})();
