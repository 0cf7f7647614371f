"""``<!date^…>`` in the viewer's zone and language (docs.slack.dev/messaging/formatting-message-text)."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

_PART = re.compile(r"\{(\w+)\}")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WEEK = "一二三四五六日"
_NEAR = {-1: ("Yesterday", "昨天"), 0: ("Today", "今天"), 1: ("Tomorrow", "明天")}


def rendered(stamp: str, form: str, fallback: str, now: float, tz: str, locale: str) -> str:
    """The date as the viewer sees it; the fallback for what is no timestamp or has an unknown part."""
    try:
        then = datetime.fromtimestamp(int(stamp), ZoneInfo(tz))
    except (ValueError, OverflowError, OSError):
        return fallback
    today = datetime.fromtimestamp(now, ZoneInfo(tz))
    chinese = locale.lower().startswith("zh")
    parts = [_part(name, then, today, chinese, first=at == 0) for at, name in _parts(form)]
    if not parts or None in parts:
        return fallback
    found = iter(parts)
    return _PART.sub(lambda _: str(next(found)), form)


def _parts(form: str) -> list[tuple[int, str]]:
    return [(m.start(), m.group(1)) for m in _PART.finditer(form)]


def _part(name: str, then: datetime, today: datetime, chinese: bool, first: bool) -> str | None:
    base = name.removesuffix("_pretty")
    if base != name:
        near = _NEAR.get((then.date() - today.date()).days)
        if near:
            return near[1] if chinese else near[0] if first else near[0].lower()
    if base == "day_divider":
        base = "date_long"
    if base in ("time", "time_secs"):
        seconds = f":{then:%S}" if base == "time_secs" else ""
        if chinese:
            return f"{then:%H:%M}{seconds}"
        return f"{then.hour % 12 or 12}:{then:%M}{seconds} {'AM' if then.hour < 12 else 'PM'}"
    if base == "ago":
        return _ago((today - then).total_seconds(), chinese)
    return _chinese(base, then) if chinese else _english(base, then)


def _english(name: str, then: datetime) -> str | None:
    month, day = _MONTHS[then.month - 1], then.day
    ordinal = f"{day}{'th' if 11 <= day <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"
    weekday = _DAYS[then.weekday()]
    return {
        "date_num": f"{then:%Y-%m-%d}",
        "date_slash": f"{then:%m/%d/%Y}",
        "date": f"{month} {ordinal}, {then.year}",
        "date_short": f"{month[:3]} {day}, {then.year}",
        "date_long": f"{weekday}, {month} {ordinal}, {then.year}",
        "date_long_full": f"{weekday}, {month} {ordinal}, {then.year}",
    }.get(name)


def _chinese(name: str, then: datetime) -> str | None:
    date = f"{then.year}年{then.month}月{then.day}日"
    return {
        "date_num": f"{then:%Y-%m-%d}",
        "date_slash": f"{then:%Y/%m/%d}",
        "date": date,
        "date_short": date,
        "date_long": f"{date}星期{_WEEK[then.weekday()]}",
        "date_long_full": f"{date}星期{_WEEK[then.weekday()]}",
    }.get(name)


def _ago(seconds: float, chinese: bool) -> str:
    amount, unit, zh = next(
        (
            (round(abs(seconds) / size), unit, zh)
            for size, unit, zh in ((86400, "day", "天"), (3600, "hour", "小时"), (60, "minute", "分钟"))
            if abs(seconds) >= size
        ),
        (round(abs(seconds)), "second", "秒"),
    )
    if chinese:
        return f"{amount}{zh}{'前' if seconds >= 0 else '后'}"
    words = f"{amount} {unit}{'' if amount == 1 else 's'}"
    return f"{words} ago" if seconds >= 0 else f"in {words}"
