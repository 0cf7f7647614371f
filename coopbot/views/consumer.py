"""What a card does not show to everybody at once: the consumer's whole data, and the whole of long words."""

from __future__ import annotations

from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, modal, quote, section
from coopbot.views.pen import Pen
from coopbot.views.text import clean, clip

PART = 2900
MOST = 9000


def consumer(seen: Seen, t: Translate) -> Message:
    """The consumer unmasked, for one member; the look is recorded (decisions.md 22)."""
    pen, who = Pen.of(seen, t), seen.order.facts.consumer
    name = pen.text(who.name, 150) if who.name.strip() else t("not given")
    contact = pen.text(who.contact, 150) if who.contact.strip() else t("not given")
    text = t(
        "Consumer of {no}: {name}, contact {contact}.",
        no=pen.text(seen.order.key.number, 100),
        name=name,
        contact=contact,
    )
    return Message(text=text, blocks=[section(f"{text}\n{t('Only you see this. That you looked is recorded.')}")])


def whole_text(seen: Seen, t: Translate) -> Block:
    """A modal with all that the consumer wrote, as far as one modal goes."""
    pen = Pen.of(seen, t)
    words = clip(clean(seen.order.facts.content), MOST)
    blocks: list[Block] = [quote(words.text[start : start + PART]) for start in range(0, len(words.text), PART)]
    if words.left:
        blocks.append(section(t("{n} more characters are in the console.", n=words.left)))
    first = section(f"*{t('Work order {no}', no=pen.text(seen.order.key.number, 100))}*")
    return modal(t("The whole text"), [first, *blocks], close=t("Close"))
