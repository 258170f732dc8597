// Suggestions in a small panel below the text: the server's own list, and what is chosen goes to the cursor.
const link = document.getElementById("suggest");
const form = document.getElementById("reply");

const panel = document.createElement("section");
panel.className = "suggest card";
panel.hidden = true;
panel.setAttribute("aria-label", link?.dataset.heading ?? "");

const search = document.createElement("input");
const found = document.createElement("div");
let asked = 0;

function build() {
  search.type = "search";
  search.setAttribute("aria-label", link.dataset.search);
  search.placeholder = link.dataset.search;
  found.setAttribute("aria-live", "polite");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn text";
  close.textContent = link.dataset.close;
  close.addEventListener("click", () => toggle(false));
  const head = document.createElement("div");
  head.className = "row";
  head.append(search, close);
  panel.append(head, found);
  link.closest(".bar").after(panel);
}

async function look() {
  const turn = ++asked;
  try {
    const answer = await fetch(`${link.href}?q=${encodeURIComponent(search.value)}`, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn === asked) found.replaceChildren(...page.getElementById("offers").childNodes);
  } catch {
    location.href = link.href; // logged out or offline: the page says so
  }
}

function toggle(open) {
  panel.hidden = !open;
  if (!open) {
    form.elements.text.focus();
    return;
  }
  search.value = "";
  search.focus();
  look();
}

function insert({ suggestion, text }) {
  const area = form.elements.text;
  area.focus();
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "suggestion", value: suggestion });
  form.append(mark);
  toggle(false);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

if (link && form) {
  build();
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    toggle(panel.hidden);
  });
  let wait;
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(look, 150);
  });
  panel.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-suggestion]");
    if (!chosen) return;
    event.preventDefault();
    insert(chosen.dataset);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
    const links = [...panel.querySelectorAll("[data-suggestion]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && links.length) {
      event.preventDefault();
      (links[links.indexOf(document.activeElement) + step] ?? search).focus();
    }
    if (event.key === "Enter" && event.target === search) {
      event.preventDefault(); // the answer form is around it
      if (links.length) insert(links[0].dataset);
    }
  });
}
