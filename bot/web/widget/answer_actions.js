// Copies a quotation, and shares the article's link.
import { destination, element, icon } from "./dom.js";

/**
 * The buttons under a quotation; null where the reply is no turn of a conversation, or has no quotation.
 * `blocks` are the quotation's, `before` all that stand before them.
 * @returns {HTMLElement | null}
 */
export function answerActions({ blocks, before }, reply, { say, ours, base }) {
  const { quotation, turn_id: turnId } = reply;
  if (!quotation || !turnId) return null;
  const status = element("span", { class: "told", role: "status" });
  const button = (name, words, act) => {
    const made = element("button", { class: `action ${name}`, type: "button", on: { click: act } }, icon(name));
    made.append(element("span", { text: words }));
    return made;
  };
  const copied = async (text, words) => {
    status.textContent = "";
    const isCopied = await copy(text, made);
    status.textContent = isCopied ? words : say("It could not be copied. Please select the text and copy it yourself.");
  };
  const made = element("div", { ...ours, class: "actions" });
  made.append(button("copy", say("Copy"), () => copied(quotationText(quotation, blocks, before), say("Copied"))));
  const url = destination(quotation.url, base);
  if (url) {
    const share = async () => {
      if (await isShared({ title: quotation.question, url: url.href })) return;
      await copied(url.href, say("The link to the article has been copied"));
    };
    made.append(button("share", say("Share"), share));
  }
  made.append(status);
  return made;
}

/**
 * A quotation as plain text: what is to be known before, question, short answer, explanation, references, who wrote
 * it and when, the address of its page and the disclaimer.
 * @returns {string}
 */
export function quotationText(quotation, blocks, before) {
  const notices = before.slice(before.findLastIndex(({ type }) => type !== "notice") + 1).map(({ text }) => text);
  const references = blocks.filter(({ type }) => type === "reference");
  const lines = references.map(({ number, text, href }) => `${number}. ${text}${href ? `\n   ${href}` : ""}`);
  const heading = references.length ? blocks[blocks.indexOf(references[0]) - 1] : null;
  return [
    ...notices,
    quotation.question,
    quotation.short_answer,
    quotation.explanation,
    [heading?.type === "heading" && !heading.quoted ? heading.text : "", ...lines].filter(Boolean).join("\n"),
    ...blocks.filter(({ type }) => type === "attribution").map(({ text }) => text),
    quotation.url,
    quotation.disclaimer,
  ]
    .filter(Boolean)
    .join("\n\n");
}

// Whether it was shared, or the person thought better of it.
async function isShared(what) {
  if (!navigator.share) return false;
  try {
    await navigator.share(what);
    return true;
  } catch (failure) {
    return failure.name === "AbortError";
  }
}

// Whether `text` is on the clipboard now. Pages without TLS, and frames that may not write there, have only the old
// way: the selection of a field, in whose stead `text` is handed over as it is.
async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = place.getRootNode().activeElement;
    const field = element("textarea", { readonly: true, tabindex: "-1", "aria-hidden": "true" });
    field.value = text;
    field.style.setProperty("position", "fixed");
    field.style.setProperty("opacity", "0");
    const hand = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    };
    field.addEventListener("copy", hand);
    place.append(field);
    field.select();
    try {
      return document.execCommand("copy");
    } finally {
      field.remove();
      focused?.focus();
    }
  }
}
