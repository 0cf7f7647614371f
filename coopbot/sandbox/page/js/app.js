// The page: puts the rooms side by side and remembers where the person was.

import { connect, failed, get } from "./api.js";
import { setNow } from "./dates.js";
import { desk } from "./desk.js";
import { h, fill } from "./dom.js";
import { mainView } from "./main_view.js";
import { startModals } from "./modal.js";
import { notices } from "./notices.js";
import { actors } from "./people.js";
import { sidebar } from "./sidebar.js";
import { emit, on, state } from "./state.js";
import { threadPane } from "./thread.js";
import { topbar } from "./topbar.js";
import { startLanguage, t } from "./words.js";

const NARROW = matchMedia("(max-width: 899px)");

function theme(one) {
  document.documentElement.dataset.theme = one;
  localStorage.setItem("theme", one);
  emit("themed");
}

function show(pane) {
  document.body.dataset.pane = pane;
  emit("shown", pane);
}

// Mentions that wait are counted in the window's title.
function countTitle() {
  const waiting = [...state.conversations.values()].reduce((sum, one) => sum + (one.mentions || (one.kind === "dm" ? one.unread : 0) || 0), 0);
  document.title = `${waiting ? `(${waiting}) ` : ""}${state.config.title}`;
}

// On a phone the panes lie behind one another; a bar below chooses.
function paneBar() {
  const node = h("nav.pane-bar", { "aria-label": t("workspace") });
  let waiting = 0;
  const draw = () => {
    const here = document.body.dataset.pane;
    const names = { sidebar: t("workspace"), chat: t("chat"), desk: t("console_short") };
    const panes = state.config.console ? ["sidebar", "chat", "desk"] : ["sidebar", "chat"];
    fill(node, panes.map((pane) => h("button", { type: "button", "aria-pressed": String(pane === here), onclick: () => show(pane) }, names[pane], pane === "desk" && waiting > 0 && h("span.badge", waiting))));
  };
  for (const topic of ["shown", "language", "configured"]) on(topic, draw);
  on("desk-news", (count) => ((waiting = count), draw()));
  return node;
}

function open(target) {
  state.open = target;
  emit("close-thread");
  if (target.kind !== "search") localStorage.setItem(`open ${state.me.id}`, JSON.stringify(target));
  if (NARROW.matches) show("chat");
  emit("opened");
}

function possible(target) {
  if (target?.kind === "conversation") return state.conversations.has(target.id);
  if (target?.kind === "home") return state.apps.some((app) => app.app_id === target.app_id);
  return target?.kind === "dm";
}

function arrive() {
  const kept = JSON.parse(localStorage.getItem(`open ${state.me.id}`) ?? "null");
  const linked = location.hash.length > 1 ? { kind: "conversation", id: location.hash.slice(1) } : null;
  const mine = [...state.conversations.values()].filter((one) => one.kind === "channel" || one.kind === "private");
  const first = mine.find((one) => one.member && !one.archived) ?? mine[0];
  const target = [state.open, linked, kept, first && { kind: "conversation", id: first.id }].find(possible);
  if (!target) return;
  state.open = target;
  emit("opened");
}

function become(user) {
  if (user === state.me?.id) return;
  localStorage.setItem("me", user);
  state.open = null;
  emit("close-thread");
  connect(user);
}

async function firstPerson() {
  const world = await get("/control/workspace");
  state.users = new Map((world.users ?? []).map((user) => [user.id, user]));
  state.apps = world.apps ?? [];
  const wanted = new URLSearchParams(location.search).get("user") ?? localStorage.getItem("me") ?? state.config.user;
  return actors().find((user) => user.id === wanted) ?? actors()[0];
}

function leaveDirect() {
  if (state.open?.kind !== "dm") return;
  const { user, app_id } = state.open;
  const found = [...state.conversations.values()].find((one) => one.kind === "dm" && (app_id ? one.app_id === app_id : [one.with].flat().includes(user)));
  if (found) open({ kind: "conversation", id: found.id });
}

async function start() {
  const config = await get("/page/config.json");
  if (!failed(config)) state.config = { ...state.config, ...config };
  startLanguage();
  theme(localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  const workspace = h("div.workspace", sidebar(), mainView(), threadPane());
  fill(document.body, topbar(), h("div.rooms", workspace, desk()), paneBar(), notices());
  show(NARROW.matches ? "chat" : "all");
  startModals();
  for (const topic of ["configured", "snapshot", "conversations"]) on(topic, countTitle);
  on("workspace-clock", ({ now, rate }) => {
    const heard = performance.now();
    if (!state.steered) setNow(() => now + ((performance.now() - heard) / 1000) * rate);
  });
  on("snapshot", arrive);
  on("open", open);
  on("become", become);
  on("show", show);
  on("conversations", leaveDirect);
  on("theme", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  on("toggle-desk", () => {
    document.body.classList.toggle("desk-away");
    emit("desk-toggled");
  });
  addEventListener("hashchange", () => {
    const id = location.hash.slice(1);
    if (state.conversations.has(id)) open({ kind: "conversation", id });
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  });
  NARROW.addEventListener("change", () => show(NARROW.matches ? "chat" : "all"));
  emit("configured");
  const person = await firstPerson();
  if (person) connect(person.id);
}

start();
