"""What is said when something broke: nothing was lost, try again, and a short id that the operator can search."""

from __future__ import annotations

from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, modal, section
from coopbot.views.text import short_escaped


def error(error_id: str, t: Translate) -> Message:
    sentence = _sentence(error_id, t)
    return Message(text=sentence, blocks=[section(sentence)])


def whisper(sentence: str) -> str:
    """A refusal as a whisper: the sentence itself, already escaped."""
    return sentence


def error_modal(error_id: str, t: Translate) -> Block:
    """In place of a modal that could not be built."""
    return modal(t("It didn't work"), [section(_sentence(error_id, t))], close=t("Close"))


def _sentence(error_id: str, t: Translate) -> str:
    shown = short_escaped(error_id, 40)
    return t("Something went wrong; nothing was changed. Try again, or give the operator this id: {id}", id=shown)
