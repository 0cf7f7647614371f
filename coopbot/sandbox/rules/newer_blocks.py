"""The newer blocks, on the surfaces on which the sources agree (slack.md A1, A7)."""

from __future__ import annotations

from collections.abc import Callable

from coopbot.sandbox.records import JSON
from coopbot.sandbox.rules.check import Check
from coopbot.sandbox.rules.elements import button, image


def _card(check: Check, part: JSON, at: str) -> None:
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200), ("subtext", 200)):
        check.text(part, name, at, most)
    for name in ("icon", "hero_image"):
        if isinstance(part.get(name), dict):
            image(check, part[name], f"{at}/{name}")
    for number, one in enumerate(check.items(part, "actions", at, 1, 3, need=False)):
        if isinstance(one, dict) and one.get("type") == "button":
            button(check, one, f"{at}/actions/{number}")
        else:
            check.fault("must be a valid enum value: button", f"{at}/actions/{number}/type")


def _carousel(check: Check, part: JSON, at: str) -> None:
    for number, one in enumerate(check.items(part, "elements", at, 1, 10)):
        if isinstance(one, dict) and one.get("type") == "card":
            _card(check, one, f"{at}/elements/{number}")
        else:
            check.fault("must be a valid enum value: card", f"{at}/elements/{number}/type")


def _container(check: Check, part: JSON, at: str) -> None:
    check.text(part, "title", at, 150, need=True)
    check.text(part, "subtitle", at, 150)
    check.items(part, "child_blocks", at, 1, 10)


def _alert(check: Check, part: JSON, at: str) -> None:
    check.text(part, "text", at, 200, need=True)
    check.one_of(part, "level", at, ("default", "info", "warning", "error", "success"))


def _data_table(check: Check, part: JSON, at: str) -> None:
    check.items(part, "rows", at, 2, 101)
    check.number(part, "page_size", at, 1, 100)


def _free(check: Check, part: JSON, at: str) -> None:
    """Nothing is known of its limits."""


NEWER: dict[str, tuple[Callable[[Check, JSON, str], None], set[str]]] = {
    "card": (_card, {"message", "home"}),
    "carousel": (_carousel, {"message", "home"}),
    "container": (_container, {"message", "home"}),
    "alert": (_alert, {"modal"}),
    "data_table": (_data_table, {"message"}),
    "data_visualization": (_free, {"message"}),
    "task_card": (_free, {"message"}),
    "plan": (_free, {"message"}),
}
