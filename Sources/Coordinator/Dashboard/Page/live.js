// The way to the coordinator: questions by GET, live values by one stream of server-sent events. EventSource cannot send
// a token, so the stream is read with fetch.

import { byId } from "./elements.js";

const TOKEN = "reeve-token";
const TOPICS = "status,values,functions,policy,requests,timeline,interference,routes";
const INTERVAL_MILLISECONDS = 500;
/// Without a word for so long the page is stale: values come at least once a second while nodes are known.
const STALE_MILLISECONDS = 5000;
const LONGEST_PAUSE_MILLISECONDS = 15000;

let tokenAsked = null;

function headers() {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/// Asks for the token in a dialog; all who need it at the same time wait for one answer.
function askToken(why) {
  tokenAsked ??= new Promise((resolve) => {
    const dialog = byId("token");
    const field = byId("token-value");
    byId("token-why").textContent = `${why}. The token is kept until this tab is closed.`;
    field.value = "";
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(TOKEN, field.value.trim());
      field.value = "";
      tokenAsked = null;
      resolve();
    }, { once: true });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.showModal();
    field.focus();
  });
  return tokenAsked;
}

async function refusal(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return `the coordinator answered ${response.status}`;
  }
}

async function request(path, options = {}) {
  for (;;) {
    const response = await fetch(path, { ...options, headers: headers(), cache: "no-store" });
    if (response.status !== 401) return response;
    await askToken(await refusal(response));
  }
}

/// The answer to GET of `path`. Throws an Error with the coordinator's sentence where there is none.
export async function get(path) {
  const response = await request(path);
  if (!response.ok) throw new Error(await refusal(response));
  return response.json();
}

/// Splits a stream of server-sent events (HTML Living Standard, section 9.2.6) into topics and their data.
export class EventReader {
  #rest = "";

  /// The events that `text` completes.
  *read(text) {
    this.#rest += text;
    for (;;) {
      const end = this.#rest.indexOf("\n\n");
      if (end < 0) return;
      const block = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      let topic = "message";
      const data = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event: ")) topic = line.slice(7);
        else if (line.startsWith("data: ")) data.push(line.slice(6));
      }
      if (data.length) yield { topic, data: data.join("\n") };
    }
  }
}

/// Follows the coordinator for as long as the page is there. `onEvent(topic, answer)` is told each event, `onState(state,
/// sentence)` how the connection is: "connecting", "live", "stale" or "lost".
export function follow(onEvent, onState) {
  let heardAt = 0;
  let state = "connecting";
  const tell = (next, sentence) => {
    if (next !== state || next === "lost" || next === "stale") onState((state = next), sentence);
  };
  setInterval(() => {
    const quiet = performance.now() - heardAt;
    if (state === "live" && quiet > STALE_MILLISECONDS) tell("stale", "");
    if (state === "stale") tell("stale", `no news for ${Math.round(quiet / 1000)} s: values are as old as that`);
  }, 1000);

  async function once() {
    const response = await request(`/api/v1/events?topics=${TOPICS}&interval=${INTERVAL_MILLISECONDS}`);
    if (!response.ok) throw new Error(await refusal(response));
    const reader = new EventReader();
    const stream = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return;
      heardAt = performance.now();
      tell("live", "live");
      for (const { topic, data } of reader.read(value)) onEvent(topic, JSON.parse(data));
    }
  }

  (async () => {
    let pause = 1000;
    for (;;) {
      const startedAt = performance.now();
      let why = "the coordinator has ended the connection";
      try {
        await once();
      } catch (error) {
        why = error.message;
      }
      if (performance.now() - startedAt > LONGEST_PAUSE_MILLISECONDS) pause = 1000;
      tell("lost", `${why}; trying again in ${Math.round(pause / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
  })();
}
