// Block elements that a person can work: each becomes a control that calls `change(body)` with what was chosen,
// in the words of the control API (value, values, user, users, date …).

import { post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { text } from "./mrkdwn.js";
import { confirm, openList } from "./popover.js";
import { nameOf, state } from "./state.js";
import { fromLocal, toLocal } from "./zone.js";
import { t } from "./words.js";

const optionText = (option) => plainOf(option.text);
const plainOf = (object) => object?.text ?? "";

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
    if (one.url) window.open(one.url, "_blank", "noopener");
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
        if (entry.url) window.open(entry.url, "_blank", "noopener");
        change({ value });
      },
    }),
  );
  return node;
}

const people = () =>
  [...state.users.values()].filter((user) => !user.deleted).map((user) => ({ label: nameOf(user.id), hint: `@${user.name}`, value: user.id }));
const conversations = (kinds) => () =>
  [...state.conversations.values()]
    .filter((one) => kinds.includes(one.kind) && !one.archived)
    .map((one) => ({ label: one.kind === "dm" ? nameOf(one.with) : `#${one.name}`, value: one.id }));
const statics = (one) => {
  const groups = one.option_groups ?? [{ options: one.options ?? [] }];
  const row = (option, group) => ({ label: optionText(option), hint: plainOf(option.description), value: option.value, group: group.label && plainOf(group.label) });
  return groups.flatMap((group) => group.options.map((option) => row(option, group)));
};
const label = (value, entries) => entries.find((entry) => entry.value === value)?.label ?? value;

// type: [choices, what the control API calls one, several; what the element calls its first value(s)]
const SELECTS = {
  static_select: [statics, "value", (one) => one.initial_option?.value],
  external_select: [null, "value", (one) => one.initial_option?.value],
  users_select: [people, "user", (one) => one.initial_user],
  conversations_select: [conversations(["channel", "private", "dm", "group"]), "conversation", (one) => one.initial_conversation],
  channels_select: [conversations(["channel"]), "channel_value", (one) => one.initial_channel],
};
const MULTI = {
  multi_static_select: [statics, "values", (one) => one.initial_options?.map((option) => option.value)],
  multi_external_select: [null, "values", (one) => one.initial_options?.map((option) => option.value)],
  multi_users_select: [people, "users", (one) => one.initial_users],
  multi_conversations_select: [conversations(["channel", "private", "dm", "group"]), "values", (one) => one.initial_conversations],
  multi_channels_select: [conversations(["channel"]), "values", (one) => one.initial_channels],
};

function select(one, change, { value, suggest }) {
  const [choices, name, first] = SELECTS[one.type];
  let current = optionValue(value ?? first(one) ?? null);
  let entries = choices?.(one) ?? (one.initial_option ? [{ label: optionText(one.initial_option), value: one.initial_option.value }] : []);
  const shown = h("span.select-value");
  const node = h("button.select", { type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", data: { action: one.action_id ?? "" } }, shown, icon("down"));
  const draw = () => {
    shown.classList.toggle("placeholder", current === null);
    fill(shown, current === null ? plainOf(one.placeholder) || t("choose") : label(current, entries));
  };
  node.addEventListener("click", () =>
    openList(node, {
      entries,
      load: choices ? undefined : async (query) => (entries = await suggest(one, query)),
      chosen: current === null ? [] : [current],
      onpick: (picked, entry) => {
        const before = current;
        current = picked;
        draw();
        change({ [name]: entry.option ?? picked }, () => {
          current = before;
          draw();
        });
      },
    }),
  );
  draw();
  return node;
}

function multiSelect(one, change, { value, suggest }) {
  const [choices, name, first] = MULTI[one.type];
  let current = (value ?? first(one) ?? []).map(optionValue);
  let entries = choices?.(one) ?? (one.initial_options ?? []).map((option) => ({ label: optionText(option), value: option.value }));
  const shown = h("span.select-value");
  const node = h("button.select.multi", { type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", data: { action: one.action_id ?? "" } }, shown, icon("down"));
  const draw = () => {
    shown.classList.toggle("placeholder", !current.length);
    fill(shown, current.length ? current.map((picked) => h("span.chip", label(picked, entries))) : plainOf(one.placeholder) || t("choose"));
  };
  const changed = (picked) => {
    if (picked.join("\n") === current.join("\n")) return;
    const before = current;
    current = picked;
    draw();
    change({ [name]: picked.map((value) => entries.find((entry) => entry.value === value)?.option ?? value) }, () => {
      current = before;
      draw();
    });
  };
  const load = async (query) => {
    const found = await suggest(one, query);
    entries = [...entries.filter((entry) => !found.some((other) => other.value === entry.value)), ...found];
    return found;
  };
  node.addEventListener("click", () =>
    openList(node, { entries, load: choices ? undefined : load, chosen: current, multiple: true, max: one.max_selected_items, filter: true, onclose: changed }),
  );
  draw();
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

// Only pictures of this machine are loaded; of another one the words stand in its place.
export function picture(url, alt, spec = "img") {
  if (local(url)) return h(spec, { src: url, alt: alt ?? "", loading: "lazy" });
  return h("span.image-off", { title: t("image_off"), role: "img", "aria-label": alt ?? "" }, alt || t("image_off"));
}

function local(url) {
  try {
    const { hostname, protocol } = new URL(url, location.href);
    return protocol === "data:" || protocol === "blob:" || hostname === location.hostname || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  } catch {
    return false;
  }
}

function fileInput() {
  return h("input.field", { type: "file", disabled: true, "aria-label": t("add_file") });
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

// What Slack's state object says was chosen, plainly; undefined when there is none.
export function simple(entry) {
  const name = entry && Object.keys(entry).find((key) => key === "value" || key.startsWith("selected_") || key === "rich_text_value");
  const given = name && entry[name];
  if (given === null || given === undefined || given === "") return undefined;
  return Array.isArray(given) ? given.map(optionValue) : optionValue(given);
}

const optionValue = (one) => (one !== null && typeof one === "object" ? one.value : one);

// Options of an external select: asked of the app through the sandbox.
export function suggester(where) {
  return async (one, query) => {
    const answer = await post(`/control/users/${state.me.id}/suggests`, { ...where, action_id: one.action_id, value: query });
    const options = answer.options ?? [];
    return options.map((option) => ({ label: plainOf(option.text), hint: plainOf(option.description), value: option.value, option }));
  };
}
