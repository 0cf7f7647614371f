"""How facts are written into a sentence: people, instants and lengths of time, for one reader and one kind of text.

In blocks an instant is Slack's own date token, which every reader sees in their zone; in plain text (lock screens,
modal errors) it is the time of the channel's zone, with the day when that is not today (voice.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property

from babel.dates import format_skeleton

from coopbot.domain.seen import Seen
from coopbot.ports import Translate
from coopbot.views.text import escape, short

PLATFORM, COOPBOT = "platform", "coopbot"


def msgid(sentence: str) -> str:
    """Marks a sentence for the catalogues that a table holds and ``t`` translates later."""
    return sentence


@dataclass(frozen=True)
class Pen:
    t: Translate
    now: datetime | None = None
    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)
    tokens: bool = True
    """Slack's date tokens, in blocks; else plain times of ``zone``."""
    escapes: bool = True
    """Escaped for mrkdwn and for top-level text; False in plain_text objects, which are literal."""
    private: bool = False
    """Only the reader sees it, so that naming somebody whose name is unknown calls nobody."""

    @classmethod
    def of(cls, seen: Seen, t: Translate, now: datetime | None = None) -> Pen:
        return cls(t, now or seen.now, seen.team.hours.zone, seen.names)

    @property
    def for_fallback(self) -> Pen:
        """The same facts for a message's top-level text: a lock screen resolves no tokens, but Slack reads markup."""
        return replace(self, tokens=False)

    @property
    def for_plain(self) -> Pen:
        """The same facts for plain_text objects."""
        return replace(self, tokens=False, escapes=False)

    def text(self, raw: str, limit: int = 150) -> str:
        """Something that came from outside, on one line."""
        return escape(short(raw, limit)) if self.escapes else short(raw, limit)

    def who(self, user: str) -> str:
        """The name of a person, without calling them."""
        if user in ("", PLATFORM):
            return self.t("the platform")
        if user == COOPBOT:
            return "coopbot"
        if user in self.names:
            return self.text(self.names[user], 60)
        return f"<@{self.text(user, 60)}>" if self.private and self.escapes else self.text(user, 60)

    def whos(self, users: Sequence[str]) -> str:
        return self.t(", ").join(self.who(user) for user in users)

    def mentions(self, users: Sequence[str]) -> str:
        """Calls people: only for those whom the message has a reason to call."""
        return " ".join(_mention(user) for user in users)

    def at(self, moment: datetime | str, *, day: bool = False) -> str:
        """An instant; ``day`` keeps the day in sight also today, for what will be read again tomorrow."""
        moment = _instant(moment)
        local = moment.astimezone(self.zone)
        plain = self._clock(local)
        if not self.tokens:
            return plain
        shape = "{date_short_pretty} {time}" if day or self._days_off(local) != 0 else "{time}"
        return f"<!date^{int(moment.timestamp())}^{shape}|{plain}>"

    def until(self, moment: datetime | str) -> str:
        """Until when: the end of a day is that day, 24:00, not the next one's midnight, which reads as a day more."""
        moment = _instant(moment)
        local = moment.astimezone(self.zone)
        if (local.hour, local.minute, local.second) != (0, 0, 0):
            return self.at(moment, day=True)
        last = local - timedelta(days=1)
        same_year = self.now is not None and self.now.astimezone(self.zone).year == last.year
        day = format_skeleton("MMMd" if same_year else "yMMMd", last, locale=self.t.language.replace("-", "_"))
        return self.t("{day}, {time}", day=day, time="24:00")

    def time(self, moment: datetime | str) -> str:
        """The time of day alone, where the day is said beside it."""
        moment = _instant(moment)
        plain = f"{moment.astimezone(self.zone):%H:%M}"
        return f"<!date^{int(moment.timestamp())}^{{time}}|{plain}>" if self.tokens else plain

    def end(self, moment: datetime, start: datetime) -> str:
        """The end of a stretch that is said beside its start: the day only where it is another one."""
        same = moment.astimezone(self.zone).date() == start.astimezone(self.zone).date()
        return self.time(moment) if same else self.at(moment, day=True)

    def clock(self, moment: datetime | str) -> str:
        """``11:30``, ``tomorrow 11:30``, ``Nov 24, 11:30``: the plain time in the channel's zone."""
        return self._clock(_instant(moment).astimezone(self.zone))

    def _clock(self, local: datetime) -> str:
        time = f"{local:%H:%M} UTC" if self.zone is UTC else f"{local:%H:%M}"
        off = self._days_off(local)
        if off == 0:
            return time
        if off == 1:
            return self.t("tomorrow {time}", time=time)
        if off == -1:
            return self.t("yesterday {time}", time=time)
        shape = "MMMd" if self._today and self._today.year == local.year else "yMMMd"
        day = format_skeleton(shape, local, locale=self.t.language.replace("-", "_"))
        return self.t("{day}, {time}", day=day, time=time)

    def span(self, length: timedelta | float) -> str:
        """A length of time in words, rounded down: minutes within four hours, else hours, days from the second on."""
        t = self.t
        seconds = length.total_seconds() if isinstance(length, timedelta) else length
        minutes = int(max(0, seconds)) // 60
        hours, rest = divmod(minutes, 60)
        if minutes < 1:
            return t("less than 1 min")
        if hours < 1:
            return t("{n} min", n=minutes)
        if hours < 4 and rest:
            return t("{h} h {m} min", h=hours, m=rest)
        if hours < 48:
            return t("{n} h", n=hours)
        days, hours = divmod(hours, 24)
        return t("{d} d {h} h", d=days, h=hours) if hours else t("{n} d", n=days)

    def _days_off(self, local: datetime) -> int | None:
        return (local.date() - self._today).days if self._today is not None else None

    @cached_property
    def _today(self) -> date | None:
        return self.now.astimezone(self.zone).date() if self.now is not None else None


def _mention(user: str) -> str:
    if user.startswith("!"):
        return f"<{user}>"
    return f"<!subteam^{user}>" if user.startswith("S") else f"<@{user}>"


def _instant(moment: datetime | str) -> datetime:
    """Intents keep instants as RFC 3339 text. Raises ValueError for a naive one: it is no instant."""
    value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return value


def sentences(t: Translate, *parts: str) -> str:
    """Sentences side by side; only Latin script puts a blank between them."""
    return ("" if t.language == "zh-CN" else " ").join(part for part in parts if part)


def label(labels: Mapping[str, str], t: Translate, code: str = "") -> str:
    """The name of something that a profile defines, in the reader's language or the nearest there is."""
    if t.language in labels:
        return labels[t.language]
    return next(iter(labels.values()), code)
