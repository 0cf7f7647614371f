"""An empty or evasive answer does not count."""

from __future__ import annotations

import pytest

from coopbot.domain.effectiveness import Effectiveness, measure
from tests.support.clockwork import rules

JD = rules("jd-pop")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["empty"]),
        (" \n\t", ["empty"]),
        ("。。。!!", ["empty"]),
        ("您好,收到,谢谢!", ["stock_phrase"]),
        ("OK, done.", ["stock_phrase"]),
        ("明天发货", ["too_short"]),
        ("订单将于明天 18:00 前发出,单号随后更新", []),
        ("请加微信联系,我们补偿 20 元", ["banned_word"]),
        ("字" * 501, ["too_long"]),
        ("字" * 500, []),
    ],
)
def test_why_a_reply_would_not_count(text: str, codes: list[str]) -> None:
    found = JD.effectiveness.shortcomings(text, JD.reply_max, JD.reply_unit)
    assert [shortcoming.code for shortcoming in found] == codes


def test_the_reason_has_its_facts() -> None:
    (found,) = Effectiveness(min_length=8).shortcomings("已发货。", 100, "characters")
    assert dict(found.facts) == {"length": 3, "least": 8}


@pytest.mark.parametrize(
    ("text", "gbk", "utf8", "characters"),
    [("abc", 3, 3, 3), ("已联系快递", 10, 15, 5), ("€", 2, 3, 1), ("好😀", 6, 7, 2)],
)
def test_lengths_in_the_platforms_units(text: str, gbk: int, utf8: int, characters: int) -> None:
    assert [measure(text, unit) for unit in ("gbk_bytes", "utf8_bytes", "characters")] == [gbk, utf8, characters]
