"""Plays of money on both databases, from what the platform says to what the shop's people read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coopbot.domain.balance import balances
from coopbot.domain.ledger import PenaltyKind
from coopbot.services import appeals, deadlines
from coopbot.store import OpenStore
from tests.support.money import (
    SHOP,
    balance_of,
    deposit,
    desk_with,
    entries_of,
    exposure_of,
    issued,
    penalties_of,
    posted,
    reads,
    revoked,
)
from tests.support.office import Office, raising
from tests.support.world import BOSS, LEAD, a_desk, shanghai

SINGAPORE = ZoneInfo("Asia/Singapore")


@pytest.fixture
def office(store: OpenStore) -> Office:
    return Office(store, a_desk())


async def late(office: Office, number: str, klass: str = "crc", hours: int = 4) -> None:
    """An order that nobody answers."""
    await office.take(raising(office.now, work_order_no=number, id=f"raise-{number}", **{"class": klass}))
    office.later(hours=hours, minutes=1)
    await office.sweep()


async def remind(office: Office, **later: float) -> str:
    """What the manager reads once the reminders of that time went out."""
    office.later(**later)
    await office.store.run(deadlines.remind, office.now, office.desk)
    return await reads(office, BOSS)


async def test_three_late_orders_in_a_month_up_the_ladder(office: Office) -> None:
    for number, day in (("A-4", "10-30"), ("A-1", "11-02"), ("A-2", "11-03"), ("A-3", "11-04")):
        office.now = shanghai(f"2026-{day} 10:00")
        await late(office, number)
    before = await penalties_of(office, LEAD)
    assert "警告 1 次（预计）、扣分或罚款 2 次，金额未知（预计） · 预计部分为假定" in before
    await office.sends()
    await office.take(
        issued("P1", office.now, "warning", work_order_no="A-1"),
        issued("P2", office.now, "points", work_order_no="A-2", points=2, track="一般违规"),
        issued("P3", office.now, "fine", work_order_no="A-3", amount="30.00"),
        issued("P4", office.now, "fine", work_order_no="X-9", amount="10.00"),
        issued("P5", office.now, "fine", work_order_no="A-4", amount="5.00"),
    )
    told = await reads(office, LEAD)
    assert "平台下达了罚款 ¥30.00" in told
    assert "A-3" in told
    after = await penalties_of(office, LEAD)
    for words in ("P1", "P2", "罚款 ¥30.00", "已下达但未预计到：P4", "与预计一致"):
        assert words in after
    assert "预计过但未下达" not in after
    (other,) = [line for line in after.splitlines() if line.startswith("• P5")]
    assert other.endswith("曾预计：警告")


async def test_a_prediction_that_never_came_is_listed_for_the_owner_after_the_window(office: Office) -> None:
    await late(office, "A-1")
    office.now = shanghai("2026-12-23 13:59")
    assert "A-1" not in await penalties_of(office, BOSS, "2026-11")
    office.now = shanghai("2026-12-23 14:01")
    assert "预计过但未下达：A-1" in await penalties_of(office, BOSS, "2026-11")
    assert "预计过但未下达：A-1" in await exposure_of(office, BOSS)


async def test_a_fine_larger_than_the_settlement_falls_on_the_deposit_and_the_deposit_under_its_floor(
    office: Office,
) -> None:
    await office.take(deposit(office.now, "10000.00", "10000.00"))
    await office.take(issued("P1", office.now, amount="1200.00"))
    assert "罚款 ¥1,200.00" in await exposure_of(office, BOSS)
    await office.sends()
    await office.take(posted("2026-11", "500.00", "-700.00", ("P1", "1200.00")))
    told = await reads(office, BOSS)
    assert "应结 ¥500.00，扣款 ¥1,200.00，实付 -¥700.00" in told
    assert "罚款超出结算 ¥700.00，差额从保证金扣除" in told
    assert "届时保证金将缺 ¥700.00" in told
    office.later(days=1)
    await office.take(deposit(office.now, "9300.00", "10000.00"))
    short = await reads(office, BOSS)
    assert "保证金不足，缺 ¥700.00" in short
    assert "12月4日 10:00" in short  # ten days, as the profile retells it
    assert "缺 ¥700.00" in await exposure_of(office, BOSS)
    assert await remind(office, days=6) == ""
    assert "补足保证金" in await remind(office, days=1)
    assert "补足保证金" in await remind(office, days=2)
    assert "期限已过" in await remind(office, days=1)
    await office.take(deposit(office.now, "10000.00", "10000.00"))
    assert "保证金已补足" in await reads(office, BOSS)
    assert "高出下限 ¥0.00" in await exposure_of(office, BOSS)
    sums = await balance_of(office)
    assert (sums.outstanding, sums.deposit) == (0, 1_000_000)


async def test_an_appeal_won_after_settlement_is_paid_back_with_the_next_one(office: Office) -> None:
    await late(office, "A-1")
    await office.sends()
    until = office.now + timedelta(days=7)
    await office.take(issued("P1", office.now, amount="30.00", work_order_no="A-1", appeal_until=until.isoformat()))
    assert "前可以申诉" in await reads(office, BOSS)
    assert "P1" in await remind(office, days=4)
    await office.store.run(appeals.appealed, office.now, office.desk, LEAD, "penalty:jd:P1")
    await office.take(posted("2026-11", "1000.00", "970.00", ("P1", "30.00")))
    assert "每一行都与账本一致" in await reads(office, BOSS)
    await office.take(revoked("P1", office.now))
    won = await reads(office, BOSS)
    assert "申诉成功" in won
    assert "应在下一次结算返还" in won
    assert "申诉：成功 1、失败 0、进行中 0；成功率 100%" in await penalties_of(office, BOSS)
    assert "今天没有处罚风险" in await exposure_of(office, BOSS)
    office.now = shanghai("2026-12-05 10:00")
    assert "2026-12 结算预计（12月31日 24:00 截止，假定）：返还 ¥30.00" in await exposure_of(office, BOSS)
    await office.take(posted("2026-12", "500.00", "530.00"))
    assert "¥30.00" in await reads(office, BOSS)
    assert (await balance_of(office)).outstanding == 0


async def test_a_fine_per_day_grows_until_somebody_answers_each_day_once_also_after_a_gap(store: OpenStore) -> None:
    def change(penalties: dict[str, Any]) -> None:
        penalties["warnings_before_fine"] = 0
        penalties["offences"]["late"]["money"] = {"per_day": 1000, "fixed": 1500}

    office = Office(store, desk_with(change))
    await late(office, "A-17")
    assert "¥15.00" in await exposure_of(office, BOSS)
    office.later(hours=23)
    await office.sweep()
    assert "¥15.00" in await exposure_of(office, BOSS)
    office.later(days=3)  # nothing ran meanwhile
    await office.sweep()
    await office.sweep()
    ours = await office.ledger()
    assert [(e.state.value, e.amount) for e in ours] == [
        ("predicted", 1500), ("revoked", 1500), ("predicted", 2000), ("revoked", 2000), ("predicted", 3000),
        ("revoked", 3000), ("predicted", 4000),
    ]  # fmt: skip
    assert "¥40.00" in await exposure_of(office, BOSS)
    await office.answer()
    await office.delivers_reply()
    office.later(days=2)
    await office.sweep()
    assert await office.ledger() == ours
    await office.take(issued("P1", office.now, amount="40.00", work_order_no="A-17"))
    assert "与预计一致" in await penalties_of(office, BOSS)


async def test_reminders_of_a_day_that_ends_at_midnight_wait_for_the_morning_save_the_last_call(office: Office) -> None:
    await office.take(issued("P1", office.now, amount="30.00", appeal_until="2026-11-30"))
    await office.take(deposit(office.now, "1.00", "2.00", top_up_by="2026-11-30"))
    await reads(office, BOSS)
    said = []
    office.now = shanghai("2026-11-27 00:00")
    while office.now < shanghai("2026-12-02 00:00"):
        await office.store.run(deadlines.remind, office.now, office.desk)
        told = await reads(office, BOSS)
        said += [(f"{office.now.astimezone(SINGAPORE):%d %H:%M}", "补足" in told, "申诉" in told)] if told else []
        office.later(hours=1)
    assert said == [
        ("28 09:00", True, True),
        ("30 09:00", True, True),
        ("30 21:00", False, True),  # three hours are left
        ("01 09:00", True, False),  # the day has passed
    ]


@pytest.mark.parametrize("late_by_days", [0, 3])
async def test_a_tick_that_comes_late_books_what_one_in_time_books(store: OpenStore, late_by_days: int) -> None:
    """Two late orders reach a step together, also where the first one's points were issued before anybody looked."""

    def change(penalties: dict[str, Any]) -> None:
        penalties["warnings_before_fine"] = 0
        penalties["offences"]["late"] |= {"track": "serious", "points": 2}
        penalties["tracks"]["serious"]["nodes"] = [{"points": 4, "measure": "limits", "lasts": "7d"}]

    office = Office(store, desk_with(change))
    for number, day in (("A-1", "23"), ("A-2", "24")):
        office.now = shanghai(f"2026-11-{day} 10:00")
        await office.take(raising(office.now, work_order_no=number, id=number))
        office.later(hours=4, minutes=1)
        if not late_by_days:
            await office.sweep()
    office.now = shanghai("2026-11-25 10:00")
    await office.take(issued("P1", office.now, "points", points=2, track="serious", work_order_no="A-1"))
    await office.sweep()
    ours = [e for e in await entries_of(office) if e.key.startswith("breach:")]
    assert [(e.order.number, e.kind.value, e.points, e.at) for e in ours if e.order] == [
        ("A-1", "points", 2, shanghai("2026-11-23 14:00")),
        ("A-2", "points", 2, shanghai("2026-11-24 14:00")),
        ("A-2", "measure", 4, shanghai("2026-11-24 14:00")),
    ]


