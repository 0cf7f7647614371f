"""Every name by which Slack hands something back: commands, action_id, callback_id, block_id; and how to read them.

The order's key stands in a button's ``value``. Options of menus have no room for it, so menus stand in a block whose
``block_id`` carries it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coopbot.domain.work_order import OrderKey

COMMAND = "/coop"
STATUS_COMMAND = f"{COMMAND} status"
EXPOSURE = f"{COMMAND} exposure"
PENALTIES_COMMAND = f"{COMMAND} penalties 2026-11"
HOLD_COMMAND = f"{COMMAND} hold A-17 …"

CLAIM = "claim"
RELEASE = "release"
TAKE_OVER = "take_over"
HAND_OVER = "hand_over"
PRESET = "preset"
"""Prefix of a preset's button, ``preset:<code>``."""
PRESET_MENU = "preset_menu"
OTHER_ANSWER = "other_answer"
SHOW_CONSUMER = "show_consumer"
SHOW_ALL = "show_all"
SHOW_ANSWERED = "show_answered"
WHY = "why"
UNDO = "undo"
SNOOZE = "snooze"
QUIET = "quiet"
"""Home's button."""
TOGETHER = "together"
OUTAGE = "outage"
CONSOLE = "console"
"""A link button: Slack reports the click, nothing is to be done."""
OPEN_CARD = "open_card"
"""Likewise."""
SWAP_ACCEPT = "swap_accept"
SWAP_DECLINE = "swap_decline"
DRILL_CLAIM = "drill_claim"
KIT = "kit"
APPEALED = "appealed"
APPEAL_LOST = "appeal_lost"
OUTAGE_GRANTED = "outage_granted"
OUTAGE_REFUSED = "outage_refused"
OUTAGE_OVER = "outage_over"
LEDGER_FILE = "ledger_file"
"""Its value says what was asked for: ``month|channel|shop``."""
RISK = "risk"
"""How what is at risk is reckoned; its value is the team's channel."""
OF_MONEY = (KIT, APPEALED, APPEAL_LOST, OUTAGE_GRANTED, OUTAGE_REFUSED, OUTAGE_OVER, LEDGER_FILE, RISK)
"""Buttons on news of money; their value names a penalty or an outage, no order."""
APPROVE = "approve"
DECLINE = "decline"
WITHDRAW = "withdraw"
SEND_ALONE = "send_alone"
OF_APPROVAL = (APPROVE, DECLINE, WITHDRAW, SEND_ALONE)
"""Buttons of a request for approval; their value names the request and the order."""
PROMISE_KEPT = "promise_kept"
PROMISE_GIVE_UP = "promise_give_up"
PROMISE_HAND_OVER = "promise_hand_over"
OF_PROMISES = (PROMISE_KEPT, PROMISE_GIVE_UP, PROMISE_HAND_OVER)
MORE = "more"
"""The overflow menu; each option's value is one of the names above."""

IN_MORE = (RELEASE, TAKE_OVER, SHOW_CONSUMER, WHY, OUTAGE)
BUTTONS = (
    CLAIM,
    RELEASE,
    TAKE_OVER,
    HAND_OVER,
    PRESET_MENU,
    OTHER_ANSWER,
    SHOW_CONSUMER,
    SHOW_ALL,
    SHOW_ANSWERED,
    WHY,
    UNDO,
    SNOOZE,
    QUIET,
    OUTAGE,
    TOGETHER,
    CONSOLE,
    OPEN_CARD,
    SWAP_ACCEPT,
    SWAP_DECLINE,
    DRILL_CLAIM,
    *OF_APPROVAL,
    *OF_MONEY,
    *OF_PROMISES,
    MORE,
)

SEND_AS_ANSWER = "send_as_answer"
"""The shortcut in a message's menu."""
SHORTCUTS = (SEND_AS_ANSWER,)

TOGETHER_ORDERS = "together_orders"
TOGETHER_START = "together_start"
"""The menu of ready answers in that modal: choosing one puts its words into the field below."""

REPLY_MODAL = "reply"
PRESET_MODAL = "preset"
ASK_AGAIN_MODAL = "ask_again"
OUTAGE_MODAL = "outage"
OUTAGE_END_MODAL = "outage_end"
"""Its metadata is the report's id."""
LOADING_MODAL = "loading"
ROTA_MODAL = "rota"
SWAP_MODAL = "swap"
DECLINE_MODAL = "decline"
SEND_ALONE_MODAL = "send_alone"
SNOOZE_MODAL = "snooze"
QUIET_MODAL = "quiet"
TEMPLATE_MODAL = "template"
TEMPLATE_FILE_MODAL = "template_file"
TOGETHER_MODAL = "together"
TOGETHER_SEND_MODAL = "together_send"
TOGETHER_FINAL_MODAL = "together_final"
PROMISE_KEPT_MODAL = "promise_kept"
PROMISE_GIVEN_UP_MODAL = "promise_given_up"
MODALS = (
    REPLY_MODAL,
    PRESET_MODAL,
    ASK_AGAIN_MODAL,
    DECLINE_MODAL,
    SEND_ALONE_MODAL,
    OUTAGE_MODAL,
    OUTAGE_END_MODAL,
    TEMPLATE_MODAL,
    TEMPLATE_FILE_MODAL,
    TOGETHER_MODAL,
    TOGETHER_SEND_MODAL,
    TOGETHER_FINAL_MODAL,
    ROTA_MODAL,
    SWAP_MODAL,
    SNOOZE_MODAL,
    QUIET_MODAL,
    PROMISE_KEPT_MODAL,
    PROMISE_GIVEN_UP_MODAL,
)

