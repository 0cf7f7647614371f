// The middle of the page: a conversation, an app's Home, or what a search found.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { suggester } from "./selects.js";
import { messageRow, openThread } from "./message.js";
import { face, title } from "./people.js";
import { bots, emit, messagesIn, nameOf, on, state } from "./state.js";
import { other } from "./sidebar.js";
import { stream } from "./stream.js";
import { t } from "./words.js";

export function mainView() {
  const head = h("header.main-head");
  const list = stream({ label: t("chat") });
  const page = h("div.page-area");
  const writer = composer({ where: target, placeholder: () => t("message_to", { where: heading() }) });
  const foot = h("div.main-foot");
  const node = h("main.main", { id: "main" }, head, list.node, page, foot);
  let newFrom = null;

  function draw() {
    if (!state.open) return;
    const chat = state.open.kind === "conversation" || state.open.kind === "dm";
    list.node.hidden = !chat;
    page.hidden = chat;
    drawHead();
    if (chat) drawChat();
    else if (state.open.kind === "home") drawHome();
    else drawSearch();
    drawFoot(chat);
  }

  function drawHead() {
    const conversation = current();
    const app = appHere();
    fill(
      head,
      h("button.tool.only-narrow", { type: "button", "aria-label": t("back"), onclick: () => emit("show", "sidebar") }, icon("back")),
      conversation && conversation.kind !== "dm" && icon(conversation.kind === "private" ? "lock" : "hash"),
      app && face(app.bot_user_id, 24),
      h("h1", conversation && conversation.kind !== "dm" ? conversation.name : heading()),
      conversation?.topic && h("span.topic.dim", conversation.topic),
      app?.home_tab && tabs(app),
      h("span.grow"),
    );
  }

  function tabs(app) {
    const home = state.open.kind === "home";
    const dm = [...state.conversations.values()].find((one) => one.kind === "dm" && (one.app_id === app.app_id || other(one) === app.bot_user_id));
    const tab = (on, words, open) => h("button.tab", { type: "button", role: "tab", "aria-selected": String(on), onclick: () => emit("open", open) }, words);
    return h(
      "div.tabs",
      { role: "tablist" },
      tab(home, t("app_home"), { kind: "home", app_id: app.app_id }),
      tab(!home, t("app_messages"), dm ? { kind: "conversation", id: dm.id } : { kind: "dm", app_id: app.app_id }),
    );
  }

  function drawChat() {
    const channel = state.open.id ?? `new-${state.open.user ?? state.open.app_id}`;
    const messages = state.open.id ? rooted(channel) : [];
    const intro = h("div.intro", t("empty_channel", { where: heading() }));
    list.draw(channel, messages, { newFrom, intro, key: `${state.me.id} ${channel}` });
  }

  function drawHome() {
    const { app_id } = state.open;
    const view = state.homes.get(app_id);
    const on = (one, block, body) => act("clicks", { home: true, app_id, action_id: one.action_id, block_id: block.block_id, ...(one.type === "button" && one.value !== undefined ? { value: one.value } : {}), ...body });
    const kept = page.scrollTop;
    fill(page, h("div.home", view ? blocks(view.blocks, on, { suggest: suggester({ view_id: view.id }) }) : h("div.empty", icon("home"), t("empty_home"))));
    page.scrollTop = kept;
  }

  function drawSearch() {
    const { query } = state.open;
    const found = search(query);
    fill(
      page,
      h("div.search-results", found.length ? found.map(result) : h("div.empty", icon("search"), t("nothing_found"))),
    );
  }

  function result([channel, message]) {
    const place = title(state.conversations.get(channel));
    const go = () => {
      emit("open", { kind: "conversation", id: channel });
      if (message.thread_ts && message.thread_ts !== message.ts && !message.broadcast) openThread(channel, message);
      emit("flash", message.ts);
    };
    return h("div.result", h("button.link-button", { type: "button", onclick: go }, place), messageRow(channel, { ...message, reply_count: 0 }));
  }

  function drawFoot(chat) {
    const conversation = current();
    if (!chat) fill(foot);
    else if (conversation?.archived) fill(foot, h("div.foot-note", t("archived")));
    else if (conversation && conversation.member === false) {
      const join = h("button.button.primary-fill", { type: "button", onclick: () => act("joins", { channel: conversation.id }) }, t("join"));
      fill(foot, h("div.foot-note", t("not_member", { where: heading() }), conversation.kind === "channel" && join));
    } else if (writer.node.parentNode !== foot) fill(foot, writer.node);
    writer.labels();
  }

  function opened() {
    const conversation = current();
    newFrom = conversation?.unread ? rooted(conversation.id).at(-conversation.unread)?.ts ?? null : null;
    if (state.open?.kind === "home") act("opens_home", { app_id: state.open.app_id });
    draw();
    read();
    if (matchMedia("(hover: hover)").matches && writer.node.isConnected) writer.focus();
  }

  function read() {
    const conversation = current();
    const last = conversation && rooted(conversation.id).at(-1);
    if (document.visibilityState !== "visible" || !conversation?.unread || !last) return;
    act("reads", { channel: conversation.id, ts: last.ts });
  }

  on("opened", opened);
  on("flash", (ts) => flash(list.row(ts)));
  for (const topic of ["people", "language", "day"]) on(topic, draw);
  on("home", (frame) => state.open?.kind === "home" && state.open.app_id === frame.app_id && draw());
  on("conversations", () => (draw(), read()));
  on("message", (frame) => frame.channel === state.open?.id && draw());
  document.addEventListener("visibilitychange", read);
  return node;
}

const current = () => (state.open?.kind === "conversation" ? state.conversations.get(state.open.id) : undefined);

function appHere() {
  const { kind, app_id } = state.open;
  if (kind === "home" || (kind === "dm" && app_id)) return state.apps.find((app) => app.app_id === app_id);
  const conversation = current();
  return conversation?.kind === "dm" ? state.apps.find((app) => app.app_id === conversation.app_id) ?? bots().get(other(conversation)) : undefined;
}

function heading() {
  if (!state.open) return "";
  if (state.open.kind === "search") return t("search_results", { query: state.open.query });
  const app = appHere();
  if (app) return app.name;
  if (state.open.kind === "dm") return nameOf(state.open.user);
  return title(current());
}

function target() {
  return state.open.kind === "conversation" ? { channel: state.open.id } : { user: state.open.user, app_id: state.open.app_id };
}

// Messages of the channel itself: thread replies only when they were sent there too.
export function rooted(channel) {
  return [...messagesIn(channel).values()]
    .filter((one) => !one.deleted && (!one.thread_ts || one.thread_ts === one.ts || one.broadcast))
    .sort((a, b) => Number(a.ts) - Number(b.ts));
}

function search(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...state.messages].flatMap(([channel, messages]) => [...messages.values()].map((message) => [channel, message]));
  const fits = ([, message]) => words.every((word) => `${message.text} ${message.fallback ?? ""} ${message.from_name}`.toLowerCase().includes(word));
  return all.filter(([channel]) => state.conversations.has(channel)).filter(fits).sort((a, b) => Number(b[1].ts) - Number(a[1].ts)).slice(0, 50);
}

function flash(row) {
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.classList.remove("flash");
  requestAnimationFrame(() => row.classList.add("flash"));
  row.focus({ preventScroll: true });
}
