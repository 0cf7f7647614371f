"""The modals: what they show, what is read back out of them; ids only in their metadata."""

from __future__ import annotations

from typing import Any

import pytest

from coopbot.domain import wording
from coopbot.domain.files import USUAL_RULES, HandedIn
from coopbot.domain.outage import OutageKind, OutageReport
from coopbot.domain.scene import Preset
from coopbot.errors import Refusal
from coopbot.views import ids
from coopbot.views.consumer import consumer, whole_text
from coopbot.views.field_input import read_fields
from coopbot.views.outage import outage_modal, read_outage
from coopbot.views.reply_modal import preset_modal, read_files, read_reply, reply_modal
from tests.support.block_kit import texts
from tests.support.world import a_team, jd_pop, shanghai
from tests.views.orders import LANGUAGES, NASTY, seen

ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]
NOW = shanghai("2026-11-23 10:00")
SHIP = Preset("ship_by", {"en": "Promise"}, "订单 {order_no} 将于 {promised_at} 前发出。", ("promised_at",))


def element(view: Any, block_id: str) -> Any:
    return next(block["element"] for block in view["blocks"] if block.get("block_id") == block_id)


def test_free_text_has_the_consumers_words_on_top_and_the_platforms_limit() -> None:
    view = reply_modal(seen(), EN)
    assert view["private_metadata"] == "jd:A-17"
    assert list(texts(view["blocks"][1])) == ["三天了还没有发货"]
    hint = view["blocks"][-1]["hint"]["text"]
    assert hint == "At most 1000 bytes (a Chinese character counts 2). It goes to the platform as it stands here."
    assert (
        reply_modal(seen(), ZH)["blocks"][-1]["hint"]["text"] == "最多 1000 字节（一个汉字 2 字节），内容原样发给平台。"
    )
    assert element(view, ids.REPLY_TEXT)["max_length"] == 1000


def test_a_draft_comes_back_whole_even_when_it_is_too_long() -> None:
    draft = "长" * 2500
    view = reply_modal(seen(), EN, draft=draft, error="Not saved")
    assert element(view, ids.REPLY_TEXT)["initial_value"] == draft
    assert list(texts(view["blocks"][0])) == ["Not saved"]


def test_free_text_is_read_trimmed() -> None:
    assert read_reply({ids.REPLY_TEXT: {ids.REPLY_TEXT: {"value": "  今天发出 \n"}}}) == "今天发出"
    assert read_reply({ids.REPLY_TEXT: {ids.REPLY_TEXT: {"value": None}}}) == ""
    assert read_reply({}) == ""


def test_a_preset_asks_for_just_what_is_missing() -> None:
    view = preset_modal(seen(), SHIP, EN)
    asked = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert asked == ["field:promised_at", "field:order_no"]
    assert element(view, "field:promised_at")["type"] == "datetimepicker"
    assert "订单 ＿＿ 将于 ＿＿ 前发出。" in list(texts(view["blocks"]))
    known = preset_modal(seen(order_no="O-1"), SHIP, EN)
    assert [block["block_id"] for block in known["blocks"] if block["type"] == "input"] == ["field:promised_at"]
    assert "订单 O-1 将于 ＿＿ 前发出。" in list(texts(known["blocks"]))
    assert known["private_metadata"] == "jd:A-17|ship_by"


def test_a_required_amount_is_prefilled_from_the_order() -> None:
    refund = Preset("refund", {"en": "Refund"}, "退款 {amount} 元", ("amount",))
    assert element(preset_modal(seen(amount="199.00"), refund, EN), "field:amount")["initial_value"] == "199.00"


def test_an_attachment_that_cannot_be_sent_is_explained_not_asked_for() -> None:
    preset = Preset("proof", {"en": "Proof"}, "{description}", ("description", "attachment"))
    without = preset_modal(seen(), preset, ZH)
    assert "field:attachment" not in [block.get("block_id") for block in without["blocks"]]
    assert any("这里无法转交文件，请到后台回复。\n商家后台 ›" in text for text in texts(without["blocks"]))
    assert "submit" not in without, "it can't be sent without its file"
    with_file = preset_modal(seen(), preset, ZH, files=USUAL_RULES)
    assert element(with_file, "field:attachment")["type"] == "file_input"


