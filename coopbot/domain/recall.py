"""The same matter raised again: who promised something when it was raised before, and whether they are there.

"The same" is the same consumer of the same shop, about the same order or thing (domain/alike.py has the consumer's
digest); without a contact nobody can be recalled. Our own choice (assumed).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coopbot.domain.alike import kin
from coopbot.domain.profile import Profile
from coopbot.domain.promise import Promise, PromiseState, promises
from coopbot.domain.reading import Labels
from coopbot.domain.rota import Duty
from coopbot.domain.team import Team
from coopbot.domain.work_order import Facts, Kind, OrderKey, WorkOrder


@dataclass(frozen=True, slots=True)
class Recall:
    """A promise that bears on an order that is open again."""

    order: OrderKey
    """The order on which it was given."""
    reply_id: str
    by: str
    """Who had to keep it."""
    what: Labels
    text: str
    due_at: datetime
    state: PromiseState
    """As it stood when the order was raised again."""

    def plain(self) -> dict[str, Any]:
        return {
            "order": str(self.order),
            "reply_id": self.reply_id,
            "who": self.by,
            "what": dict(self.what),
            "text": self.text,
            "due": self.due_at.isoformat(),
            "state": self.state.value,
        }


def recall_of(order: WorkOrder, rules: Profile, now: datetime) -> Recall | None:
    """What was promised before: on the order itself, where its answer was rejected, else on an earlier one."""
    dropped = [each for each in promises(order, rules, now) if each.state is PromiseState.DROPPED]
    own = [each for each in dropped if each.why == "rejected"]
    if own:
        return _recall(order.key, own[-1])
    entry = next((entry for entry in order.log if entry.kind is Kind.RECALLED), None)
    return _read(entry.data) if entry is not None else None


def find(facts: Facts, key: OrderKey, earlier: Iterable[tuple[WorkOrder, Profile]], now: datetime) -> Recall | None:
    """The newest promise of the same matter among ``earlier``, each with its rules; None when there was none."""
    found = [
        (each.opened_at, order.key, each)
        for order, rules in earlier
        if order.key != key and order.key.connection == key.connection and same_matter(facts, order.facts)
        for each in promises(order, rules, now)
        if each.state is not PromiseState.DROPPED
    ]
    if not found:
        return None
    _, where, promise = max(found, key=lambda each: (each[0], each[1]))
    return _recall(where, promise)


def same_matter(a: Facts, b: Facts) -> bool:
    """The same consumer of the same shop, about the same order; about the same thing where no order is named."""
    if not kin(a)[0] or kin(a)[0] != kin(b)[0]:
        return False
    for mine, theirs in ((a.order_no, b.order_no), (a.title, b.title), (a.scene, b.scene)):
        if mine.strip() and theirs.strip():
            return "".join(mine.split()).casefold() == "".join(theirs.split()).casefold()
    return False


def on_shift(user: str, team: Team, duty: Duty, at: datetime, gone: Collection[str] = ()) -> bool:
    """Whether ``user`` is there: on call or backup by the rota; without a rota, while the team works."""
    if user in gone:
        return False
    return team.hours.is_open(at) if team.roster.empty else user in (*duty.who, *duty.backup)


def _recall(order: OrderKey, promise: Promise) -> Recall:
    words = (promise.owner, promise.what, promise.text, promise.due_at, promise.state)
    return Recall(order, promise.reply_id, *words)


def _read(data: Mapping[str, Any]) -> Recall:
    due_at, state = datetime.fromisoformat(data["due"]), PromiseState(data["state"])
    order = OrderKey.parse(str(data["order"]))
    return Recall(order, str(data["reply_id"]), str(data["who"]), data["what"], str(data["text"]), due_at, state)
