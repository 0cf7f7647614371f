"""Due-time arithmetic beside its peers, in one run: what holds is the ratio, not the figure.

``make bench`` runs it; ``--json`` prints a row a line as bench/run.py reads them. Peers that are missing are named.
Goals: at least 500,000 calls a second each with aware datetimes, 25 times (add) and 75 times (elapsed) the best peer.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.domain.calendar import Calendar, parse_hours
from coopbot.domain.windows import Window, instant

ZONE = ZoneInfo("Asia/Shanghai")
BUDGET, SPAN = timedelta(hours=4), timedelta(days=30)
ROUNDS = 5
SPANS = [(1, 1, 3), (2, 15, 9), (4, 4, 3), (5, 1, 5), (6, 19, 3), (9, 25, 3), (10, 1, 7)]
HOLIDAYS = [date(2026, month, day) + timedelta(days=more) for month, day, long in SPANS for more in range(long)]
Call = Callable[[datetime], object]
GOALS = {
    "add 4 h": "≥ 25 × the best peer, ≥ 500,000/s",
    "elapsed over 30 days": "≥ 75 × the best peer, ≥ 500,000/s",
}


def ours() -> tuple[Call, Call]:
    closed = [Window(instant(ZONE, day, 0), instant(ZONE, day, 86_400)) for day in HOLIDAYS]
    calendar = parse_hours("Mon-Sun 09:00-19:00", ZONE, closed=closed)
    return (lambda at: calendar.add(at, BUDGET)), (lambda at: calendar.elapsed(at, at + SPAN))


def businesstimedelta_peer() -> tuple[Call | None, Call | None]:
    import businesstimedelta
    import pytz

    zone = pytz.timezone(ZONE.key)
    hours = businesstimedelta.WorkDayRule(day_time(9), day_time(19), working_days=list(range(7)), tz=zone)
    known = dict.fromkeys([*HOLIDAYS, date(2030, 1, 1)], "holiday")  # it raises past the last holiday that it knows
    rest = businesstimedelta.HolidayRule(known, tz=zone)
    rules = businesstimedelta.Rules([hours, rest])
    budget = businesstimedelta.BusinessTimeDelta(rules, hours=4)
    return (lambda at: at + budget), (lambda at: rules.difference(at, at + SPAN))


def pandas_peer() -> tuple[Call | None, Call | None]:
    import pandas

    every_day = "Mon Tue Wed Thu Fri Sat Sun"
    offset = pandas.offsets.CustomBusinessHour(4, start="09:00", end="19:00", weekmask=every_day, holidays=HOLIDAYS)
    return (lambda at: pandas.Timestamp(at.astimezone(ZONE)) + offset), None


def business_duration_peer() -> tuple[Call | None, Call | None]:
    from business_duration import businessDuration

    def elapsed(at: datetime) -> object:
        local = at.astimezone(ZONE).replace(tzinfo=None)
        rest = dict.fromkeys(HOLIDAYS, "holiday")
        return businessDuration(local, local + SPAN, day_time(9), day_time(19), weekendlist=[], holidaylist=rest)

    return None, elapsed


PEERS: dict[str, Callable[[], tuple[Call | None, Call | None]]] = {
    "businesstimedelta": businesstimedelta_peer,
    "pandas CustomBusinessHour": pandas_peer,
    "business-duration": business_duration_peer,
}


def starts(count: int) -> list[datetime]:
    """Random seconds of 2026 up to late November, so that no span leaves the year whose holidays the peers know."""
    chosen = random.Random(2026)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return [first + timedelta(seconds=chosen.randrange(320 * 86_400)) for _ in range(count)]


def rate(call: Call, instants: list[datetime]) -> float:
    """Calls a second over all of ``instants``."""
    call(instants[0])
    begun = time.perf_counter()
    for at in instants:
        call(at)
    return len(instants) / (time.perf_counter() - begun)


def measure() -> Iterator[dict[str, Any]]:
    calls: dict[str, tuple[Call | None, Call | None]] = {"coopbot": ours()}
    for name, build in PEERS.items():
        try:
            calls[name] = build()
        except ImportError as missing:
            yield {"what": "due time", "of": name, "missing": str(missing)}
    for index, operation in enumerate(("add 4 h", "elapsed over 30 days")):
        rates: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for name, pair in calls.items():
                call = pair[index]
                if call:
                    rates.setdefault(name, []).append(rate(call, starts(200_000 if name == "coopbot" else 500)))
        best = max((statistics.median(found) for name, found in rates.items() if name != "coopbot"), default=None)
        for name, found in rates.items():
            median = statistics.median(found)
            ratio = median / best if best and name == "coopbot" else None
            row = {"what": operation, "of": name, "value": round(median), "unit": "/s", "ratio": ratio}
            yield row | ({"goal": GOALS[operation]} if name == "coopbot" else {})


def distances() -> Iterator[dict[str, Any]]:
    """That nothing grows with the distance: the same call over an hour, a month, ten years."""
    calendar: Calendar = parse_hours("Mon-Sun 09:00-19:00", ZONE)
    nearest = 0.0
    for label, budget in (("1 h", 1), ("1 month", 300), ("10 years", 36_500)):
        length = timedelta(hours=budget)
        rates = [rate(lambda at, length=length: calendar.add(at, length), starts(50_000)) for _ in range(ROUNDS)]  # type: ignore[misc]
        median = statistics.median(rates)
        nearest = nearest or median
        row = {"what": f"add {label}", "of": "coopbot", "value": round(median), "unit": "/s"}
        yield row | {"ratio": median / nearest, "goal": "≥ 0.5 × that of 1 h"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object a line")
    as_json = parser.parse_args().json
    for row in [*measure(), *distances()]:
        if as_json:
            print(json.dumps(row))
        elif "missing" in row:
            print(f"{row['of']}: not measured ({row['missing']})")
        else:
            ratio = f"  {row['ratio']:8.1f} × ({row['goal']})" if row["ratio"] else ""
            print(f"{row['what']:22} {row['of']:26} {row['value']:>12,}/s{ratio}")


if __name__ == "__main__":
    main()
