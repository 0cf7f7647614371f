// A list of messages that is redrawn by difference: rows that did not change keep their place, focus and open menus.

import { day, sameDay, today } from "./dates.js";
import { h, reconcile } from "./dom.js";
import { messageRow, repliesTo, seconds } from "./message.js";
import { lang, t } from "./words.js";

const FOLLOWS_WITHIN_S = 300;

export function stream({ inThread = false, label }) {
  const node = h("div.stream", { role: "log", "aria-label": label, tabindex: "0", onkeydown: walk });
  let rows = new Map();
  let shown = null;
  let stays = true; // at the end: also when the room for it shrinks, as when a composer or a keyboard comes up
  const isAtEnd = () => node.scrollHeight - node.scrollTop - node.clientHeight < 80;
  node.addEventListener("scroll", () => (stays = isAtEnd()));
  new ResizeObserver(() => stays && (node.scrollTop = node.scrollHeight)).observe(node);

  function draw(channel, messages, { newFrom, intro, key = channel, divider } = {}) {
    const fresh = shown !== key;
    if (fresh) rows = new Map();
    shown = key;
    const atEnd = isAtEnd();
    const focused = node.contains(document.activeElement) ? document.activeElement : null;
    const lost = focused && { ts: focused.closest("[data-ts]")?.dataset.ts, action: focused.dataset.action };
    const next = new Map();
    const list = intro ? [intro] : [];
    messages.forEach((message, index) => {
      const before = messages[index - 1];
      if (!inThread && (!before || !sameDay(seconds(before), seconds(message)))) list.push(dayLine(message));
      if (newFrom && message.ts === newFrom) list.push(h("div.new-line", { role: "separator" }, h("span", t("new_messages"))));
      const follows = Boolean(before) && continues(channel, before, message) && message.ts !== newFrom && !(divider && index === 1);
      const mark = JSON.stringify([message, follows, lang(), today(), inThread ? 0 : repliesTo(channel, message.ts).length]);
      const old = rows.get(message.ts);
      const row = old?.mark === mark ? old.row : messageRow(channel, message, { follows, inThread });
      if (!old && !fresh) row.classList.add("arrived");
      next.set(message.ts, { mark, row });
      list.push(row);
      if (divider && index === 0) list.push(divider);
    });
    rows = next;
    const kept = node.scrollTop;
    reconcile(node, list);
    node.scrollTop = fresh || atEnd ? node.scrollHeight : kept;
    if (lost?.ts && !node.contains(focused)) refocus(rows.get(lost.ts)?.row, lost.action);
    else if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  function clear() {
    shown = null;
    reconcile(node, []);
  }

  return { node, draw, clear, row: (ts) => rows.get(ts)?.row };
}

// Up and down go from message to message, for those who read by keyboard.
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = event.target.closest(".message");
  if (!step || !(event.target === here || event.target === event.currentTarget)) return;
  const rows = [...event.currentTarget.querySelectorAll(".message")];
  const next = rows[here ? rows.indexOf(here) + step : rows.length - 1];
  next?.focus();
  if (next) event.preventDefault();
}

function refocus(row, action) {
  if (!row) return;
  const same = action && [...row.querySelectorAll("[data-action]")].find((one) => one.dataset.action === action);
  (same || row).focus({ preventScroll: true });
}

function continues(channel, before, message) {
  const close = seconds(message) - seconds(before) < FOLLOWS_WITHIN_S;
  const same = before.from === message.from && before.from_name === message.from_name;
  return close && same && !message.broadcast && !before.ephemeral && !message.ephemeral && !message.blocks?.length && sameDay(seconds(before), seconds(message)) && !repliesTo(channel, before.ts).length;
}

function dayLine(message) {
  return h("div.day-line", { role: "separator" }, h("span", day(seconds(message))));
}
