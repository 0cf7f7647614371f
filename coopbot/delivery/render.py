"""From an owed intent to what is sent, out of the present state (rule 11); what has become moot says why."""

from __future__ import annotations

from datetime import datetime

from coopbot.delivery import render_card, render_note, render_rota
from coopbot.delivery.render_place import language_at, order_of
from coopbot.delivery.rendered import Edit, Enrol, Fetch, Hand, Moot, Post, Rendered, Ring, Tell
from coopbot.domain.facts import facts_of
from coopbot.domain.intent import Owed, What
from coopbot.domain.team import Desk
from coopbot.domain.template import is_template
from coopbot.domain.work_order import OrderKey, ReplyState
from coopbot.ports import Languages, Message, Tx
from coopbot.services import attachments, duty_group
from coopbot.services.permission import language_of
from coopbot.services.risk import at_risk
from coopbot.services.rota import with_rota
from coopbot.views import operator as operator_view
from coopbot.views import outage as outage_view
from coopbot.views import refused as refused_view
from coopbot.views.glance import glance
from coopbot.views.news import news

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
            return render_card.card(tx, now, desk, languages, owed)
        case What.DIGEST:
            return render_card.digest(tx, now, desk, languages, owed)
        case What.REDRAW:
            return render_card.redraw(tx, now, desk, languages, owed)
        case What.NOTE:
            return render_note.note(tx, now, desk, languages, owed)
        case What.REMINDER:
            return render_note.reminder(tx, now, desk, languages, owed)
        case What.APPROVAL:
            return render_note.request(tx, now, desk, languages, owed)
        case What.TIGHT:
            return render_note.tight(tx, now, desk, languages, owed)
        case What.REFUSED:
            t = language_at(desk, languages, intent.target)
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


def _number(owed: Owed) -> str:
    return str(owed.intent.args["facts"].get("work_order_no") or "")


def _fetch(tx: Tx, desk: Desk, owed: Owed) -> Rendered:
    """Even when what it came with was stopped meanwhile: an answer that is given back can't bring it again."""
    identity = str(owed.intent.args["file"])
    file = tx.files.known([identity]).get(identity)
    if file is None or file.here:
        return Moot("the file is here already" if file else "no such file")
    return Fetch(file.source, desk.files.largest)


def _reply(tx: Tx, desk: Desk, owed: Owed) -> Rendered:
    order = order_of(tx, owed)
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
