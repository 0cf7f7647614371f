"""News of money, each to one person who may see it: what happened, what follows, what to do by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from coopbot.domain.ledger import LedgerEntry, PenaltyKind, PenaltyState
from coopbot.domain.matching import Verdict
from coopbot.domain.outage import OutageKind
from coopbot.domain.periods import LONG_AGO
from coopbot.domain.team import ShopKey
from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.attached import why_lost
from coopbot.views.blocks import Block, actions, button, context, section
from coopbot.views.headline import OUTAGE_MARK, lock_screen
from coopbot.views.outage import KINDS
from coopbot.views.pen import Pen, msgid, sentences
from coopbot.views.penalty import what
from coopbot.views.text import money

MARK = "💰"
Facts = Mapping[str, Any]

DIFFERENCES = {
    "amount": msgid("{ref}: {posted} taken, {expected} issued"),
    "unknown": msgid("{ref}: {posted} taken, never issued to us"),
    "taken_back": msgid("{ref}: {posted} taken, although revoked; owed back"),
    "again": msgid("{ref}: {posted} taken a second time; owed back"),
    "missing": msgid("{ref}: {expected} issued, not taken yet"),
}
"""Lines of a settlement that are not what our books say."""


def news(code: str, facts: Facts, t: Translate, now: datetime | None = None, zone: tzinfo = UTC) -> Message:
    """The message that ``code`` names. Raises KeyError for an unknown code or a missing fact.

    ``zone`` is that of the plain times on a lock screen.
    """
    names = {str(facts["by"]): str(facts["by_name"])} if facts.get("by_name") else {}
    pen = Pen(t, now, zone, names, private=True)
    lines, buttons = NEWS[code](facts, pen)
    plain, _ = NEWS[code](facts, pen.for_fallback)
    mark = OUTAGE_MARK if code.startswith(("outage", "evidence")) else MARK
    blocks: list[Block] = [section(f"{mark} *{lines[0]}*" + "".join(f"\n{line}" for line in lines[1:] if line)[:2800])]
    if facts.get("assumed"):
        blocks.append(context(t("The day is assumed: the platform named none.")))
    if buttons:
        blocks.append(actions(buttons))
    return Message(text=lock_screen(sentences(t, *(line for line in plain[:2] if line))), blocks=blocks)


Written = tuple[list[str], list[Block]]


def _issued(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t("{shop}: the platform issued {what}.", shop=_shop(facts, pen), what=_penalty(facts, pen))
    return [first, _appeal_by(facts, pen), _where(facts, pen), _foretold(facts, pen)], _appeal_buttons(facts, t)


def _foretold(facts: Facts, pen: Pen) -> str:
    """Whether the platform did what we had said."""
    t, ours = pen.t, facts["predicted"]
    if ours is None:
        return t("We had not predicted it.")
    if facts["verdict"] == Verdict.CONFIRMED.value:
        return t("As predicted.")
    return t("We had predicted {what}.", what=_penalty({**ours, "shop_key": facts["shop_key"]}, pen))


def _revoked(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t("{shop}: the platform revoked {what}.", shop=_shop(facts, pen), what=_penalty(facts, pen))
    won = t("The appeal is won.") if facts.get("appealed") else ""
    back = ""
    if facts.get("settled"):
        back = t("It was taken from a settlement already: a credit is due in the next one.")
    return [first, sentences(t, won, back), _where(facts, pen)], []


def _settlement(facts: Facts, pen: Pen) -> Written:
    t, currency = pen.t, facts["currency"]
    amounts = {name: money(facts[name], currency) for name in ("gross", "deducted", "net")}
    lines = [
        t("{shop}: settlement {month} is posted.", shop=_shop(facts, pen), month=pen.text(facts["month"], 10)),
        t("Gross {gross}, taken {deducted}, paid {net}.", **amounts),
    ]
    if facts["excess"]:
        excess = money(facts["excess"], currency)
        lines.append(t("The penalties exceed it by {amount}: that falls on the deposit.", amount=excess))
    if facts["then_short"]:
        lines.append(t("The deposit will then be short by {amount}.", amount=money(facts["then_short"], currency)))
    if facts["credited"]:
        lines.append(t("Given back for revoked penalties: {amount}.", amount=money(facts["credited"], currency)))
    if facts["unexplained"]:
        lines.append(t("Not explained by any line: {amount}.", amount=money(facts["unexplained"], currency)))
    for ref, difference, expected, posted in facts["differences"]:
        filled = {
            "ref": pen.text(ref, 60),
            "expected": money(expected, currency) if expected is not None else "–",
            "posted": money(posted, currency) if posted is not None else "–",
        }
        lines.append("• " + t(DIFFERENCES[difference], **filled))
    if facts["more"]:
        lines.append(t("and {n} more", n=facts["more"]))
    if not facts["differences"] and not facts["unexplained"]:
        lines.append(t("Every line agrees with our books."))
    return lines, []


def _deposit_short(facts: Facts, pen: Pen) -> Written:
    t, currency = pen.t, facts["currency"]
    short, balance = money(facts["short"], currency), money(facts["balance"], currency)
    first = t("{shop}: the deposit is short by {amount}.", shop=_shop(facts, pen), amount=short)
    due = t("Top it up by {at}.", at=pen.until(facts["due"])) if facts.get("due") else t("Top it up.")
    return [first, due, t("It stands at {balance}.", balance=balance)], []


def _topped_up(facts: Facts, pen: Pen) -> Written:
    balance = money(facts["balance"], facts["currency"])
    return [pen.t("{shop}: the deposit is full again, at {balance}.", shop=_shop(facts, pen), balance=balance)], []


def _top_up_due(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    short = money(facts["short"], facts["currency"])
    at = pen.until(facts["due"])
    first = t("{shop}: top up the deposit by {at}, {amount} are missing.", shop=_shop(facts, pen), at=at, amount=short)
    if facts.get("passed"):
        first = t(
            "{shop}: the day for the top-up has passed; {amount} are missing.", shop=_shop(facts, pen), amount=short
        )
    return [first], []


def _appeal_due(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t(
        "{shop}: appeal against {what} by {at}, or it stands.",
        shop=_shop(facts, pen), what=_penalty(facts, pen), at=pen.until(facts["due"]),
    )  # fmt: skip
    return [first, _where(facts, pen)], _appeal_buttons(facts, t)


def _outage_window_due(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t(
        "{shop}: an outage can be reported until {at} for what is late since {since}.",
        shop=_shop(facts, pen), at=pen.at(facts["due"], day=True), since=pen.at(facts["since"], day=True),
    )  # fmt: skip
    return [first, t("{command} opens the form.", command=f"`{ids.COMMAND} outage`")], []


def _outage_filed(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t(
        "{who} reported an outage for {shop}: {kind} since {at}.",
        who=pen.who(facts["by"]), shop=_shop(facts, pen), kind=t(KINDS[OutageKind(facts["outage_kind"])]),
        at=pen.at(facts["from"], day=True),
    )  # fmt: skip
    return [first, t("When the platform has decided, record it here.")], [*_decisions(facts, t), _over(facts, t)]


def _outage_yours(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t("Your outage report for {shop} is recorded.", shop=_shop(facts, pen))
    if facts["expected"]:
        when = t("Expected end: {at}", at=pen.at(facts["expected"], day=True))
        return [first, when, t("When it is over, say so here.")], [_over(facts, t)]
    return [first, t("When it is over, say so here.")], [_over(facts, t)]


def _outage_end_due(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    asked = {"shop": _shop(facts, pen), "since": pen.at(facts["from"], day=True)}
    first = t("{shop}: is the outage since {since} over?", **asked)
    if facts["expected"]:
        expected = pen.at(facts["expected"], day=True)
        first = t("{shop}: is the outage since {since} over? Its end was expected {at}.", at=expected, **asked)
    return [first, t("The platform is told when it was over, and what falls due later is not covered.")], [
        _over(facts, t)
    ]


def _outage_over(facts: Facts, pen: Pen) -> Written:
    t, n = pen.t, int(facts["orders"])
    first = t(
        "{shop}: the outage lasted from {since} to {at}, {who} recorded.",
        shop=_shop(facts, pen), since=pen.at(facts["since"], day=True), at=pen.at(facts["over_at"], day=True),
        who=pen.who(facts["by"]),
    )  # fmt: skip
    covered = t("It covers 1 order.") if n == 1 else t("It covers {n} orders.", n=n)
    return [first, covered], [] if facts["decided"] else _decisions(facts, t)


def _outage_decision_due(facts: Facts, pen: Pen) -> Written:
    t = pen.t
    first = t(
        "{shop}: no decision is recorded on the outage reported {at}; it counts as silent now.",
        shop=_shop(facts, pen), at=pen.at(facts["since"], day=True),
    )  # fmt: skip
    return [first, t("When the platform has decided, record it here.")], _decisions(facts, t)


def _outage_decided(facts: Facts, pen: Pen) -> Written:
    t, n = pen.t, int(facts.get("orders") or 0)
    shop, who = _shop(facts, pen), pen.who(facts["by"])
    if facts["decision"] == "granted":
        done = t("1 order is spared.") if n == 1 else t("{n} orders are spared.", n=n)
        if facts.get("effect") == "extend":
            done = t("1 order has more time.") if n == 1 else t("{n} orders have more time.", n=n)
        done = "" if n == 0 and facts["issued"] else done
        return [t("{shop}: the outage is granted, {who} recorded.", shop=shop, who=who), done, _stands(facts, pen)], []
    return [t("{shop}: the outage is refused, {who} recorded.", shop=shop, who=who)], []


def _stands(facts: Facts, pen: Pen) -> str:
    """A grant does not take back what the platform had issued before: somebody has to appeal with it."""
    refs = pen.t(", ").join(pen.text(str(ref), 40) for ref in facts["issued"])
    return pen.t("Issued before, and still standing: {refs}. Appeal with this grant.", refs=refs) if refs else ""


def _evidence_lost(facts: Facts, pen: Pen) -> Written:
    t, name = pen.t, pen.text(str(facts["file"]), 100)
    reason = why_lost(str(facts["why"]), pen)
    first = t(
        "{shop}: {file} of your outage report could not be fetched ({reason}).",
        shop=_shop(facts, pen),
        file=name,
        reason=reason,
    )
    return [first, t("The report itself was sent. Keep the file, and hand it in with the appeal.")], []


NEWS: Mapping[str, Callable[[Facts, Pen], Written]] = {
    "issued": _issued,
    "revoked": _revoked,
    "settlement": _settlement,
    "deposit_short": _deposit_short,
    "topped_up": _topped_up,
    "top_up_due": _top_up_due,
    "appeal_due": _appeal_due,
    "outage_window_due": _outage_window_due,
    "outage_filed": _outage_filed,
    "outage_yours": _outage_yours,
    "outage_end_due": _outage_end_due,
    "outage_over": _outage_over,
    "outage_decision_due": _outage_decision_due,
    "outage_decided": _outage_decided,
    "evidence_lost": _evidence_lost,
}


def _shop(facts: Facts, pen: Pen) -> str:
    return pen.text(str(facts["shop"]), 60)


def _penalty(facts: Facts, pen: Pen) -> str:
    """The penalty that the facts name, by the entry's own words."""
    connection, _, shop = str(facts["shop_key"]).partition(":")
    entry = LedgerEntry(
        key="", shop=ShopKey(connection, shop), kind=PenaltyKind(facts["kind"]), state=PenaltyState.ISSUED,
        at=LONG_AGO, month="", points=facts["points"], amount=facts["amount"], days=facts["days"],
        currency=facts["currency"], track=facts["track"], text=facts["measure"],
    )  # fmt: skip
    return what(entry, pen)


def _where(facts: Facts, pen: Pen) -> str:
    t = pen.t
    number = t("penalty {ref}", ref=pen.text(facts["ref"], 60))
    order = str(facts["order"]).partition(":")[2]
    return " · ".join(part for part in (number, t("Work order {no}", no=pen.text(order, 100)) if order else "") if part)


def _appeal_by(facts: Facts, pen: Pen) -> str:
    return pen.t("It can be appealed against until {at}.", at=pen.until(facts["until"])) if facts["until"] else ""


def _appeal_buttons(facts: Facts, t: Translate) -> list[Block]:
    key = str(facts["penalty"])
    return [
        button(t("Appeal kit"), ids.KIT, key),
        button(t("Appealed"), ids.APPEALED, key),
        button(t("Appeal lost"), ids.APPEAL_LOST, key),
    ]


def _decisions(facts: Facts, t: Translate) -> list[Block]:
    key = str(facts["outage"])
    return [
        button(t("Granted"), ids.OUTAGE_GRANTED, key),
        button(t("Refused"), ids.OUTAGE_REFUSED, key),
    ]


def _over(facts: Facts, t: Translate) -> Block:
    return button(t("It is over…"), ids.OUTAGE_OVER, str(facts["outage"]))
