"use strict";

// Shows a conversation. Replies come as typed blocks and are set as text, never as markup.

const log = document.getElementById("log");
const form = document.getElementById("ask");
const message = document.getElementById("message");
const status = document.getElementById("status");
const error = document.getElementById("error");
const button = form.querySelector("button");
const TIMEOUT_MS = 30000;
let sessionId = null;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function linked(name, text, href, className) {
  const made = element(name, "", className);
  const link = element("a", text);
  link.href = href;
  if (new URL(href, location.href).origin !== location.origin) link.rel = "noreferrer";
  made.append(link);
  return made;
}

function list(block) {
  const made = element("ul", "", "quoted-list");
  made.append(...block.items.map((item) => element("li", item, "text")));
  return made;
}

const RENDERERS = {
  heading: (block) => element(block.quoted ? "h2" : "h3", block.text),
  paragraph: (block) => element("p", block.text, "text"),
  list,
  reference: (block) => {
    const text = `${block.number}. ${block.text}`;
    return block.href ? linked("p", text, block.href, "reference") : element("p", text, "reference");
  },
  attribution: (block) => element("p", block.text, "attribution"),
  disclaimer: (block) => element("p", block.text, "disclaimer"),
  notice: (block) => element("p", block.text, "notice"),
  link: (block) => linked("p", block.text, block.href),
};

function showReply(reply) {
  const card = element("section", "", reply.outcome === "emergency" ? "reply emergency" : "reply");
  card.lang = reply.language;
  card.dir = "auto";
  const offered = new Set(reply.quick_replies.map((quickReply) => quickReply.title));
  let quotation = null;
  for (const block of reply.blocks) {
    // What is offered stands on buttons.
    if (block.type === "list" && block.items.every((item) => offered.has(item))) {
      const isChoice = ({ title }) => reply.outcome === "choices" || block.items.includes(title);
      for (const quickReply of reply.quick_replies.filter(isChoice)) {
        card.append(choiceButton(quickReply));
        offered.delete(quickReply.title);
      }
      continue;
    }
    const isQuoted = block.quoted && block.type !== "reference";
    if (isQuoted && !quotation) {
      quotation = element("div", "", "quoted");
      quotation.lang = reply.quotation?.language ?? "";
      card.append(quotation);
    }
    (isQuoted ? quotation : card).append(RENDERERS[block.type](block));
  }
  card.append(...reply.quick_replies.filter(({ title }) => offered.has(title)).map(choiceButton));
  log.append(card);
  card.scrollIntoView({ block: "start" });
}

function choiceButton(quickReply) {
  const made = element("button", quickReply.title, "choice");
  made.type = "button";
  made.addEventListener("click", () => ask(quickReply.payload, quickReply.title));
  return made;
}

async function ask(text, shownText) {
  if (button.disabled) return;
  error.textContent = "";
  status.textContent = status.dataset.busy;
  button.disabled = true;
  try {
    const response = await fetch("/api/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        message: text,
        session_id: sessionId,
        language: document.documentElement.lang,
        channel: "web",
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const reply = await response.json().catch(() => null);
    if (!response.ok) throw new Error((response.status < 500 && reply?.detail) || error.dataset.failed);
    sessionId = reply.session_id;
    log.append(element("p", shownText, "question"));
    showReply(reply);
    if (text === message.value.trim()) message.value = "";
  } catch (failure) {
    const unreachable = failure instanceof TypeError || failure.name === "TimeoutError";
    error.textContent = unreachable ? error.dataset.unreachable : failure.message;
  } finally {
    status.textContent = "";
    button.disabled = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (text) ask(text, text);
});

message.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
