// What this person's feed has said so far, and who wants to know when it changes.

const listeners = new Map();

export const state = {
  config: { clock_url: null, console: false, lang: "en", roles: {}, title: "Sandbox" },
  me: null,
  team: {},
  users: new Map(),
  usergroups: new Map(),
  conversations: new Map(),
  apps: [],
  messages: new Map(), // channel -> Map(ts -> message), thread replies flat beside their parents
  views: [],
  homes: new Map(),
  faults: [],
  limits: {},
  connected: false,
  steered: false, // whether a clock bar says what time it is; else the workspace does
  open: null, // {kind: "conversation", id} | {kind: "home", app_id} | {kind: "search", query}
  thread: null, // {channel, ts}
};

export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export function bots() {
  return new Map(state.apps.map((app) => [app.bot_user_id, app]));
}

export function nameOf(id) {
  const user = state.users.get(id);
  return user?.display_name || user?.real_name || user?.name || bots().get(id)?.name || id;
}

export function messagesIn(channel) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  return state.messages.get(channel);
}

function keep(channel, message) {
  const { replies = [], ...own } = message;
  messagesIn(channel).set(own.ts, own);
  for (const reply of replies) keep(channel, reply);
}

const takes = {
  snapshot(frame) {
    Object.assign(state, { me: frame.me, team: frame.team, apps: frame.apps, views: frame.views ?? [] });
    Object.assign(state, { faults: frame.faults ?? [], limits: frame.limits ?? {} });
    state.users = new Map(frame.users.map((user) => [user.id, user]));
    state.usergroups = new Map(frame.usergroups.map((group) => [group.id, group]));
    state.conversations = new Map(frame.channels.map((one) => [one.id, one]));
    state.homes = new Map(Object.entries(frame.homes ?? {}));
    state.messages = new Map();
    for (const [channel, messages] of Object.entries(frame.messages ?? {})) {
      for (const message of messages) keep(channel, message);
    }
    emit("workspace-clock", frame);
    emit("snapshot");
  },
  message(frame) {
    const { channel, message, change } = frame;
    if (change === "deleted") messagesIn(channel).delete(message.ts);
    else keep(channel, message);
    emit("message", frame);
  },
  conversation(frame) {
    state.conversations.set(frame.conversation.id, frame.conversation);
    emit("conversations");
  },
  conversation_gone(frame) {
    state.conversations.delete(frame.id);
    emit("conversations", { gone: frame.id });
  },
  user(frame) {
    const user = frame.user ?? frame.record ?? frame;
    if (user.id) state.users.set(user.id, user);
    emit("people");
  },
  usergroup(frame) {
    const group = frame.usergroup ?? frame.record ?? frame;
    if (group.id) state.usergroups.set(group.id, group);
    emit("people");
  },
  views(frame) {
    state.views = frame.views;
    emit("views");
  },
  home(frame) {
    state.homes.set(frame.app_id, frame.view);
    emit("home", frame);
  },
  notification(frame) {
    emit("notification", frame.notification ?? frame);
  },
  failure(frame) {
    emit("failure", frame);
  },
  clock(frame) {
    emit("workspace-clock", frame);
  },
  faults(frame) {
    state.faults = frame.faults;
    emit("faults");
  },
  limits(frame) {
    state.limits = frame.limits;
    emit("faults");
  },
  apps(frame) {
    state.apps = frame.apps;
    emit("people");
  },
  reset() {},
};

export function take(frame) {
  takes[frame.type]?.(frame);
}
