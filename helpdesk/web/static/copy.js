// A line to be pasted elsewhere: a click selects all of it, and a button copies it.  Without scripts it is selected by hand.

for (const button of document.querySelectorAll("button[data-copy]")) {
  const line = document.getElementById(button.dataset.copy);
  line.addEventListener("focus", () => line.select());
  if (!navigator.clipboard) continue; // only pages by https, or on this machine, may write to it
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(line.value);
    button.firstChild.data = button.dataset.done;
  });
}
