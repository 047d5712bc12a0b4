/**
 * What the page does, as a browser runs it: details beside the pointer or the focus, a search that
 * dims the rest, the picture moved and zoomed by pointer, wheel and keys.
 */
export const pageScript = `
"use strict";
const svg = document.querySelector("svg.weft-graph");
const details = document.getElementById("details");
const search = document.getElementById("search");
const found = document.getElementById("found");

// The page shows the details itself; a browser's own tooltip would lie over them.
for (const title of svg.querySelectorAll("title")) {
  title.parentNode.dataset.details = title.textContent;
  title.remove();
}

const show = (target, x, y) => {
  const [head, ...lines] = target.dataset.details.split("\\n");
  const heading = document.createElement("strong");
  heading.textContent = head;
  const rows = lines.map((line) => {
    const row = document.createElement("div");
    row.textContent = line;
    if (line.startsWith("✗")) row.className = "bad";
    return row;
  });
  details.replaceChildren(heading, ...rows);
  details.hidden = false;
  const { width, height } = details.getBoundingClientRect();
  const left = x + 16 + width > innerWidth ? x - width - 12 : x + 16;
  const top = y + 16 + height > innerHeight ? innerHeight - height - 8 : y + 16;
  details.style.left = Math.max(8, left) + "px";
  details.style.top = Math.max(8, top) + "px";
};
const hide = () => { details.hidden = true; };
const detailed = (event) => event.target.closest("[data-details]");

svg.addEventListener("pointermove", (event) => {
  const target = detailed(event);
  if (target && !drag) show(target, event.clientX, event.clientY);
  else hide();
});
svg.addEventListener("pointerleave", hide);
svg.addEventListener("focusin", (event) => {
  const target = detailed(event);
  if (!target || !target.matches(":focus-visible")) return;
  const box = target.getBoundingClientRect();
  if (box.right < 0 || box.left > innerWidth || box.bottom < 60 || box.top > innerHeight) {
    const scale = view.width / svg.clientWidth;
    view.x += (box.left + box.width / 2 - innerWidth / 2) * scale;
    view.y += (box.top + box.height / 2 - innerHeight / 2) * scale;
    apply();
  }
  const now = target.getBoundingClientRect();
  show(target, now.left + now.width / 2, now.bottom - 12);
});
svg.addEventListener("focusout", hide);

// The view is the part of the picture that fills the window.
const whole = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
const view = { x: 0, y: 0, width: 1, height: 1 };
const apply = () => {
  svg.setAttribute("viewBox", [view.x, view.y, view.width, view.height].join(" "));
};
const fit = () => {
  // Not larger than it was drawn.
  const scale = Math.max(1, whole.width / svg.clientWidth, whole.height / svg.clientHeight);
  view.width = svg.clientWidth * scale;
  view.height = svg.clientHeight * scale;
  view.x = (whole.width - view.width) / 2;
  view.y = whole.height < view.height ? (whole.height - view.height) / 2 : 0;
  apply();
};
const zoom = (factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) => {
  const width = Math.min(whole.width * 4, Math.max(120, view.width / factor));
  const ratio = width / view.width;
  view.x += (x / svg.clientWidth) * view.width * (1 - ratio);
  view.y += (y / svg.clientHeight) * view.height * (1 - ratio);
  view.width = width;
  view.height *= ratio;
  apply();
};
svg.removeAttribute("width");
svg.removeAttribute("height");
fit();
addEventListener("resize", fit);
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  hide();
  zoom(Math.exp(-event.deltaY / 500), event.offsetX, event.offsetY);
}, { passive: false });

let drag;
svg.addEventListener("pointerdown", (event) => {
  if (event.button === 0) drag = { x: event.clientX, y: event.clientY };
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  const scale = view.width / svg.clientWidth;
  view.x -= (event.clientX - drag.x) * scale;
  view.y -= (event.clientY - drag.y) * scale;
  drag = { x: event.clientX, y: event.clientY };
  apply();
});
addEventListener("pointerup", () => { drag = undefined; });

const matches = (words) => {
  const wanted = words.trim().toLowerCase();
  for (const host of svg.querySelectorAll(".host")) {
    const parts = [...host.querySelectorAll("[data-details]")];
    const hits = parts.filter((part) => wanted && part.dataset.details.toLowerCase().includes(wanted));
    host.classList.toggle("dim", wanted !== "" && hits.length === 0);
    for (const part of parts) part.classList.toggle("match", hits.includes(part));
  }
  for (const line of svg.querySelectorAll(".spoke, .link")) line.classList.toggle("dim", wanted !== "");
  const hosts = svg.querySelectorAll(".host:not(.dim)").length;
  found.textContent = wanted ? hosts + (hosts === 1 ? " host" : " hosts") : "";
};
search.addEventListener("input", () => matches(search.value));

document.getElementById("in").addEventListener("click", () => zoom(1.4));
document.getElementById("out").addEventListener("click", () => zoom(1 / 1.4));
document.getElementById("fit").addEventListener("click", fit);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    hide();
    search.value = "";
    matches("");
    return;
  }
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = view.width / 10;
  const keys = {
    "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), "0": fit,
    "/": () => search.focus(),
    ArrowLeft: () => { view.x -= step; apply(); }, ArrowRight: () => { view.x += step; apply(); },
    ArrowUp: () => { view.y -= step; apply(); }, ArrowDown: () => { view.y += step; apply(); },
  };
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
`;
