// Single keys, on the lists and on a case alike.  None fires while text is typed, and whoever does not want them has no such script.

const ROOMS = {
  m: "/cases?view=mine",
  o: "/cases?view=ours",
  u: "/cases?view=unassigned",
  t: "/cases?view=team",
  w: "/cases?view=theirs",
  d: "/cases?view=undeliverable",
  s: "/cases?view=resolved",
  a: "/cases?view=all",
  p: "/people",
  r: "/post-room",
};
const PATIENCE = 1500; // milliseconds between G and the next letter

const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
const find = (selector) => document.querySelector(selector);
const list = document.getElementById("list");
const composer = document.getElementById("reply");

// ── Up and down: through the rows of a list; on a case, to the next one of the list from which one came.
const links = () => [...document.querySelectorAll(".queue .s a")];
const row = () => document.activeElement?.closest?.(".queue > li");

function step(by) {
  const all = links();
  if (!all.length) return follow(by);
  const here = all.findIndex((link) => row()?.contains(link));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  all[next].focus();
}

function follow(by) {
  const { numbers = [] } = JSON.parse(sessionStorage.getItem("list") ?? "{}");
  const here = numbers.indexOf(location.pathname);
  const next = here < 0 ? undefined : numbers[here + by];
  if (next) location.assign(next);
}

function back() {
  const { path } = JSON.parse(sessionStorage.getItem("list") ?? "{}");
  location.assign(path ?? "/cases");
}

// ── Deeds: of the case that is open, or of what is selected in the list; without a selection, of the row one stands on.
function select() {
  const box = row()?.querySelector(".c input");
  box?.click();
}

function chosen() {
  if (!list?.querySelector(".bulk")) return false;
  if (!list.querySelector(".c :checked")) select();
  return Boolean(list.querySelector(".c :checked"));
}

const press = (deed) => chosen() && list.querySelector(`.bulk > [value=${deed}]`)?.click();

function unfold(menu) {
  if (!menu) return;
  menu.open = true;
  menu.querySelector("select")?.focus();
}

function write(kind) {
  if (!composer) {
    const link = row()?.querySelector(".s a");
    if (link) location.assign(`${link.getAttribute("href")}#text`);
    return;
  }
  composer.elements.kind.value = kind;
  composer.elements.kind.forEach?.((radio) => radio.checked && radio.dispatchEvent(new Event("input", { bubbles: true })));
  composer.scrollIntoView({ block: "nearest" });
  composer.elements.text.focus();
}

async function explain() {
  const open = find("dialog.all");
  if (open) return open.close();
  const page = new DOMParser().parseFromString(await (await fetch("/keys")).text(), "text/html");
  const dialog = document.createElement("dialog");
  dialog.className = "all";
  dialog.setAttribute("aria-labelledby", "keys-h");
  dialog.append(...page.getElementById("all-keys").childNodes);
  const close = dialog.querySelector(".close");
  close.hidden = false;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: select,
  r: () => write("answer"),
  n: () => composer && write("note"),
  a: () => (composer ? unfold(find(".deeds .hand")) : chosen() && unfold(list.querySelector(".bulk .hand"))),
  t: () => (composer ? find(".take")?.click() : press("take")),
  e: () => (composer ? find(".deeds .solve, .deeds form[action$='/resolve'] button")?.click() : press("resolve")),
  s: () => find("#suggest")?.click(),
  u: back,
  z: () => find(".toast .undo, .take-back .undo")?.click(),
  "/": () => {
    document.getElementById("find")?.focus();
    document.getElementById("find")?.select();
  },
  "?": explain,
};

let gone = 0; // when G was pressed

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (typing(event.target)) return;
  const goes = event.timeStamp - gone < PATIENCE && gone;
  gone = 0;
  if (goes && ROOMS[event.key]) {
    event.preventDefault();
    location.assign(ROOMS[event.key]);
  } else if (event.key === "g") {
    gone = event.timeStamp;
  } else if (KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});
