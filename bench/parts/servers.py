"""The baselines, each a server in its own process: ``python -m bench.parts.servers NAME PORT DATABASE``."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.parts.traffic import SECRET, SIGNING

Mount = Callable[[web.Application, str], Awaitable[None]]


async def empty(app: web.Application, _: str) -> None:
    """aiohttp alone."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app.router.add_post("/slack/events", answer)


def _bolt(**given: Any) -> Any:
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B", bot_user_id="U")

    return AsyncApp(signing_secret=SIGNING, authorize=authorize, **given)


def _serve_bolt(app: web.Application, bolt: Any) -> None:
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app.router.add_post("/slack/events", receive)


async def bolt_default(app: web.Application, _: str) -> None:
    bolt = _bolt()

    @bolt.action("claim")
    async def claim(ack: Any) -> None:
        await ack()

    _serve_bolt(app, bolt)


async def bolt_early(app: web.Application, _: str) -> None:
    bolt = _bolt(process_before_response=True)

    @bolt.action("claim")
    async def claim(ack: Any) -> None:
        await ack()

    _serve_bolt(app, bolt)


def _edge(app: web.Application, actions: int) -> None:
    """Our own edge with so many actions, which do nothing."""
    from slack_sdk.web.async_client import AsyncWebClient

    from coopbot.clock import SystemClock
    from coopbot.handlers import edge, slack_http
    from coopbot.handlers.reception import Reception

    async def nothing(*_: Any) -> None:
        return None

    edge.ACTIONS = {"claim": nothing} | {f"action_{n}": nothing for n in range(1, actions)}  # type: ignore[misc]
    behind: Any = None
    client = AsyncWebClient(token="xoxb-1")
    reception = Reception(behind, behind, SystemClock(), behind, client, lambda: None, behind)
    slack_http.mount(app, edge.bolt(reception, client), SIGNING)


async def edge_1(app: web.Application, _: str) -> None:
    _edge(app, 1)


async def edge_100(app: web.Application, _: str) -> None:
    _edge(app, 100)


def _models() -> tuple[Any, Any, Any]:
    class Base(DeclarativeBase):
        pass

    class Order(Base):
        __tablename__ = "bench_order"
        id: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[str] = mapped_column(unique=True)
        claimed_by: Mapped[str] = mapped_column(default="")
        data: Mapped[str] = mapped_column(Text, default="")

    class Event(Base):
        __tablename__ = "bench_event"
        id: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[str] = mapped_column(index=True)
        what: Mapped[str]

    return Base, Order, Event


async def _sessions(database: str) -> tuple[Any, Any, Any]:
    from sqlalchemy import event
    from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

    driver = database.replace("sqlite://", "sqlite+aiosqlite://").replace("postgresql://", "postgresql+psycopg://")
    engine = create_async_engine(driver)
    if driver.startswith("sqlite"):

        @event.listens_for(engine.sync_engine, "connect")
        def settings(connection: Any, _: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

    base, order, happened = _models()
    async with engine.begin() as connection:
        await connection.run_sync(base.metadata.create_all)
    return async_sessionmaker(engine, expire_on_commit=False), order, happened


async def bolt_orm(app: web.Application, database: str) -> None:
    """What most bots do: Bolt as it comes, and an ORM session for each click."""
    from sqlalchemy import select

    sessions, order, happened = await _sessions(database)
    bolt = _bolt()

    @bolt.action("claim")
    async def claim(ack: Any, body: dict[str, Any]) -> None:
        number = body["actions"][0]["value"]
        async with sessions() as session:
            found = (await session.execute(select(order).where(order.number == number))).scalar_one_or_none()
            if found is None:
                found = order(number=number)
                session.add(found)
            found.claimed_by = body["user"]["id"]
            session.add(happened(number=number, what="claimed"))
            await session.commit()
        await ack()

    _serve_bolt(app, bolt)


async def intake_none(app: web.Application, _: str) -> None:
    """Our own edge, and nothing behind it."""
    from coopbot.config.profiles import named_profile
    from coopbot.domain.event import Answer, Verdict
    from coopbot.handlers import webhooks
    from coopbot.platforms.standard import Standard

    async def take(events: Any) -> Any:
        return [Answer(event.id, Verdict.ACCEPTED) for event in events]

    async def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the bench does not read")

    inbound = Standard({"jd": (SECRET,)}, named_profile("jd-pop").classes)
    webhooks.mount(app, inbound, take=take, read_tokens={}, one=never, many=never)


async def intake_orm(app: web.Application, database: str) -> None:
    """An ORM session for each request: look whether it is known, add it and what is owed, commit."""
    from sqlalchemy import select
    from sqlalchemy.exc import IntegrityError
    from standardwebhooks import Webhook

    sessions, order, happened = await _sessions(database)
    hook = Webhook(SECRET)

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        hook.verify(body, dict(request.headers))
        given = json.loads(body)
        async with sessions() as session:
            for each in given if isinstance(given, list) else [given]:
                number = each["data"]["work_order_no"]
                if (await session.execute(select(order).where(order.number == number))).scalar_one_or_none() is None:
                    session.add(order(number=number, data=json.dumps(each["data"])))
                    session.add(happened(number=number, what="card owed"))
            try:
                await session.commit()
            except IntegrityError:
                return web.Response(status=500)
        return web.json_response({"results": []})

    app.router.add_post("/platform/v1/events", take)


SERVERS: dict[str, Mount] = {
    each.__name__: each
    for each in (empty, bolt_default, bolt_early, bolt_orm, edge_1, edge_100, intake_none, intake_orm)
}


async def main(name: str, port: int, database: str) -> None:
    app = web.Application(client_max_size=2**20)
    await SERVERS[name](app, database)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
