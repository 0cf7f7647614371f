"""The platform console: a marketplace's side of the contract, to sit at by hand or to drive from a test.

It raises work orders over signed HTTP, takes the bot's replies, decides on them, and keeps a journal of both.
Event times come from the clock it is given; signatures from real time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from coopbot.sandbox.clock import real_now
from coopbot.sandbox.console_events import Events, rfc3339
from coopbot.sandbox.console_faults import Faults
from coopbot.sandbox.console_journal import Entry, Journal
from coopbot.sandbox.console_orders import NotNow, Order, Orders
from coopbot.sandbox.console_post import Post
from coopbot.sandbox.console_stream import Stream

_MODES = ("hold", "accept", "reject")


class Console:
    """One platform connection: its shops, its secret, its work orders."""

    def __init__(
        self,
        events_url: str,
        secret: str,
        shops: Sequence[tuple[str, str]] = (("10001", "旗舰店"),),
        clock: Callable[[], datetime] = lambda: datetime.fromtimestamp(real_now(), UTC),
        confirms: bool = True,
    ) -> None:
        """``secret``: ``whsec_<base64>``. ``confirms``: replies are accepted or rejected after they were taken."""
        self.secret = secret
        self.shops = tuple(shops)
        self.confirms = confirms
        self.clock = clock
        self.orders = Orders()
        self.journal = Journal(clock)
        self.faults = Faults()
        self.closing = asyncio.Event()
        self.mode = "hold"
        self.delay = 0.0
        self._events = Events(shops)
        self._post = Post(events_url, secret, self.journal, self.orders, real_now)
        self.stream = Stream(self.raise_order, self._urge, lambda: [one.work_order_no for one in self.orders.waiting()])
        self._deciding: set[asyncio.Task[None]] = set()

    def post_to(self, events_url: str) -> None:
        """From now on events go there: the bot may have come up after the console."""
        self._post.url = events_url

    async def close(self) -> None:
        """Stop the stream and everything that waits."""
        self.closing.set()
        await self.journal.close()
        await self.stream.stop()
        for task in self._deciding:
            task.cancel()
        await asyncio.gather(*self._deciding, return_exceptions=True)
        await self._post.close()

    def now(self) -> str:
        return rfc3339(self.clock())

    async def raise_order(self, asked: Mapping[str, Any]) -> Entry:
        """Raise one; what is not asked for is made up."""
        return await self.send(self._events.raised(asked, self.clock()), asked)

    async def about(self, verb: str, asked: Mapping[str, Any]) -> Entry:
        """Urge, close, void, time out, or answer elsewhere. Raises NotNow for an order that was never raised."""
        order = self._order(asked)
        return await self.send(self._events.about(verb, order.work_order_no, asked, self.clock()), asked)

    async def decide(self, accepted: bool, asked: Mapping[str, Any]) -> Entry:
        """Accept or reject a reply: the last one, or the ``reply_id`` asked for. Raises NotNow where there is none."""
        order = self._order(asked)
        replies = [one for one in order.replies if asked.get("reply_id") in (None, one.reply_id)]
        if not replies:
            raise NotNow("there is no reply to decide on")
        event = self._events.decided(
            accepted, order.work_order_no, replies[-1].reply_id, asked.get("reason"), self.clock()
        )
        return await self.send(event, asked)

    async def money(self, kind: str, asked: Mapping[str, Any]) -> Entry:
        """``penalty``, ``settlement`` or ``deposit``."""
        make = {"penalty": self._events.penalty, "settlement": self._events.settlement, "deposit": self._events.deposit}
        return await self.send(make[kind](asked, self.clock()), asked)

    async def send(self, body: Any, options: Mapping[str, Any]) -> Entry:
        """Send an event or an array as it is. ``options``: ``signature`` bad | stale | missing, ``duplicate`` true."""
        own = body.get("id") if isinstance(body, Mapping) else None
        message_id = str(options.get("webhook_id") or own or f"msg-{self.journal.seq + 1}-{int(real_now() * 1000)}")
        entry = await self._post.send(body, message_id=message_id, options=options)
        if options.get("duplicate"):
            entry = await self._post.send(body, message_id=message_id, options=options)
        return entry

    def decide_by_itself(self, mode: str, delay: float) -> None:
        """``hold``, or ``accept`` / ``reject`` each reply ``delay`` real seconds later. Raises ValueError otherwise."""
        if mode not in _MODES or delay < 0:
            raise ValueError(f"auto is one of {', '.join(_MODES)}, delay 0 or more seconds")
        self.mode, self.delay = mode, delay

    def replied(self, order: Order) -> None:
        """A reply was taken: decide on it by itself, where that is the mode."""
        if self.confirms and self.mode != "hold":
            task = asyncio.create_task(self._decide_later(self.mode == "accept", order.work_order_no))
            self._deciding.add(task)
            task.add_done_callback(self._deciding.discard)

    async def _decide_later(self, accepted: bool, number: str) -> None:
        await asyncio.sleep(self.delay)
        await self.decide(accepted, {"work_order_no": number})

    async def _urge(self, number: str) -> Entry:
        return await self.about("urge", {"work_order_no": number})

    async def let_go(self, _: web.Application) -> None:
        """Answer whoever still waits: the server is about to stop."""
        self.closing.set()
        await self.journal.close()

    def _order(self, asked: Mapping[str, Any]) -> Order:
        order = self.orders.get(str(asked.get("work_order_no", "")))
        if order is None:
            raise NotNow(f"no such work order: {asked.get('work_order_no')!r}")
        return order
