// A work order as the platform sees it, with what the platform can do about it.

import { time } from "./dates.js";
import { h, icon } from "./dom.js";
import { openList } from "./popover.js";
import { nameOf, state } from "./state.js";
import { known, t } from "./words.js";

const OPEN = ["waiting", "rejected"];
export const FILTERS = {
  all: () => true,
  open: (order) => OPEN.includes(order.state),
  replied: (order) => order.state === "replied",
  done: (order) => !OPEN.includes(order.state) && order.state !== "replied",
};

const clock = (iso) => (iso && !Number.isNaN(Date.parse(iso)) ? time(Date.parse(iso) / 1000, { tz: "Asia/Shanghai" }) : "");
const sceneWords = (scene) => (known(`scene_${scene}`) ? t(`scene_${scene}`) : scene);
const shopName = (id) => state.console?.shops?.find((shop) => shop.id === id)?.name ?? id;

export function orderCard(order, { tell, confirms }) {
  const { facts } = order;
  const about = { work_order_no: order.work_order_no };
  return h(
    "article.order",
    { class: `is-${order.state}`, data: { order: order.work_order_no } },
    h(
      "header",
      h("span.class-badge", { class: facts.class }, facts.class === "crc" ? "CRC" : t("c_general")),
      h("strong.order-no", order.work_order_no),
      h("span.grow"),
      h("span.pill", { class: order.state }, t(`s_${order.state}`)),
      menu(order, tell),
    ),
    h(
      "div.order-facts.dim",
      [shopName(order.shop_id), sceneWords(facts.scene), clock(order.times.waiting), order.urged > 0 && t("c_urged", { n: order.urged })].filter(Boolean).join(" · "),
    ),
    facts.content && h("p.order-content", facts.content),
    order.replies.map((reply) => replyBox(reply, order, { tell, about, confirms })),
    ending(order),
  );
}

function replyBox(reply, order, { tell, about, confirms }) {
  const pending = confirms !== false && order.state === "replied" && reply === order.replies.at(-1) && reply.state === "received";
  const fields = Object.entries(reply.fields ?? {}).filter(([, value]) => value !== null && value !== "");
  const who = /^[UW][A-Z0-9]+$/.test(reply.replied_by) ? nameOf(reply.replied_by) : reply.replied_by;
  return h(
    "div.reply-box",
    { class: reply.state },
    h("div.reply-head", h("span", t("c_by", { who })), h("span.dim", clock(reply.replied_at) || clock(reply.received_at)), h("span.grow"), !pending && h("span.reply-state", t(`s_${reply.state}`))),
    h("p", reply.text),
    fields.length > 0 && h("div.dim", fields.map(([name, value]) => `${name}: ${value}`).join(" · ")),
    (reply.attachments ?? []).map((file) => h("a.reply-file", { href: file.url, target: "_blank", rel: "noopener noreferrer" }, icon("file"), file.name)),
    reply.reason && h("div.reply-reason", reply.reason),
    pending && decision(tell, { ...about, reply_id: reply.reply_id }),
  );
}

function decision(tell, about) {
  const reason = h("input.field", { type: "text", placeholder: t("c_default_reason"), "aria-label": t("c_reason") });
  const bar = h("div.decision");
  const act = async (verb, asked) => {
    for (const button of bar.querySelectorAll("button")) button.disabled = true;
    await tell(verb, asked);
    for (const button of bar.querySelectorAll("button")) button.disabled = false;
  };
  const reject = () => act("reject", reason.value.trim() ? { ...about, reason: reason.value.trim() } : about);
  bar.append(
    h("button.button.small.primary-fill", { type: "button", onclick: () => act("accept", about) }, icon("check"), t("c_accept")),
    reason,
    h("button.button.small.danger-line", { type: "button", onclick: reject }, t("c_reject")),
  );
  reason.addEventListener("keydown", (event) => event.key === "Enter" && reject());
  return bar;
}

function menu(order, tell) {
  const verbs = { waiting: ["urge", "answer_elsewhere", "time_out", "close", "void"], timed_out: ["close", "void"] };
  const allowed = verbs[order.state] ?? (["rejected", "replied"].includes(order.state) ? verbs.waiting : ["close", "void"]);
  const button = h("button.tool", { type: "button", "aria-label": t("more_actions"), title: t("more_actions") }, icon("more"));
  const entries = allowed.map((verb) => ({ label: t(`c_${verb}`), value: verb, danger: verb === "void" || verb === "time_out" }));
  button.addEventListener("click", () => openList(button, { entries, align: "right", filter: false, onpick: (verb) => tell(verb, { work_order_no: order.work_order_no }) }));
  return button;
}

function ending(order) {
  if (!["timed_out", "closed", "voided", "answered_elsewhere"].includes(order.state)) return null;
  return h("div.order-ending", t(`s_${order.state}`), " ", clock(order.times[order.state]));
}
