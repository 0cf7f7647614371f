"""What falls due in one channel at one time is one message, however many looks and replicas it took."""

from __future__ import annotations

import asyncio

from coopbot.clock import wall
from coopbot.domain.intent import Intent, Priority, What
from coopbot.services import sweep
from tests.delivery.line import FLAG, OPS, Line
from tests.support.office import raising
from tests.support.world import ANA, LEAD, shanghai

ORDERS = 230


async def half_of_their_time_later(line: Line, orders: int) -> None:
    office = line.office
    office.now = shanghai("2026-11-22 22:00")
    for start in range(0, orders, 100):
        numbers = [f"A-{n}" for n in range(start, min(orders, start + 100))]
        await office.take(*(raising(office.now, id=n, work_order_no=n, **{"class": "general"}) for n in numbers))
    await office.sends()
    office.now = shanghai("2026-11-23 10:00")


async def sweeps(line: Line) -> None:
    while (await line.store.run(sweep.sweep, line.office.now, line.office.desk, sweep.BATCH, wall())).more:
        pass


async def test_more_than_a_batch_is_one_message_and_so_are_those_of_two_replicas(line: Line) -> None:
    await half_of_their_time_later(line, ORDERS)
    line.start()
    line.start()
    await asyncio.gather(sweeps(line), sweeps(line))
    await line.settled()
    (post,) = await line.calls()
    assert post["args"]["channel"] == FLAG
    assert post["args"]["text"].startswith(f"{ORDERS} 单待回复")


async def test_a_batch_that_is_not_full_waits_for_nobody(line: Line) -> None:
    await half_of_their_time_later(line, 3)
    await sweeps(line)
    (owed,) = [each for each in await line.office.sends() if each.intent.what is What.REMINDER]
    assert (owed.intent.not_before, len(owed.intent.args["items"])) == (None, 3)


def item(step: str, *called: str, number: str = "A-0") -> dict[str, object]:
    return {"order": f"jd:{number}", "step": step, "missed": [], "called": list(called), "why": "on_call"}


async def test_bundles_that_slack_kept_waiting_are_one_and_the_last_step_of_an_order_speaks_for_all(line: Line) -> None:
    await half_of_their_time_later(line, 2)
    first = [item("0:75", ANA), item("0:75", ANA, number="A-1")]
    second = [item("0:90", LEAD), item("0:90", LEAD, number="A-1")]
    elsewhere = Intent(What.REMINDER, OPS, Priority.REMINDER, args={"items": first})
    bundles = (Intent(What.REMINDER, FLAG, Priority.REMINDER, args={"items": items}) for items in (first, second))
    await line.owe(*bundles, elsewhere)
    line.start()
    await line.settled()
    posts = {post["args"]["channel"]: post["args"] for post in await line.calls()}
    assert len(await line.calls()) == len(posts) == 2
    assert posts[FLAG]["text"].endswith(f"<@{ANA}>（值班）：2 单、<@{LEAD}>（组长）：2 单")
    assert str(posts[FLAG]["blocks"]).count("含此前未发出的提醒：75%") == 2
