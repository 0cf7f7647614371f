"""Collects faults, each with the JSON pointer of its place, in Slack's words."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox.records import JSON

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


class Check:
    """One pass over blocks for one surface."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.faults: list[str] = []

    def fault(self, what: str, pointer: str) -> None:
        self.faults.append(f"{what} [json-pointer:{pointer}]")

    def text(
        self, holder: JSON, name: str, at: str, most: int, *, kinds: tuple[str, ...] = ANY_TEXT, need: bool = False
    ) -> None:
        """A text object under ``name``."""
        part = holder.get(name)
        if part is None:
            if need:
                self.fault(f"missing required field: {name}", at)
            return
        self.text_object(part, f"{at}/{name}", most, kinds)

    def text_object(self, part: Any, at: str, most: int, kinds: tuple[str, ...] = ANY_TEXT) -> None:
        if not isinstance(part, dict):
            self.fault("must provide an object", at)
            return
        if part.get("type") not in kinds:
            self.fault(f"must be a valid enum value: {', '.join(kinds)}", f"{at}/type")
            return
        for strange in sorted(set(part) - {"type", "text", "emoji", "verbatim"}):
            self.fault(f"invalid additional property: {strange}", at)
        if "emoji" in part and part["type"] != "plain_text":
            self.fault("invalid additional property: emoji", at)
        self.string(part, "text", at, most, need=True)

    def string(self, holder: JSON, name: str, at: str, most: int, *, least: int = 1, need: bool = False) -> None:
        """A string of least..most characters under ``name``."""
        value = holder.get(name)
        if value is None:
            if need:
                self.fault(f"missing required field: {name}", at)
            return
        at = f"{at}/{name}"
        if not isinstance(value, str):
            self.fault("must provide a string", at)
        elif len(value) > most:
            self.fault(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            self.fault(f"must be more than {least - 1} characters", at)

    def items(self, holder: JSON, name: str, at: str, least: int, most: int, *, need: bool = True) -> list[Any]:
        """A list of least..most items under ``name``; what can be looked into further is returned."""
        value = holder.get(name)
        if value is None:
            if need:
                self.fault(f"missing required field: {name}", at)
            return []
        at = f"{at}/{name}"
        if not isinstance(value, list):
            self.fault("must provide an array", at)
            return []
        if len(value) > most:
            self.fault(f"no more than {most} items allowed", at)
        elif len(value) < least:
            self.fault(f"no fewer than {least} items allowed", at)
        return value

    def number(self, holder: JSON, name: str, at: str, least: int, most: int) -> None:
        value = holder.get(name)
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault("must provide a number", f"{at}/{name}")
        elif value > most:
            self.fault(f"must be less than {most + 1}", f"{at}/{name}")
        elif value < least:
            self.fault(f"must be more than {least - 1}", f"{at}/{name}")

    def one_of(self, holder: JSON, name: str, at: str, values: tuple[str, ...]) -> None:
        if name in holder and holder[name] not in values:
            self.fault(f"must be a valid enum value: {', '.join(values)}", f"{at}/{name}")
