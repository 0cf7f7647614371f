// Links to messages stay on this machine: whatever host they name, they lead to the message in this workspace.

import { emit, messagesIn, state } from "./state.js";

// Goes there and answers true; false for any other link, and for a channel this person does not see.
export function follow(url) {
  const found = /\/archives\/([CDG]\w+)\/p(\d{10})(\d{6})(?:\?.*thread_ts=([\d.]+))?/.exec(url ?? "");
  if (!found || !state.conversations.has(found[1])) return false;
  const [, channel, seconds, micros, thread] = found;
  const ts = `${seconds}.${micros}`;
  const message = messagesIn(channel).get(ts);
  emit("open", { kind: "conversation", id: channel });
  const parent = thread ?? message?.thread_ts;
  if (parent && parent !== ts && !message?.broadcast) emit("open-thread", { channel, ts: parent });
  emit("flash", ts);
  return true;
}
