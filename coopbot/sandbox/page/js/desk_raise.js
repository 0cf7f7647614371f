// The form that raises a work order, the stream of them, and how replies are decided on.

import { failed, post } from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./words.js";

const SCENES = ["urge_shipping", "logistics", "refund", "exchange", "invoice", "address", "installation", "gift", "price", "complaint"];

// What was filled in stays when the pane is drawn again (another language, a new state).
const filled = { class: "general", scene: "", shop_id: "", content: "", work_order_no: "", product: "", batch: "", due_at: "", dispute: false, more: false };

export function raiseForm({ shops, settings, tell, refresh }) {
  const field = (name, make) => {
    const node = make;
    node.value = filled[name];
    node.addEventListener("input", () => (filled[name] = node.value));
    return node;
  };
  const scene = field("scene", h("select.field", { "aria-label": t("c_scene") }, h("option", { value: "" }, t("c_any_scene")), SCENES.map((code) => h("option", { value: code }, t(`scene_${code}`)))));
  const shop = field("shop_id", h("select.field", { "aria-label": t("c_shop") }, h("option", { value: "" }, t("c_any_shop")), shops.map((one) => h("option", { value: one.id }, one.name))));
  const content = field("content", h("textarea.field", { rows: 2, placeholder: t("c_content_hint"), "aria-label": t("c_content") }));
  const line = (name, words) => field(name, h("input.field", { type: "text", placeholder: words, "aria-label": words, autocomplete: "off" }));
  const number = line("work_order_no", t("c_number"));
  const due = field("due_at", h("input.field", { type: "datetime-local", "aria-label": t("c_due"), title: t("c_due") }));
  const dispute = h("input", { type: "checkbox", checked: filled.dispute, onchange: () => (filled.dispute = dispute.checked) });
  const go = h("button.button.primary-fill.grow", { type: "submit" }, icon("plus"), t("c_go"));
  const kinds = h("span.segmented.wide", { role: "radiogroup", "aria-label": t("c_class") });
  for (const kind of ["general", "crc"]) {
    const press = (event) => {
      filled.class = kind;
      for (const one of kinds.children) one.setAttribute("aria-checked", String(one === event.currentTarget));
    };
    kinds.append(h("button", { type: "button", role: "radio", class: kind, "aria-checked": String(filled.class === kind), onclick: press }, t(`c_${kind}`)));
  }

  async function raise(event) {
    event.preventDefault();
    go.disabled = true;
    const asked = { class: filled.class };
    for (const name of ["scene", "shop_id", "content", "work_order_no", "product"]) if (filled[name].trim()) asked[name] = filled[name].trim();
    if (filled.batch.trim()) asked.parcel = { batch: filled.batch.trim() };
    if (filled.due_at) asked.due_at = `${filled.due_at}:00+08:00`;
    if (filled.dispute) asked.kind = "dispute";
    await tell("raise", asked);
    go.disabled = false;
    filled.content = content.value = "";
    filled.work_order_no = number.value = "";
  }

  const more = h("details.more", { open: filled.more, ontoggle: () => (filled.more = more.open) }, h("summary", t("c_more")), h("div.form-row", number, due), h("div.form-row", line("product", t("c_product")), line("batch", t("c_batch"))), h("label.check", dispute, h("span", t("c_dispute"))));
  return [
    h("form.raise", { onsubmit: raise }, kinds, h("div.form-row", scene, shop), content, more, h("div.form-row", go)),
    h("div.desk-settings", streaming(settings, refresh), settings.confirms !== false && deciding(settings, refresh)),
  ];
}

function streaming(settings, refresh) {
  const on = Boolean(settings.stream?.on);
  const rate = h("input.field.tiny", { type: "number", min: 1, max: 120, value: settings.stream?.rate || 6, "aria-label": t("c_per_minute"), disabled: on });
  const press = async () => {
    await post("/console/stream", { on: button.getAttribute("aria-pressed") !== "true", rate: Number(rate.value) || 6 });
    await refresh();
    const running = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(running));
    button.textContent = t(running ? "c_stop" : "c_start");
    rate.disabled = running;
  };
  const button = h("button.button.small", { type: "button", "aria-pressed": String(on), onclick: press }, t(on ? "c_stop" : "c_start"));
  return h("div.setting", h("span.setting-name", t("c_stream")), rate, h("span.dim", t("c_per_minute")), button);
}

function deciding(settings, refresh) {
  const mode = settings.mode?.auto ?? "hold";
  const group = h("span.segmented");
  for (const [value, words] of [["hold", "c_hold"], ["accept", "c_auto_accept"], ["reject", "c_auto_reject"]]) {
    const press = async (event) => {
      const pressed = event.currentTarget;
      const answer = await post("/console/mode", { auto: value, delay: 1 });
      if (failed(answer)) return;
      for (const one of group.children) one.setAttribute("aria-pressed", String(one === pressed));
      await refresh();
    };
    group.append(h("button", { type: "button", "aria-pressed": String(mode === value), onclick: press }, t(words)));
  }
  return h("div.setting", h("span.setting-name", t("c_decision")), group);
}
