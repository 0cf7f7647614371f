"""Force majeure: the form, what its author is told, the text for the platform's operations manager (domain.md §1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from coopbot.domain.deadline import Deadline
from coopbot.domain.files import MOST_AT_ONCE, USUAL_RULES, FileRules
from coopbot.domain.outage import FiledOutage, OutageKind, OutageReport
from coopbot.domain.seen import Seen
from coopbot.domain.team import Team
from coopbot.errors import Refusal
from coopbot.ports import Message, Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, button, context, field, modal, option, plain, quote, section, select
from coopbot.views.headline import OUTAGE_MARK, lock_screen
from coopbot.views.pen import Pen, msgid, sentences
from coopbot.views.reply_modal import file_input, read_files
from coopbot.views.text import clean, clip, inline, short, short_escaped, web_link

KINDS = {
    OutageKind.POWER: msgid("Power cut"),
    OutageKind.NETWORK: msgid("Network down"),
    OutageKind.WEATHER: msgid("Severe weather"),
    OutageKind.EPIDEMIC: msgid("Epidemic measures"),
    OutageKind.OTHER: msgid("Something else"),
}
Names = Mapping[str, str]
"""What shops are called, by key."""
CHINA = timezone(timedelta(hours=8), "CST")
MOST_SHOPS = 100
MOST_ORDERS = 60
NOTE_MOST = 1000
MOST_LASTING = 5


def outage_modal(
    where: Seen | Team,
    t: Translate,
    now: datetime | None = None,
    names: Names | None = None,
    files: FileRules = USUAL_RULES,
) -> Block:
    """The form: what, since when, until when, for which shops. Opened from a card (its shop is chosen) or by command.

    ``names`` are the shops' by key. The channel travels in the metadata, as the team's address.
    """
    team = where.team if isinstance(where, Seen) else where
    now = now or (where.now if isinstance(where, Seen) else None)
    chosen = f"{where.order.key.connection}:{where.order.facts.shop_id}" if isinstance(where, Seen) else ""
    named = {**({chosen: where.shop} if isinstance(where, Seen) else {}), **(names or {})}
    kinds = [option(t(name), kind.value) for kind, name in KINDS.items()]
    since: Block = {"type": "datetimepicker", "action_id": ids.OUTAGE_SINCE}
    if now is not None:
        since["initial_date_time"] = int(now.timestamp())
    until: Block = {"type": "datetimepicker", "action_id": ids.OUTAGE_UNTIL}
    note: Block = {"type": "plain_text_input", "action_id": ids.OUTAGE_NOTE, "multiline": True, "max_length": NOTE_MOST}
    blocks = [
        section(t("Tell the platform's operations manager at once: it may save the fine. Its time is recorded.")),
        field(t("What happened"), select(ids.OUTAGE_KIND, t("Choose"), kinds, initial=0), ids.OUTAGE_KIND),
        field(t("Since"), since, ids.OUTAGE_SINCE),
        field(t("Expected end"), until, ids.OUTAGE_UNTIL, optional=True),
        field(t("Note"), note, ids.OUTAGE_NOTE, optional=True),
    ]
    shops = _shops(team, chosen, named, t)
    if shops is not None:
        hint = t("None chosen: all shops of the team.")
        blocks.append(field(t("Shops"), shops, ids.OUTAGE_SHOPS, hint=hint, optional=True))
    blocks.append(file_input(ids.OUTAGE_FILES, files, t, label=t("Evidence"), optional=True))
    return modal(
        t("Report an outage"),
        blocks,
        close=t("Cancel"),
        submit=t("Report"),
        callback_id=ids.OUTAGE_MODAL,
        metadata=team.channel,
    )


def read_outage(values: Mapping[str, Any], now: datetime | None = None) -> OutageReport:
    """The report in ``view.state.values``. Raises Refusal, naming the block, for times that can't be."""
    since = _instant(values, ids.OUTAGE_SINCE)
    until = _instant(values, ids.OUTAGE_UNTIL)
    if since is None:
        raise Refusal("missing_field", field="since", block=ids.OUTAGE_SINCE)
    if now is not None and since > now + timedelta(minutes=1):
        raise Refusal("since_in_future", block=ids.OUTAGE_SINCE)
    if until is not None and until <= since:
        raise Refusal("until_before_since", block=ids.OUTAGE_UNTIL)
    kind = (_element(values, ids.OUTAGE_KIND).get("selected_option") or {}).get("value") or OutageKind.OTHER
    shops = _element(values, ids.OUTAGE_SHOPS).get("selected_options") or ()
    return OutageReport(
        kind=OutageKind(kind),
        since=since,
        until=until,
        note=clean(str(_element(values, ids.OUTAGE_NOTE).get("value") or "")),
        shops=tuple(str(each["value"]) for each in shops),
        files=read_files(values, ids.OUTAGE_FILES),
    )


