// A quiet line says that something came; what is being read never moves.

const news = document.getElementById("news");
const EVERY = 30_000;

async function ask() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch(news.dataset.news, { redirect: "error" });
    const line = answer.status === 200 ? await answer.text() : "";
    // The same words again would be read aloud again.
    if (line && line !== news.dataset.said) {
      news.innerHTML = line;
      news.dataset.said = line;
    }
  } catch {
    // Logged out or offline: the next page that is opened says so.
  }
}

if (news) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
