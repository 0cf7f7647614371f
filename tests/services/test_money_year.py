"""A generated year of one shop, and the same events in any order: the books close to the fen."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopbot.domain.balance import balances
from coopbot.domain.event import PlatformEvent
from coopbot.domain.facts import yuan
from coopbot.domain.ledger import LedgerEntry, PenaltyState, standing
from coopbot.domain.matching import match
from coopbot.services import export, exposure
from coopbot.services.settlements import books_of
from coopbot.store import OpenStore
from tests.support.databases import a_store
from tests.support.money import CNY, SHOP, deposit, desk_with, entries_of, issued, posted, revoked
from tests.support.office import Office
from tests.support.shop_year import ShopYear, rules_of_the_year
from tests.support.world import a_desk, shanghai


@pytest.fixture
def office(store: OpenStore) -> Office:
    return Office(store, a_desk())


@dataclass
class Year:
    """What the platform does in a year, and what it comes to."""

    events: list[PlatformEvent] = field(default_factory=list)
    fined: int = 0
    deducted: int = 0
    credited: int = 0
    deposit: int = 0
    gross: int = 0
    net: int = 0


def generated(seed: int, months: int = 12) -> Year:
    """Fines, revocations before and after the settlement that takes them, credits, shortages, top-ups."""
    chance = random.Random(seed)
    year = Year(deposit=5_000_000)
    open_fines: dict[str, int] = {}
    owed = 0
    day = shanghai("2026-01-05 10:00")
    year.events.append(deposit(day, yuan(year.deposit), "50000.00"))
    for number in range(1, months + 1):
        month = f"2026-{number:02d}"
        day = shanghai(f"{month}-10 10:00")
        back = 0
        for index in range(chance.randrange(6)):
            ref, amount = f"P{number}-{index}", chance.randrange(1, 200_000)
            year.events.append(issued(ref, day + timedelta(hours=index), amount=yuan(amount)))
            year.fined += amount
            fate = chance.random()
            if fate < 0.2:  # revoked before the settlement: never taken
                year.events.append(revoked(ref, day + timedelta(days=1)))
                year.fined -= amount
                continue
            open_fines[ref] = amount
            if fate < 0.4:  # revoked after it: owed back next month
                year.events.append(revoked(ref, day + timedelta(days=25)))
                year.fined -= amount
                back += amount
        gross = chance.randrange(0, 900_000)
        taken = sum(open_fines.values())
        net = gross - taken + owed
        lines = [(ref, yuan(amount)) for ref, amount in open_fines.items()]
        year.events.append(posted(month, yuan(gross), yuan(net), *lines))
        year.gross, year.net = year.gross + gross, year.net + net
        year.deducted += taken
        year.credited += owed
        open_fines, owed = {}, back
        if net < 0:
            year.deposit += net
            year.events.append(deposit(day + timedelta(days=21), yuan(year.deposit), "50000.00"))
            year.deposit = 5_000_000
            year.events.append(deposit(day + timedelta(days=24), yuan(year.deposit), "50000.00"))
    return year


async def take_all(office: Office, events: Sequence[PlatformEvent]) -> list[LedgerEntry]:
    for each in events:
        await office.take(each)
    return await entries_of(office)


async def test_a_generated_year_reconciles_to_the_fen(office: Office) -> None:
    office.now = shanghai("2026-12-31 20:00")
    year = generated(7)
    entries = await take_all(office, year.events)
    sums = balances(entries)[CNY]
    assert (sums.fined, sums.deducted, sums.credited) == (year.fined, year.deducted, year.credited)
    assert sums.deposit == year.deposit
    books = await office.store.read(books_of, SHOP, "CNY")
    assert len(books.months) == 12
    assert [month.unexplained for month in books.months] == [0] * 12
    assert sum(month.posting.net for month in books.months) == year.gross - year.deducted + year.credited == year.net
    owed = sum(credit.amount for credit in books.credits_due)
    assert sums.outstanding == -owed
    assert {line.difference.value for month in books.months for line in month.lines} <= {"agrees", "taken_back"}


async def live(office: Office, year: ShopYear, lag: timedelta = timedelta(0)) -> list[LedgerEntry]:
    """Every act in its time; ``lag`` is by how much the tick comes late, with what came meanwhile taken before."""
    acts = sorted((at + lag if what is None else at, index, what) for index, (at, what) in enumerate(year.acts))
    for at, _, what in acts:
        office.now = max(office.now, at)
        if what is None:
            await office.sweep()
            continue
        if what.type == "settlement.posted":
            await forecast_agrees(office, year, what.data["month"])
        await office.take(what)
    return await entries_of(office)


async def forecast_agrees(office: Office, year: ShopYear, month: str) -> None:
    """The hour before it is posted we know what it should take, to the fen."""
    here = year.months[month]
    due = (await office.store.read(exposure.money_of, office.now, office.desk, SHOP, month)).forecast
    assert (due.month, due.fines, due.expected, due.credits) == (month, here.should_take, here.may_come, here.owed)


def a_year(seed: int) -> ShopYear:
    return ShopYear(random.Random(seed)).play()


async def test_a_generated_year_of_orders_reconciles_to_the_fen(store: OpenStore) -> None:
    year = a_year(34)
    office = Office(store, desk_with(rules_of_the_year), shanghai("2026-01-01 08:00"))
    entries = await live(office, year)

    said: dict[str, list[tuple[str, int | None, int | None]]] = {}
    for entry in entries:
        if entry.state is PenaltyState.PREDICTED and entry.order:
            said.setdefault(entry.order.number, []).append((entry.kind.value, entry.points, entry.amount))
    assert said == year.foretold
    matched = match(entries, shanghai("2027-02-01 00:00"), timedelta(days=20))
    assert {entry.ref for entry in matched.unpredicted} == year.strange
    assert {entry.order.number for entry in matched.never_came if entry.order} == year.silent
    taken_back = {e.order.number for e in entries if e.basis == "voided" and e.order}
    assert taken_back == year.voided

    books = await store.read(books_of, SHOP, "CNY")
    assert [each.posting.month for each in books.months] == sorted(year.months)
    for each in books.months:
        here = year.months[each.posting.month]
        found = {(line.ref, line.difference.value) for line in each.differences}
        assert (each.posting.month, found) == (each.posting.month, here.differences)
        assert (each.unexplained, sum(credit.amount for credit in each.credited)) == (0, here.credited)
    assert sum(credit.amount for credit in books.credits_due) == year.owed

    sums = in_the_accountant_s_file(await store.read(export.entries, office.desk), office)
    assert sums["fined"] == sum(year.fined.values())
    assert sums["settlement"] == sum(each.taken for each in year.months.values())
    assert sums["credit"] == sum(each.credited for each in year.months.values())
    assert sums["top_up"] - sums["deposit"] == year.deposit
    gross, net = (sum(getattr(each, name) for each in year.months.values()) for name in ("gross", "net"))
    assert net == gross - sums["settlement"] + sums["credit"]


def in_the_accountant_s_file(entries: Sequence[LedgerEntry], office: Office) -> Counter[str]:
    """The columns of the CSV summed up in fen, as somebody does who has nothing else."""
    sums: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(export.as_csv(entries, office.desk).removeprefix("\ufeff"))):
        if row["amount"] and row["state"] != "predicted" and (row["state"] == "issued" or row["penalty_no"]):
            kind = "fined" if row["kind"] in ("fine", "measure") else row["kind"]
            sums[kind] += int(Decimal(row["amount"]) * 100)
    return sums


@pytest.mark.parametrize("seed", [5, 27])
async def test_a_year_lived_anew_gives_the_same_ledger_also_where_the_tick_comes_late(
    tmp_path: Path, seed: int
) -> None:
    year, ledgers = a_year(seed), []
    for name, lag in (("once", timedelta(0)), ("again", timedelta(0)), ("late", timedelta(hours=40))):
        async with a_store(f"sqlite:///{tmp_path}/{name}.db") as store:
            office = Office(store, desk_with(rules_of_the_year), shanghai("2026-01-01 08:00"))
            ledgers.append(await live(office, year, lag))
    once, again, late = ledgers
    assert once == again
    assert told_apart(once) == told_apart(late), "what was voided before anybody looked was never late"


def told_apart(entries: Sequence[LedgerEntry]) -> set[LedgerEntry]:
    return set(standing(entries))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
async def test_any_order_of_the_same_events_ends_in_the_same_books(
    tmp_path_factory: object, seed: int, order: random.Random
) -> None:
    events = generated(seed, months=3).events
    shuffled = list(events)
    order.shuffle(shuffled)
    ends = []
    for sequence in (events, shuffled, [*shuffled, *events]):
        place = tmp_path_factory.mktemp("books")  # type: ignore[attr-defined]
        ends.append(await run(place, sequence, shanghai("2026-12-31 20:00")))
    assert balances(ends[0]) == balances(ends[1]) == balances(ends[2])
    assert told_apart(ends[0]) == told_apart(ends[1]) == told_apart(ends[2])


async def test_a_replay_from_zero_gives_the_same_ledger_whenever_it_is_made(tmp_path: Path) -> None:
    events = generated(11).events
    first = await run(tmp_path / "a", events, shanghai("2026-12-31 20:00"))
    again = await run(tmp_path / "b", events, shanghai("2027-03-01 08:00"))
    assert first == again


async def run(place: Path, events: Sequence[PlatformEvent], now: datetime) -> list[LedgerEntry]:
    async with a_store(f"sqlite:///{place}.db") as store:
        return await take_all(Office(store, a_desk(), now), events)
