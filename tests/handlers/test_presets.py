"""A preset out of a menu, whose dialog can't show the text: a sensitive one is shown whole before it is sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from coopbot.domain.template import Template
from coopbot.domain.work_order import OrderKey
from coopbot.handlers.edge import on_click, on_submit
from coopbot.handlers.interaction import Click, Submission
from coopbot.services import templates
from coopbot.views import ids
from tests.support.block_kit import texts
from tests.support.edge import OURS, Edge, edge_on
from tests.support.office import raising
from tests.support.world import ANA, LEAD

READY = [{"code": f"p{n}", "label": f"第 {n} 种办法,今天 18:00 前办好"} for n in range(6)]


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge_on(tmp_path / "edge.db") as made:
        for number, code in (("A-18", "general"), ("A-19", "crc")):
            order = {"work_order_no": number, "class": code, "presets": READY}
            await made.office.take(raising(made.office.now, **order))
        yield made


async def chooses(edge: Edge, number: str, code: str) -> None:
    body = {
        "user": {"id": ANA, "name": "ana", "team_id": OURS},
        "actions": [
            {
                "action_id": ids.PRESET_MENU,
                "block_id": f"{ids.PRESETS_BLOCK}|jd:{number}",
                "selected_option": {"value": code},
                "action_ts": "1",
            }
        ],
        "trigger_id": "T1",
        "response_url": edge.url,
    }
    await on_click(edge.reception, Click.of(body), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()


async def presses(edge: Edge, number: str, code: str) -> None:
    action = {"action_id": ids.preset_action(code), "value": f"jd:{number}", "action_ts": "2"}
    body = {"user": {"id": ANA, "team_id": OURS}, "actions": [action], "trigger_id": "T1", "response_url": edge.url}
    await on_click(edge.reception, Click.of(body), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()


@pytest.mark.parametrize(("number", "asked"), [("A-18", False), ("A-19", True)])
async def test_one_too_long_for_its_buttons_dialog_is_shown_whole_or_can_be_stopped(
    edge: Edge, number: str, asked: bool
) -> None:
    long = Template("", "长", "今天 18:00 前办好," * 30)
    office = edge.office
    made = await office.store.run(templates.save, office.now, office.desk, LEAD, "flagship", long)
    await presses(edge, number, made.code)
    if asked:
        ((name, given),) = edge.calls
        assert (name, long.text in json.dumps(given, ensure_ascii=False)) == ("views.open", True)
        assert await replies(edge, number) == []
    else:
        (reply,) = (await office.sees(OrderKey("jd", number))).order.replies
        assert (reply.text, reply.grace_s) == (long.text, 10)


async def replies(edge: Edge, number: str) -> list[str]:
    seen = await edge.office.sees(OrderKey("jd", number))
    return [reply.text for reply in seen.order.replies]


async def test_an_ordinary_one_leaves_after_the_menus_own_dialog(edge: Edge) -> None:
    await chooses(edge, "A-18", "p2")
    assert edge.calls == []
    assert await replies(edge, "A-18") == ["第 2 种办法,今天 18:00 前办好"]


async def test_a_crc_one_is_shown_whole_and_leaves_once_asked_about(edge: Edge) -> None:
    await chooses(edge, "A-19", "p2")
    ((name, given),) = edge.calls
    view: dict[str, Any] = json.loads(given["view"]) if isinstance(given["view"], str) else given["view"]
    assert (name, view["callback_id"]) == ("views.open", ids.ASK_AGAIN_MODAL)
    assert "第 2 种办法,今天 18:00 前办好" in list(texts(view["blocks"]))
    assert await replies(edge, "A-19") == []
    body = {"user": {"id": ANA, "team_id": OURS}, "view": {**view, "id": "V9", "state": {"values": {}}}}
    await on_submit(edge.reception, Submission.of(body), edge.ack)  # type: ignore[arg-type]
    assert edge.acks[-1] == {"response_action": "clear"}
    assert await replies(edge, "A-19") == ["第 2 种办法,今天 18:00 前办好"]
