// Menus: one choice or several; of options, people, conversations, or whatever the app answers when asked.

import { post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { openList } from "./popover.js";
import { nameOf, state } from "./state.js";
import { t } from "./words.js";

export const optionText = (option) => plainOf(option.text);
export const plainOf = (object) => object?.text ?? "";

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
export const SELECTS = {
  static_select: [statics, "value", (one) => one.initial_option?.value],
  external_select: [null, "value", (one) => one.initial_option?.value],
  users_select: [people, "user", (one) => one.initial_user],
  conversations_select: [conversations(["channel", "private", "dm", "group"]), "conversation", (one) => one.initial_conversation],
  channels_select: [conversations(["channel"]), "channel_value", (one) => one.initial_channel],
};
export const MULTI = {
  multi_static_select: [statics, "values", (one) => one.initial_options?.map((option) => option.value)],
  multi_external_select: [null, "values", (one) => one.initial_options?.map((option) => option.value)],
  multi_users_select: [people, "users", (one) => one.initial_users],
  multi_conversations_select: [conversations(["channel", "private", "dm", "group"]), "values", (one) => one.initial_conversations],
  multi_channels_select: [conversations(["channel"]), "values", (one) => one.initial_channels],
};

export function select(one, change, { value, suggest }) {
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

export function multiSelect(one, change, { value, suggest }) {
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

// What Slack's state object says was chosen, plainly; undefined when there is none.
export function simple(entry) {
  const name = entry && Object.keys(entry).find((key) => key === "value" || key === "files" || key.startsWith("selected_") || key === "rich_text_value");
  const given = name && entry[name];
  if (given === null || given === undefined || given === "") return undefined;
  if (name === "files") return given;
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
