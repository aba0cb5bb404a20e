/* Draws the answer of the data cube. The table beside it says the same; without this file the page is whole. */
"use strict";
/* Thirteen that are told apart, also by who sees red and green alike (after Paul Tol's schemes), the last for what is left over. */
const MANY = ["#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#4477aa", "#ee8866", "#bbcc33", "#aaaaaa"];
(() => {
  document.querySelector(".aspects [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const source = document.getElementById("cube-chart");
  const plot = document.querySelector("[data-cube-plot]");
  if (!source || !plot || !window.echarts) return;
  const told = JSON.parse(source.textContent);
  if (!told.keys.length) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name, other) => style.getPropertyValue(name).trim() || other;
  const ink = token("--ink-2", "#555"), line = token("--line", "#ddd");
  const colours = ["--brand", "--accent", "--c4", "--c2", "--ink-3"]
    .map((name) => token(name, "")).filter(Boolean);
  if (told.series.length > colours.length) colours.splice(0, colours.length, ...MANY);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const isBar = told.kind === "bar";
  plot.hidden = false;
  plot.style.height = `${isBar ? Math.max(180, told.keys.length * 34 + 70) : 300}px`;
  const chart = window.echarts.init(plot, null, { renderer: "svg" });
  const keys = { type: "category", data: told.keys, inverse: isBar, axisLabel: { color: ink, width: 110, overflow: "truncate" }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } };
  const numbers = { type: "value", splitNumber: innerWidth < 720 ? 3 : 5, axisLabel: { color: ink, hideOverlap: true, formatter: told.unit === "share" ? "{value}%" : undefined }, splitLine: { lineStyle: { color: line } } };
  const many = told.series.length > 1;
  chart.setOption({
    animation: !still, color: colours,
    grid: { left: 8, right: 20, top: many ? 36 : 12, bottom: 8, containLabel: true },
    legend: many ? { top: 0, left: 0, type: "scroll", textStyle: { color: ink }, itemWidth: 10, itemHeight: 10 } : undefined,
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    xAxis: isBar ? numbers : keys, yAxis: isBar ? keys : numbers,
    series: told.series.map((one) => ({
      name: one.name, data: one.data, type: one.earlier ? "line" : told.kind, showSymbol: told.keys.length < 2,
      stack: isBar && many && !one.earlier && !told.series.some((s) => s.earlier) ? "all" : undefined,
      barMaxWidth: 18, ...(one.earlier ? { type: told.kind, itemStyle: { opacity: 0.4 }, lineStyle: { type: "dashed" } } : {}),
    })),
  });
  addEventListener("resize", () => chart.resize());
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const link = document.querySelector(`[data-cube-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (link) link.click();
  });
})();
