"""The card of an order whose answer has not left yet: it says so, and "Undo" is there just so long."""

from __future__ import annotations

from typing import Any

import pytest

from coopbot.domain.work_order import Entry, Kind
from coopbot.views import ids
from coopbot.views.card import card
from tests.support.block_kit import texts
from tests.support.world import ANA, entry
from tests.views.orders import LANGUAGES, MORNING, seen


def waiting(grace_s: int = 10) -> Entry:
    data = {"reply_id": "r1", "text": "今天 18:00 前发出", "grace_s": grace_s}
    return Entry(Kind.REPLY_QUEUED, MORNING, "reply:r1", ANA, data)


def pressable(message: Any) -> list[str]:
    return [each["action_id"] for block in message.blocks if block["type"] == "actions" for each in block["elements"]]


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "已回复，10 秒后发给平台"), ("en", "it goes out after 10 s")])
def test_while_it_waits_it_can_be_stopped(language: str, said: str) -> None:
    message = card(seen(waiting(), language=language), LANGUAGES[language])
    assert pressable(message) == [ids.UNDO]
    assert any(said in text for block in message.blocks for text in texts(block))


@pytest.mark.parametrize("after", [Kind.REPLY_DELIVERED, Kind.REPLY_ACCEPTED, Kind.ANSWERED_ELSEWHERE])
def test_once_it_has_left_it_can_not(after: Kind) -> None:
    assert pressable(card(seen(waiting(), entry(after, MORNING, reply_id="r1")), LANGUAGES["en"])) == []


def test_what_was_confirmed_offers_no_undo() -> None:
    assert pressable(card(seen(waiting(0)), LANGUAGES["en"])) == []
