// Comforts of the answer form: it is kept while one types, files are dropped or pasted, the preview follows the text,
// and a quiet line says who else is here.  Without it the form reads, keeps and sends all the same.
const form = document.getElementById("reply");
const SAVE_AFTER = 1500;
const PREVIEW_AFTER = 400;
const LOOK_EVERY = 8_000;

if (form) {
  form.classList.add("live");
  const { here } = form.dataset;
  const { text } = form.elements;
  const kept = document.getElementById("kept");
  const preview = document.getElementById("preview");
  const company = document.getElementById("company");
  let dirty = false; // typed since the last save
  let typed = false; // typed since the last look around
  let waits = 0;
  let saving = Promise.resolve();
  let leaving = false;

  const fields = (button) => {
    const found = new FormData(form, button);
    found.delete("files");
    return found;
  };

  // Whoever is sent back to the form goes on writing.
  if (location.hash === "#reply") text.focus({ preventScroll: true });

  const say = (sentence) => {
    const line = kept.querySelector(".said");
    if (line) line.textContent = sentence;
  };

  // ── Drafts.  One save at a time, so that an older text never overwrites a newer one.
  async function save(files = [], button = null) {
    clearTimeout(waits);
    dirty = false;
    const body = fields(button);
    for (const file of files) body.append("files", file);
    kept.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${here}/draft`, { method: "POST", body, redirect: "error", keepalive: leaving && !files.length });
      if (answer.headers.get("Content-Type")?.startsWith("text/html") && [200, 409, 413].includes(answer.status)) {
        kept.innerHTML = await answer.text();
        if (answer.status === 200 && !dirty && !leaving) sessionStorage.removeItem(backup); // else there is something newer
      } else if (answer.status === 204) sent(body.get("text"));
      else throw new Error();
    } catch {
      dirty = true;
      say(kept.querySelector(".said")?.dataset.failed ?? "");
    }
    kept.removeAttribute("aria-busy");
  }

  let underWay = 0; // saves that were begun
  const saveNow = (files, button) => {
    underWay += 1;
    saving = saving.then(() => save(files, button)).finally(() => (underWay -= 1));
    return saving;
  };

  function changed() {
    dirty = typed = true;
    remember();
    clearTimeout(waits);
    waits = setTimeout(saveNow, SAVE_AFTER);
    drawSoon();
  }

  // Should the server be out of reach, or the log-in over, this window still knows what was typed last, and as what.
  const backup = `draft ${here}`;
  const remember = () => {
    const { key, kind } = form.elements;
    sessionStorage.setItem(backup, JSON.stringify({ key: key.value, kind: kind.value, text: text.value }));
  };
  function sent(words) {
    sessionStorage.removeItem(backup);
    if (text.value === words) text.value = "";
  }
  function restore() {
    const lost = JSON.parse(sessionStorage.getItem(backup) ?? "null");
    sessionStorage.removeItem(backup);
    if (!lost?.text || document.querySelector(".toast")) return;
    if (lost.text === text.value && lost.kind === form.elements.kind.value) return;
    if (!text.value) form.elements.key.value = lost.key; // so that what was sent after all is not sent twice
    text.value = lost.text;
    form.elements.kind.value = lost.kind;
    remember();
    saveNow();
  }
  restore();

  form.addEventListener("input", (event) => {
    if (event.target.name !== "files" && event.target.name !== "at") changed();
  });
  text.addEventListener("blur", () => dirty && saveNow());
  window.addEventListener("pagehide", () => {
    leaving = true;
    if (dirty) save();
  });

  // A deed beside the form waits until what was typed is safe; the form itself waits for the save that is under way.
  let letGo = false;
  document.addEventListener("submit", async (event) => {
    if (letGo || event.defaultPrevented || event.target.method !== "post") return;
    const own = event.target === form;
    const button = event.submitter;
    if (own && button?.value === "preview") return;
    if (own || dirty || underWay) {
      event.preventDefault();
      event.stopImmediatePropagation();
      clearTimeout(waits);
      if (own) dirty = false;
      await (own || !dirty ? saving : saveNow());
      await new Promise((go) => setTimeout(go)); // a form cannot be sent anew before its first sending is told to everybody
      letGo = true;
      if (own) remember(); // until the next page says that it arrived
      if (button?.isConnected) event.target.requestSubmit(button);
      else event.target.requestSubmit();
      letGo = false;
    }
  }, { capture: true });

  // ── Files: chosen, dropped or pasted, they go to the draft at once.
  const rules = () => kept.querySelector(".said").dataset;

  function add(files) {
    const lying = Number(kept.querySelector("[data-bytes]")?.dataset.bytes ?? 0);
    const sum = files.reduce((bytes, file) => bytes + file.size, lying);
    if (sum > Number(rules().most)) say(rules().tooMuch);
    else saveNow(files);
  }

  const named = (file) => {
    if (file.name && file.name !== "image.png") return file;
    const now = new Date();
    const at = [now.getHours(), now.getMinutes(), now.getSeconds()].map((n) => String(n).padStart(2, "0")).join("-");
    return new File([file], `${rules().name} ${at}.${file.type.split("/")[1] || "png"}`, { type: file.type });
  };

  form.elements.files.addEventListener("change", ({ target }) => {
    add([...target.files]);
    target.value = "";
  });
  text.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    add(files.map(named));
  });
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    form.classList.add("drop");
  });
  form.addEventListener("dragleave", (event) => form.contains(event.relatedTarget) || form.classList.remove("drop"));
  form.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    form.classList.remove("drop");
    add([...event.dataTransfer.files]);
  });
  kept.addEventListener("click", (event) => {
    const button = event.target.closest("button[name]");
    if (!button) return;
    event.preventDefault();
    saveNow([], button);
  });

  // ── The preview follows the text while it is open.
  let drawing = 0;
  async function draw() {
    try {
      const answer = await fetch(`${here}/preview`, { method: "POST", body: fields(), redirect: "error" });
      if (!answer.ok) return false;
      preview.querySelector(".text").innerHTML = await answer.text();
      return true;
    } catch {
      return false; // the last one stays
    }
  }
  function drawSoon() {
    if (preview.hidden) return;
    clearTimeout(drawing);
    drawing = setTimeout(draw, PREVIEW_AFTER);
  }
  const opener = form.querySelector("[value=preview]");
  opener.setAttribute("aria-expanded", String(!preview.hidden));
  opener.addEventListener("click", async (event) => {
    event.preventDefault();
    if (preview.hidden && !(await draw())) {
      form.requestSubmit(opener); // the whole page then, which says what is wrong
      return;
    }
    preview.hidden = !preview.hidden;
    opener.setAttribute("aria-expanded", String(!preview.hidden));
  });

  // ── Ctrl+Enter sends, as the first button does.
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".bar .main"));
    }
  });

  // ── Who else is here, and whether anything came.
  async function lookAround() {
    if (document.visibilityState === "hidden") return;
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, seen: form.elements.seen.value });
    if (typed) body.set("writes", "1");
    typed = false;
    try {
      const answer = await fetch(`${here}/presence`, { method: "POST", body, redirect: "error" });
      if (!answer.ok) return;
      const said = await answer.text();
      if (said.trim() === company.dataset.said) return; // a screen reader hears it once
      company.dataset.said = said.trim();
      company.innerHTML = said;
      document.getElementById("company-here").textContent = company.querySelector(".who")?.textContent ?? "";
    } catch {
      // Logged out or offline: the next deed says so.
    }
  }
  lookAround();
  setInterval(lookAround, LOOK_EVERY);
}

// What began this case has arrived.
if (document.querySelector(".toast")) {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("sent ")) sessionStorage.removeItem(name);
}

// An answer can be taken back until it leaves.
for (const offer of document.querySelectorAll(".take-back")) {
  const left = new Date(offer.dataset.until) - Date.now();
  setTimeout(() => offer.querySelector("form")?.remove(), Math.min(Math.max(left, 0), 60_000));
}
