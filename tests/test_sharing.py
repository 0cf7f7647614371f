"""Requests that come at once share a unit of work, and none is the worse for its neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from coopbot.domain.event import Answer, PlatformEvent, Verdict
from coopbot.errors import StoreBusy
from coopbot.services import intake
from coopbot.sharing import Sharing
from coopbot.store import OpenStore
from tests.support.builders import MONDAY, an_event, facts
from tests.support.world import a_desk


class Store:
    """Takes what it is given when it is let, and remembers each unit of work."""

    def __init__(self) -> None:
        self.units: list[list[str]] = []
        self.free = asyncio.Event()
        self.poison = ""
        self.busy = False

    async def take(self, events: Sequence[PlatformEvent]) -> Sequence[Answer]:
        self.units.append([event.id for event in events])
        await self.free.wait()
        if self.busy:
            raise StoreBusy("full")
        if self.poison in self.units[-1]:
            raise ValueError(self.poison)
        return [Answer(event.id, Verdict.ACCEPTED) for event in events]


def ids(answers: Sequence[Answer]) -> list[str]:
    return [answer.id for answer in answers]


async def test_what_comes_while_one_is_under_way_goes_sharing_after_it() -> None:
    store = Store()
    sharing = Sharing(store.take, most=500)
    requests = [asyncio.ensure_future(sharing([an_event(f"{n}-{m}") for m in range(n)])) for n in (1, 2, 3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    store.free.set()

    told = await asyncio.gather(*requests)

    assert [ids(answers) for answers in told] == [["1-0"], ["2-0", "2-1"], ["3-0", "3-1", "3-2"]]
    assert store.units[0] + store.units[-1] == [each for answers in told for each in ids(answers)]
    assert len(store.units) <= 2


async def test_a_unit_holds_no_more_than_it_may() -> None:
    store = Store()
    store.free.set()
    sharing = Sharing(store.take, most=4)

    await asyncio.gather(*(sharing([an_event(f"{n}-{m}") for m in range(3)]) for n in range(3)), sharing([]))

    assert max(len(unit) for unit in store.units) <= 4
    await sharing([an_event(f"big-{n}") for n in range(9)])
    assert len(store.units[-1]) == 9, "a request stays whole"


async def test_one_at_fault_fails_alone() -> None:
    store = Store()
    store.poison = "bad"
    sharing = Sharing(store.take, most=500)
    requests = [asyncio.ensure_future(sharing([an_event(name)])) for name in ("first", "good", "bad", "fine")]
    store.free.set()

    told = await asyncio.gather(*requests, return_exceptions=True)

    assert isinstance(told[2], ValueError)
    assert [ids(answers) for answers in (told[0], told[1], told[3]) if not isinstance(answers, BaseException)] == [
        ["first"],
        ["good"],
        ["fine"],
    ]


async def test_a_busy_store_is_told_to_all_and_not_asked_again_for_each() -> None:
    store = Store()
    store.busy = True
    sharing = Sharing(store.take, most=500)
    requests = [asyncio.ensure_future(sharing([an_event(f"{n}")])) for n in range(5)]
    store.free.set()

    told = await asyncio.gather(*requests, return_exceptions=True)

    assert all(isinstance(each, StoreBusy) for each in told)
    assert len(store.units) <= 2


@pytest.mark.parametrize("width", [1, 4])
async def test_the_same_event_from_many_requests_at_once_is_taken_once(store: OpenStore, width: int) -> None:
    desk = a_desk()

    async def take(events: Sequence[PlatformEvent]) -> Sequence[Answer]:
        return await store.run(intake.take, MONDAY, desk, events)

    sharing = Sharing(take, most=500, width=width)
    same = an_event("e-1", data={**facts("W-1"), "kind": "non_dispute"})
    others = [an_event(f"o-{n}", number=f"O-{n}", data=facts(f"O-{n}")) for n in range(20)]
    told = await asyncio.gather(*(sharing([same, other]) for other in others))

    verdicts = [answers[0].status for answers in told]
    assert verdicts.count(Verdict.ACCEPTED) == 1
    assert verdicts.count(Verdict.DUPLICATE) == 19
    assert [answers[1].status for answers in told] == [Verdict.ACCEPTED] * 20
