// rich_text blocks, and the Markdown of markdown blocks.

import { h } from "./dom.js";
import { slackDate } from "./dates.js";
import { emoji } from "./emoji.js";
import { anchor, channelLink, groupMention, inline, mention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function styled(node, style = {}) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, inner) : inner), node);
}

function piece(element) {
  const makes = {
    text: () => element.text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])).map((one) => (typeof one === "string" ? document.createTextNode(one) : one)),
    link: () => [anchor(element.url, element.text || element.url)],
    emoji: () => [h("span.emoji", emoji(element.name))],
    user: () => [mention(element.user_id)],
    usergroup: () => [groupMention(element.usergroup_id)],
    channel: () => [channelLink(element.channel_id)],
    broadcast: () => [h("span.mention.mention-me", `@${element.range}`)],
    date: () => [h("time", slackDate(element.timestamp, element.format, element.fallback ?? ""))],
    color: () => [h("span.swatch", { style: { background: element.value } }), document.createTextNode(element.value)],
  };
  return (makes[element.type]?.() ?? []).map((node) => styled(node, element.style));
}

const pieces = (elements = []) => elements.flatMap(piece);

function part(element) {
  if (element.type === "rich_text_list") {
    const tag = element.style === "ordered" ? "ol" : "ul";
    const list = h(tag, { style: { "margin-left": `${(element.indent ?? 0) * 20}px` }, start: (element.offset ?? 0) + 1 });
    list.append(...element.elements.map((item) => h("li", pieces(item.elements))));
    return list;
  }
  if (element.type === "rich_text_quote") return h("blockquote", pieces(element.elements));
  if (element.type === "rich_text_preformatted") return h("pre", pieces(element.elements));
  return h("div.rich-section", pieces(element.elements));
}

export const richText = (block) => h("div.rich", (block.elements ?? []).map(part));

const ESCAPE = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// Markdown's inline marks turned into Slack's, so that one reader serves both.
function spans(text) {
  const marked = ESCAPE(text)
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>")
    .replace(/\*\*(.+?)\*\*/g, "\u0001$1\u0001")
    .replace(/(^|[^*\w])\*(?!\s)(.+?)\*/g, "$1_$2_")
    .replace(/~~(.+?)~~/g, "~$1~")
    .replace(/\u0001/g, "*");
  return inline(marked);
}

export function markdown(source) {
  const root = h("div.markdown");
  const rows = String(source ?? "").split("\n");
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(row);
    const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(row);
    if (row.startsWith("```")) {
      const end = rows.findIndex((one, index) => index > at && one.startsWith("```"));
      const last = end < 0 ? rows.length : end;
      root.append(h("pre", rows.slice(at + 1, last).join("\n")));
      at = last;
    } else if (heading) root.append(h(`div.md-h.md-h${heading[1].length}`, spans(heading[2])));
    else if (/^\s*(-{3,}|\*{3,})\s*$/.test(row)) root.append(h("hr"));
    else if (item) {
      const tag = item[1] ? "ol" : "ul";
      const last = root.lastElementChild;
      const list = last?.localName === tag ? last : root.appendChild(h(tag, item[1] ? { start: item[1] } : {}));
      list.append(h("li", spans(item[2])));
    } else if (row.startsWith(">")) root.append(h("blockquote", spans(row.replace(/^>\s?/, ""))));
    else if (/^\|.*\|\s*$/.test(row) && /^\|[\s:|-]+\|\s*$/.test(rows[at + 1] ?? "")) at = mdTable(root, rows, at);
    else if (row.trim()) root.append(h("p", spans(row)));
  }
  return root;
}

function mdTable(root, rows, at) {
  const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const body = h("tbody");
  const table = h("table.grid", h("thead", h("tr", cells(rows[at]).map((cell) => h("th", spans(cell))))), body);
  let next = at + 2;
  for (; /^\|.*\|\s*$/.test(rows[next] ?? ""); next += 1) body.append(h("tr", cells(rows[next]).map((cell) => h("td", spans(cell)))));
  root.append(h("div.grid-box", table));
  return next - 1;
}

export function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (one, index, tag) => {
    const setting = settings[index] ?? {};
    const content = one?.type === "rich_text" ? richText(one) : String(one?.text ?? "");
    return h(tag, { class: setting.is_wrapped ? "wrapped" : "", style: { "text-align": setting.align ?? "left" } }, content);
  };
  const [head = [], ...rest] = block.rows ?? [];
  const body = rest.map((row) => h("tr", row.map((one, index) => cell(one, index, "td"))));
  return h("div.grid-box", h("table.grid", h("thead", h("tr", head.map((one, index) => cell(one, index, "th")))), h("tbody", body)));
}
