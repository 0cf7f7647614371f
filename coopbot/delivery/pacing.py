"""Slack's pace (slack.md A3): about one post a second and channel with a small burst, a budget for the workspace, and
so many calls a minute of each other method; and a pause wherever Slack named one with Retry-After."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from coopbot.clock import monotonic

POST = "chat.postMessage"
UPDATE = "chat.update"
HISTORY, REPLIES_OF, OPEN = "conversations.history", "conversations.replies", "conversations.open"
GROUP = "usergroups.users.update"


@dataclass(frozen=True)
class Limits:
    """Rates a second and bursts. The workspace's post rate is assumed (performance.md §5: several hundred a minute)."""

    channel_rate: float = 1.0
    channel_burst: float = 3.0
    posts_rate: float = 5.0
    posts_burst: float = 20.0
    updates_rate: float = 50 / 60
    updates_burst: float = 20.0
    tier_3_rate: float = 50 / 60
    """Of each of the methods that look for a message, or for a direct channel; ``chat.update`` is one of its own."""
    tier_3_burst: float = 20.0
    tier_2_rate: float = 20 / 60
    tier_2_burst: float = 10.0

    def times(self, pace: float) -> Limits:
        """Every rate so many times as high; the bursts stay."""
        rates = ("channel_rate", "posts_rate", "updates_rate", "tier_3_rate", "tier_2_rate")
        return replace(self, **{rate: getattr(self, rate) * pace for rate in rates})

    def of(self, method: str) -> tuple[float, float]:
        """Its rate and burst in the workspace."""
        if method == POST:
            return self.posts_rate, self.posts_burst
        if method == UPDATE:
            return self.updates_rate, self.updates_burst
        if method == GROUP:
            return self.tier_2_rate, self.tier_2_burst
        return self.tier_3_rate, self.tier_3_burst


@dataclass
class Bucket:
    """A token bucket over monotonic time."""

    rate: float
    burst: float
    level: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.at = self.burst, 0.0

    def wait(self, now: float) -> float:
        """Seconds until one token is there; 0 when it is."""
        self._fill(now)
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate

    def reach(self, now: float, seconds: float) -> float:
        """How many tokens there will have been within so many seconds, if each is taken when it is there."""
        self._fill(now)
        return self.level + seconds * self.rate

    def take(self, now: float) -> None:
        self._fill(now)
        self.level -= 1

    def _fill(self, now: float) -> None:
        if self.at:
            self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now


@dataclass(frozen=True)
class Reach:
    """How many posts leave in time: of the workspace, of a channel that has been quiet, of each other channel."""

    posts: float
    quiet: float
    channels: Mapping[str, float]

    def exceeded(self, channel: str, waiting: Mapping[str, int]) -> bool:
        """Whether what waits for ``channel``, or for all, is more than leaves in time as a message each."""
        return waiting[channel] > self.channels.get(channel, self.quiet) or sum(waiting.values()) > self.posts