def end_modal(report: FiledOutage, t: Translate, now: datetime) -> Block:
    """When it was over; the report's id travels in the metadata."""
    pen = Pen(t, now, CHINA, private=True)
    kind, since = t(KINDS[report.report.kind]), pen.at(report.report.since, day=True)
    ended: Block = {
        "type": "datetimepicker",
        "action_id": ids.OUTAGE_ENDED,
        "initial_date_time": int((report.over_at or now).timestamp()),
    }
    return modal(
        t("It is over"),
        [
            section(t("{kind} since {at}. The platform's operations manager is told.", kind=kind, at=since)),
            field(t("Over since"), ended, ids.OUTAGE_ENDED),
        ],
        close=t("Cancel"),
        submit=t("Record"),
        callback_id=ids.OUTAGE_END_MODAL,
        metadata=report.id,
    )


def read_end(values: Mapping[str, Any]) -> datetime:
    """When it was over, from ``view.state.values``. Raises Refusal for an empty field."""
    at = _instant(values, ids.OUTAGE_ENDED)
    if at is None:
        raise Refusal("missing_field", field="over_since", block=ids.OUTAGE_ENDED)
    return at


def ended_view(report: FiledOutage, t: Translate, names: Names | None = None, *, paste: bool = True) -> Block:
    """What stands in place of that form once it is recorded; ``paste`` as for :func:`filed_view`."""
    return modal(t("It is over"), _filed(report, t, names, paste), close=t("Close"))


def filed(report: FiledOutage, t: Translate) -> Message:
    """What its author is told: kept, sent to whom, or the text to send by hand; and the orders that it covers."""
    plain = _told(report, Pen(t, report.at, CHINA, tokens=False, private=True))
    return Message(text=lock_screen(f"{OUTAGE_MARK} {plain}"), blocks=_filed(report, t))


def filed_view(report: FiledOutage, t: Translate, names: Names | None = None, *, paste: bool = True) -> Block:
    """The same in place of the form. ``paste`` shows the text although somebody was told; else it stands there
    only where nobody was."""
    return modal(t("Outage reported"), _filed(report, t, names, paste), close=t("Close"))


def for_manager(
    facts: Mapping[str, Any],
    t: Translate,
    links: Sequence[tuple[str, str]] = (),
    names: Names | None = None,
) -> Message:
    """The message to the operations manager, from the filed report as JSON; ``links`` lead to its files by name.

    ``names`` are the shops' by key.
    """
    text = manager_text(FiledOutage.from_json(facts), t, names)
    blocks: list[Block] = [{"type": "section", "text": plain(text, 3000)}]
    if links:
        blocks.append(section("\n".join(web_link(url, short(name, 60)) for name, url in links)))
    return Message(text=short_escaped(text, 300), blocks=blocks)


def manager_text(report: FiledOutage, t: Translate, names: Names | None = None) -> str:
    """Plain text to send or paste: what, since when, which shops and orders, who reports. Times in China's zone."""
    said = report.report
    pen = Pen(t, zone=CHINA, tokens=False, escapes=False)
    shops = [_named(shop, names or {}, t) for shop in report.shops]
    lines = [
        t("Outage over: {kind}" if report.ends else "Outage report: {kind}", kind=t(KINDS[said.kind])),
        t("Since: {at}", at=_full(said.since)),
        _until(report, t),
        t("Shops: {shops}", shops=_listed(shops, 20, t)),
        t("Open work orders ({n}): {orders}", n=len(report.orders), orders=_listed(report.orders, MOST_ORDERS, t)),
    ]
    if said.note:
        lines.append(t("Note: {note}", note=clip(clean(said.note), NOTE_MOST).text))
    if said.files:
        lines.append(t("Evidence: {files}", files=_listed([inline(each.name) for each in said.files], MOST_AT_ONCE, t)))
    who = pen.text(report.by_name, 60) if report.by_name else report.by
    lines.append(t("Reported by {who} at {at}", who=who, at=_full(report.at)))
    if report.ends:
        last = report.ends[-1]
        said_by = pen.text(last.by_name or last.by, 60)
        lines.append(t("Its end was recorded by {who} at {at}", who=said_by, at=_full(last.recorded_at)))
    lines.append(t("Please take note that answers may be late, and spare these orders the penalty."))
    return "\n".join(lines)


