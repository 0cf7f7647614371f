"""``/coop exposure``, ``/coop penalties`` and Home: a shop's account for its managers and leads (decisions.md 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from coopbot.domain.account import Account
from coopbot.domain.deadline import Deadline, DeadlineKind
from coopbot.domain.ledger import MOVEMENTS, PENALTIES, LedgerEntry, PenaltyState, standing
from coopbot.domain.matching import Pair, Verdict
from coopbot.domain.profile import Profile
from coopbot.domain.settlement import Forecast
from coopbot.domain.tracks import TrackStanding
from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import MESSAGE_BUDGET, Block, actions, button, context, section, summed
from coopbot.views.glance import risk_line
from coopbot.views.headline import lock_screen
from coopbot.views.month import STATES, month_line
from coopbot.views.pen import Pen, msgid, sentences
from coopbot.views.penalty import track_name, what
from coopbot.views.text import money

ROWS = 12
"""Lines of one list; the rest is a number, and the export has them all."""
MOST_DAYS = 6
"""Deadlines that are shown with the account."""
ROOM = MESSAGE_BUDGET - 1500
RECENT = timedelta(days=31)
"""How long what nobody expected is shown with the account; by month it is listed for ever."""
NO_SHOP = msgid("The team of this channel has no shop. The operator can give it one in coopbot.toml.")
VALUE_MOST = 2000
"""Characters of a button's value (slack.md A1)."""

DEADLINES = {
    "top_up": msgid("top up the deposit by {at}"),
    "appeal": msgid("appeal by {at}"),
    "outage_window": msgid("an outage can be reported until {at}"),
    "outage_end": msgid("an outage is reported; its end was expected {at}"),
    "outage_lasts": msgid("an outage is reported; its end is not recorded yet"),
    "outage_decision": msgid("record what the platform decided on the outage by {at}"),
}


def exposure(accounts: Sequence[Account], rules: Profile, t: Translate, now: datetime) -> Message:
    """What is at risk, what the settlement and the deposit will see, how far it is to the next node and to closure."""
    pen = Pen(t, now, rules.zone, private=True)
    blocks: list[Block] = []
    for each in accounts:
        why = button(t("How is it worked out?"), ids.RISK, each.channel) if each.today.orders and each.channel else None
        block = section("\n".join([f"*{pen.text(each.name, 60)}*", *account_lines(each, rules, pen)])[:2900], why)
        if summed([*blocks, block]) > ROOM or len(blocks) >= 40:
            blocks.append(context(t("and {n} more shops: name one", n=len(accounts) - len(blocks))))
            break
        blocks.append(block)
    first = [f"{each.name}: {risk_line(each.today, pen.for_fallback)}" for each in accounts[:3]]
    text = sentences(t, *first) if first else t(NO_SHOP)
    return Message(text=lock_screen(pen.text(text, 600)), blocks=blocks or [section(t(NO_SHOP))])


def account_lines(account: Account, rules: Profile, pen: Pen) -> list[str]:
    """The account in lines, the most pressing first."""
    lines = [risk_line(account.today, pen), deposit_line(account, pen)]
    lines += [forecast_line(each, rules, pen) for each in (account.awaited, account.forecast) if each is not None]
    lines += [_track_line(each, rules, pen) for each in account.tracks if each.points or each.track.nodes]
    lines += _due_lines(account, pen)
    if pen.now is not None:
        since = pen.now - RECENT
        lines += _surprises(
            [e for e in account.matched.unpredicted if e.at >= since],
            [e for e in account.matched.never_came if e.at >= since - rules.penalties.issue_within],
            pen, most=5,
        )  # fmt: skip
    return [line for line in lines if line]


def penalties(accounts: Sequence[Account], rules: Profile, t: Translate, now: datetime, asked_for: str = "") -> Message:
    """A month's entries, what came unpredicted and what never came, the settlement, and how appeals went.

    ``asked_for`` goes into the button that has it all as files.
    """
    pen = Pen(t, now, rules.zone, private=True)
    blocks: list[Block] = []
    for each in accounts:
        block = section("\n".join([f"*{pen.text(each.name, 60)}*", *_penalty_lines(each, rules, pen)])[:2900])
        if summed([*blocks, block]) > ROOM or len(blocks) >= 40:
            blocks.append(context(t("and {n} more shops: name one", n=len(accounts) - len(blocks))))
            break
        blocks.append(block)
    if blocks and len(asked_for) <= VALUE_MOST:
        blocks.append(actions([button(t("As a file (Excel, CSV)"), ids.LEDGER_FILE, asked_for)]))
    first = [month_line(_counted(each), each.month, pen.for_fallback) for each in accounts[:3]]
    text = sentences(t, *first) if first else t(NO_SHOP)
    return Message(text=lock_screen(pen.text(text, 600)), blocks=blocks or [section(t(NO_SHOP))])


