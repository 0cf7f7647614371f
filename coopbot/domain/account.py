"""A shop's account at one instant, and what is at risk: what money's messages show."""

from __future__ import annotations

from dataclasses import dataclass

from coopbot.domain.amounts import Estimate
from coopbot.domain.appeals import Record
from coopbot.domain.deadline import Deadline
from coopbot.domain.deposit import Deposit
from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.matching import Matched
from coopbot.domain.settlement import Forecast, Reconciled
from coopbot.domain.team import ShopKey
from coopbot.domain.tracks import TrackStanding


@dataclass(frozen=True)
class Risk:
    """What missing some orders would cost, one after the other; amounts in minor units of ``currency``."""

    orders: int
    currency: str
    known: int = 0
    unknown: int = 0
    """Orders whose penalty has no published amount."""
    warnings: int = 0
    points: int = 0
    assumed: bool = False
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Account:
    """One shop's account, for those who may see it."""

    shop: ShopKey
    name: str
    today: Risk
    forecast: Forecast
    """Of the settlement that comes next for what happens now, or of the month that was asked for."""
    deposit: Deposit | None
    floor: int
    """What the deposit must hold, minor units; 0 where nobody says so."""
    tracks: tuple[TrackStanding, ...]
    deadlines: tuple[Deadline, ...]
    matched: Matched
    appeals: Record
    last: Reconciled | None
    month: str
    entries: tuple[LedgerEntry, ...]
    """Of the month."""
    awaited: Forecast | None = None
    """Of the month before, while its settlement is not posted and takes something."""
    channel: str = ""
    """Of the shop's team."""
