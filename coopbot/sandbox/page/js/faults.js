// The tray of fault switches: Slack's side through the sandbox's control API, the platform's through the console's.

import { failed, get, post, request } from "./api.js";
import { fill, h } from "./dom.js";
import { openPanel } from "./popover.js";
import { emit, state } from "./state.js";
import { known, t } from "./words.js";

const SLACK = [
  "error_500", "api_error", "html", "timeout", "slow", "drop_before_effect", "drop_after_effect", "rate_limit",
  "duplicate_delivery", "reorder", "delay_delivery", "socket_cut", "socket_refresh", "token_revoked", "remove_bot",
];
const AT_ONCE = ["socket_refresh", "remove_bot"];
const PLATFORM = ["error_500", "timeout", "drop_after_effect", "rate_limit", "html", "reject"];
const METHODS = ["", "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.update", "auth.test", "response_url"];

const extras = { api_error: { error: "fatal_error" }, rate_limit: { seconds: 5 }, delay_delivery: { seconds: 5 }, timeout: { seconds: 15 } };
const words = (fault) => (known(`f_${fault}`) ? t(`f_${fault}`) : fault);

export function openFaults(anchor) {
  const times = h("select.field", { "aria-label": t("times") }, [1, 2, 5, 0].map((n) => h("option", { value: n }, n ? `×${n}` : t("until_disarmed"))));
  const method = h("select.field", { "aria-label": t("method") }, METHODS.map((name) => h("option", { value: name }, name || t("any_method"))));
  const list = h("div.fault-groups");
  const content = h("div.faults", h("h2", t("faults")), h("p.dim", t("faults_hint")), h("div.fault-options", times, method), list);

  const draw = () =>
    fill(
      list,
      group(t("faults_slack"), SLACK, state.faults, arm, (id) => request("DELETE", `/control/faults/${id}`)),
      state.config.console && group(t("faults_platform"), PLATFORM, state.console?.faults ?? [], armPlatform, (id) => request("DELETE", `/console/faults/${id}`)),
      limits(),
    );

  async function arm(fault) {
    const body = { fault, ...extras[fault] };
    if (!AT_ONCE.includes(fault)) body.times = Number(times.value);
    if (fault === "remove_bot") body.channel = state.open?.id;
    if (method.value && !/delivery|reorder|socket|token|remove/.test(fault)) body.method = method.value;
    done(await post("/control/faults", body));
  }

  async function armPlatform(fault) {
    done(await post("/console/faults", { fault, times: Number(times.value), ...(fault === "timeout" ? { seconds: 15 } : {}) }));
  }

  async function done(answer) {
    if (failed(answer)) emit("refused", answer);
    await again();
  }

  async function again() {
    const armed = await get("/control/faults");
    if (Array.isArray(armed.faults ?? armed)) state.faults = armed.faults ?? armed;
    if (state.config.console) state.console = await get("/console/state");
    emit("faults");
    draw();
  }

  function group(name, faults, armed, press, disarm) {
    return h(
      "section",
      h("h3", name),
      h("div.fault-buttons", faults.map((fault) => h("button.button.small", { type: "button", onclick: () => press(fault) }, words(fault)))),
      armed.map((one) =>
        h(
          "div.fault-armed",
          h("span", words(one.fault), one.method && h("code", one.method), h("span.dim", one.times ? `×${one.times}` : t("until_disarmed"))),
          h("button.link-button", { type: "button", onclick: async () => done(await disarm(one.id)) }, t("disarm")),
        ),
      ),
    );
  }

  function limits() {
    const off = Boolean(state.limits.off);
    const set = async (body) => {
      const answer = await post("/control/limits", body);
      if (!failed(answer)) state.limits = answer.limits ?? answer;
      draw();
    };
    const choice = (on, label, body) => h("button", { type: "button", "aria-pressed": String(on), onclick: () => set(body) }, label);
    return h("section", h("h3", t("limits")), h("span.segmented", choice(!off, t("limits_on"), { off: false, scale: 1 }), choice(off, t("limits_off"), { off: true })));
  }

  draw();
  openPanel(anchor, content, { align: "right", width: 340 });
  again();
}
