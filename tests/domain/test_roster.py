"""Who is on call: turns, hours, zones, overrides, leave; who is next, and where there is nobody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.domain.calendar import parse_hours
from coopbot.domain.layers import Layer
from coopbot.domain.roster import Booking, Roster, Standin
from coopbot.domain.rota import Duty, Shift
from tests.support.world import ANA, BEN, EVERY_DAY, LEAD, SHANGHAI, shanghai

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY = shanghai("2026-11-23 10:00")
CARA = "U0CARA"


def layer(every: timedelta = DAY, *, who: tuple[str, ...] = (ANA, BEN, CARA), **changes: object) -> Layer:
    base = {"name": "l", "starts": datetime(2026, 11, 23, 9), "zone": SHANGHAI, **changes}
    return Layer(who=who, every=every, **base)  # type: ignore[arg-type]


def roster(*layers: Layer, shifts: tuple[Shift, ...] = (), standins: tuple[Standin, ...] = ()) -> Roster:
    return Roster(SHANGHAI, shifts, layers, standins)


def change(kind: str, who: str, start: str, end: str, instead_of: str = "") -> Standin:
    return Standin(f"{kind}:{who}", kind, who, shanghai(start), shanghai(end), instead_of)  # type: ignore[arg-type]


NIGHT = Shift(EVERY_DAY, time(22), time(6), (LEAD,))


@pytest.mark.parametrize(
    ("every", "when", "who"),
    [
        (DAY, "2026-11-23 09:00", (ANA, BEN)),
        (DAY, "2026-11-24 08:59", (ANA, BEN)),
        (DAY, "2026-11-24 09:00", (BEN, CARA)),
        (DAY, "2026-11-26 09:00", (ANA, BEN)),
        (WEEK, "2026-11-30 08:59", (ANA, BEN)),
        (WEEK, "2026-11-30 09:00", (BEN, CARA)),
        (timedelta(hours=12), "2026-11-23 21:00", (BEN, CARA)),
        (timedelta(hours=12), "2026-11-24 21:00", (ANA, BEN)),
    ],
)
def test_turns(every: timedelta, when: str, who: tuple[str, str]) -> None:
    assert roster(layer(every)).duty(shanghai(when)) == Duty(who[:1], who[1:])


def test_before_its_first_handover_a_layer_says_nothing() -> None:
    assert roster(layer()).duty(shanghai("2026-11-23 08:59")) == Duty()


def test_handovers_keep_to_the_clock_on_the_wall_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    turns = layer(starts=datetime(2026, 10, 24, 9), zone=berlin)
    edges = sorted(turns.edges(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)))
    assert [edge.astimezone(berlin).strftime("%d %H:%M") for edge in edges] == ["24 09:00", "25 09:00", "26 09:00"]
    assert [edge.hour for edge in edges] == [7, 8, 8]


def test_the_last_layer_that_covers_an_hour_counts_and_the_table_lies_below() -> None:
    days = layer(hours=parse_hours("Mon-Fri 09:00-19:00", SHANGHAI), who=(BEN,))
    both = roster(layer(who=(ANA,)), days, shifts=(NIGHT,))
    assert both.duty(MONDAY).who == (BEN,)
    assert both.duty(shanghai("2026-11-23 20:00")).who == (ANA,)
    assert roster(days, shifts=(NIGHT,)).duty(shanghai("2026-11-23 23:00")).who == (LEAD,)


def test_leave_gives_the_turn_to_the_next() -> None:
    away = change("leave", ANA, "2026-11-23 00:00", "2026-11-25 00:00")
    assert roster(layer(), standins=(away,)).duty(MONDAY) == Duty((BEN,), (CARA,))
    table = Shift(EVERY_DAY, time(9), time(19), (ANA,), (BEN,))
    assert roster(shifts=(table,), standins=(away,)).duty(MONDAY) == Duty((BEN,))


def test_everybody_on_leave_is_nobody_on_call() -> None:
    away = tuple(change("leave", user, "2026-11-23 00:00", "2026-11-25 00:00") for user in (ANA, BEN, CARA))
    assert roster(layer(), standins=away).duty(MONDAY) == Duty()


def test_an_override_takes_one_persons_place_or_everybodys() -> None:
    span = ("2026-11-23 09:00", "2026-11-23 12:00")
    for_ana = change("override", LEAD, *span, ANA)
    assert roster(layer(), standins=(for_ana,)).duty(MONDAY) == Duty((LEAD,), (BEN,))
    assert roster(layer(), standins=(change("override", LEAD, *span),)).duty(MONDAY) == Duty((LEAD,), (ANA, BEN))
    assert roster(layer(), standins=(for_ana,)).duty(shanghai("2026-11-23 12:00")) == Duty((ANA,), (BEN,))
    assert roster(layer(), standins=(change("override", LEAD, *span, CARA),)).duty(MONDAY) == Duty((ANA,), (BEN,))


def test_an_override_by_the_backup_leaves_nobody_named_twice() -> None:
    stands = change("override", BEN, "2026-11-23 09:00", "2026-11-23 12:00", ANA)
    assert roster(layer(), standins=(stands,)).duty(MONDAY) == Duty((BEN,))


def test_now_next_and_mine() -> None:
    turns = roster(layer())
    assert turns.now(MONDAY) == Duty((ANA,), (BEN,), shanghai("2026-11-24 09:00"))
    assert turns.next(MONDAY) == (shanghai("2026-11-24 09:00"), Duty((BEN,), (CARA,)))
    mine = turns.of(CARA, MONDAY, MONDAY + 3 * DAY)
    assert [(span.start, CARA in span.duty.who) for span in mine] == [
        (shanghai("2026-11-24 09:00"), False),
        (shanghai("2026-11-25 09:00"), True),
    ]


def test_after_a_break_the_same_people_are_next() -> None:
    days = roster(shifts=(Shift(frozenset(range(6)), time(9), time(19), (ANA,)),))
    assert days.next(shanghai("2026-11-28 10:00")) == (shanghai("2026-11-30 09:00"), Duty((ANA,)))
    assert days.next(shanghai("2026-11-28 20:00")) == (shanghai("2026-11-30 09:00"), Duty((ANA,)))
    two = roster(shifts=(Shift(EVERY_DAY, time(9), time(12), (ANA,)), Shift(EVERY_DAY, time(12), time(19), (ANA,))))
    assert two.next(MONDAY) == (shanghai("2026-11-24 09:00"), Duty((ANA,)))
    assert roster().next(MONDAY) is None


def test_after_a_night_without_anybody_the_same_people_are_next() -> None:
    days = roster(shifts=(Shift(EVERY_DAY, time(9), time(19), (ANA,)),))
    assert days.next(MONDAY) == (shanghai("2026-11-24 09:00"), Duty((ANA,)))
    assert roster(shifts=(Shift(EVERY_DAY, time(0), time(0), (ANA,), ends_at_midnight=True),)).next(MONDAY) is None


def test_gaps_are_hours_of_the_team_without_anybody_on_call() -> None:
    hours = parse_hours("Mon-Sun 09:00-19:00", SHANGHAI)
    morning = roster(shifts=(Shift(EVERY_DAY, time(9), time(12), (ANA,)),))
    (gap,) = morning.gaps(hours, MONDAY, shanghai("2026-11-24 09:00"))
    assert (gap.start, gap.end) == (shanghai("2026-11-23 12:00"), shanghai("2026-11-23 19:00"))
    assert roster().gaps(hours, MONDAY, MONDAY + WEEK) == []
    assert roster(layer()).gaps(hours, MONDAY, MONDAY + WEEK) == []


@given(
    st.lists(st.tuples(st.integers(0, 96), st.integers(1, 48), st.sampled_from([ANA, BEN, CARA])), max_size=4),
    st.sampled_from([DAY, timedelta(hours=12), WEEK]),
)
@settings(deadline=None)
def test_spans_say_the_same_as_asking_at_each_half_hour(changes: list[tuple[int, int, str]], every: timedelta) -> None:
    standins = tuple(
        Standin(
            str(n), "leave" if n % 2 else "override", who, MONDAY + timedelta(hours=a), MONDAY + timedelta(hours=a + b)
        )
        for n, (a, b, who) in enumerate(changes)
    )
    turns = roster(
        layer(every), layer(hours=parse_hours("Tue-Wed 12:00-18:30", SHANGHAI), who=(LEAD,)), standins=standins
    )
    spans = turns.spans(MONDAY, MONDAY + 5 * DAY)
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    for half_hours in range(0, 5 * 48):
        at = MONDAY + timedelta(minutes=30 * half_hours)
        (span,) = [span for span in spans if span.start <= at < span.end]
        assert span.duty == turns.duty(at)


ZONES = {  # the days on which their clocks change, and one that never does
    "Europe/Berlin": ["2026-10-24", "2026-03-28"],
    "America/New_York": ["2026-10-31", "2026-03-07"],
    "Australia/Lord_Howe": ["2026-04-04", "2026-10-03"],
    "Asia/Shanghai": ["2026-11-23"],
}
PEOPLE = [ANA, BEN, CARA, LEAD]
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
TEAMS = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Roster, datetime]:
    """A rota of everything there is, and the midnight before its zone's clocks change."""
    name = draw(st.sampled_from(sorted(ZONES)))
    zone = ZoneInfo(name)
    dawn = datetime.fromisoformat(draw(st.sampled_from(ZONES[name])))
    shifts = [Shift(EVERY_DAY, draw(QUARTERS), draw(QUARTERS), draw(TEAMS)) for _ in range(draw(st.integers(0, 2)))]
    layers = [
        Layer(
            str(n),
            draw(TEAMS),
            timedelta(hours=draw(st.sampled_from([1, 6, 12, 24, 168]))),
            datetime.combine(dawn.date() - timedelta(days=draw(st.integers(-1, 9))), draw(QUARTERS)),
            zone,
            draw(st.sampled_from([None, parse_hours("Sat-Sun 01:30-04:15", zone)])),
            draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 2)))
    ]
    start = dawn.replace(tzinfo=zone).astimezone(UTC)
    changes = []
    for n in range(draw(st.integers(0, 3))):
        begins = start + timedelta(minutes=draw(st.integers(0, 48 * 60)))
        kind, instead = draw(st.sampled_from([("leave", ""), ("override", ""), ("override", ANA)]))
        ends = begins + timedelta(minutes=draw(st.integers(1, 24 * 60)))
        changes.append(Standin(str(n), kind, draw(st.sampled_from(PEOPLE)), begins, ends, instead))  # type: ignore[arg-type]
    booked = []
    for n in range(draw(st.integers(0, 2))):
        begins = start + timedelta(minutes=draw(st.integers(-600, 48 * 60)))
        ends = begins + timedelta(minutes=draw(st.integers(1, 24 * 60)))
        booked.append(Booking(str(n), draw(TEAMS), begins, ends, backup=draw(st.booleans())))
    return Roster(zone, tuple(shifts), tuple(layers), tuple(changes), tuple(booked)), start


