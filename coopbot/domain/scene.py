"""Scenes (what an order is about) and their presets (ready answers); platform-api.md has their codes' meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from coopbot.domain.pledge import Pledge, read_pledge
from coopbot.domain.reading import Labels, Reader

ORDER_FIELDS = ("work_order_no", "order_no", "title", "consumer_name", "amount")
"""Placeholders that the order itself fills; every other one of a text must be in its preset's ``requires``."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def has_loose_brace(text: str) -> bool:
    """Whether a brace is left that no placeholder explains: it would go out raw."""
    rest = _PLACEHOLDER.sub("", text)
    return "{" in rest or "}" in rest


@dataclass(frozen=True)
class Preset:
    """A ready answer. ``text`` goes to the platform in its language; ``{names}`` are filled from order and fields."""

    code: str
    labels: Labels
    text: str
    requires: tuple[str, ...] = ()
    """Fields that a person must fill in before it can be sent: ``description``, ``promised_at``, ``tracking_no`` …"""
    promises: Pledge | None = None
    """What it promises beyond a ``promised_at`` that it asks for."""

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.text)))


@dataclass(frozen=True)
class Scene:
    """What an order is about, as the platform codes it, with the other names that it goes by."""

    code: str
    labels: Labels
    aliases: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = ()
    known: bool = True
    """False where the platform named a scene that the profile does not have: presets are the general ones."""


def read_scene(code: str, table: Reader) -> Scene:
    presets = tuple(_read_presets(table))
    codes = [preset.code for preset in presets]
    for repeated in {code for code in codes if codes.count(code) > 1}:
        table.wrong("presets", f"the code {repeated!r} stands twice")
    scene = Scene(code, table.labels("labels"), table.texts("aliases"), presets)
    table.done()
    return scene


def _read_presets(table: Reader) -> Iterator[Preset]:
    for row in table.rows("presets"):
        requires = row.texts("requires")
        pledge = read_pledge(row, requires)
        preset = Preset(row.text("code"), row.labels("labels"), row.text("text"), requires, pledge)
        for name in preset.placeholders:
            if name not in preset.requires and name not in ORDER_FIELDS:
                row.wrong("text", f"{{{name}}} is filled by nothing: name it in requires ({', '.join(ORDER_FIELDS)})")
        if has_loose_brace(preset.text):
            row.wrong("text", "has a brace that belongs to no {placeholder}; it would go out as it stands")
        row.done()
        yield preset
