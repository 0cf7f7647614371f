"""What was promised, as cards, notes and lists say it; the buttons and forms with which it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopbot.domain.promise import Evidence, Promise, PromiseState
from coopbot.domain.seen import Seen
from coopbot.ports import Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, actions, button, field, modal, plain, quote, section
from coopbot.views.pen import Pen, label, msgid
from coopbot.views.refusal import field_name
from coopbot.views.text import clean, clip, is_web, short, web_link

MARK = "🤝"
MOST_TEXT = 1000
MOST_LINK = 2000
LONGEST_LINK = 500
"""A longer address takes more of a message's budget than it is worth."""
TRACKING_NO = "tracking_no"

LINES = {
    "open": msgid("Promised: “{what}” by {due}, {who}"),
    "kept": msgid("Promise kept at {at}: “{what}”, {who}"),
    "broken": msgid("Promise broken: “{what}” was due {due}, {who}"),
    "voided": msgid("Promise “{what}” has fallen away: the platform voided the order"),
    "rejected": msgid("Promise “{what}” has fallen away: the platform rejected the answer"),
    "moved": msgid("Promise “{what}” was replaced by a later one"),
}
ENDED = {
    PromiseState.KEPT: msgid("kept"),
    PromiseState.BROKEN: msgid("broken"),
    PromiseState.DROPPED: msgid("that answer was rejected"),
}
"""How a promise stood when its matter was raised again; one that was open then may have ended since."""


def what_of(what: Mapping[str, str], text: str, pen: Pen) -> str:
    """What was promised in the reader's language; where nobody named it, how the answer begins."""
    return pen.text(label(what, pen.t) or text, headline.WHAT_SHOWN)


def line(promise: Promise, pen: Pen) -> str:
    """One line, without its mark: what, by when, whose, and how it ended."""
    code = promise.why if promise.state is PromiseState.DROPPED else promise.state.value
    facts = {"what": what_of(promise.what, promise.text, pen), "due": pen.at(promise.due_at, day=True)}
    facts |= {"who": pen.who(promise.owner), "at": pen.at(promise.ended_at or promise.due_at, day=True)}
    said = pen.t(LINES[code], **facts)
    if promise.state is PromiseState.BROKEN and promise.ended_by:
        said = f"{said} · " + pen.t("Reason: {reason}", reason=pen.text(promise.why, 140))
    return " · ".join([said, *shown(promise.evidence, pen)])


def shown(evidence: Evidence, pen: Pen) -> Sequence[str]:
    """What was shown for it; a link is one only in blocks."""
    parts = [pen.text(evidence.text, 140)] if evidence.text else []
    if evidence.tracking_no:
        parts.append(f"{field_name(TRACKING_NO, pen.t)} {pen.text(evidence.tracking_no, 60)}")
    if evidence.link:
        linked = pen.tokens and len(evidence.link) <= LONGEST_LINK
        parts.append(web_link(evidence.link, short(evidence.link, 60)) if linked else pen.text(evidence.link, 60))
    return parts


def on_card(seen: Seen, pen: Pen) -> Sequence[Block]:
    """The newest promise of the order, and its buttons while it is to be kept; nothing where none was given."""
    if not seen.promises:
        return ()
    newest = seen.promise or seen.promises[-1]
    said = section(f"{MARK} {line(newest, pen)}")
    return (said, settling(seen, pen.t)) if newest.is_open else (said,)


def settling(seen: Seen, t: Translate) -> Block:
    """Kept, handed over, not possible."""
    key = str(seen.order.key)
    to: Block = {"type": "users_select", "action_id": ids.PROMISE_HAND_OVER}
    to["placeholder"] = plain(t("Hand the promise over to…"), 150)
    row = [button(t("Kept…"), ids.PROMISE_KEPT, key, style="primary"), to]
    row.append(button(t("Not possible…"), ids.PROMISE_GIVE_UP, key))
    return actions(row, ids.block_id(ids.PROMISE_BLOCK, seen.order.key))


def recall_line(seen: Seen, pen: Pen) -> str:
    """Who promised what when the matter was raised before; empty where nobody did."""
    recall = seen.recall
    if recall is None:
        return ""
    facts = {"who": pen.who(recall.by), "what": what_of(recall.what, recall.text, pen)}
    facts["due"] = pen.at(recall.due_at, day=True)
    about = [] if recall.order == seen.order.key else [pen.t("Work order {no}", no=pen.text(recall.order.number, 40))]
    about += [pen.t(ENDED[recall.state])] if recall.state in ENDED else []
    said = " · ".join([pen.t("{who} promised “{what}” by {due}", **facts), *about])
    return f"{MARK} {said if recall.order == seen.order.key else pen.t('Raised again: {said}', said=said)}"


def kept_modal(seen: Seen, promise: Promise, t: Translate) -> Block:
    """What shows that it was kept; one of the three is enough."""
    text = _text(ids.PROMISE_TEXT, multiline=True)
    link = _text(ids.PROMISE_LINK, most=MOST_LINK)
    tracking = _text(ids.PROMISE_TRACKING, most=100)
    inputs = [
        field(t("What was done"), text, ids.PROMISE_TEXT, optional=True, hint=t("One of the three is enough.")),
        field(t("Link to what shows it"), link, ids.PROMISE_LINK, optional=True),
        field(field_name(TRACKING_NO, t), tracking, ids.PROMISE_TRACKING, optional=True),
    ]
    return _modal(t("Promise kept"), seen, promise, inputs, ids.PROMISE_KEPT_MODAL, t)


def given_up_modal(seen: Seen, promise: Promise, t: Translate) -> Block:
    """Why it can't be kept; it counts as broken, and the leads are told."""
    hint = t("It counts as broken from now on; the leads are told.")
    why = field(t("Why it can't be kept"), _text(ids.PROMISE_WHY, multiline=True), ids.PROMISE_WHY, hint=hint)
    return _modal(t("Not possible"), seen, promise, [why], ids.PROMISE_GIVEN_UP_MODAL, t)


def read_evidence(values: Mapping[str, Any]) -> Evidence:
    """What was filled in, trimmed; what is no web address is kept as text."""
    text, link = _said(values, ids.PROMISE_TEXT), _said(values, ids.PROMISE_LINK)
    if link and not is_web(link):
        text, link = f"{text} {link}".strip(), ""
    return Evidence(text, link, _said(values, ids.PROMISE_TRACKING))


def read_why(values: Mapping[str, Any]) -> str:
    return _said(values, ids.PROMISE_WHY)


def _modal(title: str, seen: Seen, promise: Promise, inputs: Sequence[Block], callback_id: str, t: Translate) -> Block:
    pen = Pen.of(seen, t)
    about = f"{headline.subject(seen, pen)} · {headline.number(seen, pen)}\n*{line(promise, pen)}*"
    return modal(
        title,
        [section(about), quote(clip(clean(promise.text), MOST_TEXT).text), *inputs],
        close=t("Cancel"),
        submit=t("Save"),
        callback_id=callback_id,
        metadata=f"{seen.order.key}|{promise.reply_id}",
    )


def _text(action_id: str, *, multiline: bool = False, most: int = MOST_TEXT) -> Block:
    return {"type": "plain_text_input", "action_id": action_id, "multiline": multiline, "max_length": most}


def _said(values: Mapping[str, Any], name: str) -> str:
    element: Mapping[str, Any] = next(iter((values.get(name) or {}).values()), {}) or {}
    return str(element.get("value") or "").strip()
