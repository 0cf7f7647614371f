// What this person can open: channels, direct messages, apps; with what is unread and where they were mentioned.

import { fill, h, icon } from "./dom.js";
import { actors, face, roleWords, title } from "./people.js";
import { openList } from "./popover.js";
import { bots, emit, nameOf, on, state } from "./state.js";
import { t } from "./words.js";

export function sidebar() {
  const node = h("nav.sidebar", { "aria-label": t("workspace") });
  const draw = () => fill(node, head(), groups());
  for (const topic of ["snapshot", "conversations", "people", "opened", "language"]) on(topic, draw);
  return node;
}

function head() {
  return h("div.team", h("span.team-mark", { "aria-hidden": "true" }, (state.team.name ?? "S").slice(0, 1)), h("span.team-name", state.team.name ?? ""));
}

function groups() {
  const all = [...state.conversations.values()].filter((one) => !one.archived || one.member);
  const robots = bots();
  const isApp = (one) => one.kind === "dm" && (one.app_id || robots.has(other(one)));
  const channels = all.filter((one) => one.kind === "channel" || one.kind === "private").sort((a, b) => a.name.localeCompare(b.name));
  const dms = all.filter((one) => (one.kind === "dm" || one.kind === "group") && !isApp(one));
  return [
    group(t("channels"), channels.map(row)),
    group(t("dms"), dms.map(row), plus()),
    group(t("apps"), state.apps.map((app) => appRow(app, all.find((one) => isApp(one) && (one.app_id === app.app_id || other(one) === app.bot_user_id))))),
  ];
}

export const other = (conversation) => (Array.isArray(conversation.with) ? conversation.with[0] : conversation.with);

function group(name, rows, extra) {
  return h("section.side-group", h("h2", h("span", name), extra), h("ul", rows.map((one) => h("li", one))));
}

function row(conversation) {
  const here = state.open?.kind === "conversation" && state.open.id === conversation.id;
  const dm = conversation.kind === "dm";
  const mark = dm ? face(other(conversation), 20) : icon(conversation.kind === "private" ? "lock" : "hash");
  const name = dm ? title(conversation) : conversation.name;
  return entry({ here, mark, name, conversation, press: () => emit("open", { kind: "conversation", id: conversation.id }) });
}

function appRow(app, conversation) {
  const here = (state.open?.kind === "home" && state.open.app_id === app.app_id) || (conversation && state.open?.id === conversation.id);
  const target = app.home_tab ? { kind: "home", app_id: app.app_id } : conversation ? { kind: "conversation", id: conversation.id } : { kind: "dm", app_id: app.app_id };
  const unread = conversation?.unread ? { kind: "conversation", id: conversation.id } : target;
  return entry({ here, mark: face(app.bot_user_id, 20), name: app.name, conversation, press: () => emit("open", unread) });
}

function entry({ here, mark, name, conversation, press }) {
  const { unread = 0, mentions = 0, member = true, archived, kind } = conversation ?? {};
  const badge = mentions || (kind === "dm" ? unread : 0);
  const kinds = [here && "here", unread > 0 && !here && "unread", !member && "outside", archived && "archived"].filter(Boolean).join(" ");
  return h(
    "button.side-row",
    { type: "button", class: kinds, "aria-current": here ? "page" : undefined, onclick: press },
    h("span.side-mark", mark),
    h("span.side-name", name),
    badge > 0 && !here && h("span.badge", { "aria-label": `${badge}` }, badge > 99 ? "99+" : badge),
  );
}

function plus() {
  const button = h("button.tool", { type: "button", "aria-label": t("dms"), title: t("dms") }, icon("plus"));
  button.addEventListener("click", () =>
    openList(button, {
      entries: actors().filter((user) => user.id !== state.me.id).map((user) => ({ label: nameOf(user.id), hint: roleWords(user.id), value: user.id })),
      filter: true,
      width: 240,
      onpick: (user) => emit("open", direct(user)),
    }),
  );
  return button;
}

function direct(user) {
  const known = [...state.conversations.values()].find((one) => one.kind === "dm" && other(one) === user);
  return known ? { kind: "conversation", id: known.id } : { kind: "dm", user };
}
