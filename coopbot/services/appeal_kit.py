"""Collects an appeal kit: what happened to the order, who was told when, and every answer of the platform.

Consumer data is masked unless somebody asks for it whole; what we don't have stands there as a gap, not as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from coopbot.domain.explain import explain
from coopbot.domain.files import File
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
from coopbot.services.permission import names_of
from coopbot.services.platform_money import facts_of, penalty_key

Record = dict[str, Any]
_ID = re.compile(r"[UWC][A-Z0-9]{4,20}")
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
    said: Said = dict if whole else (Mask.of(order) if order is not None else Mask()).over
    about: dict[str, Any] = {"shop": desk.shop_name(OrderKey(entry.shop.connection, ""), entry.shop.shop_id)}
    about |= {"made_at": now.isoformat(), "zone": desk.profile.zone.key, "masked": not whole}
    happened = [_booked(each) for each in _books(tx, entry)]
    if order is None:
        gaps = [_gap("the penalty names no order that was raised to us", now)]
        about["names"] = {}
        return chained([_record("penalty", entry.at, {**_penalty(entry), **about}), *_in_time(happened), *gaps])
    it = seen(tx, order, desk, now)
    happened += [_line(each, said) for each in order.log]
    happened.append(_record("received", order.received_at, {"by": "coopbot"}))
    happened += [_record("sent", r.done_at or r.owed_at, said(r.to_json())) for r in tx.outbox.receipts(order.key)]
    happened += _outages(tx, order, said)
    happened += _files(tx, order, said)
    rules = _rules(it)
    about["names"] = _names(tx, desk, [*rules, *happened])
    about["labels"] = _labels(it)
    first = _record("penalty", entry.at, {**_penalty(entry), **about})
    return chained([first, *rules, *_in_time(happened), *_gaps(tx, desk, it, now, said)])


def _in_time(records: Iterable[Record]) -> list[Record]:
    """At one instant it is raised before we have it, and that before anything else."""
    first = ("raised", "received")
    return sorted(records, key=lambda each: (datetime.fromisoformat(each["at"]), each["kind"] not in first))


def _penalty(entry: LedgerEntry) -> dict[str, Any]:
    """As messages have it; its day is called what it is."""
    return {"appeal_by" if name == "until" else name: value for name, value in facts_of(entry).items()}


def _names(tx: Tx, desk: Desk, records: Iterable[Record]) -> dict[str, str]:
    """Who the people and channels are that stand in the records by their ids."""
    ids = {each for record in records for each in _texts(record) if _ID.fullmatch(each)}
    teams = {team.channel: team.name for team in (*desk.teams, desk.fallback) if team.channel in ids}
    return dict(sorted({**names_of(tx, sorted(ids)), **teams}.items()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _labels(it: Seen) -> dict[str, dict[str, str]]:
    """What the rules call this order's class and scene, by the word that the platform used."""
    facts, scene = it.order.facts, it.rules.scene(it.order.facts.scene)
    return {facts.class_code: dict(it.klass.labels), facts.scene: dict(scene.labels)}


def _booked(entry: LedgerEntry) -> Record:
    return _record("ledger", entry.at, {**_penalty(entry), "state": entry.state.value, "basis": entry.basis})


def _books(tx: Tx, entry: LedgerEntry) -> Iterable[LedgerEntry]:
    if entry.order is None:
        return tx.ledger.of_ref(entry.shop.connection, entry.ref)
    return tx.ledger.of_order(entry.order)


def _rules(it: Seen) -> list[Record]:
    """Under which rules it was born, and how its due time came about."""
    order, rules = it.order, it.rules
    name, version = order.profile
    policy = {"profile": name, "version": version, "digest": rules.digest}
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
    return [_record("policy", order.received_at, policy), _record("due", it.due.at, due)]


def _line(entry: Entry, said: Said) -> Record:
    return _record(entry.kind.value, entry.at, {"by": entry.by, "seq": entry.seq, "data": said(entry.data)})


def _outages(tx: Tx, order: WorkOrder, said: Said) -> Iterator[Record]:
    for entry in order.log:
        if entry.kind is Kind.OUTAGE_REPORTED and (kept := tx.notes.get(f"outage:{entry.data['outage']}")):
            yield _record("outage", entry.at, said({key: each for key, each in kept.items() if key != "orders"}))


def _handed_in(tx: Tx, order: WorkOrder) -> Iterator[tuple[str, File]]:
    """What went with the answers, and the evidence of outages, with what each belongs to."""
    outages = dict.fromkeys(f"{OF_OUTAGE}{e.data['outage']}" for e in order.log if e.kind is Kind.OUTAGE_REPORTED)
    for owner in (*(f"{OF_REPLY}{reply.reply_id}" for reply in order.replies), *outages):
        yield from ((owner, file) for file in tx.files.of(owner))


def _files(tx: Tx, order: WorkOrder, said: Said) -> Iterator[Record]:
    """Each that is here, with the hash of its bytes."""
    for owner, file in _handed_in(tx, order):
        if file.stored_at is not None:
            data = {"id": file.id, "of": owner, "name": said({"name": file.name})["name"], "mime": file.mime}
            data |= {"size": file.size, "by": file.by, "sha256": file.sha256}
            yield _record("file", file.stored_at, data)


def _gaps(tx: Tx, desk: Desk, it: Seen, now: datetime, said: Said) -> Iterator[Record]:
    """What an appeal would want to show and we do not have."""
    order = it.order
    kinds = {entry.kind for entry in order.log}
    if order.profile not in desk.profiles:
        name, version = order.profile
        rules, others = f"{name} {version}", it.rules.version
        yield _gap("the rules {rules} are not kept here; {others} stand in", now, rules=rules, others=others)
    if Kind.TOLD not in kinds:
        yield _gap("no record that the team's channel showed the order", now)
    if not kinds & {Kind.CLAIMED, Kind.TAKEN_OVER, Kind.HANDED_OVER, Kind.REPLY_QUEUED}:
        yield _gap("no record that anybody took the order", now)
    if not order.replies:
        yield _gap("no reply was given here", now)
    for reply in order.replies:
        if reply.delivered_at is None and reply.stands:
            yield _gap("the platform's answer to reply {reply} is not recorded", now, reply=reply.reply_id)
    if order.received_at > it.due.at:
        yield _gap("the order reached us after its due time", now)
    for entry in order.log:
        if entry.kind is Kind.OUTAGE_REPORTED and tx.notes.get(f"outage:{entry.data['outage']}") is None:
            yield _gap("an outage was reported, its report is not kept here", now)
    for owner, file in _handed_in(tx, order):
        if file.stored_at is None:
            name = said({"name": file.name})["name"]
            yield _gap("the file {name} of {owner} is not kept here", now, name=name, owner=owner)


def _gap(sentence: str, at: datetime, **holes: str) -> Record:
    """The records say it in English; the page, which has the sentence and what is in it, in the reader's language."""
    about = {"sentence": sentence, "holes": holes} if holes else {}
    return _record("gap", at, {"what": sentence.format_map(holes), **about})


def _record(kind: str, at: datetime, data: Mapping[str, Any]) -> Record:
    return {"kind": kind, "at": at.isoformat(), "data": dict(data)}