async def test_every_issued_penalty_opens_an_appeal_clock_and_an_assumed_day_says_so(office: Office) -> None:
    await office.take(issued("P1", office.now, amount="30.00"))
    told = await reads(office, BOSS)
    assert "11月30日 10:00" in told
    assert "平台未给出日期，此日期为假定" in told
    assert re.search("P1：.*11月30日 10:00> ?前申诉（假定）", await exposure_of(office, BOSS))
    assert "此日期为假定" in await remind(office, days=4)
    await office.take(issued("P2", office.now, "points", points=2, appeal_until="2026-12-05"))
    told = await reads(office, BOSS)
    assert "12月5日 24:00 前可以申诉" in told
    assert "此日期为假定" not in told


async def test_the_platform_s_word_is_told_beside_ours(office: Office) -> None:
    for number in ("A-1", "A-2"):
        await late(office, number)
    await office.sends()
    await office.take(issued("P1", office.now, "warning", work_order_no="A-1"))
    assert "与预计一致" in await reads(office, BOSS)
    await office.take(issued("P2", office.now, "warning", work_order_no="A-2"))
    assert "此前预计：扣分或罚款，金额未知" in await reads(office, BOSS)
    await office.take(issued("P3", office.now, "measure", measure="搜索降权", days=7, work_order_no="X-9"))
    told = await reads(office, BOSS)
    assert "搜索降权，7 天" in told
    assert "我们此前未预计到" in told


