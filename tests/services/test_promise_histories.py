"""Whatever happens to an answer that promises something: one promise, one end, each word said once.

Generated histories, with the store closed and opened again on the way; the tick looks at odd moments.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopbot.domain.promise import Evidence, PromiseState
from coopbot.domain.work_order import Entry, Kind
from coopbot.errors import Refusal
from coopbot.services import answering, promises
from coopbot.services.answering import Draft
from tests.support.databases import a_store
from tests.support.office import A17, Office, event, raising
from tests.support.world import ANA, BEN, a_desk, shanghai

START = shanghai("2026-11-23 10:00")
ACTS = (
    *("keep", "give_up", "hand_over", "urged", "closed", "voided", "rejected", "accepted", "sweep", "restart"),
    *("late voided", "late rejected"),
)
LATE = timedelta(minutes=40)
"""How old an event is that the platform tells late."""
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 90)), max_size=8)
"""What is done, and how many minutes after what was done before."""


async def does(office: Office, act: str, number: int) -> None:
    """One act; what is refused changes nothing."""
    run, now, desk = office.store.run, office.now, office.desk
    at = max(START, now - LATE) if act.startswith("late ") else now
    with suppress(Refusal):
        match act.removeprefix("late "):
            case "keep":
                await run(promises.keep, now, desk, BEN, A17, "r1", Evidence("已办"))
            case "give_up":
                await run(promises.give_up, now, desk, ANA, A17, "r1", "缺货")
            case "hand_over":
                await run(promises.hand_over, now, desk, ANA, A17, BEN)
            case "rejected" | "accepted":
                kind = f"work_order.reply_{act.removeprefix('late ')}"
                await office.take(event(kind, at, id=f"e{number}", reply_id="r1", reason="x"))
            case "urged" | "closed" | "voided":
                await office.take(event(f"work_order.{act.removeprefix('late ')}", at, id=f"e{number}"))
            case "sweep":
                await office.sweep()


def expected(log: tuple[Entry, ...], due: datetime) -> PromiseState:
    """By hand: what somebody wrote down, else what the platform ended in time, else it is broken at its due time."""
    for entry in log:
        if entry.kind in (Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN):
            return PromiseState.KEPT if entry.kind is Kind.PROMISE_KEPT else PromiseState.BROKEN
    verdicts = [each for each in log if each.kind in (Kind.REPLY_REJECTED, Kind.REPLY_ACCEPTED)]
    last = max(verdicts, key=lambda each: (each.at, each.kind is Kind.REPLY_ACCEPTED), default=None)
    dropped = [each.at for each in log if each.kind is Kind.VOIDED][:1]
    dropped += [last.at] if last is not None and last.kind is Kind.REPLY_REJECTED else []
    return PromiseState.DROPPED if any(at <= due for at in dropped) else PromiseState.BROKEN


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, due_in=st.integers(1, 300))
async def test_one_promise_one_end(steps: list[tuple[str, int]], due_in: int) -> None:
    due = START + timedelta(minutes=due_in)
    with TemporaryDirectory() as folder:
        url, now, left = f"sqlite:///{Path(folder, 'p.db')}", START, list(enumerate(steps))
        async with a_store(url) as store:
            office = Office(store, a_desk(), START)
            await office.take(raising(START))
            draft = Draft("将尽快发出", "ship_by", {"promised_at": due.isoformat()})
            await store.run(answering.answer, START, office.desk, ANA, A17, draft, "r1")
            await office.delivers_reply()
        while left:
            async with a_store(url) as store:
                office = Office(store, a_desk(), now)
                while left:
                    number, (act, minutes) = left.pop(0)
                    office.later(minutes=minutes)
                    if act == "restart":
                        break
                    await does(office, act, number)
                now = office.now
        async with a_store(url) as store:
            office = Office(store, a_desk(), max(now, due) + timedelta(days=2))
            await office.sweep()
            await office.sweep()
            seen = await office.sees()
            assert await store.read(lambda tx: tx.orders.promising(channel="C0FLAG")) == []

    (promise,) = seen.promises
    assert promise.state is expected(seen.order.log, due)
    said = Counter(entry.data["rung"] for entry in seen.order.log if "promise:" in entry.key)
    assert set(said.values()) <= {1}
    ended = [entry for entry in seen.order.log if entry.kind in (Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN)]
    assert len(ended) == (promise.state in (PromiseState.KEPT, PromiseState.BROKEN))
    assert promise.ended_at is not None
    assert promise.why != "due" or promise.ended_at > due
