"""Money in words: both languages, inside Slack's limits, never more than the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from coopbot.domain.account import Account, Risk
from coopbot.domain.amounts import Estimate
from coopbot.domain.appeals import Record
from coopbot.domain.deadline import DeadlineKind, deadline
from coopbot.domain.deposit import Deposit
from coopbot.domain.ledger import PENALTIES, LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.matching import Matched, Verdict
from coopbot.domain.penalty import Cost, cost
from coopbot.domain.settlement import Difference, Forecast, Line, Posting, Reconciled
from coopbot.domain.tracks import standings
from coopbot.ports import Message, Translate
from coopbot.views import account, home
from coopbot.views.card import card
from coopbot.views.glance import glance
from coopbot.views.news import NEWS, news
from coopbot.views.pen import Pen
from coopbot.views.penalty import cost_lines, expected_line
from coopbot.views.reminder import ReminderItem, reminder
from coopbot.views.text import money
from tests.support.block_kit import faults, texts
from tests.support.world import ANA, a_team, jd_pop, shanghai
from tests.views.facts import SHOP, penalty
from tests.views.orders import LANGUAGES, NASTY, seen

EN, ZH = LANGUAGES["en"], LANGUAGES["zh-CN"]
NOON = shanghai("2026-11-23 12:00")
LATE = shanghai("2026-11-23 13:05")


def facts(**more: object) -> dict[str, object]:
    """What any news may be told."""
    return {
        "shop": "Flagship", "shop_key": "jd:10001", "penalty": "penalty:jd:P1", "ref": "P1", "kind": "fine",
        "points": None, "days": None, "track": "", "amount": 3000, "currency": "CNY", "measure": "", "order": "jd:A-17",
        "until": "2026-11-30T04:00:00+00:00", "month": "2026-11", "gross": 100000, "deducted": 90000, "net": -5000,
        "excess": 5000, "then_short": 4000, "unexplained": 100, "credited": 200, "more": 3, "balance": 880000,
        "short": 120000,
        "differences": [["P1", each.value, 3000, 2000] for each in Difference if each is not Difference.AGREES],
        "due": "2026-12-03T04:00:00+00:00", "since": "2026-11-23T04:00:00+00:00", "by": ANA,
        "by_name": "Wang Fang", "outage": "V1", "outage_kind": "power",
        "from": "2026-11-23T03:00:00+00:00",
        "expected": "2026-11-23T05:00:00+00:00", "over_at": "2026-11-23T05:10:00+00:00", "decided": False,
        "decision": "granted", "orders": 2, "effect": "waive", "settled": True, "appealed": True,
        "file": NASTY, "why": "login_page", "issued": ["P1", "P2"], "predicted": None, "verdict": "", **more,
    }  # fmt: skip


def an_account(**more: object) -> Account:
    rules = jd_pop()
    entries = tuple(
        penalty(kind, PenaltyState.ISSUED, points=6, amount=10000, ref=f"P{n}") for n, kind in enumerate(PENALTIES)
    )
    posting = Posting(SHOP, "2026-11", 100_000, 90_000, (("P1", 10_000),))
    return replace(
        Account(
            shop=SHOP,
            name="Flagship",
            today=Risk(3, "CNY", 45000, 1, 1, 2, True, Estimate(3000, 7)),
            forecast=Forecast(SHOP, "2026-11", "CNY", 30000, 1000, 2, 500, NOON),
            deposit=Deposit(SHOP, "e", NOON, 1_120_000, 1_000_000),
            floor=1_000_000,
            tracks=standings(
                [penalty(PenaltyKind.POINTS, PenaltyState.ISSUED, points=48, track="serious")],
                rules.penalties, NOON, rules.zone,
            ),
            deadlines=tuple(
                deadline(kind.value, kind, SHOP, NOON, NOON + timedelta(days=9)) for kind in DeadlineKind
            ),
            matched=Matched((), (), (penalty(PenaltyKind.WARNING),), entries[:2]),
            appeals=Record(2, 1, 1, {"outage": {"won": 2}, "other": {"lost": 1}}),  # type: ignore[dict-item]
            last=Reconciled(posting, (Line("P1", Difference.AMOUNT, 1, 2),), ()),
            month="2026-11",
            entries=entries,
        ),
        **more,
    )  # fmt: skip


def everything(t: Translate) -> Iterator[tuple[str, Message]]:
    for code in NEWS:
        yield code, news(code, facts(), t, NOON)
        yield f"{code} bare", news(
            code, facts(
                differences=[], unexplained=0, credited=0, excess=0, more=0, until="", order="", settled=False,
                appealed=False, due="" if code == "deposit_short" else facts()["due"], assumed=True, orders=1,
                expected="", decided=True, by_name="",
            ), t, NOON,
        )  # fmt: skip
        yield (
            f"{code} nasty",
            news(code, facts(shop=NASTY, ref=NASTY, measure=NASTY, by_name=NASTY, track=NASTY), t, NOON),
        )
    yield "news refused", news("outage_decided", facts(decision="refused"), t)
    for verdict in Verdict:
        ours = {**facts(kind="unknown"), "predicted": None}
        yield f"issued, {verdict}", news("issued", facts(predicted=ours, verdict=verdict.value), t, NOON)
    yield "all issued before", news("outage_decided", facts(orders=0), t, NOON)
    yield "more time", news("outage_decided", facts(effect="extend"), t)
    yield "passed", news("top_up_due", facts(passed=True), t)
    rules = jd_pop()
    for accounts in ([], [an_account()], [an_account(name=NASTY, deposit=None, last=None, deadlines=())] * 60):
        yield "exposure", account.exposure(accounts, rules, t, NOON)
        yield "penalties", account.penalties(accounts, rules, t, NOON)
    yield "glance", glance(a_team(), [Risk(2, "CNY", 100), Risk(1, "SGD", 5, 1)], t, NOON)
    yield "nothing at risk", glance(a_team(), [], t, NOON)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_slack_takes_every_message_of_money(language: str) -> None:
    found = {}
    for name, message in everything(LANGUAGES[language]):
        if wrong := faults(message.text, message.blocks):
            found[name] = wrong
        assert "<!channel>" not in str(message.blocks).replace("&lt;!channel&gt;", "")
    assert found == {}


def test_what_is_at_risk_in_one_line() -> None:
    risk = Risk(3, "CNY", 45000, 0, 0, 0)
    assert glance(a_team(), [risk], EN, NOON).text == "At risk today: 3 orders, ¥450.00"
    assert glance(a_team(), [risk], ZH, NOON).text == "今日风险：3 单、¥450.00"
    unknown = Risk(2, "CNY", 0, 1, 1, 0, True)
    assert glance(a_team(), [unknown], EN, NOON).text == (
        "At risk today: 2 orders, 1 warning, 1 of unknown amount (assumed)"
    )
    guess = replace(unknown, estimate=Estimate(3000, 7))
    assert "so far about ¥30.00 each, the median of 7" in glance(a_team(), [guess], EN, NOON).text


def test_an_open_card_shows_what_missing_it_costs_now_and_next() -> None:
    it = seen(now=NOON, language="en")
    said = texts(card(it, EN, now=NOON, cost=cost(it.order, it.rules, it.due.at, ())).blocks)
    assert (
        "If missed: a warning (assumed: first this month); the next one: points or a fine, amount unknown (assumed)."
        in said
    )
    zh = cost_lines(cost(it.order, it.rules, it.due.at, ()), Pen(ZH))
    assert zh == "若超时：警告（假定：本月首次）；再超一单：扣分或罚款，金额未知（假定）。"


def test_an_estimate_shows_its_basis() -> None:
    unknown = penalty(PenaltyKind.UNKNOWN)
    line = cost_lines(Cost((unknown,), (unknown,), Estimate(3000, 7)), Pen(EN))
    assert line.endswith("So far about ¥30.00: the median of 7 fines issued here.")


def test_a_late_order_shows_what_is_expected_then_what_was_issued() -> None:
    it = seen(now=LATE, language="en")
    expected = (replace(penalty(PenaltyKind.WARNING), basis="arrived_late"),)
    said = reminder([ReminderItem(it, "breach", foreseen=expected)], EN, LATE)
    assert "Expected: a warning (assumed: arrived late, not ours)." in "\n".join(texts(said.blocks))
    fine = (penalty(PenaltyKind.FINE, PenaltyState.ISSUED, amount=3000),)
    assert expected_line(fine, Pen(EN)) == "Issued: a fine of ¥30.00."
    assert expected_line(fine, Pen(ZH)) == "已下达：罚款 ¥30.00。"


def test_a_node_is_named_as_the_profile_names_it() -> None:
    node: LedgerEntry = replace(
        penalty(PenaltyKind.MEASURE, points=50, amount=3_000_000, text="limits", track="serious", days=14), basis="node"
    )
    assert expected_line([node], Pen(EN), jd_pop()) == (
        "Expected: 14 days of limits, CNY 30,000, 14 d, ¥30,000.00 (assumed: reached by its points)."
    )


def test_the_account_in_lines() -> None:
    lines = account.account_lines(an_account(), jd_pop(), Pen(EN, NOON, jd_pop().zone, tokens=False))
    assert "Deposit: ¥11,200.00, ¥1,200.00 over the floor" in lines
    assert (
        "Coming settlement 2026-11 (cut 12:00, assumed): fines ¥300.00, expected ¥10.00, 2 of unknown amount,"
        " credits ¥5.00"
    ) in lines
    assert any(line.startswith("Serious: 48 points, 2 to the next step at 50, 52 to closure") for line in lines)
    assert any(line.endswith("reset Dec 31, 24:00 (assumed)") for line in lines)
    short = an_account(deposit=Deposit(SHOP, "e", NOON, 880_000, 1_000_000))
    assert account.deposit_line(short, Pen(ZH)) == "保证金：¥8,800.00，缺 ¥1,200.00"


def test_home_has_the_account_only_for_who_gets_one() -> None:
    status = Message("No open orders.")
    member, owner = (
        home.home(status, blocks, EN) for blocks in ((), account.exposure([an_account()], jd_pop(), EN, NOON).blocks)
    )
    assert "Deposit" not in str(member)
    assert "Deposit" in str(owner)
    assert "outage" in str(member)
    crowded = home.home(status, [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2000}}] * 120, EN)
    assert len(crowded["blocks"]) <= 100
    assert "/coop exposure" in str(crowded["blocks"][-1])


def test_currencies_have_their_signs() -> None:
    assert [money(123456, code) for code in ("CNY", "SGD", "USD", "VND")] == [
        "¥1,234.56", "S$1,234.56", "US$1,234.56", "VND 1,234.56",
    ]  # fmt: skip
    assert money(-5) == "-¥0.05"
