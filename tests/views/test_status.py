"""``/coop status`` and what else is said to the asker alone; alarms; outage texts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from coopbot.domain.ledger import PenaltyKind, PenaltyState
from coopbot.domain.outage import FiledOutage, OutageKind, OutageReport
from coopbot.domain.rota import Duty
from coopbot.domain.work_order import Kind, OrderKey
from coopbot.views import direct, error, help, operator, outage, refused
from coopbot.views.status import status
from tests.support.block_kit import texts
from tests.support.world import ANA, SHANGHAI, entry, jd_pop, shanghai
from tests.views.facts import Standing, penalty
from tests.views.orders import ENGLISH_NAMES, LANGUAGES, answered, claimed, seen

ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]
NOON = shanghai("2026-11-23 12:00")


def numbered(it: object, number: str) -> object:
    return replace(it, order=replace(it.order, key=OrderKey("jd", number)))  # type: ignore[attr-defined, type-var]


def some() -> list[object]:
    late = seen(now=NOON, raised_at=shanghai("2026-11-22 14:00"), language="en")
    soon = seen(claimed(), entry(Kind.TOLD, NOON, channel="C0FLAG", ts="1.2"), now=NOON, language="en")
    later = seen(now=NOON, language="en", **{"class": "general"})
    done = seen(*answered(), now=NOON, language="en")
    return [numbered(it, f"A-{index}") for index, it in enumerate((done, later, soon, late))]


def test_nothing_to_do_says_who_is_next() -> None:
    assert status(Standing(), ZH, NOON).text == "现在没有待处理工单。下一班：李伟，19:00。"
    assert status(Standing(names=ENGLISH_NAMES), EN, NOON).text == "No open orders. Next on shift: Li Wei, 19:00."
    assert status(Standing(next_duty=None), EN, NOON).text == "No open orders."


def test_the_summary_counts_what_matters() -> None:
    assert status(Standing(some()), EN, NOON).text == "3 open orders · 2 CRC · 1 overdue · 1 due within 2 h"  # type: ignore[arg-type]
    assert status(Standing(some()), ZH, NOON).text == "3 单待处理 · CRC 2 单 · 已超时 1 单 · 2 小时内到期 1 单"  # type: ignore[arg-type]


def test_every_order_stands_in_one_group_the_late_first() -> None:
    message = status(Standing(some(), names=ENGLISH_NAMES), EN, NOON)  # type: ignore[arg-type]
    titles = [block["text"]["text"].splitlines()[0] for block in message.blocks[1:]]
    assert titles == [
        "*⏰ Overdue: 1*",
        "*Due in the next 2 hours: 1*",
        "*Ordinary, due in over 2 hours: 1*",
        "*📤 Answered: 1*",
    ]
    assert (
        message.blocks[0]["text"]["text"]
        .splitlines()[1]
        .startswith("On call now: Wang Fang. Next on shift: Li Wei, <!date")
    )


def test_an_order_links_to_its_card() -> None:
    said = "\n".join(texts(status(Standing(some()), EN, NOON).blocks))  # type: ignore[arg-type]
    assert "<https://slack.com/archives/C0FLAG/p12|A-2>" in said
    links = {OrderKey("jd", "A-2"): "https://a.slack.com/archives/C0FLAG/p12"}
    said = "\n".join(texts(status(Standing(some()), EN, NOON, links).blocks))  # type: ignore[arg-type]
    assert "<https://a.slack.com/archives/C0FLAG/p12|" in said


def test_nobody_on_call_is_said() -> None:
    message = status(Standing(some(), duty=Duty(), next_duty=None), ZH, NOON)  # type: ignore[arg-type]
    assert message.blocks[0]["text"]["text"].splitlines()[1] == "现在无人值班。"


def test_five_hundred_orders_are_ten_rows_and_a_number() -> None:
    crowd = [numbered(some()[3], f"B-{index}") for index in range(500)]
    rows = status(Standing(crowd), EN, NOON).blocks[1]["text"]["text"].splitlines()  # type: ignore[arg-type]
    assert rows[0] == "*⏰ Overdue: 500*"
    assert rows[-1] == "and 490 more"


def test_money_is_for_those_who_may_see_it() -> None:
    ledger = [
        penalty(PenaltyKind.WARNING),
        penalty(PenaltyKind.UNKNOWN),
        penalty(PenaltyKind.FINE, PenaltyState.ISSUED, amount=10000),
    ]
    seen_by_lead = "\n".join(texts(status(Standing(ledger=ledger, sees_money=True), EN, NOON).blocks))
    assert seen_by_lead.endswith(
        "Penalties 2026-11: 1 warning (expected), points or a fine, amount unknown ×1 (expected), "
        "fines ¥100.00 (issued) · expected ones are assumed"
    )
    assert "Penalties" not in "\n".join(texts(status(Standing(ledger=ledger), EN, NOON).blocks))
    assert "2026-11 处罚：无" in "\n".join(texts(status(Standing(sees_money=True), ZH, NOON).blocks))


def test_several_teams_are_told_apart() -> None:
    message = status([Standing(), Standing()], EN, NOON)
    assert [text.splitlines()[0] for text in texts(message.blocks)] == ["*flagship*", "*flagship*"]


def test_unknown_words_get_help() -> None:
    assert help.help_(ZH, "<!here>").blocks[0]["text"]["text"].splitlines()[0] == (
        "*没有“&lt;!here&gt;”这个命令。可用的有：*"
    )
    said = help.help_(EN).text
    assert said.startswith("Work orders of the platform, answered here. /coop status | outage | why | promises |")
    assert said.endswith("| exposure | penalties | exam")


def test_help_is_seen_whole_and_in_ones_own_language() -> None:
    shown = [block["text"]["text"] for block in help.help_(ZH).blocks if block.get("expand")]
    assert [text.splitlines()[0] for text in shown] == ["*平台协同工单，在这里回复。*", "*组长*", "*组长和经理*"]
    assert "`/coop penalties [店铺] [月份]`  当月处罚、结算、申诉" in shown[2].splitlines()


def test_whoever_speaks_to_the_bot_gets_status_and_help() -> None:
    told = direct.direct([Standing()], ZH, NOON)
    assert told.text == "现在没有待处理工单。下一班：李伟，19:00。"
    assert any("/coop outage" in text for text in texts(told.blocks))
    assert direct.direct([], EN, NOON).text.startswith("You are in no team here. Ask a lead to let you in.")


@pytest.mark.parametrize("code", sorted(operator.ALARMS))
def test_an_alarm_has_its_code_and_an_id_to_search_for(code: str) -> None:
    for t in (ZH, EN):
        last = operator.alarm(code, {}, t, "deadbeef").blocks[-1]["elements"][0]["text"]
        assert code in last
        assert "deadbeef" in last


def test_an_alarm_says_what_to_do() -> None:
    facts = {"channel": "C0FLAG", "code": "not_in_channel", "message": "card", "detail": ""}
    gap = {"team": "flagship", "since": "2026-11-24T01:00:00+00:00", "ends": "2026-11-24T03:00:00+00:00"}
    said = operator.alarm("rota_gap", gap, EN, zone=SHANGHAI, now=NOON).text
    assert said.startswith("Nobody of flagship is on call from tomorrow 09:00 to 11:00, in its working hours.")
    assert operator.alarm("not_delivered", facts, EN, "1").blocks[0]["text"]["text"] == (
        "⚠️ *Slack refuses messages to <#C0FLAG>.*\n"
        "Invite the bot to the channel, or correct it in coopbot.toml. Orders go to the fallback channel."
    )


def test_something_went_wrong() -> None:
    assert error.error("1a2b", ZH).text == "出错了，什么都没有改动。请再试一次，或把编号 1a2b 告诉管理员。"


def test_what_was_refused_at_intake_is_one_line_with_the_place() -> None:
    facts = seen(kind="dispute").order.facts
    assert refused.refused(facts, "dispute", ZH, "A-17", jd_pop(), "旗舰店").text == (
        "旗舰店的 A-17 是纠纷，不是协同工单。请在商家后台的纠纷流程中处理。"
    )
    assert refused.refused(facts, "dispute", EN, "A-17").text == (
        "A-17 of 10001 is a dispute, not a work order: handle it in the console's dispute process."
    )
    excluded = seen(business_line="paipai").order.facts
    assert refused.refused(excluded, "business_line", ZH, "A-18", jd_pop(), "旗舰店").text == (
        "旗舰店的 A-18 属于拍拍二手，不走协同工单。请在该业务自己的后台处理。"
    )


SINCE = shanghai("2026-11-23 14:00")
FILED = FiledOutage(
    "abc",
    OutageReport(OutageKind.POWER, SINCE, None, "园区停电"),
    "flagship",
    ANA,
    "王芳",
    shanghai("2026-11-23 14:05"),
    ("jd:10001",),
    ("A-17", "A-18"),
    ("U0JDOPS",),
)


def test_the_operations_manager_gets_everything_in_plain_words() -> None:
    assert outage.manager_text(FILED, ZH, {"jd:10001": "旗舰店"}).splitlines() == [
        "异常报备：停电",
        "开始时间：2026-11-23 14:00",
        "预计恢复：未知",
        "涉及店铺：旗舰店（10001）",
        "待处理协同工单（2 单）：A-17、A-18",
        "说明：园区停电",
        "报备人：王芳，2026-11-23 14:05",
        "因上述异常，工单回复可能延迟，请予备案并免于处罚。",
    ]
    assert outage.for_manager(FILED.to_json(), ZH).text.startswith("异常报备：停电 开始时间：2026-11-23 14:00")


def test_the_reporter_is_told_where_it_went_or_gets_the_text_to_send() -> None:
    assert "并通知 <@U0JDOPS>" in outage.filed(FILED, ZH).text
    unsent = outage.filed(replace(FILED, sent_to=()), EN)
    said = list(texts(unsent.blocks))
    assert "Nobody is configured to be told. Send this to the operations manager now:" in said
    assert outage.manager_text(FILED, EN) in said


def test_deadlines_that_differ_from_our_rules_are_counted() -> None:
    differs = seen(due_at="2026-11-23T04:00:00Z")
    assert "平台截止时间" not in json.dumps(status(Standing(orders=[seen()]), ZH, NOON).blocks, ensure_ascii=False)
    for n, said in ((1, "1 deadline of the platform's own differs"), (2, "2 deadlines of the platform's own differ")):
        blocks = status(Standing(orders=[differs] * n), EN, NOON).blocks
        assert any(said in text for text in texts(blocks))
