"""Promises of answers: each follows from the order's log, from the moment at which the platform took the answer.

An answer that promises something has its promise pinned when it is written (:mod:`coopbot.domain.pledge`). Nothing
opens one but the platform's taking it, so that a queued, stopped or refused answer has none and a taken one has one.
It ends once: as a person or the tick wrote down, else with the first of what ends it by itself (rule 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from coopbot.domain.profile import Profile
from coopbot.domain.reading import Labels
from coopbot.domain.work_order import Entry, Kind, Reply, ReplyState, WorkOrder

INSTANT = timedelta(microseconds=1)
"""Kept in the due second is kept; broken is the first instant after it, as with orders (decisions.md 2)."""


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    DROPPED = "dropped"
    """Nobody owes it any more, and nobody broke it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that a promise was kept; at least one of them is said."""

    text: str = ""
    link: str = ""
    tracking_no: str = ""

    @property
    def given(self) -> bool:
        return bool(self.text or self.link or self.tracking_no)

    def plain(self) -> dict[str, str]:
        return {"text": self.text, "link": self.link, "tracking_no": self.tracking_no}


@dataclass(frozen=True, slots=True)
class Promise:
    """What an answer said would be done by when. Built by :func:`promises` alone."""

    reply_id: str
    what: Labels
    """In every language; empty where nobody named it: then ``text`` says it."""
    text: str
    """The answer's."""
    owner: str
    """Who has to keep it: who gave it, unless it was handed over."""
    opened_at: datetime
    due_at: datetime
    state: PromiseState = PromiseState.OPEN
    ended_at: datetime | None = None
    ended_by: str = ""
    why: str = ""
    """``due`` or a person's reason for a broken one; ``voided``, ``rejected`` or ``moved`` for a dropped one."""
    evidence: Evidence = Evidence()

    @property
    def is_open(self) -> bool:
        return self.state is PromiseState.OPEN


def promises(order: WorkOrder, rules: Profile, now: datetime) -> tuple[Promise, ...]:
    """Every promise of the order as it stands at ``now``, in the sequence of their answers."""
    if not order.replies:
        return ()
    pledged = {
        str(entry.data["reply_id"]): entry.data["promise"]
        for entry in order.log
        if entry.kind is Kind.REPLY_QUEUED and entry.data.get("promise")
    }
    found = [_opened(reply, pledged[reply.reply_id], rules) for reply in order.replies if reply.reply_id in pledged]
    return tuple(_ended(each, order, now) for each in found if each is not None)


def _opened(reply: Reply, pledge: Mapping[str, Any], rules: Profile) -> Promise | None:
    if reply.delivered_at is None:
        return None
    if "until" in pledge:
        due_at = datetime.fromisoformat(pledge["until"])
    else:
        due_at = rules.calendar(pledge["clock"]).add(reply.delivered_at, timedelta(seconds=pledge["within_s"]))
    return Promise(reply.reply_id, pledge["what"], reply.text, reply.by, reply.delivered_at, due_at)


def _ended(promise: Promise, order: WorkOrder, now: datetime) -> Promise:
    """With its owner, and with its end if that has come by ``now``."""
    own = [entry for entry in order.log if entry.data.get("reply_id") == promise.reply_id]
    handed = [str(entry.data["to"]) for entry in own if entry.kind is Kind.PROMISE_HANDED_OVER]
    promise = replace(promise, owner=handed[-1]) if handed else promise
    settled = next((entry for entry in own if entry.kind in (Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN)), None)
    at, end = _as_settled(settled, promise) if settled is not None else min(_endings(promise, order, own), key=_at)
    return replace(promise, ended_at=at, **end) if at <= now else promise


Ending = tuple[datetime, dict[str, Any]]


def _at(ending: Ending) -> datetime:
    return ending[0]


def _as_settled(entry: Entry, promise: Promise) -> Ending:
    """What a person or the tick wrote down: it was so then, and stays so whatever the platform tells later."""
    data = entry.data
    if entry.kind is Kind.PROMISE_KEPT:
        evidence = Evidence(*(str(data.get(name) or "") for name in ("text", "link", "tracking_no")))
        return entry.at, {"state": PromiseState.KEPT, "ended_by": entry.by, "evidence": evidence}
    if "due" in data:
        due_at = datetime.fromisoformat(data["due"])
        return max(due_at + INSTANT, promise.opened_at), {"state": PromiseState.BROKEN, "why": "due"}
    return entry.at, {"state": PromiseState.BROKEN, "ended_by": entry.by, "why": str(data.get("why") or "")}


def _endings(promise: Promise, order: WorkOrder, own: Sequence[Entry]) -> Iterator[Ending]:
    """Everything else that ends it, each with its instant; none before it was given."""
    opened = promise.opened_at
    yield max(promise.due_at + INSTANT, opened), {"state": PromiseState.BROKEN, "why": "due"}
    for entry in own:
        if entry.kind is Kind.PROMISE_MOVED:
            yield entry.at, {"state": PromiseState.DROPPED, "why": "moved"}
    reply = order.reply(promise.reply_id)
    if reply is not None and reply.state is ReplyState.REJECTED:
        yield max(reply.settled_at or opened, opened), {"state": PromiseState.DROPPED, "why": "rejected"}
    if order.ending is not None and order.ending.kind is Kind.VOIDED:
        yield max(order.ending.at, opened), {"state": PromiseState.DROPPED, "why": "voided"}
