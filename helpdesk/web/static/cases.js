// Comforts of the case page.  Nothing here is needed to read, answer, hand over or solve.

// Pictures that were asked for come into their mail's frame; the line that offered them has nothing more to say.
for (const form of document.querySelectorAll(".unloaded")) {
  form.addEventListener("submit", () => setTimeout(() => (form.hidden = true)));
}
