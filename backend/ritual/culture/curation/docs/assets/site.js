"use strict";
// Search: the index is a script, not a request, so that it also works from a folder on disk.
const box = document.getElementById("search"), found = document.getElementById("found");
const root = document.body.dataset.root;
const index = window.SEARCH.map(entry => ({ entry, text: entry.slice(0, 3).join("\n").toLowerCase() }));

function rank({ text }, wanted) { // a name that is it, one that begins with it, one with a word that does, any other
  const names = text.split("\n");
  if (names.includes(wanted)) return 0;
  if (names.some(name => name.startsWith(wanted))) return 1;
  return names.some(name => name.split(/[\s:-]/).some(word => word.startsWith(wanted))) ? 2 : 3;
}

function look() {
  const wanted = box.value.trim().toLowerCase();
  const hits = wanted ? index.filter(one => one.text.includes(wanted)) : [];
  hits.sort((a, b) => rank(a, wanted) - rank(b, wanted)); // else in the order of the index: pages first
  found.replaceChildren(...hits.slice(0, 12).map(({ entry: [label, zh, , kind, address] }, n) => {
    const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
    link.href = root + address;
    link.textContent = `${label} ${zh}`;
    link.tabIndex = -1;
    small.textContent = kind;
    link.append(small);
    item.append(link);
    item.id = `found-${n}`;
    item.setAttribute("role", "option");
    return item;
  }));
  box.setAttribute("aria-expanded", String(hits.length > 0));
  mark(0);
}

function mark(n) {
  [...found.children].forEach((item, m) => item.setAttribute("aria-selected", String(m === n)));
  box.setAttribute("aria-activedescendant", found.children[n]?.id ?? "");
  found.children[n]?.scrollIntoView({ block: "nearest" });
}

box.addEventListener("input", look);
box.addEventListener("keydown", event => {
  const items = [...found.children], now = items.findIndex(item => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" && items.length) { event.preventDefault(); mark((now + 1) % items.length); }
  if (event.key === "ArrowUp" && items.length) { event.preventDefault(); mark((now - 1 + items.length) % items.length); }
  if (event.key === "Enter" && items[now]) location.href = items[now].firstChild.href;
  if (event.key === "Escape") { box.value = ""; look(); }
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && !event.target.matches("input")) { event.preventDefault(); box.focus(); }
});
document.addEventListener("click", event => { if (!event.target.closest(".search")) found.replaceChildren(); });