class Pacer:
    """What may leave now. Each of several replicas takes an equal share; Slack's own 429 is the judge of the sum."""

    def __init__(self, limits: Limits | None = None, time: Callable[[], float] = monotonic) -> None:
        self._limits = limits or Limits()
        self._time = time
        self._channels: dict[str, Bucket] = {}
        self._methods = {
            method: Bucket(*self._limits.of(method)) for method in (POST, UPDATE, HISTORY, REPLIES_OF, OPEN, GROUP)
        }
        self._paused: dict[tuple[str, str], float] = {}
        self.shares = 1

    def share(self, replicas: int) -> None:
        """So many replicas post into the same channels: each keeps to its part of every rate and burst."""
        if replicas == self.shares:
            return
        self.shares = replicas
        limits = self._limits
        for method, its in self._methods.items():
            self._resize(its, *limits.of(method))
        for bucket in self._channels.values():
            self._resize(bucket, limits.channel_rate, limits.channel_burst)

    def _resize(self, bucket: Bucket, rate: float, burst: float) -> None:
        bucket.wait(self._time())
        bucket.rate, bucket.burst = rate / self.shares, max(1.0, burst / self.shares)
        bucket.level = min(bucket.level, bucket.burst)

    def busy_channels(self) -> list[str]:
        """Channels to which nothing may be posted now."""
        now = self._time()
        spent = [channel for channel, bucket in self._channels.items() if bucket.wait(now) > 0]
        paused = [channel for (method, channel), until in self._paused.items() if channel and until > now]
        return sorted({*spent, *paused})

    def room(self, method: str) -> int:
        """How many calls of ``method`` the workspace's budget has room for now."""
        now = self._time()
        if self._paused.get((method, ""), 0.0) > now:
            return 0
        bucket = self._methods[method]
        bucket.wait(now)
        return max(0, int(bucket.level))

    def wait(self, method: str, channel: str = "") -> float:
        """Seconds until a call of ``method`` may leave, for a post to ``channel``; 0 when it may."""
        now = self._time()
        waits = [self._paused.get((method, where), 0.0) - now for where in {"", channel}]
        waits.append(self._methods[method].wait(now))
        if method == POST and channel in self._channels:
            waits.append(self._channels[channel].wait(now))
        return max(0.0, *waits)

    def reach(self, patience_s: float) -> Reach:
        """How many posts the pace lets out within so many seconds from now, those that may leave at once included."""
        now, limits, shares = self._time(), self._limits, self.shares
        fresh = Bucket(limits.channel_rate / shares, max(1.0, limits.channel_burst / shares))
        channels = {channel: bucket.reach(now, patience_s) for channel, bucket in self._channels.items()}
        return Reach(self._methods[POST].reach(now, patience_s), fresh.reach(now, patience_s), channels)

    def spend(self, method: str, channel: str = "") -> None:
        """Count one call that is about to leave."""
        now = self._time()
        self._methods[method].take(now)
        if method == POST:
            bucket = self._channels.get(channel)
            if bucket is None:
                limits, shares = self._limits, self.shares
                bucket = Bucket(limits.channel_rate / shares, max(1.0, limits.channel_burst / shares))
                self._channels[channel] = bucket
            bucket.take(now)

    def give_back(self, method: str, channel: str) -> None:
        """The call that was counted did not leave."""
        for each in (self._methods[method], self._channels.get(channel) if method == POST else None):
            if each is not None:
                each.level = min(each.burst, each.level + 1)

    def pause(self, method: str, channel: str, seconds: float) -> None:
        """Honour a Retry-After: of a channel's posts, or of a method in the whole workspace (``channel`` empty).

        Slack does not say which of its limits on posts was met; when two channels are held up at once, it was the
        workspace's.
        """
        now = self._time()
        until = now + seconds
        others = (at for (paused, where), at in self._paused.items() if paused == method and where not in ("", channel))
        if channel and any(at > now for at in others):
            self._paused[method, ""] = max(until, self._paused.get((method, ""), 0.0))
        self._paused[method, channel] = max(until, self._paused.get((method, channel), 0.0))

    def next_room(self) -> float:
        """Seconds until something that has no room now may have some; at most a second."""
        now = self._time()
        claimed_by = (*self._channels.values(), self._methods[POST], self._methods[UPDATE])
        waits = [bucket.wait(now) for bucket in claimed_by]
        waits += [until - now for until in self._paused.values() if until > now]
        self._forget(now)
        return min((wait for wait in waits if wait > 0), default=1.0)

    def _forget(self, now: float) -> None:
        """Full buckets and past pauses say nothing: memory stays bounded by the busy channels."""
        for channel in [c for c, b in self._channels.items() if b.wait(now) == 0 and b.level >= b.burst]:
            del self._channels[channel]
        for key in [key for key, until in self._paused.items() if until <= now]:
            del self._paused[key]
