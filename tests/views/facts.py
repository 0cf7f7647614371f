"""What ``/coop status`` is told, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.rota import Duty
from coopbot.domain.seen import Seen
from coopbot.domain.team import ShopKey, Team
from tests.support.world import ANA, BEN, a_team, shanghai
from tests.views.orders import NAMES

ON_CALL = Duty((ANA,), (BEN,))
NEXT = (shanghai("2026-11-23 19:00"), Duty((BEN,)))
SHOP = ShopKey("jd", "10001")


@dataclass(frozen=True)
class Standing:
    orders: Sequence[Seen] = ()
    team: Team = field(default_factory=a_team)
    duty: Duty = ON_CALL
    next_duty: tuple[datetime, Duty] | None = NEXT
    month: str = "2026-11"
    ledger: Sequence[LedgerEntry] = ()
    sees_money: bool = False
    names: Mapping[str, str] = field(default_factory=lambda: NAMES)
    promises: tuple[int, int] | None = None


def penalty(kind: PenaltyKind, state: PenaltyState = PenaltyState.PREDICTED, **more: object) -> LedgerEntry:
    assumed = state is PenaltyState.PREDICTED
    return LedgerEntry(
        f"{kind}{state}{sorted(more.items())}", SHOP, kind, state, shanghai("2026-11-20 10:00"), "2026-11",
        assumed=assumed, **more,  # type: ignore[arg-type]
    )  # fmt: skip
