// Comforts of the case list and the case page.  Nothing here is needed to read, answer, hand over or solve.

// ── The list: a quiet line says that something came; the list itself never moves.
const news = document.getElementById("news");
const EVERY = 30_000;

async function askForNews() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch(news.dataset.news, { redirect: "error" });
    if (answer.status === 200) news.innerHTML = await answer.text();
  } catch {
    // Logged out or offline: the next page that is opened says so.
  }
}

if (news) setInterval(askForNews, EVERY);

// ── Keys: none fires while text is typed.
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select");
const rows = () => [...document.querySelectorAll(".queue .s a")];

function step(by) {
  const links = rows();
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[next].focus();
}

const composer = document.getElementById("reply");

function write(kind) {
  composer.querySelector(`[name=kind][value=${kind}]`).checked = true;
  composer.scrollIntoView({ block: "nearest" });
  composer.elements.text.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => composer && write("answer"),
  n: () => composer && write("note"),
  e: () => document.querySelector(".take")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const deed = KEYS[event.key];
  if (deed) {
    event.preventDefault();
    deed();
  }
});

// ── The answer form: what was typed outlives a reload, a deed beside it and a log-out, in this window only.
if (composer) {
  const name = `draft ${composer.dataset.draft}`;
  const pending = `${name} sent`;
  const text = composer.elements.text;
  const saved = composer.querySelector(".saved");

  if (sessionStorage.getItem(pending) && document.querySelector(".toast")) sessionStorage.removeItem(name);
  sessionStorage.removeItem(pending);
  if (!text.value) text.value = sessionStorage.getItem(name) ?? "";

  text.addEventListener("input", () => {
    if (text.value) sessionStorage.setItem(name, text.value);
    else sessionStorage.removeItem(name);
    saved.hidden = !text.value;
  });
  composer.addEventListener("submit", () => sessionStorage.setItem(pending, "yes"));

  const preview = document.getElementById("preview");
  composer.querySelector("[value=preview]").addEventListener("click", async (event) => {
    event.preventDefault();
    const fields = new FormData(composer);
    fields.delete("files");
    fields.set("deed", "preview");
    preview.setAttribute("aria-busy", "true");
    const answer = await fetch(composer.action, { method: "POST", body: fields });
    preview.removeAttribute("aria-busy");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.getElementById("preview");
    if (!shown) return composer.submit();
    preview.replaceChildren(...shown.childNodes);
    preview.hidden = shown.hidden;
  });

  const files = composer.elements.files;
  files.addEventListener("change", () => {
    const sum = [...files.files].reduce((bytes, file) => bytes + file.size, 0);
    files.setCustomValidity(sum > Number(files.dataset.most) ? files.dataset.tooMuch : "");
    files.reportValidity();
  });
}
