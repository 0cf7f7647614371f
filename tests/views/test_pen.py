"""Instants, lengths of time and people in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coopbot.views.language import Catalogues, nearest
from coopbot.views.pen import Pen
from tests.support.world import SHANGHAI, shanghai

LANGUAGES = Catalogues(strict=True)
NOW = shanghai("2026-11-23 18:40")


def pen(language: str, **more: object) -> Pen:
    return Pen(LANGUAGES[language], NOW, SHANGHAI, {"U1": "王芳", "U2": "Li Wei", "U3": "<!here>"}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        ("2026-11-23 19:00", "19:00", "19:00"),
        ("2026-11-24 11:30", "明天 11:30", "tomorrow 11:30"),
        ("2026-11-22 09:05", "昨天 09:05", "yesterday 09:05"),
        ("2026-11-26 10:00", "11月26日 10:00", "Nov 26, 10:00"),
        ("2027-01-02 10:00", "2027年1月2日 10:00", "Jan 2, 2027, 10:00"),
    ],
)
def test_plain_time_names_the_day_when_it_is_not_today(at: str, zh: str, en: str) -> None:
    assert pen("zh-CN").clock(shanghai(at)) == zh
    assert pen("en").clock(shanghai(at)) == en


def test_blocks_have_the_readers_own_time_with_the_channels_as_fallback() -> None:
    seconds = int(shanghai("2026-11-24 11:30").timestamp())
    assert (
        pen("en").at(shanghai("2026-11-24 11:30")) == f"<!date^{seconds}^{{date_short_pretty}} {{time}}|tomorrow 11:30>"
    )
    assert pen("en").at(shanghai("2026-11-23 19:00")).endswith("^{time}|19:00>")
    assert pen("en").for_fallback.at(shanghai("2026-11-23 19:00")) == "19:00"


def test_intents_keep_instants_as_text_and_a_naive_one_is_none() -> None:
    assert pen("en").clock("2026-11-23T11:00:00Z") == "19:00"
    with pytest.raises(ValueError, match="zone"):
        pen("en").at("2026-11-23T11:00:00")


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (timedelta(seconds=59), "不到 1 分钟", "less than 1 min"),
        (timedelta(minutes=59, seconds=59), "59 分钟", "59 min"),
        (timedelta(hours=1), "1 小时", "1 h"),
        (timedelta(hours=1, minutes=35), "1 小时 35 分钟", "1 h 35 min"),
        (timedelta(hours=3, minutes=59), "3 小时 59 分钟", "3 h 59 min"),
        (timedelta(hours=4, minutes=59), "4 小时", "4 h"),
        (timedelta(hours=47), "47 小时", "47 h"),
        (timedelta(hours=50), "2 天 2 小时", "2 d 2 h"),
        (timedelta(days=3), "3 天", "3 d"),
        (timedelta(minutes=-5), "不到 1 分钟", "less than 1 min"),
    ],
)
def test_minutes_near_the_end_else_hours_never_more_than_there_is(length: timedelta, zh: str, en: str) -> None:
    assert pen("zh-CN").span(length) == zh
    assert pen("en").span(length) == en


def test_naming_somebody_does_not_call_them() -> None:
    assert pen("en").who("U1") == "王芳"
    assert pen("en").who("U9") == "U9"
    assert pen("en", private=True).who("U9") == "<@U9>"
    assert pen("en").who("U3") == "&lt;!here&gt;"
    assert pen("en").for_plain.who("U3") == "<!here>"
    assert pen("zh-CN").who("platform") == "平台"


def test_chinese_has_a_blank_beside_latin_only() -> None:
    t = LANGUAGES["zh-CN"]
    assert t("{who} has it", who="王芳") == "王芳已认领"
    assert t("{who} has it", who="Li Wei") == "Li Wei 已认领"
    assert t("The platform did not take {who}'s reply ({reason}).", who="Li Wei", reason="x 一 y") == (
        "平台没有收下 Li Wei 的回复（x 一 y）。"
    )


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-Hans-CN", "zh-CN"),
        ("zh_TW", "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("en-GB", "en"),
        ("en", "en"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_the_nearest_language(tag: str, language: str) -> None:
    assert nearest(tag) == language
    assert LANGUAGES[tag].language == language
