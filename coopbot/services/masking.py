"""Consumer data out of records that leave the house: names and numbers masked wherever they stand (decisions.md 22)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coopbot.domain.facts import facts_of
from coopbot.domain.work_order import Kind, WorkOrder
from coopbot.views.text import masked_contact, masked_name

_DIGITS = re.compile(r"(?<!\d)\d[\d -]{6,}\d(?!\d)")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})")
_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d( \d\d)?")
NO_CONSUMER = frozenset(
    {
        *("work_order_no", "order_no", "shop_id", "reply_id", "console_url", "outage", "id", "intent", "ts", "view"),
        *("target", "receipt", "channel", "called", "by", "sent_to", "digest", "preset_code"),
    }
)
"""Fields that name an order, a message or somebody of the team: an appeal needs them as they are."""


@dataclass(frozen=True)
class Mask:
    known: frozenset[str] = frozenset()
    """Numbers of the order itself, which may stand in somebody's words."""
    consumer: Mapping[str, str] = field(default_factory=dict)
    """What the consumer is called and reached by, and what stands in its place."""

    @classmethod
    def of(cls, order: WorkOrder) -> Mask:
        """Everything that the log says of its consumer, in whichever version."""
        told = [facts_of(entry.data).consumer for entry in order.log if entry.kind is Kind.RAISED]
        names = {each.name.strip(): masked_name(each.name) for each in told if len(each.name.strip()) > 1}
        contacts = {
            each.contact.strip(): masked_contact(each.contact) for each in told if len(each.contact.strip()) > 3
        }
        return cls(frozenset({order.key.number, order.facts.order_no}), {**names, **contacts})

    def over(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Names to their first character, long numbers to their last four digits."""
        masked = {key: value if key in NO_CONSUMER else self._value(value) for key, value in data.items()}
        consumer = data.get("consumer")
        if isinstance(consumer, Mapping):
            masked["consumer"] = {
                "name": masked_name(str(consumer.get("name") or "")),
                "contact": masked_contact(str(consumer.get("contact") or "")),
            }
        return masked

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value if _INSTANT.fullmatch(value) else _DIGITS.sub(self._number, self._unnamed(value))
        if isinstance(value, Mapping):
            return self.over(value)
        if isinstance(value, list | tuple):
            return [self._value(each) for each in value]
        return value

    def _unnamed(self, text: str) -> str:
        for said, shown in self.consumer.items():
            text = text.replace(said, shown)
        return text

    def _number(self, found: re.Match[str]) -> str:
        """A day that was promised is no number of anybody's."""
        shown = found[0] in self.known or _DAY.fullmatch(found[0])
        return found[0] if shown else masked_contact(found[0])
