// Asks the server. Whatever goes wrong is a Failure, whose kind tells what to say.

const TIMEOUT_MS = 30000;

/**
 * Why a request came to nothing. `kind`: "offline", "unreachable", "timeout", "busy" (too many requests), "server" (its
 * own fault) or "refused". `message` is the server's word on what a patient wrote, or "". `retryAfterS` is how long the server
 * asks to wait, 0 if it does not say.
 */
export class Failure extends Error {
  constructor(kind, message = "", retryAfterS = 0) {
    super(message);
    this.kind = kind;
    this.retryAfterS = retryAfterS;
  }
}

function retryAfter(response) {
  const said = response.headers.get("Retry-After");
  const seconds = /^\d+$/.test(said ?? "") ? Number(said) : (Date.parse(said ?? "") - Date.now()) / 1000;
  return seconds > 0 ? Math.ceil(seconds) : 0;
}

async function failureOf(response) {
  const kind = response.status === 429 ? "busy" : response.status >= 500 ? "server" : "refused";
  const problem = await response.json().catch(() => null);
  const detail = typeof problem?.detail === "string" ? problem.detail : "";
  // It begins with the name of the field. Of others than the patient's, whoever made the page is told.
  const [, first, rest] = detail.match(/^message: (.)(.*)/s) ?? [];
  if (detail && !first && kind === "refused") console.error(detail);
  return new Failure(kind, first ? first.toUpperCase() + rest : "", retryAfter(response));
}

/**
 * What the server at `address` (no slash at its end) can be asked: each returns a Promise and may throw a Failure.
 */
export function client(address) {
  async function call(path, method = "GET", body = undefined) {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(address + path, {
        method,
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body && JSON.stringify(body),
        credentials: "omit",
        referrerPolicy: "strict-origin",
        signal: waiting.signal,
      });
      if (!response.ok) throw await failureOf(response);
      return response.status === 204 ? null : await response.json();
    } catch (failure) {
      if (failure instanceof Failure) throw failure;
      if (waiting.signal.aborted) throw new Failure("timeout");
      throw new Failure(navigator.onLine ? "unreachable" : "offline");
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    /** What the widget needs to know of the site that it stands on; `asked` has `site` and `language`, or not. */
    async settings(asked) {
      const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
      const settings = await call(`/api/v1/widget?${query}`);
      if (!settings?.sentences) throw new Failure("server");
      return settings;
    },
    /** The reply to a question. */
    async ask(question) {
      const reply = await call("/api/v1/ask", "POST", question);
      if (!Array.isArray(reply?.blocks)) throw new Failure("server");
      return reply;
    },
    /** Says whether a reply helped. */
    feedback: (given) => call("/api/v1/feedback", "POST", given),
    /** Deletes what the server has of a conversation. */
    erase: (session) => call(`/api/v1/sessions/${session}`, "DELETE"),
  };
}
