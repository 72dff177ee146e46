// Asks whether a reply helped, and if not, why.
import { element, icon } from "./dom.js";

/**
 * The question whether a reply helped. What is marked can be changed; `context` is that of the reply's card.
 * @returns {HTMLElement}
 */
export function feedbackGroup(turnId, context) {
  const { say, ours, feedback, emit } = context;
  const question = say("Was this helpful?");
  const thanks = element("p", { class: "told", role: "status" });
  const yes = markButton("yes", say("Yes"), () => mark(true));
  const no = markButton("no", say("No"), () => mark(false));
  const form = reasonsForm(context, async (given) => {
    if (!(await send({ helpful: false, ...given }))) return;
    form.hidden = true;
    no.focus();
    thanks.textContent = say("Thank you for telling us.");
  });
  let kept = context.mark?.helpful ?? null;
  let isBusy = false;

  const show = () => {
    yes.setAttribute("aria-pressed", String(kept === true));
    no.setAttribute("aria-pressed", String(kept === false));
  };
  const send = async (given) => {
    if (isBusy) return false;
    isBusy = true;
    thanks.textContent = "";
    made.querySelector(".failed")?.remove();
    try {
      await feedback(turnId, given);
    } catch {
      made.append(element("p", { class: "failed", role: "alert", text: say("That could not be kept. Please try again.") }));
      return false;
    } finally {
      isBusy = false;
    }
    kept = given.helpful;
    show();
    const isAskedWhy = !given.helpful && form;
    thanks.textContent = isAskedWhy ? say("Thank you. If you like, tell us below what was wrong.") : say("Thank you for telling us.");
    emit?.("feedback", { turnId, helpful: given.helpful });
    return true;
  };
  const mark = async (helpful) => {
    if (kept !== helpful && !(await send({ helpful }))) return;
    if (form) form.hidden = helpful;
  };
  const made = element("div", { ...ours, class: "feedback", role: "group", "aria-label": question });
  made.append(element("p", { class: "label", text: question }), element("div", { class: "marks" }, yes, no));
  if (form) made.append(form);
  made.append(thanks);
  show();
  return made;
}

function markButton(name, words, click) {
  const made = element("button", { class: `mark ${name}`, type: "button", on: { click } }, icon(name));
  made.append(element("span", { text: words }));
  return made;
}

// Why it did not help: reasons to choose from, and words of one's own; null where neither is asked for.
function reasonsForm({ say, reasons = [], maxCommentChars }, send) {
  if (!reasons.length && !maxCommentChars) return null;
  const form = element("form", { class: "reasons", hidden: true });
  if (reasons.length) {
    const choices = reasons.map(({ reason, title }) =>
      element("label", { class: "reason" }, element("input", { type: "radio", name: "reason", value: reason }), ` ${title}`),
    );
    form.append(element("fieldset", {}, element("legend", { text: say("What was wrong?") }), ...choices));
  }
  if (maxCommentChars) form.append(...commentParts(say, maxCommentChars));
  const button = element("button", { class: "send-reasons", text: say("Send") });
  form.append(button);
  // Not when the form is submitted: a frame may forbid forms.
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const reason = given.get("reason") ?? undefined;
    const comment = given.get("comment")?.trim() || undefined;
    send({ reason, comment });
  });
  return form;
}

function commentParts(say, maxCommentChars) {
  const hint = say("Please do not write names, addresses or numbers.");
  const left = (used) => say("Characters left: {count}", { count: maxCommentChars - used });
  const counter = element("p", { class: "counter", text: left(0) });
  const field = element("textarea", { class: "comment", name: "comment", rows: 3, maxlength: maxCommentChars, dir: "auto" });
  field.addEventListener("input", () => (counter.textContent = left(field.value.length)));
  const label = element("label", { class: "label" }, say("In your own words, if you like"), field);
  return [label, element("p", { class: "hint", text: hint }), counter];
}
