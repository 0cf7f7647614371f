"""The control API as async verbs, over HTTP alone: for tests and for the demo's story."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import BytesIO
from types import TracebackType
from typing import Any

import aiohttp

JSON = dict[str, Any]


class SandboxError(Exception):
    """The control API said no: 404 for what is not there, 409 for what a person could not do, 400 for nonsense."""

    def __init__(self, status: int, error: str, detail: str) -> None:
        super().__init__(f"{status} {error}: {detail}")
        self.status = status
        self.error = error
        self.detail = detail


class SandboxClient:
    """``async with SandboxClient(address) as slack: await slack.says("UANA", "CCARE", "hello")``."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> SandboxClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def request(self, verb: str, path: str, body: JSON | None = None, **query: Any) -> Any:
        """Any request under ``/control/``. Raises SandboxError."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        asked = {k: str(v) for k, v in query.items() if v is not None}
        async with self._session.request(verb, f"{self.address}/control/{path}", json=body, params=asked) as answer:
            content = await answer.json()
        if answer.status >= 400:
            raise SandboxError(answer.status, str(content.get("error")), str(content.get("detail") or ""))
        return content

    async def act(self, user: str, verb: str, /, **body: Any) -> JSON:
        """Any act of a person; arguments that are None are left out."""
        wait = body.pop("wait", None)
        given = {k: v for k, v in body.items() if v is not None}
        done: JSON = await self.request("POST", f"users/{user}/{verb}", given, wait=wait)
        return done

    # --- acting ---

    async def says(self, user: str, channel: str, text: str, thread_ts: str | None = None, **more: Any) -> str:
        """The ts of what was said."""
        return str((await self.act(user, "says", channel=channel, text=text, thread_ts=thread_ts, **more))["ts"])

    async def dm(self, user: str, /, text: str | None = None, **to: Any) -> JSON:
        return await self.act(user, "dm", text=text, **to)

    async def commands(self, user: str, channel: str, command: str, text: str = "", **more: Any) -> JSON:
        return await self.act(user, "commands", channel=channel, command=command, text=text, **more)

    async def clicks(self, user: str, /, action_id: str | None = None, **where: Any) -> JSON:
        """``channel`` and ``ts``, or ``view_id``, or ``home=True``; the choice as in docs/sandbox.md."""
        return await self.act(user, "clicks", action_id=action_id, **where)

    async def types(self, user: str, action_id: str, value: Any, **where: Any) -> JSON:
        return await self.act(user, "types", action_id=action_id, value=value, **where)

    async def uploads(self, user: str, name: str, content: bytes) -> JSON:
        """A file for a file input: what Slack knows of it; its ``id`` is the value."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        url = f"{self.address}/control/users/{user}/uploads"
        async with self._session.post(url, params={"name": name}, data=BytesIO(content)) as answer:
            found = await answer.json()
        if answer.status >= 400:
            raise SandboxError(answer.status, str(found.get("error")), str(found.get("detail") or ""))
        return dict(found["file"])

    async def submits(self, user: str, values: JSON | None = None, view_id: str | None = None, **more: Any) -> JSON:
        return await self.act(user, "submits", values=values or {}, view_id=view_id, **more)

    async def closes(self, user: str, view_id: str | None = None, **more: Any) -> JSON:
        return await self.act(user, "closes", view_id=view_id, **more)

    async def opens_home(self, user: str, app_id: str | None = None) -> JSON:
        return await self.act(user, "opens_home", app_id=app_id)

    async def shortcuts(self, user: str, callback_id: str, **on: Any) -> JSON:
        return await self.act(user, "shortcuts", callback_id=callback_id, **on)

    async def joins(self, user: str, channel: str) -> JSON:
        return await self.act(user, "joins", channel=channel)

    async def leaves(self, user: str, channel: str) -> JSON:
        return await self.act(user, "leaves", channel=channel)

    async def reacts(self, user: str, channel: str, ts: str, name: str) -> JSON:
        return await self.act(user, "reacts", channel=channel, ts=ts, name=name)

    # --- seeing ---

    async def sees(self, user: str, channel: str, thread_ts: str | None = None) -> list[JSON]:
        found = await self.request("GET", f"users/{user}/sees", channel=channel, thread_ts=thread_ts)
        return list(found["messages"])

    async def new(self, user: str, since: int, channel: str | None = None) -> list[JSON]:
        """Messages that are new or changed for this person after ``since``."""
        found = await self.request("GET", f"users/{user}/new", channel=channel, since=since)
        return list(found["messages"])

    async def views(self, user: str) -> list[JSON]:
        return list((await self.request("GET", f"users/{user}/views"))["views"])

    async def home(self, user: str, app_id: str | None = None) -> JSON | None:
        found: JSON | None = await self.request("GET", f"users/{user}/home", app_id=app_id)
        return found

    async def conversations(self, user: str) -> list[JSON]:
        return list(await self.request("GET", f"users/{user}/conversations"))

    async def notifications(self, user: str | None = None, since: int = 0) -> list[JSON]:
        return list((await self.request("GET", "notifications", user=user, since=since))["notifications"])

    # --- the world ---

    async def workspace(self) -> JSON:
        found: JSON = await self.request("GET", "workspace")
        return found

    async def put(self, what: str, **fields: Any) -> JSON:
        """Create or change one of ``users``, ``channels``, ``usergroups``."""
        found: JSON = await self.request("POST", what, fields)
        return found

    async def clock(self, **steer: float) -> JSON:
        """``rate``, ``now`` or ``advance`` steer it; without any it is read."""
        found: JSON = await self.request("POST" if steer else "GET", "clock", steer or None)
        return found

    async def limits(self, scale: float = 1.0) -> JSON:
        """0 turns pacing off."""
        found: JSON = await self.request("POST", "limits", {"scale": scale})
        return found

    async def fault(self, fault: str, **more: Any) -> JSON:
        found: JSON = await self.request("POST", "faults", {"fault": fault, **more})
        return found

    async def calm(self) -> None:
        """Disarm every fault."""
        await self.request("DELETE", "faults")

    async def journal(self, since: int = 0, method: str | None = None) -> list[JSON]:
        calls = (await self.request("GET", "journal", since=since))["calls"]
        return [c for c in calls if method in (None, c["method"])]

    async def deliveries(self, since: int = 0, kind: str | None = None) -> list[JSON]:
        found = (await self.request("GET", "deliveries", since=since))["deliveries"]
        return [d for d in found if kind in (None, d["kind"])]

    async def reset(self) -> None:
        await self.request("POST", "reset")

    async def seq(self) -> int:
        return int((await self.request("GET", "seq"))["seq"])

    async def wait(self, since: int, within: float = 10.0) -> int:
        """The number of the last change, once it is above ``since`` or ``within`` real seconds have passed."""
        return int((await self.request("GET", "wait", since=since, timeout=within))["seq"])

    async def until(self, look: Callable[[], Any], within: float = 10.0) -> Any:
        """What ``look()`` (awaited) answers, as soon as it answers something true; it is asked after every change.

        Raises TimeoutError after ``within`` real seconds.
        """
        async with asyncio.timeout(within):
            while True:
                seq = await self.seq()
                found = await look()
                if found:
                    return found
                await self.wait(seq, within)
