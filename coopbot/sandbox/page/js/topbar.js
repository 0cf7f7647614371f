// The bar on top: search, who you are, language, light or dark, the tray of faults.

import { fill, h, icon } from "./dom.js";
import { clockBar } from "./clock_bar.js";
import { openFaults } from "./faults.js";
import { actors, face, roleWords } from "./people.js";
import { openList } from "./popover.js";
import { emit, nameOf, on, state } from "./state.js";
import { lang, setLanguage, t } from "./words.js";

export function topbar() {
  const clock = clockBar();
  const search = h("input", { type: "search", autocomplete: "off" });
  const form = h("form.search", { role: "search", onsubmit: (event) => (event.preventDefault(), find()) }, icon("search"), search);
  const who = h("button.who", { type: "button", "aria-haspopup": "listbox", onclick: () => choose() });
  const side = h("div.bar-side");
  const node = h("header.topbar", h("div.bar-title", state.config.title), form, clock, side);

  const find = () => search.value.trim() && emit("open", { kind: "search", query: search.value.trim() });

  function choose() {
    const entries = actors().map((user) => ({ label: nameOf(user.id), hint: roleWords(user.id) || `@${user.name}`, value: user.id }));
    openList(who, { entries, chosen: [state.me?.id], filter: entries.length > 8, width: 260, align: "right", onpick: (id) => emit("become", id) });
  }

  function draw() {
    fill(node.querySelector(".bar-title"), state.config.title || t("workspace"));
    search.placeholder = t("search_in", { team: state.team.name ?? "" });
    search.setAttribute("aria-label", t("search"));
    if (state.me) {
      who.setAttribute("aria-label", `${t("acting_as")}: ${nameOf(state.me.id)} ${roleWords(state.me.id)}`);
      fill(who, face(state.me.id, 26), h("span.who-words", h("strong", nameOf(state.me.id)), h("span.dim", roleWords(state.me.id) || `@${state.me.name}`)), icon("down"));
    }
    const dark = document.documentElement.dataset.theme === "dark";
    const armed = state.faults.length + (state.console?.faults?.length ?? 0);
    const faultsButton = h("button.tool.faults-button", { type: "button", title: t("faults"), "aria-label": t("faults"), class: armed ? "armed" : "", onclick: () => openFaults(faultsButton) }, icon("bolt"), armed > 0 && h("span.badge", armed));
    const away = document.body.classList.contains("desk-away");
    fill(
      side,
      state.config.console && h("button.tool.only-wide", { type: "button", title: t("console"), "aria-label": t("console"), "aria-pressed": String(!away), onclick: () => emit("toggle-desk") }, icon("desk")),
      faultsButton,
      h("button.tool", { type: "button", title: t("language"), "aria-label": t("language"), onclick: () => setLanguage(lang() === "zh" ? "en" : "zh") }, lang() === "zh" ? "EN" : "中"),
      h("button.tool", { type: "button", title: t("theme"), "aria-label": t("theme"), onclick: () => emit("theme") }, icon(dark ? "sun" : "moon")),
      who,
    );
  }

  for (const topic of ["snapshot", "people", "language", "faults", "themed", "desk-toggled", "console-state", "configured"]) on(topic, draw);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      search.focus();
    }
  });
  draw();
  return node;
}
