"""People of another workspace, who share a channel with the team, and guests: told why not, and nothing changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopbot.domain.people import Person
from coopbot.handlers.edge import on_shortcut
from coopbot.handlers.interaction import Shortcut
from coopbot.views import ids
from tests.support.edge import OURS, Edge, edge_on
from tests.support.world import ANA

THEIRS = "T0THEIRS"


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge_on(tmp_path / "edge.db") as made:
        yield made


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Only people of this workspace can act here. Ask a colleague of the team."),
        ("zh-CN", "只有本工作区的成员可以操作，请联系团队同事。"),
    ],
)
async def test_a_click_from_another_workspace_is_refused_with_a_sentence(
    edge: Edge, language: str, sentence: str
) -> None:
    await edge.office.store.run(lambda tx: tx.people.learn([Person(ANA, language=language)]))
    before = await edge.office.order()
    await edge.clicks(ids.CLAIM, THEIRS)
    assert edge.acks == [{}]
    assert edge.whispers == [sentence]
    assert await edge.office.order() == before
    await edge.clicks(ids.CLAIM, OURS)
    claim = (await edge.office.order()).claim
    assert claim is not None
    assert claim.by == ANA


async def test_so_is_a_modal_which_stays_open(edge: Edge) -> None:
    answer = await edge.submits("今天 18:00 前发出", team=THEIRS)
    assert answer["response_action"] == "errors"
    assert "workspace" in answer["errors"][ids.REPLY_TEXT]
    assert (await edge.office.order()).replies == ()


async def test_and_a_shortcut(edge: Edge) -> None:
    body = {"user": {"id": ANA, "team_id": THEIRS}, "callback_id": ids.SEND_AS_ANSWER, "response_url": edge.url}
    await on_shortcut(edge.reception, Shortcut.of(body), edge.ack)  # type: ignore[arg-type]
    await edge.reception.drain()
    assert len(edge.whispers) == 1


async def test_a_guest_of_the_channel_is_told_whom_to_ask(edge: Edge) -> None:
    await edge.office.store.run(lambda tx: tx.people.learn([Person(ANA, name="Ana", language="en", guest=True)]))
    before = await edge.office.order()
    await edge.clicks(ids.CLAIM, OURS)
    assert edge.whispers == ["Guests can read here, not act. Ask somebody of flagship."]
    assert await edge.office.order() == before
