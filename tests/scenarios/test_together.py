"""One answer for three orders of one kind, one of which somebody else takes in between."""

from __future__ import annotations

from pathlib import Path

from coopbot.demo import cast
from coopbot.views import ids
from tests.support.installation import installation

TEXT = "订单 {order_no} 今晚 20:00 前补发,请放心等待"


async def test_a_group_is_answered_and_what_changed_in_between_is_left_and_named(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        await here.serve()
        chen, wang = here.person(cast.CHEN), here.person(cast.WANG)
        numbers = []
        for n in range(3):
            order = {"class": "general", "title": "连衣裙 A1", "scene": "urge_shipping", "order_no": f"O-{n}"}
            numbers.append(await here.platform.raises(shop_id="10001", **order))
            card = await chen.sees(numbers[-1])
        await chen.clicks(await here.has_button(chen, card, ids.TOGETHER), ids.TOGETHER)
        await chen.modal(title="一并回复")
        await chen.submits({ids.REPLY_TEXT: TEXT})
        preview = await chen.modal(title="发送 3 条回复")
        assert all(f"订单 O-{n} 今晚" in preview["text"] for n in range(3))
        assert await here.replies() == []

        await wang.clicks(await wang.sees(numbers[1]), ids.CLAIM)
        await chen.submits({})
        told = await chen.modal("已发出 2 条回复", title="一并回复")
        assert numbers[1] in told["text"]
        for number, order_no in ((numbers[0], "O-0"), (numbers[2], "O-2")):
            reply = await here.platform.gets_reply(number)
            assert reply["body"]["data"]["text"] == TEXT.replace("{order_no}", order_no)
        assert len(await here.replies()) == 2
