// The conversation: what greets, what was asked and replied, and what is being asked.
import { element } from "./dom.js";
import { Composer } from "./composer.js";
import { introduction } from "./introduction.js";
import { replyCard } from "./reply.js";

// How often a busy server is asked again by itself.
const MAX_AGAIN = 2;
const DEFAULT_WAIT_S = 5;

/**
 * Shows and leads a conversation. `widget` is what it belongs to: {say, address, client, history, settings,
 * site, greeting, emit(name, detail), isShown(), erased(), eraseAgain(session)}; `settings` is null until the server has told them.
 */
export class Conversation {
  #widget;
  #say;
  #turns = new Map();
  #unsent = new Map();
  #asking = null;
  #intro = element("div", { class: "intro" });
  #log = element("div", { class: "log", role: "log" });
  #scroll = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "title" }, this.#intro, this.#log);
  #status = element("p", { class: "status", role: "status" });
  #error = element("div", { class: "error", role: "alert" });
  composer;
  /** A Promise: no question is on its way any more. */
  settled = Promise.resolve();

  constructor(widget) {
    this.#widget = widget;
    this.#say = widget.say;
    this.composer = new Composer(
      widget.say,
      (text) => this.send(text),
      (draft) => widget.history.setTab({ draft }),
    );
  }

