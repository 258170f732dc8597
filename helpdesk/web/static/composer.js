// Comforts of the answer form: it is kept while one types, files are dropped or pasted, the preview follows the text,
// and a quiet line says who else is here.  Without it the form reads, keeps and sends all the same.
const form = document.getElementById("reply");
const SAVE_AFTER = 1500;
const PREVIEW_AFTER = 400;
const LOOK_EVERY = 8_000;

if (form) {
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
        if (answer.status === 200) sessionStorage.removeItem(backup);
      } else if (answer.status !== 204) throw new Error();
    } catch {
      dirty = true;
      say(kept.querySelector(".said")?.dataset.failed ?? "");
    }
    kept.removeAttribute("aria-busy");
  }

  const saveNow = (files, button) => (saving = saving.then(() => save(files, button)));

  function changed() {
    dirty = typed = true;
    sessionStorage.setItem(backup, JSON.stringify({ kind: form.elements.kind.value, text: text.value }));
    clearTimeout(waits);
    waits = setTimeout(saveNow, SAVE_AFTER);
    drawSoon();
  }

  // Should the server be out of reach, or the log-in over, this window still knows what was typed last.
  const backup = `draft ${here}`;
  const lost = JSON.parse(sessionStorage.getItem(backup) ?? "null");
  if (lost && !text.value && !document.querySelector(".toast")) {
    text.value = lost.text;
    form.elements.kind.value = lost.kind;
    dirty = Boolean(lost.text);
  }
  if (!dirty) sessionStorage.removeItem(backup);

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
    if (own || dirty) {
      event.preventDefault();
      event.stopImmediatePropagation();
      clearTimeout(waits);
      if (own) dirty = false;
      await (own ? saving : saveNow());
      await new Promise((go) => setTimeout(go)); // a form cannot be sent anew before its first sending is told to everybody
      letGo = true;
      if (own) leaveBackup();
      if (button?.isConnected) event.target.requestSubmit(button);
      else event.target.requestSubmit();
      letGo = false;
    }
  }, { capture: true });

  // What is sent is kept in this window until the next page says that it arrived.
  function leaveBackup() {
    sessionStorage.setItem(backup, JSON.stringify({ kind: form.elements.kind.value, text: text.value }));
  }
  if (document.querySelector(".toast")) sessionStorage.removeItem(backup);

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
      if (answer.ok) preview.querySelector(".text").innerHTML = await answer.text();
    } catch {
      // Offline: the last one stays.
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
    if (preview.hidden) await draw();
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

// An answer can be taken back until it leaves.
for (const offer of document.querySelectorAll(".take-back")) {
  const left = new Date(offer.dataset.until) - Date.now();
  setTimeout(() => offer.querySelector("form")?.remove(), Math.min(Math.max(left, 0), 60_000));
}
