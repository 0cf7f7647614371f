"""A marketplace's penalties as data: what a late order costs, tracks of points, their nodes (domain.md §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, cast

from coopbot.domain.reading import Labels, Reader, no_labels

ResetKind = Literal["never", "weekly", "quarterly", "yearly", "rolling"]
RESETS: tuple[ResetKind, ...] = ("never", "weekly", "quarterly", "yearly", "rolling")
ResetDay = Literal["first_day", "first_monday"]
RESET_DAYS: tuple[ResetDay, ...] = ("first_day", "first_monday")
Assessed = Literal["event", "weekly"]
Counted = Literal["month", "quarter", "year"]
COUNTED: tuple[Counted, ...] = ("month", "quarter", "year")
OutageEffect = Literal["waive", "extend"]
OUTAGE_EFFECTS: tuple[OutageEffect, ...] = ("waive", "extend")


@dataclass(frozen=True)
class Money:
    """An amount in integer minor units (fen): the largest of what is given; all None means that nobody knows it."""

    fixed: int | None = None
    basis_points: int | None = None
    """Share of the order's amount, 1/100 of a percent, within ``least`` and ``most``."""
    least: int | None = None
    most: int | None = None
    per_day: int | None = None
    share_of_deposit: int | None = None
    """Basis points of the deposit; 10,000 is the whole."""

    @property
    def is_known(self) -> bool:
        return any(value is not None for value in (self.fixed, self.basis_points, self.per_day, self.share_of_deposit))


@dataclass(frozen=True)
class Reset:
    """When a track's points go back to nothing."""

    kind: ResetKind
    after: timedelta | None = None
    """How long a point lives, for ``rolling``."""
    on: ResetDay = "first_day"
    """The day of the year, quarter or week that begins anew, at 00:00 of the profile's zone."""


@dataclass(frozen=True)
class Node:
    """What happens when a track reaches so many points."""

    points: int
    measure: str
    labels: Labels = field(default_factory=no_labels)
    lasts: timedelta | None = None
    money: Money = field(default_factory=Money)


@dataclass(frozen=True)
class Track:
    """One account of points with its own nodes (JD: general and serious)."""

    code: str
    labels: Labels
    reset: Reset
    nodes: tuple[Node, ...] = ()
    assessed: Assessed = "event"
    """Whether points come with each offence, or once a week for all of them (Shopee)."""


@dataclass(frozen=True)
class Tier:
    """What the ``nth`` offence of a period and those after it cost, until the next tier."""

    nth: int
    points: int | None = None
    money: Money = field(default_factory=Money)


@dataclass(frozen=True)
class Offence:
    """What happened, and what it costs; ``points`` and ``money`` None or unknown where nobody published them."""

    code: str
    labels: Labels
    track: str = ""
    points: int | None = None
    money: Money = field(default_factory=Money)
    classes: tuple[str, ...] = ()
    """Classes of orders whose lateness it is; empty: of every class that no other offence names."""
    tiers: tuple[Tier, ...] = ()
    """Where the price depends on how often; wins over ``points`` and ``money``."""
    counted_over: Counted = "month"

    def tier(self, nth: int) -> Tier:
        """The price of the ``nth`` offence of its period, counted from 1."""
        reached = [tier for tier in self.tiers if tier.nth <= nth]
        return reached[-1] if reached else Tier(nth, self.points, self.money)


@dataclass(frozen=True)
class Rate:
    """A share that must stay below ``below`` basis points (Amazon: order defects under 1 %, 100 of them)."""

    code: str
    labels: Labels
    below: int


@dataclass(frozen=True)
class PenaltyRules:
    """Everything the profile knows of penalties. Warnings count per shop and month of the profile's zone."""

    warnings_before_fine: int = 0
    offences: Mapping[str, Offence] = field(default_factory=lambda: MappingProxyType({}))
    tracks: Mapping[str, Track] = field(default_factory=lambda: MappingProxyType({}))
    appeal_within: timedelta | None = None
    outage_within: timedelta | None = None
    """How long force majeure may be reported after it began; nothing stated: at once."""
    outage_answer_within: timedelta | None = None
    """How long the platform may take to decide on a report before it counts as silent."""
    outage_effect: OutageEffect = "waive"
    """What a granted outage does: spares the penalty, or moves the due time by its length."""
    issue_within: timedelta = timedelta(days=30)
    """How long after a breach a penalty may be issued before we say that none came."""
    settlement_cut_day: int | None = None
    """Day of the month on which the month is settled; None where unknown."""
    deposit_floor: int | None = None
    top_up_within: timedelta | None = None
    exam_cancels_points: bool = False
    """Whether an exam may take points away, once per offence and year (以考代罚); money and measures stay."""
    rates: Mapping[str, Rate] = field(default_factory=lambda: MappingProxyType({}))
    currency: str = "CNY"

    def grows(self, class_code: str) -> bool:
        """Whether a late order of this class costs more with each day that begins."""
        offence = self.offence_of(class_code)
        if offence is None:
            return False
        prices = [tier.money for tier in offence.tiers] or [offence.money]
        return any(money.per_day is not None for money in prices)

    def offence_of(self, class_code: str) -> Offence | None:
        """The offence that a late order of this class is; None when the profile names none."""
        named = [offence for offence in self.offences.values() if class_code in offence.classes]
        general = [offence for offence in self.offences.values() if not offence.classes]
        return next(iter(named or general), None)


