"""What is said under a card: internal, always; one message of it can be looked at as an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coopbot.domain.seen import Seen
from coopbot.domain.spoken import plain_words
from coopbot.domain.team import Desk
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


def to_answer(tx: Tx, now: datetime, desk: Desk, user: str, said: Said) -> tuple[Seen, str, str]:
    """The order whose card it stands under, if ``user`` may answer that now; the language; the words as plain text.

    Raises Refusal for what is no person's word under the card of an unfinished order.
    """
    above = (order for order in tx.orders.unfinished(said.channel) if order.card is not None) if said.thread else ()
    order = next((each for each in above if each.card and each.card.ts == said.thread), None)
    if order is None or not said.by_person:
        raise Refusal("not_under_a_card")
    it, language = looking.to_answer(tx, now, desk, user, order.key)
    known = tx.people.known(sorted(members_of(tx, desk.team_for(order)) or ()))
    return it, language, plain_words(said.text, {each: person.name for each, person in known.items()})
