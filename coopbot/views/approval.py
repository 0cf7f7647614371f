"""An answer that waits for a second person: the request with its buttons, what became of it, and the two reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coopbot.domain import approval
from coopbot.domain.approval import Request, Standing
from coopbot.domain.seen import Seen
from coopbot.ports import Message, Translate
from coopbot.views import headline, ids
from coopbot.views.attached import attached
from coopbot.views.blocks import Block, actions, button, context, field, modal, quote, section
from coopbot.views.pen import Pen, msgid
from coopbot.views.text import clean, clip, money

TEXT_KEPT = 3000
REASON_MOST = 300

NEWS = {
    "asked": msgid("{called} {who} asks for your approval by {ends}; the answer leaves only with it."),
    "first": msgid("{called} {who} asks for your approval by {ends}; the answer leaves only with it."),
    "next": msgid("{called} no word from {before}: can you approve {who}'s answer by {ends}?"),
    "again": msgid("{called} {who}'s answer still waits for your approval, until {ends}."),
    "end": msgid("{called} nobody has approved the answer yet: approve it now, or {who} sends it with a reason."),
}
"""Why the message comes now; with somebody to call."""
NOBODY = msgid("Nobody is there now who may approve {who}'s answer; it can be sent with a reason.")
NOBODY_YET = msgid("{who}: nobody has approved the answer; you can send it with a reason.")
BECAME = {
    Standing.APPROVED: msgid("{by} approved {who}'s answer at {at}."),
    Standing.DECLINED: msgid("{by} declined {who}'s answer at {at}: “{reason}”."),
    Standing.OVERRIDDEN: msgid("{who} sent the answer at {at} without approval: “{reason}”."),
    Standing.WITHDRAWN: msgid("{who}'s answer is withdrawn; nothing left to approve."),
    Standing.PENDING: msgid("{who}'s answer waits for approval."),
}


@dataclass(frozen=True)
class Asking:
    """Why a request is brought up now, whom that calls, until when, and whether its author may send it alone."""

    news: str
    called: tuple[str, ...]
    ends_at: datetime
    alone: bool


def request(seen: Seen, asked: Request, asking: Asking, t: Translate) -> Message:
    """The answer as it would leave, who is asked why, and the buttons."""
    pen = Pen.of(seen, t)
    about = f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)} · {headline.number(seen, pen)}"
    return Message(
        text=headline.lock_screen(_news(seen, asked, asking, pen.for_fallback)),
        blocks=[
            section(f"{_news(seen, asked, asking, pen)}\n{about}"),
            quote(clip(asked.text, TEXT_KEPT).text),
            *_files(asked, pen),
            context(_why(seen, asked, pen)),
            actions(_buttons(seen, asked, asking, t), f"{ids.APPROVE}|{asked.id}|{asking.news}"),
        ],
    )


def settled(seen: Seen, asked: Request, t: Translate) -> Message:
    """The same message without its buttons: a verdict is given once."""
    pen = Pen.of(seen, t)
    said = _became(asked, pen)
    return Message(
        text=headline.lock_screen(_became(asked, pen.for_fallback)),
        blocks=[section(said), quote(clip(asked.text, 300).text)],
    )


def decline_modal(seen: Seen, asked: Request, t: Translate) -> Block:
    hint = t("{who} reads it, and gets the text back.", who=Pen.of(seen, t).for_plain.who(asked.by))
    return _reason_modal(seen, asked, t, t("Decline this answer"), t("Decline"), ids.DECLINE_MODAL, hint)


def send_alone_modal(seen: Seen, asked: Request, t: Translate) -> Block:
    hint = t("It stands in the order's log, and those who could have approved it are told.")
    return _reason_modal(seen, asked, t, t("Without approval"), t("Send"), ids.SEND_ALONE_MODAL, hint)


def read_reason(values: Mapping[str, Any]) -> str:
    """The reason of either modal, trimmed."""
    block = values.get(ids.APPROVAL_REASON) or {}
    element: Mapping[str, Any] = next(iter(block.values()), {}) or {}
    return str(element.get("value") or "").strip()


def _news(seen: Seen, asked: Request, asking: Asking, pen: Pen) -> str:
    who = pen.who(asked.by)
    if asking.news == "end":  # it is their turn again
        who = pen.mentions((asked.by,))
    if not asking.called:
        return pen.t(NOBODY_YET if asking.news == "end" else NOBODY, who=who)
    before = [user for user in asked.called if user not in asking.called]
    news = "again" if asking.news == "next" and not before else asking.news
    return pen.t(
        NEWS[news], called=pen.mentions(asking.called), who=who, ends=pen.at(asking.ends_at),
        before=pen.whos(before[-3:]),
    )  # fmt: skip


def _files(asked: Request, pen: Pen) -> list[Block]:
    return [section(attached([each.name for each in asked.files], pen))] if asked.files else []


def _why(seen: Seen, asked: Request, pen: Pen) -> str:
    """What of this answer wants a second person."""
    fields = {str(name): str(value) for name, value in (asked.answer.get("fields") or {}).items()}
    case = approval.needed(seen, asked.text, fields)
    parts = []
    if case is not None and case.classes:
        parts.append(headline.badge(seen, pen, marked=False))
    if case is not None and case.scenes:
        parts.append(headline.scene(seen, pen))
    if case is not None and case.over is not None:
        parts.append(pen.t("more than {amount}", amount=money(case.over)))
    if not parts:
        return pen.t("A second person approves such answers before they leave.")
    what = " · ".join(parts)
    return pen.t("A second person approves such answers before they leave: {what}.", what=what)


def _buttons(seen: Seen, asked: Request, asking: Asking, t: Translate) -> list[Block]:
    value = ids.request_value(asked.id, seen.order.key)
    row = [
        button(t("Approve"), ids.APPROVE, value, style="primary"),
        button(t("Decline…"), ids.DECLINE, value),
        button(t("Withdraw"), ids.WITHDRAW, value),
    ]
    if asking.alone:
        row.append(button(t("Send without approval…"), ids.SEND_ALONE, value))
    return row


def _became(asked: Request, pen: Pen) -> str:
    return pen.t(
        BECAME[asked.standing],
        by=pen.who(asked.settled_by),
        who=pen.who(asked.by),
        at=pen.at(asked.settled_at or asked.at),
        reason=pen.text(asked.reason, REASON_MOST),
    )


def _reason_modal(
    seen: Seen, asked: Request, t: Translate, title: str, submit: str, callback_id: str, hint: str
) -> Block:
    pen = Pen.of(seen, t)
    element = {
        "type": "plain_text_input",
        "action_id": ids.APPROVAL_REASON,
        "multiline": True,
        "min_length": 1,
        "max_length": REASON_MOST,
        "focus_on_load": True,
    }
    return modal(
        title,
        [
            section(f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)} · {headline.number(seen, pen)}"),
            quote(clip(clean(asked.text), TEXT_KEPT).text),
            *_files(asked, pen),
            field(t("Why?"), element, ids.APPROVAL_REASON, hint=hint),
        ],
        close=t("Cancel"),
        submit=submit,
        callback_id=callback_id,
        metadata=f"{seen.order.key}|{asked.id}",
    )
