"""A due time's derivation as lines of text: the same on the card's "Why?", in ``/coop why`` and in ``coopbot due``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from babel.dates import format_skeleton

from coopbot.domain.explain import Explanation, Step
from coopbot.domain.reading import label
from coopbot.domain.sla import Due
from coopbot.domain.staffing import Staffed
from coopbot.domain.sureness import Level
from coopbot.ports import Translate
from coopbot.views.text import short

MOST = 12
"""More steps than this between start and due time are shortened in the middle: a message has to be read."""
_EDGE = 5
_MINUTE = timedelta(minutes=1)


def lines(explanation: Explanation, t: Translate) -> list[str]:
    """The explanation step by step, in the profile's zone, without markup: callers escape what they show in Slack."""
    due = explanation.due
    mine = due.by_profile or due
    zone = mine.calendar.zone
    walk = [step for step in explanation.steps if step.kind in ("counted", "off_hours", "closed", "paused")]
    ends = {step.kind: step for step in explanation.steps}
    out = [_headline(explanation, t)]
    out.append(
        t("Rejected by the platform: {at}, a new clock starts", at=_at(mine.start, zone, t))
        if "rejected" in ends
        else t("Raised by the platform: {at}", at=_at(mine.start, zone, t))
    )
    if len(walk) > MOST:
        hidden = walk[_EDGE:-_EDGE]
        out += [_stretch(step, zone, t) for step in walk[:_EDGE]]
        counted = sum((step.counted for step in hidden), timedelta(0))
        out.append(t("… {n} more steps, {span} counted", n=len(hidden), span=exact(counted, t)))
        out += [_stretch(step, zone, t) for step in walk[-_EDGE:]]
    else:
        out += [_stretch(step, zone, t) for step in walk]
    held = [step for step in explanation.steps if step.kind == "held"]
    if len(held) > _EDGE:
        out.append(t("… {n} earlier holds", n=len(held) - _EDGE))
    out += [_stretch(step, zone, t) for step in held[-_EDGE:]]
    if due.platform:
        out.append(t("Due by our rules: {at}", at=_at(mine.at, zone, t)))
        out.append(_platform(due, zone, t))
    else:
        out.append(t("Due: {at}", at=_at(mine.at, zone, t)))
    budget, clock = _level(explanation.budget.level, t), _level(explanation.clock.level, t)
    out.append(t("Basis: budget {budget}, way of counting {clock}", budget=budget, clock=clock))
    if explanation.known_until:
        day = explanation.known_until.isoformat()
        out.append(t("The holiday sets end on {day}; later dates count as ordinary days", day=day))
    return out


def staffing_line(due: Due, staffed: Staffed, t: Translate, pen: Hand) -> str:
    """What the team itself can work with: when it is back, and how much of the budget it is there for.

    ``pen`` writes the instants as their reader needs them: :class:`Near` in plain text, a message's own in blocks.
    """
    left = exact(staffed.left - staffed.left % _MINUTE, t)  # what is ahead is no reckoning to the second
    if staffed.present:
        return t("Due {at}; your team is there for {left} of what is left", at=pen.at(due.at, day=True), left=left)
    if staffed.back_at is None:
        return t("Due {at}; nobody of your team is there before", at=pen.at(due.at, day=True))
    return t(
        "Due {at}; your team is back at {back}: {left} staffed",
        at=pen.at(due.at, day=True),
        back=pen.time(staffed.back_at)
        if staffed.back_at.astimezone(pen.zone).date() == due.at.astimezone(pen.zone).date()
        else pen.at(staffed.back_at, day=True),
        left=left,
    )