def test_fields_are_read_by_name() -> None:
    at = int(shanghai("2026-11-23 18:00").timestamp())
    values = {
        "field:promised_at": {"x": {"type": "datetimepicker", "selected_date_time": at}},
        "field:tracking_no": {"x": {"value": " SF123 "}},
        "field:empty": {"x": {"value": None}},
        "field:attachment": {"x": {"files": [{"id": "F1", "name": "单.jpg", "size": 7}]}},
        ids.REPLY_TEXT: {"x": {"value": "not a field"}},
        "another:block": {"x": {"value": "not one either"}},
    }
    assert read_fields(values) == {"promised_at": "2026-11-23T10:00:00Z", "tracking_no": "SF123"}
    assert read_files(values) == (HandedIn("F1", "单.jpg", 7),)


def test_a_preset_goes_out_filled_with_the_time_as_the_platforms_people_read_it() -> None:
    order = seen(order_no="O-1").order
    assert wording.filled(SHIP, order, {"promised_at": "2026-11-23T10:00:00Z"}, jd_pop(), NOW).text == (
        "订单 O-1 将于 11 月 23 日 18:00 前发出。"
    )


def test_a_promise_for_next_year_says_so() -> None:
    text = wording.filled(SHIP, seen(order_no="O-1").order, {"promised_at": "2027-01-03T10:00:00Z"}, jd_pop(), NOW).text
    assert text == "订单 O-1 将于 2027 年 1 月 3 日 18:00 前发出。"


def test_what_has_no_place_in_the_text_follows_it() -> None:
    preset = Preset("x", {}, "已处理。", ("description",))
    assert wording.filled(preset, seen().order, {"description": "补发一件"}, jd_pop(), NOW).text == "已处理。\n补发一件"


@pytest.mark.parametrize("fields", [{}, {"promised_at": "  "}])
def test_a_blank_never_goes_out(fields: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        wording.filled(SHIP, seen(order_no="O-1").order, fields, jd_pop(), NOW)
    assert refused.value.code == "missing_field"
    assert refused.value.facts["block"] == "field:promised_at"


def test_braces_that_somebody_typed_stay_as_they_are() -> None:
    preset = Preset("x", {}, "原因：{description}", ("description",))
    assert wording.filled(preset, seen().order, {"description": "{order_no}"}, jd_pop(), NOW).text == "原因：{order_no}"


def test_the_outage_form_knows_the_cards_shop() -> None:
    view = outage_modal(seen(), EN)
    shops = element(view, ids.OUTAGE_SHOPS)
    assert [option["value"] for option in shops["initial_options"]] == ["jd:10001"]
    assert shops["options"][0]["text"]["text"] == "旗舰店"
    assert view["private_metadata"] == "C0FLAG"
    assert "initial_options" not in element(outage_modal(a_team(), EN), ids.OUTAGE_SHOPS)


def test_the_outage_form_is_read() -> None:
    since, until = shanghai("2026-11-23 14:00"), shanghai("2026-11-23 18:00")
    values = {
        ids.OUTAGE_KIND: {"x": {"selected_option": {"value": "power"}}},
        ids.OUTAGE_SINCE: {"x": {"selected_date_time": int(since.timestamp())}},
        ids.OUTAGE_UNTIL: {"x": {"selected_date_time": int(until.timestamp())}},
        ids.OUTAGE_NOTE: {"x": {"value": " 园区停电 "}},
        ids.OUTAGE_SHOPS: {"x": {"selected_options": [{"value": "jd:10001"}]}},
    }
    assert read_outage(values) == OutageReport(OutageKind.POWER, since, until, "园区停电", ("jd:10001",))
    for change, code in (
        ({ids.OUTAGE_SINCE: {"x": {"selected_date_time": None}}}, "missing_field"),
        ({ids.OUTAGE_UNTIL: {"x": {"selected_date_time": int(since.timestamp())}}}, "until_before_since"),
    ):
        with pytest.raises(Refusal) as refused:
            read_outage({**values, **change})
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        read_outage(values, now=shanghai("2026-11-23 13:00"))
    assert refused.value.code == "since_in_future"


def test_the_consumer_is_whole_for_the_one_who_asked() -> None:
    message = consumer(seen(consumer={"name": "王小明", "contact": "13812345678"}), ZH)
    assert message.text == "工单 A-17 的消费者：王小明，联系方式 13812345678。"


def test_the_whole_text_is_all_there() -> None:
    words = "长" * 7000 + NASTY.strip()
    shown = "".join(
        text
        for block in whole_text(seen(content=words), EN)["blocks"]
        if block["type"] == "rich_text"
        for text in texts(block)
    )
    assert shown.startswith("长" * 7000)
