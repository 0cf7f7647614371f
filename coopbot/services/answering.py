"""Claiming and answering: what the buttons and the modal of a card do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coopbot.domain.approval import find, needed
from coopbot.domain.files import HandedIn
from coopbot.domain.grace import NONE, grace
from coopbot.domain.intent import Intent, Priority, What
from coopbot.domain.lifecycle import Act, check
from coopbot.domain.pledge import pinned
from coopbot.domain.profile import Preset, Profile
from coopbot.domain.seen import choices, deadline, see
from coopbot.domain.team import Desk, Role
from coopbot.domain.template import is_template
from coopbot.domain.wording import left_open
from coopbot.domain.work_order import Entry, Kind, OrderKey, Reply, ReplyState, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import approving, drafts, files
from coopbot.services.attachments import OF_REPLY, must_carry
from coopbot.services.change import change, load, owe_note
from coopbot.services.permission import must_be_member, must_lead
from coopbot.services.template_store import all_of, unused, used


@dataclass(frozen=True)
class Draft:
    """An answer as somebody gave it: a preset with its fields, or free text."""

    text: str
    preset_code: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    view: str = ""
    """The modal that it was written in, so that a second submission is known (decisions.md 30)."""
    files: tuple[HandedIn, ...] = ()
    asked: bool = False
    """Whether its author was asked once more, with this text before them: then it leaves at once (decisions.md 13)."""


def reply_id(identity: str) -> str:
    """The id of a reply, the same for the same click or submission: a redelivery can't become a second reply."""
    return f"r-{hashlib.sha256(identity.encode()).hexdigest()[:24]}"


