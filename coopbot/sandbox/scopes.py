"""Which scope each method and each event needs of a bot token (docs.slack.dev/reference/scopes)."""

from __future__ import annotations

from coopbot.sandbox.records import Conversation

METHODS: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.scheduleMessage": ("chat:write",),
    "chat.deleteScheduledMessage": ("chat:write",),
    "chat.meMessage": ("chat:write",),
    "chat.unfurl": ("links:write",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.getPresence": ("users:read",),
    "bots.info": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "users.profile.get": ("users.profile:read",),
    "team.info": ("team:read",),
    "emoji.list": ("emoji:read",),
    "conversations.create": ("channels:manage", "groups:write"),
    "conversations.join": ("channels:join",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "usergroups.create": ("usergroups:write",),
    "usergroups.update": ("usergroups:write",),
    "usergroups.enable": ("usergroups:write",),
    "usergroups.disable": ("usergroups:write",),
    "usergroups.users.update": ("usergroups:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.info": ("files:read",),
    "files.list": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.remove": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.list": ("reactions:read",),
    "pins.add": ("pins:write",),
    "pins.remove": ("pins:write",),
    "pins.list": ("pins:read",),
    "bookmarks.add": ("bookmarks:write",),
    "bookmarks.edit": ("bookmarks:write",),
    "bookmarks.remove": ("bookmarks:write",),
    "bookmarks.list": ("bookmarks:read",),
}
"""Any one of them will do. A method that is not here needs none, or one by the kind of conversation (below)."""

_FAMILY = {"channel": "channels", "private": "groups", "dm": "im", "group": "mpim"}
_MANAGE = {"channel": "channels:manage", "private": "groups:write", "dm": "im:write", "group": "mpim:write"}
BY_KIND: dict[str, str] = {
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.list": "read",
    "users.conversations": "read",
    "conversations.history": "history",
    "conversations.replies": "history",
    "conversations.open": "write",
    "conversations.close": "write",
    "conversations.mark": "write",
    "conversations.archive": "write",
    "conversations.unarchive": "write",
    "conversations.rename": "write",
    "conversations.invite": "invites",
    "conversations.kick": "write",
    "conversations.leave": "write",
    "conversations.setTopic": "topic",
    "conversations.setPurpose": "topic",
}

EVENTS: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_left": ("groups:read",),
    "user_change": ("users:read",),
    "team_join": ("users:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "file_shared": ("files:read",),
}


def for_kind(method: str, kind: str) -> tuple[str, ...]:
    """The scopes, any of which lets the method at a conversation of this kind."""
    what, family = BY_KIND[method], _FAMILY[kind]
    if what == "write":
        return (_MANAGE[kind],)
    if what == "invites":
        return (f"{family}:write.invites", _MANAGE[kind])
    if what == "topic":
        return (f"{family}:write.topic", _MANAGE[kind])
    return (f"{family}:{what}",)


def readable(conversation: Conversation, scopes: frozenset[str], what: str = "read") -> bool:
    return f"{_FAMILY[conversation.kind]}:{what}" in scopes
