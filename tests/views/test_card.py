"""The card: what is wanted of whom by when, the buttons that the state allows, two lines once it is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coopbot.domain.calendar import parse_hours
from coopbot.domain.seen import Seen
from coopbot.domain.template import Template
from coopbot.domain.work_order import Entry, Kind
from coopbot.ports import Translate
from coopbot.views import blocks, ids
from coopbot.views.card import card
from coopbot.views.ids import Click, read_click
from tests.support.block_kit import elements, texts
from tests.support.world import ANA, BEN, LEAD, SHANGHAI, a_desk, a_team, entry, jd_pop, shanghai
from tests.views.orders import (
    LANGUAGES,
    MORNING,
    NASTY_LONG,
    RAISED,
    accepted,
    answered,
    claimed,
    delivered,
    nasty,
    rejected,
    seen,
)

ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]
ELEVEN, LATE = shanghai("2026-11-23 11:00"), shanghai("2026-11-23 13:05")


def actions(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """What can be pressed: action ids, and the values under "more"."""
    found = []
    for element in elements(blocks):
        if element["type"] == "overflow":
            found += [option["value"] for option in element["options"]]
        else:
            found.append(element["action_id"])
    return found


def presets(n: int, **more: Any) -> list[dict[str, Any]]:
    return [{"code": f"p{index}", "label": f"Answer {index}", **more} for index in range(n)]


def test_the_lock_screen_of_a_crc() -> None:
    assert card(seen(now=ELEVEN), ZH, now=ELEVEN, mention=(ANA,)).text == (
        "CRC 高危投诉 · 旗舰店 · 催发货 · 请于 13:00 前回复（剩 2 小时工作时间） · 值班：<@U0ANA>"
    )
    assert card(seen(now=ELEVEN, language="en"), EN, now=ELEVEN, mention=(ANA,)).text == (
        "CRC · Flagship · Urge shipping · answer by 13:00 (2 h working time left) · on-call <@U0ANA>"
    )


def test_the_lock_screen_names_the_day_when_it_is_not_today() -> None:
    it = seen(claimed(), language="en", **{"class": "general"})
    assert (
        card(it, EN).text
        == "Ordinary · Flagship · Urge shipping · answer by tomorrow 09:00 (23 h left) · Wang Fang has it"
    )


def test_the_first_line_is_what_is_wanted_of_whom_by_when() -> None:
    first = card(seen(now=ELEVEN, language="en"), EN).blocks[0]["text"]["text"].splitlines()
    due = f"<!date^{int(shanghai('2026-11-23 13:00').timestamp())}^{{date_short_pretty}} {{time}}|13:00>"
    claim = int(shanghai("2026-11-23 09:30").timestamp())
    assert first == [
        f"🚨 *CRC · Answer by {due} (2 h working time left)* · on-call Wang Fang",
        f"Flagship · Urge shipping · should have been claimed by <!date^{claim}^{{time}}|09:30>",
    ]


def test_outside_the_hours_it_says_when_the_clock_goes_on() -> None:
    night = shanghai("2026-11-23 22:01")
    assert "tomorrow 09:00" in card(seen(now=night, raised_at=night, language="en"), EN).blocks[0]["text"]["text"]


def test_an_open_order_can_be_claimed_and_answered() -> None:
    pressed = actions(card(seen(presets=presets(2)), EN).blocks)
    assert pressed == ["preset:p0", "preset:p1", ids.OTHER_ANSWER, ids.CLAIM, ids.SNOOZE, ids.WHY, ids.OUTAGE]


def test_a_claimed_one_can_be_released_handed_over_and_taken_over() -> None:
    pressed = actions(card(seen(claimed(), presets=presets(1)), EN).blocks)
    assert pressed == [
        "preset:p0",
        ids.OTHER_ANSWER,
        ids.HAND_OVER,
        ids.SNOOZE,
        ids.RELEASE,
        ids.TAKE_OVER,
        ids.WHY,
        ids.OUTAGE,
    ]


def test_a_late_one_keeps_its_reply_buttons_and_offers_the_outage_report() -> None:
    message = card(seen(claimed(), now=LATE, presets=presets(1)), ZH, expected="warning")
    assert actions(message.blocks)[:3] == ["preset:p0", ids.OTHER_ANSWER, ids.OUTAGE]
    assert message.blocks[0]["text"]["text"].splitlines()[2] == (
        "仍可回复；平台可能已转交处理。预计处罚：警告（假定：本月首次）。"
    )
    assert message.text == "CRC 高危投诉 · 旗舰店 · 催发货 · 已超时 5 分钟，请立即回复 · 王芳已认领"


def test_a_transferred_one_keeps_only_the_outage_report() -> None:
    it = seen(entry(Kind.TIMED_OUT, LATE), now=LATE)
    assert actions(card(it, EN).blocks) == [ids.SHOW_ANSWERED, ids.OUTAGE]


@pytest.mark.parametrize("kind", [Kind.CLOSED, Kind.VOIDED, Kind.ANSWERED_ELSEWHERE])
def test_an_ended_one_has_nothing_to_press_but_show(kind: Kind) -> None:
    assert actions(card(seen(entry(kind, MORNING)), EN).blocks) == [ids.SHOW_ANSWERED]


def test_an_answered_card_is_two_lines_who_when_what() -> None:
    message = card(seen(*answered(), delivered(), accepted(), now=MORNING, language="en"), EN)
    (only,) = message.blocks
    at = int((RAISED + timedelta(minutes=10)).timestamp())
    assert only["text"]["text"].splitlines() == [
        f"✅ *Wang Fang answered at <!date^{at}^{{time}}|09:10>, accepted* · 🚨 CRC · Flagship · Urge shipping · A-17",
        "“今天 18:00 前发出”",
    ]
    assert only["accessory"]["action_id"] == ids.SHOW_ANSWERED
    assert message.text == "CRC · Flagship · Urge shipping · Wang Fang answered at 09:10, accepted"


@pytest.mark.parametrize(
    ("t", "language", "late"), [(EN, "en", "accepted · 12 min late"), (ZH, "zh-CN", "超时 12 分钟")]
)
def test_an_answer_that_the_platform_had_late_says_how_late(t: Translate, language: str, late: str) -> None:
    at = RAISED + timedelta(hours=4, minutes=10)  # due at 13:00
    came = (delivered(at + timedelta(minutes=2)), accepted(at + timedelta(hours=1)))
    had = seen(*answered(at=at), *came, now=at + timedelta(hours=9), language=language)
    assert late in card(had, t).text
    in_time = seen(*answered(), delivered(), now=at + timedelta(hours=9), language=language)
    assert "·" not in card(in_time, t).text.partition("09:10")[2]


@pytest.mark.parametrize(
    ("confirms", "said"),
    [(True, "the platform has it, not accepted yet"), (False, "the platform has it · ")],
)
def test_what_the_platform_has_is_not_final_where_it_still_confirms(confirms: bool, said: str) -> None:
    it = replace(seen(*answered(), delivered(), language="en"), confirms=confirms)
    assert said in card(it, EN).blocks[0]["text"]["text"].replace("*", "")


def test_show_brings_back_the_words_and_the_whole_answer() -> None:
    message = card(seen(*answered("很长" * 200), delivered()), EN, expanded=True)
    assert {"三天了还没有发货", "很长" * 200} <= set(texts(message.blocks))
    assert message.blocks[0]["accessory"]["text"]["text"] == "Hide"


def test_a_rejection_stands_on_the_card_with_its_reason() -> None:
    message = card(seen(*answered(), delivered(), rejected(), language="en"), EN)
    assert "answer again by 13:00" in message.text
    assert "rejected the" in message.blocks[0]["text"]["text"]
    assert "“未说明发货时间”" in message.blocks[0]["text"]["text"]
    assert ids.OTHER_ANSWER in actions(message.blocks)


@pytest.mark.parametrize(("count", "words"), [(1, "urged once"), (3, "urged 3 times")])
def test_an_urged_order_wears_the_count(count: int, words: str) -> None:
    assert f"🔔 {words}" in card(seen(entry(Kind.URGED, MORNING, count=count)), EN).blocks[0]["text"]["text"]


def test_a_preset_shows_what_will_go_out_before_it_does() -> None:
    button = next(iter(elements(card(seen(presets=presets(1)), EN).blocks)))
    assert button["confirm"]["title"]["text"] == "Send this to the platform?"
    assert button["confirm"]["text"]["text"] == "Answer 0"


def test_what_a_dialog_has_no_room_for_is_not_shown_in_part() -> None:
    for length, asks in ((300, True), (301, False)):
        it = replace(seen(presets=presets(1)), templates=(Template("t-long", "Long", "长" * length),))
        buttons = elements(card(it, EN).blocks)
        (button,) = [each for each in buttons if each.get("text", {}).get("text") == "Long"]
        assert ("confirm" in button) is asks


def test_a_preset_with_open_fields_asks_in_a_modal_instead() -> None:
    button = next(iter(elements(card(seen(presets=presets(1, requires=["tracking_no"])), EN).blocks)))
    assert "confirm" not in button
    assert button["text"]["text"] == "Answer 0…"


def test_six_presets_become_a_menu_with_one_dialog() -> None:
    assert [e["type"] for e in elements(card(seen(presets=presets(5)), EN).blocks)][:6] == ["button"] * 6
    ordinary = {"class": "general", "presets": presets(6)}
    menu = next(iter(elements(card(seen(**ordinary), EN).blocks)))
    assert menu["type"] == "static_select"
    assert len(menu["options"]) == 6
    assert menu["options"][0]["description"]["text"] == "Answer 0"
    assert menu["confirm"]["confirm"]["text"] == "Send"
    crc = next(iter(elements(card(seen(presets=presets(6)), EN).blocks)))
    assert "confirm" not in crc  # the whole text is shown afterwards, and asked about


def test_long_words_are_cut_and_the_rest_is_a_click_away() -> None:
    message = card(seen(content="长" * 800), EN)
    show = next(e for e in elements(message.blocks) if e["action_id"] == ids.SHOW_ALL)
    assert show["text"]["text"] == "Show all (501 more characters)"
    assert ids.SHOW_ALL not in actions(card(seen(), EN).blocks)


def test_consumer_data_is_masked_and_offered() -> None:
    message = card(seen(consumer={"name": "王小明", "contact": "13812345678"}), EN)
    shown = json.dumps(message.blocks, ensure_ascii=False)
    assert "王＊＊" in shown
    assert "＊＊＊＊5678" in shown
    assert "小明" not in shown
    assert "1381234" not in shown
    assert ids.SHOW_CONSUMER in actions(message.blocks)


def test_the_console_is_a_link_or_a_path() -> None:
    linked = card(seen(console_url="https://console.example/a-17"), ZH)
    assert (
        next(e for e in elements(linked.blocks) if e["action_id"] == ids.CONSOLE)["url"]
        == "https://console.example/a-17"
    )
    assert "商家后台 ›" not in json.dumps(linked.blocks, ensure_ascii=False)
    path = card(seen(), ZH)
    assert ids.CONSOLE not in actions(path.blocks)
    assert "商家后台 › 售后客服 › 任务工单 › 平台协同工单" in json.dumps(path.blocks, ensure_ascii=False)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "https://a|b"])
def test_what_is_no_web_address_never_becomes_a_link(url: str) -> None:
    assert ids.CONSOLE not in actions(card(seen(console_url=url), ZH).blocks)
    assert "url" not in blocks.button("Open", ids.CONSOLE, url=url)


def test_what_the_rules_do_not_know_is_flagged() -> None:
    shown = json.dumps(card(seen(scene="新场景", merchant_type="FBP"), EN).blocks, ensure_ascii=False)
    assert "merchant type “FBP” is unknown to us" in shown
    assert "scene unknown to us" in shown


def test_nobody_on_call_is_said() -> None:
    team = a_team(on_call=(), hours=parse_hours("Mon-Sun 09:00-19:00", SHANGHAI))
    assert card(seen(desk=a_desk(team)), EN).text.endswith("nobody is on call")
    assert card(seen(), EN, duty_note="rota_unreadable").text.endswith("the rota can't be read")


def test_the_words_of_a_consumer_are_literal() -> None:
    """Nothing in them acts: they stand in rich text, which has no markup."""
    (quoted,) = [block for block in card(nasty(), EN).blocks if block["type"] == "rich_text"]
    assert quoted["elements"][0]["type"] == "rich_text_quote"
    assert NASTY_LONG.split()[0] in quoted["elements"][0]["elements"][0]["text"]


@pytest.mark.parametrize("log", [(), (claimed(),)])
def test_every_button_says_which_order_it_means(log: tuple[Entry, ...]) -> None:
    it = seen(*log, presets=presets(7), content="长" * 800)
    for block in card(it, EN).blocks:
        for element in elements(block):
            if element["action_id"] == ids.CONSOLE:
                continue
            action = {**element, "block_id": block["block_id"]}
            if element["type"] == "static_select":
                assert read_click({**action, "selected_option": {"value": "p3"}}) == Click("preset", it.order.key, "p3")
            elif element["type"] == "users_select":
                assert read_click({**action, "selected_user": BEN}) == Click("hand_over", it.order.key, user=BEN)
            elif element["type"] == "overflow":
                assert read_click({**action, "selected_option": {"value": "why"}}) == Click("why", it.order.key)
            else:
                assert read_click(action).order == it.order.key


def test_a_presets_button_carries_its_code_even_with_a_colon() -> None:
    it = seen(presets=[{"code": "a:b", "label": "x"}])
    button = next(iter(elements(card(it, EN).blocks)))
    assert read_click(button) == Click("preset", it.order.key, "a:b")


def test_a_click_without_an_order_is_read_and_a_garbled_one_refused() -> None:
    assert read_click({"action_id": "console"}) == Click("console")
    with pytest.raises(ValueError, match="not an order key"):
        read_click({"action_id": "claim", "value": "garbled"})


def first(it: Seen, t: Translate) -> str:
    text = card(it, t).blocks[0]["text"]["text"]
    assert isinstance(text, str)
    return re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", text)


def test_while_the_team_is_away_it_says_when_it_is_back_and_how_much_is_staffed() -> None:
    desk = a_desk(a_team(hours=parse_hours("Mon-Sun 10:00-18:00", SHANGHAI)))
    evening = shanghai("2026-11-23 18:10")
    away = seen(now=evening, raised_at=evening, desk=desk)
    line = "Due tomorrow 12:10; your team is back at 10:00: 2 h 10 min staffed"
    assert first(away, EN).splitlines()[-1] == line
    assert first(away, ZH).splitlines()[-1] == "明天 12:10 截止，团队 10:00 上班，在班时间 2 小时 10 分钟"
    there = seen(now=shanghai("2026-11-24 10:05"), raised_at=evening, desk=desk)
    assert "staffed" not in first(there, EN)


def test_under_the_minimum_it_asks_for_an_answer_now() -> None:
    desk = a_desk(a_team(hours=parse_hours("Mon-Sun 11:30-18:00", SHANGHAI)))
    evening = shanghai("2026-11-23 18:10")
    assert first(seen(now=evening, raised_at=evening, desk=desk), EN).splitlines()[-1] == (
        "Due tomorrow 12:10; your team is back at 11:30: 40 min staffed · "
        "less than the 1 h that should be: answer it now"
    )
    early = shanghai("2026-11-23 11:00")
    ordinary = seen(now=shanghai("2026-11-23 18:10"), raised_at=early, desk=desk, **{"class": "general"})
    assert (
        first(ordinary, EN)
        .splitlines()[-1]
        .endswith("nobody of your team is there before · less than the 1 h that should be: answer it now")
    )


def test_a_hold_says_whose_clock_runs() -> None:
    held = entry(Kind.PAUSED, RAISED, by=LEAD, why="courier & co")
    assert "⏸️ internal hold by Chen Jing since 09:00 (courier &amp; co); the platform's clock runs" in first(
        seen(claimed(), held, language="en"), EN
    )
    assert "⏸️ 陈静于 09:00 内部搁置（courier &amp; co），平台仍在计时" in first(seen(claimed(), held), ZH)
    rules = replace(jd_pop(), pauses_clock=True)
    desk = a_desk(profile=rules, profiles={(rules.name, rules.version): rules})
    assert "⏸️ paused by Chen Jing since 09:00 (courier &amp; co)" in first(
        seen(claimed(), held, language="en", desk=desk), EN
    )
    done = entry(Kind.RESUMED, MORNING, by=LEAD)
    assert "⏸️" not in first(seen(claimed(), held, done, now=ELEVEN), EN)


def test_a_deadline_of_the_platforms_own_that_differs_is_said_once() -> None:
    theirs = seen(due_at="2026-11-23T04:00:00Z", language="en")  # 12:00, ours is 13:00
    said = re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", json.dumps(card(theirs, EN).blocks, ensure_ascii=False))
    assert said.count("the platform's own deadline; by our rules 13:00") == 1
    assert "Answer by 12:00" in said
    same = json.dumps(card(seen(due_at="2026-11-23T05:00:00Z"), EN).blocks)
    assert "by our rules" not in same


def test_until_somebody_has_it_the_claim_is_what_is_due_next() -> None:
    assert "claim it by 09:30" in first(seen(now=shanghai("2026-11-23 09:10")), EN)
    assert "claimed by" not in first(seen(claimed(), now=shanghai("2026-11-23 09:10")), EN)
