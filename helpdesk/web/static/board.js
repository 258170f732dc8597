// The board renews itself while somebody looks at it.  What has the focus keeps it, and what one reads stays where it is.

const EVERY = 30_000;
const PATIENCE = 2; // looks in a row that failed, before the page says so

const board = document.getElementById("board");
const stale = document.getElementById("stale");
let failed = 0;

document.getElementById("renews").hidden = false;

const reachable = (part) => [...part.querySelectorAll("a[href], button, summary")];
const named = (element) => element.getAttribute("href") ?? element.form?.getAttribute("action") ?? element.textContent;

// Replace a part; not while something in it has the focus that is gone from the new one: its reader is about to use it.
function renew(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const focused = part.contains(document.activeElement) ? named(document.activeElement) : null;
  if (focused !== null && !reachable(fresh).some((element) => named(element) === focused)) return;
  part.replaceChildren(...fresh.childNodes);
  if (focused !== null) reachable(part).find((element) => named(element) === focused).focus({ preventScroll: true });
}

const first = () => [...board.querySelectorAll("a[href]")].find((link) => link.getBoundingClientRect().top >= 0);

function renewAll(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const read = scrollY > 0 ? first() : undefined;
  const [name, top] = [read && named(read), read?.getBoundingClientRect().top];
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh) renew(part, fresh);
  }
  const same = read && reachable(board).find((element) => named(element) === name);
  if (same) scrollBy(0, same.getBoundingClientRect().top - top);
}

async function look() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch(board.dataset.news, { redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    renewAll(await answer.text());
    failed = 0;
  } catch {
    failed += 1;
  }
  stale.hidden = failed < PATIENCE;
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