def read_penalties(table: Reader) -> PenaltyRules:
    rules = PenaltyRules(
        warnings_before_fine=table.integer("warnings_before_fine", 0),
        offences=MappingProxyType({code: _read_offence(code, row) for code, row in table.tables("offences")}),
        tracks=MappingProxyType({code: _read_track(code, row) for code, row in table.tables("tracks")}),
        appeal_within=table.maybe_duration("appeal_within"),
        outage_within=table.maybe_duration("outage_within"),
        outage_answer_within=table.maybe_duration("outage_answer_within"),
        outage_effect=cast(OutageEffect, table.choice("outage_effect", OUTAGE_EFFECTS, "waive")),
        issue_within=table.duration("issue_within", timedelta(days=30), positive=True),
        settlement_cut_day=_maybe(table, "settlement_cut_day"),
        deposit_floor=_maybe(table, "deposit_floor"),
        top_up_within=table.maybe_duration("top_up_within"),
        exam_cancels_points=table.flag("exam_cancels_points", False),
        rates=MappingProxyType({code: _read_rate(code, row) for code, row in table.tables("rates")}),
        currency=table.text("currency", "CNY"),
    )
    for code, offence in rules.offences.items():
        if offence.track and offence.track not in rules.tracks:
            table.wrong(
                f"offences.{code}.track", f"{offence.track!r} is not one of {', '.join(rules.tracks) or 'none'}"
            )
    if rules.settlement_cut_day is not None and not 1 <= rules.settlement_cut_day <= 31:
        table.wrong("settlement_cut_day", "must be a day of the month, 1 to 31")
    table.done()
    return rules


def _read_offence(code: str, table: Reader) -> Offence:
    offence = Offence(
        code=code,
        labels=table.labels("labels"),
        track=table.text("track", ""),
        points=_maybe(table, "points"),
        money=_read_money(table, "money"),
        classes=table.texts("classes"),
        tiers=tuple(_read_tier(row) for row in table.rows("tiers")),
        counted_over=cast(Counted, table.choice("counted_over", COUNTED, "month")),
    )
    order = [tier.nth for tier in offence.tiers]
    if order != sorted(set(order)):
        table.wrong("tiers", "must rise in nth")
    table.done()
    return offence


def _read_tier(row: Reader) -> Tier:
    tier = Tier(row.integer("nth", least=1), _maybe(row, "points"), _read_money(row, "money"))
    row.done()
    return tier


def _read_rate(code: str, table: Reader) -> Rate:
    rate = Rate(code, table.labels("labels"), table.integer("below", least=1))
    table.done()
    return rate


def _read_track(code: str, table: Reader) -> Track:
    reset = cast(ResetKind, table.choice("reset", RESETS))
    lives = table.maybe_duration("points_live")
    if (reset == "rolling") != (lives is not None):
        table.wrong("points_live", "belongs to reset = 'rolling', and only there")
    day = cast(ResetDay, table.choice("reset_on", RESET_DAYS, "first_day"))
    assessed = cast(Assessed, table.choice("assessed", ("event", "weekly"), "event"))
    nodes = tuple(_read_node(row) for row in table.rows("nodes"))
    points = [node.points for node in nodes]
    if points != sorted(set(points)):
        table.wrong("nodes", "must rise in points")
    track = Track(code, table.labels("labels"), Reset(reset, lives, day), nodes, assessed)
    table.done()
    return track


def _read_node(row: Reader) -> Node:
    node = Node(
        points=row.integer("points", least=1),
        measure=row.text("measure"),
        labels=row.labels("labels", needed=False),
        lasts=row.maybe_duration("lasts"),
        money=_read_money(row, "money"),
    )
    row.done()
    return node


def _read_money(above: Reader, key: str) -> Money:
    if not above.has(key):
        return Money()
    table = above.table(key)
    money = Money(
        fixed=_maybe(table, "fixed"),
        basis_points=_maybe(table, "basis_points"),
        least=_maybe(table, "least"),
        most=_maybe(table, "most"),
        per_day=_maybe(table, "per_day"),
        share_of_deposit=_maybe(table, "share_of_deposit"),
    )
    table.done()
    return money


def _maybe(table: Reader, key: str) -> int | None:
    return table.integer(key) if table.has(key) else None
