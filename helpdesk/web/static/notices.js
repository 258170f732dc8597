// The quiet count beside the name, and that what one was told was seen.  Without this, pages count when they are drawn.

const EVERY = 60_000;

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("told");
  const shown = document.getElementById("told");
  if (!fresh || !shown) return;
  shown.hidden = fresh.hidden;
  if (shown.textContent !== fresh.textContent) shown.replaceChildren(...fresh.childNodes);
}

async function ask() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch("/notices/count", { redirect: "error" });
    if (answer.ok) show(await answer.text());
  } catch {
    // Logged out or offline: the next page that is opened says so.
  }
}

// A case that somebody really looks at has been noticed; one that opened in a tab behind has not.
async function notice() {
  const form = document.getElementById("noticed");
  if (!form || document.visibilityState === "hidden") return;
  document.removeEventListener("visibilitychange", notice);
  form.querySelector("button").hidden = true;
  try {
    const options = { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, redirect: "error" };
    const answer = await fetch(form.action, options);
    if (answer.ok) show(await answer.text());
  } catch {
    form.querySelector("button").hidden = false;
  }
}

document.addEventListener("visibilitychange", notice);
notice();
setInterval(ask, EVERY);
