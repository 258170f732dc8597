// The form for a new case is kept while one types.  Without it the form reads, keeps and sends all the same.
const form = document.getElementById("begin");
const SAVE_AFTER = 1500;

if (form) {
  const kept = document.getElementById("kept");
  let dirty = false; // typed since the last save
  let waits = 0;
  let saving = Promise.resolve();

  async function save() {
    if (!dirty) return;
    clearTimeout(waits);
    dirty = false;
    const body = new FormData(form);
    body.delete("files"); // they go with «Keep draft», and when it is sent
    try {
      const answer = await fetch(`${form.action}/draft`, { method: "POST", body, redirect: "error", keepalive: true });
      if (![200, 204, 409].includes(answer.status)) throw new Error();
      if (answer.status === 204) return;
      kept.innerHTML = await answer.text();
      const { draft } = form.elements;
      if (draft.value) history.replaceState(null, "", `${form.action}?draft=${draft.value}`);
    } catch {
      dirty = true;
      const line = kept.querySelector(".said");
      line.textContent = line.dataset.failed;
    }
  }
  const saveNow = () => (saving = saving.then(save));

  form.addEventListener("input", ({ target }) => {
    if (target.name === "files") return;
    dirty = true;
    clearTimeout(waits);
    waits = setTimeout(saveNow, SAVE_AFTER);
  });
  form.addEventListener("focusout", saveNow);
  window.addEventListener("pagehide", save);

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
    // The save may have drawn the button anew.
    const again = [...form.querySelectorAll("button")].find((one) => one.name === name && one.value === value && one.formAction === formAction);
    form.requestSubmit(again);
    letGo = false;
  }, { capture: true });
}
