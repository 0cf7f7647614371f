"""A calendar's shifts: zones, whole days, recurrence and its exceptions, clocks that change; what is no calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.windows import instant
from coopbot.errors import Misconfigured
from coopbot.handlers.ical import Occurrence, read
from tests.support.world import SHANGHAI

SINCE, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
OUTLOOK = """\
BEGIN:VTIMEZONE
TZID:Our Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "e1") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def calendar(*parts: str) -> str:
    """Lines are counted from 1: a lone event's BEGIN stands on line 4."""
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y", "".join(parts) + "END:VCALENDAR", ""])


def shifts(*parts: str, zone: ZoneInfo = SHANGHAI) -> list[Occurrence]:
    return read(calendar(*parts), "rota.ics", zone, SINCE, UNTIL)[0]


def spans(*parts: str, zone: ZoneInfo = SHANGHAI) -> list[str]:
    return [f"{each.start:%m-%d %H:%M}-{each.end:%m-%d %H:%M}" for each in shifts(*parts, zone=zone)]


NINE = ("DTSTART;TZID=Europe/Berlin:20261023T090000", "DTEND;TZID=Europe/Berlin:20261023T180000", "SUMMARY:Ana")


@pytest.mark.parametrize(
    ("lines", "span"),
    [
        (("DTSTART:20261123T010000Z", "DTEND:20261123T110000Z"), "11-23 01:00-11-23 11:00"),
        (("DTSTART:20261123T090000", "DTEND:20261123T190000"), "11-23 01:00-11-23 11:00"),
        (("DTSTART;TZID=Europe/Berlin:20261123T090000", "DURATION:PT12H"), "11-23 08:00-11-23 20:00"),
        (("DTSTART;TZID=China Standard Time:20261123T090000", "DURATION:PT1H"), "11-23 01:00-11-23 02:00"),
        (("DTSTART;VALUE=DATE:20261123",), "11-22 16:00-11-23 16:00"),
        (("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261125"), "11-22 16:00-11-24 16:00"),
        (("DTSTART;VALUE=DATE:20261123", "DURATION:P2D"), "11-22 16:00-11-24 16:00"),
        (("DTSTART;TZID=Europe/Berlin:20261025T023000", "DURATION:PT1H"), "10-25 00:30-10-25 01:30"),
    ],
)
def test_when_a_shift_is(lines: tuple[str, ...], span: str) -> None:
    assert spans(event(*lines, "SUMMARY:Ana")) == [span]


def test_a_zone_that_the_file_defines_itself() -> None:
    own = event("DTSTART;TZID=Our Office:20261123T090000", "DURATION:PT1H", "SUMMARY:Ana")
    assert spans(OUTLOOK, own) == ["11-23 00:00-11-23 01:00"]


def test_the_calendars_own_zone_is_that_of_its_whole_days() -> None:
    assert spans("X-WR-TIMEZONE:Europe/Berlin\n", event("DTSTART;VALUE=DATE:20261123", "SUMMARY:x")) == [
        "11-22 23:00-11-23 23:00"
    ]


def test_a_daily_shift_keeps_to_the_clock_on_the_wall() -> None:
    daily = event(*NINE, "RRULE:FREQ=DAILY;UNTIL=20261026T080000Z")
    assert spans(daily) == [
        "10-23 07:00-10-23 16:00",
        "10-24 07:00-10-24 16:00",
        "10-25 08:00-10-25 17:00",
        "10-26 08:00-10-26 17:00",
    ]


