"""What is said under a card: internal, always; one message of it can be looked at as an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.intent import What
from coopbot.domain.seen import Seen
from coopbot.domain.spoken import plain_words
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.ports import Tx
from coopbot.services import looking
from coopbot.services.permission import members_of


@dataclass(frozen=True)
class Said:
    """A message in Slack."""

    channel: str
    thread: str
    """ts of the message above it; empty outside a thread."""
    text: str
    by_person: bool

    @property
    def may_be_under_a_card(self) -> bool:
        return self.by_person and bool(self.thread)


def to_answer(tx: Tx, now: datetime, desk: Desk, user: str, said: Said, intent: str = "") -> tuple[Seen, str, str]:
    """The order whose card it stands under, if ``user`` may answer that now; the language; the words as plain text.

    ``intent`` is the mark of the message above it, where Slack was asked: a card may be there before it is recorded.
    Raises Refusal for what is no person's word under a card, and for an order that can't be answered any more.
    """
    key = _above(tx, said, intent) if said.may_be_under_a_card else None
    if key is None:
        raise Refusal("not_under_a_card")
    it, language = looking.to_answer(tx, now, desk, user, key)
    known = tx.people.known(sorted(members_of(tx, it.team) or ()))
    return it, language, plain_words(said.text, {each: person.name for each, person in known.items()})


def _above(tx: Tx, said: Said, intent: str) -> OrderKey | None:
    """The only order whose card that is: a message that shows several leaves it open which one is meant."""
    orders = tx.orders.under(said.channel, said.thread)
    if orders:
        return orders[0].key if len(orders) == 1 else None
    posted = tx.backlog.find(intent) if intent else None
    return posted.intent.order if posted is not None and posted.intent.what is What.CARD else None
