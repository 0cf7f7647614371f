// Lists that open beside a button, and the two kinds of dialogs. The browser keeps focus, Esc and what lies beneath.

import { fill, h } from "./dom.js";
import { t } from "./words.js";

// Opens a panel under (or over) an anchor. Returns a function that closes it.
export function openPanel(anchor, content, { onclose, width, align = "left" } = {}) {
  const panel = h("div.panel", { popover: "auto" }, content);
  (anchor.closest("dialog") ?? document.body).append(panel);
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    onclose?.();
  });
  panel.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  const box = anchor.getBoundingClientRect();
  panel.style.minWidth = `${Math.min(width ?? Math.max(box.width, 180), innerWidth - 16)}px`;
  const place = () => {
    const size = panel.getBoundingClientRect();
    const below = box.bottom + 4 + size.height <= innerHeight || box.top < size.height;
    const left = align === "right" ? box.right - size.width : box.left;
    panel.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
    panel.style.top = `${Math.max(8, below ? Math.min(box.bottom + 4, innerHeight - size.height - 8) : box.top - size.height - 4)}px`;
  };
  place();
  new ResizeObserver(place).observe(panel); // what is in it may come later, or be filtered away
  return () => panel.isConnected && panel.hidePopover();
}

// A filtered list. `entries`: [{label, hint?, value, group?, danger?}]; `load(query)` asks for them instead.
export function openList(anchor, { entries = [], load, chosen = [], multiple = false, filter = entries.length > 8, max, onpick, onclose, align, width }) {
  const picked = new Set(chosen);
  const list = h("div.options", { role: "listbox", "aria-multiselectable": multiple ? "true" : undefined });
  const query = h("input.filter", { type: "text", placeholder: t("filter"), "aria-label": t("filter"), autocomplete: "off" });
  let shown = entries;
  let active = 0;

  const draw = () => {
    let group;
    fill(
      list,
      shown.length ? [] : h("div.options-empty", t("no_options")),
      shown.flatMap((entry, index) => {
        const heading = entry.group && entry.group !== group ? h("div.options-group", (group = entry.group)) : null;
        const on = picked.has(entry.value);
        const row = h(
          "div.option",
          { role: "option", "aria-selected": String(on), class: `${index === active ? "active" : ""} ${entry.danger ? "danger" : ""}`, onclick: () => pick(entry) },
          multiple && h("span.tick", { "aria-hidden": "true" }, on ? "✓" : ""),
          h("span.option-label", entry.label, entry.hint && h("span.option-hint", entry.hint)),
        );
        return [heading, row];
      }),
    );
    list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
  };
  const pick = (entry) => {
    if (!multiple) {
      close();
      onpick(entry.value, entry);
      return;
    }
    if (picked.has(entry.value)) picked.delete(entry.value);
    else if (!max || picked.size < max) picked.add(entry.value);
    draw();
  };
  const narrow = async () => {
    const asked = query.value.trim().toLowerCase();
    const found = load ? await load(query.value) : entries.filter((entry) => `${entry.label} ${entry.hint ?? ""}`.toLowerCase().includes(asked));
    if (asked !== query.value.trim().toLowerCase()) return;
    shown = found;
    active = 0;
    draw();
  };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) active = (active + step + shown.length) % shown.length;
    else if (event.key === "Enter" && shown[active]) pick(shown[active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) draw();
  };
  query.addEventListener("input", narrow);
  const searching = filter || load;
  const box = h("div.list-box", { onkeydown: keys, tabindex: searching ? undefined : "-1" }, searching && query, list);
  const close = openPanel(anchor, box, {
    align,
    width,
    onclose: () => {
      onclose?.([...picked]);
      if (anchor.isConnected) anchor.focus();
    },
  });
  active = Math.max(0, shown.findIndex((entry) => picked.has(entry.value)));
  draw();
  if (load) narrow();
  (searching ? query : box).focus();
  return close;
}

// Asks, and answers true or false. Esc is no.
export function confirm({ title, text, yes, no, danger }) {
  return new Promise((resolve) => {
    let answer = false;
    const done = (value) => {
      answer = value;
      dialog.close();
    };
    const dialog = h(
      "dialog.confirm",
      { "aria-label": title?.textContent ?? "", onclose: () => (dialog.remove(), resolve(answer)) },
      h("h2", title),
      h("div.confirm-text", text),
      h(
        "div.dialog-foot",
        h("button.button", { type: "button", onclick: () => done(false) }, no),
        h(danger ? "button.button.danger-fill" : "button.button.primary-fill", { type: "button", autofocus: true, onclick: () => done(true) }, yes),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
