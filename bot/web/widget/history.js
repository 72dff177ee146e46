// What was asked and replied, kept in this browser over reloads and in step with its other tabs.

const MAX_ITEMS = 50;
const MAX_CHARS = 500000;
const MAX_UNSENT = 20;
const MAX_ENDED = 200;
const memory = new Map();
// What is kept in memory is shared by the widgets of one page, as storage is.
const MEMORY = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => memory.set(key, value),
  removeItem: (key) => memory.delete(key),
};
const histories = new Set();

function storageNamed(name) {
  try {
    const storage = window[name];
    storage.getItem("doctors-note");
    return storage;
  } catch {
    // The browser or the page's sandbox forbids it.
    return MEMORY;
  }
}

function isReply(reply) {
  return (
    typeof reply?.turn_id === "string" &&
    typeof reply.session_id === "string" &&
    Array.isArray(reply.blocks) &&
    reply.blocks.every((block) => typeof block?.type === "string") &&
    Array.isArray(reply.quick_replies)
  );
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    // Somebody else's, or broken: as if there were nothing.
    return {};
  }
}

function isSession(session) {
  return typeof session === "string" && /^[\w-]{16,64}$/.test(session);
}

function newSession() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A conversation under `key`. `remember`: "browser" (all tabs, until it ends), "tab", or "no" (this page only).
 * `changed()` is called when another tab, or another widget on this page, has changed it.
 */
export class History {
  #key;
  #store;
  #tabStore;
  #changed;
  #onStorage = (event) => {
    if (event.storageArea === this.#store && (event.key === this.#key || event.key === null)) this.#changed();
  };
  // How long after the last message a conversation ends.
  ttlMin = 30;
  // How long the server keeps it.
  retentionDays = 90;

