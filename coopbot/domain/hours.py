"""Weekly hours as people write them: ``Mon-Fri 09:00-12:00, 13:30-18:00; Sat 22:00-06:00+1``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

DAY = 86_400
Hours = tuple[int, int]
"""An opening and a closing, in seconds on the clock's face after local midnight; past 86,400 is the next day."""
Week = tuple[tuple[Hours, ...], ...]
"""Seven days, Monday first, each with its windows in order."""

NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALWAYS: Week = (((0, DAY),),) * 7

_EVERY_DAY = {"daily", "every day", "每天", "每日"}
_NONSTOP = {"24/7", "always", "全天"}
_CHINESE = "一二三四五六日"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:\+1)?"
_CLAUSE = re.compile(rf"(?P<days>\D*?)\s*(?:(?P<opens>{_TIME})\s*(?:-|–|—|~|至)\s*(?P<closes>{_TIME}))?")
_RANGE = re.compile(r"\s*(?:-|–|—|~|至)\s*")


def parse_week(text: str) -> tuple[Week, Sequence[str]]:
    """The week that ``text`` describes, and everything wrong with it in words (then the week is not to be used).

    Clauses are separated by ``;`` or ``,``; one without days goes on with those of the clause before. A window over
    midnight says so (``22:00-06:00+1`` or ``22:00-30:00``): without that, an end before its start is a mistake.
    """
    days: list[list[Hours]] = [[] for _ in NAMES]
    mistakes: list[str] = []
    current: list[int] = []
    pending = False  # days were named, their times have not come yet
    for raw in re.split(r"[;,；，\n]", text):
        clause = raw.strip()
        if not clause:
            continue
        if clause.lower() in _NONSTOP:
            return ALWAYS, mistakes
        found = _CLAUSE.fullmatch(clause)
        if not found:
            mistakes.append(f"{clause!r} is not hours; write for example 'Mon-Fri 09:00-18:00'")
            continue
        if found["days"]:
            named = _days(found["days"])
            if not named:
                mistakes.append(f"{found['days']!r} is not a day or a range of days ({', '.join(NAMES)}, daily)")
                continue
            current = current + named if pending else named
        pending = not found["opens"]
        if pending:
            continue
        if not current:
            mistakes.append(f"{clause!r} does not say on which days")
            continue
        hours = _window(found["opens"], found["closes"], mistakes)
        if hours:
            for day in current:
                days[day].append(hours)
    if pending:
        mistakes.append("the last days have no times")
    week = tuple(tuple(sorted(windows)) for windows in days)
    mistakes += overlaps(week)
    if not any(week) and not mistakes:
        mistakes.append("never open; name at least one window")
    return week, mistakes


def overlaps(week: Week) -> list[str]:
    """Windows of one week that cover the same minute, in words: more likely a slip than meant."""
    spans = [
        (index * DAY + opens, index * DAY + closes, f"{NAMES[index]} {face(opens)}-{face(closes)}")
        for index, windows in enumerate(week)
        for opens, closes in windows
    ]
    if not spans:
        return []
    spans.sort()
    first = spans[0]
    spans.append((first[0] + 7 * DAY, first[1] + 7 * DAY, first[2]))  # Sunday night runs into Monday
    return [f"{later[2]} overlaps {earlier[2]}" for earlier, later in pairwise(spans) if later[0] < earlier[1]]


def face(seconds: int) -> str:
    """``33300`` → ``09:15``; seconds only where there are any, the next day as ``+1``."""
    day, rest = (0, seconds) if seconds <= DAY else divmod(seconds, DAY)
    text = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    return text + (f":{rest % 60:02}" if rest % 60 else "") + ("+1" if day else "")


def _days(text: str) -> list[int]:
    text = text.strip()
    if text.lower() in _EVERY_DAY:
        return list(range(7))
    out: list[int] = []
    for part in re.split(r"[/&、]", text):
        ends = [_day(name) for name in _RANGE.split(part.strip())]
        if not 1 <= len(ends) <= 2 or None in ends:
            return []
        first, last = ends[0], ends[-1]
        assert first is not None
        assert last is not None
        out += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return out


def _day(name: str) -> int | None:
    name = name.strip()
    chinese = re.fullmatch(r"(?:周|星期|礼拜)?([一二三四五六日天])", name)
    if chinese:
        return _CHINESE.index(chinese[1].replace("天", "日"))
    short = name[:3].title()
    whole = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if short in NAMES and whole[NAMES.index(short)].startswith(name.lower()):
        return NAMES.index(short)
    return None


def _window(opens: str, closes: str, mistakes: list[str]) -> Hours | None:
    start, end = _seconds(opens), _seconds(closes)
    if start is None or end is None or start >= DAY or end > 2 * DAY:
        mistakes.append(f"{opens}-{closes}: times go from 00:00 to 24:00, over midnight to 48:00 or HH:MM+1")
    elif end <= start:
        mistakes.append(f"{opens}-{closes} ends before it starts; over midnight is written {opens}-{closes}+1")
    else:
        return start, end
    return None


def _seconds(text: str) -> int | None:
    clock, plus, _ = text.partition("+")
    parts = [int(part) for part in clock.split(":")]
    hour, minute, second = parts[0], parts[1], parts[2] if len(parts) > 2 else 0
    if minute > 59 or second > 59 or hour > 48 or (plus and hour > 24):
        return None
    return hour * 3600 + minute * 60 + second + (DAY if plus else 0)
