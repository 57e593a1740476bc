/* Draws a table as stacked bars: an element with data-chart names the table, whose first column are the names and whose
   headings with data-series are the series. The table stays: it is what is read aloud and printed. */
(() => {
  "use strict";

  const COLOURS = { rest: "#17437a", bad: "#a8201a" };

  const read = (table) => {
    const heads = [...table.querySelectorAll("thead th")];
    const rows = [...table.querySelectorAll("tbody tr")];
    const names = rows.map((row) => row.cells[0].textContent.trim());
    const series = heads
      .map((head, place) => ({ head, place }))
      .filter(({ head }) => head.dataset.series)
      .map(({ head, place }) => ({
        name: head.textContent.trim(),
        colour: COLOURS[head.dataset.series],
        values: rows.map((row) => Number(row.cells[place].textContent.trim()) || 0),
      }));
    return { names, series };
  };

  const draw = (area) => {
    const { names, series } = read(document.getElementById(area.dataset.chart));
    if (!names.length) return;
    area.hidden = false;
    area.style.height = `${Math.max(names.length * 32 + 70, 150)}px`;
    const chart = echarts.init(area);
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText" },
      legend: { top: 0, left: 0, icon: "rect", itemWidth: 12, itemHeight: 12 },
      grid: { top: 36, left: 0, right: 24, bottom: 4, containLabel: true },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: { type: "category", data: names, inverse: true, axisTick: { show: false } },
      series: series.map((each) => ({
        name: each.name,
        type: "bar",
        stack: "all",
        barMaxWidth: 18,
        itemStyle: { color: each.colour },
        data: each.values,
      })),
    });
    new ResizeObserver(() => chart.resize()).observe(area);
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-chart]").forEach(draw));
})();
