"""Penalties in words: what one is, what missing an order would cost, and how sure we are of it (decisions.md 23)."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.penalty import Cost
from coopbot.domain.profile import Profile
from coopbot.ports import Translate
from coopbot.views.pen import Pen, label, msgid, sentences
from coopbot.views.text import money

BASES = {
    "first_this_month": msgid("first this month"),
    "after_warnings": msgid("the warnings of this month are used up"),
    "not_published": msgid("not published"),
    "rule": msgid("by the platform's rules"),
    "at_least": msgid("at least; the order's or the deposit's amount is not known"),
    "same_week": msgid("the platform counts once a week"),
    "per_day": msgid("for each day that begins"),
    "node": msgid("reached by its points"),
    "arrived_late": msgid("arrived late, not ours"),
}
"""Why a prediction is what it is."""


def expected(entries: Sequence[LedgerEntry], pen: Pen, rules: Profile | None = None) -> str:
    """``a warning (assumed: first this month)``; several side by side."""
    return pen.t(", ").join(_with_basis(entry, pen, rules) for entry in entries)


def cost_lines(cost: Cost, pen: Pen, rules: Profile | None = None) -> str:
    """What missing it costs, what the next one would, and an estimate where one may be made."""
    t = pen.t
    said = t(
        "If missed: {now}; the next one: {then}.", now=expected(cost.now, pen, rules), then=_bare(cost, pen, rules)
    )
    return sentences(t, said, estimated(cost, pen))


def expected_line(entries: Sequence[LedgerEntry], pen: Pen, rules: Profile | None = None) -> str:
    """The same of an order that is late already; what the platform has issued is said as such."""
    if not entries:
        return ""
    if entries[0].state is not PenaltyState.PREDICTED:
        return pen.t("Issued: {what}.", what=pen.t(", ").join(what(entry, pen, rules) for entry in entries))
    return pen.t("Expected: {what}.", what=expected(entries, pen, rules))


def estimated(cost: Cost, pen: Pen) -> str:
    if cost.estimate is None:
        return ""
    currency = cost.now[0].currency
    return pen.t(
        "So far about {amount}: the median of {n} fines issued here.",
        amount=money(cost.estimate.median, currency),
        n=cost.estimate.of,
    )


def what(entry: LedgerEntry, pen: Pen, rules: Profile | None = None) -> str:
    """The penalty itself, with its numbers where they are known."""
    t = pen.t
    match entry.kind:
        case PenaltyKind.WARNING:
            return t("a warning")
        case PenaltyKind.POINTS if entry.points is None:
            return t("points, how many is unknown")
        case PenaltyKind.POINTS:
            points = t("1 point") if entry.points == 1 else t("{n} points", n=entry.points)
            track = track_name(entry.track, t, rules)
            return t("{points} ({track})", points=points, track=pen.text(track, 40)) if track else points
        case PenaltyKind.FINE if entry.amount is None:
            return t("a fine, amount unknown")
        case PenaltyKind.FINE:
            return t("a fine of {amount}", amount=money(entry.amount or 0, entry.currency))
        case PenaltyKind.MEASURE:
            return _measure(entry, pen, rules)
        case PenaltyKind.UNKNOWN:
            return t("points or a fine, amount unknown")
        case PenaltyKind.SETTLEMENT:
            return t("taken from the settlement: {amount}", amount=money(entry.amount or 0, entry.currency))
        case PenaltyKind.CREDIT:
            return t("given back: {amount}", amount=money(entry.amount or 0, entry.currency))
        case PenaltyKind.DEPOSIT:
            return t("taken from the deposit: {amount}", amount=money(entry.amount or 0, entry.currency))
        case PenaltyKind.TOP_UP if entry.basis == "opening":
            return t("the deposit as first named: {amount}", amount=money(entry.amount or 0, entry.currency))
        case PenaltyKind.TOP_UP:
            return t("paid into the deposit: {amount}", amount=money(entry.amount or 0, entry.currency))


def track_name(code: str, t: Translate, rules: Profile | None) -> str:
    track = rules.penalties.tracks.get(code) if rules else None
    return label(track.labels, t, code) if track else code


def measure_name(code: str, track: str, points: object, t: Translate, rules: Profile | None) -> str:
    """As the profile names the node that brings it; else as the platform does."""
    its = rules.penalties.tracks.get(track) if rules else None
    node = next((n for n in its.nodes if n.points == points), None) if its else None
    return label(node.labels, t, node.measure) if node is not None and node.labels else code


def _measure(entry: LedgerEntry, pen: Pen, rules: Profile | None) -> str:
    t = pen.t
    name = measure_name(entry.text, entry.track, entry.points, t, rules)
    said = pen.text(name, 80) if name else t("a limit on the shop")
    if entry.days is not None:
        said = t("{measure}, {n} d", measure=said, n=entry.days)
    if entry.amount is not None:
        said = t("{measure}, {amount}", measure=said, amount=money(entry.amount, entry.currency))
    return said


def _with_basis(entry: LedgerEntry, pen: Pen, rules: Profile | None) -> str:
    t, said = pen.t, what(entry, pen, rules)
    basis = t(BASES[entry.basis]) if entry.basis in BASES else ""
    if entry.assumed:
        return t("{what} (assumed: {basis})", what=said, basis=basis) if basis else t("{what} (assumed)", what=said)
    return t("{what} ({basis})", what=said, basis=basis) if basis else said


def _bare(cost: Cost, pen: Pen, rules: Profile | None) -> str:
    """The next step without its basis, which is the same; that it is assumed is said again."""
    t = pen.t
    said = t(", ").join(what(entry, pen, rules) for entry in cost.then)
    return t("{what} (assumed)", what=said) if any(entry.assumed for entry in cost.then) else said
