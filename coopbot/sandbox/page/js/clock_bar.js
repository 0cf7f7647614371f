// The business clock of the demo: where it is, how fast it runs, what comes next. Shown in China's zone.

import { failed, get, post } from "./api.js";
import { setNow, time, today } from "./dates.js";
import { fill, h, icon } from "./dom.js";
import { emit, on, state } from "./state.js";
import { lang, t } from "./words.js";

const ZONE = "Asia/Shanghai";
const ASK_EVERY_MS = 2000;

export function clockBar() {
  const node = h("div.clock-bar", { role: "group", "aria-label": t("clock"), hidden: true });
  let last = null; // {now, rate, next, next_what, at}
  const face = h("time.clock-face");
  const day = h("span.clock-day");
  const next = h("span.clock-next");
  const buttons = h("span.segmented");

  const now = () => last.now + ((performance.now() - last.at) / 1000) * last.rate;

  function keep(answer) {
    if (failed(answer)) return;
    const before = today();
    last = { ...answer, now: Date.parse(answer.now) / 1000, at: performance.now() };
    state.steered = true;
    setNow(now);
    draw();
    if (today() !== before) emit("day");
  }

  async function steer(body) {
    node.classList.add("busy");
    const answer = await post(place(), body);
    node.classList.remove("busy");
    if (failed(answer)) emit("refused", answer);
    keep(failed(answer) ? await get(place()) : answer);
  }

  function draw() {
    tick();
    const rate = (value, name, words) =>
      h("button", { type: "button", "aria-pressed": String(last.rate === value), title: t(words), "aria-label": t(words), onclick: () => steer({ rate: value }) }, icon(name), value === 60 && "×60");
    fill(
      buttons,
      rate(0, "pause", "pause"),
      rate(1, "play", "run"),
      rate(60, "fast", "fast"),
      h("button.jump", { type: "button", title: t("jump"), "aria-label": t("jump"), disabled: !last.next, onclick: () => steer({ jump: "next" }) }, icon("next")),
    );
    const words = last.next ? t(last.next_what ? "next_at" : "next_only", { at: when(Date.parse(last.next) / 1000), what: last.next_what ?? "" }) : t("nothing_next");
    fill(next, words);
    next.title = words;
    node.classList.toggle("still", last.rate === 0);
  }

  function when(seconds) {
    const key = (one) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(one * 1000));
    const clock = time(seconds, { tz: ZONE });
    return key(seconds) === key(now()) ? clock : `${weekday(seconds)} ${clock}`;
  }

  const weekday = (seconds) => new Intl.DateTimeFormat(lang() === "zh" ? "zh-CN" : "en-GB", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short" }).format(new Date(seconds * 1000));

  function tick() {
    if (!last) return;
    fill(face, time(now(), { secs: true, tz: ZONE }));
    fill(day, weekday(now()));
  }

  const place = () => `${state.config.clock_url}?lang=${lang()}`;

  const look = async () => keep(await get(place()));

  async function ask() {
    if (document.visibilityState === "visible") await look();
    setTimeout(ask, ASK_EVERY_MS);
  }

  fill(node, h("span.clock-now", day, face, h("span.dim", "UTC+8")), buttons, next);
  on("configured", () => {
    if (!state.config.clock_url) return;
    node.hidden = false;
    ask();
    setInterval(tick, 250);
  });
  on("console-state", () => last && look()); // what the platform did may be what comes next
  on("language", () => last && (draw(), look()));
  return node;
}
