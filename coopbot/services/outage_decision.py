"""What the platform decided on a reported outage, and what that does to the orders it covers (domain.md §1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coopbot.domain.deadline import DeadlineKind, deadline
from coopbot.domain.ledger import LedgerEntry, PenaltyState, counter, standing
from coopbot.domain.lifecycle import met_at
from coopbot.domain.outage import Decision, FiledOutage
from coopbot.domain.seen import see
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import Entry, Kind, OrderKey, WorkOrder
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services.change import change
from coopbot.services.permission import must_lead, names_of
from coopbot.services.telling import owe_glance, tell_owners

SILENCE = timedelta(days=3)
"""How long we wait for a decision where the profile does not say (assumed)."""


@dataclass(frozen=True)
class Granted:
    """What a grant did."""

    orders: int = 0
    """How many it spared, or gave more time."""
    issued: tuple[str, ...] = ()
    """Penalties that the platform had issued for them before: only the platform takes these back."""


def await_decision(tx: Tx, now: datetime, desk: Desk, filed: FiledOutage) -> None:
    """Ask the leads to record what is decided, and keep the day from which the platform counts as silent."""
    shop = _shops(filed)[0] if filed.shops else None
    for each in _shops(filed):  # whoever reported in time needs no reminder of the window
        for window in tx.deadlines.open([each]):
            if window.kind is DeadlineKind.OUTAGE_WINDOW:
                tx.deadlines.put(window.done(now, "reported"))
    if shop is None:
        return
    wait = desk.profile.penalties.outage_answer_within or SILENCE
    key = f"outage_decision:{filed.id}"
    tx.deadlines.put(deadline(key, DeadlineKind.OUTAGE_DECISION, shop, now, now + wait, outage=filed.id))
    said = {"outage_kind": filed.report.kind.value, "from": filed.report.since.isoformat()}
    tell_owners(tx, desk, shop, "outage_filed", outage=filed.id, by=filed.by, by_name=filed.by_name, **said)


def decide(tx: Tx, now: datetime, desk: Desk, user: str, identity: str, decision: Decision) -> FiledOutage:
    """A lead records the platform's word. Raises Refusal.

    A later word replaces an earlier one, save that a granted outage stays granted: what it spared is spared.
    """
    filed = outage_of(tx, identity)
    shop = _shops(filed)[0]
    must_lead(tx, desk, desk.team_of(shop.connection, shop.shop_id), user)
    if filed.decision is Decision.GRANTED:
        raise Refusal("outage_granted_already")
    decided = replace(filed, decision=decision, decided_by=user, decided_at=now)
    tx.notes.put(f"outage:{identity}", decided.to_json(), now)
    _end_wait(tx, now, identity, decision)
    effect = desk.profile.penalties.outage_effect
    done = grant(tx, now, desk, decided) if decision is Decision.GRANTED else Granted()
    tell_owners(
        tx, desk, shop, "outage_decided", outage=identity, decision=decision.value, by=user,
        by_name=names_of(tx, [user]).get(user, ""),
        orders=done.orders, issued=list(done.issued), effect=effect,
    )  # fmt: skip
    return decided


def fell_silent(tx: Tx, now: datetime, desk: Desk, identity: str) -> None:
    """The platform said nothing within its time; a decision may still come."""
    filed = outage_of(tx, identity)
    if filed.decision is Decision.PENDING:
        silent = replace(filed, decision=Decision.SILENT, decided_at=now)
        tx.notes.put(f"outage:{identity}", silent.to_json(), now)


def outage_of(tx: Tx, identity: str) -> FiledOutage:
    """The report of that id. Raises Refusal when there is none."""
    kept = tx.notes.get(f"outage:{identity}")
    if kept is None:
        raise Refusal("unknown_outage")
    return FiledOutage.from_json(kept)


def spared(tx: Tx, order: WorkOrder, due_at: datetime, predicted: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
    """The counter-entries of a breach that a granted outage covers already: waived as soon as it is predicted."""
    for entry in order.log:
        if entry.kind is Kind.OUTAGE_REPORTED and (kept := tx.notes.get(f"outage:{entry.data['outage']}")):
            filed = FiledOutage.from_json(kept)
            if filed.decision is Decision.GRANTED and filed.covers(due_at):
                return [counter(each, due_at, "outage", PenaltyState.WAIVED) for each in predicted]
    return ()


def grant(tx: Tx, now: datetime, desk: Desk, filed: FiledOutage) -> Granted:
    """Do what a granted outage does to each order that it covers; once more when its end becomes known."""
    spared, issued = 0, []
    for order in _orders(tx, filed):
        effect = _extend if desk.rules_for(order).penalties.outage_effect == "extend" else _waive
        if not effect(tx, now, desk, order, filed):
            continue
        theirs = [e.ref for e in standing(tx.ledger.of_order(order.key)) if e.state is PenaltyState.ISSUED]
        issued += theirs
        spared += not theirs
    for channel in {desk.team_of(shop.connection, shop.shop_id).channel for shop in _shops(filed)}:
        owe_glance(tx, desk, channel)
    return Granted(spared, tuple(issued))


def keep_window(tx: Tx, desk: Desk, shop: ShopKey, due_at: datetime, now: datetime) -> None:
    """Until when an outage may still be reported for what is late, where the profile names a window."""
    within = desk.profile.penalties.outage_within
    key = f"outage_window:{shop}:{due_at.astimezone(desk.profile.zone):%Y-%m-%d}"
    if within is not None and now < due_at + within and tx.deadlines.get(key) is None:
        assumed = desk.profile.sure("penalties.outage_within").is_assumed
        kept = deadline(key, DeadlineKind.OUTAGE_WINDOW, shop, now, due_at + within, assumed=assumed)
        tx.deadlines.put(kept)


def _waive(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, filed: FiledOutage) -> bool:
    """What we predicted is taken back; what the platform issued only the platform revokes: that is an appeal's."""
    due_at = see(order, desk, now).due.at
    if not filed.covers(due_at):
        return False
    entries = standing(tx.ledger.of_order(order.key))
    ours = [entry for entry in entries if entry.state is PenaltyState.PREDICTED]
    tx.ledger.add([counter(entry, now, "outage", PenaltyState.WAIVED) for entry in ours])
    data = {"outage": filed.id, "effect": "waive"}
    change(tx, now, desk, order, [Entry(Kind.OUTAGE_GRANTED, now, f"granted:{filed.id}", "coopbot", data)])
    return True


