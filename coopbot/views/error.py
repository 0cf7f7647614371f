"""What is said when something broke: nothing was lost, try again, and a short id that the operator can search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, modal, section
from coopbot.views.text import escape, short_escaped

_ERROR = "error"
_GIVEN_BACK = ("type", "title", "close", "submit", "callback_id", "private_metadata")


def error(error_id: str, t: Translate) -> Message:
    sentence = _sentence(error_id, t)
    return Message(text=sentence, blocks=[section(sentence)])


def whisper(sentence: str) -> str:
    """A refusal as a whisper: the sentence itself, already escaped."""
    return sentence


def error_modal(error_id: str, t: Translate) -> Block:
    """In place of a modal that could not be built."""
    return modal(t("It didn't work"), [section(_sentence(error_id, t))], close=t("Close"))


def refused_modal(sentence: str, t: Translate) -> Block:
    """In place of a modal that is not to be had: a refusal's sentence, escaped already."""
    return modal(t("Not now"), [section(sentence)], close=t("Close"))


def _sentence(error_id: str, t: Translate) -> str:
    shown = short_escaped(error_id, 40)
    return t("Something went wrong; nothing was changed. Try again, or give the operator this id: {id}", id=shown)


def above(view: Mapping[str, Any], sentence: str) -> Block:
    """A modal as Slack gave it back, with ``sentence`` on top: for one that has no input to show it at."""
    again = {name: view[name] for name in _GIVEN_BACK if view.get(name)}
    rest = [block for block in view.get("blocks") or () if block.get("block_id") != _ERROR]
    return {**again, "blocks": [section(escape(sentence), block_id=_ERROR), *rest]}
