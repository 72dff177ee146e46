// The window of the conversation: a dialog that a launcher opens, or a section of the page.
import { element, icon } from "./dom.js";

const SMALL = "(max-width: 40rem), (max-height: 30rem)";

/**
 * A dialog with its launcher, or, `isInline`, a section without. `toggled(isOpen)` is called after it opened or closed,
 * `escape()` at Escape: what returns true keeps the dialog open. `focused` is what is focused when it opens.
 */
export class Panel {
  #toggled;
  #escape;
  #before = null;
  #small = matchMedia(SMALL);
  #launcherText = element("span", { class: "launcher-text" });
  #title = element("h2", { class: "title", id: "title" });
  #close = element("button", { class: "icon-button close", type: "button" }, icon("close"));
  isInline;
  focused = null;
  options = element("button", { class: "icon-button options", type: "button", "aria-expanded": "false", "aria-controls": "menu" }, icon("options"));
  launcher = element("button", { class: "launcher", part: "launcher", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" }, icon("chat"), this.#launcherText);
  root;

  constructor(isInline, { toggled, escape }) {
    this.isInline = isInline;
    this.#toggled = toggled;
    this.#escape = escape;
    // Not a `header`: in a dialog that would be a second banner of the page.
    const bar = element("div", { class: "bar" }, this.#title, this.options, !isInline && this.#close);
    this.root = element(isInline ? "section" : "dialog", { class: isInline ? "panel inline" : "panel", part: "panel", "aria-labelledby": "title" }, bar);
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || !this.#escaped()) return;
      event.preventDefault();
      event.stopPropagation();
    });
    if (isInline) return;
    this.launcher.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.#close.addEventListener("click", () => this.close());
    // The gesture that goes back, on phones, comes as this alone.
    this.root.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#escaped();
    });
    this.root.addEventListener("close", () => {
      // The browser closed it by itself.
      if (!this.root.open && this.launcher.getAttribute("aria-expanded") === "true") this.#closed();
    });
  }

  /** Follows the size of the window until `signal` aborts. */
  follow(signal) {
    this.#small.addEventListener("change", () => this.isOpen && !this.isInline && this.#reopen(), { signal });
    for (const name of ["resize", "scroll"]) visualViewport.addEventListener(name, () => this.#fit(), { signal });
  }

  get isOpen() {
    return this.isInline || this.root.open;
  }

  /** What stands in the shadow root. */
  get parts() {
    return this.isInline ? [this.root] : [this.launcher, this.root];
  }

  /** Says everything again. `side` is "left" or "right". */
  update({ say, heading, label, language, direction, side }) {
    for (const part of this.parts) {
      part.lang = language;
      part.dir = direction;
      part.classList.toggle("left", side === "left");
      part.classList.toggle("right", side !== "left");
    }
    this.#title.textContent = heading;
    this.#launcherText.textContent = label;
    for (const [button, name] of [
      [this.options, say("Options")],
      [this.#close, say("Close")],
    ]) {
      button.setAttribute("aria-label", name);
      button.title = name;
    }
  }

  /** Opens it. Without `takesFocus`, where the browser lets us, the focus stays where it is. */
  open(takesFocus = true) {
    const isOpen = this.isOpen;
    this.#before = this.#elsewhere ?? this.#before;
    if (!isOpen) {
      this.#open();
      this.launcher.setAttribute("aria-expanded", "true");
    }
    if (takesFocus || this.#small.matches) this.focused?.focus();
    if (!isOpen) this.#toggled(true);
  }

  /** Closes it; the focus goes back to where it came from, unless it is on something else of the page by now. */
  close() {
    if (!this.isOpen || this.isInline) return;
    const elsewhere = this.#elsewhere;
    this.root.close();
    this.#closed(elsewhere);
  }

  // What of the page has the focus, if anything.
  get #elsewhere() {
    const { host } = this.root.getRootNode();
    const { activeElement } = host.getRootNode();
    return [host, document.body].includes(activeElement) ? null : activeElement;
  }

  #closed(elsewhere = null) {
    this.launcher.setAttribute("aria-expanded", "false");
    const target = elsewhere ?? this.#before;
    (target?.isConnected ? target : this.launcher).focus();
    this.#before = null;
    this.#toggled(false);
  }

  #open() {
    this.root.classList.toggle("full", this.#small.matches);
    if (this.#small.matches) this.root.showModal();
    // The method that opens beside the page would move the focus.
    else this.root.setAttribute("open", "");
    this.#fit();
  }

  // A keyboard on the screen covers the window's lower part: the field and the bar stay in what is seen. What is
  // enlarged by two fingers stays as it is.
  #fit() {
    const { height, offsetTop, scale } = visualViewport;
    const isCovered = this.root.classList.contains("full") && scale < 1.01 && height < document.documentElement.clientHeight - 1;
    this.root.style.setProperty("top", isCovered ? `${offsetTop}px` : "");
    this.root.style.setProperty("height", isCovered ? `${height}px` : "");
  }

  #reopen() {
    const { activeElement } = this.root.getRootNode();
    // Closed as an attribute, a modal dialog would stay in the top layer; no event may tell of it.
    this.root.addEventListener("close", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
    this.root.close();
    this.#open();
    activeElement?.focus();
  }

  // True if anything was open.
  #escaped() {
    if (this.#escape()) return true;
    this.close();
    return !this.isInline;
  }
}
