// A word below the answer where it asks for something that the customer wrote already.
const form = document.getElementById("reply");
const hints = document.getElementById("asked");
const PAUSE = 900;
let timer;
let before = "";

async function ask() {
  const text = form.elements.text.value;
  const isAnswer = form.elements.kind.value === "answer";
  if (text === before || !isAnswer) return;
  before = text;
  const fields = new FormData();
  fields.set("csrf_token", form.elements.csrf_token.value);
  fields.set("text", text);
  try {
    const answer = await fetch(hints.dataset.ask, { method: "POST", body: fields, redirect: "error" });
    if (answer.status === 200) hints.innerHTML = await answer.text();
  } catch {
    // Offline: the hint is a comfort.
  }
}

if (form && hints) {
  form.addEventListener("input", (event) => {
    if (event.target !== form.elements.text) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  hints.addEventListener("click", (event) => {
    const value = event.target.dataset.insert;
    if (!value) return;
    const text = form.elements.text;
    text.setRangeText(value, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
