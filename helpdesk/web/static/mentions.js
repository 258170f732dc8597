// Names to choose from while «@» is typed in a note.  Without this one types the name.

const form = document.getElementById("reply");
const list = document.getElementById("mentionable");
const text = form?.elements.text;
const options = list ? [...list.children] : [];
let chosen = -1;

// The word behind the last «@» before the caret, or null.
function typed() {
  if (form.elements.kind.value !== "note") return null;
  const before = text.value.slice(0, text.selectionStart);
  return /(?:^|[\s(])@([\p{L}\p{N}_-]{0,30})$/u.exec(before)?.[1] ?? null;
}

const shown = () => options.filter((option) => !option.hidden);

function choose(index) {
  const names = shown();
  chosen = names.length ? (index + names.length) % names.length : -1;
  for (const option of options) option.setAttribute("aria-selected", String(option === names[chosen]));
  if (chosen < 0) text.removeAttribute("aria-activedescendant");
  else text.setAttribute("aria-activedescendant", names[chosen].id);
  names[chosen]?.scrollIntoView({ block: "nearest" });
}

function offer() {
  const word = typed();
  const begins = (name) => name.toLowerCase().split(/\s+/).some((part) => part.startsWith(word.toLowerCase()));
  for (const option of options) option.hidden = word === null || !begins(option.textContent);
  list.hidden = word === null || !shown().length;
  choose(list.hidden ? -1 : 0);
}

function close() {
  list.hidden = true;
  text.removeAttribute("aria-activedescendant");
}

function take(option) {
  const word = typed() ?? "";
  text.setRangeText(`${option.textContent} `, text.selectionStart - word.length, text.selectionStart, "end");
  close();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

const KEYS = {
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
  Enter: () => take(shown()[chosen]),
  Tab: () => take(shown()[chosen]),
  Escape: close,
};

if (form && list) {
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-autocomplete", "list");
  text.after(list);
  text.addEventListener("input", offer);
  text.addEventListener("click", offer);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (list.hidden || !KEYS[event.key] || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    KEYS[event.key]();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the text keeps the focus
    if (event.target.role === "option" || event.target.getAttribute("role") === "option") take(event.target);
  });
}
