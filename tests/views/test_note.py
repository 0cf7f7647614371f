"""Thread notes: who did what, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from coopbot.views.note import note
from tests.support.block_kit import texts
from tests.support.world import ANA, BEN, LEAD, shanghai
from tests.views.orders import LANGUAGES, answered, delivered, rejected, seen

LATE = shanghai("2026-11-23 14:05")


@pytest.mark.parametrize(
    ("code", "facts", "zh", "en"),
    [
        ("claimed", {"by": ANA}, "王芳已认领。", "Wang Fang has it now."),
        ("released", {"by": ANA}, "王芳已释放，现在无人认领。", "Wang Fang released it; nobody has it now."),
        ("handed_over", {"by": ANA, "to": BEN}, "王芳转交给李伟。", "Wang Fang handed it over to Li Wei."),
        ("taken_over", {"by": LEAD, "from": ANA}, "陈静从王芳处接管。", "Chen Jing took it over from Wang Fang."),
        ("urged", {"count": 2}, "🔔 平台催单，累计 2 次。", "🔔 The platform urges an answer, 2 times so far."),
        (
            "closed",
            {"at": "2026-11-23T02:00:00Z", "by": "", "reason": ""},
            "平台已关闭工单。",
            "The platform closed it.",
        ),
        ("outage", {"by": ANA, "outage": "x"}, "🔌 王芳已为此单报备异常。", "🔌 Wang Fang reported an outage for it."),
        (
            "rejected",
            {"reply_id": "r1", "reason": "未说明发货时间"},
            "平台驳回了王芳 09:10 的回复：“未说明发货时间”。请在 13:00 前重新回复。",
            "The platform rejected Wang Fang's reply of 09:10: “未说明发货时间”. Answer again by 13:00.",
        ),
        (
            "facts",
            {"changed": ["content", "due_at"], "was": "2026-11-23T05:00:00Z", "due": "2026-11-23T06:00:00Z"},
            "平台更新了工单：消费者原话、截止时间。截止时间改为 14:00，原为 13:00。",
            "The platform changed the order: the consumer's words, due time. Due 14:00 now, before 13:00.",
        ),
        (
            "facts",
            {"changed": ["content"], "was": "2026-11-23T05:00:00Z", "due": "2026-11-23T05:00:00Z"},
            "平台更新了工单：消费者原话。",
            "The platform changed the order: the consumer's words.",
        ),
        (
            "timed_out",
            {"at": "2026-11-23T05:01:00Z", "by": "", "reason": ""},
            "已超时，平台已转交处理。遇停电等异常请立即报备。",
            "Too late: the platform took it over. After a power cut or the like, report the outage now.",
        ),
    ],
)
def test_the_words(code: str, facts: Mapping[str, Any], zh: str, en: str) -> None:
    for language, words in (("zh-CN", zh), ("en", en)):
        it = seen(*answered(), delivered(), rejected(), language=language)
        assert note(code, facts, it, LANGUAGES[language]).text == words


def test_a_rejection_after_the_due_time_wants_an_answer_at_once() -> None:
    it = seen(*answered(), delivered(), rejected(), now=LATE)
    assert note("rejected", {"reply_id": "r1", "reason": ""}, it, LANGUAGES["zh-CN"]).text == (
        "平台驳回了王芳 09:10 的回复，未说明原因。已超时，请立即重新回复。"
    )


def test_a_reply_that_was_refused_for_good_is_given_back_whole_and_literally() -> None:
    text = "今天 18:00 前发出 *加急* <!here> " * 20
    message = note(
        "failed",
        {"reply_id": "r1", "reason": "400", "text": text, "mention": [ANA]},
        seen(*answered()),
        LANGUAGES["en"],
    )
    assert text.strip() in list(texts(message.blocks))
    assert message.text == (
        "CRC · 旗舰店 · Urge shipping · <@U0ANA> The platform did not take Wang Fang's reply (400).".replace(
            "Wang Fang", "王芳"
        )
        + " The order is open again: answer here anew, or in the console. The text:"
    )


def test_a_reply_that_was_overtaken_is_given_back_to_its_author() -> None:
    facts = {
        "at": "2026-11-23T02:00:00Z",
        "by": "客服小二",
        "reason": "",
        "text": "我的回复",
        "author": ANA,
        "mention": [ANA],
    }
    message = note("answered_elsewhere", facts, seen(), LANGUAGES["zh-CN"])
    assert message.text == (
        "CRC 高危投诉 · 旗舰店 · 催发货 · <@U0ANA> 客服小二 10:00 已在后台回复，无需再处理。"
        "王芳的回复已在发出前撤下，原文："
    )
    assert "我的回复" in list(texts(message.blocks))


def test_nobody_is_called_without_being_named() -> None:
    assert "<@" not in note("claimed", {"by": ANA}, seen(people={}), LANGUAGES["en"]).text


def test_an_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        note("no_such", {}, seen(), LANGUAGES["en"])
