// Where the patient writes.
import { element, icon } from "./dom.js";

// From here on it is said how many characters are left.
const NEAR_CHARS = 200;

/**
 * The form with the field. `send(text)` is called with what is to be sent, `changed(text)` with every draft.
 * The field stays free while a reply is awaited.
 */
export class Composer {
  maxChars = 2000;
  #say;
  #changed;
  #label = element("label", { class: "label", for: "message" });
  #counter = element("span", { class: "counter", id: "counter", hidden: true });
  #hint = element("p", { class: "hint", id: "hint" });
  #send = element("button", { class: "send", type: "submit" }, icon("send"));
  field = element("textarea", {
    class: "message",
    id: "message",
    rows: "1",
    dir: "auto",
    enterkeyhint: "send",
    autocomplete: "off",
    "aria-describedby": "counter hint",
  });
  node = element("form", { class: "composer", novalidate: true }, this.#label, this.field, this.#counter, this.#send, this.#hint);

  constructor(say, send, changed) {
    this.#say = say;
    this.#changed = changed;
    this.field.addEventListener("input", () => this.#adapt());
    // By hand: a frame may forbid forms.
    const submit = () => {
      const text = this.text.trim();
      if (text && !this.isTooLong && this.#send.getAttribute("aria-disabled") !== "true") send(text);
    };
    this.field.addEventListener("keydown", (event) => {
      // Enter that ends the composition of a character is not one that sends; some browsers tell so by 229 only.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      submit();
    });
    this.#send.addEventListener("click", (event) => {
      event.preventDefault();
      submit();
    });
  }

  get text() {
    return this.field.value;
  }

  set text(text) {
    this.field.value = text;
    this.#adapt();
  }

  get isTooLong() {
    // The server counts characters, not units of UTF-16.
    return [...this.text.trim()].length > this.maxChars;
  }

  set isBusy(isBusy) {
    this.#send.setAttribute("aria-disabled", String(isBusy));
  }

  /** Says everything again, in the language of now. */
  update() {
    const say = this.#say;
    this.#label.textContent = say("Your question");
    this.field.placeholder = say("Ask a health question");
    this.#hint.textContent = say("Enter sends; Shift and Enter begin a new line.");
    this.#send.setAttribute("aria-label", say("Ask"));
    this.#send.title = say("Ask");
    this.#count();
  }

  #adapt() {
    this.#changed(this.text);
    this.#count();
    this.resize();
  }

  /** As high as what is in it, within what the styles allow. */
  resize() {
    this.field.style.setProperty("height", "auto");
    const { scrollHeight, offsetHeight, clientHeight } = this.field;
    if (scrollHeight) this.field.style.setProperty("height", `${scrollHeight + offsetHeight - clientHeight}px`);
  }

  #count() {
    const left = this.maxChars - [...this.text.trim()].length;
    const say = this.#say;
    this.#counter.hidden = left > NEAR_CHARS;
    this.#counter.classList.toggle("over", left < 0);
    if (left < 0) {
      this.#counter.textContent = say("Too long by {count} characters. Please ask in fewer words.", { count: -left });
      this.field.setAttribute("aria-invalid", "true");
      this.#counter.setAttribute("role", "status");
    } else {
      this.#counter.textContent = this.#counter.hidden ? "" : say("Characters left: {count}", { count: left });
      this.field.removeAttribute("aria-invalid");
      this.#counter.removeAttribute("role");
    }
  }
}
