"""A preset with fields, from outside: what is missing or wrong is said at its input, and what is sent has no hole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from coopbot.clock import wall
from coopbot.demo import cast
from coopbot.demo.audience import Person
from coopbot.views import ids
from tests.support.installation import Installation, installation

ORDER = {"shop_id": "10001", "class": "general", "order_no": "O-1"}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as made:
        made.undo = "0s"
        yield made


async def opens(here: Installation, who: Person, number: str, code: str) -> None:
    card = await who.sees(number)
    await who.clicks(await here.has_button(who, card, f"{ids.PRESET}:{code}"), f"{ids.PRESET}:{code}")


async def test_missing_and_wrong_fields_are_refused_in_place_and_the_right_ones_fill_every_hole(
    here: Installation,
) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await here.platform.raises(scene="urge_shipping", **ORDER)
    await opens(here, li, number, "shipped")
    modal = await li.modal("该订单已由＿＿发出，运单号 ＿＿")
    assert [field["block_id"] for field in modal["fields"]] == ["field:courier", "field:tracking_no"]
    assert set(await li.tries({"field:tracking_no": "SF 1"})) == {"field:courier"}  # Slack's own client

    refused = await li.tries({"field:courier": "顺丰速运"})
    assert refused == {"field:tracking_no": "运单号是 8 到 30 位字母或数字，中间没有空格"}
    await li.closes()
    await opens(here, li, number, "shipped")
    kept = (await li.modal())["fields"]
    assert [field["value"] for field in kept] == ["顺丰速运", "SF 1"]
    assert await here.replies() == []

    await li.submits({"field:tracking_no": "SF1234567890123"})
    data = (await here.platform.gets_reply(number))["body"]["data"]
    text = "该订单已由顺丰速运发出，运单号 SF1234567890123，物流信息预计 24 小时内更新。"
    fields = {"courier": "顺丰速运", "tracking_no": "SF1234567890123"}
    assert (data["text"], data["fields"], data["preset_code"]) == (text, fields, "shipped")
    assert len(await here.replies()) == 1


async def test_everything_that_is_wrong_is_said_at_once_and_a_far_promise_is_asked_about(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    number = await here.platform.raises(scene="refund", amount="100.00", **ORDER)
    await opens(here, li, number, "refund_approved")
    assert (await li.modal())["fields"][0]["value"] == "100.00"
    gone, far = wall() - timedelta(hours=1), wall() + timedelta(days=40)
    promised = "field:promised_at"
    refused = await li.tries({"field:amount": "12.345", promised: int(gone.timestamp())})
    assert set(refused) == {"field:amount", promised}
    assert "两位小数" in refused["field:amount"]
    assert "已经过去" in refused[promised]

    await li.submits({"field:amount": "￥120", promised: int(far.timestamp())})
    second = await li.modal("同意退款 120.00 元", "超过订单金额 ¥100.00", "再核对一遍日期", title="确认发送")
    assert second["callback_id"] == ids.ASK_AGAIN_MODAL
    assert await here.replies() == []
    await li.submits({})
    data = (await here.platform.gets_reply(number))["body"]["data"]
    assert "{" not in data["text"]
    assert data["text"].startswith("已同意退款 120.00 元，将于 ")
    assert data["fields"]["amount"] == "120.00"
    assert len(await here.replies()) == 1


async def test_the_platforms_own_names_have_their_inputs_and_typed_braces_stay(here: Installation) -> None:
    await here.serve()
    li = here.person(cast.LI)
    offered = {"code": "P9", "label": "已处理", "requires": ["description", "promised_at", "colour"]}
    number = await here.platform.raises(scene="other", presets=[offered], **ORDER)
    await opens(here, li, number, "P9")
    modal = await li.modal()
    assert [field["type"] for field in modal["fields"]] == ["plain_text_input", "datetimepicker", "plain_text_input"]
    soon = int((wall() + timedelta(hours=5)).timestamp())
    await li.submits({"field:description": "已补发 {order_no}", "field:promised_at": soon, "field:colour": "{amount"})
    data = (await here.platform.gets_reply(number))["body"]["data"]
    lines = data["text"].splitlines()
    assert (lines[:2], lines[3]) == (["已处理", "已补发 {order_no}"], "{amount")
    assert set(data["fields"]) == {"description", "promised_at", "colour"}
