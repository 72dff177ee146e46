// The preview of an article, as it is written. Without this, the button "Preview" shows the same.

const WAIT_MS = 600;
const form = document.getElementById("article");
let timer = 0;
let asking = null;

// What is folded away in the article as the chat shows it.
const explanation = (shown) => shown.querySelector("doctors-note-reply")?.shadowRoot?.querySelector("details");

function refresh() {
  asking?.abort();
  // Not fetch: under the page's Trusted Types only the browser itself may make a document of what comes back.
  asking = new XMLHttpRequest();
  asking.open("POST", form.dataset.preview);
  asking.responseType = "document";
  asking.setRequestHeader("Accept", "text/html");
  asking.addEventListener("load", ({ target }) => {
    if (target.status === 200 && target.response) show(target.response);
  });
  asking.send(new URLSearchParams(new FormData(form)));
}

function show(page) {
  const shown = document.getElementById("preview");
  const open = [...shown.querySelectorAll("details")].map((each) => each.open);
  const made = document.adoptNode(page.getElementById("preview"));
  made.querySelectorAll("details").forEach((each, place) => (each.open = open[place] ?? each.open));
  const isUnfolded = explanation(shown)?.open;
  shown.replaceChildren(...made.childNodes);
  if (isUnfolded && explanation(shown)) explanation(shown).open = true;
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
