"""What was promised, in both languages: on the card, in the thread, on a lock screen, in the list."""

from __future__ import annotations

from typing import Any

import pytest

from coopbot.domain.promise import Evidence
from coopbot.domain.work_order import Entry, Kind
from coopbot.services.handover import Handover
from coopbot.services.promise_book import Book, Count, Owed
from coopbot.views import ids
from coopbot.views.card import card
from coopbot.views.handover import handover
from coopbot.views.note import note
from coopbot.views.pen import Pen
from coopbot.views.promise import kept_modal, line, read_evidence, read_why
from coopbot.views.promise_list import promises
from coopbot.views.reminder import ReminderItem, reminder
from coopbot.views.status import status
from tests.support.block_kit import texts
from tests.support.world import ANA, BEN, LEAD, entry, shanghai
from tests.views.facts import Standing
from tests.views.orders import LANGUAGES, MORNING, answered, delivered, names, promised, recalled, rejected, seen

ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]
KEPT = entry(Kind.PROMISE_KEPT, MORNING, by=BEN, reply_id="r1", tracking_no="SF1", link="https://x.example/a")
GIVEN_UP = entry(Kind.PROMISE_BROKEN, MORNING, by=ANA, reply_id="r1", why="缺货")
VOIDED = entry(Kind.VOIDED, MORNING)
HANDED = entry(Kind.PROMISE_HANDED_OVER, MORNING, by=ANA, reply_id="r1", to=BEN)
FACTS: dict[str, Any] = {
    "what": {"zh-CN": "退款", "en": "refund"},
    "promise": "今天退款",
    "owner": ANA,
    "due": shanghai("2026-11-23 18:00"),
}


def said(*log: Entry, language: str = "zh-CN") -> str:
    """What the card says of the promise, as plain text."""
    message = card(seen(*log, language=language), LANGUAGES[language])
    return next(text for text in texts(message.blocks) if "🤝" in text)


@pytest.mark.parametrize(
    ("log", "zh", "en"),
    [
        (promised(), "前“退款”，由王芳兑现", "Promised: “refund” by "),
        ((*promised(), HANDED), "前“退款”，由李伟兑现", ", Li Wei"),
        ((*promised(), KEPT), "运单号 SF1 · <https://x.example/a|", "Tracking number SF1 · <https://x.example/a|"),
        (promised("2026-11-23 09:20"), "承诺未兑现：“退款”应在", "Promise broken: “refund” was due "),
        ((*promised(), GIVEN_UP), "原因：缺货", "Reason: 缺货"),
        ((*promised(), VOIDED), "不再有效：平台已作废工单", "the platform voided the order"),
    ],
)
def test_the_card_says_what_by_when_whose_and_how_it_ended(log: tuple[Entry, ...], zh: str, en: str) -> None:
    assert zh in said(*log)
    assert en in said(*log, language="en")


def test_its_buttons_are_there_while_it_is_to_be_kept() -> None:
    def on(*log: Entry) -> set[str]:
        blocks = card(seen(*log), ZH).blocks
        return {each["action_id"] for block in blocks for each in block.get("elements", ()) if "action_id" in each}

    assert set(ids.OF_PROMISES) <= on(*promised())
    for over in (KEPT, GIVEN_UP, VOIDED):
        assert not set(ids.OF_PROMISES) & on(*promised(), over)


@pytest.mark.parametrize(
    ("code", "more", "zh", "en"),
    [
        (
            "promise_due",
            {"mention": [ANA]},
            "<@U0ANA> 🤝 旗舰店工单 A-17 承诺 18:00 前“退款”。完成后请点“已兑现”并附上凭证。",
            "<@U0ANA> 🤝 Flagship: “refund” was promised by 18:00 for order A-17. "
            "Once it is done, press Kept and say what shows it.",
        ),
        (
            "promise_urged",
            {"mention": [ANA]},
            "<@U0ANA> 🔔 旗舰店消费者催单：工单 A-17 曾承诺 18:00 前“退款”。",
            "<@U0ANA> 🔔 Flagship: the consumer urges; “refund” was promised by 18:00 for order A-17.",
        ),
        (
            "promise_broken",
            {"mention": [ANA, LEAD]},
            "<@U0ANA> <@U0LEAD> 🤝 旗舰店承诺未兑现：工单 A-17 应在 18:00 前“退款”，王芳尚无兑现凭证。",
            "<@U0ANA> <@U0LEAD> 🤝 Flagship, promise broken: “refund” was due 18:00 for order A-17, "
            "and nothing shows that Wang Fang kept it.",
        ),
        (
            "promise_broken",
            {"by": ANA, "why": "缺货"},
            "🤝 旗舰店承诺未兑现：王芳表示工单 A-17 无法在 18:00 前“退款”。",
            "🤝 Flagship, promise broken: Wang Fang says that “refund” by 18:00 can't be kept for order A-17.",
        ),
        (
            "promise_kept",
            {"by": BEN, "text": "已退", "tracking_no": "SF1"},
            "🤝 李伟已兑现工单 A-17 的承诺“退款”：已退 · 运单号 SF1",
            "🤝 Li Wei kept the promise “refund” for order A-17: 已退 · Tracking number SF1",
        ),
        (
            "promise_handed_over",
            {"by": ANA, "to": BEN},
            "🤝 王芳把工单 A-17 的承诺（18:00 前“退款”）转交给李伟。",
            "🤝 Wang Fang handed the promise “refund” by 18:00 for order A-17 over to Li Wei.",
        ),
        (
            "promise_dropped",
            {"why": "rejected"},
            "🤝 平台驳回了工单 A-17 的回复，其中的承诺“退款”随之失效。",
            "🤝 The platform rejected the answer to order A-17: its promise “refund” falls away with it.",
        ),
    ],
)
def test_what_the_lock_screen_says(code: str, more: dict[str, Any], zh: str, en: str) -> None:
    for language, words in (("zh-CN", zh), ("en", en)):
        assert note(code, {**FACTS, **more}, seen(*promised(), language=language), LANGUAGES[language]).text == words


