"""One Web API call: who asks, for what, with which arguments; and the table of methods."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from coopbot.sandbox.records import JSON, Conversation, InstalledApp
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.scopes import BY_KIND, for_kind
from coopbot.sandbox.world import World

Token = Literal["bot", "app", "none"]


class Args:
    """Arguments as they came: from a form everything is text, from JSON it has its type."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """Raises Refused ``invalid_arguments`` when it is missing or empty."""
        value = self.text(name)
        if not value:
            raise Refused.because("invalid_arguments", f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.given.get(name)
        if value is None:
            return default
        return value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Raises Refused ``invalid_limit`` outside of least..most."""
        value = self.given.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(str(value))
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise Refused("invalid_limit")
        return number

    def json(self, name: str, error: str) -> Any:
        """A structure, parsed when it came as text; None when absent. Raises Refused ``error`` for what is not JSON."""
        value = self.given.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise Refused(error) from None
        return value

    def names(self, name: str) -> list[str]:
        """A list that came as JSON or with commas."""
        value = self.given.get(name)
        if isinstance(value, str):
            value = self.json(name, "invalid_arguments") if value.startswith("[") else value.split(",")
        return [str(v).strip() for v in value or () if str(v).strip()]


@dataclass(slots=True)
class Call:
    world: World
    app: InstalledApp
    method: str
    args: Args
    effect: bool = False
    """Whether the workspace changed; the journal says so."""
    channel: str = ""
    ts: str = ""

    def need_scope(self, *any_of: str) -> None:
        """Raises Refused ``missing_scope`` when the app has none of these."""
        if any_of and not self.app.scopes.intersection(any_of):
            raise Refused("missing_scope", needed=any_of[0], provided=",".join(sorted(self.app.scopes)))

    def conversation(self, *, member: bool = True, live: bool = True, public_ok: bool = False) -> Conversation:
        """The conversation that ``channel`` names, by id.

        Raises Refused: channel_not_found (private ones that the bot is not in are not found either), missing_scope
        where the scope goes by kind, not_in_channel, is_archived.
        """
        self.channel = self.args.need("channel")
        found = self.world.conversations.all.get(self.channel)
        return self.allowed(found, member=member, live=live, public_ok=public_ok)

    def allowed(
        self, found: Conversation | None, *, member: bool, live: bool = True, public_ok: bool = False
    ) -> Conversation:
        if found is None:
            raise Refused("channel_not_found")
        if self.method in BY_KIND:
            self.need_scope(*for_kind(self.method, found.kind))
        inside = self.app.bot in found.members
        if not inside and found.kind != "channel":
            raise Refused("channel_not_found")
        if found.archived and live:
            raise Refused("is_archived")
        if member and not inside and not public_ok:
            raise Refused("not_in_channel")
        return found


Handler = Callable[[Call], JSON]
METHODS: dict[str, tuple[Handler, Token]] = {}


def method(name: str, token: Token = "bot") -> Callable[[Handler], Handler]:
    """Enter a function into the table under a method's name."""

    def enter(handler: Handler) -> Handler:
        METHODS[name] = (handler, token)
        return handler

    return enter


def page(items: list[Any], call: Call, default: int, most: int) -> tuple[list[Any], JSON]:
    """One page of a list and its ``response_metadata``. Raises Refused ``invalid_cursor`` for a foreign one."""
    limit = call.args.number("limit", default, 1, most)
    cursor = call.args.text("cursor")
    start = 0
    if cursor:
        if not cursor.startswith("next:") or not cursor[5:].isdecimal():
            raise Refused("invalid_cursor")
        start = int(cursor[5:])
    end = start + limit
    return items[start:end], {"response_metadata": {"next_cursor": f"next:{end}" if end < len(items) else ""}}
