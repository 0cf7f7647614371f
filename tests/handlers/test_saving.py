"""A modal closes only when what is in it was saved; otherwise it stays open, with the text and a reason."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from coopbot.services import drafts
from coopbot.views import ids
from tests.support.edge import edge_on
from tests.support.office import A17
from tests.support.world import ANA

TEXT = "今天 18:00 前发出"


async def test_the_database_is_away_between_submit_and_save(tmp_path: Path) -> None:
    """Somebody else holds the file's only write lock for longer than Slack waits."""
    path = tmp_path / "edge.db"
    async with edge_on(path) as edge:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = await edge.submits(TEXT)
            other.execute("ROLLBACK")
        assert answer["response_action"] == "errors"
        assert "your text is still here" in answer["errors"][ids.REPLY_TEXT]
        assert await edge.submits(TEXT) == {}
        assert [reply.text for reply in (await edge.office.order()).replies] == [TEXT]


async def test_a_double_submit_sends_once(tmp_path: Path) -> None:
    async with edge_on(tmp_path / "edge.db") as edge:
        assert await edge.submits(TEXT) == {}
        assert await edge.submits(TEXT) == {}
        assert len((await edge.office.order()).replies) == 1


async def test_what_is_refused_is_a_draft(tmp_path: Path) -> None:
    async with edge_on(tmp_path / "edge.db") as edge:
        answer = await edge.submits("您好")
        assert ids.REPLY_TEXT in answer["errors"]
        assert await edge.office.store.read(drafts.read, edge.office.now, ANA, A17) == "您好"
        assert await edge.submits(TEXT) == {}
        assert await edge.office.store.read(drafts.read, edge.office.now, ANA, A17) == ""
