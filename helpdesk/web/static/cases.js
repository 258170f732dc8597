// Comforts of the case page.  Nothing here is needed to read, answer, hand over or solve.

const composer = document.getElementById("reply");

// ── The answer form: what was typed outlives a reload, a deed beside it and a log-out, in this window only.
// The kind is kept with the text, for a note must never come back as an answer.
function keepDrafts() {
  const name = `draft ${composer.dataset.draft}`;
  const pending = `${name} sent`;
  const { text, kind } = composer.elements;
  const saved = composer.querySelector(".saved");

  if (sessionStorage.getItem(pending) && document.querySelector(".toast")) sessionStorage.removeItem(name);
  sessionStorage.removeItem(pending);
  const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
  if (kept && !text.value) {
    text.value = kept.text;
    kind.value = kept.kind;
  }

  composer.addEventListener("input", () => {
    if (text.value) sessionStorage.setItem(name, JSON.stringify({ kind: kind.value, text: text.value }));
    else sessionStorage.removeItem(name);
    saved.hidden = !text.value;
  });
  composer.addEventListener("submit", () => sessionStorage.setItem(pending, "yes"));
}

// ── The preview, without leaving the page: the server draws it as it would without scripts, and only that part is taken over.
async function showPreview(button) {
  const preview = document.getElementById("preview");
  const fields = new FormData(composer, button);
  fields.delete("files");
  preview.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(composer.action, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.getElementById("preview");
    preview.replaceChildren(...shown.childNodes);
    preview.hidden = shown.hidden;
  } catch {
    composer.requestSubmit(button); // the whole page then, which says what is wrong
  }
  preview.removeAttribute("aria-busy");
}

function weighFiles({ target: files }) {
  const sum = [...files.files].reduce((bytes, file) => bytes + file.size, 0);
  files.setCustomValidity(sum > Number(files.dataset.most) ? files.dataset.tooMuch : "");
  files.reportValidity();
}

if (composer) {
  keepDrafts();
  composer.elements.files.addEventListener("change", weighFiles);
  composer.querySelector("[value=preview]").addEventListener("click", (event) => {
    event.preventDefault();
    showPreview(event.target);
  });
}

// Pictures that were asked for come into their mail's frame; the line that offered them has nothing more to say.
for (const form of document.querySelectorAll(".unloaded")) {
  form.addEventListener("submit", () => setTimeout(() => (form.hidden = true)));
}
