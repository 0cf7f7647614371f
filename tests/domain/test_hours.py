"""Weekly hours as people write them, and what is wrong with what they write."""

from __future__ import annotations

import pytest

from coopbot.domain.hours import ALWAYS, DAY, face, parse_week

NINE, SIX = 9 * 3600, 18 * 3600


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Sun 09:00-18:00", range(7)),
        ("Mon-Fri 09:00-18:00", range(5)),
        ("Fri-Mon 9:00-18:00", [4, 5, 6, 0]),
        ("Mon, Wed, Fri 09:00-18:00", [0, 2, 4]),
        ("mon/wed 09:00–18:00", [0, 2]),
        ("Tuesday 09:00-18:00", [1]),
        ("周一至周五 09:00-18:00", range(5)),
        ("周六、周日 09:00~18:00", [5, 6]),
        ("每天 09:00至18:00", range(7)),
        ("daily 09:00-18:00", range(7)),
    ],
)
def test_days(text: str, days: list[int]) -> None:
    week, mistakes = parse_week(text)
    assert mistakes == []
    assert [index for index, windows in enumerate(week) if windows == ((NINE, SIX),)] == sorted(days)
    assert all(windows == () for index, windows in enumerate(week) if index not in days)


def test_several_windows_to_the_second_and_over_midnight() -> None:
    week, mistakes = parse_week("Mon 09:00-12:00:30, 13:00-24:00; Tue 22:00-06:00+1; Wed 22:00-30:00")
    assert mistakes == []
    assert week[0] == ((NINE, 12 * 3600 + 30), (13 * 3600, DAY))
    assert week[1] == week[2] == ((22 * 3600, DAY + 6 * 3600),)
    assert [face(second) for second in (0, 12 * 3600 + 30, DAY, DAY + 6 * 3600)] == [
        "00:00",
        "12:00:30",
        "24:00",
        "06:00+1",
    ]


def test_round_the_clock() -> None:
    assert parse_week("24/7") == (ALWAYS, [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Mon 19:00-09:00", "19:00-09:00 ends before it starts; over midnight is written 19:00-09:00+1"),
        ("Mon 09:00-09:00", "ends before it starts"),
        ("Mon 09:60-10:00", "00:00 to 24:00"),
        ("Mon 09:00-49:00", "00:00 to 24:00"),
        ("Mon 25:00-26:00", "00:00 to 24:00"),
        ("Mon 09:00-34:00+1", "00:00 to 24:00"),
        ("Moonday 09:00-18:00", "'Moonday' is not a day"),
        ("09:00-18:00", "does not say on which days"),
        ("Mon 9-18", "is not hours"),
        ("Mon-Fri", "no times"),
        ("", "never open"),
        ("Mon-Sun 09:00-19:00; Sat 10:00-16:00", "Sat 10:00-16:00 overlaps Sat 09:00-19:00"),
        ("Sun 22:00-08:00+1; Mon 07:00-09:00", "Mon 07:00-09:00 overlaps Sun 22:00-08:00+1"),
    ],
)
def test_mistakes_say_what_to_write(text: str, says: str) -> None:
    _, mistakes = parse_week(text)
    assert len(mistakes) == 1
    assert says in mistakes[0]


def test_all_mistakes_together() -> None:
    assert len(parse_week("Mon 19:00-09:00; Foo 1:00-2:00; Tue 09:99-10:00")[1]) == 3
