"""Modals in time: what takes long has a view before it, and what goes wrong meanwhile is said in that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from coopbot.domain.intent import Lane, What
from coopbot.errors import Refusal
from coopbot.handlers import opening
from coopbot.handlers.edge import on_shortcut, on_submit
from coopbot.handlers.interaction import Shortcut, Submission
from coopbot.views import ids
from tests.support.block_kit import texts
from tests.support.edge import OURS, Edge, edge_on
from tests.support.world import ANA, LEAD

VIEW = {"type": "modal", "callback_id": "made", "blocks": []}


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge_on(tmp_path / "edge.db") as made:
        made.reception.modal_within_s = 0.05
        yield made


class Slow:
    """A view that is there when it is let go, or that turns out not to be had."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.go, self.trouble = asyncio.Event(), trouble

    async def __call__(self) -> dict[str, Any]:
        await self.go.wait()
        if self.trouble is not None:
            raise self.trouble
        return VIEW


async def opens(edge: Edge, slow: Slow) -> list[tuple[str, Any]]:
    """Open it, let it go once the loading view is there; the calls of Slack's methods with their views."""
    followup = asyncio.ensure_future(await opening.opening(edge.reception, ANA, "T1", slow()))
    await edge.called.wait()
    slow.go.set()
    await followup
    return [(name, _view(given)) for name, given in edge.calls]


def _view(given: dict[str, Any]) -> Any:
    view = given["view"]
    return json.loads(view) if isinstance(view, str) else view


async def test_what_is_there_in_time_is_opened_at_once(edge: Edge) -> None:
    slow = Slow()
    slow.go.set()
    await (await opening.opening(edge.reception, ANA, "T1", slow()))
    assert [(name, _view(given)["callback_id"]) for name, given in edge.calls] == [("views.open", "made")]


async def test_what_takes_long_comes_in_the_place_of_a_loading_view(edge: Edge) -> None:
    calls = await opens(edge, Slow())
    assert [(name, view["callback_id"]) for name, view in calls] == [
        ("views.open", "loading"),
        ("views.update", "made"),
    ]
    assert (edge.calls[1][1]["view_id"], edge.calls[1][1]["hash"]) == ("V9", "h1")


async def test_a_refusal_and_a_failure_are_said_there(edge: Edge) -> None:
    calls = await opens(edge, Slow(Refusal("unknown_preset")))
    assert "Choose another" in " ".join(texts(calls[-1][1]["blocks"]))
    edge.calls.clear()
    edge.called.clear()
    calls = await opens(edge, Slow(LookupError("broken")))
    assert "give the operator this id" in " ".join(texts(calls[-1][1]["blocks"]))


async def test_before_anything_is_open_a_refusal_is_raised(edge: Edge) -> None:
    slow = Slow(Refusal("unknown_preset"))
    slow.go.set()
    with pytest.raises(Refusal):
        await opening.opening(edge.reception, ANA, "T1", slow())
    assert edge.calls == []


async def test_a_file_that_nobody_can_fetch_does_not_leave_its_modal_loading(edge: Edge) -> None:
    view = {
        "id": "V1",
        "callback_id": ids.TEMPLATE_FILE_MODAL,
        "private_metadata": "flagship",
        "state": {"values": {ids.TEMPLATE_FILE: {ids.TEMPLATE_FILE: {"files": [{"id": "F1", "name": "a.json"}]}}}},
        "blocks": [{"type": "input", "block_id": ids.TEMPLATE_FILE}],
    }
    assert edge.reception.uploads is None, "there is no way to Slack's files here, which nobody has foreseen"
    await on_submit(edge.reception, Submission.of({"user": {"id": LEAD, "team_id": OURS}, "view": view}), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    assert edge.acks[-1]["view"]["callback_id"] == "loading"
    assert [name for name, _ in edge.calls] == ["views.update"]
    assert "give the operator this id" in " ".join(texts(_view(edge.calls[-1][1])["blocks"]))


def said(edge: Edge, thread: str) -> Shortcut:
    body = {
        "user": {"id": ANA, "team_id": OURS},
        "callback_id": ids.SEND_AS_ANSWER,
        "trigger_id": "T1",
        "response_url": edge.url,
        "channel": {"id": "C0FLAG"},
        "message": {"user": ANA, "ts": "2.2", "thread_ts": thread, "text": "今天 18:00 前发出"},
    }
    return Shortcut.of(body)


async def test_under_a_card_that_is_not_recorded_yet_slack_is_asked_which_it_is(edge: Edge) -> None:
    (owed,) = [each for each in await edge.office.claims(Lane.CHAT) if each.intent.what is What.CARD]
    edge.reception.bot_user = "U0BOT"
    card = {"ts": "1.1", "user": "U0BOT", "metadata": {"event_payload": {"intent": owed.id}}}
    edge.answers["conversations.replies"] = {"messages": [card]}
    await on_shortcut(edge.reception, said(edge, "1.1"), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    assert edge.acks == [{}]
    assert [name for name, _ in edge.calls] == ["views.open", "conversations.replies", "views.update"]
    assert _view(edge.calls[-1][1])["callback_id"] == ids.REPLY_MODAL


async def test_under_another_message_it_is_refused_in_the_modal(edge: Edge) -> None:
    (owed,) = [each for each in await edge.office.claims(Lane.CHAT) if each.intent.what is What.CARD]
    edge.reception.bot_user = "U0BOT"
    forged = {"ts": "1.1", "user": "U0EVIL", "metadata": {"event_payload": {"intent": owed.id}}}
    edge.answers["conversations.replies"] = {"messages": [forged]}
    await on_shortcut(edge.reception, said(edge, "1.1"), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    shown = _view(edge.calls[-1][1])
    assert "not on this one" in " ".join(texts(shown["blocks"]))
    assert "submit" not in shown
