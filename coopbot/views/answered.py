"""An order that the team is done with: two lines, who, when and what, with "Show" (decisions.md 19)."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.lifecycle import Act, State, met_at
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Kind, Reply, ReplyState
from coopbot.ports import Message
from coopbot.views import headline, ids
from coopbot.views.attached import attached
from coopbot.views.blocks import Block, actions, button, quote, section
from coopbot.views.pen import Pen
from coopbot.views.promise import on_card
from coopbot.views.text import clip

TEXT_SHOWN = 140


def answered(seen: Seen, pen: Pen, body: Sequence[Block] = (), *, expanded: bool = False) -> Message:
    """The short card; with ``expanded`` the order's ``body`` and the whole answer follow."""
    t, key = pen.t, str(seen.order.key)
    mark = headline.MARKS[seen.state]
    subject = f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)} · {headline.number(seen, pen)}"
    first = f"{mark} *{what_became(seen, pen)}* · {subject}"
    show = button(t("Hide") if expanded else t("Show"), ids.SHOW_ANSWERED, key)
    second = "" if expanded and seen.order.standing_reply else _second(seen, pen)
    blocks: list[Block] = [section("\n".join(line for line in (first, second) if line), show), *on_card(seen, pen)]
    if expanded:
        blocks += body
        reply = seen.order.standing_reply
        ending = seen.order.ending
        text = reply.text if reply else ending.text if ending else ""
        if text.strip():
            blocks += [section(f"*{t('Answer')}*"), quote(clip(text, 3000).text)]
        if reply and reply.files:
            blocks.append(section(attached([file.name for file in reply.files], pen)))
    if Act.REPORT_OUTAGE in seen.acts and seen.state is State.TRANSFERRED:
        report = button(t("Report an outage…"), ids.OUTAGE, key)
        blocks.append(actions([report], ids.block_id(ids.ANSWERED_BLOCK, seen.order.key)))
    if _stoppable(seen):
        stop = button(t("Undo"), ids.UNDO, key)
        blocks.append(actions([stop], ids.block_id(ids.ANSWERED_BLOCK, seen.order.key)))
    plain = pen.for_fallback
    fallback = [headline.badge(seen, plain, marked=False), headline.subject(seen, plain), what_became(seen, plain)]
    return Message(text=headline.lock_screen(" · ".join(fallback)), blocks=blocks)


def what_became(seen: Seen, pen: Pen) -> str:
    """Who did what when, and how late the platform had it; the state's own word is in it."""
    late = seen.usage.overdue_s if met_at(seen.order) is not None else 0
    became = _became(seen, pen)
    return f"{became} · {pen.t('{span} late', span=pen.span(late))}" if late else became


def _became(seen: Seen, pen: Pen) -> str:
    t, ending, reply = pen.t, seen.order.ending, seen.order.standing_reply
    if ending is None and reply is not None:
        return _answer(pen, reply, seen)
    if ending is None:
        return t("Nothing left to do.")
    at = pen.at(ending.at)
    match ending.kind:
        case Kind.ANSWERED_ELSEWHERE if ending.by.strip():
            return t("{who} answered in the console at {at}", who=pen.text(ending.by, 60), at=at)
        case Kind.ANSWERED_ELSEWHERE:
            return t("Answered in the console at {at}", at=at)
        case Kind.TIMED_OUT:
            return t("Too late: the platform took it over at {at}", at=at)
        case Kind.VOIDED:
            return t("The platform voided it at {at}", at=at)
        case _:
            return t("The platform closed it at {at}", at=at)


def _answer(pen: Pen, reply: Reply, seen: Seen) -> str:
    facts = {"who": pen.who(reply.by), "at": pen.at(reply.at)}
    if reply.state is ReplyState.ACCEPTED:
        return pen.t("{who} answered at {at}, accepted", **facts)
    if seen.provisional:
        return pen.t("{who} answered at {at}, the platform has it, not accepted yet", **facts)
    if reply.state is ReplyState.DELIVERED:
        return pen.t("{who} answered at {at}, the platform has it", **facts)
    if reply.grace_s:
        return pen.t("{who} answered at {at}; it goes out after {n} s", **facts, n=reply.grace_s)
    return pen.t("{who} answered at {at}, on its way", **facts)


def _stoppable(seen: Seen) -> bool:
    """While it is in its grace, or the platform can't be reached since: "Undo" says so itself once it has left."""
    reply = seen.order.standing_reply
    return reply is not None and seen.order.ending is None and reply.state is ReplyState.QUEUED and reply.grace_s > 0


def _second(seen: Seen, pen: Pen) -> str:
    """What was answered, or why it ended."""
    ending, reply = seen.order.ending, seen.order.standing_reply
    if ending is not None and ending.reason.strip():
        return pen.t("Reason: {reason}", reason=pen.text(ending.reason, TEXT_SHOWN))
    if ending is not None and ending.kind is Kind.ANSWERED_ELSEWHERE and ending.text.strip():
        return pen.t("“{text}”", text=pen.text(ending.text, TEXT_SHOWN))
    if reply is not None:
        said = pen.t("“{text}”", text=pen.text(reply.text, TEXT_SHOWN))
        n = len(reply.files)
        files = pen.t("1 attachment") if n == 1 else pen.t("{n} attachments", n=n)
        return f"{said} · {files}" if n else said
    if seen.state is State.TRANSFERRED:
        return pen.t("Nothing can be answered here any more. After a power cut or the like, report the outage now.")
    return pen.t("Nothing left to do.")
