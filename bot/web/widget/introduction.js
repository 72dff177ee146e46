// What greets a patient before the first question.
import { element, link } from "./dom.js";

/**
 * The parts of the greeting, by the site's `settings` (null: the server has not told them yet). `greeting` takes the
 * place of the site's if it is not "". `ask(payload, title)` is what a topic does.
 * @returns {HTMLElement[]}
 */
export function introduction(say, settings, greeting, ask) {
  if (!settings) {
    return [
      element("p", { text: greeting || say("Ask a health question") }),
      element("p", { class: "notice", text: say("If this may be an emergency, call your local emergency number now.") }),
    ];
  }
  const { emergency, tips, topics } = settings;
  const topic = ({ title, payload }) =>
    element("button", { class: "choice", type: "button", text: title, on: { click: () => ask(payload, title) } });
  const links = [
    link(say("Read in the library"), settings.library_url),
    settings.symptom_check_url && link(say("Check your symptoms"), settings.symptom_check_url),
    settings.contact && (settings.contact_url ? link(settings.contact, settings.contact_url) : settings.contact),
  ];
  return [
    ...(greeting ? [greeting] : settings.greeting).map((text) => element("p", { class: "greeting", text })),
    emergency &&
      element(
        "p",
        { class: "notice" },
        emergency.href ? link(emergency.text, emergency.href, { class: "call" }) : emergency.text,
      ),
    tips.length && element("ul", { class: "tips" }, ...tips.map((text) => element("li", { text }))),
    topics.length && element("div", { class: "choices", role: "group", "aria-label": say("Topics") }, ...topics.map(topic)),
    element("p", { class: "links" }, ...links.filter(Boolean).flatMap((each) => [each, " "])),
    element("p", { class: "consent", text: settings.consent }),
    element("p", { class: "disclaimer", text: settings.disclaimer }),
  ].filter(Boolean);
}
