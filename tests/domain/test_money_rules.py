"""The ladder of penalties as data: tiers, points, nodes, resets, amounts; nothing invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from coopbot.domain.amounts import Amount, amount_of, estimate
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState, standing
from coopbot.domain.matching import counted, effective
from coopbot.domain.penalty import another_day, cost, predict
from coopbot.domain.penalty_rules import Money, Reset
from coopbot.domain.periods import cut_at, lives_since, month_before, next_month, next_reset, settled_in
from coopbot.domain.profile import Profile, parse
from coopbot.domain.tracks import standings
from coopbot.domain.work_order import OrderKey, WorkOrder
from tests.support.builders import a_penalty
from tests.support.clockwork import SHANGHAI, at, rules, tables
from tests.support.money import rules_with
from tests.support.world import an_order

NOON = at("2026-11-23 12:00")


def late(number: str = "A-17", **facts: Any) -> WorkOrder:
    return replace(an_order(NOON, **facts), key=OrderKey("jd", number))


def points(number: str, n: int, day: datetime, track: str = "serious", **more: Any) -> LedgerEntry:
    return a_penalty(
        f"penalty:jd:{number}", None, kind=PenaltyKind.POINTS, state=PenaltyState.ISSUED, at=day, points=n,
        track=track, ref=number, **more,
    )  # fmt: skip


def kinds(found: tuple[LedgerEntry, ...]) -> list[tuple[str, int | None, int | None]]:
    return [(e.kind.value, e.points, e.amount) for e in found]


def priced(**offence: Any) -> Profile:
    def change(penalties: dict[str, Any]) -> None:
        penalties["warnings_before_fine"] = 0
        penalties["offences"]["late"].update(offence)

    return rules_with(change)


@pytest.mark.parametrize(
    ("money", "amount", "deposit", "expected"),
    [
        (Money(), 100, 100, Amount(None)),
        (Money(fixed=5000), None, None, Amount(5000)),
        (Money(basis_points=500), 9999, None, Amount(500)),
        (Money(basis_points=500, least=1000, most=2000), 100_000, None, Amount(2000)),
        (Money(basis_points=500, least=1000, most=2000), 10, None, Amount(1000)),
        (Money(basis_points=500), None, None, Amount(None)),
        (Money(basis_points=500, least=1000), None, None, Amount(1000, True)),
        (Money(fixed=10_000_000, share_of_deposit=10_000), None, 30_000_000, Amount(30_000_000)),
        (Money(fixed=10_000_000, share_of_deposit=10_000), None, None, Amount(10_000_000, True)),
        (Money(per_day=300), None, None, Amount(900)),
    ],
)
def test_an_amount_is_the_largest_of_what_is_known(
    money: Money, amount: int | None, deposit: int | None, expected: Amount
) -> None:
    assert amount_of(money, amount, 3, deposit) == expected


def test_warnings_come_first_then_an_unknown_amount_never_an_invented_one() -> None:
    jd = rules()
    first = predict(late("1"), jd, NOON, [])
    second = predict(late("2"), jd, NOON, first)
    assert kinds(first) == [("warning", None, None)]
    assert kinds(second) == [("unknown", None, None)]
    assert all(e.assumed for e in (*first, *second))
    assert kinds(predict(late("3"), jd, at("2026-12-01 12:00"), [*first, *second])) == [("warning", None, None)]


def test_the_cost_of_one_more_is_the_next_step() -> None:
    it = cost(late("1"), rules(), NOON, [])
    assert (kinds(it.now), kinds(it.then)) == ([("warning", None, None)], [("unknown", None, None)])


def test_tiers_count_offences_of_their_period() -> None:
    shop = priced(
        counted_over="quarter",
        tiers=[{"nth": 1, "points": 2}, {"nth": 3, "points": 4, "money": {"fixed": 10000}}],
    )
    history: list[LedgerEntry] = []
    for number in range(1, 5):
        history += predict(late(str(number)), shop, NOON, history)
    assert kinds(tuple(history)) == [
        ("points", 2, None), ("points", 2, None),
        ("points", 4, None), ("fine", None, 10000), ("points", 4, None), ("fine", None, 10000),
    ]  # fmt: skip
    assert kinds(predict(late("5"), shop, at("2027-01-01 00:00"), history)) == [("points", 2, None)]


def test_a_share_of_the_order_needs_the_order_s_amount() -> None:
    shop = priced(money={"basis_points": 500, "least": 1000, "most": 50000})
    assert kinds(predict(late(amount="899.99"), shop, NOON, [])) == [("fine", None, 4500)]
    (unknown,) = predict(late(), shop, NOON, [])
    assert (unknown.amount, unknown.basis) == (1000, "at_least")


def test_points_that_reach_a_node_bring_its_measure_and_money() -> None:
    shop = priced(track="serious", points=2)
    history = [points("P1", 48, at("2026-03-01 12:00"))]
    found = predict(late(), shop, NOON, history)
    assert [(e.kind.value, e.points, e.amount, e.days, e.text) for e in found] == [
        ("points", 2, None, None, ""),
        ("measure", 50, 3_000_000, 14, "limits"),
    ]
    top = predict(late(), shop, NOON, [points("P1", 98, NOON)], deposit=30_000_000)
    assert top[-1].amount == 30_000_000


def test_points_of_last_year_are_gone() -> None:
    shop = priced(track="serious", points=2)
    history = [points("P1", 48, at("2025-12-31 23:59"))]
    assert [e.kind.value for e in predict(late(), shop, NOON, history)] == ["points"]
    standing = {s.track.code: s for s in standings([points("P1", 48, NOON)], shop.penalties, NOON, shop.zone)}
    serious = standing["serious"]
    assert (serious.points, serious.to_next, serious.to_closure) == (48, 2, 52)
    assert serious.resets_at == at("2027-01-01 00:00")


def test_shopee_counts_a_week_once_and_begins_anew_on_the_quarter_s_first_monday() -> None:
    def change(penalties: dict[str, Any]) -> None:
        penalties["offences"]["late"]["points"] = 2

    shop = rules_with(change, "shopee")
    zone = shop.zone
    tuesday, friday = at("2026-09-29 10:00", zone), at("2026-10-02 10:00", zone)
    monday = at("2026-10-05 00:00", zone)
    first = predict(late("1", **{"class": "general"}), shop, tuesday, [])
    second = predict(late("2", **{"class": "general"}), shop, friday, first)
    third = predict(late("3", **{"class": "general"}), shop, monday, [*first, *second])
    assert [e[0].points for e in (first, second, third)] == [2, 0, 2]
    everything = [*first, *second, *third]
    before, after = (
        standings(everything, shop.penalties, when, zone)[0] for when in (friday, monday + timedelta(hours=1))
    )
    assert (before.points, before.resets_at, before.to_next) == (2, monday, 1)
    assert (after.points, after.resets_at) == (2, at("2027-01-04 00:00", zone))


def test_lazada_s_points_live_365_days_each() -> None:
    shop = rules("lazada")
    old, young = NOON - timedelta(days=366), NOON - timedelta(days=364)
    found = [points("P1", 12, old, "points"), points("P2", 6, young, "points")]
    (standing,) = standings(found, shop.penalties, NOON, shop.zone)
    assert (standing.points, standing.resets_at, standing.to_next) == (6, None, 6)


@pytest.mark.parametrize(
    ("reset", "now", "since", "then"),
    [
        (Reset("yearly"), "2026-12-31 23:59", "2026-01-01 00:00", "2027-01-01 00:00"),
        (Reset("yearly"), "2027-01-01 00:00", "2027-01-01 00:00", "2028-01-01 00:00"),
        (Reset("quarterly"), "2026-11-23 12:00", "2026-10-01 00:00", "2027-01-01 00:00"),
        (Reset("quarterly", on="first_monday"), "2026-10-04 23:59", "2026-07-06 00:00", "2026-10-05 00:00"),
        (Reset("weekly"), "2026-11-23 00:00", "2026-11-23 00:00", "2026-11-30 00:00"),
    ],
)
def test_points_begin_anew(reset: Reset, now: str, since: str, then: str) -> None:
    assert lives_since(reset, at(now), SHANGHAI) == at(since)
    assert next_reset(reset, at(now), SHANGHAI) == at(then)


def test_months_end_where_they_end() -> None:
    assert next_month("2026-12") == "2027-01"
    assert cut_at("2027-02", 31, SHANGHAI) == at("2027-03-01 00:00")
    assert cut_at("2026-11", 25, SHANGHAI) == at("2026-11-26 00:00")


def test_a_median_is_said_from_five_issued_ones_on() -> None:
    fines = [
        a_penalty(f"p{n}", None, kind=PenaltyKind.FINE, state=PenaltyState.ISSUED, amount=n * 1000) for n in range(1, 7)
    ]
    assert estimate(fines[:4], "CNY") is None
    assert estimate(fines, "CNY") == (3000, 6)
    assert estimate(fines, "SGD") is None


def test_what_arrived_late_says_so() -> None:
    (entry,) = predict(late(), rules(), NOON, [], cause="arrived_late")
    assert (entry.kind, entry.basis) == (PenaltyKind.WARNING, "arrived_late")


def test_a_fine_per_day_grows_with_each_day_that_begins_and_no_entry_is_edited() -> None:
    shop = priced(money={"per_day": 300, "fixed": 500})
    first = predict(late(), shop, NOON, [])
    assert [(e.amount, e.basis) for e in first] == [(500, "per_day")]
    entries = list(first)
    for day in (2, 2, 3):
        entries += another_day(late(), shop, NOON, effective(entries, NOON), standing(entries), day)
    assert [e.amount for e in standing(entries)] == [900]
    assert [(e.state.value, e.amount, e.at - NOON) for e in entries] == [
        ("predicted", 500, timedelta(0)),
        ("revoked", 500, timedelta(days=1)), ("predicted", 600, timedelta(days=1)),
        ("revoked", 600, timedelta(days=2)), ("predicted", 900, timedelta(days=2)),
    ]  # fmt: skip
    fined = a_penalty("P1", "A-17", kind=PenaltyKind.FINE, state=PenaltyState.ISSUED, amount=500, at=NOON)
    assert another_day(late(), shop, NOON, [], [*standing(entries), fined], 4) == (), "the platform has said its word"


def test_a_node_s_money_may_be_a_share_of_the_order_or_per_day_of_its_measure() -> None:
    def change(penalties: dict[str, Any]) -> None:
        penalties["warnings_before_fine"] = 0
        penalties["offences"]["late"] |= {"track": "serious", "points": 2}
        share = {"basis_points": 500, "least": 1000, "most": 50000}
        penalties["tracks"]["serious"]["nodes"] = [
            {"points": 2, "measure": "limits", "money": share},
            {"points": 4, "measure": "limits", "lasts": "7d", "money": {"per_day": 300, "fixed": 2000}},
        ]

    shop = rules_with(change)
    history = list(predict(late("1", amount="899.99"), shop, NOON, []))
    history += predict(late("2"), shop, NOON, history)
    assert [(e.points, e.amount, e.days) for e in history if e.kind is PenaltyKind.MEASURE] == [
        (2, 4500, None), (4, 2100, 7),
    ]  # fmt: skip


def test_amounts_of_another_currency_are_unknown_not_converted() -> None:
    shop = priced(money={"fixed": 10000})
    assert kinds(predict(late(), shop, NOON, [])) == [("fine", None, 10000)]
    (abroad,) = predict(late(), shop, NOON, [], currency="USD")
    assert (abroad.kind, abroad.amount, abroad.currency) == (PenaltyKind.UNKNOWN, None, "USD")


def test_an_offence_of_some_classes_meets_their_other_names_too() -> None:
    shop = priced(classes=["crc"], points=2)
    assert kinds(predict(late(**{"class": "高危投诉"}), shop, NOON, [])) == [("points", 2, None)]


def test_behind_its_cut_day_a_month_s_settlement_is_the_next_one_and_warnings_keep_the_calendar() -> None:
    def change(penalties: dict[str, Any]) -> None:
        penalties["settlement_cut_day"] = 25

    shop = rules_with(change)
    before, behind = at("2026-11-25 23:59"), at("2026-11-26 00:00")
    first = predict(late("1"), shop, before, [])
    second = predict(late("2"), shop, behind, first)
    assert [(e.month, e.kind.value) for e in (*first, *second)] == [("2026-11", "warning"), ("2026-12", "unknown")]
    assert [settled_in(at(day), 25, SHANGHAI) for day in ("2026-12-25 23:59", "2026-12-26 00:00")] == [
        "2026-12", "2027-01",
    ]  # fmt: skip
    assert month_before("2027-01") == "2026-12"
    assert month_before("2026-12") == "2026-11"


def test_a_warning_issued_next_month_counts_in_the_month_that_was_late() -> None:
    last, next_one = at("2026-11-30 18:00"), at("2026-12-02 12:00")
    (ours,) = predict(late("1"), rules(), last, [])
    theirs = a_penalty("P1", "1", kind=PenaltyKind.WARNING, state=PenaltyState.ISSUED, at=at("2026-12-01 09:00"))
    year = counted([ours, theirs], next_one)
    assert [e.key for e in year.entries] == ["P1"]
    assert kinds(predict(late("2"), rules(), next_one, year.entries, late_at=year.late_at)) == [("warning", None, None)]
    assert kinds(cost(late("2"), rules(), next_one, [ours, theirs]).now) == [("warning", None, None)]


def test_tiers_say_how_sure_they_are_themselves() -> None:
    data = tables("jd-pop")
    data["penalties"] |= {"warnings_before_fine": 0}
    data["penalties"]["offences"]["late"]["tiers"] = [{"nth": 1, "points": 2}]
    data["sureness"]["penalties.offences.late.tiers"] = "fact: the platform's own page"
    assert [e.assumed for e in predict(late(), parse(data, "x"), NOON, [])] == [False]
