// The form for a new case is kept while one types.  Without it the form reads, keeps and sends all the same.
const form = document.getElementById("begin");
const SAVE_AFTER = 1500;
const TYPED = ["to", "subject", "desk", "text"];

if (form) {
  const kept = document.getElementById("kept");
  let dirty = false; // typed since the last save
  let waits = 0;
  let saving = Promise.resolve();
  let leaving = false;
  const OWN = new RegExp(`^(begun|sent) ${form.dataset.writer} `);

  // Should the server be out of reach, or the log-in over, this window still knows what was typed last, and in which form.
  // What was sent is known until the page of its case says that it arrived.
  const { key } = form.elements;
  const slot = (as) => `${as} ${form.dataset.writer} ${key.value}`; // whoever logs in after them in this window is somebody else
  const values = (names) => Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
  const remember = (as = "begun") => sessionStorage.setItem(slot(as), JSON.stringify(values(["key", "draft", ...TYPED])));
  function forget() {
    for (const as of ["begun", "sent"]) sessionStorage.removeItem(slot(as));
  }
  function lost() {
    const known = Object.keys(sessionStorage).filter((name) => OWN.test(name)).map((name) => JSON.parse(sessionStorage.getItem(name)));
    const isEmpty = !form.elements.draft.value && !["to", "subject", "text"].some((name) => form.elements[name].value);
    return known.find((one) => one.key === key.value) ?? (isEmpty ? known.find((one) => !one.draft) : undefined);
  }

  async function save() {
    if (!dirty) return;
    clearTimeout(waits);
    dirty = false;
    const body = new FormData(form);
    body.delete("files"); // they go with «Keep draft», and when it is sent
    try {
      const answer = await fetch(`${form.action}/draft`, { method: "POST", body, redirect: "error", keepalive: true });
      if (![200, 204, 409].includes(answer.status)) throw new Error();
      if (answer.status === 204) return sent();
      kept.innerHTML = await answer.text();
      if (answer.status === 200 && !dirty && !leaving) forget();
      else remember(); // there is something newer
      const { draft } = form.elements;
      if (draft.value) history.replaceState(null, "", `${form.action}?draft=${draft.value}`);
    } catch {
      dirty = true;
      const line = kept.querySelector(".said");
      line.textContent = line.dataset.failed;
    }
  }
  const saveNow = () => (saving = saving.then(save));

  let restored = false;
  function sent() {
    forget();
    if (restored) location.replace(form.action); // what was lost had arrived after all
  }
  function restore() {
    const before = lost();
    if (!before) return;
    if (TYPED.every((name) => before[name] === form.elements[name].value)) return forget();
    for (const name of ["key", ...TYPED]) form.elements[name].value = before[name];
    dirty = restored = true;
    saveNow();
  }
  restore();

  form.addEventListener("input", ({ target }) => {
    if (target.name === "files") return;
    dirty = true;
    remember();
    clearTimeout(waits);
    waits = setTimeout(saveNow, SAVE_AFTER);
  });
  form.addEventListener("focusout", saveNow);
  window.addEventListener("pagehide", () => {
    leaving = true;
    save();
  });
  window.addEventListener("pageshow", () => (leaving = false));

  // Sending waits for the save that is under way: what was kept must not come after what was sent.
  let letGo = false;
  form.addEventListener("submit", async (event) => {
    if (letGo) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(waits);
    dirty = false;
    const { value, name, formAction } = event.submitter ?? {};
    await saving;
    await new Promise((go) => setTimeout(go)); // a form cannot be sent anew before its first sending is told to everybody
    letGo = true;
    forget();
    if (value === "send") remember("sent");
    // The save may have drawn the button anew.
    const again = [...form.querySelectorAll("button")].find((one) => one.name === name && one.value === value && one.formAction === formAction);
    form.requestSubmit(again);
    letGo = false;
  }, { capture: true });
}