  /** Its parts, in order: what was said, what goes on, what went wrong, and the form. */
  get parts() {
    return [this.#scroll, this.#status, this.#error, this.composer.node];
  }

  /** Says everything again, in the language of now; replies keep theirs. */
  update() {
    const { settings, greeting } = this.#widget;
    this.#log.setAttribute("aria-label", this.#say("Conversation"));
    this.#intro.replaceChildren(...introduction(this.#say, settings, greeting, (payload, title) => this.ask(payload, title)));
    if (settings) this.composer.maxChars = settings.max_message_chars;
    this.composer.update();
    this.#quietly(() => {
      for (const { node } of this.#turns.values()) node.remove();
      this.#turns.clear();
      this.sync();
      for (const [unsent, turn] of this.#unsent) if (unsent !== this.#asking) this.#showUnsent(unsent, turn);
    });
  }

  /** Shows what the tab kept: the conversation, the draft, and what was not sent. */
  restore() {
    const { draft, unsent } = this.#widget.history.tab;
    this.composer.text = draft;
    this.#unsent.clear();
    this.#turns.clear();
    this.#quietly(() => {
      this.#log.replaceChildren();
      this.sync();
      for (const each of unsent) {
        const turn = this.#turn(each.title);
        this.#log.append(turn);
        this.#unsent.set(each, turn);
        this.#showUnsent(each, turn);
      }
    });
    this.toEnd();
  }

  /** Shows the conversation as it is kept, which another tab may have changed. */
  sync() {
    const { items, tab } = this.#widget.history;
    const waiting = new Set(tab.unsent.map(({ id }) => id));
    for (const [question, turn] of this.#unsent) {
      if (!waiting.has(question.id)) {
        turn.remove();
        this.#unsent.delete(question);
      }
    }
    const kept = new Set(items.map(({ reply }) => reply.turn_id));
    for (const [id, { node }] of this.#turns) {
      if (!kept.has(id)) {
        node.remove();
        this.#turns.delete(id);
      }
    }
    let last = null;
    for (const item of items) {
      const id = item.reply.turn_id;
      let turn = this.#turns.get(id);
      if (turn && JSON.stringify(turn.mark) !== JSON.stringify(item.mark)) {
        turn.node.replaceChildren(...this.#turn(item.question, this.#card(item)).childNodes);
        turn.mark = item.mark;
      }
      if (!turn) {
        turn = { node: this.#turn(item.question, this.#card(item)), mark: item.mark };
        this.#turns.set(id, turn);
        if (last) last.after(turn.node);
        else this.#log.prepend(turn.node);
      }
      last = turn.node;
    }
  }

  /** Sends what is in the field. */
  send(text) {
    if (this.#asking) return null;
    this.composer.text = "";
    return this.ask(text, text);
  }

  /** Asks, and shows `title` as what was asked. A Promise of {outcome, articleId, turnId}; of null if it is not sent. */
  async ask(payload, title = payload) {
    if (this.#asking || !payload.trim()) return null;
    const turn = this.#turn(title);
    this.#log.append(turn);
    this.#show(turn);
    return this.#asked({ id: Math.random(), payload, title }, turn);
  }

  /** Asks again what could not be sent. */
  async again() {
    for (const [unsent, turn] of [...this.#unsent]) {
      if (this.#unsent.has(unsent) && !(await this.#asked(unsent, turn))) return;
    }
  }

  /** Forgets what is shown; `said` is what a patient is told. */
  clear(said = "") {
    for (const { timer } of this.#unsent.keys()) clearTimeout(timer);
    this.#turns.clear();
    this.#unsent.clear();
    this.#log.replaceChildren();
    this.composer.text = "";
    this.fail("");
    this.#status.textContent = said;
    this.#scroll.scrollTop = 0;
  }

  /** Says what went wrong, in words; "" takes it away. `retry` is what a button does about it, if anything. */
  fail(sentence, retry = null) {
    const button = retry && element("button", { class: "retry", type: "button", text: this.#say("Try again"), on: { click: retry } });
    this.#error.replaceChildren(...(sentence ? [element("span", { text: sentence }), ...(button ? [button] : [])] : []));
  }

  /** Why a request came to nothing, as it is said. */
  failed({ kind, message, retryAfterS }) {
    const say = this.#say;
    const emergency = say("If this may be an emergency, call your local emergency number now.");
    const why = {
      offline: () => say("You are offline. What you wrote is kept here and is sent when you are online again."),
      unreachable: () => say("The service cannot be reached."),
      timeout: () => say("No reply came in time."),
      busy: () =>
        say("There are too many questions at the moment. Please wait {seconds} seconds.", {
          seconds: retryAfterS || DEFAULT_WAIT_S,
        }),
      server: () => say("Something went wrong on our side. Please try again in a moment."),
      refused: () => say("The question was not accepted."),
    };
    return message || `${why[kind]()} ${emergency}`;
  }

  /** The newest is in view. */
  toEnd() {
    const last = this.#log.lastElementChild;
    if (last) this.#show(last, true);
  }

  #asked(question, turn) {
    if (this.#asking) return null;
    const asked = this.#sent(question, turn);
    this.settled = asked.catch(() => {});
    return asked;
  }

  async #sent(question, turn) {
    const { client, history, settings, site, emit } = this.#widget;
    this.#busy(question);
    clearTimeout(question.timer);
    // A page may be left, or the widget taken away, while the reply is on its way.
    this.#unsent.set(question, turn);
    history.addUnsent(question);
    history.ttlMin = settings?.session_ttl_min ?? history.ttlMin;
    const session = history.begin();
    let isErased = false;
    turn.querySelector(".unsent")?.remove();
    this.fail("");
    try {
      const reply = await client.ask({
        message: question.payload,
        session_id: session,
        channel: settings?.channel ?? "widget",
        ...(site && { site }),
        ...(settings && { language: settings.language }),
      });
      isErased = reply.erased;
      this.#settle(question, history);
      // It may have been forgotten, in another tab, too.
      if (history.session !== session) {
        turn.remove();
        return null;
      }
      this.#take(question.title, reply, turn, history);
      const told = { outcome: reply.outcome, articleId: reply.quotation?.article_id ?? null, turnId: reply.turn_id };
      emit("reply", told);
      return told;
    } catch (failure) {
      if (!failure.kind) throw failure;
      if (turn.isConnected) this.#notSent(question, turn, failure);
      emit("error", { kind: failure.kind });
      return null;
    } finally {
      this.#busy(null);
      // It was deleted in the meantime: the server may have kept this question after that.
      if (!isErased && !history.sessions.includes(session)) this.#widget.eraseAgain(session);
    }
  }

  #take(title, reply, turn, history) {
    const card = this.#card({ reply, mark: null }, false);
    const isEmergency = reply.outcome === "emergency";
    if (reply.erased) {
      this.clear();
      this.#widget.erased();
      this.#log.append(turn);
    } else {
      this.#turns.set(reply.turn_id, { node: turn, mark: null });
      history.add(title, reply);
    }
    // An emergency's card announces itself, at once.
    if (isEmergency) this.#quietly(() => turn.append(card));
    else turn.append(card);
    const isLong = turn.firstElementChild.offsetHeight > this.#scroll.clientHeight / 3;
    this.#show(isEmergency || isLong ? card : turn);
  }

  #notSent(question, turn, failure) {
    if (failure.kind === "refused") {
      this.#settle(question, this.#widget.history);
      turn.remove();
      if (question.payload === question.title) {
        this.composer.text = [question.payload, this.composer.text].filter(Boolean).join("\n");
      }
      return this.fail(this.failed(failure));
    }
    const waitS = failure.retryAfterS || (failure.kind === "busy" ? DEFAULT_WAIT_S : 0);
    question.times = (question.times ?? 0) + 1;
    if (waitS) {
      question.due = Date.now() + waitS * 1000;
      question.timer = setTimeout(() => {
        question.due = 0;
        if (!this.#unsent.has(question)) return;
        this.#showUnsent(question, turn);
        if (question.times <= MAX_AGAIN) this.#asked(question, turn);
      }, waitS * 1000);
    }
    this.#showUnsent(question, turn);
    this.fail(this.failed(failure));
    this.#show(turn);
  }

  #showUnsent(question, turn) {
    const isEarly = question.due > Date.now();
    const retry = () => {
      if (question.due > Date.now()) return;
      this.composer.field.focus();
      this.#asked(question, turn);
    };
    turn.querySelector(".unsent")?.remove();
    turn.append(
      element(
        "p",
        { class: "unsent" },
        element("span", { text: this.#say("Not sent.") }),
        element("button", {
          class: "retry",
          type: "button",
          text: this.#say("Try again"),
          "aria-disabled": isEarly && "true",
          on: { click: retry },
        }),
      ),
    );
  }

  // It waits for no reply any more.
  #settle(question, history) {
    this.#unsent.delete(question);
    history.dropUnsent(question);
  }

  #turn(question, ...children) {
    return element("div", { class: "turn" }, element("p", { class: "question", dir: "auto", text: question }), ...children);
  }

  #card({ reply, mark }, isPast = true) {
    const { say, client, history, settings, emit, address } = this.#widget;
    const context = {
      say,
      language: settings?.language ?? reply.language,
      base: `${address}/`,
      isPast,
      mark,
      reasons: settings?.feedback_reasons ?? [],
      maxCommentChars: settings?.max_comment_chars ?? 1000,
      emit,
      ask: (payload, title) => this.ask(payload, title),
      feedback: async (turnId, given) => {
        await client.feedback({ session_id: reply.session_id, turn_id: turnId, ...given });
        history.mark(turnId, { helpful: given.helpful });
        const turn = this.#turns.get(turnId);
        if (turn) turn.mark = { helpful: given.helpful };
      },
    };
    try {
      return replyCard(reply, context);
    } catch (failure) {
      // A reply kept by another version of the widget, or broken: the rest of the conversation is shown.
      console.error(failure);
      return element("p", { class: "notice", text: say("This reply cannot be shown. Please ask again.") });
    }
  }

  #busy(question) {
    const isBusy = Boolean(question);
    this.#asking = question;
    this.composer.isBusy = isBusy;
    this.#scroll.setAttribute("aria-busy", String(isBusy));
    const dots = element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i"));
    this.#status.replaceChildren(...(isBusy ? [dots, this.#say("Looking for an answer…")] : []));
  }

  // What is shown again is not announced again.
  #quietly(change) {
    this.#log.setAttribute("aria-live", "off");
    change();
    setTimeout(() => this.#log.removeAttribute("aria-live"), 1000);
  }

  // Its start is in view. Only the widget scrolls; where it grows with the page, the page does.
  #show(node, isPast = false) {
    if (!this.#widget.isShown()) return;
    const behavior = isPast || matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    const scroll = this.#scroll;
    if (scroll.scrollHeight > scroll.clientHeight + 1) {
      const top = node.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop;
      scroll.scrollTo({ top: top - 8, behavior });
    } else if (!isPast || node.contains(scroll.getRootNode().activeElement)) {
      node.scrollIntoView({ block: "nearest", behavior });
    }
  }
}
