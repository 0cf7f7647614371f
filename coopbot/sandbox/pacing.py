"""How often an app may call: tiers per method, and about one post a second in each channel (slack.md A3).

A bucket holds a minute's quota and refills evenly, so a burst is served and a steady excess is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.refusal import RateLimited

T1, T2, T3, T4, SPECIAL = 1, 20, 50, 100, 600
"""Calls per minute. The special tier's "hundreds per minute" is the 600 that Slack's Java SDK paces."""
POSTS_PER_MINUTE = 300
"""chat.postMessage over the whole workspace: "several hundred per minute"."""
CHANNEL_BURST = 10
"""Posts that one channel takes at once before the one a second; Slack names no number."""

TIERS: dict[str, int] = {
    "auth.test": SPECIAL,
    "auth.revoke": T3,
    "apps.connections.open": T3,  # the Java SDK says T1; the 2026 docs say T3
    "apps.manifest.validate": T3,
    "blocks.validate": T3,
    "bots.info": T3,
    "team.info": T3,
    "emoji.list": T2,
    "chat.postMessage": POSTS_PER_MINUTE,
    "chat.update": T3,
    "chat.delete": T3,
    "chat.scheduleMessage": T3,
    "chat.deleteScheduledMessage": T3,
    "chat.scheduledMessages.list": T3,
    "chat.unfurl": T3,
    "chat.meMessage": T3,
    "chat.postEphemeral": T4,
    "chat.getPermalink": SPECIAL,
    "views.open": T4,
    "views.push": T4,
    "views.update": T4,
    "views.publish": T4,
    "users.info": T4,
    "users.profile.get": T4,
    "users.list": T2,
    "users.lookupByEmail": T3,
    "users.getPresence": T3,
    "users.conversations": T2,
    "conversations.info": T3,
    "conversations.open": T3,
    "conversations.close": T2,
    "conversations.invite": T3,
    "conversations.kick": T3,
    "conversations.join": T3,
    "conversations.leave": T3,
    "conversations.history": T3,
    "conversations.replies": T3,
    "conversations.mark": T3,
    "conversations.members": T4,
    "conversations.list": T2,
    "conversations.create": T2,
    "conversations.archive": T2,
    "conversations.unarchive": T2,
    "conversations.rename": T2,
    "conversations.setTopic": T2,
    "conversations.setPurpose": T2,
    "files.getUploadURLExternal": T4,
    "files.completeUploadExternal": T4,
    "files.info": T4,
    "files.list": T3,
    "files.delete": T3,
    "usergroups.list": T2,
    "usergroups.create": T2,
    "usergroups.update": T2,
    "usergroups.enable": T2,
    "usergroups.disable": T2,
    "usergroups.users.list": T2,
    "usergroups.users.update": T2,
    "reactions.add": T3,
    "reactions.remove": T3,
    "reactions.get": T3,
    "reactions.list": T2,
    "pins.add": T2,
    "pins.remove": T2,
    "pins.list": T2,
    "bookmarks.add": T2,
    "bookmarks.edit": T2,
    "bookmarks.remove": T2,
    "bookmarks.list": T3,
    "oauth.v2.access": SPECIAL,
}


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Pacing:
    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}
        self.scale = 1.0
        """Quotas are divided by it; 0 turns pacing off."""

    def set(self, scale: float) -> None:
        """Scale the quotas (0.1: ten times as many; 0: no limit) and start afresh. Raises ValueError below 0."""
        if scale < 0:
            raise ValueError("a scale is not negative")
        self.scale = scale
        self._buckets.clear()

    def take(self, app: str, method: str, channel: str = "") -> None:
        """Count one call. Raises RateLimited with the whole seconds until the next one fits."""
        if not self.scale:
            return
        per_minute = TIERS.get(method, T3) / self.scale
        wait = self._wait((app, method, ""), per_minute, max(1.0, per_minute))
        if not wait and method == "chat.postMessage" and channel:
            wait = self._wait((app, method, channel), 60 / self.scale, max(1.0, CHANNEL_BURST / self.scale))
        if wait:
            raise RateLimited(max(1, math.ceil(wait)))

    def _wait(self, key: tuple[str, str, str], per_minute: float, most: float) -> float:
        now = self._clock.now()
        bucket = self._buckets.get(key)
        if bucket is None:
            self._buckets[key] = _Bucket(most - 1, now)
            return 0.0
        bucket.left = min(most, bucket.left + max(0.0, now - bucket.at) * per_minute / 60)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0.0
        return (1 - bucket.left) * 60 / per_minute

    def shown(self) -> dict[str, float | bool]:
        return {"scale": self.scale, "off": not self.scale}