PRESETS_BLOCK = "presets"
ACTS_BLOCK = "acts"
ANSWERED_BLOCK = "answered"
ROW_BLOCK = "row"
PROMISE_BLOCK = "promise"

TEMPLATES = "templates"
"""Home's button; its value is the team's name."""
TEMPLATE_NEW = "template_new"
TEMPLATE_DO = "template_do"
"""The menu beside a template; each option's value is ``edit|code``, ``preview|code`` or ``retire|code``."""
TEMPLATE_EXPORT = "template_export"
TEMPLATE_IMPORT = "template_import"
IN_TEMPLATES = (TEMPLATES, TEMPLATE_NEW, TEMPLATE_DO, TEMPLATE_EXPORT, TEMPLATE_IMPORT)
TEMPLATE_FILE = "template_file"
TEMPLATE_NAME = "template_name"
TEMPLATE_TEXT = "template_text"
TEMPLATE_SCENE = "template_scene"
TEMPLATE_SHOP = "template_shop"
TEMPLATE_LANGUAGE = "template_language"
TEMPLATE_WITHIN = "template_within"

REPLY_TEXT = "reply_text"
"""The free text; what is typed into it comes as a click of that name."""
TYPED = (REPLY_TEXT,)
IN_TOGETHER = (TOGETHER_START,)
FIELD = "field"
"""Prefix of the input of a preset's field, ``field:<name>``; both block_id and action_id."""
APPROVAL_REASON = "approval_reason"
OUTAGE_KIND = "outage_kind"
OUTAGE_SINCE = "outage_since"
OUTAGE_UNTIL = "outage_until"
OUTAGE_NOTE = "outage_note"
OUTAGE_SHOPS = "outage_shops"
OUTAGE_FILES = "outage_files"
OUTAGE_ENDED = "outage_ended"
ROTA_KIND = "rota_kind"
ROTA_WHO = "rota_who"
ROTA_INSTEAD = "rota_instead"
ROTA_FROM = "rota_from"
ROTA_UNTIL = "rota_until"
ROTA_WHY = "rota_why"
SWAP_SHIFT = "swap_shift"
SWAP_WITH = "swap_with"
SNOOZE_FOR = "snooze_for"
SNOOZE_AT = "snooze_at"
QUIET_FROM = "quiet_from"
QUIET_UNTIL = "quiet_until"
QUIET_DAYS = "quiet_days"
QUIET_ZONE = "quiet_zone"
PROMISE_TEXT = "promise_text"
PROMISE_LINK = "promise_link"
PROMISE_TRACKING = "promise_tracking"
PROMISE_WHY = "promise_why"


def named(kind: str, identity: str) -> str:
    """A button's value for what is no order: a swap, a drill. Read back like an order's key."""
    return f"{kind}:{identity}"


def request_value(identity: str, key: OrderKey) -> str:
    """A button's value for a request for approval: a click on an old message must not approve a newer text."""
    return f"{identity}|{key}"


def preset_action(code: str) -> str:
    return f"{PRESET}:{code}"


def field_id(name: str) -> str:
    return f"{FIELD}:{name}"


def block_id(block: str, key: OrderKey) -> str:
    """A block_id that carries the order; unique in a message as long as ``block`` is."""
    return f"{block}|{key}"


def order_in(block_id: str) -> OrderKey:
    """The order that a block_id carries. Raises ValueError when there is none."""
    return OrderKey.parse(block_id.partition("|")[2])


@dataclass(frozen=True, slots=True)
class Click:
    """What somebody pressed: one name of :data:`BUTTONS` or ``preset``, and what goes with it."""

    name: str
    order: OrderKey | None = None
    preset: str = ""
    user: str = ""
    """Who was chosen, for a hand-over."""
    subject: str = ""
    """The penalty or outage that a button of :data:`OF_MONEY` is about, the request of one of :data:`OF_APPROVAL`."""
    text: str = ""
    """What stands in the field now, where somebody is typing."""


def read_click(action: Mapping[str, Any]) -> Click:
    """One element of ``actions`` of a block_actions payload; menus are opened up to what was chosen in them.

    Raises ValueError for an order key that can't be read.
    """
    name = str(action.get("action_id") or "")
    if name == REPLY_TEXT:  # its value is somebody's text, however much it looks like a key
        return Click(name, text=str(action.get("value") or ""))
    chosen = str((action.get("selected_option") or {}).get("value") or "")
    user = str(action.get("selected_user") or "")
    if name in OF_MONEY:
        return Click(name, subject=str(action.get("value") or ""))
    if name in OF_APPROVAL:
        identity, _, key = str(action.get("value") or "").partition("|")
        return Click(name, OrderKey.parse(key), subject=identity)
    value, block = str(action.get("value") or ""), str(action.get("block_id") or "")
    order = OrderKey.parse(value) if value else order_in(block) if "|" in block else None
    if name == MORE:
        return Click(chosen, order)
    if name == PRESET_MENU:
        return Click(PRESET, order, preset=chosen)
    prefix, colon, code = name.partition(":")
    if colon and prefix == PRESET:
        return Click(PRESET, order, preset=code)
    return Click(name, order, user=user)
