"""The buttons of a card: what the lifecycle allows now, and nothing else (house.md rule 1)."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain import wording
from coopbot.domain.approval import needed
from coopbot.domain.lifecycle import Act, State
from coopbot.domain.scene import Preset
from coopbot.domain.seen import Seen
from coopbot.domain.snooze import latest
from coopbot.ports import Translate
from coopbot.views import ids
from coopbot.views.blocks import DIALOG_SHOWS, Block, actions, button, confirmation, option, overflow, plain, select
from coopbot.views.pen import label
from coopbot.views.text import clip, is_web

MOST_BUTTONS = 5
"""More presets than these become a menu (decisions.md 14)."""
MOST_OPTIONS = 100
FEW_OPTIONS = 30
"""With more, names are cut shorter and go without their text: a message's budget is 10,000 characters in all."""
MOST_CODE = 150
"""A longer code fits no option of a menu; such a preset is left to "Other answer"."""


def presets(seen: Seen, t: Translate) -> Sequence[Block]:
    """The ready answers and "Other answer…"; nothing when the order can't be answered any more."""
    if Act.REPLY not in seen.acts:
        return ()
    offered = {preset.code: preset for preset in seen.presets if 0 < len(preset.code) <= MOST_CODE}
    ready = [each for each in offered.values() if len(each.code) + len(ids.PRESET) < 255]
    key = str(seen.order.key)
    other = button(t("Other answer…"), ids.OTHER_ANSWER, key)
    if not ready:
        return (actions([other], ids.block_id(ids.PRESETS_BLOCK, seen.order.key)),)
    if len(ready) <= MOST_BUTTONS:
        elements = [_preset_button(seen, preset, t) for preset in ready]
    else:
        elements = [_preset_menu(seen, ready[:MOST_OPTIONS], t)]
    return (actions([*elements, other], ids.block_id(ids.PRESETS_BLOCK, seen.order.key)),)


def acts(seen: Seen, t: Translate, *, left_out: int = 0) -> Sequence[Block]:
    """Claim, hand over, the rest of the text, the console, and what is needed less often under "more"."""
    order, key = seen.order, str(seen.order.key)
    row: list[Block] = []
    if Act.CLAIM in seen.acts and order.claim is None:
        row.append(button(t("Claim"), ids.CLAIM, key, style="primary"))
    if _promotes_outage(seen):
        row.append(button(t("Report an outage…"), ids.OUTAGE, key))
    if left_out:
        row.append(button(t("Show all ({n} more characters)", n=left_out), ids.SHOW_ALL, key))
    if is_web(order.facts.console_url):
        row.append(button(t("Open the console"), ids.CONSOLE, key, url=order.facts.console_url))
    if Act.HAND_OVER in seen.acts and order.claim is not None:
        row.append({"type": "users_select", "action_id": ids.HAND_OVER, "placeholder": plain(t("Hand over to…"), 150)})
    if Act.SNOOZE in seen.acts and latest(seen.due) > seen.now:
        row.append(button(t("Snooze…"), ids.SNOOZE, key))
    row.append(overflow(ids.MORE, _more(seen, t)))
    return (actions(row, ids.block_id(ids.ACTS_BLOCK, order.key)),)


def _more(seen: Seen, t: Translate) -> Sequence[Block]:
    """At most five: Slack's limit for this menu."""
    claimed = seen.order.claim is not None
    consumer = seen.order.facts.consumer
    options = []
    if claimed and Act.RELEASE in seen.acts:
        options.append(option(t("Release"), ids.RELEASE))
    if claimed and Act.TAKE_OVER in seen.acts:
        options.append(option(t("Take over (leads)"), ids.TAKE_OVER))
    if consumer.name.strip() or consumer.contact.strip():
        options.append(option(t("Show the consumer"), ids.SHOW_CONSUMER))
    options.append(option(t("Why this due time?"), ids.WHY))
    if Act.REPORT_OUTAGE in seen.acts and not _promotes_outage(seen):
        options.append(option(t("Report an outage…"), ids.OUTAGE))
    return options


def _promotes_outage(seen: Seen) -> bool:
    """Once it is late, reporting force majeure is what may still save the fine (domain.md §1)."""
    return Act.REPORT_OUTAGE in seen.acts and seen.state in (State.OVERDUE, State.TRANSFERRED)


def _preset_button(seen: Seen, preset: Preset, t: Translate) -> Block:
    """A click sends; so Slack asks first and shows the text. One with open fields opens a modal, which shows it too.

    A text that the dialog has no room for is not shown in part: it can be stopped afterwards, or is asked about in a
    modal that shows all of it.
    """
    asks = wording.needed(preset, seen.order)
    text = wording.preview(preset, seen.order)
    name = label(preset.labels, t, preset.code)
    other = asks or needed(seen, text, {}) or len(text) > DIALOG_SHOWS  # of hurdles there is one
    confirm = None if other else confirmation(t("Send this to the platform?"), text, t("Send"), t("Cancel"))
    return button(
        t("{preset}…", preset=name) if asks else name,
        ids.preset_action(preset.code),
        str(seen.order.key),
        confirm=confirm,
    )


def _preset_menu(seen: Seen, ready: Sequence[Preset], t: Translate) -> Block:
    """Slack's dialog can't show the chosen one's text, so each option shows how it begins, where there is room.

    A class that asks again shows the whole text afterwards, and needs no dialog before it (decisions.md 11).
    """
    few = len(ready) <= FEW_OPTIONS
    options = []
    for preset in ready:
        asks = wording.needed(preset, seen.order)
        name = clip(label(preset.labels, t, preset.code), 70 if few else 40).text
        name = t("{preset}…", preset=name) if asks else name
        options.append(option(name, preset.code, wording.preview(preset, seen.order) if few else ""))
    if all(wording.needed(each, seen.order) or needed(seen, wording.preview(each, seen.order), {}) for each in ready):
        return select(ids.PRESET_MENU, t("Choose an answer ({n})", n=len(options)), options)
    confirm = confirmation(
        t("Send this to the platform?"),
        t("The answer that you chose goes out at once; one with … asks for its details first."),
        t("Send"),
        t("Cancel"),
    )
    return select(
        ids.PRESET_MENU,
        t("Choose an answer ({n})", n=len(options)),
        options,
        confirm=confirm if not seen.klass.asks_again else None,
    )
