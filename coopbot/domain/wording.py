"""The words of a preset with its placeholders filled: none ever goes out empty or raw."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from coopbot.domain.facts import yuan
from coopbot.domain.profile import Profile
from coopbot.domain.scene import Preset
from coopbot.domain.work_order import WorkOrder
from coopbot.errors import Refusal

BLANK = "＿＿"
INSTANTS = ("promised_at",)
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
    lacking = (name for name in preset.placeholders if not told.get(name))
    return tuple(dict.fromkeys((*preset.requires, *lacking)))


def filled(preset: Preset, order: WorkOrder, fields: Mapping[str, str], rules: Profile) -> str:
    """The text that goes to the platform; a required field that has no place in it follows on a line of its own.

    Raises Refusal ``missing_field``, naming the field and the modal's block, when one is needed and empty. An
    attachment is no text: whether there is one, the caller checks.
    """
    values = {**known(order), **{name: value.strip() for name, value in fields.items() if value.strip()}}
    asked = [name for name in needed(preset, order) if name != "attachment"]
    for name in asked:
        if not fields.get(name, "").strip():
            raise Refusal("missing_field", field=name, block=f"field:{name}")
    written = {name: _written(name, value, rules) for name, value in values.items()}
    text = _PLACEHOLDER.sub(lambda found: written[found[1]], preset.text)
    rest = [written[name] for name in asked if name not in preset.placeholders]
    return "\n".join([text, *rest])


def preview(preset: Preset, order: WorkOrder) -> str:
    """The text as far as the order fills it; what a person will fill in is a blank that can be seen."""
    told, asked = known(order), needed(preset, order)
    return _PLACEHOLDER.sub(lambda found: BLANK if found[1] in asked else told[found[1]], preset.text)


def _written(name: str, value: str, rules: Profile) -> str:
    """A promised time as the platform's people read it, in the profile's zone; everything else as it was typed."""
    if name not in INSTANTS:
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    local = moment.astimezone(rules.zone)
    if rules.language.startswith("zh"):
        return f"{local.month} 月 {local.day} 日 {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"
