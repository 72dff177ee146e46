// Shows a reply: its blocks, in their order, as text. Its other fields only tell how.
import { destination, directionOf, element, icon, link } from "./dom.js";
import { answerActions } from "./answer_actions.js";
import { feedbackGroup } from "./feedback.js";

// An explanation up to this length is not folded away.
const UNFOLDED_CHARS = 400;

/**
 * The card of a reply. Of `context`, all but `say` may be left out, and what needs it is then not shown:
 * `say(sentence, values)` says our own sentences in `language` (BCP 47; else the reply's), `ask(payload, title)` sends
 * what a button stands for, `feedback(turnId, {helpful, reason, comment})` is a promise to keep it, `mark` ({helpful})
 * is what was kept of it before, `reasons` ([{reason, title}]) and `maxCommentChars` are for why a reply did not help,
 * `emit(name, detail)` tells the host page, `base` is the service's address, and `isPast` says that the reply was
 * shown before: nobody is alerted of it again.
 * @returns {HTMLElement}
 */
export function replyCard(reply, context) {
  const language = reply.language ?? context.language ?? "";
  const card = element("article", {
    class: `reply ${reply.outcome ?? "information"}`,
    lang: language,
    dir: directionOf(language),
  });
  const spoken = { ...context, ours: ownWords(context.language, language), theirs: ownWords(language, null) };
  const buttons = new Offer(context.ask ? (reply.quick_replies ?? []) : [], reply.outcome, spoken);
  const parts = partsOf(reply.blocks ?? [], buttons);
  const last = parts.findLastIndex(({ kind, blocks }) => kind !== "block" || blocks[0].type !== "disclaimer");
  card.append(...parts.slice(0, last + 1).flatMap((part) => RENDERED[part.kind](part, reply, spoken)));
  if (buttons.left.length) card.append(buttons.choices(buttons.left));
  if (reply.outcome === "answer" && reply.turn_id && context.feedback) card.append(feedbackGroup(reply.turn_id, spoken));
  card.append(...parts.slice(last + 1).flatMap((part) => RENDERED[part.kind](part, reply, spoken)));
  return card;
}

// The attributes of what is said in `language` where `around` is spoken.
function ownWords(language, around) {
  return language && language !== around ? { lang: language, dir: directionOf(language) } : {};
}

// The buttons of a reply: they stand where its blocks list the same, and what is left over at its end.
class Offer {
  constructor(quickReplies, outcome, context) {
    this.left = [...quickReplies];
    this.outcome = outcome;
    this.context = context;
  }

  isListedIn({ items }) {
    const titles = new Set(this.left.map(({ title }) => title));
    return Array.isArray(items) && items.length > 0 && items.every((item) => titles.has(item));
  }

  // Takes those that `items` list; where a choice is all that the reply is, all of them.
  take({ items }) {
    const taken = this.left.filter(({ title }) => this.outcome === "choices" || items.includes(title));
    this.left = this.left.filter((each) => !taken.includes(each));
    return taken;
  }

  choices(quickReplies) {
    const { ask, say } = this.context;
    const buttons = quickReplies.map(({ title, payload }) =>
      element("button", { class: "choice", type: "button", dir: "auto", text: title, on: { click: () => ask(payload, title) } }),
    );
    return element("div", { class: "choices", role: "group", "aria-label": say("Choices") }, ...buttons);
  }
}

// The blocks in their order, those together that are shown together: whom to call, what is offered, a quotation, links.
function partsOf(blocks, offer) {
  const parts = [];
  for (let at = 0; at < blocks.length; ) {
    const end = { call: endOfCall, links: endOfLinks, quotation: endOfQuotation };
    let kind = "block";
    const isCallCard = () => offer.outcome === "emergency" || endOfCall(blocks, at) > at + 1;
    if (at === 0 && blocks[at].type === "notice" && isCallCard()) kind = "call";
    else if (blocks[at].type === "list" && offer.isListedIn(blocks[at])) kind = "choices";
    else if (blocks[at].quoted) kind = "quotation";
    else if (blocks[at].type === "link") kind = "links";
    const until = Math.max(at + 1, end[kind]?.(blocks, at) ?? 0);
    const part = { kind, blocks: blocks.slice(at, until), before: blocks.slice(0, at) };
    if (kind === "choices") part.buttons = offer.choices(offer.take(blocks[at]));
    parts.push(part);
    at = until;
  }
  return parts;
}

const isCall = (block) => block?.type === "link" && destination(block.href)?.protocol === "tel:";

function endOfCall(blocks, at) {
  do at += 1;
  while (isCall(blocks[at]));
  return at;
}

function endOfLinks(blocks, at) {
  while (blocks[at]?.type === "link") at += 1;
  return at;
}

