"""The modals in which an answer is written, and how to read them. Ids only travel in ``private_metadata``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coopbot.domain import wording
from coopbot.domain.field import ATTACHMENT, LONGEST
from coopbot.domain.files import MB, MOST_AT_ONCE, FileRules, HandedIn
from coopbot.domain.lifecycle import Act
from coopbot.domain.scene import Preset
from coopbot.domain.seen import Seen
from coopbot.ports import Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, button, context, field, modal, quote, section
from coopbot.views.field_input import field_input
from coopbot.views.pen import Pen, label
from coopbot.views.refusal import UNITS, field_name
from coopbot.views.text import clean, clip, inline, is_web, short, web_link

WORDS_SHOWN = 2000


def reply_modal(
    seen: Seen,
    t: Translate,
    now: datetime | None = None,
    draft: str = "",
    *,
    files: FileRules | None = None,
    error: str = "",
) -> Block:
    """Free text, the consumer's words on top. ``error`` is a sentence shown first, ``draft`` what was typed before,
    ``files`` what may be attached; None: nothing."""
    pen = Pen.of(seen, t, now)
    rules = seen.rules
    unit = t(UNITS[rules.reply_unit])
    element: Block = {
        "type": "plain_text_input",
        "action_id": ids.REPLY_TEXT,
        "multiline": True,
        "min_length": 1,
        "max_length": min(LONGEST, max(rules.reply_max, len(draft))),
        "focus_on_load": True,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},  # Slack waits for a rest in typing
    }
    if draft:
        element["initial_value"] = draft[:LONGEST]
    hint = t("At most {n} {unit}. It goes to the platform as it stands here.", n=rules.reply_max, unit=unit)
    return modal(
        t("Answer this order"),
        [
            *_about(seen, pen, error),
            *_claim_row(seen, t),
            {**field(t("Your answer"), element, ids.REPLY_TEXT, hint=hint), "dispatch_action": True},
            *([file_input(ids.field_id(ATTACHMENT), files, t, optional=True)] if files else []),
        ],
        close=t("Cancel"),
        submit=t("Send"),
        callback_id=ids.REPLY_MODAL,
        metadata=str(seen.order.key),
    )


def _claim_row(seen: Seen, t: Translate) -> list[Block]:
    """For an order that only has a row of a digest, where there is no room for more than one button."""
    order = seen.order
    if order.row is None or order.card is not None or order.claim is not None or Act.CLAIM not in seen.acts:
        return []
    said = t("Claimed, it gets a card of its own with the ready answers.")
    return [section(said, button(t("Claim"), ids.CLAIM, str(order.key)))]


def preset_modal(
    seen: Seen,
    preset: Preset,
    t: Translate,
    now: datetime | None = None,
    *,
    files: FileRules | None = None,
    draft: Mapping[str, str] | None = None,
    error: str = "",
) -> Block:
    """A preset's open fields, and the text that they go into. ``files``: what may be attached; None: nothing, and a
    preset that requires a file can't be sent from here."""
    pen = Pen.of(seen, t, now)
    names = wording.needed(preset, seen.order)
    fields = [field_input(name, seen, t, (draft or {}).get(name, "")) for name in names if name != ATTACHMENT]
    if ATTACHMENT in names and files is None:
        return _only_in_console(seen, preset, pen, error)
    if ATTACHMENT in names and files is not None:
        fields.append(file_input(ids.field_id(ATTACHMENT), files, t))
    return modal(
        short(label(preset.labels, t, preset.code), 24),
        [
            *_about(seen, pen, error),
            section(f"*{t('This goes to the platform:')}*"),
            quote(clip(wording.preview(preset, seen.order), WORDS_SHOWN).text),
            *fields,
        ],
        close=t("Cancel"),
        submit=t("Send"),
        callback_id=ids.PRESET_MODAL,
        metadata=f"{seen.order.key}|{preset.code}",
    )


def read_reply(values: Mapping[str, Any]) -> str:
    """The free text of ``view.state.values``, trimmed; empty when nothing was written."""
    return str(_element(values, ids.REPLY_TEXT).get("value") or "").strip()


def read_files(values: Mapping[str, Any], block_id: str = ids.field_id(ATTACHMENT)) -> tuple[HandedIn, ...]:
    """The files that were handed in, if the modal took any."""
    files = _element(values, block_id).get("files") or ()
    return tuple(
        HandedIn(str(each["id"]), inline(str(each.get("name") or "")) or str(each["id"]), int(each.get("size") or 0))
        for each in files
        if each.get("id")
    )


def file_input(block_id: str, files: FileRules, t: Translate, *, label: str = "", optional: bool = False) -> Block:
    """Files of the types that are taken. How large each may be Slack does not check: the hint says so."""
    element = {
        "type": "file_input",
        "action_id": block_id,
        "filetypes": list(files.types),
        "max_files": MOST_AT_ONCE,
    }
    hint = t("At most {n} files, {mb} MB each.", n=MOST_AT_ONCE, mb=files.largest // MB)
    return field(label or field_name(ATTACHMENT, t), element, block_id, hint=hint, optional=optional)


def _about(seen: Seen, pen: Pen, error: str) -> list[Block]:
    """What is wrong, by when it is wanted, and the consumer's words."""
    blocks: list[Block] = [section(error)] if error else []
    words = clip(clean(seen.order.facts.content), WORDS_SHOWN)
    subject = " · ".join([headline.badge(seen, pen), headline.subject(seen, pen), headline.number(seen, pen)])
    blocks += [
        section(f"{subject}\n*{headline.wanted(seen, pen)}*"),
        quote(words.text),
    ]
    if words.left:
        blocks.append(context(pen.t("{n} more characters: “Show all” on the card", n=words.left)))
    return blocks


def _only_in_console(seen: Seen, preset: Preset, pen: Pen, error: str) -> Block:
    """It requires a file, and none can be passed on: the text to copy, and where to give it."""
    t, url = pen.t, seen.order.facts.console_url
    where = pen.text(label(seen.rules.console_path, t), 150)
    if is_web(url):
        where = web_link(url, where or t("Open the console"))
    said = t("This answer needs an attachment, and files can't be passed on from here: give it in the console.")
    return modal(
        short(label(preset.labels, t, preset.code), 24),
        [
            *_about(seen, pen, error),
            section("\n".join(part for part in (said, where) if part)),
            section(f"*{t('The text to copy:')}*"),
            quote(clip(wording.preview(preset, seen.order), WORDS_SHOWN).text),
        ],
        close=t("Close"),
    )


def _element(values: Mapping[str, Any], block_id: str) -> Mapping[str, Any]:
    """The only element of a block, whatever its action_id."""
    block = values.get(block_id) or {}
    return next(iter(block.values()), {}) or {}
