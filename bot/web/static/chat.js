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
  const card = element("section", "", "reply");
  const offered = reply.outcome === "choices";
  let quotation = null;
  for (const block of reply.blocks) {
    if (offered && block.type === "list") {
      for (const choice of reply.quick_replies) {
        const made = element("button", choice.title, "choice");
        made.type = "button";
        made.addEventListener("click", () => ask(choice.payload, choice.title));
        card.append(made);
      }
      continue;
    }
    const isQuoted = block.quoted && block.type !== "reference";
    if (isQuoted && !quotation) {
      quotation = element("div", "", "quoted");
      card.append(quotation);
    }
    (isQuoted ? quotation : card).append(RENDERERS[block.type](block));
  }
  log.append(card);
  card.scrollIntoView({ block: "start" });
}

async function ask(text, shownText) {
  if (button.disabled) return;
  error.textContent = "";
  status.textContent = "Looking for an article…";
  button.disabled = true;
  try {
    const response = await fetch("/api/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(sessionId ? { message: text, session_id: sessionId } : { message: text }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const reply = await response.json().catch(() => null);
    if (!response.ok) throw new Error(reply?.detail ?? "The service does not answer just now. Please try again.");
    sessionId = reply.session_id;
    log.append(element("p", shownText, "question"));
    showReply(reply);
    if (text === message.value.trim()) message.value = "";
  } catch (failure) {
    const unreachable = failure instanceof TypeError || failure.name === "TimeoutError";
    error.textContent = unreachable
      ? "The service cannot be reached. Your question is still here; please try again."
      : failure.message;
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
