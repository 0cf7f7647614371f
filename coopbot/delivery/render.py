"""From an owed intent to what is sent, out of the present state (rule 11); what has become moot says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coopbot.delivery import render_approval, render_rota
from coopbot.domain.calling import Call, call, duty_note
from coopbot.domain.escalation import steps
from coopbot.domain.facts import facts_of
from coopbot.domain.intent import Owed, What
from coopbot.domain.ledger import LedgerEntry, PenaltyState, standing
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.template import is_template
from coopbot.domain.work_order import OrderKey, ReplyState, WorkOrder
from coopbot.ports import Languages, Message, Translate, Tx
from coopbot.services import attachments, digests, duty_group, promise_ticks, shift_end, together
from coopbot.services.change import seen
from coopbot.services.exposure import cost_of
from coopbot.services.outcomes import CALLS_NOBODY, Calling, calling_of
from coopbot.services.permission import language_of
from coopbot.services.risk import at_risk
from coopbot.services.rota import with_rota
from coopbot.views import card as card_view
from coopbot.views import digest as digest_view
from coopbot.views import moved as moved_view
from coopbot.views import note as note_view
from coopbot.views import operator as operator_view
from coopbot.views import outage as outage_view
from coopbot.views import refused as refused_view
from coopbot.views import reminder as reminder_view
from coopbot.views import tight as tight_view
from coopbot.views.glance import glance
from coopbot.views.news import news
from coopbot.views.quiet import after_quiet


@dataclass(frozen=True, slots=True)
class Post:
    channel: str
    """A channel, or a user who is written to directly."""
    message: Message
    calling: Calling = CALLS_NOBODY
    """Whom a card calls, for the record of its order."""


@dataclass(frozen=True, slots=True)
class Edit:
    channel: str
    ts: str
    message: Message


@dataclass(frozen=True, slots=True)
class Hand:
    """A reply for the platform (platform-api.md, Replies)."""

    connection: str
    reply_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file to be had from Slack."""

    source: str
    most: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Tell:
    """An outage report for the operations manager's webhook."""

    connection: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ring:
    """A step of the ladder for a machine."""

    hook: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moot:
    why: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """A user group shall have just these members."""

    group: str
    users: tuple[str, ...]


Rendered = Post | Edit | Hand | Fetch | Tell | Ring | Enrol | Moot


TELLS_DUTY = frozenset(
    {
        What.CARD,
        What.DIGEST,
        What.REDRAW,
        What.NOTE,
        What.REMINDER,
        What.HANDOVER,
        What.APPROVAL,
        What.GROUP,
    }
)


def render(
    tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed, on_duty: Desk | None = None
) -> Rendered:
    """What to send for ``owed`` at ``now``. ``on_duty``: the desk with the rotas put in, where it is known already."""
    intent = owed.intent
    if intent.what in TELLS_DUTY:
        desk = on_duty or with_rota(tx, desk)
    match intent.what:
        case What.CARD:
            return _card(tx, now, desk, languages, owed)
        case What.DIGEST:
            return _digest(tx, now, desk, languages, owed)
        case What.REDRAW:
            return _redraw(tx, now, desk, languages, owed)
        case What.NOTE:
            return _note(tx, now, desk, languages, owed)
        case What.REMINDER:
            return _reminder(tx, now, desk, languages, owed)
        case What.APPROVAL:
            return _request(tx, now, desk, languages, owed)
        case What.TIGHT:
            return _tight(tx, now, desk, languages, owed)
        case What.REFUSED:
            t = _language(desk, languages, intent.target)
            facts = facts_of(intent.args["facts"])
            return Post(
                intent.target, refused_view.refused(facts, intent.args["reason"], t, _number(owed), desk.profile)
            )
        case What.REPLY:
            return _reply(tx, desk, owed)
        case What.FETCH:
            return _fetch(tx, desk, owed)
        case What.OPERATOR:
            t = languages[language_of(tx, desk, intent.target)]
            code, facts, zone = intent.args["code"], intent.args["facts"], desk.profile.zone
            return Post(intent.target, operator_view.alarm(code, facts, t, owed.id[:8], zone, now))
        case What.OUTAGE:
            return _outage(tx, desk, languages, owed)
        case What.HOOK:
            return _hook(tx, owed)
        case What.SWAP:
            return _post(owed, render_rota.swap(tx, now, desk, languages, owed))
        case What.HANDOVER:
            return _post(owed, render_rota.handover(tx, now, desk, languages, owed))
        case What.DRILL:
            return _post(owed, render_rota.drill(tx, now, desk, languages, owed))
        case What.MONEY:
            t = languages[language_of(tx, desk, intent.target)]
            return Post(intent.target, news(intent.args["code"], intent.args["facts"], t, now, desk.profile.zone))
        case What.GLANCE:
            return _glance(tx, now, desk, languages, owed)
        case What.GROUP:
            team = desk.team_named(intent.args["team"])
            who = duty_group.wanted(tx, now, desk, team) if team is not None else ()
            return Enrol(intent.target, who) if who else Moot("nobody is left for the group")
        case What.WHISPER:
            return Moot("whispers are not owed")