function endOfWords(blocks, at) {
  while (blocks[at]?.quoted && blocks[at].type !== "reference") at += 1;
  return at;
}

// An article's words, its references with their heading, who wrote it, and where it stands.
function endOfQuotation(blocks, at) {
  const isReference = () => blocks[at]?.type === "reference";
  at = endOfWords(blocks, at);
  if (blocks[at]?.type === "heading" && blocks[at + 1]?.type === "reference") at += 1;
  while (isReference()) at += 1;
  if (blocks[at]?.type === "attribution") {
    at += 1;
    if (blocks[at]?.type === "link") at += 1;
  }
  return at;
}

const RENDERED = {
  call: callCard,
  choices: ({ buttons }) => [buttons],
  quotation: (part, reply, context) => [figure(part, reply, context), answerActions(part, reply, context)].filter(Boolean),
  links: ({ blocks }, reply, context) => [linkLine(blocks, context)],
  block: ({ blocks }, reply, context) => [plainBlock(blocks[0], context)],
};

function callCard({ blocks: [notice, ...calls] }, reply, { isPast }) {
  const lines = calls.map(({ text, href }) => {
    const call = link("", href, { class: "call" });
    call.append(icon("phone"), element("span", { text }));
    return call;
  });
  const role = isPast ? null : "alert";
  const said = element("p", { class: "notice" }, icon("warning"), element("span", { text: notice.text }));
  return [element("div", { class: "call-card", role }, said, ...lines)];
}

function plainBlock(block, context) {
  const { type, items, text, href } = block;
  if (Array.isArray(items)) return list(items, type === "list" && block.quoted ? "quoted-list" : "list");
  if (type === "heading") return element("h3", { class: "heading", text });
  const classed = { attribution: "attribution", disclaimer: "disclaimer", notice: "notice" }[type] ?? "text";
  return href ? element("p", { class: classed }, leading(block, context)) : element("p", { class: classed, text: text ?? "" });
}

function list(items, className) {
  return element("ul", { class: className }, ...items.map((item) => element("li", { class: "text", text: item })));
}

// The link of a block. A page opens in a tab of its own, which is said to who reads by ear, or points at it.
function leading({ text, href }, { say, base }, attributes = {}) {
  const isPage = destination(href, base)?.protocol.startsWith("http");
  return link(text, href, { base, title: isPage ? say("Opens in a new tab") : null, ...attributes });
}

function linkLine(blocks, context, attributes = {}) {
  const links = blocks.flatMap((block) => [leading(block, context, { class: isCall(block) ? "call" : "link" }), " "]);
  return element("p", { ...attributes, class: "links" }, ...links.slice(0, -1));
}

function figure({ blocks }, reply, context) {
  const { say, ours, theirs } = context;
  const { language, url, short_answer: shortAnswer } = reply.quotation ?? {};
  const cite = destination(url, context.base)?.href;
  const made = element("figure", { class: "quotation", lang: language ?? "", dir: "auto" });
  const caption = element("figcaption", { ...theirs, ...ours, class: "label", text: say("Quoted word for word") });
  const quote = element("blockquote", { cite });
  const words = blocks.slice(0, endOfWords(blocks, 0));
  const unfolded = [...words];
  if (unfolded[0]?.type === "heading") quote.append(element("h3", { class: "asked", text: unfolded.shift().text }));
  const isShortAnswer = Boolean(shortAnswer) && unfolded[0]?.text === shortAnswer;
  if (isShortAnswer) quote.append(element("p", { class: "short-answer text", text: unfolded.shift().text }));
  if (unfolded.length) quote.append(unfolding(unfolded, !isShortAnswer, context));
  const rest = blocks.slice(words.length);
  const references = rest.filter(({ type }) => type === "reference");
  for (const block of rest) {
    if (block.type === "heading") quote.append(element("h4", { ...theirs, class: "heading", text: block.text }));
    if (block === references[0]) quote.append(numbered(references, context));
  }
  made.append(caption, quote);
  for (const block of rest) {
    if (block.type === "attribution") made.append(element("p", { ...theirs, class: "attribution", text: block.text }));
    if (block.type === "link") made.append(linkLine([block], context, theirs));
  }
  return made;
}

function unfolding(blocks, isOpen, context) {
  const length = blocks.reduce((sum, { text, items }) => sum + (items ?? [text ?? ""]).join("").length, 0);
  const summary = element("summary", { ...context.theirs, ...context.ours, text: context.say("Explanation") });
  const open = isOpen || length < UNFOLDED_CHARS;
  return element("details", { class: "explanation", open }, summary, ...blocks.map((block) => plainBlock(block, context)));
}

function numbered(references, context) {
  const lines = references.map((block) =>
    element("li", { class: "reference", value: block.number }, leading(block, context, { dir: "auto" })),
  );
  return element("ol", { class: "references" }, ...lines);
}
