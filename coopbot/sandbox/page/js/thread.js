// The pane beside the channel: one thread, and a box to reply with.

import { composer } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { title } from "./people.js";
import { emit, messagesIn, on, state } from "./state.js";
import { stream } from "./stream.js";
import { t } from "./words.js";

export function threadPane() {
  const list = stream({ inThread: true, label: t("thread") });
  const head = h("header.main-head");
  const place = () => title(state.conversations.get(state.thread?.channel));
  const writer = composer({
    where: () => ({ channel: state.thread.channel, thread_ts: state.thread.ts }),
    placeholder: () => t("reply"),
    broadcast: () => t("also_send", { where: place() }),
  });
  const node = h("aside.thread", { hidden: true, "aria-label": t("thread"), onkeydown: (event) => event.key === "Escape" && close() }, head, list.node, h("div.main-foot", writer.node));

  function close() {
    state.thread = null;
    draw();
    emit("thread-closed");
  }

  function draw() {
    node.hidden = !state.thread;
    document.body.classList.toggle("with-thread", Boolean(state.thread));
    if (!state.thread) {
      list.clear();
      return;
    }
    const { channel, ts } = state.thread;
    fill(
      head,
      h("h2", t("thread")),
      h("span.dim.topic", place()),
      h("span.grow"),
      h("button.tool", { type: "button", "aria-label": t("close"), title: t("close"), onclick: close }, icon("close")),
    );
    const messages = [...messagesIn(channel).values()]
      .filter((one) => one.ts === ts || one.thread_ts === ts)
      .sort((a, b) => Number(a.ts) - Number(b.ts));
    const replies = messages.length - (messages[0]?.ts === ts ? 1 : 0);
    const divider = replies > 0 ? h("div.reply-line", h("span", replies === 1 ? t("one_reply") : t("replies", { n: replies }))) : null;
    list.draw(channel, messages, { key: `${state.me.id} ${channel} ${ts}`, divider });
    writer.labels();
  }

  on("open-thread", (thread) => {
    state.thread = thread;
    draw();
    if (matchMedia("(hover: hover)").matches) writer.focus();
  });
  on("message", (frame) => frame.channel === state.thread?.channel && draw());
  on("flash", (ts) => state.thread && list.row(ts)?.scrollIntoView({ block: "center" }));
  on("close-thread", () => state.thread && close());
  for (const topic of ["snapshot", "people", "language", "day"]) on(topic, draw);
  return node;
}
