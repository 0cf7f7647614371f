"""One unit of work: the nouns over one transaction (the port's ``Tx``)."""

from __future__ import annotations

from functools import cached_property

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

    @cached_property
    def orders(self) -> Orders:
        return Orders(self.session)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.session)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.session)

    @cached_property
    def backlog(self) -> Backlog:
        return Backlog(self.session)

    @cached_property
    def people(self) -> People:
        return People(self.session)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.session)

    @cached_property
    def deadlines(self) -> Deadlines:
        return Deadlines(self.session)

    @cached_property
    def deeds(self) -> Deeds:
        return Deeds(self.session)

    @cached_property
    def files(self) -> Files:
        return Files(self.session)

    @cached_property
    def once(self) -> Once:
        return Once(self.session)

    @cached_property
    def mentions(self) -> Mentions:
        return Mentions(self.session)

    @cached_property
    def notes(self) -> Notes:
        return Notes(self.session)
