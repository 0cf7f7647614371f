// The box to write in: messages, slash commands with their hints, completion of names.

import { act, failed } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { openList } from "./popover.js";
import { nameOf, state } from "./state.js";
import { t } from "./words.js";

// `where()` answers {channel} or {user} or {app_id}, plus thread_ts; `placeholder()` what to write there.
export function composer({ where, placeholder, broadcast }) {
  const box = h("textarea", { rows: 1, autocomplete: "off", "aria-autocomplete": "list" });
  const hints = h("div.hints", { role: "listbox", hidden: true });
  const also = broadcast && h("input", { type: "checkbox" });
  const alsoWords = h("span");
  const send = h("button.send", { type: "submit", disabled: true, "aria-label": t("send"), title: t("send") }, icon("send"));
  const bolt = h("button.tool", { type: "button", "aria-label": t("shortcuts"), title: t("shortcuts"), onclick: () => shortcuts(bolt) }, icon("bolt"));
  let found = [];
  let active = 0;

  const node = h(
    "form.composer",
    { onsubmit: (event) => (event.preventDefault(), submit()) },
    hints,
    h("div.composer-box", box, h("div.composer-foot", bolt, also && h("label.also", also, alsoWords), h("span.grow"), send)),
  );

  function labels() {
    box.placeholder = placeholder();
    box.setAttribute("aria-label", placeholder());
    if (broadcast) alsoWords.textContent = broadcast();
    for (const [button, words] of [[send, "send"], [bolt, "shortcuts"]]) {
      button.title = t(words);
      button.setAttribute("aria-label", t(words));
    }
  }

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
    send.disabled = !box.value.trim();
  }

  function suggest() {
    found = completions(box.value.slice(0, box.selectionStart));
    active = 0;
    drawHints();
  }

  function drawHints() {
    hints.hidden = !found.length;
    fill(
      hints,
      found.map((one, index) =>
        h(
          "div.hint",
          { role: "option", "aria-selected": String(index === active), class: index === active ? "active" : "", onmousedown: (event) => (event.preventDefault(), complete(one)) },
          h("strong", one.label),
          one.usage && h("code", one.usage),
          h("span.dim", one.what),
        ),
      ),
    );
  }

  function complete(one) {
    const start = box.selectionStart - one.typed.length;
    box.setRangeText(`${one.insert} `, start, box.selectionStart, "end");
    found = [];
    drawHints();
    grow();
    box.focus();
  }

  function keys(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const exact = found[active] && found[active].typed === found[active].insert;
    if (found.length && step) active = (active + step + found.length) % found.length;
    else if (found.length && (event.key === "Tab" || (event.key === "Enter" && !exact))) complete(found[active]);
    else if (found.length && event.key === "Escape") found = [];
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
    drawHints();
  }

  async function submit() {
    const text = box.value.trim();
    if (!text) return;
    const target = where();
    box.value = "";
    found = [];
    drawHints();
    grow();
    const command = commandOf(text);
    let answer;
    if (command && target.channel) answer = await act("commands", { channel: target.channel, ...command, ...thread(target) });
    else if (target.channel) answer = await act("says", { channel: target.channel, text, ...thread(target), broadcast: Boolean(also?.checked) });
    else answer = await act("dm", { text, ...(target.user ? { user: target.user } : { app_id: target.app_id }) });
    if (also) also.checked = false;
    if (failed(answer) && !box.value) {
      box.value = text;
      grow();
    }
    return answer;
  }

  box.addEventListener("input", () => (grow(), suggest()));
  box.addEventListener("keydown", keys);
  box.addEventListener("blur", () => ((found = []), drawHints()));
  labels();
  return { node, labels, focus: () => box.focus() };
}

const thread = (target) => (target.thread_ts ? { thread_ts: target.thread_ts } : {});

function commandOf(text) {
  const [, command, rest = ""] = /^(\/[^\s]+)\s*([\s\S]*)$/.exec(text) ?? [];
  return command ? { command, text: rest } : null;
}

function completions(before) {
  const slash = /^\/\S*$/.exec(before);
  if (slash) {
    const commands = state.apps.flatMap((app) => app.commands);
    return commands
      .filter((one) => one.command.startsWith(slash[0]))
      .map((one) => ({ typed: slash[0], insert: one.command, label: one.command, usage: one.usage_hint, what: one.description }));
  }
  const at = /(?:^|\s)([@#])([^\s@#]*)$/.exec(before);
  if (!at) return [];
  const wanted = at[2].toLowerCase();
  const entries = at[1] === "#" ? channels() : [...members(), ...groups(), ...specials()];
  return entries
    .filter((one) => `${one.insert} ${one.label}`.toLowerCase().includes(wanted))
    .slice(0, 8)
    .map((one) => ({ ...one, typed: at[1] + at[2] }));
}

const members = () => [...state.users.values()].filter((user) => !user.deleted).map((user) => ({ insert: `@${user.name}`, label: nameOf(user.id), what: `@${user.name}` }));
const groups = () => [...state.usergroups.values()].map((group) => ({ insert: `@${group.handle}`, label: group.name, what: `@${group.handle}` }));
const specials = () => ["here", "channel"].map((name) => ({ insert: `@${name}`, label: `@${name}`, what: "" }));
const channels = () => [...state.conversations.values()].filter((one) => one.kind !== "dm").map((one) => ({ insert: `#${one.name}`, label: `#${one.name}`, what: "" }));

function shortcuts(anchor) {
  const entries = state.apps.flatMap((app) =>
    app.shortcuts.filter((one) => one.type === "global").map((one) => ({ label: one.name, hint: one.description || app.name, value: one.callback_id, group: app.name })),
  );
  const none = [{ label: t("no_shortcuts"), value: null }];
  openList(anchor, { entries: entries.length ? entries : none, filter: entries.length > 6, width: 260, onpick: (id) => id && act("shortcuts", { callback_id: id }) });
}
