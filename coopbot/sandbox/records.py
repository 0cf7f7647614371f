"""The mutable records of a running workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from coopbot.sandbox.workspace import App

JSON = dict[str, Any]
ConversationKind = Literal["channel", "private", "dm", "group"]


@dataclass(slots=True, eq=False)
class Message:
    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    app_id: str = ""
    bot_id: str = ""
    username: str = ""
    icons: JSON = field(default_factory=dict)
    thread_ts: str = ""
    subtype: str = ""
    metadata: JSON | None = None
    edited: JSON | None = None
    only_for: str = ""
    """The person an ephemeral message is shown to; empty for everybody."""
    broadcast: bool = False
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned: bool = False
    files: list[str] = field(default_factory=list)
    replies: list[Message] = field(default_factory=list)
    followers: dict[str, None] = field(default_factory=dict)
    state: dict[str, dict[str, JSON]] = field(default_factory=dict)
    """What is chosen in its menus and pickers, by block_id and action_id."""
    born_seq: int = 0
    seq: int = 0
    client_msg_id: str = ""

    @property
    def in_thread(self) -> bool:
        """Shown in its thread (and in the channel only when also sent there)."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(slots=True, eq=False)
class Conversation:
    id: str
    name: str
    kind: ConversationKind
    created: int
    members: dict[str, None] = field(default_factory=dict)
    archived: bool = False
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    bookmarks: dict[str, JSON] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    mentions: dict[str, int] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)
    open_for: set[str] = field(default_factory=set)
    topic_set: JSON = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        return self.kind in ("dm", "group")

    def other(self, user: str) -> str:
        """The other side of a direct message."""
        return next((m for m in self.members if m != user), user)


@dataclass(slots=True, eq=False)
class View:
    id: str
    type: Literal["modal", "home"]
    app_id: str
    user: str
    given: JSON
    """As the app gave it, with block_ids and action_ids filled in."""
    hash: str
    root_view_id: str = ""
    previous_view_id: str = ""
    state: dict[str, dict[str, JSON]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    response_urls: list[JSON] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class InstalledApp:
    """An app of the workspace, its manifest read."""

    seed: App
    scopes: frozenset[str]
    events: frozenset[str]
    commands: Mapping[str, JSON]
    shortcuts: Mapping[str, JSON]
    socket_mode: bool
    revoked: bool = False
    connections: int = 0

    @property
    def id(self) -> str:
        return self.seed.app_id

    @property
    def bot(self) -> str:
        return self.seed.bot_user_id

    @property
    def name(self) -> str:
        return self.seed.name or str(self.section("display_information").get("name") or "app")

    def section(self, *path: str) -> JSON:
        """A part of the manifest, empty when it is not there."""
        here: Any = self.seed.manifest
        for step in path:
            here = here.get(step) if isinstance(here, Mapping) else None
        return dict(here) if isinstance(here, Mapping) else {}

    @staticmethod
    def of(seed: App) -> InstalledApp:
        app = InstalledApp(seed, frozenset(), frozenset(), {}, {}, False)
        features, scopes = app.section("features"), app.section("oauth_config", "scopes")
        settings = app.section("settings")
        app.scopes = frozenset(scopes.get("bot") or ())
        app.events = frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ())
        app.commands = {str(c.get("command")): c for c in features.get("slash_commands") or ()}
        app.shortcuts = {str(s.get("callback_id")): s for s in features.get("shortcuts") or ()}
        app.socket_mode = bool(settings.get("socket_mode_enabled"))
        return app
