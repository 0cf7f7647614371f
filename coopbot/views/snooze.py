"""The form behind "Snooze…": half an hour, an hour, or a time of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from coopbot.domain.seen import Seen
from coopbot.errors import Refusal
from coopbot.ports import Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, context, field, modal, option, select
from coopbot.views.headline import badge, number
from coopbot.views.pen import Pen

AT = "at"
LENGTHS = (30, 60)
"""Minutes."""


def snooze_modal(seen: Seen, latest: datetime, t: Translate) -> Block:
    """Only what is allowed can be chosen; ``latest`` is said."""
    pen = Pen.of(seen, t).for_plain
    options = [
        option(pen.span(timedelta(minutes=n)), str(n)) for n in LENGTHS if seen.now + timedelta(minutes=n) <= latest
    ]
    options.append(option(t("until a time of my own"), AT))
    at: Block = {
        "type": "datetimepicker",
        "action_id": ids.SNOOZE_AT,
        "initial_date_time": int(min(latest, seen.now + timedelta(hours=1)).timestamp()),
    }
    until = Pen.of(seen, t).at(latest, day=True)
    blocks = [
        context(f"{badge(seen, Pen.of(seen, t))} · {number(seen, Pen.of(seen, t))}"),
        field(t("Remind nobody for"), select(ids.SNOOZE_FOR, t("Choose"), options, initial=0), ids.SNOOZE_FOR),
        field(t("Until"), at, ids.SNOOZE_AT, hint=t("Counts only with “until a time of my own”."), optional=True),
        context(
            t("At the latest until {at}. The due time stays; being late, or urged, is told all the same.", at=until)
        ),
    ]
    return modal(
        t("Snooze reminders"),
        blocks,
        close=t("Cancel"),
        submit=t("Snooze"),
        callback_id=ids.SNOOZE_MODAL,
        metadata=str(seen.order.key),
    )


def read_snooze(values: Mapping[str, Any], now: datetime) -> datetime:
    """Until when. Raises Refusal, naming the block, for what is missing."""
    chosen = str((_element(values, ids.SNOOZE_FOR).get("selected_option") or {}).get("value") or "")
    if chosen.isdigit():
        return now + timedelta(minutes=int(chosen))
    seconds = _element(values, ids.SNOOZE_AT).get("selected_date_time")
    if not seconds:
        raise Refusal("missing_field", field="until", block=ids.SNOOZE_AT)
    return datetime.fromtimestamp(int(seconds), UTC)


def _element(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (values.get(block) or {}).get(block) or {}
    return found
