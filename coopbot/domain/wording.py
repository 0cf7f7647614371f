"""The words of a preset with its placeholders filled: none ever goes out empty or raw."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coopbot.domain.facts import yuan
from coopbot.domain.scene import Preset
from coopbot.domain.work_order import WorkOrder
from coopbot.errors import Refusal

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def known(order: WorkOrder) -> Mapping[str, str]:
    """What the order itself fills, by placeholder; empty where the platform did not say."""
    facts = order.facts
    return {
        "work_order_no": order.key.number,
        "order_no": facts.order_no.strip(),
        "title": facts.title.strip(),
        "consumer_name": facts.consumer.name.strip(),
        "amount": "" if facts.amount is None else yuan(facts.amount),
    }


def needed(preset: Preset, order: WorkOrder) -> tuple[str, ...]:
    """The fields that a person must fill in: those that the preset requires, and those that this order lacks."""
    told = known(order)
    lacking = (name for name in _PLACEHOLDER.findall(preset.text) if not told.get(name))
    return tuple(dict.fromkeys((*preset.requires, *lacking)))


def filled(preset: Preset, order: WorkOrder, fields: Mapping[str, str]) -> str:
    """The text that goes to the platform. Raises Refusal ``missing_field`` for a placeholder that nothing fills."""
    values = {**known(order), **{name: value.strip() for name, value in fields.items() if value.strip()}}
    for name in needed(preset, order):
        if name in _PLACEHOLDER.findall(preset.text) and not values.get(name):
            raise Refusal("missing_field", field=name)
    return _PLACEHOLDER.sub(lambda found: values[found[1]], preset.text)


def preview(preset: Preset, order: WorkOrder) -> str:
    """The text as far as the order fills it; what a person will fill in is a blank that can be seen."""
    told = known(order)
    return _PLACEHOLDER.sub(lambda found: told.get(found[1]) or "＿＿", preset.text)
