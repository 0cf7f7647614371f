"""``/coop help``: the few words that there are; an unknown one gets them too, never silence."""

from __future__ import annotations

from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, context, section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen, msgid

EVERYBODY = {
    "status": ("", msgid("open orders, what is due, who is on call")),
    "outage": ("", msgid("report a power cut or the like to the platform")),
    "why": (msgid("NUMBER"), msgid("how a due time came about")),
    "promises": ("", msgid("what you promised and have to keep; for leads also the team's")),
    "oncall": ("", msgid("who is on call now and next; also mine, stats, override, swap")),
    "quiet": ("", msgid("your own quiet hours; off ends them")),
    "help": ("", msgid("this list")),
}
LEADS = {
    "hold": (msgid("NUMBER WHY"), msgid("hold an order")),
    "resume": (msgid("NUMBER"), msgid("resume it")),
    "drill": ("", msgid("call the on-call for practice")),
}
OWNERS = {
    "exposure": (msgid("[SHOP]"), msgid("what is at risk, settlement, deposit, points")),
    "penalties": (msgid("[SHOP] [MONTH]"), msgid("a month's penalties, settlement, appeals")),
    "exam": (msgid("PENALTY"), msgid("an exam was passed in place of points")),
}
"""By who may: a word, what goes behind it, what it does."""


def help_(t: Translate, unknown: str = "") -> Message:
    """What can be typed and what the card does; ``unknown`` is the word that nobody understood."""
    first = t("Work orders of the platform, answered here.")
    if unknown.strip():
        first = t("“{word}” is not a command here. What there is:", word=Pen(t).text(unknown, 60))
    blocks: list[Block] = [
        _listed(first, EVERYBODY, t),
        _listed(t("Leads"), LEADS, t),
        _listed(t("Leads and managers"), OWNERS, t),
        context(t("Answer with the buttons of a card. What you write in its thread stays in the team.")),
    ]
    words = " | ".join([*EVERYBODY, *LEADS, *OWNERS])
    return Message(text=lock_screen(f"{first} {ids.COMMAND} {words}"), blocks=blocks)


def usage(word: str, t: Translate) -> Message:
    """A word that wants more behind it."""
    said = t("Write it like this: {command}.", command=f"`{_typed(word, t)}`")
    return Message(text=said, blocks=[section(said)])


def _typed(word: str, t: Translate) -> str:
    more, _ = {**EVERYBODY, **LEADS, **OWNERS}[word]
    return " ".join([ids.COMMAND, word, t(more)] if more else [ids.COMMAND, word])


def _listed(title: str, words: dict[str, tuple[str, str]], t: Translate) -> Block:
    """Slack folds a long text up; a list of what there is has to be seen whole."""
    lines = [f"`{_typed(word, t)}`  {t(what)}" for word, (_, what) in words.items()]
    return {**section("\n".join([f"*{title}*", *lines])), "expand": True}
