"""Sums, matches, settlements and deposits: the same whatever sequence the entries came in."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.appeals import appeal, lost, record
from coopbot.domain.balance import Balance, Purse, balances
from coopbot.domain.deposit import Deposit, movements
from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState, counter, standing, under_appeal
from coopbot.domain.matching import Verdict, match
from coopbot.domain.settlement import Difference, Posting, forecast, keep
from coopbot.domain.team import ShopKey
from tests.support.builders import MONDAY, a_penalty
from tests.support.clockwork import SHANGHAI

SHOP = ShopKey("jd", "10001")
DAY = timedelta(days=1)


def fine(number: str, amount: int | None, month: str = "2026-11", **more: object) -> LedgerEntry:
    return a_penalty(
        f"penalty:jd:{number}", None, kind=PenaltyKind.FINE, state=PenaltyState.ISSUED, amount=amount, ref=number,
        month=month, **more,
    )  # fmt: skip


entries = st.builds(
    lambda n, kind, state, amount, points, currency, track, taken_back: [
        entry := a_penalty(
            f"k{n}", None, kind=kind, state=state, amount=amount, points=points, currency=currency, track=track
        ),
        *([counter(entry, MONDAY, "revoked")] if taken_back else []),
    ],
    st.integers(0, 10**6),
    st.sampled_from(PenaltyKind),
    st.sampled_from([PenaltyState.PREDICTED, PenaltyState.ISSUED]),
    st.one_of(st.none(), st.integers(0, 10**9)),
    st.one_of(st.none(), st.integers(0, 50)),
    st.sampled_from(["CNY", "SGD"]),
    st.sampled_from(["", "general", "serious"]),
    st.booleans(),
)


@given(st.lists(entries, max_size=30, unique_by=lambda pair: pair[0].key), st.randoms())
def test_the_balance_is_the_sum_of_its_entries_in_any_order(
    pairs: list[list[LedgerEntry]], chance: random.Random
) -> None:
    every = [entry for pair in pairs for entry in pair]
    shuffled = list(every)
    chance.shuffle(shuffled)
    assert balances(every) == balances(shuffled)
    left = standing(every)
    for purse, sums in balances(every).items():
        mine = [e for e in left if Purse(e.shop, e.currency) == purse and e.state is PenaltyState.ISSUED]
        assert sums.fined == sum(e.amount or 0 for e in mine if e.kind in (PenaltyKind.FINE, PenaltyKind.MEASURE))
        assert sum(sums.points.values()) == sum(e.points or 0 for e in mine if e.kind is PenaltyKind.POINTS)


def test_what_is_taken_back_sums_to_nothing() -> None:
    one = fine("P1", 3000)
    assert balances([one, counter(one, MONDAY, "revoked")]) == {Purse(SHOP, "CNY"): Balance()}


def test_currencies_are_never_summed() -> None:
    sums = balances([fine("P1", 3000), fine("P2", 500, currency="SGD")])
    assert {purse.currency: each.fined for purse, each in sums.items()} == {"CNY": 3000, "SGD": 500}


def predicted(number: str, kind: PenaltyKind = PenaltyKind.WARNING, **more: object) -> LedgerEntry:
    return a_penalty(f"breach:jd:{number}", number, kind=kind, assumed=True, **more)


def test_a_prediction_is_confirmed_corrected_or_contradicted_by_what_comes() -> None:
    ours = [
        predicted("1"), predicted("2", PenaltyKind.UNKNOWN), predicted("3", PenaltyKind.FINE, amount=1000),
        predicted("4", PenaltyKind.FINE, amount=1000),
    ]  # fmt: skip
    theirs = [
        a_penalty("P1", "1", kind=PenaltyKind.WARNING, state=PenaltyState.ISSUED, at=MONDAY + DAY),
        a_penalty("P2", "2", kind=PenaltyKind.POINTS, points=2, state=PenaltyState.ISSUED, at=MONDAY + DAY),
        a_penalty("P3", "3", kind=PenaltyKind.FINE, amount=2000, state=PenaltyState.ISSUED, at=MONDAY + DAY),
        a_penalty("P4", "4", kind=PenaltyKind.WARNING, state=PenaltyState.ISSUED, at=MONDAY + DAY),
        a_penalty("P9", "9", kind=PenaltyKind.FINE, amount=1, state=PenaltyState.ISSUED, at=MONDAY + DAY),
    ]
    found = match([*ours, *theirs], MONDAY + 2 * DAY)
    assert [pair.verdict for pair in found.pairs] == [
        Verdict.CONFIRMED, Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.CONTRADICTED,
    ]  # fmt: skip
    assert [e.key for e in found.unpredicted] == ["P9"]
    assert match(ours, MONDAY + 40 * DAY).never_came == tuple(ours)
    assert match(ours, MONDAY + 20 * DAY).pending == tuple(ours)


def test_without_an_order_number_shop_and_time_decide() -> None:
    ours = [predicted("1"), predicted("2")]
    theirs = fine("P1", None, at=MONDAY + 3 * DAY)
    warning = a_penalty("P2", None, kind=PenaltyKind.WARNING, state=PenaltyState.ISSUED, at=MONDAY + 3 * DAY)
    found = match([*ours, theirs, warning], MONDAY + 4 * DAY)
    assert [pair.issued.key for pair in found.pairs] == ["P2"]
    assert (len(found.pending), found.unpredicted) == (1, (theirs,)), "a fine says nothing of another order's warning"
    elsewhere = a_penalty("P3", None, shop=ShopKey("jd", "2"), kind=PenaltyKind.WARNING, state=PenaltyState.ISSUED)
    assert match([*ours, elsewhere], MONDAY + DAY).unpredicted == (elsewhere,)


def test_a_settlement_is_compared_line_by_line() -> None:
    one, two, gone, missing = fine("P1", 3000), fine("P2", 4000), fine("P3", 500), fine("P4", 700)
    books = keep(
        [one, two, gone, counter(gone, MONDAY, "revoked"), missing],
        [Posting(SHOP, "2026-11", 100_000, 90_000, (("P1", 3000), ("P2", 4500), ("P3", 500), ("P8", 2000)))],
    )
    (november,) = books.months
    assert [(line.ref, line.difference) for line in november.lines] == [
        ("P1", Difference.AGREES), ("P2", Difference.AMOUNT), ("P3", Difference.TAKEN_BACK),
        ("P8", Difference.UNKNOWN), ("P4", Difference.MISSING),
    ]  # fmt: skip
    assert [(credit.ref, credit.amount) for credit in books.credits_due] == [("P3", 500)]


def test_a_win_after_settlement_is_a_credit_of_next_month() -> None:
    one = fine("P1", 3000)
    november = Posting(SHOP, "2026-11", 100_000, 97_000, (("P1", 3000),))
    december = Posting(SHOP, "2026-12", 50_000, 53_000, ())
    won = [one, counter(one, MONDAY + 30 * DAY, "revoked")]
    books = keep(won, [november])
    due = forecast(SHOP, "2026-12", won, books, MONDAY, window=DAY)
    assert (due.fines, due.credits, due.total) == (0, 3000, -3000)
    paid = keep(won, [december, november]).months[1]
    assert ([(c.ref, c.amount) for c in paid.credited], paid.unexplained) == ([("P1", 3000)], 0)
    assert keep(won, [december, november]).credits_due == ()


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=12), st.randoms())
def test_the_deposit_s_entries_are_the_same_in_any_order(levels: list[int], chance: random.Random) -> None:
    snapshots = [Deposit(SHOP, f"e{n}", MONDAY + n * DAY, level, 0) for n, level in enumerate(levels)]
    shuffled = list(snapshots)
    chance.shuffle(shuffled)
    moved = movements(shuffled, SHANGHAI)
    assert moved == movements(snapshots, SHANGHAI)
    assert balances(moved).get(Purse(SHOP, "CNY"), Balance()).deposit == levels[-1]


def test_appeals_are_won_lost_or_pending() -> None:
    fines = [fine(f"P{n}", 1000) for n in range(4)]
    marks = [appeal(each, MONDAY, "outage" if n < 2 else "other") for n, each in enumerate(fines[:3])]
    ends = [counter(fines[0], MONDAY, "revoked"), lost(fines[1], MONDAY, "证据不足")]
    found = record([*fines, *marks, *ends])
    assert (found.won, found.lost, found.pending, found.rate) == (1, 1, 1, 50)
    assert dict(found.by_ground["outage"]) == {"won": 1, "lost": 1}
    assert standing([*fines, *marks, *ends]) == tuple(fines[1:])
    assert "penalty:jd:P2" in under_appeal([*fines, *marks, *ends])


def test_an_earlier_month_is_forecast_by_itself_until_it_is_posted_and_carried_over_then() -> None:
    november, december = fine("P1", 3000, at=MONDAY - DAY), fine("P2", 500, month="2026-12", at=MONDAY - DAY)
    guess = predicted("1", PenaltyKind.FINE, amount=700)
    every = [november, december, guess]

    def taken(month: str, *posted: Posting) -> tuple[int, int]:
        due = forecast(SHOP, month, every, keep(every, posted), MONDAY + DAY, window=30 * DAY)
        return due.fines, due.expected

    assert [taken(month) for month in ("2026-11", "2026-12")] == [(3000, 700), (500, 0)]
    assert taken("2026-12", Posting(SHOP, "2026-11", 10_000, 10_000, ())) == (3500, 700)