def test_a_reminder_has_the_buttons_and_a_late_one_has_none() -> None:
    asked = [block for block in note("promise_due", FACTS, seen(*promised()), ZH).blocks if block["type"] == "actions"]
    over = [
        block for block in note("promise_due", FACTS, seen(*promised(), KEPT), ZH).blocks if block["type"] == "actions"
    ]
    assert (len(asked), over) == (1, [])


@pytest.mark.parametrize(
    ("language", "screen", "line_"),
    [
        ("zh-CN", "<@U0BEN>曾承诺昨天 18:00 前“退款”", "再次发起：李伟曾承诺"),
        ("en", "<@U0BEN> promised “refund” by yesterday 18:00", "Raised again: Li Wei promised “refund” by"),
    ],
)
def test_raised_again_it_says_why_them(language: str, screen: str, line_: str) -> None:
    message = card(seen(recalled(), language=language), LANGUAGES[language], mention=(BEN,))
    assert message.text.endswith(screen)
    assert any(line_ in text for text in texts(message.blocks))
    assert any("未兑现" in text or "· broken" in text for text in texts(message.blocks))
    off_shift = card(seen(recalled(), language=language), LANGUAGES[language], mention=(ANA,))
    assert "<@U0ANA>" in off_shift.text
    assert any(line_ in text for text in texts(off_shift.blocks))
    step = reminder([ReminderItem(seen(recalled(), language=language), "75", (BEN, ANA))], LANGUAGES[language], MORNING)
    assert any(line_ in text for text in texts(step.blocks))


def test_after_a_rejection_the_card_says_who_had_promised_what() -> None:
    assert "王芳曾承诺" in said(*promised(), rejected())
    assert "by <!date^1795428000^{date_short_pretty} {time}|18:00> · that answer was rejected" in said(
        *promised(), rejected(), language="en"
    )


def test_the_list_has_mine_the_teams_and_the_counts() -> None:
    for language, first, counted in (
        ("zh-CN", "有 1 项承诺待兑现，18:00 到期。", "王芳：兑现 3 项，未兑现 1 项 · 旗舰店：兑现 2 项，未兑现 2 项"),
        ("en", "You have 1 promise to keep, due 18:00.", "Wang Fang: 3 kept, 1 broken · 旗舰店: 2 kept, 2 broken"),
    ):
        it = seen(*promised(), language=language)
        owed = Owed(it, it.promises[0])
        counts = ([Count(ANA, 3, 1)], [Count("旗舰店", 2, 2)])
        message = promises(Book(it.team, [owed], [owed], *counts, dict(names(language))), LANGUAGES[language], MORNING)
        assert message.text == first
        assert any(counted in text for text in texts(message.blocks))
    nothing = promises(Book(seen().team, [], [], [], [], {}), EN, MORNING)
    assert nothing.text == "You have no promise to keep."


def test_the_forms_give_back_what_was_written() -> None:
    values = {
        ids.PROMISE_TEXT: {"x": {"value": " 已退款 "}},
        ids.PROMISE_LINK: {"x": {"value": "https://x.example/a"}},
        ids.PROMISE_TRACKING: {"x": {"value": None}},
    }
    assert read_evidence(values) == Evidence("已退款", "https://x.example/a", "")
    odd = {ids.PROMISE_LINK: {"x": {"value": "javascript:alert(1)"}}}
    assert read_evidence(odd) == Evidence("javascript:alert(1)", "", "")
    assert not read_evidence({}).given
    assert read_why({ids.PROMISE_WHY: {"x": {"value": " 缺货 "}}}) == "缺货"
    it = seen(*promised())
    assert kept_modal(it, it.promises[0], ZH)["private_metadata"] == "jd:A-17|r1"


def test_without_a_name_it_is_called_by_how_the_answer_begins() -> None:
    it = seen(*answered("今天 18:00 前发出", promise={"what": {}, "until": FACTS["due"].isoformat()}), delivered())
    assert "“今天 18:00 前发出”" in line(it.promises[0], Pen.of(it, ZH))


def test_the_note_at_a_change_of_shift_lists_what_is_to_be_kept() -> None:
    for language, first, row in (("zh-CN", "1 项承诺", "由王芳兑现"), ("en", "1 promise to keep", ", Wang Fang")):
        it = seen(*promised(), language=language)
        note_ = Handover(it.team, (BEN,), (ANA,), (), (Owed(it, it.promises[0]),))
        message = handover(note_, LANGUAGES[language], MORNING)
        assert first in message.text
        assert any("A-17" in text and row in text for text in texts(message.blocks))


def test_leads_see_in_status_what_came_of_them() -> None:
    said = list(texts(status(Standing(promises=(5, 1)), ZH, MORNING).blocks))
    assert "近 30 天承诺：兑现 5 项，未兑现 1 项" in said
    assert not any("承诺" in text for text in texts(status(Standing(promises=(0, 0)), ZH, MORNING).blocks))
    assert not any("承诺" in text for text in texts(status(Standing(), ZH, MORNING).blocks))