def _named(shop: str, names: Names, t: Translate) -> str:
    """The platform knows a shop by its number, its people by its name."""
    number, name = inline(shop.partition(":")[2] or shop), inline(names.get(shop, ""))
    return t("{name} ({number})", name=name, number=number) if name and name != number else number


def _until(report: FiledOutage, t: Translate) -> str:
    if report.over_at is not None:
        return t("Over since: {at}", at=_full(report.over_at))
    until = report.report.until
    return t("Expected end: {at}", at=_full(until) if until else t("unknown"))


def _filed(report: FiledOutage, t: Translate, names: Names | None = None, paste: bool = True) -> list[Block]:
    told = _told(report, Pen(t, report.at, CHINA, private=True))
    blocks: list[Block] = [section(f"{OUTAGE_MARK} *{told}*")]
    if not report.sent_to:
        blocks.append(section(t("Nobody is configured to be told. Send this to the operations manager now:")))
    if paste or not report.sent_to:
        blocks.append(quote(clip(manager_text(report, t, names), 2900).text))
    n = len(report.orders)
    covered = t("It covers 1 open order.") if n == 1 else t("It covers {n} open orders.", n=n)
    proof = t("Keep proof: photos, the power company's notice, screenshots.")
    blocks.append(context(sentences(t, covered, "" if report.report.files else proof)))
    return blocks


def _told(report: FiledOutage, pen: Pen) -> str:
    t = pen.t
    kind = t(KINDS[report.report.kind])
    if report.over_at is not None:
        return _told_of_end(report, kind, pen)
    at = pen.at(report.at, day=True)
    if not report.sent_to:
        return t("{kind} recorded at {at}; not sent yet.", kind=kind, at=at)
    who = _whom(report, pen)
    if not who:
        return t("{kind} recorded at {at} and sent to the platform.", kind=kind, at=at)
    return t("{kind} recorded at {at} and sent to {who}.", kind=kind, at=at, who=who)


def _whom(report: FiledOutage, pen: Pen) -> str:
    """The people and shared channels that were told."""
    told = [each for each in report.sent_to if not each.startswith("webhook:")][:5]
    return pen.t(", ").join(f"<#{each}>" if each[:1] in "CG" else pen.who(each) for each in told)


def _told_of_end(report: FiledOutage, kind: str, pen: Pen) -> str:
    t, at = pen.t, pen.at(report.ends[-1].at, day=True)
    if not report.sent_to:
        return t("{kind}, over since {at}; not sent yet.", kind=kind, at=at)
    who = _whom(report, pen)
    if not who:
        return t("{kind}, over since {at}, sent to the platform.", kind=kind, at=at)
    return t("{kind}, over since {at}, sent to {who}.", kind=kind, at=at, who=who)


def lasting(outages: Sequence[Deadline], t: Translate, now: datetime) -> list[Block]:
    """For Home: each outage whose end nobody has recorded, with the button that does."""
    pen = Pen(t, now, CHINA, private=True)
    blocks = []
    for each in outages[:MOST_LASTING]:
        kind, since = t(KINDS[OutageKind(each.data["kind"])]), pen.at(each.data["from"], day=True)
        said = t("{kind} since {at}: not over yet.", kind=kind, at=since)
        over = button(t("It is over…"), ids.OUTAGE_OVER, str(each.data["outage"]))
        blocks.append(section(f"{OUTAGE_MARK} {said}", over))
    return blocks


def _shops(team: Team, chosen: str, names: Names, t: Translate) -> Block | None:
    keys = [str(shop) for shop in sorted(team.shops)]
    if chosen and chosen not in keys:
        keys.append(chosen)
    keys.sort(key=lambda key: key != chosen)
    usable = [key for key in keys if len(key) <= 150][:MOST_SHOPS]
    if not usable:
        return None
    options = [option(short(names.get(key, key), 75), key) for key in usable]
    block: Block = {
        "type": "multi_static_select",
        "action_id": ids.OUTAGE_SHOPS,
        "placeholder": plain(t("All shops of the team"), 150),
        "options": options,
    }
    if chosen in usable:
        block["initial_options"] = options[:1]
    return block


def _listed(items: Sequence[str], most: int, t: Translate) -> str:
    if not items:
        return t("none")
    shown = t(", ").join(short(item, 100) for item in items[:most])
    return shown if len(items) <= most else t("{some} and {n} more", some=shown, n=len(items) - most)


def _full(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _instant(values: Mapping[str, Any], block_id: str) -> datetime | None:
    seconds = _element(values, block_id).get("selected_date_time")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _element(values: Mapping[str, Any], block_id: str) -> Mapping[str, Any]:
    return next(iter((values.get(block_id) or {}).values()), {}) or {}
