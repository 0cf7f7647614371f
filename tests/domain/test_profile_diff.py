"""What another version would change, before anybody applies it."""

from __future__ import annotations

from datetime import timedelta

from coopbot.domain.profile import Profile, parse
from coopbot.domain.profile_diff import Changed, Moved, OpenOrder, diff_open, diff_values
from tests.support.clockwork import at, rules, tables

JD = rules("jd-pop")
ORDERS = [
    OpenOrder("A-2", "general", at("2026-11-23 22:00")),
    OpenOrder("A-1", "crc", at("2026-11-23 17:30")),
    OpenOrder("A-3", "crc", at("2026-11-23 17:30"), platform_due=at("2026-11-24 09:00")),
]


def changed() -> Profile:
    data = tables("jd-pop")
    data["version"] = "2027.01"
    data["classes"]["crc"]["budget"] = "2h"
    return parse(data, "new")


def test_only_the_orders_that_move_are_listed() -> None:
    (row,) = diff_open(ORDERS, JD, changed())
    assert row == Moved("A-1", "crc", at("2026-11-24 11:30"), at("2026-11-24 09:30"))
    assert row.by == -timedelta(hours=2)
    assert diff_open(ORDERS, JD, JD) == []


def test_a_class_that_is_gone_is_told() -> None:
    data = tables("jd-pop")
    data["classes"]["vip"] = data["classes"].pop("general")
    data["classes"]["vip"]["labels"] = {"zh-CN": "贵宾", "en": "VIP"}
    data["classes"]["vip"]["aliases"] = []
    data["sureness"] = {}
    rows = diff_open(ORDERS, JD, parse(data, "new"))
    assert rows == [Moved("A-2", "general", at("2026-11-24 22:00"), None)]
    assert rows[0].by is None


def test_the_values_that_differ() -> None:
    assert diff_values(JD, changed()) == [
        Changed("classes.crc.budget", "4h", "2h"),
        Changed("version", "2026.12", "2027.01"),
    ]
