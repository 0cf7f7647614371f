"""Home › Templates, from outside: a lead writes one, a colleague answers with it, the lead retires it."""

from __future__ import annotations

import json
from pathlib import Path

from coopbot.demo import cast
from coopbot.demo.audience import Person
from coopbot.views import ids
from tests.support.installation import installation

PRESET = {"code": "today", "label": "今天 18:00 前发出", "requires": []}
TEXT = "订单 {order_no} 今晚 20:00 前补发,请放心等待"


async def test_a_template_is_written_previewed_used_and_retired(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        await here.serve()
        chen, li = here.person(cast.CHEN), here.person(cast.LI)
        order = {"class": "general", "order_no": "O-1", "presets": [PRESET]}
        number = await here.platform.raises(shop_id="10001", **order)
        card = await li.sees(number)
        assert ids.TEMPLATES not in [each["action_id"] for each in (await li.home())["actions"]]  # no lead

        await chen.home(ids.TEMPLATES)
        await chen.presses(ids.TEMPLATES, at_home=True)
        await chen.modal(title="回复模板")
        await chen.presses(ids.TEMPLATE_NEW)
        await chen.modal(title="新建模板")
        refused = await chen.tries({ids.TEMPLATE_NAME: "今晚补发", ids.TEMPLATE_TEXT: "订单 {order_no"})
        assert "花括号" in refused[ids.TEMPLATE_TEXT]
        await chen.submits({ids.TEMPLATE_NAME: "今晚补发", ids.TEMPLATE_TEXT: TEXT})
        listed = await chen.modal("今晚补发", "已用 0 次", title="回复模板")
        (menu,) = [each for each in listed["actions"] if each["action_id"] == ids.TEMPLATE_DO]
        preview, retire = (each["value"] for each in menu["options"][1:])
        await chen.presses(ids.TEMPLATE_DO, value=preview)
        await chen.modal("订单 O-1 今晚 20:00 前补发", title="预览")
        await chen.closes()
        code = preview.partition("|")[2]

        await li.clicks(card, ids.CLAIM)  # the card is drawn anew, from then on with the template
        await li.clicks(await here.has_button(li, card, f"{ids.PRESET}:{code}"), f"{ids.PRESET}:{code}")
        reply = (await here.platform.gets_reply(number))["body"]["data"]
        assert (reply["text"], reply["preset_code"]) == (TEXT.replace("{order_no}", "O-1"), None)

        await chen.presses(ids.TEMPLATE_DO, value=retire)
        await chen.modal("已停用", "已用 1 次", title="回复模板")


async def test_they_leave_as_a_file_and_come_back_from_one(tmp_path: Path) -> None:
    async with installation(tmp_path, f"sqlite:///{tmp_path}/t.db") as here:
        await here.serve()
        chen = here.person(cast.CHEN)
        await chen.home(ids.TEMPLATES)
        await chen.presses(ids.TEMPLATES, at_home=True)
        await chen.modal(title="回复模板")
        await takes_in(chen, "坏.json", json.dumps([{"name": "今晚补发", "text": "订单 {order_no"}]).encode())
        await chen.modal("没有导入任何模板", "第 1 条", "花括号", title="从文件导入模板")
        await chen.closes()
        await takes_in(chen, "不是.json", b"%PDF-1.7")
        await chen.modal("这不是模板文件")
        await chen.closes()
        await takes_in(chen, "好.json", json.dumps([{"name": "今晚补发", "text": TEXT}]).encode())
        await chen.modal("已导入 1 个模板", title="从文件导入模板")
        await chen.closes()
        await chen.modal("今晚补发", "已用 0 次", title="回复模板")

        await chen.presses(ids.TEMPLATE_EXPORT)
        await chen.modal("文件会通过私信发给你", title="回复模板")
        calls = (await here.audience.get("/control/journal"))["calls"]
        (shared,) = [call for call in calls if call["method"] == "files.completeUploadExternal"]
        assert "1 个模板" in str(shared)
        assert "templates-flagship.json" in str(shared)


async def takes_in(who: Person, name: str, content: bytes) -> None:
    await who.presses(ids.TEMPLATE_IMPORT)
    await who.modal(title="从文件导入模板")
    chosen = await who.uploads(name, content)
    await who.submits({ids.TEMPLATE_FILE: [chosen]})
