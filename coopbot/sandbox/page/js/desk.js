// The platform console beside the workspace: raise orders, see replies arrive, decide on them.

import { failed, get, post } from "./api.js";
import { fill, h, icon, reconcile } from "./dom.js";
import { journalList } from "./desk_journal.js";
import { moneyForms } from "./desk_money.js";
import { orderCard, FILTERS } from "./desk_orders.js";
import { raiseForm } from "./desk_raise.js";
import { emit, on, state } from "./state.js";
import { t } from "./words.js";

const WAIT_S = 25;
const LISTED = 150;

// A reply that waits for a decision comes first; else the newest.
const byUrgency = (one, other) => Number(other.state === "replied") - Number(one.state === "replied");

export function desk() {
  const node = h("aside.desk", { "aria-label": t("console"), hidden: true });
  const data = { orders: [], entries: [], filter: "all", tab: "orders", seq: 0 };
  const head = h("header.main-head");
  const form = h("div");
  const tabs = h("div.tabs", { role: "tablist" });
  const body = h("div.desk-body");
  let cards = new Map();

  async function tell(verb, asked) {
    const answer = await post(`/console/${verb}`, asked);
    if (answer.answer?.error) emit("say", { words: t("c_lost", { why: answer.answer.detail ?? answer.answer.error }) });
    else if (failed(answer)) emit("refused", answer);
    else if (["refused", "conflict"].includes(answer.status)) emit("say", { words: t("c_refused", { why: answer.reason ?? answer.status }) });
    else if (answer.answer?.status >= 400) emit("say", { words: t("c_refused", { why: `HTTP ${answer.answer.status}` }) });
    return answer;
  }

  function draw() {
    fill(
      head,
      icon("desk"),
      h("h2", t("console")),
      h("span.grow"),
      h("button.tool.only-wide", { type: "button", "aria-label": t("close"), title: t("close"), onclick: () => emit("toggle-desk") }, icon("close")),
    );
    fill(form, raiseForm({ shops: state.console?.shops ?? [], settings: state.console ?? {}, tell, refresh }));
    drawList();
  }

  function drawList() {
    const tab = (name, count) =>
      h("button.tab", { type: "button", role: "tab", "aria-selected": String(data.tab === name), onclick: () => ((data.tab = name), drawList()) }, t(`c_${name}`), count > 0 && h("span.tab-count", count));
    const toDecide = data.orders.filter((one) => one.state === "replied").length;
    fill(tabs, tab("orders", toDecide), tab("journal", 0), tab("money", 0));
    if (data.tab === "journal") fill(body, journalList(data.entries));
    else if (data.tab === "money") fill(body, moneyForms({ shops: state.console?.shops ?? [], tell, entries: data.entries }));
    else drawOrders();
  }

  function drawOrders() {
    const shown = [...data.orders].sort(byUrgency).filter(FILTERS[data.filter]).slice(0, LISTED);
    const filters = Object.keys(FILTERS).map((name) => h("button", { type: "button", "aria-pressed": String(data.filter === name), onclick: () => ((data.filter = name), drawList()) }, t(`c_filter_${name}`)));
    const next = new Map();
    for (const order of shown) {
      const mark = JSON.stringify([order, document.documentElement.lang]);
      const old = cards.get(order.work_order_no);
      const entry = old?.mark === mark ? old : { mark, card: orderCard(order, { tell, confirms: state.console?.confirms }) };
      if (entry !== old && cards.size) entry.card.classList.add("arrived");
      next.set(order.work_order_no, entry);
    }
    cards = next;
    reconcile(body, [h("div.segmented.filters", filters), ...(shown.length ? [...cards.values()].map((one) => one.card) : [h("div.empty", icon("desk"), t("c_no_orders"))])]);
  }

  async function refresh() {
    const [console, orders] = [await get("/console/state"), await get("/console/orders")];
    if (!failed(console)) state.console = console;
    if (!failed(orders)) data.orders = orders.orders;
    emit("console-state");
  }

  async function follow() {
    const page = await get(`/console/journal?since=${data.seq}&wait=${WAIT_S}`);
    if (failed(page)) {
      setTimeout(follow, 2000);
      return;
    }
    if (page.seq < data.seq) Object.assign(data, { seq: 0, entries: [] });
    if (page.entries.length) {
      data.seq = page.seq;
      data.entries = [...page.entries.reverse(), ...data.entries].slice(0, 500);
      await refresh();
      drawList();
      emit("desk-news", data.orders.filter((one) => one.state === "replied").length);
    }
    follow();
  }

  on("configured", async () => {
    if (!state.config.console) return;
    node.hidden = false;
    document.body.classList.add("with-desk");
    fill(node, head, h("div.desk-scroll", form, tabs, body));
    await refresh();
    draw();
    follow();
  });
  on("language", () => state.config.console && draw());
  return node;
}
