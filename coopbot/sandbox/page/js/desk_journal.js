// What went over the wire between the platform and the bot.

import { time } from "./dates.js";
import { h, icon } from "./dom.js";
import { t } from "./words.js";

const opened = new Set(); // lines that stay open when the list grows

export function journalList(entries) {
  if (!entries.length) return h("div.empty", icon("desk"), t("c_no_journal"));
  return h("div.journal", entries.map(line));
}

function line(entry) {
  const answer = entry.answer ?? {};
  const result = answer.error ?? answer.body?.result ?? answer.body?.results?.[0]?.status ?? "";
  const bad = answer.error || answer.status >= 400 || ["rejected", "refused", "conflict"].includes(result);
  const details = h("div.journal-details");
  const node = h(
    "details.journal-line",
    { open: opened.has(entry.seq), class: entry.direction },
    h(
      "summary",
      h("span.journal-arrow", { title: t(`c_${entry.direction}`), "aria-label": t(`c_${entry.direction}`) }, entry.direction === "sent" ? "→" : "←"),
      h("span.journal-type", entry.type.replace("work_order.", "")),
      h("span.dim", entry.work_order_no ?? ""),
      h("span.grow"),
      entry.fault && h("span.journal-fault", "⚡"),
      h("span.journal-result", { class: bad ? "bad" : "" }, [answer.status, result].filter(Boolean).join(" ")),
      h("time.dim", time(Date.parse(entry.at) / 1000, { secs: true, tz: "Asia/Shanghai" })),
    ),
    details,
  );
  const show = () => !details.childNodes.length && details.append(h("pre", JSON.stringify(entry.body, null, 2)), h("pre.answer", JSON.stringify(answer, null, 2)));
  if (node.open) show();
  node.addEventListener("toggle", () => {
    if (node.open) opened.add(entry.seq), show();
    else opened.delete(entry.seq);
  });
  return node;
}
