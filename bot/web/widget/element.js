// The custom element, and the script tag that places it.
import { setAccent } from "./accent.js";
import { client } from "./client.js";
import { Conversation } from "./conversation.js";
import { element } from "./dom.js";
import { History } from "./history.js";
import { Menu } from "./menu.js";
import { Panel } from "./panel.js";
import { DoctorsNoteReply } from "./reply_element.js";
import { STYLE } from "./style.js";
import { wording } from "./wording.js";

const NAME = "doctors-note-chat";
const ATTRIBUTES = [
  "site",
  "heading",
  "greeting",
  "language",
  "position",
  "accent",
  "accent-dark",
  "open",
  "display",
  "remember",
  "label",
];
// What these change is more than words and colours.
const FOUNDATIONS = new Set(["site", "display", "remember"]);
const FIRST_WAIT_S = 2;
const LONGEST_WAIT_S = 60;

// Where the script came from is where questions go. A module is not told; where it runs is the first line of the stack.
const source = document.currentScript?.src || (new Error().stack.match(/https?:[^\s()]*/)?.[0] ?? document.baseURI);
const ADDRESS = new URL(".", source).href.replace(/\/$/, "");
const script = document.currentScript ?? [...document.scripts].find(({ src }) => src.startsWith(`${ADDRESS}/widget.js`));

let sheet = null;

/** The widget: `<doctors-note-chat>`. docs/widget.md has its attributes, events and methods. */
export class DoctorsNoteChat extends HTMLElement {
  static observedAttributes = ATTRIBUTES;

  address = ADDRESS;
  client = client(ADDRESS);
  say = wording();
  settings = null;
  history = null;
  #panel = null;
  #menu = null;
  #conversation = null;
  #living = null;
  #asked = 0;
  #timer = 0;
  #waitS = FIRST_WAIT_S;

  constructor() {
    super();
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
    }
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  /** The id of the site that it stands on, or "". */
  get site() {
    return this.getAttribute("site") ?? "";
  }

  /** What greets in the place of the site's greeting, or "". */
  get greeting() {
    return this.getAttribute("greeting") ?? "";
  }

  get open() {
    return this.#panel?.isOpen ?? false;
  }

  set open(isOpen) {
    this.toggleAttribute("open", Boolean(isOpen));
  }

