/**
 * What the page does in a browser. Plain JavaScript of 2020; it makes text only, never markup.
 */
export const SCRIPT = `"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Filter: everything that belongs to a host goes and comes with it.
  const find = document.getElementById("find");
  const shown = document.getElementById("shown");
  const parts = all("[data-name]");
  const rows = all(".recap tbody tr");
  const sections = all("section").filter((section) => section.querySelector(".failure"));
  const filter = () => {
    const status = document.querySelector("[name=status]:checked").value;
    const text = find.value.trim().toLowerCase();
    for (const part of parts) {
      const { name, status: own } = part.dataset;
      part.hidden = (status !== "" && own !== status) || !name.toLowerCase().includes(text);
    }
    for (const section of sections) section.hidden = !section.querySelector(".failure:not([hidden])");
    const count = rows.filter((row) => !row.hidden).length;
    shown.textContent = count === rows.length ? count + (count === 1 ? " host" : " hosts") : count + " of " + rows.length + " hosts";
    ready();
  };
  find.addEventListener("input", filter);
  for (const choice of all("[name=status]")) choice.addEventListener("change", filter);

  // Timeline: one stop of the tab key, arrows from there.
  const gantt = document.querySelector(".gantt");
  const tracks = () => all("tbody tr:not([hidden]) .track", gantt).map((track) => all("a.bar", track)).filter((bars) => bars.length > 0);
  let current;
  const stop = (bar) => {
    if (current) current.tabIndex = -1;
    current = bar;
    if (bar) bar.tabIndex = 0;
  };
  const ready = () => {
    if (!current || current.closest("tr").hidden) stop((tracks()[0] || [])[0]);
  };
  gantt.addEventListener("keydown", (event) => {
    const bar = event.target.closest("a.bar");
    if (!bar) return;
    const grid = tracks();
    const row = grid.findIndex((bars) => bars.includes(bar));
    const column = grid[row].indexOf(bar);
    const at = (bars, index) => bars && bars[Math.max(0, Math.min(index, bars.length - 1))];
    const next = {
      ArrowLeft: () => at(grid[row], column - 1),
      ArrowRight: () => at(grid[row], column + 1),
      ArrowUp: () => at(grid[row - 1], column),
      ArrowDown: () => at(grid[row + 1], column),
      Home: () => at(grid[row], 0),
      End: () => at(grid[row], grid[row].length - 1),
      Escape: () => (hide(), undefined),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    const target = next();
    if (!target) return;
    stop(target);
    target.focus();
  });

  // Tooltip: what a bar is, and what the task changed.
  const tip = document.getElementById("tip");
  const hide = () => { tip.hidden = true; };
  const line = (text, kind) => {
    const element = document.createElement("div");
    element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const show = (bar) => {
    const label = bar.dataset.tip || bar.getAttribute("aria-label");
    const host = bar.closest("tr").dataset.name;
    const href = bar.getAttribute("href");
    const task = href && document.getElementById(href.slice(1));
    const changes = task ? all(".changes > li", task).map((item) => (item.querySelector("summary") || item).textContent) : [];
    const lines = [line(host, "quiet"), line(label, "title"), ...changes.slice(0, 8).map((text) => line(text, "change"))];
    if (changes.length > 8) lines.push(line("… and " + (changes.length - 8) + " more", "quiet"));
    tip.replaceChildren(...lines);
    tip.hidden = false;
    const box = bar.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - own.width - 8));
    const below = box.bottom + 6 + own.height < innerHeight;
    tip.style.left = left + "px";
    tip.style.top = (below ? box.bottom + 6 : Math.max(8, box.top - own.height - 6)) + "px";
  };
  for (const type of ["mouseover", "focusin"]) {
    gantt.addEventListener(type, (event) => {
      const bar = event.target.closest(".bar");
      if (!bar) return hide();
      if (type === "focusin" && bar.matches("a")) stop(bar);
      show(bar);
    });
  }
  gantt.addEventListener("mouseleave", hide);
  gantt.addEventListener("focusout", hide);
  addEventListener("scroll", hide, true);

  // A link to a task opens what it is folded into.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
    }
    hide();
    target.scrollIntoView({ block: "center" });
    (target.tagName === "DETAILS" ? target.querySelector("summary") : target).focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  gantt.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash === location.hash) reveal();
  });
  ready();
  reveal();
})();
`;