def claim(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> WorkOrder:
    """``user`` is answering this order from now on. One wins; the next is told who and when."""
    order = _legal(tx, now, desk, user, key, Act.CLAIM)
    if order.claim is not None:
        if order.claim.by == user:
            return order
        raise Refusal("already_claimed", by=order.claim.by, at=order.claim.at, order=key)
    return _do(tx, now, desk, order, Kind.CLAIMED, user)


def release(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> WorkOrder:
    """Give the order back to the team. Only who has it, or a lead."""
    order = _legal(tx, now, desk, user, key, Act.RELEASE)
    _must_have(tx, desk, order, user)
    return _do(tx, now, desk, order, Kind.RELEASED, user)


def hand_over(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, to: str) -> WorkOrder:
    """Give the order to a colleague of the team, who is told."""
    order = _legal(tx, now, desk, user, key, Act.HAND_OVER)
    _must_have(tx, desk, order, user)
    must_be_member(tx, desk, desk.team_for(order), to)
    if order.claim is not None and order.claim.by == to:
        return order
    return _do(tx, now, desk, order, Kind.HANDED_OVER, user, to=to)


def take_over(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey) -> WorkOrder:
    """A lead answers in place of whoever has it, who is told."""
    order = _legal(tx, now, desk, user, key, Act.TAKE_OVER)
    must_lead(tx, desk, desk.team_for(order), user)
    if order.claim is None:
        raise Refusal("nobody_has_it", order=key)
    if order.claim.by == user:
        return order
    return _do(tx, now, desk, order, Kind.TAKEN_OVER, user, **{"from": order.claim.by})


def answer(
    tx: Tx,
    now: datetime,
    desk: Desk,
    user: str,
    key: OrderKey,
    draft: Draft,
    reply_id: str,
    real: datetime | None = None,
) -> WorkOrder:
    """Queue an answer for the platform; an unclaimed order is claimed by it (decisions.md 9).

    One that needs a second person waits for them first (coopbot.domain.approval), and takes the place of the one that
    its author had waiting. Any other leaves after its grace, counted from ``real``, the transport's time
    (decisions.md 25); without one at once.

    The same submission again changes nothing; another text from the same modal replaces the first while that has not
    left (decisions.md 30). Raises Refusal, and then nothing was queued.
    """
    order = load(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    earlier = _from_same_view(order, draft)
    if earlier is not None and earlier.stands:
        if (earlier.text, earlier.files) == (draft.text, draft.files):
            return order
        order = _withdraw(tx, now, desk, order, earlier, user, "replaced")
    if order.reply(reply_id) is not None or find(order, reply_id) is not None:
        return order  # redelivered after it was stopped or refused, or while it waits
    must_be_answerable(tx, now, desk, user, order, draft)
    it = see(order, desk, now)
    stays = grace(it, now, asked=draft.asked) if real is not None else NONE
    data = {
        "reply_id": reply_id,
        "text": draft.text,
        "preset_code": draft.preset_code,
        "fields": dict(draft.fields),
        "view": draft.view,
        "grace_s": int(stays.total_seconds()),
        **({"files": [each.to_json() for each in draft.files]} if draft.files else {}),
        **_promise(tx, desk, order, draft),
    }
    order = approving.replaced(tx, now, desk, order, user)
    if needed(it, draft.text, draft.fields):
        claiming = _claiming(order, now, user, draft.view)
        return approving.ask(tx, now, desk, order, user, {**data, "grace_s": 0}, claiming)
    return queue(tx, now, desk, order, user, data, real + stays if real is not None and stays else None)


def queue(
    tx: Tx,
    now: datetime,
    desk: Desk,
    order: WorkOrder,
    user: str,
    data: Mapping[str, Any],
    leaves: datetime | None = None,
) -> WorkOrder:
    """Owe the platform an answer that nothing stands before any more; ``data`` is its entry's in the log.

    It stays until ``leaves`` (real time), else it goes at once.
    """
    key, reply_id = order.key, str(data["reply_id"])
    queued = Entry(Kind.REPLY_QUEUED, now, f"reply:{reply_id}", user, data)
    order = change(tx, now, desk, order, [*_claiming(order, now, user, str(data["view"])), queued])
    args = {"reply_id": reply_id}
    handed = [HandedIn.from_json(each) for each in data.get("files") or ()]
    files.owe(tx, now, user, f"{OF_REPLY}{reply_id}", handed, key)
    tx.outbox.add([Intent(What.REPLY, key.connection, Priority.REPLY, key, reply_id, args, leaves)])
    drafts.drop(tx, user, key)
    if is_template(data["preset_code"]):
        used(tx, now, desk.team_for(order), str(data["preset_code"]), reply_id)
    return order


def undo(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, reply_id: str = "") -> WorkOrder:
    """Stop a reply that has not left yet, by default the newest; its author gets the text back as a draft.

    For its author, who has the order, and leads. Raises Refusal, also once it is on its way.
    """
    order = load(tx, key)
    roles = must_be_member(tx, desk, desk.team_for(order), user)
    reply = order.reply(reply_id) if reply_id else order.standing_reply
    if reply is None or reply.state is not ReplyState.QUEUED:
        raise Refusal("cannot_undo", order=key)
    holder = order.claim.by if order.claim is not None else reply.by
    if user not in (reply.by, holder) and Role.LEAD not in roles:
        raise Refusal("not_your_reply", by=reply.by, order=key)
    if not tx.outbox.withdraw(What.REPLY, reply.reply_id, "undone", now):
        raise Refusal("cannot_undo", order=key)
    order = _cancelled(tx, now, desk, order, reply, user, "undone")
    drafts.keep(tx, now, reply.by, key, reply.text)
    drafts.keep_fields(tx, now, reply.by, key, reply.fields)
    mention = [reply.by] if reply.by != user else []
    owe_note(tx, desk, order, "reply_cancelled", mention=mention, by=user, text=reply.text)
    return order


def must_be_answerable(tx: Tx, now: datetime, desk: Desk, user: str, order: WorkOrder, draft: Draft) -> None:
    """Raises Refusal unless ``user`` may send this for the order now."""
    rules = desk.rules_for(order)
    check(order, Act.REPLY, deadline(order, rules, now).at, now)
    if order.claim is not None and order.claim.by != user:
        raise Refusal("claimed_by_other", by=order.claim.by, at=order.claim.at, order=order.key)
    must_be_effective(rules, draft)
    must_carry(desk, order, _chosen(tx, desk, order, draft.preset_code), draft.files)
    hole = left_open(draft.text, rules) if draft.preset_code is None and not draft.fields else None
    if hole is not None:
        raise Refusal("placeholder_left", hole=hole)


def must_be_effective(rules: Profile, draft: Draft) -> None:
    """Raises Refusal for an answer that would not count or that the platform would cut (domain.md §1, §2)."""
    if not draft.text.strip():
        raise Refusal("empty_answer")
    over = rules.reply_length(draft.text) - rules.reply_max
    if over > 0:
        longest = max(draft.fields, key=lambda name: len(draft.fields[name]), default="")
        block = {"block": f"field:{longest}"} if longest else {}
        raise Refusal("too_long", over=over, limit=rules.reply_max, unit=rules.reply_unit, **block)
    if draft.preset_code is None:
        for why in rules.effectiveness.shortcomings(draft.text, rules.reply_max, rules.reply_unit):
            raise Refusal(f"not_effective_{why.code}", **why.facts)
    for name, typed in draft.fields.items():
        for why in rules.effectiveness.shortcomings(typed, rules.reply_max, rules.reply_unit):
            # a number or a name is short by nature; words that somebody wrote have to count
            if why.code == "banned_word" or (why.code == "stock_phrase" and rules.field(name).kind == "long"):
                raise Refusal(f"not_effective_{why.code}", **why.facts, block=f"field:{name}")


def _promise(tx: Tx, desk: Desk, order: WorkOrder, draft: Draft) -> Mapping[str, Any]:
    """What the answer promises, pinned as its preset says it now; empty where it promises nothing."""
    chosen = _chosen(tx, desk, order, draft.preset_code)
    promise = pinned(chosen, draft.fields, desk.rules_for(order).promises)
    return {"promise": promise} if promise is not None else {}


def _chosen(tx: Tx, desk: Desk, order: WorkOrder, code: str | None) -> Preset | None:
    """The ready answer of that code, the platform's, the profile's or the team's; None for free text."""
    presets: Iterable[Preset] = choices(order, desk.rules_for(order))
    if is_template(code):
        presets = (template.preset for template in all_of(tx, desk.team_for(order)))
    return next((preset for preset in presets if preset.code == code), None)


def _legal(tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, act: Act) -> WorkOrder:
    order = load(tx, key)
    must_be_member(tx, desk, desk.team_for(order), user)
    if act is Act.CLAIM and order.claim is not None and order.ending is None and order.standing_reply is None:
        return order  # a second claim is answered with who has it, not with the table's "not now"
    check(order, act, deadline(order, desk.rules_for(order), now).at, now)
    return order


def _must_have(tx: Tx, desk: Desk, order: WorkOrder, user: str) -> None:
    if order.claim is None:
        raise Refusal("nobody_has_it", order=order.key)
    if order.claim.by != user:
        must_lead(tx, desk, desk.team_for(order), user)


def _do(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, kind: Kind, user: str, **data: str) -> WorkOrder:
    if kind is not Kind.CLAIMED:
        order = approving.give_back(tx, now, desk, order, kind.value, user)
    order = change(tx, now, desk, order, [Entry(kind, now, _key(order, kind), user, data)])
    told = data.get("to") or data.get("from")
    if kind is not Kind.CLAIMED:
        owe_note(tx, desk, order, kind.value, mention=[told] if told and told != user else [], by=user, **data)
    return order


def _claiming(order: WorkOrder, now: datetime, user: str, view: str) -> list[Entry]:
    """Who answers what nobody has, has it from then on."""
    if order.claim is not None:
        return []
    return [Entry(Kind.CLAIMED, now, _key(order, Kind.CLAIMED), user, {"by_answering": True, "view": view})]


def _key(order: WorkOrder, kind: Kind) -> str:
    """Each act of the team is its own entry; the lock on the order makes the count exact."""
    return f"{kind.value}:{sum(1 for entry in order.log if entry.kind is kind)}"


def _from_same_view(order: WorkOrder, draft: Draft) -> Reply | None:
    if not draft.view:
        return None
    views = {str(e.data.get("reply_id")): e.data.get("view") for e in order.log if e.kind is Kind.REPLY_QUEUED}
    return next((reply for reply in reversed(order.replies) if views.get(reply.reply_id) == draft.view), None)


def _withdraw(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, reply: Reply, user: str, why: str) -> WorkOrder:
    if not tx.outbox.withdraw(What.REPLY, reply.reply_id, why, now):
        raise Refusal("already_answered", by=reply.by, at=reply.at, order=order.key, text=reply.text)
    return _cancelled(tx, now, desk, order, reply, user, why)


def _cancelled(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, reply: Reply, user: str, why: str) -> WorkOrder:
    data = {"reply_id": reply.reply_id, "why": why}
    unused(tx, desk.team_for(order), reply.reply_id)
    files.give_up(tx, f"{OF_REPLY}{reply.reply_id}", why, now)
    return change(tx, now, desk, order, [Entry(Kind.REPLY_CANCELLED, now, f"cancel:{reply.reply_id}", user, data)])
