// How people and bots look: a face made of letters, a name, a role.

import { h } from "./dom.js";
import { bots, nameOf, state } from "./state.js";
import { known, t } from "./words.js";

const HUES = [4, 28, 158, 190, 212, 250, 280, 326];

export function face(id, size = 36) {
  const name = nameOf(id);
  const hue = HUES[[...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
  const latin = /^[\x20-\x7e]+$/.test(name);
  const letters = latin ? name.split(/[\s_.-]+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase() : [...name].slice(-2).join("");
  const bot = bots().has(id);
  return h(
    `span.face${bot ? ".face-bot" : ""}`,
    { "aria-hidden": "true", style: { "--hue": hue, "--size": `${size}px`, "font-size": `${Math.round(size * (latin ? 0.4 : 0.36))}px` } },
    letters,
  );
}

export function roles(id) {
  return [state.config.roles?.[id] ?? []].flat().map((role) => role.replace(/[_ ]/g, "-"));
}

export function roleWords(id) {
  return roles(id).map((role) => (known(`role_${role}`) ? t(`role_${role}`) : role)).join(" · ");
}

export function actors() {
  const robots = bots();
  return [...state.users.values()].filter((user) => !user.deleted && !robots.has(user.id) && !user.is_bot);
}

// The words by which a conversation is known to this person.
export function title(conversation) {
  if (!conversation) return "";
  if (conversation.kind === "dm") return nameOf(Array.isArray(conversation.with) ? conversation.with[0] : conversation.with);
  return conversation.kind === "group" ? conversation.name : `#${conversation.name}`;
}
