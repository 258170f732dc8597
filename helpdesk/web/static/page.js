// What a page does beyond showing itself.  Everything here is a comfort: without scripts every page still reads and every form still sends.

// ── A menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open], details.more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// ── A toast stays ten seconds, and longer while it is hovered or focused; one that says what was left stays until it was read.
const toast = document.querySelector(".toast:not(.stays)");
if (toast) {
  let left = 10;
  const tick = setInterval(() => {
    if (!toast.matches(":hover, :focus-within")) left -= 1;
    if (left === 0) {
      clearInterval(tick);
      toast.remove();
    }
  }, 1000);
}

// ── A form that was sent is not sent again by a second click (the server would notice, the reader would wonder).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});

// ── A long story is shortened: a link to an entry that is not on the page opens the whole of it.
const whole = document.getElementById("whole");
function reach() {
  const wanted = location.hash.slice(1); // as it stands: our ids need no decoding, and «#%» cannot be decoded
  if (whole && wanted && !document.getElementById(wanted)) location.replace(whole.href + location.hash);
}
addEventListener("hashchange", reach);
reach();

// ── Pictures that were asked for come into their mail's frame; the line that offered them has nothing more to say.
for (const form of document.querySelectorAll(".unloaded")) {
  form.addEventListener("submit", () => setTimeout(() => (form.hidden = true)));
}

// ── What came meanwhile is asked for only while somebody looks.  Logged out or offline, the next page that is opened says so.
async function heard(path, options = {}) {
  if (document.visibilityState === "hidden") return null;
  try {
    const answer = await fetch(path, { redirect: "error", ...options });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

// A quiet line in a list or a case says that something came; what is being read never moves.
const NEWS_EVERY = 30_000;
const news = document.getElementById("news");

async function lookForNews() {
  const line = await heard(news.dataset.news);
  // The same words again would be read aloud again.
  if (line && line !== news.dataset.said) {
    news.innerHTML = line;
    news.dataset.said = line;
  }
}

if (news) {
  setInterval(lookForNews, NEWS_EVERY);
  document.addEventListener("visibilitychange", lookForNews);
}

// The quiet count beside the name.  Without this, pages count when they are drawn.
const COUNT_EVERY = 60_000;
const told = document.getElementById("told");

function recount(html) {
  const fresh = html && new DOMParser().parseFromString(html, "text/html").getElementById("told");
  if (!fresh || !told) return;
  told.hidden = fresh.hidden;
  if (told.textContent !== fresh.textContent) told.replaceChildren(...fresh.childNodes);
}

if (told) setInterval(async () => recount(await heard("/notices/count")), COUNT_EVERY);

// A case that somebody really looks at has been noticed; one that opened in a tab behind has not.
const noticed = document.getElementById("noticed");

async function notice() {
  if (document.visibilityState === "hidden") return;
  document.removeEventListener("visibilitychange", notice);
  const button = noticed.querySelector("button");
  button.hidden = true;
  const count = await heard(noticed.action, { method: "POST", body: new FormData(noticed), headers: { "X-Requested-With": "fetch" } });
  recount(count);
  button.hidden = count !== null;
}

if (noticed) {
  document.addEventListener("visibilitychange", notice);
  notice();
}
