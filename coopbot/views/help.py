"""``/coop help``: the few words that there are; an unknown one gets them too, never silence."""

from __future__ import annotations

from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, context, section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen, msgid

WORDS = {
    "status": msgid("open orders, what is due, who is on call"),
    "outage": msgid("report a power cut or the like to the platform"),
    "why …": msgid("how an order's due time came about; put its number there"),
    "exposure [shop]": msgid("what is at risk, settlement, deposit, points; for leads"),
    "penalties [shop] [month]": msgid("a month's penalties, settlement and appeals; for leads"),
    "exam …": msgid("an exam was passed in place of points; put the penalty's number there (leads)"),
    "hold …": msgid("hold an order, with its number and why (leads)"),
    "resume …": msgid("let it go on"),
    "promises": msgid("what you promised and have to keep; for leads the team's, kept and broken"),
    "oncall": msgid("who is on call now and next; then: mine, stats, override, swap"),
    "quiet": msgid("your own quiet hours; then: off"),
    "drill": msgid("call the on-call for practice (leads)"),
    "help": msgid("this list"),
}


def help_(t: Translate, unknown: str = "") -> Message:
    """What can be typed and what the card does; ``unknown`` is the word that nobody understood."""
    lines = [f"`{ids.COMMAND} {word}`  {t(what)}" for word, what in WORDS.items()]
    first = t("Work orders of the platform, answered here.")
    if unknown.strip():
        first = t("“{word}” is not a command here. What there is:", word=Pen(t).text(unknown, 60))
    blocks: list[Block] = [
        section(f"*{first}*\n" + "\n".join(lines)),
        context(t("Answer with the buttons of a card. What you write in its thread stays in the team.")),
    ]
    return Message(text=lock_screen(f"{first} {ids.COMMAND} {' | '.join(WORDS)}"), blocks=blocks)
