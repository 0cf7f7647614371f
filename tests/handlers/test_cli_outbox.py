"""``coopbot outbox`` as an operator runs it, on a real store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from coopbot.clock import wall
from coopbot.domain.intent import Lane, What
from coopbot.handlers.cli_outbox import outbox_commands
from coopbot.ports import Tx
from tests.support.builders import an_intent
from tests.support.databases import a_store


class Terminal:
    def __init__(self, url: str) -> None:
        self.url = url
        self.app = outbox_commands(self.run, wall)

    def run(self, work: Callable[[Tx], Any]) -> Any:
        async def once() -> Any:
            async with a_store(self.url) as store:
                return await store.run(work)

        return asyncio.run(once())

    def says(self, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(self.app, list(words))
        assert done.exit_code == code, done.output
        return done.output


@pytest.fixture
def terminal(database_url: str) -> Terminal:
    made = Terminal(database_url)
    made.run(lambda tx: tx.outbox.add([an_intent(What.CARD, "A", key="card:A"), an_intent(What.NOTE, "B")]))
    return made


def park(tx: Tx) -> str:
    (owed,) = tx.outbox.claim(Lane.CHAT, wall(), 1, 60)
    assert tx.outbox.park(owed, wall(), "invalid_blocks: too long")
    return owed.id


def test_what_is_owed_is_listed_with_the_reason_it_still_is(terminal: Terminal) -> None:
    parked = terminal.run(park)

    assert "note" in terminal.says("list")
    assert parked[:12] not in terminal.says("list")
    listed = terminal.says("list", "parked")
    assert parked[:12] in listed
    assert "invalid_blocks: too long" in listed
    assert "1 parked, 1 pending" in listed
    (line,) = terminal.says("list", "parked", "--json").splitlines()
    assert json.loads(line)["order"] == "jd:A"


def test_one_message_is_shown_by_the_beginning_of_its_id(terminal: Terminal) -> None:
    parked = terminal.run(park)

    shown = json.loads(terminal.says("show", parked[:8]))

    assert (shown["id"], shown["state"], shown["what"]) == (parked, "parked", "card")
    assert "no message 'zzz'" in terminal.says("show", "zzz", code=1)


def test_what_is_parked_is_tried_again_and_found_by_its_first_id(terminal: Terminal) -> None:
    parked = terminal.run(park)

    assert "1 of 1 will be tried again" in terminal.says("retry", "--parked")

    claimed = terminal.run(lambda tx: tx.outbox.claim(Lane.CHAT, wall(), 10, 60))
    assert parked in [owed.id for owed in claimed]
    assert next(owed.attempts for owed in claimed if owed.id == parked) == 1, "an earlier send is looked for"
    assert "under way" in terminal.says("retry", parked, code=1)
    assert "under way" in terminal.says("drop", parked, code=1)


def test_what_was_owed_anew_meanwhile_is_not_owed_twice(terminal: Terminal) -> None:
    parked = terminal.run(park)
    terminal.run(lambda tx: tx.outbox.add([an_intent(What.CARD, "A", key="card:A")]))

    assert "owed anew" in terminal.says("retry", parked, code=1)


def test_a_message_is_given_up_with_a_reason(terminal: Terminal) -> None:
    parked = terminal.run(park)

    terminal.says("drop", parked, "--why", "the shop has closed")

    assert "dropped by the operator: the shop has closed" in terminal.says("list", "dropped")
