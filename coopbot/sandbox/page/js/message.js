// One message, as this person sees it.

import { act } from "./api.js";
import { attachment, blocks } from "./blocks.js";
import { full, time } from "./dates.js";
import { h, icon } from "./dom.js";
import { suggester } from "./selects.js";
import { emoji, QUICK } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { face } from "./people.js";
import { confirm, openList } from "./popover.js";
import { emit, nameOf, state } from "./state.js";
import { t } from "./words.js";

// A bot may post under another name; a person has their own.
const author = (message) => (message.bot && message.from_name) || nameOf(message.from);

export function seconds(message) {
  return message.at ?? Number(message.ts);
}

// `follows`: the message before is by the same hand, minutes ago: no second face. `inThread`: shown in the pane.
export function messageRow(channel, message, { follows = false, inThread = false } = {}) {
  const isBot = message.bot;
  const head = h(
    "div.message-head",
    h("span.author", author(message)),
    isBot && h("span.app-badge", t("app")),
    h("time.stamp", { title: full(seconds(message)) }, time(seconds(message))),
    message.edited && message.blocks?.length > 0 && h("span.edited", t("edited")),
    message.pinned && h("span.pinned", `📌 ${t("pinned")}`),
  );
  const kinds = [follows && "follows", message.ephemeral && "ephemeral", message.mentions_me && "mentions", isBot && "from-bot"];
  return h(
    "article.message",
    { class: kinds.filter(Boolean).join(" "), tabindex: "-1", "aria-label": `${author(message)}, ${time(seconds(message))}`, data: { ts: message.ts } },
    h("div.message-side", follows ? h("time.stamp", time(seconds(message))) : face(message.from)),
    h(
      "div.message-main",
      message.ephemeral && h("div.only-you", icon("eye"), t("only_you")),
      message.broadcast && !inThread && h("button.link-button.broadcast", { type: "button", onclick: () => openThread(channel, message) }, t("replied_in_thread")),
      !follows && head,
      body(channel, message),
      reactions(channel, message),
      !inThread && replySummary(channel, message),
    ),
    !message.ephemeral && tools(channel, message, inThread),
  );
}

function body(channel, message) {
  const where = { channel, ts: message.ts };
  const on = (element, block, chosen) => act("clicks", { ...where, action_id: element.action_id, block_id: block.block_id, ...named(element), ...chosen });
  const extra = { suggest: suggester(where), state: message.state };
  const words = message.blocks?.length ? blocks(message.blocks, on, extra) : rawText(message);
  return h(
    "div.message-body",
    words,
    message.edited && !message.blocks?.length && h("span.edited", t("edited")),
    (message.attachments ?? []).map((item) => attachment(item, on, extra)),
    (message.files ?? []).map(fileRow),
  );
}

const named = (element) => (element.type === "button" && element.value !== undefined ? { value: element.value } : {});

// Without blocks Slack shows the text itself, as mrkdwn.
function rawText(message) {
  return message.raw_text ? h("div.text", mrkdwn(message.raw_text)) : null;
}

function fileRow(file) {
  const picture = file.mimetype?.startsWith("image/");
  return h(
    "a.file-row",
    { href: file.url, download: file.name, target: "_blank", rel: "noopener" },
    picture ? h("img.file-picture", { src: file.url, alt: file.title ?? file.name }) : icon("file"),
    h("span", h("strong", file.title || file.name), h("span.dim", ` ${Math.max(1, Math.round((file.size ?? 0) / 1024))} KB`)),
  );
}

function reactions(channel, message) {
  const entries = Object.entries(message.reactions ?? {}).filter(([, who]) => who.length);
  if (!entries.length) return null;
  return h("div.reactions", entries.map(([name, who]) => reaction(channel, message, name, who)));
}

function reaction(channel, message, name, who) {
  const mine = who.includes(state.me.id);
  const press = () => act(mine ? "unreacts" : "reacts", { channel, ts: message.ts, name });
  const label = `${name}: ${who.map(nameOf).join(", ")}`;
  return h("button.reaction", { type: "button", "aria-pressed": String(mine), title: label, "aria-label": label, onclick: press }, emoji(name), " ", who.length);
}

function replySummary(channel, message) {
  const shown = repliesTo(channel, message.ts);
  const replies = Math.max(shown.length, message.reply_count || 0);
  if (!replies) return null;
  const last = shown.at(-1);
  const authors = [...new Set(shown.map((one) => one.from))].slice(0, 4);
  return h(
    "button.reply-summary",
    { type: "button", onclick: () => openThread(channel, message) },
    h("span.faces", authors.map((id) => face(id, 22))),
    h("span.reply-count", replies === 1 ? t("one_reply") : t("replies", { n: replies })),
    last && h("span.dim", t("last_reply", { at: time(seconds(last)) })),
  );
}

// The feed names each reply, not anew the message it hangs on: so replies are counted here.
export function repliesTo(channel, ts) {
  const all = [...(state.messages.get(channel)?.values() ?? [])];
  return all.filter((one) => one.thread_ts === ts && one.ts !== ts && !one.deleted && !one.ephemeral);
}

export function openThread(channel, message) {
  emit("open-thread", { channel, ts: message.thread_ts ?? message.ts });
}

function tools(channel, message, inThread) {
  const tool = (name, words, press) => h("button.tool", { type: "button", title: words, "aria-label": words, onclick: (event) => press(event.currentTarget) }, icon(name));
  return h(
    "div.tools",
    { role: "toolbar" },
    QUICK.slice(0, 2).map((name) => h("button.tool", { type: "button", title: `:${name}:`, "aria-label": `${t("react")} ${name}`, onclick: () => act("reacts", { channel, ts: message.ts, name }) }, emoji(name))),
    !inThread && tool("thread", t("reply_in_thread"), () => openThread(channel, message)),
    tool("more", t("more_actions"), (anchor) => more(anchor, channel, message)),
  );
}

function more(anchor, channel, message) {
  const shortcuts = state.apps.flatMap((app) => app.shortcuts.filter((one) => one.type === "message").map((one) => ({ ...one, app })));
  const own = message.from === state.me.id;
  const entries = [
    ...shortcuts.map((one) => ({ label: one.name, hint: one.app.name, group: t("message_shortcuts"), value: () => act("shortcuts", { callback_id: one.callback_id, channel, ts: message.ts }) })),
    ...(own ? [{ label: t("edit"), group: t("more_actions"), value: () => editing(channel, message) }] : []),
    { label: t("copy_ts"), hint: message.ts, group: t("more_actions"), value: () => navigator.clipboard?.writeText(message.ts) },
    ...(own ? [{ label: t("delete"), danger: true, group: t("more_actions"), value: () => removing(channel, message) }] : []),
  ];
  openList(anchor, { entries, align: "right", filter: false, width: 240, onpick: (run) => run() });
}

async function removing(channel, message) {
  const sure = await confirm({ title: h("span", t("delete")), text: message.text, yes: t("delete"), no: t("cancel"), danger: true });
  if (sure) act("deletes", { channel, ts: message.ts });
}

async function editing(channel, message) {
  const field = h("textarea.field", { rows: 4, "aria-label": t("edit") });
  field.value = message.raw_text;
  const sure = await confirm({ title: h("span", t("edit")), text: field, yes: t("save"), no: t("cancel") });
  if (sure && field.value.trim()) act("edits", { channel, ts: message.ts, text: field.value });
}
