// The live check: while a form is filled, the rules it meets are shown beside it. Without this file, « Vérifier » does the same.
"use strict";
for (const form of document.querySelectorAll("form[data-verifier]")) {
  const shown = document.getElementById("controle");
  const button = form.querySelector('button[value="verifier"]');
  if (!shown || !button) continue;
  let waiting = 0;
  let asked = 0;
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const entries = new URLSearchParams(new FormData(form));
      entries.set("etape", "verifier");
      shown.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(form.action, { method: "POST", body: entries });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("controle");
        if (mine === asked && fresh) shown.replaceChildren(...fresh.children);
      } finally {
        shown.removeAttribute("aria-busy");
      }
    }, 300);
  });
}
const summary = document.querySelector(".resume");
if (summary) summary.focus();
