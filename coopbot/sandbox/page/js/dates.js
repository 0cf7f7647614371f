// Times as the viewer reads them: Slack's date tokens, clock times and day dividers, in the viewer's own zone.

import { state } from "./state.js";
import { lang, t } from "./words.js";

const locale = () => (lang() === "zh" ? "zh-CN" : "en-US");
const zone = () => state.me?.tz || "Asia/Shanghai";

function format(seconds, options, where = zone()) {
  return new Intl.DateTimeFormat(locale(), { timeZone: where, ...options }).format(new Date(seconds * 1000));
}

export function time(seconds, { secs = false, tz } = {}) {
  const options = { hour: "2-digit", minute: "2-digit", hour12: false };
  return format(seconds, secs ? { ...options, second: "2-digit" } : options, tz);
}

function dayKey(seconds) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone() }).format(new Date(seconds * 1000));
}

export const sameDay = (one, other) => dayKey(one) === dayKey(other);

let now = () => Date.now() / 1000;
export function setNow(read) {
  now = read;
}
export const today = () => dayKey(now());

function pretty(seconds, plain) {
  const days = Math.round((Date.parse(dayKey(seconds)) - Date.parse(dayKey(now()))) / 86400000);
  if (days === 0) return t("today");
  if (days === 1) return t("tomorrow");
  if (days === -1) return t("yesterday");
  return plain;
}

const TOKENS = {
  date_num: (s) => dayKey(s),
  date_slash: (s) => format(s, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (s) => format(s, { year: "numeric", month: "long", day: "numeric" }),
  date_short: (s) => format(s, { year: "numeric", month: "short", day: "numeric" }),
  date_long: (s) => format(s, { weekday: "long", year: "numeric", month: "long", day: "numeric" }),
  date_long_full: (s) => format(s, { weekday: "long", year: "numeric", month: "long", day: "numeric" }),
  date_pretty: (s) => pretty(s, TOKENS.date(s)),
  date_short_pretty: (s) => pretty(s, TOKENS.date_short(s)),
  date_long_pretty: (s) => pretty(s, TOKENS.date_long(s)),
  day_divider_pretty: (s) => pretty(s, format(s, { weekday: "long", month: "long", day: "numeric" })),
  time: (s) => time(s),
  time_secs: (s) => time(s, { secs: true }),
  ago: (s) => {
    const minutes = Math.round((s - now()) / 60);
    const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
    if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
    if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
    return relative.format(Math.round(minutes / 1440), "day");
  },
};

// `<!date^UNIX^format^link|fallback>`: an unknown token makes the whole thing its fallback, as in Slack.
export function slackDate(seconds, pattern, fallback) {
  if (!Number.isFinite(seconds)) return fallback;
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (names.some((name) => !(name in TOKENS))) return fallback;
  return pattern.replace(/\{(\w+)\}/g, (_, name) => TOKENS[name](seconds));
}

export const day = (seconds) => TOKENS.day_divider_pretty(seconds);

export function full(seconds) {
  return `${TOKENS.date(seconds)} ${time(seconds, { secs: true })} (${zone()})`;
}
