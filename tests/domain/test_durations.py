"""Durations as profiles write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coopbot.domain.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("4h", timedelta(hours=4)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("45s", timedelta(seconds=45)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("0s", timedelta(0)),
    ],
)
def test_there_and_back(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length
    assert format_duration(length) == text


def test_negative_and_fractions_are_shown() -> None:
    assert format_duration(-timedelta(minutes=90)) == "-1h30m"
    assert format_duration(timedelta(milliseconds=1500)) == "1s"


@pytest.mark.parametrize("text", ["", "4", "4x", "h", "-4h", "4h30", "1.5h", "30m1h", "99999d", "9" * 400 + "h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        parse_duration(text)
