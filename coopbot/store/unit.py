"""One unit of work: the nouns over one transaction (the port's ``Tx``)."""

from __future__ import annotations

from coopbot.store.backlog import Backlog
from coopbot.store.deadlines import Deadlines
from coopbot.store.deeds import Deeds
from coopbot.store.files import Files
from coopbot.store.inbox import Inbox
from coopbot.store.ledger import Ledger
from coopbot.store.mentions import Mentions
from coopbot.store.notes import Notes
from coopbot.store.once import Once
from coopbot.store.orders import Orders
from coopbot.store.outbox import Outbox
from coopbot.store.people import People
from coopbot.store.session import Session


class Unit:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.orders = Orders(session)
        self.inbox = Inbox(session)
        self.outbox = Outbox(session)
        self.backlog = Backlog(session)
        self.people = People(session)
        self.ledger = Ledger(session)
        self.deadlines = Deadlines(session)
        self.deeds = Deeds(session)
        self.files = Files(session)
        self.once = Once(session)
        self.mentions = Mentions(session)
        self.notes = Notes(session)
