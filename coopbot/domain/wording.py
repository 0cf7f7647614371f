"""The words of a preset with its placeholders filled: none ever goes out empty or raw."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain import typed
from coopbot.domain.facts import yuan
from coopbot.domain.field import ATTACHMENT, USUAL
from coopbot.domain.profile import Profile
from coopbot.domain.scene import ORDER_FIELDS, Preset
from coopbot.domain.work_order import WorkOrder

BLANK = "＿＿"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Filled:
    """A preset with its fields: the text for the platform, and the values that went into it, by name."""

    text: str
    fields: Mapping[str, str]


def known(order: WorkOrder) -> Mapping[str, str]:
    """What the order itself fills, by placeholder; empty where the platform did not say."""
    facts = order.facts
    return {
        "work_order_no": order.key.number,
        "order_no": facts.order_no.strip(),
        "title": facts.title.strip(),
        "consumer_name": facts.consumer.name.strip(),
        "amount": "" if facts.amount is None else yuan(facts.amount),
        **dict.fromkeys(("courier", "carrier"), facts.parcel.carrier.strip()),
        **dict.fromkeys(("tracking_no", "tracking_number"), facts.parcel.tracking_no.strip()),
    }


def needed(preset: Preset, order: WorkOrder) -> tuple[str, ...]:
    """The fields that a person must fill in: those that the preset requires, and those that this order lacks."""
    if not preset.placeholders:
        return tuple(dict.fromkeys(preset.requires))
    told = known(order)
    lacking = (name for name in preset.placeholders if not told.get(name))
    return tuple(dict.fromkeys((*preset.requires, *lacking)))


def filled(preset: Preset, order: WorkOrder, fields: Mapping[str, str], rules: Profile, now: datetime) -> Filled:
    """What goes to the platform; a required field that has no place in the text follows on a line of its own.

    Raises Refusal with everything that is missing or wrong, each with its field and the modal's block. An attachment
    is no text: whether there is one, the caller checks.
    """
    asked = [name for name in needed(preset, order) if name != ATTACHMENT]
    taken = typed.read([rules.field(name) for name in asked], fields, now, rules.zone)
    values = {**known(order), **taken}
    written = {name: _written(name, value, rules, now) for name, value in values.items()}
    written[ATTACHMENT] = _attachment(rules.language)
    text = _PLACEHOLDER.sub(lambda found: written[found[1]], preset.text)
    rest = [written[name] for name in asked if name not in preset.placeholders]
    return Filled("\n".join([text, *rest]), taken)


def remembered(order: WorkOrder) -> Mapping[str, str]:
    """What earlier answers to this order said in their fields: the newest word on each."""
    return {name: value for reply in order.replies for name, value in reply.fields.items()}


def left_open(text: str, rules: Profile) -> str | None:
    """A placeholder by a known name that free text still holds: somebody has copied a template by hand."""
    names = {*ORDER_FIELDS, *rules.fields, *USUAL, ATTACHMENT}
    return next((found[0] for found in _PLACEHOLDER.finditer(text) if found[1] in names), None)


def preview(preset: Preset, order: WorkOrder) -> str:
    """The text as far as the order fills it; what a person will fill in is a blank that can be seen."""
    if not preset.placeholders:
        return preset.text
    told, asked = known(order), needed(preset, order)
    return _PLACEHOLDER.sub(lambda found: BLANK if found[1] in asked else told[found[1]], preset.text)


def _attachment(language: str) -> str:
    """What stands in a text for the file that goes beside it."""
    return "附件" if language.startswith("zh") else "attachment"


def _written(name: str, value: str, rules: Profile, now: datetime) -> str:
    """A day or an instant as the platform's people read it, in the profile's zone; everything else as it is."""
    field = rules.field(name)
    moment = typed.moment_of(field, value, rules.zone)
    if moment is None:
        return value
    local = moment.astimezone(rules.zone)
    chinese = rules.language.startswith("zh")
    day = f"{local.month} 月 {local.day} 日" if chinese else f"{local:%Y-%m-%d}"
    if chinese and local.year != now.astimezone(rules.zone).year:
        day = f"{local.year} 年 {day}"
    return day if field.kind == "date" else f"{day} {local:%H:%M}"
