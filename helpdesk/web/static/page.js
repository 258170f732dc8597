// What a page does beyond showing itself.  Everything here is a comfort: without scripts every page still reads and every form still sends.

// A menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open], details.more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A toast stays ten seconds, and longer while it is hovered or focused; one that says what was left stays until it was read.
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

// A form that was sent is not sent again by a second click (the server would notice, the reader would wonder).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
