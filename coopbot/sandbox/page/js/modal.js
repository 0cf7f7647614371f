// The stack of modals: the top one is worked, the others wait beneath. Fields keep what was typed when an app redraws
// the view, as long as block_id and action_id stay.

import { act, failed } from "./api.js";
import { blocks } from "./blocks.js";
import { add, fill, h, icon } from "./dom.js";
import { element as control } from "./elements.js";
import { uploaded } from "./file_input.js";
import { mrkdwn, text } from "./mrkdwn.js";
import { simple, suggester } from "./selects.js";
import { on, state } from "./state.js";
import { lang, t } from "./words.js";

const TIGHT = 50; // characters left, from which on a single line counts them too
const typed = new Map(); // view id -> Map("block\naction" -> value)
let dialog = null;
let drawn = "";
let resting = 0; // the rest in typing after which Slack tells the app

export function startModals() {
  on("views", draw);
  on("snapshot", draw);
  on("language", draw);
}

function draw() {
  const view = state.views.at(-1);
  for (const id of typed.keys()) if (!state.views.some((one) => one.id === id)) typed.delete(id);
  if (!view) {
    drawn = "";
    dialog?.close();
    return;
  }
  const mark = JSON.stringify([view.id, view.hash, view.blocks, view.loading, lang()]);
  if (!dialog) open();
  if (mark !== drawn) build(view);
  drawn = mark;
  errors(view);
}

function open() {
  dialog = h("dialog.modal", { oncancel: (event) => (event.preventDefault(), leave(false)), onclose: () => (dialog?.remove(), (dialog = null), (drawn = "")) });
  dialog.addEventListener("mousedown", (event) => event.target === dialog && event.offsetX < 0 && leave(false));
  document.body.append(dialog);
  dialog.showModal();
}

const leave = (all) => (clearTimeout(resting), act("closes", { view_id: state.views.at(-1)?.id, all }));

function build(view) {
  const before = dialog.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const stacked = state.views.length > 1;
  const app = state.apps.find((one) => one.app_id === view.app_id);
  const words = titleOf(view);
  dialog.setAttribute("aria-label", words);
  dialog.classList.toggle("loading", Boolean(view.loading));
  const form = h("form.modal-form", { id: "view-form", novalidate: true, onsubmit: (event) => (event.preventDefault(), submit(view)) });
  add(form, blocks(view.blocks, (one, block, body) => pressed(view, one, block, body), { input: (block) => inputBlock(view, block), suggest: suggester({ view_id: view.id }), state: view.state }));
  fill(
    dialog,
    h(
      "header.modal-head",
      stacked && h("button.tool", { type: "button", "aria-label": t("back"), title: t("back"), onclick: () => leave(false) }, icon("back")),
      h("h2", words),
      app && h("span.dim.modal-app", app.name),
      h("button.tool", { type: "button", "aria-label": t("close"), title: t("close"), onclick: () => leave(true) }, icon("close")),
    ),
    stacked && h("div.modal-trail", state.views.slice(0, -1).map((one) => h("span", titleOf(one)))),
    view.loading ? h("div.modal-loading", h("span.spinner"), t("loading")) : form,
    h("div.modal-problem", { role: "alert", hidden: true }),
    h(
      "footer.dialog-foot",
      h("button.button", { type: "button", onclick: () => leave(false) }, labelOf(view.close) || t("close")),
      view.submit && h("button.button.primary-fill", { type: "submit", form: "view-form", disabled: Boolean(view.loading) }, labelOf(view.submit)),
    ),
  );
  const again = before && [...dialog.querySelectorAll("[data-key]")].find((one) => one.dataset.key === before);
  (again || dialog.querySelector("[autofocus]") || dialog.querySelector("form :is(input,textarea,button.select)") || dialog.querySelector("footer button"))?.focus();
}

const labelOf = (words) => (typeof words === "string" ? words : words?.text ?? "");
const titleOf = (view) => labelOf(view.title);

function values(view) {
  if (!typed.has(view.id)) typed.set(view.id, new Map());
  return typed.get(view.id);
}

function pressed(view, one, block, body) {
  if (one.type !== "button" && one.type !== "overflow") values(view).set(`${block.block_id}\n${one.action_id}`, plainValue(body));
  const value = one.type === "button" && one.value !== undefined ? { value: one.value } : {};
  return act("clicks", { view_id: view.id, action_id: one.action_id, block_id: block.block_id, ...value, ...body });
}

const plainValue = (body) => Object.values(body)[0] ?? null;

