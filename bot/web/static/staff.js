// The pages of staff, a little quicker: everything here can be done without it.

import { listenToKeys } from "./staff-keys.js";

const ANNOUNCED_AFTER_MS = 200;

// What stands in a live region from the start is not read out; what is set later is.
function announceFlash() {
  const said = document.querySelector(".flash p");
  if (said) setTimeout(() => said.replaceChildren(said.textContent), ANNOUNCED_AFTER_MS);
}

// A box that ticks all of its form's boxes, and a word on how many are ticked.
function countTicked(bar) {
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][form="${bar.id}"]`)];
  const count = bar.querySelector("[data-count]");
  if (!count || boxes.length === 0) return;
  const label = document.createElement("label");
  const all = document.createElement("input");
  all.type = "checkbox";
  label.append(all, " All on this page");
  count.before(label);

  function tell() {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
    count.textContent = `${ticked} ticked`;
    bar.classList.toggle("active", ticked > 0);
  }

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  // A browser that goes back brings the ticks back after the scripts have run.
  addEventListener("pageshow", tell);
}

// What was edited since the preview is to be looked at before it is taught.
function watchPreview(form) {
  const preview = form.querySelector("[data-preview]");
  form.addEventListener("input", () => {
    const teach = form.querySelector("[data-once-previewed]");
    if (!teach) return;
    teach.remove();
    preview.classList.remove("quiet");
    preview.dataset.key = "t";
    preview.textContent = "Preview what you changed";
  });
}

announceFlash();
for (const form of document.querySelectorAll("form[data-teach]")) watchPreview(form);
for (const bar of document.querySelectorAll("form[data-bulk]")) countTicked(bar);
if (document.body.dataset.shortcuts !== "off") listenToKeys();
