"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage"), panel = document.getElementById("panel");
const search = document.getElementById("search"), found = document.getElementById("found");
const things = [...stage.querySelectorAll(".things > g")], lines = [...stage.querySelectorAll(".links > line")];
const byIri = new Map(things.map(thing => [thing.dataset.iri, thing]));
const whole = stage.viewBox.baseVal, all = { x: whole.x, y: whole.y, w: whole.width, h: whole.height };
const MOST = 12; // values of one property in the panel
let view = { ...all }, chosen = null;

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// ---- the view: a rectangle of the canvas

function show() { stage.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`); }

function zoom(factor, cx = view.x + view.w / 2, cy = view.y + view.h / 2) {
  const w = Math.min(Math.max(view.w * factor, 160), all.w * 3), real = w / view.w;
  view = { x: cx - (cx - view.x) * real, y: cy - (cy - view.y) * real, w, h: view.h * real };
  show();
}

function fit() { view = { ...all }; show(); }

function place(thing) {
  const { e, f } = thing.transform.baseVal.consolidate().matrix;
  return { x: e, y: f };
}

function centre(thing) {
  const { x, y } = place(thing), box = stage.getBoundingClientRect();
  const w = Math.min(view.w, Math.max(box.width, 320)), h = w * box.height / Math.max(box.width, 1);
  view = { x: x - w / 2, y: y - h / 2, w, h };
  show();
}

function onCanvas(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(stage.getScreenCTM().inverse());
  return { x: point.x, y: point.y };
}

stage.addEventListener("wheel", event => {
  event.preventDefault();
  const { x, y } = onCanvas(event);
  zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004), x, y);
}, { passive: false });

const fingers = new Map();
let moved = 0;
stage.addEventListener("pointerdown", event => { fingers.set(event.pointerId, event); moved = 0; });
window.addEventListener("pointermove", event => {
  if (!fingers.has(event.pointerId)) return;
  const before = onCanvas(fingers.get(event.pointerId)), now = onCanvas(event);
  const other = [...fingers].find(([id]) => id !== event.pointerId);
  moved += Math.hypot(event.clientX - fingers.get(event.pointerId).clientX, event.clientY - fingers.get(event.pointerId).clientY);
  if (other) {
    const far = onCanvas(other[1]);
    zoom(Math.hypot(before.x - far.x, before.y - far.y) / Math.max(Math.hypot(now.x - far.x, now.y - far.y), 1), far.x, far.y);
  } else {
    view.x += before.x - now.x;
    view.y += before.y - now.y;
    show();
  }
  fingers.set(event.pointerId, event);
});
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, event => fingers.delete(event.pointerId));
document.getElementById("in").onclick = () => zoom(0.7);
document.getElementById("out").onclick = () => zoom(1 / 0.7);
document.getElementById("fit").onclick = fit;

// ---- choosing a node

function choose(iri, move = false) {
  const thing = byIri.get(iri);
  if (!thing) return;
  reveal(data[iri].kind);
  chosen?.classList.remove("chosen");
  chosen = thing;
  thing.classList.add("chosen");
  const near = new Set([iri]);
  for (const line of lines) {
    const mine = line.dataset.a === iri || line.dataset.b === iri;
    line.classList.toggle("lit", mine);
    if (mine) near.add(line.dataset.a).add(line.dataset.b);
  }
  for (const other of things) other.classList.toggle("lit", near.has(other.dataset.iri));
  stage.classList.add("dimmed");
  tell(data[iri]);
  rove(thing);
  history.replaceState(null, "", "#" + encodeURIComponent(data[iri].short));
  if (move) centre(thing);
}

function leave() {
  chosen?.classList.remove("chosen");
  stage.classList.remove("dimmed");
  panel.hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
}

function values(list) {
  const span = make("span");
  list.slice(0, MOST).forEach(([text, iri], n) => {
    if (n) span.append(", ");
    span.append(byIri.has(iri) ? make("a", text, { href: "#" + encodeURIComponent(data[iri].short) }) : text);
  });
  if (list.length > MOST) span.append(` and ${list.length - MOST} more`);
  return span;
}

function part(title, rows) {
  if (!rows.length) return;
  const list = make("dl");
  for (const [label, of] of rows) {
    const value = make("dd");
    value.append(values(of));
    list.append(make("dt", label), value);
  }
  panel.append(make("h3", title), list);
}

function tell(card) {
  panel.replaceChildren();
  const close = make("button", "×", { type: "button", class: "close", "aria-label": "Close" });
  close.onclick = () => { const last = chosen; leave(); last?.focus(); };
  const title = make("h2", card.label + " ");
  title.append(make("span", card.zh, { lang: "zh" }));
  panel.append(close, make("p", card.is, { class: "what" }), title, make("p", card.short, { class: "what" }));
  if (card.names.length) panel.append(make("p", "Also called " + card.names.join(", "), { class: "what" }));
  if (card.definition) panel.append(make("p", card.definition));
  if (card.page) panel.append(make("a", "Open its page", { href: card.page }));
  part("What it says", card.facts);
  part("Who refers to it", card.referrers);
  if (card.rules.length) {
    const list = make("ul");
    for (const [text, iri, review] of card.rules) {
      const item = make("li");
      item.append(values([[text, iri]]), " ", make("span", review, { class: "badge" }));
      list.append(item);
    }
    panel.append(make("h3", "Rules that touch it"), list);
  }
  if (card.source) panel.append(make("h3", "Source"), make("p", card.source));
  if (card.review) { panel.append(make("h3", "Review"), make("span", card.review, { class: "badge" })); }
  panel.hidden = false;
  panel.scrollTop = 0;
}

// ---- keyboard: one node takes part in the tab order, the arrows move to the nearest in their direction

function rove(thing) {
  for (const other of things) other.setAttribute("tabindex", other === thing ? "0" : "-1");
}

function step(from, dx, dy) {
  const here = place(from);
  let best = null, least = Infinity;
  for (const other of things) {
    if (other === from || other.classList.contains("off")) continue;
    const there = place(other), x = there.x - here.x, y = there.y - here.y;
    const ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
    if (ahead > 0 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = other; }
  }
  return best;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
for (const thing of things) {
  const card = data[thing.dataset.iri];
  thing.setAttribute("role", "button");
  thing.setAttribute("aria-label", `${card.label} ${card.zh}, ${card.kind}`);
  thing.addEventListener("click", () => { if (moved < 6) choose(thing.dataset.iri); });
  thing.addEventListener("keydown", event => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(thing.dataset.iri); }
    const next = ARROWS[event.key] && step(thing, ...ARROWS[event.key]);
    if (!next) return;
    event.preventDefault();
    rove(next);
    next.focus();
    const { x, y } = place(next);
    if (x < view.x || y < view.y || x > view.x + view.w || y > view.y + view.h) centre(next);
  });
}
if (things.length) rove(things[0]);
document.addEventListener("keydown", event => {
  if (event.key === "Escape") { found.replaceChildren(); if (!panel.hidden) leave(); }
  if (event.target.matches("input[type=search]")) return;
  if (event.key === "/") { event.preventDefault(); search.focus(); }
  if (event.key === "+") zoom(0.7);
  if (event.key === "-") zoom(1 / 0.7);
  if (event.key === "0") fit();
});

// ---- kinds on and off

const boxes = [...document.querySelectorAll("[data-kind]")];
function filter() {
  const on = new Set(boxes.filter(box => box.checked).map(box => box.dataset.kind));
  for (const thing of things) thing.classList.toggle("off", !on.has(data[thing.dataset.iri].kind));
  for (const line of lines) line.classList.toggle("off", [line.dataset.a, line.dataset.b].some(iri => !on.has(data[iri].kind)));
}
function reveal(kind) {
  const box = boxes.find(box => box.dataset.kind === kind);
  if (box && !box.checked) { box.checked = true; filter(); }
}
for (const box of boxes) box.onchange = filter;

// ---- search

const names = Object.entries(data).map(([iri, card]) =>
  ({ iri, card, text: [card.label, card.zh, card.short, ...card.names].join("\n").toLowerCase() }));

function look() {
  const wanted = search.value.trim().toLowerCase();
  const hits = wanted ? names.filter(name => name.text.includes(wanted)) : [];
  const rank = hit => hit.text.split("\n").findIndex(name => name.startsWith(wanted)) < 0;
  hits.sort((a, b) => rank(a) - rank(b) || a.card.label.localeCompare(b.card.label));
  for (const thing of things) thing.classList.toggle("hit", hits.some(hit => hit.iri === thing.dataset.iri));
  found.replaceChildren(...hits.slice(0, 12).map((hit, n) => {
    const item = make("li", `${hit.card.label} ${hit.card.zh}`, { role: "option", id: `found-${n}`, "aria-selected": n === 0 });
    item.append(make("small", hit.card.kind));
    item.onpointerdown = event => { event.preventDefault(); take(hit.iri); };
    item.dataset.to = hit.iri;
    return item;
  }));
  search.setAttribute("aria-expanded", String(hits.length > 0));
  mark(0);
}

function mark(n) {
  [...found.children].forEach((item, m) => item.setAttribute("aria-selected", String(m === n)));
  search.setAttribute("aria-activedescendant", found.children[n]?.id ?? "");
  found.children[n]?.scrollIntoView({ block: "nearest" });
}

function take(iri) {
  found.replaceChildren();
  search.setAttribute("aria-expanded", "false");
  for (const thing of things) thing.classList.remove("hit");
  choose(iri, true);
}

search.addEventListener("input", look);
search.addEventListener("keydown", event => {
  const items = [...found.children], now = items.findIndex(item => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" && items.length) { event.preventDefault(); mark((now + 1) % items.length); }
  if (event.key === "ArrowUp" && items.length) { event.preventDefault(); mark((now - 1 + items.length) % items.length); }
  if (event.key === "Enter" && items[now]) take(items[now].dataset.to);
});

function fromAddress() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const hit = wanted && names.find(name => name.card.short === wanted);
  if (hit) choose(hit.iri, true);
}
window.addEventListener("hashchange", fromAddress);
fromAddress();