def ledger_handed_over(entries: int, t: Translate) -> str:
    return t("The ledger: 1 entry.") if entries == 1 else t("The ledger: {n} entries.", n=entries)


def lines_of(account: Account, rules: Profile, pen: Pen) -> list[str]:
    """Everything about a shop's month in lines, for a terminal."""
    head = pen.t("{shop}, {month}", shop=pen.text(account.name, 60), month=account.month)
    return [head, *_penalty_lines(account, rules, pen), *account_lines(account, rules, pen)]


def deposit_line(account: Account, pen: Pen) -> str:
    t, deposit = pen.t, account.deposit
    if deposit is None:
        return t("Deposit: the platform has not named it.")
    balance = money(deposit.balance, deposit.currency)
    over = deposit.balance - account.floor
    if over < 0:
        short = money(-over, deposit.currency)
        return t("Deposit: {balance}, short by {short}", balance=balance, short=short)
    return t("Deposit: {balance}, {over} over the floor", balance=balance, over=money(over, deposit.currency))


def forecast_line(f: Forecast, rules: Profile, pen: Pen) -> str:
    """What a settlement that is still to come will take, as far as anybody knows."""
    t = pen.t
    parts = [t("fines {sum}", sum=money(f.fines, f.currency))] if f.fines else []
    parts += [t("expected {sum}", sum=money(f.expected, f.currency))] if f.expected else []
    parts += [t("{n} of unknown amount", n=f.unknown)] if f.unknown else []
    parts += [t("credits {sum}", sum=money(f.credits, f.currency))] if f.credits else []
    said = t(", ").join(parts) or t("nothing")
    if f.cut_at is None:
        return t("Coming settlement {month}: {what}", month=f.month, what=said)
    assumed = rules.sure("penalties.settlement_cut_day").is_assumed
    cut = t("cut {at}, assumed" if assumed else "cut {at}", at=pen.until(f.cut_at))
    return t("Coming settlement {month} ({cut}): {what}", month=f.month, cut=cut, what=said)


def _track_line(standing: TrackStanding, rules: Profile, pen: Pen) -> str:
    t = pen.t
    name = pen.text(track_name(standing.track.code, t, rules), 40)
    parts = [t("{track}: {n} points", track=name, n=standing.points)]
    path = f"penalties.tracks.{standing.track.code}"
    if standing.next_node is not None:
        node = t("{n} to the next step at {points}", n=standing.to_next, points=standing.next_node.points)
        parts.append(_sure(node, f"{path}.nodes.{standing.next_node.points}", rules, t))
    if standing.closure is not None:
        left = t("{n} to closure", n=standing.to_closure)
        parts.append(_sure(left, f"{path}.nodes.{standing.closure.points}", rules, t))
    if standing.resets_at is not None:
        gone = t("reset {at}", at=pen.until(standing.resets_at))
        parts.append(_sure(gone, f"{path}.reset", rules, t))
    return t(", ").join(parts)


def _sure(said: str, path: str, rules: Profile, t: Translate) -> str:
    """What the profile marks as assumed is called so wherever it is quoted (voice.md)."""
    return t("{what} (assumed)", what=said) if rules.sure(path).is_assumed else said


def _due_lines(account: Account, pen: Pen) -> list[str]:
    """The deposit's day first: missing it costs the shop."""
    days = sorted(account.deadlines, key=lambda each: (each.kind is not DeadlineKind.TOP_UP, each.due_at))
    more = [pen.t("and {n} more", n=len(days) - MOST_DAYS)] if len(days) > MOST_DAYS else []
    return [*(_due_line(each, pen) for each in days[:MOST_DAYS]), *more]


def _due_line(deadline: Deadline, pen: Pen) -> str:
    t = pen.t
    unknown = deadline.kind is DeadlineKind.OUTAGE_END and not deadline.data.get("expected")
    said = t(DEADLINES["outage_lasts" if unknown else deadline.kind.value], at=pen.until(deadline.due_at))
    said = t("{what} (assumed)", what=said) if deadline.data.get("assumed") else said
    ref = str(deadline.data.get("ref") or "")
    return "• " + (t("{ref}: {what}", ref=pen.text(ref, 40), what=said) if ref else said)


