// The preview of an article, as it is written. Without this, the button "Preview" shows the same.

const WAIT_MS = 600;
const form = document.getElementById("article");
let timer = 0;
let asking = null;

async function refresh() {
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await fetch(form.dataset.preview, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "text/html" },
      signal: asking.signal,
    });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const shown = document.getElementById("preview");
    const open = [...shown.querySelectorAll("details")].map((each) => each.open);
    const made = document.adoptNode(page.getElementById("preview"));
    made.querySelectorAll("details").forEach((each, place) => (each.open = open[place] ?? each.open));
    shown.replaceChildren(...made.childNodes);
  } catch {
    // It was overtaken by a newer one, or the network is away: the button still works.
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT_MS);
});

const add = document.getElementById("add-reference");
add.hidden = false;
add.addEventListener("click", () => {
  const rows = document.getElementById("references");
  const row = rows.lastElementChild.cloneNode(true);
  row.querySelector("legend").textContent = `Reference ${rows.children.length + 1}`;
  for (const input of row.querySelectorAll("input")) input.value = "";
  rows.append(row);
  row.querySelector("input").focus();
});
