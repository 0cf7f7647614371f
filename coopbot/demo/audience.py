"""The people of the demo, over HTTP alone: they see and act as the workspace shows and lets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp

from coopbot.clock import monotonic

PATIENCE_S = 30.0
Json = dict[str, Any]


class NotSeen(AssertionError):
    """Somebody did not see, in time, what they were to see; the text has what they saw instead."""


@dataclass
class Audience:
    """Talks to the sandbox's control API and the console; every wait ends after :data:`PATIENCE_S` real seconds."""

    address: str
    session: aiohttp.ClientSession
    marks: dict[str, int] = field(default_factory=dict)

    async def get(self, path: str, **query: Any) -> Json:
        async with self.session.get(self.address + path, params={k: v for k, v in query.items() if v}) as answer:
            return await _body(answer)

    async def post(self, path: str, body: Mapping[str, Any]) -> Json:
        async with self.session.post(self.address + path, json=dict(body)) as answer:
            return await _body(answer)

    def person(self, user: str, channel: str) -> Person:
        return Person(self, user, channel)

    async def seq(self) -> int:
        return int((await self.get("/control/seq"))["seq"])

    async def until(self, what: str, look: Callable[[], Any]) -> Any:
        """Look again after each change of the workspace or the console, until ``look`` finds something."""
        ends = monotonic() + PATIENCE_S
        while True:
            since = await self.seq()
            found, instead = await look()
            if found is not None:
                return found
            if monotonic() > ends:
                raise NotSeen(f"{what}; instead:\n{instead}")
            await self.get("/control/wait", since=since, timeout="0.3")