def _extend(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, filed: FiledOutage) -> bool:
    """The due time moves by what of the outage fell into the order's time; a breach before the new one never was.

    Known to last longer than when it was granted, it moves further; what was given is never taken back.
    """
    due = see(order, desk, now).due
    given = [e for e in order.log if e.kind is Kind.OUTAGE_GRANTED and e.data.get("outage") == filed.id]
    was = datetime.fromisoformat(given[0].data["was"]) if given else due.at
    began = max(filed.report.since, due.start)
    ended = filed.over_at or filed.report.until or now
    to = was + (ended - began)
    if ended <= began or began >= was or (given and to <= due.at):
        return False
    data = {"outage": filed.id, "effect": "extend", "was": was.isoformat(), "due_at": to.isoformat()}
    key = f"granted:{filed.id}" + (f":{len(given)}" if given else "")
    changed = change(tx, now, desk, order, [Entry(Kind.OUTAGE_GRANTED, now, key, "coopbot", data)])
    ours = [e for e in standing(tx.ledger.of_order(order.key)) if e.state is PenaltyState.PREDICTED]
    met = met_at(changed)
    if now <= to or (met is not None and met <= to):
        tx.ledger.add([counter(entry, now, "outage", PenaltyState.WAIVED) for entry in ours])
    return True


def _orders(tx: Tx, filed: FiledOutage) -> Iterable[WorkOrder]:
    for connection in sorted({shop.connection for shop in _shops(filed)}):
        for number in filed.orders:
            order = tx.orders.get(OrderKey(connection, number), for_update=True)
            if order is not None and any(e.data.get("outage") == filed.id for e in order.log):
                yield order


def _shops(filed: FiledOutage) -> list[ShopKey]:
    return [ShopKey(*shop.split(":", 1)) for shop in filed.shops]


def _end_wait(tx: Tx, now: datetime, identity: str, decision: Decision) -> None:
    """Nobody is asked for the decision any more, nor, once it is refused, for the end."""
    for kind in ("outage_decision", *(("outage_end",) if decision is Decision.REFUSED else ())):
        wait = tx.deadlines.get(f"{kind}:{identity}")
        if wait is not None and wait.done_at is None:
            tx.deadlines.put(wait.done(now, decision.value))
