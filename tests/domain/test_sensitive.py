"""Which answers are shown once more: of certain classes all, and those that speak of much money."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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
        ("补偿 RMB 800,今天到账", {}, Sensitive(80000)),
        ("We refund USD 1,200.50 today", {}, Sensitive(120050)),
        ("补偿 1.2 万元", {}, Sensitive(1200000)),
        ("补偿 8 百元", {}, Sensitive(80000)),
        ("退款５１０元", {}, Sensitive(51000)),
        ("同意退款五百元", {}, None),
        ("同意退款五百零一元", {}, Sensitive(50100)),
        ("补偿两千五百块", {}, Sensitive(250000)),
        ("赔偿一万二千元", {}, Sensitive(1200000)),
        ("赔偿万元", {}, Sensitive(1000000)),
        ("换一块屏幕,三天内寄到", {}, None),
        ("已退款", {"amount": "800"}, Sensitive(80000)),
        ("已退款", {"amount": "八百"}, None),
        ("单号 900000 已发出", {}, None),
    ],
)
def test_an_ordinary_order_by_its_money(text: str, fields: dict[str, str], why: Sensitive | None) -> None:
    assert sensitive(seen(**{"class": "general"}), text, fields) == why


def test_more_than_the_order_and_a_far_promise_are_asked_about() -> None:
    it = seen(**{"class": "general"}, amount="100.00")
    assert sensitive(it, "退 120 元", {"amount": "120.00"}) == Sensitive(ordered=10000)
    assert sensitive(it, "退 100 元", {"amount": "100.00"}) is None
    assert sensitive(it, "退 120 元", {}) is None
    month = it.now + timedelta(days=30)
    assert sensitive(it, "发出", {"promised_at": month.isoformat()}) is None
    late = month + timedelta(minutes=1)
    assert sensitive(it, "发出", {"promised_at": late.isoformat()}) == Sensitive(far=late)
    both = {"amount": "900.00", "promised_at": late.isoformat()}
    assert sensitive(it, "发出", both) == Sensitive(90000, 10000, late)


def test_crc_always() -> None:
    assert sensitive(seen(), "今天 18:00 前发出", {}) == Sensitive()
    assert sensitive(seen(), "同意退款 900 元", {}) == Sensitive(90000)


def test_a_profile_may_want_neither() -> None:
    it = seen(**{"class": "general"})
    it = replace(it, rules=replace(it.rules, ask_over=0))
    assert sensitive(it, "同意退款 9999 元", {}) is None
