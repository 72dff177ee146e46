// The options: the language, starting again, deleting, and what is kept.
import { element, link } from "./dom.js";

/**
 * What the button with the options opens: a part of the panel, not a menu of an application.
 * `actions`: {chose(language), again(), erase()}. `confirmation` is where it is asked whether to delete.
 */
export class Menu {
  #say;
  #actions;
  #button;
  #select = element("select", { class: "language", id: "language" });
  #languageText = element("span");
  #language = element("label", { class: "menu-language", for: "language" }, this.#languageText, this.#select);
  #again = element("button", { class: "menu-item", type: "button" });
  #erase = element("button", { class: "menu-item", type: "button" });
  #kept = element("div", { class: "kept" });
  #question = element("p", { id: "confirm-text" });
  #yes = element("button", { class: "danger", type: "button" });
  #no = element("button", { class: "quiet", type: "button" });
  node = element("div", { class: "menu", id: "menu", hidden: true }, this.#language, this.#again, this.#erase, this.#kept);
  confirmation = element("div", { class: "confirm", role: "group", "aria-labelledby": "confirm-text", hidden: true }, this.#question, this.#yes, this.#no);

  constructor(say, button, actions) {
    this.#say = say;
    this.#button = button;
    this.#actions = actions;
    button.addEventListener("click", () => this.toggle());
    this.#select.addEventListener("change", () => actions.chose(this.#select.value));
    this.#again.addEventListener("click", () => {
      this.close();
      actions.again();
    });
    this.#erase.addEventListener("click", () => {
      this.close();
      this.confirmation.hidden = false;
      this.#no.focus();
    });
    this.#no.addEventListener("click", () => this.#settled());
    this.#yes.addEventListener("click", async () => {
      if (this.#yes.getAttribute("aria-disabled")) return;
      this.#yes.setAttribute("aria-disabled", "true");
      await actions.erase();
      this.#yes.removeAttribute("aria-disabled");
      this.confirmation.hidden = true;
    });
  }

  toggle() {
    this.node.hidden = !this.node.hidden;
    this.#button.setAttribute("aria-expanded", String(!this.node.hidden));
  }

  /** Closes what is open of it, the focus going back; true if anything was. */
  close() {
    if (!this.confirmation.hidden) this.#settled();
    else if (this.node.hidden) return false;
    else {
      this.toggle();
      this.#button.focus();
    }
    return true;
  }

  /** Says everything again; `settings` is null until the server has told them; `remember` is browser, tab or no. */
  update(settings, remember) {
    const say = this.#say;
    const languages = settings?.languages ?? [];
    const options = languages.map(({ language, name }) => element("option", { value: language, lang: language, text: name }));
    this.#language.hidden = options.length < 2;
    this.#languageText.textContent = say("Language");
    this.#select.replaceChildren(...options);
    this.#select.value = settings?.language ?? "";
    this.#again.textContent = say("Start again");
    this.#erase.textContent = say("Delete my data");
    this.#question.textContent = say("Delete this conversation and those before it, here and on the server? They cannot be brought back.");
    this.#yes.textContent = say("Delete");
    this.#no.textContent = say("Keep");
    this.#kept.replaceChildren(...this.#told(settings, remember));
  }

  #told(settings, remember) {
    if (!settings) return [];
    const say = this.#say;
    const minutes = settings.session_ttl_min;
    const [count, unit] = minutes % 60 ? [minutes, "minute"] : [minutes / 60, "hour"];
    const time = new Intl.NumberFormat(settings.language, { style: "unit", unit, unitDisplay: "long" }).format(count);
    const here = {
      browser: () => say("This browser keeps the conversation until {time} after the last message.", { time }),
      tab: () => say("This tab keeps the conversation until it is closed, at most {time} after the last message.", { time }),
      no: () => say("This browser keeps nothing; the conversation ends with the page."),
    };
    return [
      element("p", { text: settings.consent }),
      element("p", { text: here[remember]() }),
      settings.privacy_url && element("p", {}, link(say("Privacy"), settings.privacy_url)),
    ].filter(Boolean);
  }

  #settled() {
    this.confirmation.hidden = true;
    this.#button.focus();
  }
}
