// Slack's mrkdwn as nodes. Entities are undone once, after the tokens that act were found.

import { h } from "./dom.js";
import { slackDate } from "./dates.js";
import { emoji } from "./emoji.js";
import { follow } from "./permalink.js";
import { nameOf, state } from "./state.js";

const undo = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

export function mrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  const parts = String(text ?? "").split(/```([\s\S]*?)```/);
  parts.forEach((part, index) => {
    if (index % 2) nodes.push(h("pre", undo(part.replace(/^\n|\n$/g, ""))));
    else nodes.push(...lines(part, verbatim, index > 0, index < parts.length - 1));
  });
  return nodes;
}

function lines(text, verbatim, afterBlock, beforeBlock) {
  if (afterBlock) text = text.replace(/^\n/, "");
  if (beforeBlock) text = text.replace(/\n$/, "");
  if (!text) return [];
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push((quote = h("blockquote")));
      quote.append(...inline(line.slice(quoted[0].length), verbatim));
      return;
    }
    if (index && !quote) nodes.push(h("br"));
    quote = null;
    nodes.push(...inline(line, verbatim));
  });
  return nodes;
}

export function inline(text, verbatim = false) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(undo(plain)));
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    const found = code(text, at) ?? token(text, at) ?? styled(text, at, verbatim) ?? named(text, at) ?? bare(text, at, verbatim);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function code(text, at) {
  if (text[at] !== "`") return null;
  const end = text.indexOf("`", at + 1);
  return end > at + 1 ? { node: h("code", undo(text.slice(at + 1, end))), end: end + 1 } : null;
}

function token(text, at) {
  if (text[at] !== "<") return null;
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const node = acting(text.slice(at + 1, end));
  return node && { node, end: end + 1 };
}

function acting(body) {
  const bar = body.indexOf("|");
  const head = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : body.slice(bar + 1);
  if (/^@[UWB]/.test(head)) return mention(head.slice(1));
  if (/^#[CGD]/.test(head)) return channelLink(head.slice(1), label);
  if (head.startsWith("!subteam^")) return groupMention(head.slice(9), label);
  if (/^!(here|channel|everyone)$/.test(head)) return h("span.mention.mention-me", `@${head.slice(1)}`);
  if (head.startsWith("!date^")) {
    const [, seconds, pattern, link] = head.split("^");
    const shown = slackDate(Number(seconds), undo(pattern ?? ""), undo(label ?? ""));
    return link ? anchor(link, shown) : h("time", { title: undo(label ?? "") }, shown);
  }
  if (/^(https?:|mailto:|tel:)/i.test(head)) return anchor(undo(head), label === null ? undo(head) : undo(label));
  return null;
}

export function mention(id) {
  const mine = id === state.me?.id;
  return h(mine ? "span.mention.mention-me" : "span.mention", `@${nameOf(id)}`);
}

export function groupMention(id, label) {
  const group = state.usergroups.get(id);
  const mine = group?.users?.includes(state.me?.id);
  return h(mine ? "span.mention.mention-me" : "span.mention", group ? `@${group.handle}` : label || id);
}

export function channelLink(id, label) {
  const name = state.conversations.get(id)?.name ?? label ?? id;
  return h("a.mention", { href: `#${id}` }, `#${name}`);
}

export function anchor(url, ...children) {
  const press = (event) => follow(url) && event.preventDefault();
  const href = /^(https?:|mailto:|tel:)/i.test(url) ? url : "#";
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", onclick: press }, children);
}

function styled(text, at, verbatim) {
  const tag = MARKS[text[at]];
  if (!tag || (at > 0 && WORD.test(text[at - 1])) || !text[at + 1] || /\s/.test(text[at + 1])) return null;
  for (let end = text.indexOf(text[at], at + 1); end > 0; end = text.indexOf(text[at], end + 1)) {
    const after = text[end + 1];
    if (end > at + 1 && !/\s/.test(text[end - 1]) && !(after && WORD.test(after))) {
      return { node: h(tag, ...inline(text.slice(at + 1, end), verbatim)), end: end + 1 };
    }
  }
  return null;
}

function named(text, at) {
  const match = text[at] === ":" && /^:([a-z0-9_+-]+):/.exec(text.slice(at, at + 60));
  if (!match || emoji(match[1]) === match[0]) return null;
  return { node: h("span.emoji", { title: match[0] }, emoji(match[1])), end: at + match[0].length };
}

function bare(text, at, verbatim) {
  if (verbatim || text[at] !== "h" || (at > 0 && WORD.test(text[at - 1]))) return null;
  const match = /^https?:\/\/[^\s<>|"'，。；、）】]+/.exec(text.slice(at));
  if (!match) return null;
  const url = match[0].replace(/[.,;:!?)]+$/, "");
  return { node: anchor(undo(url), undo(url)), end: at + url.length };
}

// A Slack text object: plain_text knows emoji names only.
export function text(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, { verbatim: object.verbatim });
  return plain(object.text, object.emoji !== false);
}

export function plain(value, withEmoji = true) {
  const shown = withEmoji ? String(value ?? "").replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name)) : String(value ?? "");
  return shown.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}