@given(rosters())
@settings(max_examples=40, deadline=None)
def test_between_its_edges_nothing_changes_whatever_the_clocks_do(drawn: tuple[Roster, datetime]) -> None:
    turns, start = drawn
    end = start + timedelta(hours=60)
    spans = turns.spans(start, end)
    assert [span.start for span in spans] == [start, *(span.end for span in spans[:-1])]
    assert spans[-1].end == end
    assert all(before.duty != after.duty for before, after in pairwise(spans))
    walked = [turns.duty(start + timedelta(minutes=n)) for n in range(60 * 60)]
    said = [span.duty for span in spans for _ in range(int((span.end - span.start).total_seconds()) // 60)]
    assert said == walked


@given(rosters())
@settings(max_examples=40, deadline=None)
def test_who_is_on_call_is_what_a_clock_on_the_wall_says_when_it_first_says_it(drawn: tuple[Roster, datetime]) -> None:
    """Walked minute by minute with the latest time that the clock has shown: hours that come twice happen once."""
    turns, start = drawn
    latest = datetime.min  # noqa: DTZ901
    for n in range(-26 * 60, 48 * 60):
        at = start + timedelta(minutes=n)
        latest = max(latest, at.astimezone(turns.zone).replace(tzinfo=None))
        if n < 0 or n % 5:
            continue
        bare = Roster(turns.zone, turns.shifts, tuple(each for each in turns.layers if each.hours is None))
        assert bare.duty(at) == _by_the_wall(bare, latest)


def _by_the_wall(turns: Roster, clock: datetime) -> Duty:
    for layer in reversed(turns.layers):
        if clock >= layer.starts:
            first = (clock - layer.starts) // layer.every % len(layer.who)
            queue = (*layer.who[first:], *layer.who[:first])
            return Duty(queue[:1], queue[1:2] if layer.backed_up else ())
    who: list[str] = []
    for shift in turns.shifts:
        moment, overnight = clock.time(), shift.end <= shift.start
        inside = (moment >= shift.start or moment < shift.end) if overnight else shift.start <= moment < shift.end
        who += [user for user in shift.who if inside and user not in who]
    return Duty(tuple(who))
