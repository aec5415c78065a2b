(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dashes = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const points = ["circle", "rectRot", "triangle", "rect"];
  const charts = [];
  let metric = data.metric;

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const title = (key) => (data.metrics.find((one) => one.key === key) || { title: key }).title;
  const number = (value) => (value === null || value === undefined ? "-" : value.toFixed(4));

  const units = [1, 10, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000];
  const pad = (value) => String(value).padStart(2, "0");
  const date = (time) => time.getUTCFullYear() + "-" + pad(time.getUTCMonth() + 1) + "-" + pad(time.getUTCDate());
  const clock = (time) => pad(time.getUTCHours()) + ":" + pad(time.getUTCMinutes());
  const instant = (millis, step) => {
    const time = new Date(millis);
    if (step >= 86400000) return date(time);
    return clock(time) + (step < 60000 ? ":" + pad(time.getUTCSeconds()) : "");
  };
  const timeTicks = (scale) => {
    const most = Math.max(2, Math.floor(scale.width / 95));
    const span = scale.max - scale.min;
    const step = 1000 * (units.find((unit) => span / (unit * 1000) <= most) || units[units.length - 1]);
    const ticks = [];
    for (let at = Math.ceil(scale.min / step) * step; at <= scale.max; at += step) ticks.push({ value: at });
    scale.ticks = ticks;
    scale.step = step;
  };
  const timeLabel = function (value, index, ticks) {
    const step = this.step || 86400000;
    const text = instant(value, step);
    if (step >= 86400000) return text;
    const day = date(new Date(value));
    return index === 0 || date(new Date(ticks[index - 1].value)) !== day ? [text, day] : text;
  };

  // Intervals as whiskers; Chart.js draws none itself.
  const whiskers = {
    id: "whiskers",
    beforeDatasetsDraw(chart) {
      chart.data.datasets.forEach((set, index) => {
        if (!set.bars || !chart.isDatasetVisible(index)) return;
        const context = chart.ctx;
        const y = chart.scales.y;
        context.save();
        context.strokeStyle = set.borderColor;
        context.lineWidth = 1.5;
        chart.getDatasetMeta(index).data.forEach((point, i) => {
          const bar = set.bars[i];
          if (!bar || bar.low === null || bar.high === null) return;
          const [low, high] = [y.getPixelForValue(bar.low), y.getPixelForValue(bar.high)];
          context.beginPath();
          context.moveTo(point.x, low);
          context.lineTo(point.x, high);
          context.moveTo(point.x - 4, low);
          context.lineTo(point.x + 4, low);
          context.moveTo(point.x - 4, high);
          context.lineTo(point.x + 4, high);
          context.stroke();
        });
        context.restore();
      });
    },
  };

  const style = (index) => {
    const own = color("--c" + (index % 8));
    return {
      borderColor: own, backgroundColor: own, borderWidth: 2, borderDash: dashes[Math.floor(index / 2) % 4],
      pointStyle: points[index % 4], pointRadius: 2.5, pointHoverRadius: 5, tension: 0,
    };
  };
  const baseStyle = () => ({
    borderColor: color("--base"), backgroundColor: color("--base"), borderWidth: 1.5, borderDash: [4, 4],
    pointRadius: 0, pointHoverRadius: 4, pointStyle: "line", tension: 0,
  });
  const axis = (text) => ({
    title: { display: Boolean(text), text, color: color("--soft") },
    ticks: { color: color("--soft"), maxRotation: 0, autoSkipPadding: 12 },
    grid: { color: color("--grid") },
    border: { color: color("--line") },
  });
  const options = (x, y, tooltip) => ({
    animation: false, responsive: true, maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { position: "bottom", align: "start", labels: { color: color("--ink"), usePointStyle: true, boxHeight: 7 } },
      tooltip: { callbacks: tooltip },
    },
    scales: { x, y },
  });

  // The base rate may be far off, or mean nothing: it does not flatten the others' curves.
  const fit = (axis, own, base) => {
    if (!own.length) return axis;
    const low = Math.min(...own);
    const high = Math.max(...own);
    const more = Math.max(high - low, Math.abs(high) * 1e-3);
    const all = own.concat(base);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    if (least < low - more) axis.min = low - more; else axis.suggestedMin = least;
    if (most > high + more) axis.max = high + more; else axis.suggestedMax = most;
    return axis;
  };

  const time = () => {
    const line = (one, look) => ({
      label: one.name, ...look,
      data: one.windows
        .filter((window) => window.metrics[metric] !== undefined)
        .map((window) => ({ x: window.from, y: window.metrics[metric], examples: window.examples })),
    });
    const sets = data.pipelines.map((one, index) => line(one, style(index)));
    sets.push(line(data.base, baseStyle()));
    const x = { ...axis(""), type: "linear", afterBuildTicks: timeTicks };
    x.ticks.callback = timeLabel;
    x.ticks.autoSkip = false;
    const values = (some) => some.flatMap((set) => set.data.map((point) => point.y));
    const y = fit(axis(title(metric)), values(sets.slice(0, -1)), values(sets.slice(-1)));
    const settings = options(x, y, {
      title: (items) => {
        const from = items[0].parsed.x;
        const examples = items[0].raw.examples.toLocaleString("en");
        return date(new Date(from)) + " " + clock(new Date(from)) + " UTC, " + examples + (examples === "1" ? " example" : " examples");
      },
      label: (item) => item.dataset.label + ": " + number(item.parsed.y),
    });
    settings.interaction = { mode: "nearest", axis: "x", intersect: false };
    return { type: "line", data: { datasets: sets }, options: settings };
  };

  const reliability = () => {
    const sets = data.pipelines.map((one, index) => ({ label: one.name, ...style(index), data: one.reliability, showLine: true }));
    const all = data.pipelines.flatMap((one) => one.reliability.flatMap((bin) => [bin.x, bin.y]));
    const low = Math.min(...all);
    const high = Math.max(...all);
    sets.push({
      label: "right on average", ...baseStyle(), pointHoverRadius: 0, showLine: true,
      data: [{ x: low, y: low }, { x: high, y: high }],
    });
    const settings = options({ ...axis("mean prediction"), type: "linear" }, axis("mean label"), {
      title: () => "",
      label: (item) =>
        item.raw.examples === undefined
          ? item.dataset.label
          : item.dataset.label + ": predicted " + number(item.raw.x) + ", came " + number(item.raw.y) +
            " (" + item.raw.examples.toLocaleString("en") + " examples)",
    });
    settings.interaction = { mode: "nearest", intersect: false };
    return { type: "scatter", data: { datasets: sets }, options: settings };
  };

  const freshness = () => {
    const sets = data.pipelines.map((one, index) => ({
      label: one.name, ...style(index), pointRadius: 4,
      data: one.freshness[metric].map((point) => (point ? point.value : null)),
      bars: one.freshness[metric],
    }));
    const ends = sets.flatMap((set) => set.bars.flatMap((bar) => (bar ? [bar.value, bar.low ?? bar.value, bar.high ?? bar.value] : [])));
    const y = axis(title(metric));
    if (ends.length) {
      y.suggestedMin = Math.min(...ends);
      y.suggestedMax = Math.max(...ends);
    }
    const settings = options({ ...axis("serving weights follow"), type: "category", offset: true }, y, {
      label: (item) => {
        const bar = item.dataset.bars[item.dataIndex];
        const interval = bar && bar.low !== null ? " (" + number(bar.low) + " to " + number(bar.high) + ")" : "";
        return item.dataset.label + ": " + number(item.parsed.y) + interval;
      },
    });
    return { type: "line", data: { labels: data.syncs, datasets: sets }, options: settings, plugins: [whiskers] };
  };

  const draw = () => {
    charts.splice(0).forEach((chart) => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.documentElement).fontFamily;
    for (const [id, make] of Object.entries({ time, reliability, freshness })) {
      const canvas = document.getElementById(id);
      if (canvas) charts.push(new Chart(canvas, make()));
    }
    document.querySelectorAll("[data-metric]").forEach((block) => { block.hidden = block.dataset.metric !== metric; });
  };

  const choice = document.getElementById("switch");
  if (choice) {
    choice.hidden = false;
    choice.querySelectorAll("input").forEach((input) => { input.checked = input.value === metric; });
    choice.addEventListener("change", (event) => {
      metric = event.target.value;
      draw();
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