def exact(length: timedelta, t: Translate) -> str:
    """A length to the second, in hours, minutes and seconds; what is nothing is 0 min."""
    seconds = abs(length) // timedelta(seconds=1)
    parts: Sequence[tuple[int, str]] = (
        (seconds // 3600, t("{n} h", n=seconds // 3600)),
        (seconds // 60 % 60, t("{n} min", n=seconds // 60 % 60)),
        (seconds % 60, t("{n} s", n=seconds % 60)),
    )
    return " ".join(text for value, text in parts if value) or t("{n} min", n=0)


def _headline(explanation: Explanation, t: Translate) -> str:
    due = explanation.due.by_profile or explanation.due
    span = exact(due.budget, t)
    return t(
        "{class_name} · {budget} · {profile}, rules {version}",
        class_name=label(explanation.class_labels, t.language),
        budget=t("{span} of working time", span=span)
        if due.clock == "working"
        else t("{span} by the wall clock", span=span),
        profile=label(explanation.profile_labels, t.language),
        version=explanation.version,
    )


def _stretch(step: Step, zone: tzinfo, t: Translate) -> str:
    span = _from_to(step.start, step.end, zone, t)
    if step.kind == "counted":
        return t(
            "{when}: {span} counted, {left} left", when=span, span=exact(step.counted, t), left=exact(step.left, t)
        )
    if step.kind == "closed":
        name = label(step.reason, t.language)
        return t("{when}: {name}, not counted", when=span, name=name) if name else t("{when}: closed", when=span)
    if step.kind == "paused":
        return t("{when}: paused by {who} ({why})", when=span, **_said(step))
    if step.kind == "held":
        return t("{when}: internal hold by {who} ({why}); the platform's clock runs", when=span, **_said(step))
    return t("{when}: outside working hours", when=span)


def _said(step: Step) -> Mapping[str, str]:
    """Who paused, and why in as many words as a line has room for."""
    return {"who": short(step.by, 60), "why": short(step.why, 100)}


def _platform(due: Due, zone: tzinfo, t: Translate) -> str:
    difference = due.difference
    assert due.platform is not None
    assert difference is not None
    at = _at(due.platform, zone, t)
    if not difference:
        return t("Due by the platform's own deadline, which counts: {at}, the same", at=at)
    if difference > timedelta(0):
        return t(
            "Due by the platform's own deadline, which counts: {at}, {span} later", at=at, span=exact(difference, t)
        )
    return t("Due by the platform's own deadline, which counts: {at}, {span} earlier", at=at, span=exact(difference, t))


def _level(level: Level, t: Translate) -> str:
    words = {
        "fact": t("published"),
        "given": t("given"),
        "secondary": t("from one retelling"),
        "assumed": t("assumed"),
    }
    return words[level]


def _from_to(start: datetime, end: datetime, zone: tzinfo, t: Translate) -> str:
    same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
    until = _time(end, zone) if same_day else _at(end, zone, t)
    return t("{start} – {end}", start=_at(start, zone, t), end=until)


def _at(moment: datetime, zone: tzinfo, t: Translate) -> str:
    """The day and time on the zone's clock; a derivation is read on other days too, so the day stands there."""
    day = format_skeleton("MMMEd", moment.astimezone(zone), locale=t.language.replace("-", "_"))
    return t("{day}, {time}", day=day, time=_time(moment, zone))


class Hand(Protocol):
    """Who writes instants down: with their day in sight, or their time of day alone."""

    @property
    def zone(self) -> tzinfo: ...
    def at(self, moment: datetime, *, day: bool = False) -> str: ...
    def time(self, moment: datetime) -> str: ...


@dataclass(frozen=True)
class Near:
    """Plain text, as one says it at ``now``: the time alone today, else with its day."""

    now: datetime
    zone: tzinfo
    t: Translate

    def at(self, moment: datetime, *, day: bool = False) -> str:
        days = (moment.astimezone(self.zone).date() - self.now.astimezone(self.zone).date()).days
        if days == 0:
            return self.time(moment)
        return self.t("tomorrow {time}", time=self.time(moment)) if days == 1 else _at(moment, self.zone, self.t)

    def time(self, moment: datetime) -> str:
        return _time(moment, self.zone)


def _time(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
