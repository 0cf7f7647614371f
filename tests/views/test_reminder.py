"""Reminders: what is left, who is called, why; one message for many, each person once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from coopbot.domain.work_order import Kind, OrderKey
from coopbot.views import ids
from coopbot.views.reminder import MOST_ROWS, ReminderItem, reminder
from tests.support.block_kit import elements
from tests.support.world import ANA, BEN, BOSS, LEAD, a_desk, a_team, entry, shanghai
from tests.views.orders import LANGUAGES, RAISED, claimed, seen

ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]
NOON, LATE = shanghai("2026-11-23 12:00"), shanghai("2026-11-23 13:05")


def lines(item: ReminderItem, language: str, now: datetime) -> list[str]:
    text: str = reminder([item], LANGUAGES[language], now).blocks[0]["text"]["text"]
    return text.splitlines()


def test_a_rung_says_what_is_left_and_why_the_backup_is_called() -> None:
    told = entry(Kind.TOLD, RAISED, channel="C0FLAG", ts="1.1", called=[ANA])
    assert reminder([ReminderItem(seen(told, now=NOON), "75", (BEN,), "backup")], ZH, NOON).text == (
        "CRC 高危投诉 · 旗舰店 · 催发货 · 剩 1 小时工作时间（13:00 前），尚无人认领。"
        "<@U0BEN>（备班）：王芳 3 小时未响应。"
    )
    assert reminder([ReminderItem(seen(told, now=NOON, language="en"), "75", (BEN,), "backup")], EN, NOON).text == (
        "CRC · Flagship · Urge shipping · 1 h working time left (by 13:00), nobody has it. "
        "<@U0BEN> (backup): no response from Wang Fang for 3 h."
    )


def test_who_was_never_called_is_not_said_to_be_silent_and_a_claim_given_back_counts_anew() -> None:
    told = entry(Kind.TOLD, RAISED, channel="C0FLAG", ts="1.1", called=[LEAD])
    assert lines(ReminderItem(seen(told, now=NOON), "75", (BEN,), "backup"), "zh-CN", NOON)[1] == (
        "<@U0BEN>（备班）：已等待 3 小时。"
    )
    released = entry(Kind.RELEASED, NOON - timedelta(minutes=20), by="coopbot")
    called = entry(Kind.REMINDED, NOON - timedelta(minutes=20), rung="claim:1:0:end", called=[ANA])
    assert lines(ReminderItem(seen(claimed(), released, called, now=NOON), "75", (BEN,)), "zh-CN", NOON)[1] == (
        "<@U0BEN>（备班）：王芳 20 分钟未响应。"
    )


def test_who_has_it_is_called_with_the_lead() -> None:
    said = lines(ReminderItem(seen(claimed(), now=NOON, language="en"), "90", (ANA, LEAD), "claimant"), "en", NOON)
    assert said[1] == "<@U0ANA> (has it), <@U0LEAD> (lead): claimed 2 h 55 min ago, not answered yet."


def test_a_manager_is_told_whose_it_is() -> None:
    said = lines(ReminderItem(seen(claimed(), now=NOON, language="en"), "x", (BOSS,), "manager"), "en", NOON)
    assert said[1] == "<@U0BOSS> (manager): Wang Fang claimed it 2 h 55 min ago, not answered yet."


def test_the_on_call_is_called_because_nobody_has_it() -> None:
    said = lines(ReminderItem(seen(now=NOON), "75", (ANA,), "on_call"), "zh-CN", NOON)
    assert said[1] == "<@U0ANA>（值班）：已等待 3 小时。"


def test_a_rung_without_people_calls_nobody() -> None:
    message = reminder([ReminderItem(seen(claimed(), now=NOON), "50")], ZH, NOON)
    assert "<@" not in message.text
    assert message.text.endswith("剩 1 小时工作时间（13:00 前），王芳已认领。")


def test_nobody_on_call_is_the_reason_that_a_lead_is_called() -> None:
    it = seen(now=NOON, language="en", desk=a_desk(a_team(on_call=())))
    assert lines(ReminderItem(it, "75", (LEAD,), "nobody_on_call"), "en", NOON)[1] == (
        "<@U0LEAD> (lead): nobody is on call."
    )


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("opening", "已到工作时间，开始计时。", "the working hours have begun."),
        ("urge", "平台催单，请尽快回复。", "the platform urges an answer."),
    ],
)
def test_the_occasion_is_the_reason(key: str, zh: str, en: str) -> None:
    assert lines(ReminderItem(seen(now=NOON), key, (ANA,), "on_call"), "zh-CN", NOON)[1] == f"<@U0ANA>（值班）：{zh}"
    assert lines(ReminderItem(seen(now=NOON), key, (ANA,), "on_call"), "en", NOON)[1] == f"<@U0ANA> (on call): {en}"


def test_a_night_does_not_count_against_anybody() -> None:
    raised, morning = shanghai("2026-11-22 22:00"), shanghai("2026-11-23 10:00")
    it = seen(now=morning, raised_at=raised)
    assert "已等待 1 小时" in lines(ReminderItem(it, "75", (ANA,), "on_call"), "zh-CN", morning)[1]


def test_a_breach_says_what_can_still_be_done_and_what_it_is_expected_to_cost() -> None:
    it = seen(claimed(), now=LATE)
    message = reminder([ReminderItem(it, "breach", (ANA,), "claimant", (), "warning")], ZH, LATE)
    assert message.blocks[0]["text"]["text"].splitlines() == [
        "*已超时 5 分钟，仍可回复；平台可能已转交处理。*",
        "<@U0ANA>（已认领）：认领 4 小时，尚未回复。",
        "预计处罚：警告（假定：本月首次）。遇停电等异常请立即报备。",
        "🚨 CRC 高危投诉 · 旗舰店 · 催发货 · A-17",
    ]
    it = seen(now=LATE, language="en")
    message = reminder([ReminderItem(it, "breach", expected="unknown")], EN, LATE)
    assert message.blocks[0]["text"]["text"].splitlines()[:2] == [
        "*Overdue by 5 min; you can still answer, the platform may already have taken it over.*",
        "Expected: points or a fine, amount unknown. After a power cut or the like, report the outage now.",
    ]
    assert [e["action_id"] for e in elements(message.blocks)] == [ids.CLAIM, ids.OUTAGE]


def test_what_it_stands_for_after_a_gap() -> None:
    missed = ("backup", "lead", "50", "50:1", "page")
    said = {"zh-CN": "含此前未发出的提醒：备班、组长、50%、page"}
    said["en"] = "stands for what was not sent before: backup, lead, 50%, page"
    for language, text in said.items():
        message = reminder([ReminderItem(seen(now=NOON), "75", missed=missed)], LANGUAGES[language], NOON)
        assert message.blocks[1]["elements"][0]["text"] == text
    two = [ReminderItem(seen(now=NOON), "75", missed=missed), ReminderItem(seen(claimed(), now=NOON), "75")]
    rows = [block["text"]["text"] for block in reminder(two, EN, NOON).blocks[1:]]
    assert [said["en"] in row for row in rows] == [True, False]


def test_the_card_is_a_click_away() -> None:
    it = seen(entry(Kind.TOLD, NOON - timedelta(hours=1), channel="C0FLAG", ts="1795395600.000100"), now=NOON)
    link = next(
        e for e in elements(reminder([ReminderItem(it, "75")], EN, NOON).blocks) if e["action_id"] == ids.OPEN_CARD
    )
    assert link["url"] == "https://slack.com/archives/C0FLAG/p1795395600000100"


def bundle(n: int) -> list[ReminderItem]:
    general = seen(now=NOON, language="en", **{"class": "general"})
    crc = seen(now=NOON, language="en")
    kinds = [general, crc]
    return [
        ReminderItem(
            replace(kinds[index % 2], order=replace(kinds[index % 2].order, key=OrderKey("jd", f"A-{index}"))),
            "75",
            (ANA, LEAD) if index == 0 else (ANA,),
            "on_call",
        )
        for index in range(n)
    ]


def test_a_bundle_has_crc_first_and_each_person_once() -> None:
    message = reminder(bundle(3), EN, NOON)
    assert message.blocks[0]["text"]["text"].splitlines() == [
        "*3 orders need an answer*",
        "<@U0ANA> (on call): 3, <@U0LEAD> (lead): 1",
    ]
    assert [block["text"]["text"][:8] for block in message.blocks[1:]] == ["🚨 *CRC* ", "🔵 *Ordin", "🔵 *Ordin"]
    assert message.text.startswith("3 orders need an answer; first: CRC · Flagship · Urge shipping · answer by 13:00")
    assert message.text.count("<@U0ANA>") == 1


def test_a_bundle_says_whose_silence_calls_where_that_is_one_for_all() -> None:
    called = entry(Kind.TOLD, RAISED, channel="C0FLAG", ts="1.1", called=[ANA])
    items = [
        ReminderItem(seen(called, now=NOON, language="en", number=n), "unclaimed", (BEN,), "backup")
        for n in ("A-1", "A-2")
    ]
    message = reminder(items, EN, NOON)
    assert message.blocks[0]["text"]["text"].splitlines()[1] == (
        "<@U0BEN> (backup): 2 · no response from Wang Fang for 3 h."
    )
    assert message.text.endswith("no response from Wang Fang for 3 h.")


def test_a_bundle_holds_24_rows_and_counts_the_rest() -> None:
    message = reminder(bundle(30), EN, NOON)
    assert len(message.blocks) == 1 + MOST_ROWS + 1
    assert message.blocks[-1]["elements"][0]["text"] == "and 6 more: /coop status lists them"
    claims = [e["value"] for e in elements(message.blocks) if e["action_id"] == ids.CLAIM]
    assert len(set(claims)) == MOST_ROWS


def test_a_reminder_of_nothing_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="nothing"):
        reminder([], EN, NOON)
