"""The later steps of one answer for several orders: looked at one by one, sent one by one, by a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.approval import find
from coopbot.domain.lifecycle import Act, check
from coopbot.domain.scene import Preset
from coopbot.domain.seen import Seen
from coopbot.domain.sensitive import sensitive
from coopbot.domain.team import Desk
from coopbot.domain.together import Group, Look, Outcome, mark, preset_of
from coopbot.domain.wording import filled
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import drafts
from coopbot.services.answering import Draft, answer, must_be_effective, reply_id
from coopbot.services.change import load, seen
from coopbot.services.permission import language_of, must_lead
from coopbot.services.together import load_to_read


@dataclass(frozen=True)
class Kept:
    """A group between its steps."""

    which: str
    text: str
    code: str
    orders: Sequence[tuple[OrderKey, str]]
    """With their marks, in the sequence of sending."""
    fields: Mapping[int, Mapping[str, str]]
    """What was filled in, by the order's place; empty until that was looked at too."""


def keep(tx: Tx, now: datetime, user: str, chosen: Group) -> None:
    """Keep the group until its second step: each order with what it looked like."""
    orders = [[str(it.order.key), mark(it.order)] for it in chosen.orders]
    value = {"orders": orders, "text": chosen.preset.text, "code": chosen.preset.code, "at": now.isoformat()}
    tx.notes.put(_note(user, chosen.which), value, now)


def keep_fields(tx: Tx, now: datetime, user: str, which: str, fields: Mapping[int, Mapping[str, str]]) -> None:
    """Keep what was filled in until its third step, which shows it."""
    note = dict(tx.notes.get(_note(user, which)) or {})
    tx.notes.put(_note(user, which), {**note, "fields": {str(n): dict(each) for n, each in fields.items()}}, now)


def kept(tx: Tx, user: str, which: str) -> Kept:
    """Raises Refusal when it is too old."""
    note = tx.notes.get(_note(user, which))
    if note is None:
        raise Refusal("not_asked")
    orders = [(OrderKey.parse(key), str(mark)) for key, mark in note["orders"]]
    fields = {int(n): dict(each) for n, each in (note.get("fields") or {}).items()}
    return Kept(which, str(note["text"]), str(note.get("code") or ""), orders, fields)


def to_look_at(
    tx: Tx, now: datetime, desk: Desk, user: str, kept: Kept, fields: Mapping[int, Mapping[str, str]]
) -> tuple[Sequence[Look], str]:
    """Every answer in its final words, where one of them is sensitive only with what was filled in: those have not
    been seen yet. Empty: nothing is left to look at. And the user's language.

    Raises Refusal with every field of every order that is missing or wrong, by the order's place in the group: before
    the first of them is sent. An order that takes no answer any more is :func:`send`'s to skip.
    """
    orders = [seen(tx, load_to_read(tx, key), desk, now) for key, _ in kept.orders]
    preset, looks, faults = preset_of(kept.text, kept.code, orders), [], []
    for index, it in enumerate(orders):
        if Act.REPLY not in it.acts:
            continue
        try:
            done = filled(preset, it.order, fields.get(index, {}), it.rules, now)
            must_be_effective(it.rules, Draft(done.text, preset.code or None, done.fields))
        except Refusal as why:
            faults += [_at(index, each) for each in (why, *why.also)]
            continue
        looks.append(Look(it, done.text, sensitive(it, done.text, done.fields), bool(done.fields)))
    if faults:
        raise faults[0].with_others(faults[1:])
    asked = any(each.why is not None and each.filled for each in looks)
    return (looks if asked else ()), language_of(tx, desk, user, orders[0].team)


def _at(index: int, why: Refusal) -> Refusal:
    """At the input of the order with that place in the group."""
    field = why.facts.get("field") or str(why.facts.get("block") or "").partition(":")[2]
    return Refusal(why.code, **{**why.facts, "block": f"field:{index}:{field}"})


def send(
    tx: Tx, now: datetime, desk: Desk, user: str, key: OrderKey, was: str, kept: Kept, fields: Mapping[str, str],
    view: str, real: datetime,
) -> Outcome:  # fmt: skip
    """Answer one order of the group, in its own unit of work; one that has changed since it was looked at is skipped.

    Raises nothing for what stands in the way of this one: the others go on.
    """
    try:
        order = load(tx, key)
        identity = reply_id(f"{view}:{kept.which}:{key}")
        if order.reply(identity) is not None or find(order, identity) is not None:
            return Outcome(key, waits=order.reply(identity) is None)
        it = seen(tx, order, desk, now)
        preset = preset_of(kept.text, kept.code, [it])
        _must_be_as_it_was(it, was, user, kept.code, preset)
        must_lead(tx, desk, it.team, user)
        words = filled(preset, order, fields, it.rules, now)
        draft = Draft(words.text, preset.code or None, fields=words.fields, view=view, asked=True)
        order = answer(tx, now, desk, user, key, draft, identity, real)
    except Refusal as why:
        return Outcome(key, why)
    return Outcome(key, waits=order.reply(identity) is None)


def _must_be_as_it_was(it: Seen, was: str, user: str, code: str, preset: Preset) -> None:
    """Raises Refusal for an order that is not as it was when it was looked at; where it can, with what became of it."""
    order = it.order
    if mark(order) == was and preset.code == code:
        return
    check(order, Act.REPLY, it.due.at, it.now)
    if order.claim is not None and order.claim.by != user:
        raise Refusal("claimed_by_other", by=order.claim.by, at=order.claim.at, order=order.key)
    raise Refusal("changed_meanwhile")


def _note(user: str, which: str) -> str:
    return f"{drafts.PREFIX}together:{user}:{which}"
