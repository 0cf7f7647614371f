"""One answer for several orders: the line on the card, the choice, the preview of each, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from coopbot.domain import wording
from coopbot.domain.alike import MOST, Alike
from coopbot.domain.field import LONGEST
from coopbot.domain.scene import Preset
from coopbot.domain.seen import Seen
from coopbot.domain.together import Group, Look, Outcome, shared_presets
from coopbot.domain.work_order import OrderKey
from coopbot.ports import Translate
from coopbot.views import headline, ids
from coopbot.views.ask_again import reasons
from coopbot.views.blocks import Block, button, field, modal, option, quote, section, select
from coopbot.views.field_input import field_input, read_fields
from coopbot.views.pen import Pen, label, msgid
from coopbot.views.refusal import refusal
from coopbot.views.text import clean, clip, short

LAST_SHOWN = 140
IN_COMMON = {
    "consumer": msgid("same consumer"),
    "product": msgid("same product"),
    "subject": msgid("same title"),
    "batch": msgid("same courier batch"),
}
MOST_BLOCKS = 100
"""Of a modal of Slack's."""
LONGEST_CODE = 75
"""A longer one does not fit beside the text's name in its block_id; such a ready answer is given one by one."""
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
    if said and found.by:
        why = t(", ").join(t(_in_common(name, seen)) for name in found.by)
        said = [t("{what} ({why})", what=said[0], why=why)]
    if found.last is not None:
        said.append(t("last answered: “{text}”", text=pen.text(found.last.text, LAST_SHOWN)))
    if not said:
        return ()
    together = button(t("Answer together… (leads)"), ids.TOGETHER, str(seen.order.key)) if n else None
    return (section(" · ".join(said), together),)


def together_modal(
    orders: Sequence[Seen], found: Alike, key: OrderKey, t: Translate, *, user: str = "", start: Preset | None = None
) -> Block:
    """First step: which of them, and the words: those of ``start``, where a ready answer was chosen to begin with.

    What somebody else than ``user`` has is there to be seen, and not ticked: it would be skipped.
    """
    boxes: Block = {
        "type": "checkboxes",
        "action_id": ids.TOGETHER_ORDERS,
        "options": [_option(it, t) for it in orders],
    }
    ticked = [option for option, it in zip(boxes["options"], orders, strict=True) if _free_for(it, user)]
    if ticked:
        boxes["initial_options"] = ticked
    words: Block = {
        "type": "plain_text_input",
        "action_id": ids.REPLY_TEXT,
        "multiline": True,
        "max_length": LONGEST,
    }
    text = start.text if start is not None else found.last.text if found.last is not None else ""
    if text:
        words["initial_value"] = text[:LONGEST]
    code = start.code if start is not None else ""
    hint = t("{order_no} and the like come from each order; any other {name} is asked for, order by order.",
             order_no="{order_no}", name="{name}")  # fmt: skip
    return modal(
        t("Answer together"),
        [
            field(t("Orders, soonest due first"), boxes, ids.TOGETHER_ORDERS),
            *_starts(orders, t),
            # of an input with the same block_id Slack keeps what was typed, and shows no other text
            field(t("Your answer"), words, f"{ids.REPLY_TEXT}|{code}" if code else ids.REPLY_TEXT, hint=hint),
        ],
        close=t("Cancel"),
        submit=t("Preview each"),
        callback_id=ids.TOGETHER_MODAL,
        metadata=f"{key}|{code}",
    )


def _starts(orders: Sequence[Seen], t: Translate) -> list[Block]:
    """The ready answers that all of them offer; nothing where there are none."""
    presets = [each for each in shared_presets(orders) if len(each.code) <= LONGEST_CODE]
    if not presets:
        return []
    options = [option(clip(label(each.labels, t, each.code), 70).text, each.code) for each in presets]
    menu = select(ids.TOGETHER_START, t("Choose one"), options)
    block = field(t("Begin with a ready answer"), menu, ids.TOGETHER_START, optional=True)
    return [{**block, "dispatch_action": True}]


def preview_modal(group: Group, t: Translate) -> Block:
    """Second step: what each will be told, with the fields that it lacks."""
    blocks: list[Block] = []
    preset, n = group.preset, len(group.orders)
    for index, it in enumerate(group.orders):
        pen = Pen.of(it, t)
        number, wanted = headline.number(it, pen), headline.wanted(it, pen)
        blocks += [
            section(f"*{number}* · {wanted}"),
            quote(clip(clean(wording.preview(preset, it.order)), PREVIEWED).text),
        ]
        for name in wording.needed(preset, it.order)[: MOST_BLOCKS // n - 2]:
            block_id = f"{ids.FIELD}:{index}:{name}"
            shown = field_input(name, it, t)
            blocks.append({**shown, "block_id": block_id, "element": {**shown["element"], "action_id": block_id}})
    return _sending(blocks, n, ids.TOGETHER_SEND_MODAL, group.which, t)


def final_modal(looks: Sequence[Look], which: str, t: Translate) -> Block:
    """Third step, where one of them is sensitive: the final words of each, with why they are read once more."""
    blocks: list[Block] = []
    for look in looks:
        pen = Pen.of(look.seen, t)
        why = [f"*{reason}*" for reason in reasons(look.seen, look.why, pen)] if look.why is not None else []
        first = f"*{headline.number(look.seen, pen)}* · {headline.wanted(look.seen, pen)}"
        blocks += [section("\n".join([first, *why])), quote(clip(look.text, LONGEST).text)]
    return _sending(blocks, len(looks), ids.TOGETHER_FINAL_MODAL, which, t)


def _sending(blocks: Sequence[Block], n: int, callback_id: str, which: str, t: Translate) -> Block:
    return modal(
        t("Send 1 answer?") if n == 1 else t("Send {n} answers?", n=n),
        blocks,
        close=t("Back"),
        submit=t("Send"),
        callback_id=callback_id,
        metadata=which,
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
    typed = next((block for name, block in values.items() if name.partition("|")[0] == ids.REPLY_TEXT), None)
    words: Mapping[str, Any] = next(iter((typed or {}).values()), {}) or {}
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


def _in_common(name: str, seen: Seen) -> str:
    """Of a subject: the product, where the platform names it (domain/alike.py)."""
    return IN_COMMON["product" if name == "subject" and seen.order.facts.product.strip() else name]


def _option(it: Seen, t: Translate) -> Block:
    pen = Pen.of(it, t).for_fallback
    text = f"{it.order.key.number} · {headline.wanted_in_passing(it, pen)}"
    claim, words = it.order.claim, it.order.facts.content
    held = t("{who} has it", who=pen.for_plain.who(claim.by)) if claim is not None else ""
    return option(short(text, 75), str(it.order.key), short(" · ".join(part for part in (held, words) if part), 75))


def _free_for(it: Seen, user: str) -> bool:
    return it.order.claim is None or it.order.claim.by == user
