"""One answer for several orders: the line on the card, the choice, the preview of each, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coopbot.domain import wording
from coopbot.domain.alike import MOST, Alike
from coopbot.domain.field import LONGEST
from coopbot.domain.seen import Seen
from coopbot.domain.together import Group, Outcome, preset_of
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, button, field, modal, option, quote, section
from coopbot.views.field_input import field_input, read_fields
from coopbot.views.pen import Pen
from coopbot.views.refusal import refusal
from coopbot.views.text import clean, clip, short

LAST_SHOWN = 140
PREVIEWED = 700
"""Characters of each order's text in the preview: ten of them are still read."""


def alike_line(seen: Seen, found: Alike, pen: Pen) -> Sequence[Block]:
    """How many wait that are like it, and what one of them was told; nothing where there is nothing to say."""
    t, n = pen.t, len(found.waiting)
    said = []
    if n == 1:
        said.append(f"*{t('1 like this')}*")
    elif n:
        said.append(f"*{t('{n} like this', n=n) if n < MOST - 1 else t('{n} or more like this', n=n)}*")
    if found.last is not None:
        said.append(t("last answered: “{text}”", text=pen.text(found.last.text, LAST_SHOWN)))
    if not said:
        return ()
    together = button(t("Answer together… (leads)"), ids.TOGETHER, str(seen.order.key)) if n else None
    return (section(" · ".join(said), together),)


def together_modal(orders: Sequence[Seen], found: Alike, key: OrderKey, t: Translate) -> Block:
    """First step: which of them, and the words."""
    options = [_option(it, t) for it in orders]
    boxes: Block = {
        "type": "checkboxes",
        "action_id": ids.TOGETHER_ORDERS,
        "options": options,
        "initial_options": options,
    }
    words: Block = {
        "type": "plain_text_input",
        "action_id": ids.REPLY_TEXT,
        "multiline": True,
        "max_length": LONGEST,
    }
    if found.last is not None:
        words["initial_value"] = found.last.text[:LONGEST]
    hint = t("{order_no} and the like come from each order; any other {name} is asked for, order by order.",
             order_no="{order_no}", name="{name}")  # fmt: skip
    return modal(
        t("Answer together"),
        [
            field(t("Orders, soonest due first"), boxes, ids.TOGETHER_ORDERS),
            field(t("Your answer"), words, ids.REPLY_TEXT, hint=hint),
        ],
        close=t("Cancel"),
        submit=t("Preview each"),
        callback_id=ids.TOGETHER_MODAL,
        metadata=str(key),
    )


def preview_modal(group: Group, t: Translate) -> Block:
    """Second step: what each will be told, with the fields that it lacks."""
    blocks: list[Block] = []
    preset = preset_of(group.text)
    for index, it in enumerate(group.orders):
        pen = Pen.of(it, t)
        number, wanted = headline.number(it, pen), headline.wanted(it, pen)
        blocks += [
            section(f"*{number}* · {wanted}"),
            quote(clip(clean(wording.preview(preset, it.order)), PREVIEWED).text),
        ]
        for name in wording.needed(preset, it.order)[:5]:
            block_id = f"{ids.FIELD}:{index}:{name}"
            shown = field_input(name, it, t)
            blocks.append({**shown, "block_id": block_id, "element": {**shown["element"], "action_id": block_id}})
    n = len(group.orders)
    return modal(
        t("Send 1 answer?") if n == 1 else t("Send {n} answers?", n=n),
        blocks,
        close=t("Back"),
        submit=t("Send"),
        callback_id=ids.TOGETHER_SEND_MODAL,
        metadata=group.which,
    )


def outcome_modal(outcomes: Sequence[Outcome], t: Translate, now: datetime, names: Mapping[str, str]) -> Block:
    """What was sent, and what was not and why."""
    sent = [each for each in outcomes if each.skipped is None and not each.waits]
    first = t("1 answer is on its way.") if len(sent) == 1 else t("{n} answers are on their way.", n=len(sent))
    blocks = [section(first)]
    if waiting := sum(each.waits for each in outcomes):
        blocks.append(section(t("{n} waiting for approval", n=waiting)))
    for each in outcomes:
        if each.skipped is not None:
            why = refusal(each.skipped.code, each.skipped.facts, t, names=names, now=now)
            number = Pen(t, now).text(each.order.number, 100)
            blocks.append(section(t("Skipped: {no}. {why}", no=number, why=why)))
    return {**modal(t("Answer together"), blocks, close=t("Close")), "clear_on_close": True}


def read_choice(values: Mapping[str, Any]) -> tuple[list[OrderKey], str]:
    """The orders that were ticked, and the words."""
    boxes: Mapping[str, Any] = next(iter((values.get(ids.TOGETHER_ORDERS) or {}).values()), {}) or {}
    words: Mapping[str, Any] = next(iter((values.get(ids.REPLY_TEXT) or {}).values()), {}) or {}
    keys = [OrderKey.parse(str(each["value"])) for each in boxes.get("selected_options") or ()]
    return keys, str(words.get("value") or "").strip()


def read_each(values: Mapping[str, Any]) -> Mapping[int, Mapping[str, str]]:
    """The fields by the order's place in the group."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for name, value in read_fields(values).items():
        index, _, own = name.partition(":")
        if index.isdigit():
            found[int(index)][own] = value
    return found


def _option(it: Seen, t: Translate) -> Block:
    pen = Pen.of(it, t).for_fallback
    text = f"{it.order.key.number} · {headline.wanted_in_passing(it, pen)}"
    return option(short(text, 75), str(it.order.key), short(it.order.facts.content, 75))
