// The two wires: the feed in, acts out.

import { emit, state, take } from "./state.js";

let socket = null;
let generation = 0;

export function connect(user) {
  generation += 1;
  const mine = generation;
  socket?.close();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/control/feed?user=${encodeURIComponent(user)}`);
  socket.onmessage = (event) => {
    if (mine !== generation) return;
    if (!state.connected) {
      state.connected = true;
      emit("connected");
    }
    take(JSON.parse(event.data));
  };
  socket.onclose = () => {
    if (mine !== generation) return;
    state.connected = false;
    emit("connected");
    setTimeout(() => mine === generation && connect(user), 1000);
  };
}

export async function request(method, path, body) {
  const asked = { method };
  if (body instanceof Blob) asked.body = body;
  else if (body !== undefined) {
    asked.headers = { "content-type": "application/json" };
    asked.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, asked);
  } catch {
    return { error: "unreachable", http: 0 };
  }
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    answer = { error: text.slice(0, 300) };
  }
  return response.ok ? answer : { ...answer, error: answer.error ?? String(response.status), http: response.status };
}

// Whether a request was refused or never arrived: a good answer may well have a field called error.
export const failed = (answer) => answer.http !== undefined;

export const get = (path) => request("GET", path);
export const post = (path, body = {}) => request("POST", path, body);

// An act of the person who sits at the page. A refusal and a failed ack are shown once, here; not that a modal is gone
// already, which somebody sees who closed it.
export async function act(verb, body = {}) {
  const answer = await post(`/control/users/${state.me.id}/${verb}`, body);
  if (failed(answer) && !(answer.http === 404 && body.view_id)) emit("refused", answer);
  return answer;
}
