// Comforts of the lists: how many cases are selected, and in which order the keys J and K go on from case to case.

const list = document.getElementById("list");

if (list) {
  const said = list.querySelector(".bulk strong");
  const count = () => {
    const n = list.querySelectorAll(".c :checked").length;
    if (said && n) said.textContent = said.dataset.words.replace("{n}", n);
  };
  list.addEventListener("change", count);
  count(); // a browser that comes back remembers what was ticked

  const numbers = [...list.querySelectorAll(".queue .s a")].map((link) => link.getAttribute("href"));
  sessionStorage.setItem("list", JSON.stringify({ path: list.dataset.path, numbers }));
}