def _penalty_lines(account: Account, rules: Profile, pen: Pen) -> list[str]:
    t = pen.t
    lines = [month_line(_counted(account), account.month, pen)]
    issued = _issued(account)
    foretold = {pair.issued.key: pair for pair in account.matched.pairs}
    for entry in issued[:ROWS]:
        number = f"{pen.text(entry.ref, 40)} · " if entry.ref else ""
        parts = [f"{number}{what(entry, pen, rules)}", pen.at(entry.at, day=True)]
        parts += [t("Work order {no}", no=pen.text(entry.order.number, 40))] if entry.order else []
        parts += [_foretold(foretold[entry.key], rules, pen)] if entry.key in foretold else []
        lines.append("• " + " · ".join(parts))
    lines += [t("and {n} more", n=len(issued) - ROWS)] if len(issued) > ROWS else []
    strange = [e for e in account.matched.unpredicted if e.month == account.month]
    lines += _surprises(strange, [e for e in account.matched.never_came if e.month == account.month], pen)
    lines += _settlement_lines(account, pen)
    ended = account.appeals
    if ended.won + ended.lost + ended.pending:
        counts = {"won": ended.won, "lost": ended.lost, "pending": ended.pending}
        said = t("Appeals: {won} won, {lost} lost, {pending} pending", **counts)
        lines.append(t("{what}; {rate} % won", what=said, rate=ended.rate) if ended.rate is not None else said)
        lines += [_ground_line(ground, dict(ends), pen) for ground, ends in sorted(ended.by_ground.items())]
    return lines


def _issued(account: Account) -> list[LedgerEntry]:
    return [e for e in standing(account.entries) if e.state is PenaltyState.ISSUED and e.kind in PENALTIES]


def _counted(account: Account) -> list[LedgerEntry]:
    """Each offence of the month once: what was issued, and what is predicted and may still come."""
    pending = [e for e in account.matched.pending if e.month == account.month and not e.adds_nothing]
    return [*_issued(account), *pending]


def _foretold(pair: Pair, rules: Profile, pen: Pen) -> str:
    """What we had said before the platform did."""
    if pair.verdict is Verdict.CONFIRMED:
        return pen.t("as predicted")
    return pen.t("predicted: {what}", what=what(pair.predicted, pen, rules))


def _surprises(
    unpredicted: Sequence[LedgerEntry], never_came: Sequence[LedgerEntry], pen: Pen, most: int = ROWS
) -> list[str]:
    """Where the platform did otherwise than we said."""
    t, lines = pen.t, []
    if unpredicted:
        numbers = t(", ").join(pen.text(e.ref, 40) for e in unpredicted[:most])
        lines.append(t("Issued, not predicted by us: {all}", all=numbers))
    orders = dict.fromkeys(pen.text(e.order.number, 40) for e in never_came if e.order)
    if orders:
        lines.append(t("Predicted, never came: {all}", all=t(", ").join(list(orders)[:most])))
    return lines


def _ground_line(ground: str, ends: Mapping[str, int], pen: Pen) -> str:
    t = pen.t
    won, ended = ends.get("won", 0), ends.get("won", 0) + ends.get("lost", 0)
    return "• " + t("{ground}: {won} of {ended} won", ground=t(GROUNDS[ground]), won=won, ended=ended)


def _settlement_lines(account: Account, pen: Pen) -> list[str]:
    t, last = pen.t, account.last
    if last is None:
        return []
    said, n = last.posting, len(last.differences)
    line = t(
        "Settlement {month}: gross {gross}, taken {deducted}, paid {net}", month=said.month,
        gross=money(said.gross, said.currency), deducted=money(said.deducted, said.currency),
        net=money(said.net, said.currency),
    )  # fmt: skip
    if n:
        line = (
            t("{what}; 1 line differs from our books", what=line)
            if n == 1
            else t("{what}; {n} lines differ from our books", what=line, n=n)
        )
    moved = [e for e in standing(account.entries) if e.kind in MOVEMENTS and e.kind.value in ("deposit", "top_up")]
    return [line, *(_moved_line(e, pen) for e in moved[:4])]


def _moved_line(entry: LedgerEntry, pen: Pen) -> str:
    """What the platform has not named yet is expected, and happens at no hour."""
    if entry.state is PenaltyState.PREDICTED:
        return "• " + pen.t("{what} ({state})", what=what(entry, pen), state=pen.t(STATES[entry.state]))
    return f"• {what(entry, pen)} · {pen.at(entry.at, day=True)}"


GROUNDS = {
    "outage": msgid("outage"),
    "in_time": msgid("answered in time"),
    "arrived_late": msgid("arrived late, not ours"),
    "other": msgid("other ground"),
}
"""Why an appeal was made."""
