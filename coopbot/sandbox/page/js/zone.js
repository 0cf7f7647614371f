// Between UNIX seconds and a wall clock of the viewer's zone, for pickers.

import { state } from "./state.js";

const zone = () => state.me?.tz || "Asia/Shanghai";

function wall(seconds) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone(), year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(seconds * 1000));
  const of = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
}

export const toLocal = (seconds) => wall(seconds);

export function fromLocal(local) {
  const guess = Date.parse(`${local}Z`) / 1000;
  const drift = Date.parse(`${wall(guess)}Z`) / 1000 - guess;
  return guess - drift;
}