function inputBlock(view, block) {
  const one = block.element;
  const key = `${block.block_id}\n${one.action_id}`;
  const known = values(view);
  const value = known.has(key) ? known.get(key) : simple(view.state?.[block.block_id]?.[one.action_id]);
  const dispatch = one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = () => act("types", { view_id: view.id, block_id: block.block_id, action_id: one.action_id, value: known.get(key) ?? "" });
  const words = h("div.counter");
  const counter = one.max_length || one.min_length ? (now) => count(words, now, one) : undefined;
  const change = (body) => {
    known.set(key, plainValue(body));
    box.classList.remove("wrong");
    if (!block.dispatch_action) return;
    const isText = /_input$/.test(one.type);
    if (!isText) send();
    else if (dispatch.includes("on_character_entered")) {
      clearTimeout(resting);
      resting = setTimeout(() => state.views.some((one) => one.id === view.id) && send(), 250);
    }
  };
  const onenter = block.dispatch_action && dispatch.includes("on_enter_pressed") ? (event) => (event?.preventDefault(), send()) : undefined;
  const input = control(one, change, { value, counter, onenter, suggest: suggester({ view_id: view.id }) });
  const id = `f-${view.id}-${block.block_id}`;
  const worker = input.matches("input,textarea,button") ? input : null;
  if (worker) Object.assign(worker, { id });
  input.dataset.key = key;
  input.setAttribute("aria-describedby", `${id}-error`);
  if (!block.optional) input.setAttribute("aria-required", "true");
  if (!worker) input.setAttribute("aria-label", block.label?.text ?? "");
  const label = [text(block.label), block.optional && h("span.dim", ` ${t("optional")}`)];
  const box = h(
    "div.input-block",
    { data: { inputBlock: block.block_id } },
    worker ? h("label.input-label", { for: id }, label) : h("div.input-label", label),
    input,
    h("div.input-foot", h("div.input-error", { id: `${id}-error`, role: "alert" }), counter && words),
    block.hint && h("div.input-hint", text(block.hint)),
  );
  counter?.(String(value ?? one.initial_value ?? ""));
  return box;
}

function count(words, now, one) {
  const length = [...now].length;
  const left = (one.max_length ?? Infinity) - length;
  const short = (one.min_length ?? 0) - length;
  words.classList.toggle("over", left < 0);
  if (left < 0) words.textContent = t("too_long", { n: -left });
  else if (short > 0 && one.min_length > 1) words.textContent = t("too_short", { n: one.min_length });
  else words.textContent = one.max_length && (one.multiline || left <= TIGHT) ? t("characters_left", { n: left }) : "";
}

function errors(view, more = {}) {
  if (!dialog) return;
  const all = { ...Object.fromEntries((view.fields ?? []).filter((field) => field.error).map((field) => [field.block_id, field.error])), ...view.errors, ...more };
  let first = null;
  for (const box of dialog.querySelectorAll("[data-input-block]")) {
    const error = all[box.dataset.inputBlock];
    box.classList.toggle("wrong", Boolean(error));
    fill(box.querySelector(".input-error"), error ? mrkdwn(error) : []);
    const worker = box.querySelector("[aria-describedby]");
    worker?.setAttribute("aria-invalid", String(Boolean(error)));
    if (error && !first) first = worker;
  }
  first?.focus();
}

async function submit(view) {
  clearTimeout(resting); // what was typed goes along; a keystroke after it would find no view
  const button = dialog.querySelector("footer [type=submit]");
  button.disabled = true;
  button.classList.add("busy");
  problem("");
  await uploaded();
  const sent = {};
  for (const [key, value] of values(view)) {
    const [block, action] = key.split("\n");
    if (!view.blocks.some((one) => one.block_id === block)) continue;
    sent[block] = { ...sent[block], [action]: value };
  }
  const answer = await act("submits", { view_id: view.id, values: sent });
  if (button.isConnected) {
    button.disabled = false;
    button.classList.remove("busy");
  }
  if (answer.errors && Object.keys(answer.errors).length) errors(view, localised(view, answer));
  else if (answer.failure || failed(answer)) problem(answer.failure ? t("submit_failed") : answer.detail || answer.error);
}

// What the modal itself refuses (a required field left empty) is said in the page's language.
function localised(view, answer) {
  if (answer.acked !== null) return answer.errors;
  const said = (block, error) => {
    const field = view.fields?.find((one) => one.block_id === block);
    const empty = field && !values(view).get(`${block}\n${field.action_id}`)?.length;
    return empty ? t("required") : error;
  };
  return Object.fromEntries(Object.entries(answer.errors).map(([block, error]) => [block, said(block, error)]));
}

function problem(words) {
  const node = dialog?.querySelector(".modal-problem");
  if (!node) return;
  node.hidden = !words;
  node.textContent = words;
}
