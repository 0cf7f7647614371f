"""Whatever order a platform's events arrive in, doubled, late, with restarts between: the same as in one piece.

Generated histories are delivered to a store that is closed and opened again on the way; state, rungs and ledger must
equal those of an office that heard everything once and in order, and then looked at the same instants.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopbot.domain.event import PlatformEvent, Verdict
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Kind, OrderKey
from tests.support.databases import a_store
from tests.support.office import Office, event, raising
from tests.support.world import a_desk, shanghai

START = shanghai("2026-11-23 09:30")
LOOKS = tuple(START + timedelta(hours=hours) for hours in (3, 5, 8, 30))
"""When both offices sweep, after everything has been heard."""

KINDS = ("urged", "newer", "answered_elsewhere", "timed_out", "closed", "voided")
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 150)), max_size=6)
History = Sequence[tuple[str, int]]


def history_of(number: str, steps: History, order_class: str) -> list[PlatformEvent]:
    """An order raised, and what the platform then said, minutes after the start; in the order of its own clock."""
    made = [raising(START, id=f"{number}-0", work_order_no=number, **{"class": order_class})]
    version = 1
    for index, (kind, minutes) in enumerate(sorted(steps, key=lambda step: step[1]), 1):
        at, name = START + timedelta(minutes=minutes), f"{number}-{index}"
        if kind == "newer":
            version += 1
            facts: dict[str, Any] = {"content": f"version {version}", "class": order_class}
            made.append(raising(START, id=name, version=version, work_order_no=number, **facts))
        else:
            more: dict[str, Any] = {"count": index} if kind == "urged" else {"reason": "why"}
            made.append(event(f"work_order.{kind}", at, id=name, number=number, **more))
    return made


def shown(seen: Seen) -> dict[str, Any]:
    """What may be said of an order without saying how its events arrived."""
    order = seen.order
    ladder = {entry.key: (entry.kind, entry.at) for entry in order.log if entry.kind in _LADDER}
    return {
        "state": seen.state,
        "ending": order.ending and (order.ending.kind, order.ending.at),
        "facts": (order.facts.content, order.facts.version),
        "urged": order.urged,
        "due": seen.due.at,
        "ladder": ladder,
    }


_LADDER = (Kind.REMINDED, Kind.SUPERSEDED, Kind.BREACHED)


async def looks(office: Office, keys: Sequence[OrderKey]) -> list[dict[str, Any]]:
    for office.now in LOOKS:
        while (await office.sweep()).more:
            pass
    told = []
    for key in keys:
        ledger = [(entry.kind, entry.state, entry.at, entry.month) for entry in await office.ledger(key)]
        told.append({**shown(await office.sees(key)), "ledger": ledger})
    return told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
async def test_arrival_makes_no_difference(data: st.DataObject) -> None:
    histories = [
        history_of(f"H-{index}", data.draw(STEPS), data.draw(st.sampled_from(("crc", "general")))) for index in range(2)
    ]
    events = [each for history in histories for each in history]
    doubled = events + data.draw(st.lists(st.sampled_from(events), max_size=5))
    arriving = data.draw(st.permutations(doubled))
    batches = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=6))
    restarts = data.draw(st.sets(st.integers(0, len(arriving)), max_size=3))
    keys = [OrderKey("jd", f"H-{index}") for index in range(2)]
    heard_at = START + timedelta(minutes=155)

    with TemporaryDirectory() as folder:
        async with a_store(f"sqlite:///{Path(folder, 'plain.db')}") as store:
            office = Office(store, a_desk(), heard_at)
            await office.take(*events)
            plain = await looks(office, keys)
        url = f"sqlite:///{Path(folder, 'shuffled.db')}"
        await deliver(url, heard_at, arriving, batches, restarts)
        async with a_store(url) as store:
            shuffled = await looks(Office(store, a_desk(), heard_at), keys)

    assert shuffled == plain


async def deliver(
    url: str, now: datetime, arriving: Sequence[PlatformEvent], batches: Sequence[int], restarts: set[int]
) -> None:
    """In batches of these sizes, over and over; the store is closed and opened again where a restart falls."""
    at = turn = 0
    while at < len(arriving):
        async with a_store(url) as store:
            office = Office(store, a_desk(), now)
            while at < len(arriving):
                size = batches[turn % len(batches)]
                answers = await office.take(*arriving[at : at + size])
                assert {answer.status for answer in answers} <= {Verdict.ACCEPTED, Verdict.DUPLICATE}, answers
                before, at, turn = at, at + size, turn + 1
                if any(before < restart <= at for restart in restarts):
                    break
