"""A modal that is there at once, for what takes longer than a trigger lives."""

from __future__ import annotations

from coopbot.ports import Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, modal, section


def loading(t: Translate) -> Block:
    return modal(t("One moment"), [section(t("Loading…"))], close=t("Close"), callback_id=ids.LOADING_MODAL)