def _post(owed: Owed, message: Message | str) -> Rendered:
    """The message, or moot for the reason that stands in its place."""
    return Moot(message) if isinstance(message, str) else Post(owed.intent.target, message)


def _order(tx: Tx, owed: Owed) -> WorkOrder | None:
    return tx.orders.get(owed.intent.order) if owed.intent.order is not None else None


def _number_of(owed: Owed) -> str:
    return owed.intent.order.number if owed.intent.order is not None else ""


def _number(owed: Owed) -> str:
    return str(owed.intent.args["facts"].get("work_order_no") or "")


def _language(desk: Desk, languages: Languages, channel: str) -> Translate:
    team = desk.team_in(channel)
    return languages[team.language if team is not None else desk.language]


def _card(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    order = _order(tx, owed)
    if order is None or order.card is not None:
        return Moot("told already" if order else "no such order")
    it = seen(tx, order, desk, now)
    if not digests.belongs(order, desk, owed.intent.target):
        return Moot("given to another team meanwhile")
    calling = calling_of(it, desk)
    t = _language(desk, languages, owed.intent.target)
    risk, foreseen = cost_of(tx, desk, it), _foreseen(tx, it)
    like = together.alike_to(tx, now, desk, order)
    message = card_view.card(
        it, t, now=now, mention=calling.users, duty_note=calling.reason, foreseen=foreseen, cost=risk, like=like
    )
    return Post(owed.intent.target, message, calling)


def _redraw(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    order = _order(tx, owed)
    if digest := owed.intent.args.get("digest"):
        return _drawn_anew(tx, now, desk, languages, str(digest))
    if left := owed.intent.args.get("left"):
        t = _language(desk, languages, left["channel"])
        return Edit(left["channel"], left["ts"], moved_view.moved(_number_of(owed), left["to"], t))
    if (at := owed.intent.args.get("approval")) and order is not None:
        t = _language(desk, languages, at["channel"])
        return Edit(at["channel"], at["ts"], render_approval.settled(tx, now, desk, t, order, at["id"]))
    if order is None or order.card is None:
        return Moot("no card yet")
    it = seen(tx, order, desk, now)
    t = _language(desk, languages, order.card.channel)
    expanded = bool((tx.notes.get(f"shown:{order.key}") or {}).get("shown"))
    risk, foreseen = cost_of(tx, desk, it), _foreseen(tx, it)
    like, note = together.alike_to(tx, now, desk, order), duty_note(it)
    message = card_view.card(it, t, now=now, duty_note=note, foreseen=foreseen, expanded=expanded, cost=risk, like=like)
    return Edit(order.card.channel, order.card.ts, message)


def _digest(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """Its orders were fixed when it was made up; what each of them says is how it stands now."""
    channel = owed.intent.target
    orders = digests.orders_of(tx, owed.intent.args)
    if not any(order.told is None and digests.belongs(order, desk, channel) for order in orders):
        return Moot("each was told by itself")
    rows = [_row(tx, now, desk, order, channel) for order in orders]
    return Post(channel, digest_view.digest(rows, _language(desk, languages, channel), now))


def _drawn_anew(tx: Tx, now: datetime, desk: Desk, languages: Languages, digest: str) -> Rendered:
    standing = digests.standing(tx, digest)
    if standing is None:
        return Moot("no digest yet")
    channel = str(standing["channel"])
    rows = [_row(tx, now, desk, order, channel) for order in digests.orders_of(tx, standing)]
    return Edit(channel, str(standing["ts"]), digest_view.digest(rows, _language(desk, languages, channel), now))


def _row(tx: Tx, now: datetime, desk: Desk, order: WorkOrder, channel: str) -> digest_view.Row:
    gone = "" if digests.belongs(order, desk, channel) else desk.team_for(order).name
    return digest_view.Row(seen(tx, order, desk, now), gone)


def _foreseen(tx: Tx, it: Seen) -> tuple[LedgerEntry, ...]:
    """What stands in the ledger for its breach: issued, else predicted; empty before there is one."""
    if not it.order.breaches:
        return ()
    entries = standing(tx.ledger.of_order(it.order.key))
    return tuple(e for e in entries if e.state is PenaltyState.ISSUED) or entries


def _note(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    order = _order(tx, owed)
    if order is None:
        return Moot("no such order")
    args = owed.intent.args
    if promise_ticks.moot(order, desk, now, args["code"], args["facts"]):
        return Moot("the promise was settled meanwhile")
    channel = _place(desk, order, owed)
    if order.card is None and order.row is not None and channel == order.row.channel and not args.get("mention"):
        return Moot("its row of a digest says it")
    t = _language(desk, languages, channel)
    it = seen(tx, order, desk, now)
    message = note_view.note(args["code"], {**args["facts"], "mention": tuple(args.get("mention", ()))}, it, t)
    return Post(channel, _beside(message, order, channel))


def _request(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    order = _order(tx, owed)
    if order is None:
        return Moot("no such order")
    channel = _place(desk, order, owed)
    message = render_approval.request(tx, now, desk, _language(desk, languages, channel), order, owed)
    return Moot(message) if isinstance(message, str) else Post(channel, _beside(message, order, channel))


def _place(desk: Desk, order: WorkOrder, owed: Owed) -> str:
    """Where the card is; but what could not be said there goes to the fallback channel (decisions.md 20)."""
    direct = owed.intent.target[:1] in "UW"
    if order.card is None or direct or owed.intent.target == desk.fallback.channel:
        return owed.intent.target
    return order.card.channel


def _beside(message: Message, order: WorkOrder, channel: str, *, also_channel: bool = False) -> Message:
    """In the thread of the order's card, if that is in ``channel``."""
    thread = order.card.ts if order.card and order.card.channel == channel else ""
    return Message(message.text, message.blocks, thread, also_channel and bool(thread))


def _reminder(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """Orders that were answered or ended meanwhile drop out; the message is moot when none is left."""
    items = []
    loud = False
    for args in _each_order_once(owed.intent.args["items"]):
        order = tx.orders.get(OrderKey.parse(args["order"]))
        if order is None or order.ending is not None or order.standing_reply is not None:
            continue
        it = seen(tx, order, desk, now)
        kind = str(args["step"]).split(":")[1]
        rung = next((rung for rung in it.team.ladder(it.rules, it.klass.code) if rung.key == kind), None)
        loud = loud or rung is None or rung.channel == "channel"
        called = Call(tuple(args["called"]), str(args["why"])) if "called" in args else call(it, rung, desk.gone)
        missed, foreseen = tuple(args["missed"]), _foreseen(tx, it)
        items.append(reminder_view.ReminderItem(it, kind, called.users, called.why, missed, foreseen=foreseen))
    if not items:
        return Moot("answered meanwhile")
    target, t = owed.intent.target, _language(desk, languages, owed.intent.target)
    if target[:1] in "UW":
        t = languages[language_of(tx, desk, target, items[0].seen.team)]
    message = reminder_view.reminder(items, t, now)
    if owed.intent.args.get("after_quiet"):
        return Post(target, after_quiet(message, t))
    order = items[0].seen.order
    if owed.intent.is_bundle or order.card is None:
        return Post(owed.intent.target, message)
    channel = _place(desk, order, owed)
    return Post(channel, _beside(message, order, channel, also_channel=loud))


def _each_order_once(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Where several steps of an order waited for the same message, its last one speaks for all, to all of them."""
    found: dict[str, Mapping[str, Any]] = {}
    for item in items:
        if (before := found.pop(item["order"], None)) is not None:
            missed = [*before["missed"], before["step"].partition(":")[2], *item["missed"]]
            called = dict.fromkeys([*before.get("called", ()), *item.get("called", ())])
            item = {**item, "missed": missed, "called": list(called)}
        found[item["order"]] = item
    return list(found.values())


def _tight(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    args = owed.intent.args
    end = datetime.fromisoformat(args["end"])
    rows, who = shift_end.still_tight(tx, now, desk, args["orders"], end)
    if not rows:
        return Moot("answered meanwhile")
    t = _language(desk, languages, owed.intent.target)
    return Post(owed.intent.target, tight_view.tight(rows, end, who, t))


def _fetch(tx: Tx, desk: Desk, owed: Owed) -> Rendered:
    """Even when what it came with was stopped meanwhile: an answer that is given back can't bring it again."""
    identity = str(owed.intent.args["file"])
    file = tx.files.known([identity]).get(identity)
    if file is None or file.here:
        return Moot("the file is here already" if file else "no such file")
    return Fetch(file.source, desk.files.largest)


def _reply(tx: Tx, desk: Desk, owed: Owed) -> Rendered:
    order = _order(tx, owed)
    reply = order.reply(str(owed.intent.args["reply_id"])) if order is not None else None
    if order is None or reply is None or reply.state is not ReplyState.QUEUED:
        return Moot("the reply does not wait any more")
    payload = {
        "reply_id": reply.reply_id,
        "work_order_no": order.key.number,
        "shop_id": order.facts.shop_id,
        "preset_code": None if is_template(reply.preset_code) else reply.preset_code,
        "text": reply.text,
        "fields": dict(reply.fields),
        "attachments": attachments.passed_on(tx, desk, reply, owed.owed_at),
        "replied_by": reply.by,
        "replied_at": reply.at.isoformat().replace("+00:00", "Z"),
    }
    return Hand(order.key.connection, reply.reply_id, payload)


def _outage(tx: Tx, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """At once, whether its evidence is here or not: a link works as soon as the file is here."""
    intent = owed.intent
    facts = intent.args["facts"]
    evidence = attachments.evidence(tx, desk, str(facts["id"]), owed.owed_at)
    if intent.args["via"] == "webhook":
        return Tell(intent.args["connection"], {**facts, "files": evidence})
    links = [(each["name"], each["url"]) for each in evidence if "url" in each]
    return Post(intent.target, outage_view.for_manager(facts, languages["zh-CN"], links, desk.names_by_key))


def _hook(tx: Tx, owed: Owed) -> Rendered:
    order = tx.orders.get(OrderKey.parse(owed.intent.args["order"]))
    if order is None or order.ending is not None or order.standing_reply is not None:
        return Moot("answered meanwhile")
    return Ring(owed.intent.target, owed.intent.args["payload"])


def _glance(tx: Tx, now: datetime, desk: Desk, languages: Languages, owed: Owed) -> Rendered:
    """The team's one message of what is at risk: posted once, edited from then on (decisions.md 24)."""
    channel = owed.intent.target
    team = desk.team_in(channel)
    if team is None:
        return Moot("no team is here")
    risks = at_risk(tx, now, desk, team)
    message = glance(team, risks, languages[team.language], now)
    pinned = tx.notes.get(f"glance:{channel}")
    if pinned is None:
        return Post(channel, message) if any(risk.orders for risk in risks) else Moot("nothing is at risk yet")
    if pinned.get("text") == message.text:
        return Moot("it says so already")
    return Edit(channel, str(pinned["ts"]), message)


def steps_left(it: Seen) -> int:
    """How many steps of the ladder are still to come; for status and tests."""
    return len(steps(it.order, it.rules, it.team, it.due))
