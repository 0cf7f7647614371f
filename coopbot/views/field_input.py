"""A preset's field as an input of a modal, by its kind, and what was put into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from coopbot.domain import wording
from coopbot.domain.field import LONGEST, Field
from coopbot.domain.seen import Seen
from coopbot.ports import Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, field, option, plain, select
from coopbot.views.pen import label
from coopbot.views.refusal import field_name
from coopbot.views.text import clip


def field_input(name: str, seen: Seen, t: Translate, typed: str = "") -> Block:
    """One input, prefilled with what was typed before, an earlier answer said, or the order knows."""
    kind = seen.rules.field(name)
    value = typed or wording.remembered(seen.order).get(name, "") or wording.known(seen.order).get(name, "")
    block_id = ids.field_id(name)
    return field(clip(field_name(name, t, kind.labels), 150).text, _element(kind, block_id, value, seen, t), block_id,
                 hint=_hint(kind, seen, t))  # fmt: skip


def read_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """What was put in by the field's name, trimmed, empty ones left out; an instant as RFC 3339 in UTC."""
    fields: dict[str, str] = {}
    for block_id, block in values.items():
        prefix, colon, name = block_id.partition(":")
        if not colon or prefix != ids.FIELD:
            continue
        text = _said(next(iter((block or {}).values()), {}) or {})
        if text:
            fields[name] = text
    return fields


def _said(element: Mapping[str, Any]) -> str:
    if seconds := element.get("selected_date_time"):
        return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
    chosen = (element.get("selected_option") or {}).get("value")
    return str(element.get("selected_date") or chosen or element.get("value") or "").strip()


def _element(kind: Field, action_id: str, value: str, seen: Seen, t: Translate) -> Block:
    match kind.kind:
        case "datetime":
            return _datetime(kind, action_id, value, seen.now)
        case "date":
            return _date(action_id, value)
        case "choice":
            return _choice(kind, action_id, value, t)
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": kind.kind == "long",
        "max_length": max(min(LONGEST, seen.rules.reply_max, kind.max_length), min(LONGEST, len(value))),
    }
    if value:
        element["initial_value"] = value[:LONGEST]
    if kind.example:
        element["placeholder"] = plain(clip(label(kind.example, t), 150).text)
    return element


def _date(action_id: str, value: str) -> Block:
    try:
        return {"type": "datepicker", "action_id": action_id, "initial_date": date.fromisoformat(value).isoformat()}
    except ValueError:
        return {"type": "datepicker", "action_id": action_id}


def _datetime(kind: Field, action_id: str, value: str, now: datetime) -> Block:
    picker: Block = {"type": "datetimepicker", "action_id": action_id}
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return picker
    if moment.tzinfo is None:
        return picker
    if moment > now or not kind.ahead:  # an earlier answer's promise that has passed is no proposal
        picker["initial_date_time"] = int(moment.timestamp())
    return picker


def _choice(kind: Field, action_id: str, value: str, t: Translate) -> Block:
    values = [choice.value for choice in kind.choices]
    options = [option(label(choice.labels, t, choice.value), choice.value) for choice in kind.choices]
    placeholder = label(kind.example, t) if kind.example else t("Choose one")
    return select(action_id, placeholder, options, initial=values.index(value) if value in values else -1)


def _hint(kind: Field, seen: Seen, t: Translate) -> str:
    """The profile's own, else what such a kind wants that its input does not show."""
    if kind.hint:
        return label(kind.hint, t)
    if kind.kind == "datetime":
        return t("In your own time zone; must lie ahead.") if kind.ahead else t("In your own time zone.")
    if kind.kind == "amount":
        currency = seen.rules.penalties.currency
        if currency == "CNY":
            return t("In yuan, at most two decimals.")
        return t("In {currency}, at most two decimals.", currency=currency)
    return ""
