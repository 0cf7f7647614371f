// Block Kit: one function a block. `on(element, block, body)` is what a person's act on it calls.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { mrkdwn, text } from "./mrkdwn.js";
import { picture } from "./picture.js";
import { markdown, richText, table } from "./rich_text.js";

import { simple } from "./selects.js";
import { t } from "./words.js";

export function blocks(list, on, extra = {}) {
  return (list ?? []).map((block) => one(block, on, extra));
}

function one(block, on, extra) {
  const make = MAKES[block.type] ?? unknown;
  const node = make(block, (element, body) => on(element, block, body), extra);
  node.classList.add("block");
  node.dataset.block = block.block_id ?? "";
  return node;
}

const unknown = (block) => h("div.unknown", t("block_unknown", { type: block.type }));

function put(item, on, extra, block) {
  const value = simple(extra.state?.[block.block_id]?.[item.action_id]);
  return element(item, (body) => on(item, body), { ...extra, value });
}


function section(block, on, extra) {
  const fields = block.fields && h("div.fields", block.fields.map((field) => h("div.field-text", text(field))));
  const words = h("div.section-words", block.text && clipped(block), fields);
  const accessory = block.accessory && h("div.accessory", put(block.accessory, on, extra, block));
  return h("div.section", words, accessory);
}

// Long text folds, as in Slack, unless the block asks for all of it.
function clipped(block) {
  const node = h("div.section-text", text(block.text));
  const long = !block.expand && (block.text.text.length > 700 || block.text.text.split("\n").length > 9);
  if (!long) return node;
  node.classList.add("folded");
  const more = h("button.link-button", { type: "button", onclick: () => (node.classList.remove("folded"), more.remove()) }, "…");
  return h("div", node, more);
}

function context(block, on, extra) {
  const piece = (item) => (item.type === "image" ? picture(item.image_url, item.alt_text, "img.context-image") : h("span", text(item)));
  return h("div.context", (block.elements ?? []).map(piece));
}

function image(block) {
  const url = block.image_url ?? block.slack_file?.url;
  return h("figure.image", block.title && h("figcaption", text(block.title)), picture(url, block.alt_text));
}

function alert(block) {
  return h(`div.alert.alert-${block.level ?? "default"}`, { role: "note" }, text(block.text));
}

function card(block, on, extra) {
  return h(
    "div.card",
    block.hero_image && picture(block.hero_image.image_url, block.hero_image.alt_text, "img.card-hero"),
    h("div.card-title", text(block.title)),
    block.subtitle && h("div.card-subtitle", text(block.subtitle)),
    block.body && h("div", text(block.body)),
    block.subtext && h("div.context", text(block.subtext)),
    block.actions && h("div.actions", block.actions.map((item) => put(item, on, extra, block))),
  );
}

function dataTable(block) {
  return table({ rows: (block.rows ?? []).map((row) => (Array.isArray(row) ? row : row.cells ?? [])) });
}

function file(block) {
  return h("div.file-row", t("add_file"), " ", block.external_id ?? "");
}

const MAKES = {
  section,
  context,
  image,
  alert,
  card,
  table,
  file,
  header: (block) => h("h3.header-block", text(block.text)),
  divider: () => h("hr.divider"),
  actions: (block, on, extra) => h("div.actions", block.elements.map((item) => put(item, on, extra, block))),
  context_actions: (block, on, extra) => h("div.actions.quiet", block.elements.map((item) => put(item, on, extra, block))),
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  data_table: dataTable,
  carousel: (block, on, extra) => h("div.carousel", (block.elements ?? []).map((item) => card(item, on, extra))),
  container: (block, on, extra) => h("div.container", h("div.card-title", text(block.title)), blocks(block.child_blocks ?? block.blocks, (element, _, body) => on(element, body), extra)),
  video: (block) => h("figure.image", h("figcaption", text(block.title)), picture(block.thumbnail_url, block.alt_text)),
  input: (block, on, extra) => (extra.input ? extra.input(block) : unknown(block)),
};

export function attachment(item, on, extra) {
  const body = item.blocks?.length
    ? blocks(item.blocks, on, extra)
    : [
        item.pretext && h("div", mrkdwn(item.pretext)),
        item.title && h("strong", mrkdwn(item.title)),
        h("div", mrkdwn(item.text ?? item.fallback ?? "")),
        item.fields && h("div.fields", item.fields.map((field) => h("div.field-text", h("strong", field.title), h("br"), mrkdwn(field.value)))),
      ];
  return h("div.attachment", { style: { "--bar": /^#?[0-9a-f]{3,6}$/i.test(item.color ?? "") ? `#${item.color.replace("#", "")}` : "var(--line-strong)" } }, body);
}

