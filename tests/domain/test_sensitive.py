"""Which answers are shown once more: of certain classes all, and those that speak of much money."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coopbot.domain.sensitive import Sensitive, sensitive
from tests.views.orders import seen


@pytest.mark.parametrize(
    ("text", "fields", "why"),
    [
        ("今天 18:00 前发出", {}, None),
        ("同意退款 500.00 元", {}, None),
        ("同意退款 500.01 元", {}, Sensitive(50001)),
        ("退 ¥1,200,另补 20 元", {}, Sensitive(120000)),
        ("已退款", {"amount": "800"}, Sensitive(80000)),
        ("已退款", {"amount": "八百"}, None),
        ("单号 900000 已发出", {}, None),
    ],
)
def test_an_ordinary_order_by_its_money(text: str, fields: dict[str, str], why: Sensitive | None) -> None:
    assert sensitive(seen(**{"class": "general"}), text, fields) == why


def test_crc_always() -> None:
    assert sensitive(seen(), "今天 18:00 前发出", {}) == Sensitive()
    assert sensitive(seen(), "同意退款 900 元", {}) == Sensitive(90000)


def test_a_profile_may_want_neither() -> None:
    it = seen(**{"class": "general"})
    it = replace(it, rules=replace(it.rules, ask_over=0))
    assert sensitive(it, "同意退款 9999 元", {}) is None