@dataclass(frozen=True)
class Person:
    """Somebody in a channel."""

    audience: Audience
    user: str
    channel: str

    async def sees(self, *words: str, thread: bool = False, button: str = "") -> Json:
        """The newest message, or thread reply, that says all of ``words``; with ``button``, that has it."""

        async def look() -> tuple[Json | None, str]:
            messages = await self._messages()
            said = [reply for message in messages for reply in message["replies"]] if thread else messages
            found = [message for message in said if all(word in _words(message) for word in words)]
            if button:
                found = [message for message in found if button in [each["action_id"] for each in message["actions"]]]
            return (found[-1] if found else None), "\n--\n".join(_words(message) for message in said)

        seen: Json = await self.audience.until(f"{self.user} sees {words} in {self.channel}", look)
        return seen

    async def message(self, ts: str) -> Json:
        """The message with this ts, as it is now."""
        found = [message for message in await self._messages() if message["ts"] == ts]
        if not found:
            raise NotSeen(f"{self.user} sees no message {ts} in {self.channel}")
        return found[0]

    async def is_called(self, since: int, *words: str) -> Json:
        """The notification by mention that reaches this person after ``since``."""

        async def look() -> tuple[Json | None, str]:
            told = await self.audience.get("/control/notifications", user=self.user, since=since)
            found = [
                each
                for each in told["notifications"]
                if each["why"] == "mention" and all(word in each["text"] for word in words)
            ]
            return (found[-1] if found else None), str(told["notifications"])

        seen: Json = await self.audience.until(f"{self.user} is called with {words}", look)
        return seen

    async def chooses(self, message: Json, menu: str, value: str) -> Json:
        """Choose in a menu of the message."""
        return await self.clicks(message, menu, value=value)

    async def clicks(self, message: Json, action: str, **chosen: str) -> Json:
        """Press the button with this action_id (or its part before the colon), and confirm where it asks."""
        button = next((a for a in message["actions"] if action in (a["action_id"], a["action_id"].split(":")[0])), None)
        if button is None:
            raise NotSeen(f"{self.user} has no button {action!r} on:\n{_words(message)}")
        press = {"action_id": button["action_id"], "block_id": button["block_id"], "confirm": True, **chosen}
        done = await self._does("clicks", {"channel": self.channel, "ts": message["ts"], **press})
        return {**done, "button": button}

    async def modal(self, *words: str, title: str = "") -> Json:
        """The modal on top, once it has this title and says all of ``words``."""

        async def look() -> tuple[Json | None, str]:
            views = (await self.audience.get(f"/control/users/{self.user}/views"))["views"]
            top = views[-1] if views else None
            fits = top and title in ("", top["title"]) and all(word in top["text"] for word in words)
            return (top if fits else None), f"{top['title']}\n{top['text']}" if top else "no modal"

        seen: Json = await self.audience.until(f"{self.user} sees a modal {title} {words}", look)
        return seen

    async def home(self, action: str = "") -> Json:
        """The bot's Home, opened, once it has a button with this action_id."""
        await self._does("opens_home", {})

        async def look() -> tuple[Json | None, str]:
            view = await self.audience.get(f"/control/users/{self.user}/home")
            there = [each["action_id"] for each in (view or {}).get("actions") or ()]
            return (view if view and (not action or action in there) else None), str(view and view["text"])

        seen: Json = await self.audience.until(f"{self.user} sees Home with {action}", look)
        return seen

    async def presses(self, action: str, *, at_home: bool = False, **chosen: str) -> Json:
        """Press or choose in the modal on top, or at Home."""
        where = {"home": True} if at_home else {"view_id": (await self.modal())["id"]}
        return await self._does("clicks", {**where, "action_id": action, **chosen})

    async def tries(self, values: Mapping[str, Any]) -> Mapping[str, str]:
        """Submit what is refused; returns what is said, by block."""
        done = await self.audience.post(f"/control/users/{self.user}/submits", {"values": dict(values)})
        errors: Mapping[str, str] = done.get("errors") or {}
        return errors

    async def submits(self, values: Mapping[str, Any]) -> Json:
        return await self._does("submits", {"values": dict(values)})

    async def uploads(self, name: str, content: bytes) -> str:
        """Put a file into a file input; returns the value to submit."""
        url = f"{self.audience.address}/control/users/{self.user}/uploads"
        async with self.audience.session.post(url, params={"name": name}, data=BytesIO(content)) as answer:
            return str((await _body(answer))["file"]["id"])

    async def types(self, action: str, text: str) -> Json:
        """Put ``text`` into the modal's field with this action_id, without submitting."""
        return await self._does("types", {"action_id": action, "value": text})

    async def closes(self) -> Json:
        return await self._does("closes", {})

    async def says(self, text: str, under: str | None = None) -> str:
        """Say something in the channel, or in the thread ``under``; returns its ts."""
        done = await self._does("says", {"channel": self.channel, "text": text, "thread_ts": under})
        return str(done["ts"])

    async def edits(self, ts: str, text: str) -> Json:
        return await self._does("edits", {"channel": self.channel, "ts": ts, "text": text})

    async def deletes(self, ts: str) -> Json:
        return await self._does("deletes", {"channel": self.channel, "ts": ts})

    async def shortcut(self, callback_id: str, ts: str) -> Json:
        """A shortcut out of a message's menu."""
        return await self._does("shortcuts", {"callback_id": callback_id, "channel": self.channel, "ts": ts})

    async def commands(self, command: str) -> Json:
        """A slash command that opens a form."""
        word, _, text = command.partition(" ")
        return await self._does("commands", {"channel": self.channel, "command": word, "text": text})

    async def asks(self, command: str) -> Json:
        """A slash command; its answer is only for the asker."""
        since = await self.audience.seq()
        await self.commands(command)

        async def look() -> tuple[Json | None, str]:
            new = await self.audience.get(f"/control/users/{self.user}/new", channel=self.channel, since=since)
            whispers = [message for message in new["messages"] if message["ephemeral"]]
            return (whispers[-1] if whispers else None), str(new)

        seen: Json = await self.audience.until(f"{self.user} is answered to {command}", look)
        return seen

    async def _messages(self) -> list[Json]:
        seen = await self.audience.get(f"/control/users/{self.user}/sees", channel=self.channel)
        messages: list[Json] = seen["messages"]
        return messages

    async def _does(self, verb: str, body: Mapping[str, Any]) -> Json:
        done = await self.audience.post(f"/control/users/{self.user}/{verb}", body)
        if done.get("failure") or done.get("errors"):
            raise NotSeen(f"{self.user} {verb}: {done.get('failure') or done.get('errors')}")
        return done


@dataclass(frozen=True)
class Marketplace:
    """The platform's side, through its console."""

    audience: Audience

    async def raises(self, **order: Any) -> str:
        """Raise an order; returns its number."""
        told = await self.audience.post("/console/raise", order)
        if told["status"] != "accepted":
            raise NotSeen(f"the bot did not take the order: {told}")
        return str(told["work_order_no"])

    async def does(self, verb: str, number: str, **more: Any) -> Json:
        return await self.audience.post(f"/console/{verb}", {"work_order_no": number, **more})

    async def gets_reply(self, number: str, nth: int = 1) -> Json:
        """The ``nth`` reply to an order, out of the console's journal."""

        async def look() -> tuple[Json | None, str]:
            entries = (await self.audience.get("/console/journal"))["entries"]
            replies = [e for e in entries if e["type"] == "work_order.reply" and e["work_order_no"] == number]
            return (replies[nth - 1] if len(replies) >= nth else None), str(entries[-3:])

        seen: Json = await self.audience.until(f"reply {nth} to {number} reaches the platform", look)
        return seen


def _words(message: Json) -> str:
    return str(message["text"])


async def _body(answer: aiohttp.ClientResponse) -> Json:
    body: Json = await answer.json(content_type=None)
    if answer.status >= 400:
        raise NotSeen(f"{answer.method} {answer.url.path}: HTTP {answer.status} {body}")
    return body