  connectedCallback() {
    this.#living = new AbortController();
    const { signal } = this.#living;
    this.#build();
    addEventListener("online", () => this.#online(), { signal });
    addEventListener("offline", () => this.#conversation.fail(this.#conversation.failed({ kind: "offline" })), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#dress(), { signal });
    // The browser went back to a page as it was left; the conversation may have gone on elsewhere since.
    addEventListener("pageshow", ({ persisted }) => persisted && this.#rebuild(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.#conversation.sync(), { signal });
    this.#load();
  }

  disconnectedCallback() {
    this.#living.abort();
    this.#leave();
    clearTimeout(this.#timer);
  }

  attributeChangedCallback(name, before, value) {
    if (!this.#panel || !this.isConnected || before === value) return;
    if (name === "open") {
      if (value === null) this.#panel.close();
      else if (!this.#panel.isOpen) this.#panel.open();
    } else if (FOUNDATIONS.has(name)) {
      this.#rebuild();
      this.#load();
    } else if (name === "language") {
      this.history.language = "";
      this.#load();
    } else if (name === "greeting") this.#update();
    else this.#dress();
  }

  /** Opens it, and puts the focus into the field. */
  show() {
    this.#panel?.open();
  }

  /** Closes it. */
  hide() {
    this.#panel?.close();
  }

  /** Opens or closes it. */
  toggle() {
    if (this.open) this.hide();
    else this.show();
  }

  /**
   * Opens it and asks. A Promise of {outcome, articleId, turnId}, of null if it could not be sent now.
   * @param {string} text
   */
  async ask(text) {
    if (!this.#panel) return null;
    this.#panel.open();
    return this.#conversation.ask(String(text).trim());
  }

  /** Starts again: the conversation is forgotten here, and the next question begins another. */
  clear() {
    if (!this.#panel) return;
    this.history.forget();
    this.#conversation.clear(this.say("This is a new conversation."));
    this.emit("clear");
  }

  /** Deletes all conversations that this browser knows of, here and on the server. A Promise of whether they were. */
  async deleteData() {
    if (!this.#panel) return false;
    // The server would keep a question that comes after all was deleted.
    await this.#conversation.settled;
    if (!(await this.#erase())) return false;
    this.#conversation.clear(this.say("Your data has been deleted."));
    this.history.forget();
    return true;
  }

  /** Forgets the conversation, which the server has deleted, and deletes those before it. */
  erased() {
    const { history } = this;
    if (history.session) history.drop(history.session);
    history.setTab({ draft: "", unsent: [] });
    return this.#erase();
  }

  /** Deletes a conversation of which the server may have kept more since it was deleted. */
  async eraseAgain(session) {
    const { client, history } = this;
    history.end(session);
    try {
      await client.erase(session);
      history.drop(session);
    } catch (failure) {
      // Its id is kept: it goes with the others, next time.
      if (!failure.kind) throw failure;
    }
  }

  /** Whether anybody sees it. */
  isShown() {
    return this.open;
  }

  /** Tells the host page; never a word of the patient's. */
  emit = (name, detail = null) => {
    this.dispatchEvent(new CustomEvent(`doctors-note-${name}`, { bubbles: true, composed: true, detail }));
  };

  async #erase() {
    const { history } = this;
    try {
      for (const session of history.sessions) {
        await this.client.erase(session);
        history.drop(session);
      }
    } catch (failure) {
      if (!failure.kind) throw failure;
      const why = failure.kind === "refused" ? "" : this.#conversation.failed(failure);
      this.#conversation.fail(`${this.say("Your data could not be deleted, or not all of it. Please try again.")} ${why}`);
      this.emit("error", { kind: failure.kind });
      return false;
    }
    this.emit("erase");
    return true;
  }

  #rebuild() {
    this.#leave();
    this.#build();
  }

  #leave() {
    this.history?.close();
    this.#panel = null;
    this.shadowRoot.replaceChildren();
  }

  #build() {
    const isInline = this.getAttribute("display") === "inline";
    this.history = new History(`doctors-note:${ADDRESS}:${this.site}`, this.#remember(), () => this.#conversation.sync());
    this.#heed();
    const panel = new Panel(isInline, {
      toggled: (isOpen) => this.#toggled(isOpen),
      escape: () => this.#menu.close(),
    });
    this.#conversation = new Conversation(this);
    this.#menu = new Menu(this.say, panel.options, {
      chose: (language) => this.#chose(language),
      again: () => {
        this.clear();
        this.#conversation.composer.field.focus();
      },
      erase: async () => {
        await this.deleteData();
        this.#conversation.composer.field.focus();
      },
    });
    const [scroll, status, error, composer] = this.#conversation.parts;
    panel.root.append(this.#menu.node, scroll, element("div", { class: "foot" }, status, error, this.#menu.confirmation, composer));
    panel.focused = this.#conversation.composer.field;
    panel.follow(this.#living.signal);
    this.#panel = panel;
    this.shadowRoot.replaceChildren(...panel.parts);
    this.#update();
    this.#conversation.restore();
    const { open } = this.history.tab;
    // Who closed it in this tab does not want it open on the next page.
    if (!isInline && (open ?? this.hasAttribute("open"))) panel.open(false);
    else this.toggleAttribute("open", isInline);
  }

  // What the settings say of how long anything is kept.
  #heed() {
    const { settings, history } = this;
    if (!settings) return;
    history.ttlMin = settings.session_ttl_min;
    history.retentionDays = settings.retention_days;
  }

  #remember() {
    const asked = this.getAttribute("remember") ?? this.settings?.remember;
    return ["browser", "tab", "no"].includes(asked) ? asked : "browser";
  }

  #toggled(isOpen) {
    this.history.setTab({ open: isOpen });
    this.toggleAttribute("open", isOpen);
    this.emit(isOpen ? "open" : "close");
    if (!isOpen) return;
    this.#conversation.sync();
    this.#conversation.composer.resize();
    this.#conversation.toEnd();
    if (!this.settings) this.#load();
  }

  #chose(language) {
    this.history.language = language;
    this.#load();
  }

  /** The language to ask the settings in; "" leaves it to the site. */
  #language() {
    const asked = this.history.language || this.getAttribute("language");
    if (asked || this.site) return asked ?? "";
    return document.documentElement.lang || navigator.languages[0] || "";
  }

  async #load() {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    try {
      const settings = await this.client.settings({ site: this.site, language: this.#language() });
      if (asked === this.#asked && this.isConnected) this.#told(settings);
    } catch (failure) {
      if (!failure.kind) throw failure;
      if (asked !== this.#asked || !this.isConnected) return;
      const isRefused = failure.kind === "refused";
      const retry = isRefused ? null : () => this.#load();
      this.#conversation.fail(this.#conversation.failed(isRefused ? { kind: "unreachable" } : failure), retry);
      this.emit("error", { kind: failure.kind });
      if (retry) this.#timer = setTimeout(retry, this.#waitS * 1000);
      this.#waitS = Math.min(this.#waitS * 2, LONGEST_WAIT_S);
    }
  }

  #told(settings) {
    const isFirst = !this.settings;
    const remembered = this.#remember();
    this.settings = settings;
    this.say.use(settings.sentences, settings.language);
    this.#waitS = FIRST_WAIT_S;
    if (remembered !== this.#remember()) this.#rebuild();
    else {
      this.#heed();
      this.#update();
    }
    this.#conversation.fail("");
    if (isFirst) this.emit("ready");
  }

  #online() {
    this.#conversation.fail("");
    if (!this.settings) this.#load();
    this.#conversation.again();
  }

  #update() {
    this.#dress();
    this.#menu.update(this.settings, this.#remember());
    this.#conversation.update();
  }

  // Its colours and the words of its frame.
  #dress() {
    const { settings, say } = this;
    const language = settings?.language ?? "en";
    const page = getComputedStyle(this);
    const own = page.getPropertyValue("--doctors-note-accent").trim();
    const isWhole = own && page.getPropertyValue("--doctors-note-on-accent").trim();
    const [accent, dark] = isWhole ? [] : own ? [own] : [settings?.accent, settings?.accent_dark];
    setAccent(this, this.getAttribute("accent") ?? accent, this.getAttribute("accent-dark") ?? dark);
    this.#panel.update({
      say,
      heading: this.getAttribute("heading") || settings?.title || say("Ask a health question"),
      label: this.getAttribute("label") || settings?.label || say("Ask a health question"),
      language,
      direction: settings?.direction ?? "ltr",
      side: this.getAttribute("position") ?? settings?.position,
    });
  }
}

// Places the element that the script's tag asks for, unless the page has placed one.
function place() {
  if (document.querySelector(NAME)) return;
  const made = document.createElement(NAME);
  for (const name of ATTRIBUTES) {
    const value = script?.getAttribute(`data-${name}`);
    if (typeof value === "string") made.setAttribute(name, value);
  }
  document.body.append(made);
  // Pages that change into others without being loaded may replace the whole body.
  const watching = new MutationObserver(() => document.querySelector(NAME) ?? document.body?.append(made));
  watching.observe(document.documentElement, { childList: true });
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, DoctorsNoteChat);
  if (script && !script.hasAttribute("data-manual")) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
    else place();
  }
}
