"""The penalties of the marketplaces as the profiles that ship have them: the numbers that were published, and which of
them are our own (domain.md §3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.penalty import predict
from coopbot.domain.penalty_rules import Money, Reset
from coopbot.domain.tracks import standings
from coopbot.domain.work_order import OrderKey
from coopbot.views import account
from coopbot.views.language import Catalogues
from coopbot.views.pen import Pen
from tests.support.builders import a_penalty
from tests.support.clockwork import at, rules
from tests.support.money import rules_with
from tests.support.world import an_order
from tests.views.test_money import an_account

NOON = at("2026-11-23 12:00")
EN = Catalogues(strict=True)["en"]
DAY = timedelta(days=1)


def points(n: int, track: str, when: Any = NOON) -> LedgerEntry:
    return a_penalty(
        f"P{n}@{when}", None, kind=PenaltyKind.POINTS, state=PenaltyState.ISSUED, at=when, points=n, track=track
    )


def test_jd_s_two_tracks_their_nodes_and_what_is_our_own() -> None:
    jd = rules("jd-pop")
    penalties = jd.penalties
    assert list(penalties.tracks) == ["general", "serious"]
    assert [track.reset for track in penalties.tracks.values()] == [Reset("yearly"), Reset("yearly")]
    nodes = {node.points: node for node in penalties.tracks["serious"].nodes}
    assert list(nodes) == [25, 50, 75, 100]
    assert (nodes[50].lasts, nodes[50].money) == (14 * DAY, Money(fixed=3_000_000))
    assert nodes[100].measure == "clearance"
    assert nodes[100].money == Money(fixed=10_000_000, share_of_deposit=10_000)
    assert (penalties.top_up_within, penalties.exam_cancels_points) == (10 * DAY, True)
    assert (penalties.warnings_before_fine, penalties.offences["late"].points) == (1, None)
    assert penalties.offences["late"].money == Money()
    level = {
        path: jd.sure(f"penalties.{path}").level
        for path in (
            "tracks.serious", "tracks.serious.nodes.25", "tracks.serious.nodes.50", "tracks.serious.nodes.75",
            "tracks.serious.nodes.100", "tracks.serious.reset", "tracks.general.reset", "top_up_within",
            "exam_cancels_points", "warnings_before_fine", "offences.late", "appeal_within", "settlement_cut_day",
        )
    }  # fmt: skip
    assert [path for path, its in level.items() if its == "secondary"] == [
        "tracks.serious", "tracks.serious.nodes.50", "tracks.serious.nodes.100", "top_up_within", "exam_cancels_points",
    ]  # fmt: skip
    assert {its for its in level.values() if its != "secondary"} == {"assumed"}


@pytest.mark.parametrize("each", [2, 4, 6, 12, 25, 50])
def test_jd_s_events_of_every_size_climb_the_serious_track(each: int) -> None:
    def change(penalties: dict[str, Any]) -> None:
        penalties["warnings_before_fine"] = 0
        penalties["offences"]["late"] |= {"track": "serious", "points": each}

    jd = rules_with(change)
    history: list[LedgerEntry] = []
    reached = []
    for number in range(-(-100 // each)):
        order = replace(an_order(NOON), key=OrderKey("jd", f"A-{number}"))
        added = predict(order, jd, NOON, history, deposit=30_000_000)
        history += added
        reached += [(e.points, e.amount, e.days, e.assumed) for e in added if e.kind is PenaltyKind.MEASURE]
    assert [(node, amount, days) for node, amount, days, _ in reached] == [
        (25, None, None), (50, 3_000_000, 14), (75, None, None), (100, 30_000_000, None),
    ]  # fmt: skip
    poor = predict(an_order(NOON), jd, NOON, [points(100 - each, "serious")], deposit=4_000_000)
    assert poor[-1].amount == 10_000_000, "at least CNY 100,000, however small the deposit"


def test_what_is_assumed_says_so_where_the_next_step_is_quoted() -> None:
    jd = rules("jd-pop")

    def quoted(n: int) -> str:
        stands = standings([points(n, "serious")], jd.penalties, NOON, jd.zone)
        lines = account.account_lines(an_account(tracks=stands), jd, Pen(EN, NOON, jd.zone, tokens=False))
        return next(line for line in lines if line.startswith("Serious"))

    assert "25 to the next step at 25 (assumed), 100 to closure, " in quoted(0)
    assert "20 to the next step at 50, 70 to closure, " in quoted(30)
    assert "15 to the next step at 75 (assumed), 40 to closure, " in quoted(60)


def test_shopee_s_tiers_weeks_and_quarters() -> None:
    penalties = rules("shopee").penalties
    (track,) = penalties.tracks.values()
    assert [(node.points, node.lasts) for node in track.nodes] == [(n, 28 * DAY) for n in (3, 6, 9, 12, 15)]
    assert (track.assessed, track.reset) == ("weekly", Reset("quarterly", on="first_monday"))
    assert (penalties.currency, penalties.offences["late"].points) == ("SGD", None)
    assert rules("shopee").sure("penalties.tracks.points.nodes").level == "secondary"


def test_lazada_s_points_live_a_year_each_and_appeals_have_thirty_days() -> None:
    penalties = rules("lazada").penalties
    (track,) = penalties.tracks.values()
    assert [node.points for node in track.nodes] == [12, 24, 36, 48]
    assert (track.assessed, track.reset) == ("event", Reset("rolling", after=365 * DAY))
    assert (penalties.currency, penalties.appeal_within) == ("SGD", 30 * DAY)
    entries = [points(11, "points", NOON - n * 100 * DAY) for n in range(5)]
    (standing,) = standings(entries, penalties, NOON, rules("lazada").zone)
    assert (standing.points, standing.to_next) == (44, 4), "the one of 400 days ago is gone"


def test_amazon_s_answers_targets_and_appeals() -> None:
    profile = rules("amazon-a-to-z")
    assert {rate.below for rate in profile.penalties.rates.values()} == {100, 250, 400}
    assert profile.penalties.appeal_within == 30 * DAY
    assert {klass.budget for klass in profile.classes.values()} == {timedelta(hours=48), timedelta(hours=72)}


@pytest.mark.parametrize("name", ["jd-pop", "shopee", "lazada", "weixin-shop", "amazon-a-to-z"])
def test_every_issued_penalty_has_a_window_for_its_appeal(name: str) -> None:
    assert rules(name).penalties.appeal_within is not None
