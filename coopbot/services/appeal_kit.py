"""Collects an appeal kit: what happened to the order, who was told when, and every answer of the platform.

Consumer data is masked unless somebody asks for it whole; what we don't have stands there as a gap, not as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from coopbot.domain.explain import explain
from coopbot.domain.kit import chained
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.seen import Seen
from coopbot.domain.sla import SECOND
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.appeals import penalty
from coopbot.services.attachments import OF_OUTAGE, OF_REPLY
from coopbot.services.change import seen
from coopbot.services.masking import Mask
from coopbot.services.platform_money import facts_of, penalty_key

Said = Callable[[Mapping[str, Any]], dict[str, Any]]
"""How data is shown: masked, or whole."""


def build(tx: Tx, now: datetime, desk: Desk, user: str, key: str, *, whole: bool = False) -> dict[str, Any]:
    """The kit of an issued penalty, as a document of chained records. Raises Refusal for who does not lead."""
    entry, _ = penalty(tx, desk, user, key)
    return of_penalty(tx, now, desk, entry, whole=whole)


def of_number(tx: Tx, now: datetime, desk: Desk, number: str, whole: bool) -> dict[str, Any]:
    """The kit of a penalty by the platform's number on any connection. Raises Refusal when none was issued."""
    for connection in sorted(desk.connections):
        entry = tx.ledger.get(penalty_key(connection, number))
        if entry is not None:
            return of_penalty(tx, now, desk, entry, whole=whole)
    raise Refusal("unknown_penalty", penalty=number)


def of_penalty(tx: Tx, now: datetime, desk: Desk, entry: LedgerEntry, *, whole: bool = False) -> dict[str, Any]:
    """Likewise, for the operator's terminal."""
    order = tx.orders.get(entry.order) if entry.order is not None else None
    named = {order.key.number, order.facts.order_no} if order is not None else set()
    said: Said = dict if whole else Mask(frozenset(named)).over
    about: dict[str, Any] = {"shop": desk.shop_name(OrderKey(entry.shop.connection, ""), entry.shop.shop_id)}
    about |= {"made_at": now.isoformat(), "zone": desk.profile.zone.key, "masked": not whole}
    records = [_record("penalty", entry.at, {**facts_of(entry), **about})]
    records += [_booked(each) for each in _books(tx, entry)]
    if order is None:
        records.append(_gap("the penalty names no order that was raised to us", now))
    else:
        it = seen(tx, order, desk, now)
        records += _rules(it, desk)
        records += [_line(each, it, said) for each in order.log]
        records += [_record("sent", r.done_at or r.owed_at, said(r.to_json())) for r in tx.outbox.receipts(order.key)]
        records += _outages(tx, order, now, said)
        records += _files(tx, order, now, said)
        records += _gaps(it, now)
    return chained(records)


def _booked(entry: LedgerEntry) -> dict[str, Any]:
    return _record("ledger", entry.at, {**facts_of(entry), "state": entry.state.value, "basis": entry.basis})


def _books(tx: Tx, entry: LedgerEntry) -> Iterable[LedgerEntry]:
    if entry.order is None:
        return tx.ledger.of_ref(entry.shop.connection, entry.ref)
    return tx.ledger.of_order(entry.order)


def _rules(it: Seen, desk: Desk) -> list[dict[str, Any]]:
    """Under which rules it was born, and how its due time came about."""
    order, rules = it.order, it.rules
    name, version = order.profile
    policy = {"profile": name, "version": version, "digest": rules.digest}
    found = [_record("policy", order.received_at, policy)]
    if order.profile not in desk.profiles:
        found.append(_gap(f"the rules {name} {version} are not kept here; {rules.version} stand in", order.received_at))
    explained = explain(rules, it.due)
    steps = [
        {
            "kind": step.kind,
            "from": step.start.isoformat(),
            "to": step.end.isoformat(),
            "counted_s": step.counted // SECOND,
        }
        for step in explained.steps
    ]
    due = {
        "due_at": it.due.at.isoformat(),
        "source": it.due.source,
        "clock": it.due.clock,
        "budget_s": it.due.budget // SECOND,
        "budget_is": explained.budget.level,
        "steps": steps,
    }
    return [*found, _record("due", it.due.at, due)]


def _line(entry: Entry, it: Seen, said: Said) -> dict[str, Any]:
    data = said(entry.data)
    who = it.names.get(entry.by, "") if entry.by else ""
    return _record(entry.kind.value, entry.at, {"by": entry.by, "name": who, "seq": entry.seq, "data": data})


def _outages(tx: Tx, order: WorkOrder, now: datetime, said: Said) -> list[dict[str, Any]]:
    found = []
    for entry in order.log:
        if entry.kind is Kind.OUTAGE_REPORTED:
            kept = tx.notes.get(f"outage:{entry.data['outage']}")
            if kept is None:
                found.append(_gap("an outage was reported, its report is not kept here", now))
            else:
                found.append(_record("outage", entry.at, said({k: v for k, v in kept.items() if k != "orders"})))
    return found


def _files(tx: Tx, order: WorkOrder, now: datetime, said: Said) -> list[dict[str, Any]]:
    """What went with the answers, and the evidence of outages: each with the hash of its bytes."""
    outages = dict.fromkeys(f"{OF_OUTAGE}{e.data['outage']}" for e in order.log if e.kind is Kind.OUTAGE_REPORTED)
    found = []
    for owner in (*(f"{OF_REPLY}{reply.reply_id}" for reply in order.replies), *outages):
        for file in tx.files.of(owner):
            name = said({"name": file.name})["name"]
            if file.stored_at is None:
                found.append(_gap(f"the file {name} of {owner} is not kept here", now))
                continue
            data = {"id": file.id, "of": owner, "name": name, "mime": file.mime, "size": file.size, "by": file.by}
            found.append(_record("file", file.stored_at, {**data, "sha256": file.sha256}))
    return found


def _gaps(it: Seen, now: datetime) -> list[dict[str, Any]]:
    """What an appeal would want to show and this log does not have."""
    order = it.order
    kinds = {entry.kind for entry in order.log}
    found = []
    if Kind.TOLD not in kinds:
        found.append("no record that the team's channel showed the order")
    if not kinds & {Kind.CLAIMED, Kind.TAKEN_OVER, Kind.HANDED_OVER, Kind.REPLY_QUEUED}:
        found.append("no record that anybody took the order")
    if not order.replies:
        found.append("no reply was given here")
    found += [
        f"the platform's answer to reply {reply.reply_id} is not recorded"
        for reply in order.replies
        if reply.delivered_at is None and reply.stands
    ]
    if order.received_at > it.due.at:
        found.append("the order reached us after its due time")
    return [_gap(each, now) for each in found]


def _gap(what: str, at: datetime) -> dict[str, Any]:
    return _record("gap", at, {"what": what})


def _record(kind: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "at": at.isoformat(), "data": dict(data)}
