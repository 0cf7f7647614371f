"""One's own quiet hours: the form, what was saved, and the line above what they kept back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from coopbot.domain.calendar import find_zone
from coopbot.domain.quiet import Quiet
from coopbot.errors import Refusal
from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, context, field, modal, option, section
from coopbot.views.headline import SNOOZED_MARK, lock_screen
from coopbot.views.pen import sentences

NIGHT = (time(22), time(8))
A_MONDAY = date(2026, 1, 5)


class Shown(Protocol):
    @property
    def quiet(self) -> Quiet | None: ...
    @property
    def zone(self) -> ZoneInfo: ...


def quiet_modal(shown: Shown, t: Translate) -> Block:
    """The present setting, or nights as a proposal."""
    start, end = (shown.quiet.start, shown.quiet.end) if shown.quiet else NIGHT
    chosen = shown.quiet.days if shown.quiet else frozenset(range(7))
    options = [option(_day(day, t), str(day)) for day in range(7)]
    days: Block = {"type": "checkboxes", "action_id": ids.QUIET_DAYS, "options": options}
    if chosen:
        days["initial_options"] = [options[day] for day in sorted(chosen)]
    zone: Block = {"type": "plain_text_input", "action_id": ids.QUIET_ZONE, "initial_value": shown.zone.key}
    blocks = [
        section(t("Orders that are not urgent reach you when your quiet hours are over, in one message.")),
        field(t("From"), _picker(ids.QUIET_FROM, start), ids.QUIET_FROM),
        field(t("Until"), _picker(ids.QUIET_UNTIL, end), ids.QUIET_UNTIL),
        field(
            t("Beginning on"),
            days,
            ids.QUIET_DAYS,
            hint=t("No day: no quiet hours. The same time twice: the whole day."),
            optional=True,
        ),
        field(t("Time zone"), zone, ids.QUIET_ZONE),
        context(t("CRC reaches you all the same, and so does what falls due before you are back.")),
    ]
    return modal(t("Quiet hours"), blocks, close=t("Cancel"), submit=t("Save"), callback_id=ids.QUIET_MODAL)


def read_quiet(values: Mapping[str, Any]) -> Quiet | None:
    """The setting; None for no day at all. Raises Refusal, naming the block, for what is missing or no zone."""
    zone = find_zone(str(_element(values, ids.QUIET_ZONE).get("value") or "").strip())
    if zone is None:
        raise Refusal("quiet_zone", block=ids.QUIET_ZONE)
    days = frozenset(int(each["value"]) for each in _element(values, ids.QUIET_DAYS).get("selected_options") or ())
    start, end = _time(values, ids.QUIET_FROM, "from"), _time(values, ids.QUIET_UNTIL, "until")
    return Quiet(start, end, days, zone) if days else None


def saved(quiet: Quiet | None, t: Translate) -> Message:
    """What is so from now on."""
    said = t("You have no quiet hours.")
    if quiet is not None:
        days = t("every day") if len(quiet.days) == 7 else t(", ").join(_day(day, t) for day in sorted(quiet.days))
        said = t(
            "Your quiet hours: {days}, {start} to {end} ({zone}).",
            days=days,
            start=f"{quiet.start:%H:%M}",
            end=f"{quiet.end:%H:%M}",
            zone=quiet.zone.key,
        )
    return Message(text=lock_screen(said), blocks=[section(said)])


def saved_modal(quiet: Quiet | None, t: Translate) -> Block:
    return modal(t("Quiet hours"), list(map(dict, saved(quiet, t).blocks)), close=t("Close"))


def after_quiet(message: Message, t: Translate) -> Message:
    """``message`` as that which quiet hours kept back."""
    said = t("Your quiet hours are over; this waited for their end.")
    text = lock_screen(sentences(t, said, message.text))
    return replace(message, text=text, blocks=[context(f"{SNOOZED_MARK} {said}"), *message.blocks])


def _day(day: int, t: Translate) -> str:
    return format_skeleton("EEEE", date.fromordinal(A_MONDAY.toordinal() + day), locale=t.language.replace("-", "_"))


def _picker(action_id: str, initial: time) -> Block:
    return {"type": "timepicker", "action_id": action_id, "initial_time": f"{initial:%H:%M}"}


def _time(values: Mapping[str, Any], block: str, name: str) -> time:
    chosen = _element(values, block).get("selected_time")
    if not chosen:
        raise Refusal("missing_field", field=name, block=block)
    return time.fromisoformat(str(chosen))


def _element(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (values.get(block) or {}).get(block) or {}
    return found
