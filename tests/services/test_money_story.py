"""Stories of money on a real store: up the ladder, settlement and deposit, outages, appeals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coopbot.domain.deadline import DeadlineKind
from coopbot.domain.ledger import PenaltyKind, PenaltyState, standing
from coopbot.domain.outage import Decision, OutageKind, OutageReport
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.services import appeals, deadlines, export, exposure, outage_decision, outages, risk
from coopbot.services.settlements import books_of
from coopbot.store import OpenStore
from tests.support.databases import a_store
from tests.support.money import SHOP, balance_of, deposit, desk_with, entries_of, issued, posted, revoked, told
from tests.support.office import Office, event, raising
from tests.support.world import ANA, BOSS, LEAD, a_desk, a_team, shanghai


@pytest.fixture
def office(store: OpenStore) -> Office:
    return Office(store, a_desk())


def key(number: str) -> OrderKey:
    return OrderKey("jd", number)


async def breach(office: Office, *numbers: str) -> None:
    """CRC orders that nobody answers, one after the other."""
    for number in numbers:
        await office.take(raising(office.now, work_order_no=number, id=f"raise-{number}"))
        office.later(hours=4, minutes=1)
        await office.sweep()
        office.later(hours=20)


async def money(office: Office, month: str = "") -> Any:
    return await office.store.read(exposure.money_of, office.now, office.desk, SHOP, month)


async def test_three_late_orders_in_a_month_climb_the_ladder(office: Office) -> None:
    office.now = shanghai("2026-11-02 10:00")
    await breach(office, "A-1", "A-2", "A-3")
    found = [each for each in await entries_of(office) if each.state is PenaltyState.PREDICTED]
    assert [(e.kind.value, e.amount) for e in found] == [("warning", None), ("unknown", None), ("unknown", None)]
    await office.take(
        issued("P1", office.now, "warning", work_order_no="A-1"),
        issued("P2", office.now, "points", work_order_no="A-2", points=2, track="一般违规"),
        issued("P3", office.now, "fine", work_order_no="A-3", amount="30.00"),
        issued("P4", office.now, "fine", amount="10.00", work_order_no="X-9"),
    )
    account = await money(office)
    assert [pair.verdict.value for pair in account.matched.pairs] == ["confirmed"] * 3
    assert [e.ref for e in account.matched.unpredicted] == ["P4"]
    assert (account.matched.pending, account.matched.never_came) == ((), ())
    general = next(each for each in account.tracks if each.track.code == "general")
    assert general.points == 2
    assert (account.forecast.fines, account.forecast.unknown) == (4000, 0)
    assert [code for code, _ in await told(office)] == ["issued"] * 8  # to the manager and the lead


async def test_a_prediction_that_never_came_is_listed_after_its_window(office: Office) -> None:
    await breach(office, "A-1")
    office.later(days=31)
    account = await money(office)
    assert [e.order and e.order.number for e in account.matched.never_came] == ["A-1"]
    assert account.matched.pending == ()


async def test_late_arrivals_count_once_and_are_not_ours(office: Office) -> None:
    await office.take(raising(office.now - timedelta(days=2)))
    await office.sweep()
    await office.sweep()
    (entry,) = await office.ledger()
    assert (entry.kind, entry.basis) == (PenaltyKind.WARNING, "arrived_late")
    assert [each.cause for each in (await office.order()).breaches] == ["arrived_late"]


async def test_a_fine_larger_than_the_settlement_falls_on_the_deposit(office: Office) -> None:
    await office.take(issued("P1", office.now, amount="900.00"))
    await office.sends()
    await office.take(posted("2026-11", "500.00", "-400.00", ("P1", "900.00")))
    found = {e.kind: e for e in await entries_of(office) if e.month == "2026-11" and e.kind is not PenaltyKind.FINE}
    assert found[PenaltyKind.SETTLEMENT].amount == 90000
    excess = found[PenaltyKind.DEPOSIT]
    assert (excess.amount, excess.state) == (40000, PenaltyState.PREDICTED)
    assert await told(office) == [("settlement", BOSS), ("settlement", LEAD)]
    sums = await balance_of(office)
    assert (sums.fined, sums.deducted, sums.outstanding) == (90000, 90000, 0)


async def test_a_settlement_posted_twice_counts_once_and_alarms_when_it_differs(office: Office) -> None:
    await office.take(posted("2026-11", "500.00", "500.00"))
    await office.sends()
    await office.take(posted("2026-11", "500.00", "490.00"))
    assert [e.intent.args["code"] for e in await office.sends() if e.intent.what.value == "operator"] == [
        "settlement_again"
    ]
    assert len((await office.store.read(books_of, SHOP, "CNY")).months) == 1


async def test_a_deposit_under_its_floor_is_told_reminded_of_and_topped_up(office: Office) -> None:
    await office.take(deposit(office.now, "10000.00", "10000.00"))
    assert await told(office) == []
    office.later(days=1)
    await office.take(deposit(office.now, "8800.00", "10000.00"))
    assert await told(office) == [("deposit_short", BOSS), ("deposit_short", LEAD)]
    clock = (await money(office)).deadlines[0]
    assert (clock.kind, clock.due_at) == (DeadlineKind.TOP_UP, office.now + timedelta(days=10))
    reminded = []
    for _ in range(12):
        office.later(days=1)
        await office.store.run(deadlines.remind, office.now, office.desk)
        reminded.append(len(await told(office)))
    assert reminded == [0, 0, 0, 0, 0, 0, 2, 0, 2, 2, 0, 0]
    await office.take(deposit(office.now, "10000.00", "10000.00"))
    assert await told(office) == [("topped_up", BOSS), ("topped_up", LEAD)]
    assert (await money(office)).deadlines == ()
    moved = [(e.kind.value, e.amount) for e in await entries_of(office)]
    assert moved == [("top_up", 1_000_000), ("deposit", 120_000), ("top_up", 120_000)]
    assert (await balance_of(office)).deposit == 1_000_000


async def test_the_platform_s_own_day_for_the_top_up_wins(office: Office) -> None:
    await office.take(deposit(office.now, "1.00", "2.00", top_up_by="2026-11-30"))
    assert (await money(office)).deadlines[0].due_at == shanghai("2026-12-01 00:00")


async def test_deposits_that_come_out_of_order_end_in_the_same_account(office: Office) -> None:
    first, later, last = (office.now + timedelta(days=n) for n in range(3))
    for at, balance in ((last, "50.00"), (first, "100.00"), (later, "70.00")):
        await office.take(deposit(at, balance, "10.00"))
    stands = [(e.kind.value, e.amount) for e in standing(await entries_of(office))]
    assert stands == [("top_up", 10000), ("deposit", 3000), ("deposit", 2000)]
    assert (await balance_of(office)).deposit == 5000
    assert (await money(office)).deposit.balance == 5000


async def report(office: Office, identity: str = "V1", since: str = "2026-11-23 11:00", until: str = "") -> Any:
    said = OutageReport(OutageKind.POWER, shanghai(since), shanghai(until) if until else None)
    filed, _ = await office.store.run(outages.report, office.now, office.desk, ANA, "C0FLAG", said, identity)
    return filed


async def test_an_outage_granted_after_the_breach_waives_what_we_predicted(office: Office) -> None:
    await breach(office, "A-1")
    filed = await report(office)
    assert filed.orders == ("A-1",)
    assert ("outage_filed", LEAD) in await told(office)
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(outage_decision.decide, office.now, office.desk, ANA, "V1", Decision.GRANTED)
    await office.store.run(outage_decision.decide, office.now, office.desk, LEAD, "V1", Decision.GRANTED)
    entries = await office.ledger(key("A-1"))
    assert [e.state for e in entries] == [PenaltyState.PREDICTED, PenaltyState.WAIVED]
    assert (await money(office)).matched.pending == ()
    with pytest.raises(Refusal, match="outage_granted_already"):
        await office.store.run(outage_decision.decide, office.now, office.desk, LEAD, "V1", Decision.REFUSED)


async def test_an_outage_granted_before_the_breach_spares_it_when_it_comes(office: Office) -> None:
    await office.take(raising(office.now))
    await report(office)
    await office.store.run(outage_decision.decide, office.now, office.desk, LEAD, "V1", Decision.GRANTED)
    office.later(hours=5)
    await office.sweep()
    assert [e.state for e in await office.ledger()] == [PenaltyState.PREDICTED, PenaltyState.WAIVED]


async def test_an_order_that_the_platform_took_over_is_still_covered(office: Office) -> None:
    await breach(office, "A-1")
    await office.take(event("work_order.timed_out", office.now, number="A-1"))
    assert (await report(office)).orders == ("A-1",)


async def test_a_silent_platform_is_recorded_and_may_still_decide(office: Office) -> None:
    await office.take(raising(office.now))
    await report(office)
    await office.sends()
    office.later(days=3)
    await office.store.run(deadlines.remind, office.now, office.desk)
    asked = [each for each in await told(office) if each[0] == "outage_decision_due"]
    assert asked == [("outage_decision_due", BOSS), ("outage_decision_due", LEAD)]
    kept = await office.store.read(outage_decision.outage_of, "V1")
    assert (kept.decision, kept.decided_by) == (Decision.SILENT, "")
    decided = await office.store.run(outage_decision.decide, office.now, office.desk, LEAD, "V1", Decision.REFUSED)
    assert decided.decision is Decision.REFUSED


async def test_an_outage_may_move_the_due_time_where_the_profile_says_so(tmp_path: Path) -> None:
    desk = desk_with(lambda penalties: penalties.update(outage_effect="extend", outage_within="24h"))
    async with a_store(f"sqlite:///{tmp_path}/extend.db") as store:
        office = Office(store, desk)
        await office.take(raising(office.now))
        office.later(hours=4, minutes=1)
        await office.sweep()
        window = [each.kind for each in (await money(office)).deadlines]
        assert window == [DeadlineKind.OUTAGE_WINDOW]
        await report(office, since="2026-11-23 12:00", until="2026-11-23 17:00")
        kinds = [each.kind for each in (await money(office)).deadlines]
        assert kinds == [DeadlineKind.OUTAGE_END, DeadlineKind.OUTAGE_DECISION]
        office.later(minutes=5)
        await office.store.run(outage_decision.decide, office.now, office.desk, LEAD, "V1", Decision.GRANTED)
        it = await office.sees()
        assert (it.due.at, it.state.value, it.order.breaches) == (shanghai("2026-11-23 19:00"), "open", ())
        assert [e.state for e in await office.ledger()] == [PenaltyState.PREDICTED, PenaltyState.WAIVED]
        office.now = shanghai("2026-11-23 19:01")
        await office.sweep()
        assert [each.due_at for each in (await office.order()).breaches] == [it.due.at]
        assert [e.state.value for e in await office.ledger()] == ["predicted", "waived", "predicted"]


async def test_an_appeal_won_after_settlement_is_a_credit_of_the_next_month(office: Office) -> None:
    await breach(office, "A-1")
    until = (office.now + timedelta(days=7)).isoformat()
    await office.take(issued("P1", office.now, amount="30.00", work_order_no="A-1", appeal_until=until))
    await office.sends()
    office.later(days=6, hours=1)
    await office.store.run(deadlines.remind, office.now, office.desk)
    assert await told(office) == [("appeal_due", BOSS), ("appeal_due", LEAD)]
    with pytest.raises(Refusal, match="only_leads"):
        await office.store.run(appeals.appealed, office.now, office.desk, ANA, "penalty:jd:P1")
    await office.store.run(appeals.appealed, office.now, office.desk, LEAD, "penalty:jd:P1")
    assert (await money(office)).deadlines == ()
    await office.take(posted("2026-11", "1000.00", "970.00", ("P1", "30.00")))
    await office.take(revoked("P1", office.now))
    account = await money(office, "2026-12")
    assert (account.appeals.won, account.appeals.rate, account.forecast.credits) == (1, 100, 3000)
    await office.take(posted("2026-12", "500.00", "530.00"))
    account = await money(office, "2026-12")
    assert (account.last.unexplained, [c.ref for c in account.last.credited]) == (0, ["P1"])
    assert account.forecast.credits == 0
    assert (await balance_of(office)).outstanding == 0


async def test_a_lost_appeal_is_recorded_after_one_was_made(office: Office) -> None:
    await office.take(issued("P1", office.now, amount="30.00"))
    with pytest.raises(Refusal, match="no_appeal"):
        await office.store.run(appeals.lost, office.now, office.desk, LEAD, "penalty:jd:P1")
    await office.store.run(appeals.appealed, office.now, office.desk, LEAD, "penalty:jd:P1")
    await office.store.run(appeals.lost, office.now, office.desk, LEAD, "penalty:jd:P1")
    account = await money(office)
    assert (account.appeals.lost, account.forecast.fines) == (1, 3000)


async def test_an_exam_takes_points_away_once_a_year(office: Office) -> None:
    for number in ("P1", "P2"):
        await office.take(issued(number, office.now, "points", points=2, track="general"))
    await office.take(issued("P3", office.now, amount="30.00"))
    exam = lambda number: office.store.run(  # noqa: E731
        appeals.exam_passed, office.now, office.desk, LEAD, f"penalty:jd:{number}"
    )
    await exam("P1")
    assert (await balance_of(office)).points["general"] == 2
    for number, why in (("P2", "exam_used"), ("P3", "no_exam")):
        with pytest.raises(Refusal, match=why):
            await exam(number)


async def test_an_exam_is_recorded_by_the_platform_s_number(office: Office) -> None:
    await office.take(issued("P1", office.now, "points", points=2, track="general"))
    run = office.store.run
    await run(appeals.exam_by_number, office.now, office.desk, LEAD, "P1")
    assert (await balance_of(office)).points["general"] == 0
    with pytest.raises(Refusal, match="unknown_penalty"):
        await run(appeals.exam_by_number, office.now, office.desk, LEAD, "P9")
    with pytest.raises(Refusal, match="only_leads"):
        await run(appeals.exam_by_number, office.now, office.desk, ANA, "P1")


async def test_many_late_orders_of_one_tick_climb_one_after_the_other(office: Office) -> None:
    for number in ("A-1", "A-2", "A-3"):
        await office.take(raising(office.now, work_order_no=number, id=number))
    office.later(hours=5)
    await office.sweep()
    found = sorted(e.kind.value for e in await entries_of(office))
    assert found == ["unknown", "unknown", "warning"]


async def test_a_penalty_that_comes_again_with_another_body_alarms_and_the_first_counts(office: Office) -> None:
    await office.take(issued("P1", office.now, amount="30.00"))
    await office.sends()
    await office.take(issued("P1", office.now, amount="40.00"))
    assert [e.intent.args["code"] for e in await office.sends() if e.intent.what.value == "operator"] == ["conflict"]
    assert (await balance_of(office)).fined == 3000


async def test_members_see_no_account(office: Office) -> None:
    with pytest.raises(Refusal, match="only_owners"):
        await office.store.read(exposure.for_owner, office.now, office.desk, ANA, "C0FLAG")
    found, _ = await office.store.read(exposure.for_owner, office.now, office.desk, BOSS, "C0FLAG")
    assert [each.shop for each in found] == [SHOP]
    with pytest.raises(Refusal, match="unknown_shop"):
        await office.store.read(exposure.for_owner, office.now, office.desk, BOSS, "C0FLAG", "nobody's")


async def test_the_ledger_s_file_holds_what_its_reader_may_see(store: OpenStore) -> None:
    other = a_team(name="outlet", channel="C0OUT", shops=frozenset({ShopKey("jd", "10002")}), leads=("U0GRACE",))
    office = Office(store, a_desk(a_team(), other))
    for shop in ("10001", "10002"):
        await office.take(issued(f"P-{shop}", office.now, amount="1.00", shop=shop))

    async def refs(user: str, channel: str = "", shop: str = "") -> list[str]:
        found, _ = await store.read(export.for_owner, office.desk, user, channel, shop, "2026-11")
        return sorted(entry.ref for entry in found)

    assert await refs(LEAD) == ["P-10001"]
    assert await refs(BOSS) == ["P-10001", "P-10002"]
    assert await refs(BOSS, "C0OUT") == ["P-10002"]
    for user, channel, shop, why in (
        (ANA, "", "", "only_owners"),
        (LEAD, "C0OUT", "", "only_owners"),
        (LEAD, "", "10002", "unknown_shop"),
    ):
        with pytest.raises(Refusal, match=why):
            await refs(user, channel, shop)


async def test_what_is_at_risk_today_is_counted_one_after_the_other(office: Office) -> None:
    for number in ("A-1", "A-2", "A-3"):
        await office.take(raising(office.now, work_order_no=number, id=number))
    (sums,) = await office.store.read(risk.at_risk, office.now, office.desk, office.desk.teams[0])
    assert (sums.orders, sums.warnings, sums.unknown, sums.known, sums.assumed) == (3, 1, 2, 0, True)
