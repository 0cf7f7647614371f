"""A digest says what is wanted by when, and each of its rows how its order stands (decisions.md 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coopbot.domain.digest import MOST_ORDERS
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Card, Entry, Kind, OrderKey
from coopbot.views import ids
from coopbot.views.digest import Row, digest
from coopbot.views.reply_modal import reply_modal
from tests.support.world import BEN, entry
from tests.views.orders import LANGUAGES, MORNING, RAISED, answered, claimed, delivered, seen

CARD = Card("C0FLAG", "1.2", MORNING)


def row(n: int, *log: Entry, card: Card | None = None, given_to: str = "", language: str = "zh-CN") -> Row:
    """Order ``A-n``, due ``n`` minutes after the first."""
    raised = RAISED + timedelta(minutes=n)
    it = seen(*log, language=language, raised_at=raised, **{"class": "general"})
    order = replace(it.order, key=OrderKey("jd", f"A-{n}"), row=Card("C0FLAG", "1.1", MORNING, "d1"), card=card)
    return Row(replace(it, order=order), given_to)


def texts(message: Any) -> list[str]:
    return [block["text"]["text"] for block in message.blocks]


@pytest.mark.parametrize(
    ("language", "first"),
    [("zh-CN", "24 单待回复，最早"), ("en", "24 orders to answer, the first by")],
)
def test_it_says_how_many_and_by_when_and_the_earliest_due_stands_first(language: str, first: str) -> None:
    rows = [row(n, language=language) for n in reversed(range(MOST_ORDERS))]
    message = digest(rows, LANGUAGES[language], MORNING)
    assert first in texts(message)[0]
    assert message.text.startswith(first)
    assert [f"*A-{n}*" in text for n, text in enumerate(texts(message)[1:])] == [True] * MOST_ORDERS
    assert len(message.blocks) == 1 + MOST_ORDERS


def test_a_row_that_waits_is_answered_from_it() -> None:
    message = digest([row(0), row(1)], LANGUAGES["en"], MORNING)
    accessory = message.blocks[2]["accessory"]
    assert (accessory["action_id"], accessory["value"]) == (ids.OTHER_ANSWER, "jd:A-1")


def test_a_row_that_somebody_has_names_them_and_leads_to_its_card() -> None:
    taken = row(0, claimed(by=BEN), card=CARD)
    message = digest([taken, row(1)], LANGUAGES["en"], MORNING)
    assert "1 taken" in texts(message)[0]
    assert "李伟 has it" in texts(message)[1]
    assert message.blocks[1]["accessory"]["url"].endswith("/C0FLAG/p12")


def test_until_its_card_is_there_a_taken_row_has_no_button() -> None:
    message = digest([row(0, claimed()), row(1)], LANGUAGES["en"], MORNING)
    assert "accessory" not in message.blocks[1]


def test_what_is_done_shrinks_to_a_line_at_the_end() -> None:
    done = row(0, *answered(), delivered(), card=CARD)
    elsewhere = row(1, entry(Kind.ANSWERED_ELSEWHERE, MORNING))
    moved = row(2, given_to="outlet")
    message = digest([done, elsewhere, moved, row(3)], LANGUAGES["en"], MORNING)
    assert "1 of 4 orders still to answer" in texts(message)[0]
    assert "*A-3*" in texts(message)[1]
    (last,) = texts(message)[2:]
    lines = last.splitlines()
    assert [line.split()[1] for line in lines] == ["A-0", "A-1", "A-2"]
    assert "answered" in lines[0]
    assert lines[2].endswith("given to outlet")


def test_when_nothing_waits_it_says_so() -> None:
    message = digest([row(0, *answered()), row(1, *answered())], LANGUAGES["en"], MORNING)
    assert texts(message)[0] == "*2 orders, all of them dealt with*"


def test_no_row_is_no_message() -> None:
    with pytest.raises(ValueError, match="nothing"):
        digest([], LANGUAGES["en"], MORNING)


def test_the_modal_of_a_row_can_claim_and_that_of_a_card_need_not() -> None:
    def claims(it: Seen) -> bool:
        return ids.CLAIM in str(reply_modal(it, LANGUAGES["en"], MORNING))

    assert claims(row(0).seen)
    assert not claims(row(0, claimed()).seen)
    assert not claims(row(0, card=CARD).seen)
    assert not claims(seen())
