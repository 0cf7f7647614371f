// Block elements that a person can work: each becomes a control that calls `change(body)` with what was chosen,
// in the words of the control API (value, values, user, users, date …).

import { h, icon } from "./dom.js";
import { fileInput } from "./file_input.js";
import { text } from "./mrkdwn.js";
import { follow } from "./permalink.js";
import { picture } from "./picture.js";
import { confirm, openList } from "./popover.js";
import { MULTI, multiSelect, optionText, plainOf, select, SELECTS } from "./selects.js";
import { fromLocal, toLocal } from "./zone.js";
import { t } from "./words.js";

export async function asked(object) {
  if (!object) return true;
  return confirm({
    title: h("span", text(object.title)),
    text: text(object.text),
    yes: text(object.confirm),
    no: text(object.deny),
    danger: object.style === "danger",
  });
}

export function element(one, change, extra = {}) {
  const make = MAKES[one.type];
  if (!make) return h("span.unknown", t("block_unknown", { type: one.type }));
  const guarded = async (body, undo) => {
    if (await asked(one.confirm)) return change(body);
    undo?.();
  };
  return make(one, one.type.endsWith("button") ? change : guarded, extra);
}

function button(one, change) {
  const kind = { primary: "primary-fill", danger: "danger-fill" }[one.style] ?? "";
  const node = h(`button.button${kind && `.${kind}`}`, { type: "button", "aria-label": one.accessibility_label, data: { action: one.action_id ?? "" } }, text(one.text));
  node.addEventListener("click", async () => {
    if (!(await asked(one.confirm))) return;
    node.classList.add("busy");
    node.disabled = true;
    if (one.url && !follow(one.url)) window.open(one.url, "_blank", "noopener");
    await change({});
    node.classList.remove("busy");
    node.disabled = false;
  });
  return node;
}

function overflow(one, change) {
  const node = h("button.button.icon-only", { type: "button", "aria-label": t("more_actions"), "aria-haspopup": "listbox" }, icon("more"));
  const entries = one.options.map((option) => ({ label: optionText(option), hint: plainOf(option.description), value: option.value, url: option.url }));
  node.addEventListener("click", () =>
    openList(node, {
      entries,
      align: "right",
      onpick: (value, entry) => {
        if (entry.url && !follow(entry.url)) window.open(entry.url, "_blank", "noopener");
        change({ value });
      },
    }),
  );
  return node;
}

function checks(one, change, { value, name }) {
  const single = one.type === "radio_buttons";
  const first = single ? [one.initial_option?.value] : (one.initial_options ?? []).map((option) => option.value);
  let current = new Set(value === undefined ? first : [value].flat());
  const group = name ?? `g${Math.random()}`;
  const inputs = one.options.map((option) => h("input", { type: single ? "radio" : "checkbox", name: group, checked: current.has(option.value) }));
  const restore = () => inputs.forEach((input, index) => (input.checked = current.has(one.options[index].value)));
  inputs.forEach((input) =>
    input.addEventListener("change", () => {
      const picked = one.options.filter((_, index) => inputs[index].checked).map((option) => option.value);
      const before = current;
      current = new Set(picked);
      change(single ? { value: picked[0] } : { values: picked }, () => {
        current = before;
        restore();
      });
    }),
  );
  const row = (option, index) => h("label.check", inputs[index], h("span", text(option.text), option.description && h("span.check-hint", text(option.description))));
  return h("div.checks", { role: single ? "radiogroup" : "group" }, one.options.map(row));
}

function picker(type, first, body) {
  return (one, change, { value, onenter }) => {
    const node = h("input.field.picker", { type, value: value ?? first(one) ?? "", "aria-label": plainOf(one.placeholder) || type, data: { action: one.action_id ?? "" } });
    node.addEventListener("change", () => change(body(node.value)));
    node.addEventListener("keydown", (event) => event.key === "Enter" && onenter?.());
    return node;
  };
}

function textInput(one, change, { value, onenter, counter }) {
  const node = h(one.multiline ? "textarea.field" : "input.field", {
    type: one.multiline ? undefined : { number_input: "text", email_text_input: "email", url_text_input: "url" }[one.type] ?? "text",
    inputmode: one.type === "number_input" ? "decimal" : undefined,
    rows: one.multiline ? 5 : undefined,
    placeholder: plainOf(one.placeholder),
    autofocus: one.focus_on_load,
    autocomplete: "off",
    data: { action: one.action_id ?? "" },
  });
  node.value = value ?? one.initial_value ?? "";
  node.addEventListener("input", () => {
    counter?.(node.value);
    change({ value: node.value }, undefined, "typed");
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (!one.multiline || event.ctrlKey || event.metaKey)) onenter?.(event);
  });
  return node;
}

function richInput(one, change, extra) {
  return textInput({ ...one, multiline: true, initial_value: undefined }, change, extra);
}

function image(one) {
  return picture(one.image_url, one.alt_text, "img.thumb");
}

function feedback(one, change) {
  const make = (which) => which && button({ ...which, type: "button", action_id: one.action_id }, () => change({ value: which.value }));
  return h("span.feedback", make(one.positive_button), make(one.negative_button));
}

const MAKES = {
  button,
  workflow_button: button,
  icon_button: (one, change) => button({ ...one, text: one.text ?? { text: one.icon } }, change),
  feedback_buttons: feedback,
  overflow,
  image,
  ...Object.fromEntries(Object.keys(SELECTS).map((type) => [type, select])),
  ...Object.fromEntries(Object.keys(MULTI).map((type) => [type, multiSelect])),
  checkboxes: checks,
  radio_buttons: checks,
  datepicker: picker("date", (one) => one.initial_date, (date) => ({ date })),
  timepicker: picker("time", (one) => one.initial_time, (time) => ({ time })),
  datetimepicker: (one, change, extra) => {
    const first = extra.value ?? one.initial_date_time;
    const make = picker("datetime-local", () => (first ? toLocal(first) : ""), (local) => ({ date_time: local ? fromLocal(local) : null }));
    return make(one, change, { ...extra, value: undefined });
  },
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: richInput,
  file_input: fileInput,
};

export const interactive = (type) => type in MAKES && type !== "image";
