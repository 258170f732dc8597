// What is offered while one writes: what the customer said already, names behind an «@», suggestions.
// Without it one asks, types the name, and opens the list of suggestions as a page.
const form = document.getElementById("reply");
const text = form?.elements.text;

function insert(words, from = text.selectionStart) {
  text.focus();
  text.setRangeText(words, from, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

// ── A word below the answer: where it asks for something that the customer wrote already, and where it names a day to be promised.
const hints = [document.getElementById("asked"), document.getElementById("promised")].filter(Boolean);
const HINT_AFTER = 900;

function hint(place) {
  let timer;
  let before = "";

  async function ask() {
    const words = text.value;
    if (words === before || form.elements.kind.value !== "answer") return;
    before = words;
    const fields = new FormData();
    fields.set("csrf_token", form.elements.csrf_token.value);
    fields.set("text", words);
    try {
      const answer = await fetch(place.dataset.ask, { method: "POST", body: fields, redirect: "error" });
      if (answer.status === 200 && !place.querySelector(":checked")) place.innerHTML = await answer.text();
    } catch {
      // Offline: the hint is a comfort.
    }
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, HINT_AFTER);
  });
  place.addEventListener("click", (event) => {
    const value = event.target.dataset.insert;
    if (value) insert(value);
  });
}

// ── Names to choose from while «@» is typed in a note.
const names = document.getElementById("mentionable");

function mention() {
  const options = [...names.children];
  let chosen = -1;

  // The word behind the last «@» before the caret, or null.
  function typed() {
    if (form.elements.kind.value !== "note") return null;
    const before = text.value.slice(0, text.selectionStart);
    return /(?:^|[\s(])@([\p{L}\p{N}_-]{0,30})$/u.exec(before)?.[1] ?? null;
  }

  const shown = () => options.filter((option) => !option.hidden);

  function choose(index) {
    const fitting = shown();
    chosen = fitting.length ? (index + fitting.length) % fitting.length : -1;
    for (const option of options) option.setAttribute("aria-selected", String(option === fitting[chosen]));
    if (chosen < 0) text.removeAttribute("aria-activedescendant");
    else text.setAttribute("aria-activedescendant", fitting[chosen].id);
    fitting[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function offer() {
    const word = typed();
    const begins = (name) => name.toLowerCase().split(/\s+/).some((part) => part.startsWith(word.toLowerCase()));
    for (const option of options) option.hidden = word === null || !begins(option.textContent);
    names.hidden = word === null || !shown().length;
    choose(names.hidden ? -1 : 0);
  }

  function close() {
    names.hidden = true;
    text.removeAttribute("aria-activedescendant");
  }

  function take(option) {
    const begun = (typed() ?? "").length;
    close();
    insert(`${option.textContent} `, text.selectionStart - begun);
  }

  const KEYS = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1),
    Enter: () => take(shown()[chosen]),
    Tab: () => take(shown()[chosen]),
    Escape: close,
  };

  text.setAttribute("aria-controls", names.id);
  text.setAttribute("aria-autocomplete", "list");
  text.after(names);
  text.addEventListener("input", offer);
  text.addEventListener("click", offer);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (names.hidden || !KEYS[event.key] || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    KEYS[event.key]();
  });
  names.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the text keeps the focus
    if (event.target.getAttribute("role") === "option") take(event.target);
  });
}

// ── Suggestions in a small panel below the text: the server's own list, and what is chosen goes to the cursor.
const link = document.getElementById("suggest");

function made(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

function suggest() {
  const panel = made("section", { className: "suggest card", hidden: true });
  const search = made("input", { type: "search", placeholder: link.dataset.search });
  const found = made("div");
  const closer = made("button", { type: "button", className: "btn text", textContent: link.dataset.close });
  const head = made("div", { className: "row" });
  let asked = 0;
  let wait;

  panel.setAttribute("aria-label", link.dataset.heading);
  search.setAttribute("aria-label", link.dataset.search);
  found.setAttribute("aria-live", "polite");
  head.append(search, closer);
  panel.append(head, found);
  link.closest(".bar").after(panel);
  link.setAttribute("role", "button");

  async function look() {
    const turn = ++asked;
    try {
      const answer = await fetch(`${link.href}?q=${encodeURIComponent(search.value)}`, { redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn === asked) show(page.getElementById("offers"));
    } catch {
      location.href = link.href; // logged out or offline: the page says so
    }
  }

  // Whoever has gone into the list already stays where they are.
  function show(offers) {
    const stands = found.contains(document.activeElement) ? document.activeElement.dataset.suggestion : null;
    found.replaceChildren(...offers.childNodes);
    if (stands) (found.querySelector(`[data-suggestion="${stands}"]`) ?? search).focus();
  }

  function toggle(open) {
    panel.hidden = !open;
    if (!open) return text.focus();
    search.value = "";
    search.focus();
    look();
  }

  function take({ suggestion, text: words }) {
    form.append(made("input", { type: "hidden", name: "suggestion", value: suggestion }));
    toggle(false);
    insert(words);
  }

  link.addEventListener("click", (event) => {
    event.preventDefault();
    toggle(panel.hidden);
  });
  closer.addEventListener("click", () => toggle(false));
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(look, 150);
  });
  panel.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-suggestion]");
    if (!chosen) return;
    event.preventDefault();
    take(chosen.dataset);
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
      if (links.length) take(links[0].dataset);
    }
  });
}

if (text) hints.forEach(hint);
if (text && names) mention();
if (text && link) suggest();
