"""Expectations: what a person is to see from now on; a message that nobody expected fails the scenario."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.client import SandboxClient

JSON = dict[str, Any]


class Unexpected(AssertionError):
    """Somebody saw what they were not to see, or did not see what they were to; the text has what there was."""


class Watch:
    """``async with Watch(slack, "UANA") as ana: await ana.sees("Order A-17"); await ana.sees_nothing_else()``.

    Counts everything new or changed for this person after it began, in all their conversations or in one.
    """

    def __init__(self, slack: SandboxClient, user: str, channel: str | None = None) -> None:
        self._slack, self._user, self._channel = slack, user, channel
        self._since = 0
        self._expected: set[str] = set()

    async def __aenter__(self) -> Watch:
        self._since = await self._slack.seq()
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def sees(self, *words: str, within: float = 10.0) -> JSON:
        """The newest message that says all of ``words``; its later changes are expected too. Raises Unexpected."""

        async def look() -> JSON | None:
            said = [message for message in await self._new() if all(word in message["text"] for word in words)]
            return said[-1] if said else None

        try:
            found: JSON = await self._slack.until(look, within)
        except TimeoutError:
            raise Unexpected(f"{self._user} did not see {words}, but:\n{_told(await self._new())}") from None
        self._expected.add(found["ts"])
        return found

    async def sees_nothing_else(self) -> None:
        """Raises Unexpected when there is a new or changed message that no :meth:`sees` has named."""
        others = [message for message in await self._new() if message["ts"] not in self._expected]
        if others:
            raise Unexpected(f"{self._user} also saw:\n{_told(others)}")

    async def _new(self) -> list[JSON]:
        return await self._slack.new(self._user, self._since, self._channel)


def _told(messages: list[JSON]) -> str:
    return "\n--\n".join(str(message["text"]) for message in messages) or "nothing"
