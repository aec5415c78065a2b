for (const figure of document.querySelectorAll("figure")) {
  const readout = figure.querySelector(".readout");
  let shown = null;
  const show = (event) => {
    const cell = event.target.closest("rect");
    if (!cell || cell === shown) return;
    if (shown) shown.classList.remove("on");
    shown = cell;
    cell.classList.add("on");
    readout.textContent = cell.querySelector("title").textContent;
  };
  figure.querySelector("svg").addEventListener("pointerover", show);
  figure.querySelector("svg").addEventListener("click", show);
}
