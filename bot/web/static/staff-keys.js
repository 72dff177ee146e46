// Single keys as commands. What a key does stands in the page: it clicks the element that has it as its data-key, first
// in the row of a list ([data-row]) that is current, then outside of all rows. Rows are walked by their [data-open] link.

const GO_AFTER_MS = 1500;
const PLACES = {
  q: ["/staff/queue", "the queue"],
  a: ["/staff/articles", "the articles"],
  d: ["/staff/dashboard", "the dashboard"],
  r: ["/staff/reports", "the reports"],
  t: ["/staff/turns", "the answers"],
};
// In the order in which the help has them: it leaves out what nothing on the page does.
const COMMANDS = [
  ["j", "next in the list"],
  ["k", "the one before it"],
  ["o", "open it (so does Enter)"],
  ["x", "tick it"],
  ["1", "teach to the nearest article; 2 to 5 for the others"],
  ["t", "teach"],
  ["n", "it needs an article"],
  ["d", "dismiss"],
  ["a", "assign to me"],
  ["c", "write a note"],
  ["p", "next group"],
  ["u", "back to the list, or the group"],
  ["z", "undo the last"],
];
const TYPED_IN = "textarea, select, [contenteditable], input:not([type='checkbox'], [type='radio'])";

let lastRow = null;
let goesSince = -Infinity;
let isLeaving = false;
let help = null;

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.querySelector("[data-open]"));
}

function currentRow() {
  const focused = document.activeElement?.closest("[data-row]");
  return focused ?? (lastRow?.isConnected ? lastRow : null);
}

function move(step) {
  const all = rows();
  const at = all.indexOf(currentRow());
  const to = at < 0 ? all.at(step > 0 ? 0 : -1) : all[at + step];
  if (!to) return;
  lastRow = to;
  to.querySelector("[data-open]").focus();
  to.scrollIntoView({ block: "nearest" });
}

function commanded(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const inRow = currentRow()?.querySelector(selector);
  return inRow ?? [...document.querySelectorAll(selector)].find((found) => !found.closest("[data-row]"));
}

function press(found) {
  if (found.matches("summary")) {
    found.parentElement.open = true;
    (found.parentElement.querySelector("input:not([type='hidden']), textarea, select") ?? found).focus();
  } else if (found.matches("input, select, textarea")) {
    found.focus();
  } else {
    found.click();
  }
}

function tick() {
  const box = currentRow()?.querySelector("input[type='checkbox']");
  box?.click();
}

function search() {
  const field = document.querySelector("[data-search]");
  if (!field) return false;
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
  field.select();
  return true;
}

function go(key) {
  const link = PLACES[key] && document.querySelector(`header.site a[href="${PLACES[key][0]}"]`);
  link?.click();
  return Boolean(link);
}

function line(keys, text) {
  const term = document.createElement("dt");
  for (const [index, key] of keys.entries()) {
    const made = document.createElement("kbd");
    made.textContent = key;
    term.append(...(index ? [" ", made] : [made]));
  }
  const meaning = document.createElement("dd");
  meaning.textContent = text;
  return [term, meaning];
}

function isHere(key) {
  if ("jko".includes(key)) return rows().length > 0;
  if (key === "x") return document.querySelector("[data-row] input[type='checkbox']") !== null;
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`) !== null;
}

function makeHelp() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys on this page";
  const list = document.createElement("dl");
  for (const [key, meaning] of COMMANDS.filter(([key]) => isHere(key))) list.append(...line([key], meaning));
  if (document.querySelector("[data-search]")) list.append(...line(["/"], "search"));
  for (const [key, [path, name]] of Object.entries(PLACES)) {
    if (document.querySelector(`header.site a[href="${path}"]`)) list.append(...line(["g", key], `go to ${name}`));
  }
  list.append(...line(["?"], "this list"), ...line(["Esc"], "leave a field, close this list"));
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = "They do nothing while you type in a field. You can turn them off under your name, at the top.";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, note, close);
  document.body.append(dialog);
  return dialog;
}

function showHelp() {
  help ??= makeHelp();
  if (!help.open) help.showModal();
}

function offerHelp() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet keys-button";
  button.append("Keys ");
  const key = document.createElement("kbd");
  key.textContent = "?";
  button.append(key);
  button.addEventListener("click", showHelp);
  document.querySelector("header.site .who")?.prepend(button);
}

// Whether the key meant something here.
function obey(key) {
  if (performance.now() - goesSince < GO_AFTER_MS) {
    goesSince = -Infinity;
    if (go(key)) return true;
  }
  if (key === "g") goesSince = performance.now();
  else if (key === "?") showHelp();
  else if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "x") tick();
  else if (key === "o") currentRow()?.querySelector("[data-open]").click();
  else if (key === "/") return search();
  else {
    const found = key.length === 1 && commanded(key);
    if (!found) return false;
    press(found);
  }
  return true;
}

function leaveField(event) {
  if (event.target.matches(TYPED_IN) && event.target.closest("dialog") === null) {
    event.target.blur();
    lastRow?.querySelector("[data-open]")?.focus();
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isLeaving || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") leaveField(event);
  if (event.target.matches(TYPED_IN)) return;
  if (event.repeat && !"jk".includes(event.key)) return;
  if (obey(event.key)) event.preventDefault();
}

export function listenToKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => {
    lastRow = event.target.closest("[data-row]") ?? lastRow;
  });
  // A second key while the next page is on its way would do twice what was meant once.
  document.addEventListener("submit", () => {
    isLeaving = true;
  });
  addEventListener("pageshow", () => {
    isLeaving = false;
  });
  lastRow = document.activeElement?.closest("[data-row]") ?? null;
  offerHelp();
}
