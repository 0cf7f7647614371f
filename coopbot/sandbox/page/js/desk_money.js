// Penalties, settlements and the deposit: the platform's word on money.

import { h } from "./dom.js";
import { t } from "./words.js";

export function moneyForms({ shops, tell, entries }) {
  const shop = h("select.field", { "aria-label": t("c_shop") }, shops.map((one) => h("option", { value: one.id }, one.name)));
  const kind = h("select.field", { "aria-label": t("c_penalty") }, ["warning", "points", "fine", "measure"].map((one) => h("option", { value: one }, t(`c_${one}`))));
  const amount = h("input.field", { type: "text", inputmode: "decimal", placeholder: t("c_amount"), "aria-label": t("c_amount") });
  const number = h("input.field", { type: "text", placeholder: t("c_number"), "aria-label": t("c_number") });
  const penalty = (event) => {
    event.preventDefault();
    const asked = { shop_id: shop.value, kind: kind.value };
    if (number.value.trim()) asked.work_order_no = number.value.trim();
    if (kind.value === "points") asked.points = Number(amount.value) || 2;
    else if (kind.value === "fine") asked.amount = amount.value.trim() || "200.00";
    else if (kind.value === "measure") asked.measure = amount.value.trim() || "limits";
    tell("penalty", asked);
  };
  return h(
    "div.money",
    h("form.raise", { onsubmit: penalty }, h("div.form-row", shop, kind), h("div.form-row", amount, number), h("button.button.primary-fill", { type: "submit" }, t("c_penalty"))),
    h(
      "div.form-row",
      h("button.button", { type: "button", onclick: () => tell("settlement", { shop_id: shop.value }) }, t("c_settlement")),
      h("button.button", { type: "button", onclick: () => tell("deposit", { shop_id: shop.value }) }, t("c_deposit")),
    ),
    issued(entries).map((data) =>
      h("div.fault-armed", h("span", h("strong", data.penalty_no), ` ${t(`c_${data.kind}`)} ${data.amount ?? data.points ?? ""}`), h("button.link-button", { type: "button", onclick: () => tell("penalty", { revoke: true, penalty_no: data.penalty_no }) }, t("c_revoke"))),
    ),
  );
}

function issued(entries) {
  const events = entries.filter((entry) => entry.type.startsWith("penalty.")).map((entry) => ({ type: entry.type, ...entry.body.data }));
  const revoked = new Set(events.filter((one) => one.type === "penalty.revoked").map((one) => one.penalty_no));
  return events.filter((one) => one.type === "penalty.issued" && !revoked.has(one.penalty_no));
}
