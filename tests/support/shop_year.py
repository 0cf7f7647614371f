"""A year of one shop, drawn at random, and what it comes to: reckoned here on its own, in plain sums.

Orders come and are answered, late or voided; the platform warns, fines and stays silent, errs in its settlements,
revokes and pays back. Nothing of the product's reckoning is used: it is what its books are held against.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from coopbot.domain.event import PlatformEvent
from tests.support.money import deposit, issued, posted, revoked
from tests.support.office import event, raising
from tests.support.world import shanghai

CUT_DAY, FLOOR, NODE, WINDOW = 25, 5_000_000, 12, timedelta(days=20)
Act = tuple[datetime, PlatformEvent | None]
"""When, and what comes; None: the tick looks at what has fallen due."""
Foretold = tuple[str, int | None, int | None]
"""Kind, points, fen."""


def rules_of_the_year(penalties: dict[str, Any]) -> None:
    """A warning a month, then points and a fine, from the third on dearer; limits and money at 12 points."""
    penalties |= {"warnings_before_fine": 1, "settlement_cut_day": CUT_DAY, "issue_within": "20d"}
    dear = {"basis_points": 500, "least": 1000, "most": 50000}
    tiers = [{"nth": 1, "points": 2, "money": {"fixed": 10000}}, {"nth": 3, "points": 4, "money": dear}]
    penalties["offences"]["late"] |= {"track": "general", "tiers": tiers}
    limits = {"points": NODE, "measure": "limits", "lasts": "7d", "money": {"fixed": 200000}}
    penalties["tracks"]["general"]["nodes"] = [limits]


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@dataclass
class Late:
    """An order that was late and counts."""

    order: str
    due: datetime
    foretold: list[Foretold]
    silent: bool
    """The platform never said anything: after the window nothing is to be expected of it."""

    def counts(self, at: datetime) -> bool:
        return not self.silent or at <= self.due + WINDOW

    @property
    def points(self) -> int:
        return sum(points or 0 for kind, points, _ in self.foretold if kind == "points")

    @property
    def money(self) -> int:
        return sum(fen or 0 for _, _, fen in self.foretold)


@dataclass
class Month:
    """What a settlement was and should have been, in fen."""

    gross: int = 0
    net: int = 0
    taken: int = 0
    credited: int = 0
    differences: set[tuple[str, str]] = field(default_factory=set)
    should_take: int = 0
    may_come: int = 0
    owed: int = 0
    posted_at: datetime | None = None


@dataclass
class ShopYear:
    chance: random.Random
    acts: list[Act] = field(default_factory=list)
    foretold: dict[str, list[Foretold]] = field(default_factory=dict)
    """By order, what our rules say of each that was late."""
    voided: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    """Penalties of orders that were never raised to us."""
    months: dict[str, Month] = field(default_factory=lambda: defaultdict(Month))
    fined: dict[str, int] = field(default_factory=dict)
    """Fines and what came with limits, by number, as issued; without those that were revoked."""
    deposit: int = FLOOR
    owed: int = 0
    _lates: list[Late] = field(default_factory=list)
    _open: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Not taken yet: the month of their settlement, the amount."""
    _taken: dict[str, int] = field(default_factory=dict)

    def play(self) -> ShopYear:
        self._act(shanghai("2026-01-01 09:00"), deposit(shanghai("2026-01-01 09:00"), yuan(FLOOR), yuan(FLOOR)))
        for number in range(1, 13):
            for day in sorted(self.chance.sample(range(1, 25), self.chance.randrange(3, 7))):
                self._order(f"2026-{number:02d}", day)
            self._settle(f"2026-{number:02d}")
        self.acts.sort(key=lambda act: act[0])
        return self

    def _act(self, at: datetime, what: PlatformEvent | None = None) -> None:
        self.acts.append((at, what))

    def _order(self, month: str, day: int) -> None:
        at, order = shanghai(f"{month}-{day:02d} 10:00"), f"W{month}-{day}"
        amount, fate = self.chance.randrange(5_000, 3_000_000), self.chance.random()
        arrives = at + timedelta(hours=9) if fate > 0.9 else at  # raised in the past: late before it came
        self._act(arrives, raising(at, work_order_no=order, id=order, amount=yuan(amount)))
        if fate < 0.15:
            answered = at + timedelta(hours=3)
            self._act(answered, event("work_order.answered_elsewhere", answered, number=order))
            return
        due = at + timedelta(hours=4)
        self._act(max(arrives, due) + timedelta(minutes=1))
        late = Late(order, due, self._rules(due, amount), silent=0.25 < fate < 0.35)
        self.foretold[order] = late.foretold
        if fate < 0.25:
            self.voided.add(order)
            self._act(due + timedelta(hours=8), event("work_order.voided", due + timedelta(hours=8), number=order))
            return
        self._lates.append(late)
        if late.silent:
            self.silent.add(order)
            return
        for index, (kind, points, fen) in enumerate(late.foretold):
            self._issue(f"{order}/{index}", order, kind, points, fen, due + timedelta(hours=30, minutes=index))

    def _rules(self, due: datetime, amount: int) -> list[Foretold]:
        counted = [late for late in self._lates if late.counts(due)]
        here = [late for late in counted if late.due.month == due.month]
        if not any(late.foretold[0][0] == "warning" for late in here):
            return [("warning", None, None)]
        dear = sum(late.foretold[0][0] != "warning" for late in here) >= 2
        points, fen = (4, min(50000, max(1000, -(-amount * 5 // 100)))) if dear else (2, 10000)
        before = sum(late.points for late in counted)
        limits: list[Foretold] = [("measure", NODE, 200000)] if before < NODE <= before + points else []
        return [("points", points, None), *limits, ("fine", None, fen)]

    def _issue(self, ref: str, order: str, kind: str, points: int | None, fen: int | None, at: datetime) -> None:
        what: dict[str, Any] = {"points": points, "track": "general"} if kind == "points" else {}
        if fen is not None:
            fen += self.chance.choice((0, 0, 0, 1))  # the platform's own rounding
            what["amount"] = yuan(fen)
        self._act(at, issued(ref, at, kind, work_order_no=order, appeal_until="2027-02-01", **what))
        if fen is None:
            return
        if self.chance.random() < 0.2:
            self._act(at + timedelta(hours=1), revoked(ref, at + timedelta(hours=1)))
            return
        self.fined[ref] = fen
        day = int(f"{at + timedelta(hours=8):%d}")  # on the clock of Shanghai
        month = f"{at + timedelta(hours=8):%Y-%m}" if day <= CUT_DAY else _next(f"{at + timedelta(hours=8):%Y-%m}")
        self._open[ref] = (month, fen)

    def _settle(self, name: str) -> None:
        """Behind the cut the month is posted, with the platform's mistakes."""
        at, here = shanghai(f"{name}-26 12:00"), self.months[name]
        if self.chance.random() < 0.5:
            self.strange.add(f"{name}/X")
            self._issue(
                f"{name}/X", f"X{name}", "fine", None, self.chance.randrange(1, 90_000), at - timedelta(hours=2)
            )
        due = {ref: fen for ref, (month, fen) in self._open.items() if month <= name}
        here.posted_at, here.should_take, here.owed = at, sum(due.values()), self.owed
        here.may_come = sum(late.money for late in self._lates if late.silent and late.counts(at))
        lines = list(due.items())
        if lines and self.chance.random() < 0.4:
            ref, fen = lines.pop()
            here.differences.add((ref, "missing"))  # taken with the next one
        if lines and self.chance.random() < 0.4:
            ref, fen = lines[0]
            lines[0] = (ref, fen + 7)
            here.differences.add((ref, "amount"))
        if self._taken and self.chance.random() < 0.3:
            ref = self.chance.choice(sorted(self._taken))
            lines.append((ref, self._taken[ref]))
            here.differences.add((ref, "again"))
        if self.chance.random() < 0.2:
            lines.append((f"{name}/U", 333))
            here.differences.add((f"{name}/U", "unknown"))
        here.gross, here.taken, here.credited = self.chance.randrange(700_000), sum(fen for _, fen in lines), self.owed
        here.net = here.gross - here.taken + here.credited
        self.owed = sum(fen for ref, fen in lines if (ref, "again") in here.differences)
        self._act(at, posted(name, yuan(here.gross), yuan(here.net), *((ref, yuan(fen)) for ref, fen in lines)))
        for ref, fen in lines:
            if self._open.pop(ref, None) is not None:
                self._won(name, ref, fen, at + timedelta(days=1))
        if here.net < 0:
            self._deposit(here.net, at + timedelta(hours=1))
            self._deposit(FLOOR - self.deposit, at + timedelta(hours=2))

    def _won(self, month: str, ref: str, fen: int, at: datetime) -> None:
        """Some appeals are won when the money is gone already."""
        self._taken[ref] = fen
        if self.chance.random() < 0.2:
            self._act(at, revoked(ref, at))
            del self._taken[ref], self.fined[ref]
            self.owed += fen
            for each in self.months.values():  # what does not stand is not missed anywhere
                each.differences.discard((ref, "missing"))
            self.months[month].differences -= {(ref, "amount")}
            self.months[month].differences |= {(ref, "taken_back")}

    def _deposit(self, moved: int, at: datetime) -> None:
        self.deposit += moved
        self._act(at, deposit(at, yuan(self.deposit), yuan(FLOOR)))


def _next(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"