async def test_what_is_issued_is_at_risk_no_more_and_a_word_without_an_order_takes_nobody_else_s_prediction(
    office: Office,
) -> None:
    for number in ("A-1", "A-2"):
        await late(office, number)
    assert "今日风险：2 单、警告 1 次、1 笔金额未知" in await exposure_of(office, BOSS)
    await office.take(issued("P1", office.now, "fine", amount="30.00", work_order_no="A-2"))
    await office.take(issued("P2", office.now, "measure", measure="搜索降权"))
    assert "今日风险：1 单、警告 1 次（假定）" in await exposure_of(office, BOSS)


async def test_a_shop_paid_in_another_currency_has_books_of_its_own(office: Office) -> None:
    office.desk = replace(office.desk, currencies={SHOP: "USD"})
    await late(office, "A-1")
    await late(office, "A-2")
    await office.take(deposit(office.now, "1000.00", "500.00"), issued("P1", office.now, amount="12.50"))
    await office.take(posted("2026-11", "100.00", "87.50", ("P1", "12.50")))
    assert {e.currency for e in await entries_of(office)} == {"USD"}
    books = balances(await entries_of(office))
    assert list(books) == [(SHOP, "USD")]
    seen = await exposure_of(office, BOSS)
    assert "US$1,000.00，高出下限 US$500.00" in seen
    assert "¥" not in seen.replace("US$", "")