def test_a_whole_day_is_as_long_as_its_day() -> None:
    whole = event("DTSTART;VALUE=DATE:20261024", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Ana")
    assert [each.end - each.start for each in shifts(whole, zone=BERLIN)] == [timedelta(hours=n) for n in (24, 25, 24)]


def test_what_is_left_out_moved_cancelled_or_added() -> None:
    series = event(
        *NINE,
        "RRULE:FREQ=WEEKLY;COUNT=5",
        "EXDATE;TZID=Europe/Berlin:20261030T090000",
        "RDATE;TZID=Europe/Berlin:20261101T090000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261106T090000",
        "DTSTART;TZID=Europe/Berlin:20261107T090000",
        "DURATION:PT9H",
        "SUMMARY:Ben",
    )
    off = event("RECURRENCE-ID:20261113T080000Z", "DTSTART:20261113T080000Z", "DURATION:PT9H", "STATUS:CANCELLED")
    found = shifts(series, moved, off)
    assert [(f"{each.start:%m-%d}", each.summary) for each in found] == [
        ("10-23", "Ana"),
        ("11-01", "Ana"),
        ("11-07", "Ben"),
        ("11-20", "Ana"),
    ]
    assert len({each.recurs for each in found}) == 4


def test_a_cancelled_event_is_known_and_has_no_shift() -> None:
    text = calendar(event(*NINE, "STATUS:CANCELLED"))
    assert read(text, "rota.ics", SHANGHAI, SINCE, UNTIL) == ([], {"e1"})


def test_who_is_named() -> None:
    (found,) = shifts(
        event(
            *NINE,
            "ATTENDEE;CN=Ana:mailto:Ana@Shop.cn",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@shop.cn",
            "ATTENDEE;CUTYPE=ROOM:mailto:room@shop.cn",
        )
    )
    assert (found.emails, found.summary) == (("ana@shop.cn",), "Ana")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "empty"),
        ("<html>\n", 1, "no iCalendar file"),
        (calendar(event("DTSTART:2026112X", "DTEND:20261123T110000Z")), 6, "Wrong date format"),
        (calendar(event("SUMMARY:x", "DTSTART;TZID=Mars/Base:20261123T090000", "DURATION:PT1H")), 7, "'Mars/Base'"),
        (calendar(event("SUMMARY:no start")), 4, "DTSTART: is missing"),
        (calendar(event("DTSTART:20261123T010000Z")), 6, "has no end"),
        (calendar(event("DTSTART:20261123T010000Z", "DTEND:20261123T010000Z")), 7, "not after its start"),
        (calendar(event("DTSTART:20261123T010000Z", "DTEND;VALUE=DATE:20261124")), 7, "must be a day"),
        (calendar(event(*NINE, "RRULE:FREQ=MINUTELY")), 9, "more often"),
        (calendar(event(*NINE, "RRULE:FREQ=SOMETIMES")), 9, "SOMETIMES"),
        (calendar(event(*NINE, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261123T010000Z")), 9, "THISANDFUTURE"),
        (calendar(event(*NINE)).replace("UID:e1\n", ""), 4, "UID: is missing"),
        (calendar(event(*NINE)).replace("SUMMARY:", "SUMMARY "), 8, "no colon"),
        (calendar(event(*NINE)).replace("END:VEVENT", "END:VTODO"), 9, "did not begin"),
        (calendar(event(*NINE)).replace("END:VCALENDAR\n", ""), 1, "cut off"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as wrong:
        read(text, "rota.ics", SHANGHAI, SINCE, UNTIL)
    assert [mistake.line for mistake in wrong.value.mistakes] == [line]


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(Misconfigured) as wrong:
        shifts(event("SUMMARY:a", uid="a"), event("SUMMARY:b", uid="b"))
    assert [mistake.line for mistake in wrong.value.mistakes] == [4, 8]


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"]).map(ZoneInfo),
    st.dates(date(2026, 9, 20), date(2026, 11, 5)),
    st.integers(0, 95),
    st.integers(1, 9),
)
def test_every_so_many_days_is_that_time_on_each_of_those_days(
    zone: ZoneInfo, first: date, quarters: int, interval: int
) -> None:
    begins = datetime.combine(first, datetime.min.time()) + timedelta(minutes=15 * quarters)
    text = event(
        f"DTSTART;TZID={zone.key}:{begins:%Y%m%dT%H%M%S}",
        "DURATION:PT1H",
        f"RRULE:FREQ=DAILY;INTERVAL={interval}",
        "SUMMARY:x",
    )
    days = (first + timedelta(days=interval * n) for n in range(200))
    naive = [begins.replace(year=day.year, month=day.month, day=day.day, tzinfo=zone).astimezone(UTC) for day in days]
    expected = [start for start in naive if start < UNTIL and start + timedelta(hours=1) > SINCE]
    assert [each.start for each in shifts(text)] == expected
    assert all(
        abs(start - instant(zone, start.astimezone(zone).date(), 900 * quarters)) <= timedelta(hours=1)
        for start in naive
    )
