// Shows a reply that stands in the page as JSON, without a conversation around it.
import { replyCard } from "./reply.js";
import { STYLE } from "./style.js";
import { wording } from "./wording.js";

/**
 * `<doctors-note-reply>`: its property `reply`, or the JSON in its `<script type="application/json">`, has the fields
 * of a Reply of the API; `blocks` suffice. It is shown as in the chat, without what only a conversation has, and what
 * we say around it is in English, as staff's pages are.
 */
export class DoctorsNoteReply extends HTMLElement {
  #sheet = new CSSStyleSheet();

  constructor() {
    super();
    this.#sheet.replaceSync(STYLE);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [this.#sheet];
  }

  set reply(reply) {
    this.shadowRoot.replaceChildren(replyCard(reply, { say: wording(), language: "en" }));
  }

  connectedCallback() {
    // A parser that is not done yet has not come to the JSON.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.#read());
    else this.#read();
  }

  #read() {
    const written = this.querySelector('script[type="application/json"]');
    if (written) this.reply = JSON.parse(written.textContent);
  }
}

// The script may stand in a page twice.
if (!customElements.get("doctors-note-reply")) customElements.define("doctors-note-reply", DoctorsNoteReply);