async def test_a_month_whose_settlement_is_awaited_is_shown_beside_the_coming_one(office: Office) -> None:
    await office.take(issued("P1", office.now, amount="30.00"))
    office.now = shanghai("2026-12-02 10:00")
    await office.take(issued("P2", office.now, amount="5.00"))
    seen = await exposure_of(office, BOSS)
    assert "2026-11 结算预计（11月30日 24:00 截止，假定）：罚款 ¥30.00" in seen
    assert "2026-12 结算预计（12月31日 24:00 截止，假定）：罚款 ¥5.00" in seen
    await office.take(posted("2026-11", "100.00", "100.00"))
    seen = await exposure_of(office, BOSS)
    assert "2026-11" not in seen
    assert "罚款 ¥35.00" in seen, "what it left out is carried over"
    await office.take(posted("2026-12", "100.00", "65.00", ("P1", "30.00"), ("P2", "5.00")))
    assert "2027-01 结算预计（2027年1月31日 24:00 截止，假定）：无" in await exposure_of(office, BOSS)


def singapore(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SINGAPORE)


def a_point_each(penalties: dict[str, Any]) -> None:
    penalties["offences"]["late"]["points"] = 1  # what each costs is not published


async def test_shopee_s_weeks_tiers_and_the_quarter_s_first_monday(store: OpenStore) -> None:
    office = Office(store, desk_with(a_point_each, "shopee"))
    for week, day in enumerate(("2026-11-02", "2026-11-09", "2026-11-16"), 1):
        for nth in (1, 2):  # the second of a week adds nothing
            office.now = singapore(f"{day} 0{nth}:00")
            await late(office, f"S-{week}{nth}", "return", hours=48)
        await office.take(issued(f"W{week}", office.now, "points", points=1, work_order_no=f"S-{week}1"))
    predicted = [
        (e.order.number, e.points) for e in await entries_of(office) if e.key.startswith("breach:") and e.order
    ]
    assert predicted == [("S-11", 1), ("S-12", 0), ("S-21", 1), ("S-22", 0), ("S-31", 1), ("S-31", 3), ("S-32", 0)]
    (tier,) = [e for e in await entries_of(office) if e.kind is PenaltyKind.MEASURE]
    assert (tier.text, tier.points, tier.days) == ("tier_1", 3, 28)
    seen = await exposure_of(office, BOSS)
    assert "3 分" in seen
    assert "距 6 分节点还差 3 分" in seen
    assert "清零" in seen
    assert "处罚：店铺限制 1 项（预计）、扣 3 分（已下达）" in await penalties_of(office, BOSS)
    office.now = singapore("2027-01-03 23:59")  # the quarter has begun, its first Monday has not
    assert "3 分" in await exposure_of(office, BOSS)
    office.now = singapore("2027-01-04 00:00")
    anew = await exposure_of(office, BOSS)
    assert "惩罚积分：0 分、距 3 分节点还差 3 分" in anew
    assert "S-12" not in anew
