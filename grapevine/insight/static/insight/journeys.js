/* Draws a curve beside the earlier one, with its surges marked. The table beside it says the same. */
"use strict";
(() => {
  const source = document.getElementById("journey-chart");
  const plot = document.querySelector("[data-journey-plot]");
  if (!source || !plot || !window.echarts) return;
  const told = JSON.parse(source.textContent);
  if (!told.keys.length) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name, other) => style.getPropertyValue(name).trim() || other;
  const ink = token("--ink-2", "#555"), line = token("--line", "#ddd");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  plot.hidden = false;
  plot.style.height = "280px";
  const chart = window.echarts.init(plot, null, { renderer: "svg" });
  const many = told.series.length > 1;
  const points = (one) => told.marks.map((key) => ({ coord: [key, one.data[told.keys.indexOf(key)]], value: key.slice(5) }));
  chart.setOption({
    animation: !still, color: [token("--brand", "#1d5a41"), token("--ink-3", "#888")],
    grid: { left: 8, right: 20, top: many ? 40 : 20, bottom: 8, containLabel: true },
    legend: many ? { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 10, itemHeight: 10 } : undefined,
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    xAxis: { type: "category", data: told.keys, axisLabel: { color: ink, formatter: (key) => key.slice(5) }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } },
    yAxis: { type: "value", min: 0, max: told.unit === "share" ? 100 : undefined, axisLabel: { color: ink, formatter: told.unit === "share" ? "{value}%" : undefined }, splitLine: { lineStyle: { color: line } } },
    series: told.series.map((one) => ({
      name: one.name, data: one.data, type: "line", showSymbol: told.keys.length < 20,
      ...(one.earlier ? { lineStyle: { type: "dashed" }, itemStyle: { opacity: 0.5 } } : { markPoint: { symbol: "pin", symbolSize: 36, itemStyle: { color: token("--accent", "#8d63b8") }, label: { fontSize: 10, color: "#fff" }, data: points(one) } }),
    })),
  });
  addEventListener("resize", () => chart.resize());
})();