  constructor(key, remember, changed) {
    this.#key = key;
    this.#store = remember === "no" ? MEMORY : storageNamed(remember === "tab" ? "sessionStorage" : "localStorage");
    this.#tabStore = remember === "no" ? MEMORY : storageNamed("sessionStorage");
    this.#changed = changed;
    histories.add(this);
    addEventListener("storage", this.#onStorage);
  }

  /** Looks at no other tab any more. */
  close() {
    histories.delete(this);
    removeEventListener("storage", this.#onStorage);
  }

  /** [{question, reply, mark}], oldest first; `mark` is null or {helpful}. */
  get items() {
    return this.#read().items;
  }

  /** The id of the conversation, or null before its first question. */
  get session() {
    return this.#read().session;
  }

  /** The ids of all conversations that the server may have still, this one last. */
  get sessions() {
    const { session, ended } = this.#read();
    return [...ended.map((each) => each.session), session].filter(Boolean);
  }

  /** The id of the conversation; it begins now if there is none. */
  begin() {
    const state = this.#read();
    state.session ??= newSession();
    this.#write(state);
    return state.session;
  }

  /** Keeps a reply and the question as it was shown. */
  add(question, reply) {
    const state = this.#read();
    state.session = reply.session_id;
    state.items.push({ question, reply, mark: null });
    this.#write(state);
  }

  /** Keeps what was said of a reply. */
  mark(turnId, mark) {
    const state = this.#read();
    const item = state.items.find(({ reply }) => reply.turn_id === turnId);
    if (!item) return;
    item.mark = mark;
    this.#write(state);
  }

  /** Forgets the conversation, in all tabs; its id is kept as long as the server keeps it, to delete it by. */
  forget() {
    const { session, ended } = this.#read();
    if (session) ended.push(this.#ending(session, Date.now()));
    this.#end(ended);
    this.setTab({ draft: "", unsent: [] });
    this.#tell();
  }

  /** Keeps the id of a conversation that is not this one, to delete it by. */
  end(session) {
    const state = this.#read();
    state.ended.push(this.#ending(session, Date.now()));
    if (state.session) this.#write(state);
    else this.#end(state.ended);
  }

  /** Forgets a conversation that the server has deleted, its id, too. */
  drop(session) {
    const state = this.#read();
    const ended = state.ended.filter((each) => each.session !== session);
    if (state.session && state.session !== session) this.#write({ ...state, ended });
    else {
      this.#end(ended);
      this.#tell();
    }
  }

  /** Keeps a question, {id, payload, title}, until it has a reply. */
  addUnsent({ id, payload, title }) {
    this.setTab({ unsent: [...this.#unsentBut(id), { id, payload, title }] });
  }

  /** Forgets a question that has a reply, or will have none. */
  dropUnsent({ id }) {
    this.setTab({ unsent: this.#unsentBut(id) });
  }

  #unsentBut(id) {
    return this.tab.unsent.filter((each) => each.id !== id);
  }

  /** What only this tab knows: {open: boolean | undefined, draft: string, unsent: [{id, payload, title}]}. */
  get tab() {
    const { open, draft, unsent } = parsed(this.#tabStore.getItem(`${this.#key}:tab`));
    const kept = Array.isArray(unsent) ? unsent : [];
    return {
      open: typeof open === "boolean" ? open : undefined,
      draft: typeof draft === "string" ? draft : "",
      unsent: kept.filter((each) => typeof each?.payload === "string" && typeof each.title === "string"),
    };
  }

  /** Changes some of it. */
  setTab(changes) {
    const tab = { ...this.tab, ...changes };
    tab.unsent = tab.unsent.slice(-MAX_UNSENT);
    try {
      this.#tabStore.setItem(`${this.#key}:tab`, JSON.stringify(tab));
    } catch {
      this.#tabStore = MEMORY;
      this.#tabStore.setItem(`${this.#key}:tab`, JSON.stringify(tab));
    }
  }

  /** The language that the patient chose, or "". */
  get language() {
    const { language } = parsed(this.#store.getItem(`${this.#key}:language`));
    return typeof language === "string" ? language : "";
  }

  set language(language) {
    try {
      this.#store.setItem(`${this.#key}:language`, JSON.stringify({ language }));
    } catch {
      // No room: it is chosen again next time.
    }
  }

  #read() {
    const { session, until, items, ended } = parsed(this.#store.getItem(this.#key));
    const now = Date.now();
    const before = (Array.isArray(ended) ? ended : []).filter((each) => isSession(each?.session) && each.until > now);
    if (isSession(session) && until > now) {
      const kept = Array.isArray(items) ? items : [];
      return { session, items: kept.filter((item) => typeof item?.question === "string" && isReply(item.reply)), ended: before };
    }
    // Over: its words go.
    if (isSession(session)) before.push(this.#ending(session, until));
    this.#end(before);
    return { session: null, items: [], ended: before };
  }

  #ending(session, from) {
    return { session, until: from + this.retentionDays * 86400000 };
  }

  #end(ended) {
    const text = ended.length ? JSON.stringify({ ended: ended.slice(-MAX_ENDED) }) : null;
    if (text === this.#store.getItem(this.#key)) return;
    this.#store.removeItem(this.#key);
    try {
      if (text) this.#store.setItem(this.#key, text);
    } catch {
      // There was room for more a moment ago; if there is none now, they are forgotten.
    }
  }

  #write({ session, items, ended }) {
    const until = Date.now() + this.ttlMin * 60000;
    let kept = items.slice(-MAX_ITEMS);
    for (;;) {
      const text = JSON.stringify({ session, until, items: kept, ended: ended.slice(-MAX_ENDED) });
      if (text.length <= MAX_CHARS || kept.length < 2) {
        try {
          this.#store.setItem(this.#key, text);
          break;
        } catch {
          // Full, or forbidden after all: the oldest goes first, and at last it is kept in memory.
          if (kept.length < 2) this.#store = MEMORY;
        }
      }
      if (kept.length > 1) kept = kept.slice(1);
    }
    this.#tell();
  }

  #tell() {
    for (const other of histories) {
      if (other !== this && other.#key === this.#key && other.#store === this.#store) other.#changed();
    }
  }
}
