// Makes elements. Text is set as text: there is no way in here for markup.

const SVG = "http://www.w3.org/2000/svg";

// Lines on a square of 24; the styles say how thick, and in which colour.
const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  options: "M5 7h14M5 12h14M5 17h14",
  send: "M12 19V5M6 11l6-6 6 6",
  retry: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  phone: "M6 4h4l1 5-2 1a9 9 0 0 0 5 5l1-2 5 1v4c0 1-1 2-2 2A16 16 0 0 1 4 6c0-1 1-2 2-2z",
  warning: "M12 4L2.5 20h19zM12 10v5M12 17.5v.5",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  share: "M12 15V4M8 7l4-4 4 4M6 11H5v9h14v-9h-1",
  done: "M5 13l4 4L19 7",
  yes: "M7 11l4-7c2 0 2 1 2 2v4h6l-2 9H7zM7 11H4v9h3",
  no: "M7 13l4 7c2 0 2-1 2-2v-4h6l-2-9H7zM7 13H4V4h3",
};

/**
 * An element, with its children: nodes, or strings that become text nodes; null, undefined and false are left out.
 * `class`, `text` and `on` ({event: listener}) are what they say; all else are attributes: true stands for the empty
 * one, and null, undefined and false for none. Listeners, and never a `style`: host pages forbid it.
 * @returns {HTMLElement}
 */
export function element(name, { class: className, text, on = {}, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/**
 * One of our icons, which nobody is told of: words stand beside it, or in the button's label.
 * @param {string} name chat, close, options, send, retry, phone, warning, copy, share, done, yes, no
 * @returns {SVGElement}
 */
export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  for (const [key, value] of [
    ["class", `icon icon-${name}`],
    ["viewBox", "0 0 24 24"],
    ["width", "24"],
    ["height", "24"],
    ["fill", "none"],
    ["stroke", "currentColor"],
    ["stroke-width", "2"],
    ["stroke-linecap", "round"],
    ["stroke-linejoin", "round"],
    ["aria-hidden", "true"],
    ["focusable", "false"],
  ]) {
    made.setAttribute(key, value);
  }
  line.setAttribute("d", ICONS[name]);
  made.append(line);
  return made;
}

// Primary subtags of languages that are written from right to left.
const FROM_THE_RIGHT = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "prs", "ps", "sd", "syr", "ug", "ur", "yi"];

/**
 * The direction in which a language (BCP 47) is written.
 * @returns {"ltr" | "rtl"}
 */
export function directionOf(language) {
  return FROM_THE_RIGHT.includes(language.toLowerCase().split("-")[0]) ? "rtl" : "ltr";
}

/**
 * Where `href` leads, if a link of ours may: a page (http, https), a telephone or an e-mail address; else null.
 * What is relative is so to `base`, or else to the page.
 * @returns {URL | null}
 */
export function destination(href, base = document.baseURI) {
  if (!href) return null;
  let url;
  try {
    url = new URL(href, base);
  } catch {
    return null;
  }
  return ["http:", "https:", "tel:", "mailto:"].includes(url.protocol) ? url : null;
}

/**
 * A link, or plain text where `href` is none that we follow. Pages open beside the conversation, which stays, and
 * are told nothing of where the reader comes from. `attributes` are as for `element`, and `base` as for `destination`.
 * @returns {HTMLElement}
 */
export function link(text, href, { base, ...attributes } = {}) {
  const url = destination(href, base);
  if (!url) return element("span", { ...attributes, text });
  const aside = url.protocol.startsWith("http") ? { target: "_blank", rel: "noreferrer noopener" } : {};
  return element("a", { ...aside, ...attributes, href: url.href, text });
}
